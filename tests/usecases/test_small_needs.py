"""Small needs that nobody is asked about are judged by the sum they belong to: no partition of an
amount over lines, requests, persons or days goes where the whole would not (reliability P14)."""

import random
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest

from tests.conftest import TestClock
from tests.factories.buying import World, part_line, seed
from wopo.db.uow import SqlTransactions
from wopo.domain.part_requests import PartRequestLine, Route
from wopo.domain.people import Person
from wopo.domain.purchasing_policy import PolicyDocument
from wopo.usecases.door import Answer
from wopo.usecases.part_request_changes import CancelPartLine, ChangePartLine
from wopo.usecases.part_request_planning import LineInput
from wopo.usecases.part_request_sourcing import SetLineVendor
from wopo.usecases.part_requests import AddPartLines, RequestParts
from wopo.usecases.purchasing_policy import ImportPolicy
from wopo.usecases.views.part_requests import parts_form
from wopo.usecases.views.policy_explained import explain_request

D = Decimal
Do = Callable[..., Answer]
ROUTES = (Route.NO_ORDER, Route.COUNTER, Route.OUT_OF_POCKET)
SEAL = Decimal("12.50")
"""What one seal costs under Grainger's contract, up to nine of them."""
WEEK = {"splits": {"days": 7}}


@pytest.fixture
def world(transactions: SqlTransactions, clock: TestClock) -> World:
    world = seed(transactions, clock)
    world.job("WO-2")
    world.job("WO-3", assignee="tom")
    return world


@pytest.fixture
def upto(do: Do, world: World) -> Callable[..., None]:
    """``upto(route, 50)``: seals for so much go that way, all else is ordered."""

    def put(route: Route, much: int, **more: object) -> None:
        rule = {"name": "small", "sentence": "It is small.", "route": route.value}
        if route is Route.OUT_OF_POCKET:
            rule |= {"allowed_up_to": much}  # type: ignore[dict-item]
        else:
            rule |= {"when": {"up_to": much}}  # type: ignore[dict-item]
        rest = {"name": "rest", "sentence": "An order.", "route": "purchase order"}
        document = {"title": "Small", "routes": {"rules": [rule, rest]}, **more}
        do(ImportPolicy(document=PolicyDocument.model_validate(document)), by="fin")

    return put


def asks(do: Do, *lines: LineInput, job: str = "WO-1", by: str = "tess") -> list[str]:
    return list(do(RequestParts(work_order_id=job, lines=lines), by=by).facts["line_ids"])


def routes(world: World, ids: list[str]) -> set[Route]:
    return {world.get(PartRequestLine, id).route for id in ids}


@pytest.mark.parametrize("route", ROUTES)
def test_ten_small_lines_of_one_request_are_judged_by_their_sum(
    route: Route, do: Do, world: World, upto: Callable[..., None]
) -> None:
    upto(route, 50, splits={"days": 0})
    assert routes(world, asks(do, *[part_line("seal", "1")] * 4)) == {route}, "4 x 12.50 = 50"
    assert routes(world, asks(do, *[part_line("seal", "1")] * 5, job="WO-2")) == {Route.ORDER}


def partitions(seed: int) -> Iterator[tuple[list[int], random.Random]]:
    chance = random.Random(seed)
    for _ in range(6):
        left, pieces = 9, []
        while left:
            pieces.append(chance.randint(1, min(left, 4)))
            left -= pieces[-1]
        yield pieces, chance


