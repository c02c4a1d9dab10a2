"""Answers to exceptions: taking, giving, accepting, disputing. Cures that change facts (a receipt,
an amended order, a credit note) close a case by themselves."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pydantic import Field

from wopo.domain.billing import Document, recomputed
from wopo.domain.errors import NOT_ALLOWED, REQUIRED, DomainError, Refusal
from wopo.domain.exception_cases import (
    ALREADY_RESOLVED,
    CASE,
    CaseState,
    ExceptionCase,
    Resolution,
)
from wopo.domain.exception_kinds import Cure
from wopo.domain.exchange_rates import NO_RATE
from wopo.domain.invoices import Invoice, InvoiceState
from wopo.domain.money import Money
from wopo.domain.order_life import refresh_progress
from wopo.domain.people import AuthorityLimit, Person, Role, roles_text
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.settings import Duty, Stage
from wopo.domain.short_pay import divisible
from wopo.domain.waivers import kept_apart
from wopo.domain.workflow import words
from wopo.usecases.door import Answer, Command, Context, use_case
from wopo.usecases.exchange_rates import convert
from wopo.usecases.invoice_papers import live_documents, load_documents
from wopo.usecases.invoices import follow
from wopo.usecases.judging import Judging
from wopo.usecases.ledger import post_order
from wopo.usecases.people import active_person
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.purchasing_policy import pays_the_rest
from wopo.usecases.receipt_rights import approver_ids
from wopo.usecases.receipts import order_lines
from wopo.usecases.settings import company
from wopo.usecases.settling import settle

OVER_LIMIT = Refusal(
    "exception.over_limit",
    "{number} is about {amount}, above your limit of {limit}. Nothing was changed; "
    "ask somebody with a higher limit.",
    logged=True,
)
HANDLERS = frozenset({Role.FINANCE, Role.BUYER, Role.RECEIVER, Role.SUPERVISOR})
DECIDERS = frozenset({Role.FINANCE, Role.BUYER})


class TakeCase(Command):
    """I take care of it."""

    case_id: str


class AssignCase(Command):
    """Somebody else shall take care of it."""

    case_id: str
    person_id: str


class Decision(Command):
    """An answer that somebody answers for, with the reason."""

    case_id: str
    reason: str = Field(default="", max_length=1000)


class AcceptCase(Decision):
    """Pay it all the same. Void again when the difference grows."""


class DisputeCase(Decision):
    """The vendor is wrong; the invoice (or the disputed part of it) waits until they answer."""


class NotADuplicate(Decision):
    """It only looks like the other invoice."""


class AcknowledgeCase(Decision):
    """Seen; nothing needs to be done."""


class ReopenCase(Decision):
    """Take a decision back."""


class Held(NamedTuple):
    """A case held for a change, with its order, its invoice and the order's lines."""

    case: ExceptionCase
    order: PurchaseOrder | None
    invoice: Invoice | None
    lines: dict[str, PurchaseOrderLine]


@use_case(TakeCase, roles=HANDLERS, action="take exceptions")
def take_case(command: TakeCase, ctx: Context) -> Answer:
    """Become the owner of an open case; taking one's own again changes nothing."""
    case = _open(ctx, ctx.require_locked(ExceptionCase, command.case_id, label="exception"))
    person = ctx.person()
    if case.state is not CaseState.ASSIGNED or case.owner_id != person.id:
        ctx.record(case.give_to(person.id, at=ctx.at, verb="take"))
    return case_answer(case, "is yours")


@use_case(AssignCase, roles=HANDLERS, action="assign exceptions")
def assign_case(command: AssignCase, ctx: Context) -> Answer:
    """Give an open case to somebody who may answer it."""
    case = _open(ctx, ctx.require_locked(ExceptionCase, command.case_id, label="exception"))
    person = active_person(ctx, command.person_id, field="person_id")
    if not person.has(*HANDLERS):
        raise NOT_ALLOWED(
            field="person_id",
            action=f"give it to {person.name}",
            who=roles_text(sorted(HANDLERS)),
        )
    if case.state is not CaseState.ASSIGNED or case.owner_id != person.id:
        ctx.record(case.give_to(person.id, at=ctx.at, verb="assign"))
    return case_answer(case, f"is given to {person.name}")


