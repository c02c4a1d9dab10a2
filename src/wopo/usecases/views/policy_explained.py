"""Which rule of the purchasing policy decides about a line, and why no rule above it did."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from sqlmodel import SQLModel

from wopo.domain.errors import NOT_FOUND
from wopo.domain.lookup import Kind
from wopo.domain.money import Money, plain
from wopo.domain.numbers import short
from wopo.domain.part_requests import LineKind, PartRequestLine, PriceBasis, Route
from wopo.domain.parts import Part
from wopo.domain.pricing import Offer, PriceBook
from wopo.domain.purchasing_conditions import JobFacts, LineFacts
from wopo.domain.purchasing_rules import RoutesSection, filled
from wopo.domain.vendors import Vendor
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.lookup import resolve
from wopo.usecases.part_request_rules import Blankets, Need, Rulebook, job_facts
from wopo.usecases.past_needs import past_needs
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.pricing import price_book
from wopo.usecases.purchasing_policy import policy_on
from wopo.usecases.settings import company

MOST_LINES = 12
"""Lines of a request that are explained at once: four blocks each, and a message takes fifty."""
TOGETHER = "judged by its sum with other small needs"
M = TypeVar("M", bound=SQLModel)


@dataclass(frozen=True)
class Question:
    """A line that somebody thinks of, by ids; ``amount`` is without tax in the company's currency
    and replaces the price that wopo knows."""

    part_id: str = ""
    description: str = ""
    service: bool = False
    quantity: Decimal = Decimal(1)
    vendor_id: str = ""
    amount: Decimal | None = None
    work_order_id: str = ""


@dataclass(frozen=True)
class AskedRule:
    """A rule that was asked; ``why_not`` is what kept it from holding."""

    name: str
    why_not: str | None


@dataclass(frozen=True)
class ExplainedLine:
    """One line, what the policy looked at (``amount`` apart, for readers with the right to costs),
    the rules that were asked, and the answer. ``decided``: what was said when it was asked for."""

    title: str
    facts: tuple[str, ...]
    amount: Money | None
    asked: tuple[AskedRule, ...]
    rule: str
    sentence: str
    route: Route
    allowed: Money | None
    policy: str
    decided: str = ""


def explain(uow: UnitOfWork, question: Question, today: date) -> ExplainedLine:
    """What holds today for a line with these facts, as far as it is not in stock. Raises
    ``NOT_FOUND`` for what is not there."""
    part = _row(uow, Part, question.part_id, "part")
    job = _row(uow, WorkOrder, question.work_order_id, "work order")
    in_force = policy_on(uow, today)
    section = in_force.document.routes
    rules = Rulebook(
        uow,
        company(uow),
        today,
        section,
        job_facts(uow, section, job) if job else JobFacts(),
        Blankets(uow, today),
    )
    need = _need(part, question)
    facts = _facts(rules, need, question)
    much = f"{plain(need.quantity)} {need.unit} {need.description}".strip()
    about = f" for {short(job.number)}" if job else ""
    view = _explained(f"{much}{about}", facts, section, _policy(in_force.version))
    if facts.kind is not LineKind.PART:
        return view
    return replace(view, facts=(*view.facts, "only what is not in stock"))


def _row(uow: UnitOfWork, kind: type[M], id: str, label: str) -> M | None:
    row = uow.get(kind, id) if id else None
    if id and row is None:
        raise NOT_FOUND(kind=label, wanted=id, nearest="")
    return row


def _need(part: Part | None, question: Question) -> Need:
    service = question.service or bool(part and part.service)
    kind = LineKind.PART if part else LineKind.FREE_TEXT
    words = question.description.strip() or (part.name if part else "something in words")
    unit = part.unit if part else "visit" if service else "pcs"
    return Need(LineKind.SERVICE if service else kind, part, words, question.quantity, unit, None)


def _facts(rules: Rulebook, need: Need, question: Question) -> LineFacts:
    wanted = need.wanted(need.quantity, rules.today)
    chosen = [question.vendor_id] if question.vendor_id else []
    book = price_book(rules.uow, [wanted], vendor_ids=chosen)
    offer = book.from_vendor(chosen[0], wanted) if chosen else book.best(wanted)
    vendor = _vendor(book, offer)
    facts, _ = rules.facts(need, need.quantity, offer, vendor)
    if question.amount is None:
        return facts
    basis = PriceBasis.STATED if facts.basis is PriceBasis.NONE else facts.basis
    return replace(facts, basis=basis, amount=Money.of(question.amount, rules.limit.currency))


def _vendor(book: PriceBook, offer: Offer) -> Vendor | None:
    return book.vendors.get(offer.vendor_id) if offer.vendor_id else None


def explain_request(uow: UnitOfWork, number: str) -> tuple[tuple[ExplainedLine, ...], int]:
    """What decided about the lines of a part request (the first ones), by the policy of the day it
    was asked for, and how many lines are left out. Raises what ``resolve`` raises."""
    found = resolve(uow, number, kinds=(Kind.PART_REQUEST,))
    lines = uow.all(PartRequestLine, part_request_id=found.id, order="position", limit=MOST_LINES)
    needs = past_needs(uow, lines)
    made = []
    for need in sorted(needs, key=lambda need: need.position):
        in_force = policy_on(uow, need.day)
        much = f"{plain(need.quantity)} {need.unit} {need.description}"
        view = _explained(
            f"{short(found.number)} line {need.position}: {much}",
            need.facts,
            in_force.document.routes,
            _policy(in_force.version),
        )
        facts = (*view.facts, TOGETHER) if need.together else view.facts
        decided = f"{need.rule} → {need.route.value}"
        made.append(replace(view, facts=facts, amount=need.amount, decided=decided))
    return tuple(made), uow.count(PartRequestLine, part_request_id=found.id) - len(made)


def _policy(version: int) -> str:
    return f"policy {version}" if version else "what wopo ships"


def _explained(title: str, facts: LineFacts, section: RoutesSection, policy: str) -> ExplainedLine:
    asked = list(section.asked(facts))
    ruling = section.said(facts)
    return ExplainedLine(
        title=title,
        facts=tuple(_told(facts)),
        amount=facts.amount,
        asked=tuple(AskedRule(filled(rule.name, facts.limit), why) for rule, why in asked),
        rule=ruling.rule,
        sentence=ruling.sentence,
        route=ruling.route,
        allowed=ruling.allowed,
        policy=policy,
    )


_BASIS = {
    PriceBasis.AGREEMENT: "price agreed",
    PriceBasis.LAST_PRICE: "last price paid",
    PriceBasis.STATED: "price stated",
    PriceBasis.NONE: "no agreed price",
    PriceBasis.STOCK: "from stock",
}


def _told(facts: LineFacts) -> Iterator[str]:
    """The facts in words, without figures."""
    yield facts.kind.value.replace("_", " ")
    named = (("part", facts.part), ("category", facts.category), ("vendor", facts.vendor))
    yield from (f"{name} {value}" for name, value in named if value)
    yield _BASIS[facts.basis]
    if facts.blanket:
        yield "covered by a blanket order"
    job = facts.job
    yield f"{job.type.value} job, {job.priority.value} priority"
    yield from (
        f"{name} {value}"
        for name, value in (("site", job.site), ("cost centre", job.cost_centre))
        if value
    )
