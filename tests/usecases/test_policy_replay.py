"""A proposed policy asked about past lines, and any policy asked why."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from tests.conftest import TestClock
from tests.factories.buying import Buyer, World, content, line, part_line, seed
from wopo.db.uow import SqlTransactions
from wopo.domain.errors import DomainError
from wopo.domain.money import Money
from wopo.domain.part_requests import LineKind, PartRequestLine, Route
from wopo.domain.purchasing_policy import PolicyDocument
from wopo.usecases.door import Answer
from wopo.usecases.part_request_changes import CancelPartLine
from wopo.usecases.part_request_planning import LineInput
from wopo.usecases.part_requests import RequestParts
from wopo.usecases.policy_replay import Redirected, Redirections, lines_since, replay_lines
from wopo.usecases.purchasing_policy import ImportPolicy
from wopo.usecases.views.policy_explained import Question, explain, explain_request

D = Decimal
Do = Callable[..., Answer]
SINCE = date(2026, 3, 1)


def policy(*rules: dict) -> PolicyDocument:
    last = {"name": "rest", "sentence": "The rest.", "route": "purchase order"}
    made = [{"sentence": f"It is {rule['name']}.", **rule} for rule in rules]
    return PolicyDocument.model_validate({"title": "New", "routes": {"rules": [*made, last]}})


STOCK = {"name": "stock", "route": "from stock"}


@pytest.fixture
def world(do: Do, transactions: SqlTransactions, clock: TestClock) -> World:
    """Tess asked for: 2 seals from stock, 4 seals to buy (50 EUR under C-7), a belt that nobody
    agreed a price for, and something that she took back."""
    made = seed(transactions, clock)
    made.stock("seal", "2", 2000)
    lines = (
        part_line("seal", "2"),
        part_line("seal", "4"),
        part_line("belt", "1"),
        LineInput(kind=LineKind.FREE_TEXT, description="Paint", quantity=D(1)),
    )
    answer = do(RequestParts(work_order_id="WO-1", lines=lines), by="tess")
    do(CancelPartLine(line_id=answer.facts["line_ids"][3]), by="tess")
    return made


def replayed(world: World, document: PolicyDocument, page: int = 500) -> Redirections:
    found = Redirections()
    for one in replay_lines(world.transactions, document, since=SINCE, page=page):
        found.add(one)
    return found


def test_what_holds_already_sends_nothing_another_way(world: World) -> None:
    found = replayed(world, PolicyDocument(title="Same"))
    assert str(found.ruled) == "3 lines over 50.00 EUR (2 without a price)"
    assert (found.ways, found.largest) == ({}, [])
    assert lines_since(world.transactions, SINCE) == 3
    assert lines_since(world.transactions, date(2027, 1, 1)) == 0


@pytest.mark.parametrize("page", [1, 2, 500])
def test_lines_that_would_have_gone_another_way_are_told_in_money(world: World, page: int) -> None:
    free = {"name": "seals", "when": {"category": "seals"}, "route": "no order"}
    found = replayed(world, policy(STOCK, free), page)
    told = {ways: str(total) for ways, total in found.ways.items()}
    assert told == {
        (Route.CALL_OFF, Route.NO_ORDER): "1 line over 50.00 EUR",
        (Route.BUYER, Route.ORDER): "1 line (1 without a price)",
    }
    first, second = found.largest
    assert (first.number, first.after_rule, first.approvers) == ("PR-1 line 2", "seals", ())
    assert second.number == "PR-1 line 3"
    assert {who: total.count for who, total in found.approvers.items()} == {"a buyer first": 1}


def test_who_would_have_had_to_approve_is_told(do: Do, world: World) -> None:
    free = {"name": "free", "when": {"category": "seals"}, "route": "no order"}
    do(ImportPolicy(document=policy(STOCK, free)), by="fin")
    for quantity in ("4", "100"):
        lines = (part_line("seal", quantity),)
        do(RequestParts(work_order_id="WO-1", lines=lines), by="tess")
    found = replayed(world, PolicyDocument(title="Ours again"))
    told = {who: str(total) for who, total in found.approvers.items()}
    assert told == {"Ana": "1 line over 50.00 EUR", "Max": "1 line over 1,100.00 EUR"}


def test_the_approval_rules_say_who_would_have_had_to_approve(do: Do, world: World) -> None:
    """Of each step whom it would have been asked of, never of whoever asked; the largest first."""
    free = {"name": "free", "when": {"category": "seals"}, "route": "no order"}
    do(ImportPolicy(document=policy(STOCK, free)), by="fin")
    for quantity in ("4", "100"):
        lines = (part_line("seal", quantity),)
        do(RequestParts(work_order_id="WO-1", lines=lines), by="tess")
    when = {"above": 1000, "category": "seals", "cost_centre": "4711", "vendor": "approved"}
    large = {"name": "large", "when": when, "steps": ["role finance", ["person ana", "authority"]]}
    document = PolicyDocument.model_validate({"title": "New", "approval": {"rules": [large]}})
    found = replayed(world, document)
    told = {who: str(total) for who, total in found.approvers.items()}
    assert told == {
        "Ana": "1 line over 50.00 EUR",
        "Fin then Ana then Max": "1 line over 1,100.00 EUR",
    }


def test_stock_that_the_new_policy_leaves_would_have_been_bought(world: World) -> None:
    found = replayed(world, policy(STOCK | {"when": {"emergency": True}}))
    assert (Route.STOCK, Route.ORDER) in found.ways


@pytest.mark.parametrize("page", [1, 500])
def test_orders_that_nobody_requested_are_ruled_too(do: Do, world: World, page: int) -> None:
    buyer = Buyer(do, world)
    buyer.submitted(content(line(quantity=D(3))))
    buyer.submitted(content(line(quantity=D(2), work_order_id=None)))
    buyer.draft()
    free = {"name": "seals", "when": {"category": "seals", "up_to": 30}, "route": "no order"}
    assert lines_since(world.transactions, SINCE) == 5
    found = replayed(world, policy(STOCK, free), page)
    told = {ways: str(total) for ways, total in found.ways.items()}
    assert told[Route.ORDER, Route.NO_ORDER] == "1 line over 25.00 EUR"
    assert ("PO-3 line 1", "no rule") in {(one.number, one.before_rule) for one in found.largest}


def test_what_costs_nothing_comes_before_what_has_no_price() -> None:
    found = Redirections(shown=1)
    for number, amount in (("unknown", None), ("free", Money(0, "EUR"))):
        ways = (Route.BUYER, "before", Route.NO_ORDER, "after")
        found.add(Redirected(number, "Seal", SINCE, amount, *ways, ()))
    assert [one.number for one in found.largest] == ["free"]


def test_nothing_is_changed_by_a_replay(world: World) -> None:
    before = world.all(PartRequestLine)
    replayed(world, policy())
    assert world.all(PartRequestLine) == before


def test_a_line_is_explained_by_its_facts(world: World) -> None:
    today = world.clock().date()
    with world.transactions.read() as uow:
        known = explain(uow, Question(part_id="seal", quantity=D(30)), today)
        stated = explain(uow, Question(part_id="belt", amount=D(20), vendor_id="zed"), today)
        work = explain(uow, Question(description="Crane", service=True), today)
    assert (known.rule, known.route, str(known.amount)) == ("over-250", Route.ORDER, "330.00 EUR")
    assert [(rule.name, rule.why_not) for rule in known.asked] == [
        ("blanket-order", "covered by a blanket order"),
        ("no-agreed-price", "no agreed price"),
        ("service", "a service"),
        ("over-250", None),
    ]
    assert known.facts[:5] == ("part", "part P-100", "category seals", "vendor GRA", "price agreed")
    assert known.facts[-1] == "only what is not in stock"
    assert "only what is not in stock" not in work.facts
    assert (stated.rule, stated.facts[3]) == ("small-purchase", "vendor ZED")
    assert (work.rule, work.sentence[:28]) == ("no-agreed-price", "Nobody agreed a price for it")
    with world.transactions.read() as uow, pytest.raises(DomainError, match="part nothing"):
        explain(uow, Question(part_id="nothing"), today)


def test_a_request_is_explained_by_the_policy_of_its_day(
    do: Do, world: World, clock: TestClock
) -> None:
    clock.forward(days=1)
    do(ImportPolicy(document=policy(STOCK)), by="fin")
    with world.transactions.read() as uow:
        views, left = explain_request(uow, "PR-1")
    assert (len(views), left) == (4, 0)
    assert [(view.title, view.rule, view.policy) for view in views[:3]] == [
        ("PR-1 line 1: 2 pcs Seal", "from-stock", "what wopo ships"),
        ("PR-1 line 2: 4 pcs Seal", "under-contract", "what wopo ships"),
        ("PR-1 line 3: 1 pcs Belt", "no-agreed-price", "what wopo ships"),
    ]
    assert views[1].decided == "under-contract → call-off"