@use_case(AcceptCase, roles=DECIDERS, action="accept differences")
def accept_case(command: AcceptCase, ctx: Context) -> Answer:
    """Accept the difference as it is now; never by who asked for or approved the order, and only
    within the person's limit where they have one."""
    held = hold_open(ctx, command.case_id)
    held.case.check_way_out(Cure.ACCEPT)
    if held.order is not None:
        used = kept_apart(
            company(ctx.uow),
            person_id=ctx.person().id,
            duty=Duty.INVOICE_APPROVER,
            others={
                Duty.REQUESTER: held.order.requested_by_ids,
                Duty.APPROVER: approver_ids(ctx.uow, held.order),
            },
            subject_id=held.case.id,
            number=held.order.number,
            action="accept the difference",
            who="somebody else in finance",
        )
        ctx.record(*used)
    within_limit(ctx, held.case)
    return _decide(ctx, held, Cure.ACCEPT, command.reason, "is accepted")


@use_case(DisputeCase, roles=DECIDERS, action="dispute invoices")
def dispute_case(command: DisputeCase, ctx: Context) -> Answer:
    """Close the case as disputed; its invoice can't be paid before the vendor answers, or (where
    the policy allows) can be paid but for what is disputed."""
    held = hold_open(ctx, command.case_id)
    allowed = pays_the_rest(ctx.uow, ctx.at.date()) and divisible(held.case)
    answer = _decide(ctx, held, Cure.DISPUTE, command.reason, "is disputed", pays_rest=allowed)
    back = held.invoice.held_back if held.invoice is not None else None
    if not back:
        return answer
    return answer.model_copy(update={"message": f"{answer.message} {back} is held back."})


@use_case(AcknowledgeCase, roles=DECIDERS, action="acknowledge exceptions")
def acknowledge_case(command: AcknowledgeCase, ctx: Context) -> Answer:
    """Close the case as seen."""
    held = hold_open(ctx, command.case_id)
    return _decide(ctx, held, Cure.ACKNOWLEDGE, command.reason, "is acknowledged")


@use_case(NotADuplicate, roles=frozenset({Role.FINANCE}), action="tell invoices apart")
def not_a_duplicate(command: NotADuplicate, ctx: Context) -> Answer:
    """The invoices it looked like are others; judge it without them."""
    held = hold_open(ctx, command.case_id)
    held.case.check_way_out(Cure.NOT_DUPLICATE)
    assert held.invoice is not None
    invoice = held.invoice
    earlier = [twin["id"] for twin in invoice.verdict.get("alike", ())]
    invoice.not_duplicate_of = sorted({*invoice.not_duplicate_of, *earlier})
    ctx.record(
        held.case.decide(
            Cure.NOT_DUPLICATE, at=ctx.at, by_id=ctx.person().id, reason=command.reason
        )
    )
    cause = f"{held.case.number}: not a duplicate"
    judging = Judging(ctx, held.order, held.lines, cause)
    if held.order is not None:
        judging.again()
    else:
        judging.with_cases_of(invoice)
        judging.judge_new(load_documents(ctx.uow, [invoice])[0])
    follow(ctx, judging, invoice)
    return case_answer(held.case, "is no duplicate")


@use_case(ReopenCase, roles=DECIDERS, action="reopen exceptions")
def reopen_case(command: ReopenCase, ctx: Context) -> Answer:
    """Take back a decision; not once its invoice was released for payment."""
    held = _lock(ctx, command.case_id)
    if not command.reason.strip():
        raise REQUIRED(field="reason", label="The reason")
    CASE.move(held.case.state, "reopen", subject=held.case.number)
    if not reopenable(held.case, held.invoice):
        raise _already(ctx, held.case)
    ctx.record(held.case.reopen(at=ctx.at, reason=command.reason.strip()))
    _settle(ctx, held)
    return case_answer(held.case, "is open again")


def reopenable(case: ExceptionCase, invoice: Invoice | None) -> bool:
    """Whether a decision may still be taken back: what closed by itself opens by itself, and what
    was released for payment stays decided. What is held back was not released."""
    if case.resolution in (None, Resolution.CAUSE_GONE, Resolution.INVOICE_REJECTED):
        return False
    if case.holds_back:
        return True
    return invoice is None or invoice.state not in (InvoiceState.PAYABLE, InvoiceState.PAID)


def _lock(ctx: Context, case_id: str) -> Held:
    """Order, invoice, case: in lock order."""
    found = ctx.require(ExceptionCase, case_id, label="exception")
    order = invoice = None
    lines: dict[str, PurchaseOrderLine] = {}
    if found.purchase_order_id is not None:
        order = ctx.require_locked(PurchaseOrder, found.purchase_order_id, label="purchase order")
        lines = order_lines(ctx, order)
    if found.invoice_id is not None:
        invoice = ctx.require_locked(Invoice, found.invoice_id, label="invoice")
    case = ctx.require_locked(ExceptionCase, case_id, label="exception")
    return Held(case, order, invoice, lines)


def hold_open(ctx: Context, case_id: str) -> Held:
    """The open case with all it is about, locked. Raises ``ALREADY_RESOLVED``."""
    held = _lock(ctx, case_id)
    _open(ctx, held.case)
    return held