@pytest.mark.parametrize("route", ROUTES)
def test_no_partition_over_requests_and_days_escapes_the_sum(
    route: Route, do: Do, world: World, upto: Callable[..., None], clock: TestClock
) -> None:
    """Nine seals are 112.50: over lines, requests, changes, two people and a week, never more than
    50 is let go."""
    upto(route, 50, **WEEK)
    for pieces, chance in partitions(7):
        ids: list[str] = []
        start = clock.now
        for much in pieces:
            by, job = chance.choice((("tess", "WO-1"), ("tess", "WO-2"), ("tom", "WO-3")))
            if ids and by == "tess" and chance.random() < 0.3:
                row = world.get(PartRequestLine, ids[0])
                do(ChangePartLine(line_id=row.id, quantity=row.quantity + much), by="sue")
            elif ids and chance.random() < 0.3:
                request = world.get(PartRequestLine, ids[-1])
                more = (part_line("seal", str(much)),)
                command = AddPartLines(part_request_id=request.part_request_id, lines=more)
                ids += do(command, by="sue").facts["line_ids"]
            else:
                ids += asks(do, part_line("seal", str(much)), job=job, by=by)
            clock.forward(hours=chance.randint(0, 17))
        rows = [world.get(PartRequestLine, id) for id in ids]
        let_go = [row for row in rows if row.route is route]
        assert sum(row.quantity * SEAL for row in let_go) <= 50, (pieces, start)
        assert {row.route for row in rows} >= {Route.ORDER}, "and the rest is ordered"
        clock.forward(days=8)


def test_what_counts_beside_it_is_what_the_policy_says(
    do: Do, world: World, upto: Callable[..., None], clock: TestClock
) -> None:
    """By default also what others asked for from the same vendor or for the same job; without an
    entry only one person's for one job; nothing that was taken back, ordered or is older."""
    upto(Route.COUNTER, 50, splits={"days": 7, "same": []})
    (first,) = asks(do, part_line("seal", "3"))
    assert routes(world, asks(do, part_line("seal", "3"), job="WO-3", by="tom")) == {Route.COUNTER}
    assert routes(world, asks(do, part_line("seal", "3"))) == {Route.ORDER}
    do(CancelPartLine(line_id=first, reason="Mistyped"), by="tess")
    (second,) = asks(do, part_line("seal", "3"))
    do(SetLineVendor(line_id=second, vendor_id="gra"), by="ben")
    (third,) = asks(do, part_line("seal", "3"))
    assert routes(world, [third]) == {Route.COUNTER}, "cancelled and ordered ones do not count"
    do(ChangePartLine(line_id=third, quantity=D(1)), by="tess")
    assert routes(world, asks(do, part_line("seal", "3"))) == {Route.COUNTER}, "less counts less"
    clock.forward(days=9)
    assert routes(world, asks(do, part_line("seal", "3"))) == {Route.COUNTER}


def test_a_rule_without_an_amount_lets_go_whatever_it_costs(do: Do, world: World) -> None:
    rules = [
        {"name": "fees", "sentence": "F.", "route": "no order", "when": {"category": "seals"}},
        {"name": "rest", "sentence": "An order.", "route": "purchase order"},
    ]
    document = PolicyDocument.model_validate({"title": "Fees", "routes": {"rules": rules}})
    do(ImportPolicy(document=document), by="fin")
    assert routes(world, asks(do, *[part_line("seal", "9")] * 3)) == {Route.NO_ORDER}
    assert {row.small_minor for row in world.all(PartRequestLine)} == {None}


def test_the_form_says_so_before_and_the_explanation_afterwards(
    do: Do, world: World, upto: Callable[..., None], clock: TestClock
) -> None:
    upto(Route.COUNTER, 50)
    asks(do, part_line("seal", "3"))
    with world.transactions.read() as uow:
        (tess,) = uow.all(Person, code="tess")
        lines = (part_line("seal", "2"),)
        form = parts_form(uow, tess, work_order_id="WO-1", lines=lines, at=clock.now)
    (step,) = form.steps
    assert (step.route, step.rule, step.together) == (Route.ORDER, "rest", True)
    answer = do(RequestParts(work_order_id="WO-1", lines=lines), by="tess")
    with world.transactions.read() as uow:
        (said,), _ = explain_request(uow, answer.number)
    assert (said.rule, said.decided) == ("rest", "rest → purchase order")
    assert said.facts[-1] == "judged by its sum with other small needs"