def _open(ctx: Context, case: ExceptionCase) -> ExceptionCase:
    if case.state is CaseState.RESOLVED:
        raise _already(ctx, case)
    return case


def _already(ctx: Context, case: ExceptionCase) -> Exception:
    """Who was first, and how it ended (A47)."""
    by = ctx.uow.get(Person, case.resolved_by_id) if case.resolved_by_id else None
    how = words(case.resolution or Resolution.CAUSE_GONE)
    when = ""
    if case.resolved_at is not None:
        local = case.resolved_at.astimezone(ZoneInfo(ctx.person().timezone))
        when = f"on {local:%d %b at %H:%M}"
    return ALREADY_RESOLVED(
        who=by.name if by else "wopo",
        number=case.number,
        when=when,
        how=f"{how} ({case.reason})" if case.reason else how,
    )


def within_limit(ctx: Context, case: ExceptionCase) -> None:
    """Somebody with an authority limit accepts differences within it only."""
    day = ctx.at.date()
    valid = _limits(ctx.uow, ctx.person().id, day)
    if _fits(ctx.uow, valid, case, day):
        return
    best = _best(valid, case)
    limit = (
        Money(best.amount_minor, best.currency)
        if best is not None
        else "nothing for this cost centre"
    )
    raise OVER_LIMIT(number=case.number, amount=case.amount, limit=limit)


def within_authority(
    uow: UnitOfWork, person_id: str, cases: Sequence[ExceptionCase], day: date
) -> list[ExceptionCase]:
    """Those that the person's limits let them accept; their limits are read once. Left out is also
    what can't be compared with them, for want of an exchange rate."""
    valid = _limits(uow, person_id, day)
    return [case for case in cases if _surely_fits(uow, valid, case, day)]


def _surely_fits(
    uow: UnitOfWork, valid: Sequence[AuthorityLimit], case: ExceptionCase, day: date
) -> bool:
    try:
        return _fits(uow, valid, case, day)
    except DomainError as error:
        if error.code != NO_RATE.code:
            raise
        return False


def _limits(uow: UnitOfWork, person_id: str, day: date) -> list[AuthorityLimit]:
    return [row for row in uow.all(AuthorityLimit, person_id=person_id) if row.covers(day)]


def _best(valid: Sequence[AuthorityLimit], case: ExceptionCase) -> AuthorityLimit | None:
    fits = [row for row in valid if row.cost_centre_id in (None, *case.cost_centre_ids)]
    return max(fits, key=lambda row: row.amount_minor, default=None)


def _fits(uow: UnitOfWork, valid: Sequence[AuthorityLimit], case: ExceptionCase, day: date) -> bool:
    """Whoever has no limit at all is bound by their role alone. Raises ``NO_RATE``."""
    best = _best(valid, case)
    if best is None:
        return not valid
    return convert(uow, case.amount, best.currency, day).minor <= best.amount_minor


def _decide(
    ctx: Context, held: Held, cure: Cure, reason: str, said: str, *, pays_rest: bool = False
) -> Answer:
    event = held.case.decide(cure, at=ctx.at, by_id=ctx.person().id, reason=reason)
    held.case.pays_rest = pays_rest
    ctx.record(event)
    _settle(ctx, held)
    return case_answer(held.case, said)


def _settle(ctx: Context, held: Held) -> None:
    """Let the case's invoice go when nothing holds it any more (or hold it again), and move the
    money with it."""
    case, order, invoice, lines = held
    if invoice is None:
        return
    ctx.uow.flush()
    cases = ctx.uow.all(ExceptionCase, invoice_id=invoice.id)
    before = (invoice.state, invoice.withheld)
    document = Document(invoice, ())
    if invoice.settled_minor or any(one.holds_back for one in cases):
        (document,) = load_documents(ctx.uow, [invoice])
    held_whole = any(one.holds for one in cases)
    gross = company(ctx.uow).budgets_gross
    settle(ctx, document, lines, cases, held=held_whole, gross=gross, cause=case.number)
    if (invoice.state, invoice.withheld) == before or order is None:
        return
    for line_id, sums in recomputed(live_documents(ctx.uow, order.id), lines).items():
        sums.put(lines[line_id])
    post_order(
        ctx,
        order,
        list(lines.values()),
        source="invoice",
        source_id=invoice.id,
        stage=Stage.INVOICE,
    )
    refresh_progress(order, lines.values())


def case_answer(case: ExceptionCase, said: str) -> Answer:
    """What became of a case, in one sentence."""
    return Answer(
        subject_id=case.id,
        number=case.number,
        message=f"{case.number} ({case.title}) {said}.",
        facts={"state": case.state.value},
    )
