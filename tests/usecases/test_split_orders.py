"""Split orders are decided by their sum, with the others listed (reliability A28)."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from tests.conftest import TestClock
from tests.factories.buying import Buyer, World, content, line, part_line, seed
from wopo.db.uow import SqlTransactions
from wopo.domain.errors import DomainError
from wopo.domain.exchange_rates import ExchangeRate
from wopo.domain.people import Person
from wopo.domain.purchasing_policy import PolicyDocument
from wopo.domain.split_orders import SplitSection
from wopo.usecases.door import Answer
from wopo.usecases.order_changes import CancelOrder, ReviseOrder
from wopo.usecases.part_requests import RequestParts
from wopo.usecases.purchasing_policy import ImportPolicy
from wopo.usecases.views.approvals import approval_view

D = Decimal
Do = Callable[..., Answer]


@pytest.fixture
def world(transactions: SqlTransactions, clock: TestClock) -> World:
    return seed(transactions, clock)


@pytest.fixture
def buyer(do: Do, world: World) -> Buyer:
    return Buyer(do, world)


def of(major: int, **more: object) -> object:
    header = {name: more.pop(name) for name in ("currency", "vendor_id") if name in more}
    return content(line(quantity=D(1), unit_price=D(major), **more), **header)


def listed(world: World, buyer: Buyer, order_id: str) -> list[tuple[str, int | None]]:
    """What the approver's card lists beside the order."""
    asked = buyer.asked(order_id)
    reader = world.get(Person, asked.eligible_ids[0])
    with world.transactions.read() as uow:
        view = approval_view(uow, asked.id, reader=reader, today=date(2026, 3, 2))
    assert view.amount.minor == asked.amount_minor
    return [(other.number, other.minor) for other in view.together.orders]


def test_the_third_of_three_is_decided_by_the_sum_and_lists_the_others(
    buyer: Buyer, world: World, clock: TestClock
) -> None:
    first = buyer.approved(of(900))
    clock.forward(days=2)
    second = buyer.approved(of(900), by="max")
    clock.forward(days=2)
    third = buyer.submitted(of(900))
    assert buyer.asked(third).eligible_ids == ["max"]
    numbers = [buyer.order(id).number for id in (second, first)]
    assert listed(world, buyer, third) == [(number, 90_000) for number in numbers]
    with pytest.raises(DomainError, match="cannot approve"):
        buyer.approve(third, by="ana")
    buyer.approve(third, by="max")


def test_two_requesters_of_one_job_are_one(do: Do, buyer: Buyer, world: World) -> None:
    world.job("WO-2", assignee="tom")
    answers = [
        do(
            RequestParts(work_order_id="WO-1", lines=(part_line("seal", "80"),), submit=True),
            by=person,
        )
        for person in ("tess", "sue")
    ]
    first, second = (answer.facts["order_ids"][0] for answer in answers)
    assert (buyer.asked(first).eligible_ids, buyer.asked(second).eligible_ids) == (["ana"], ["max"])


@pytest.mark.parametrize(
    "other",
    [
        {"vendor_id": "acm"},
        {"cost_centre_id": "cc2", "work_order_id": None},
        {"cost_centre_id": "cc2", "work_order_id": "WO-2"},
    ],
    ids=["the job alone", "the vendor alone, for stock", "the vendor alone, for another job"],
)
def test_what_shares_the_vendor_or_the_job_alone_is_decided_by_the_sum(
    other: dict[str, object], do: Do, buyer: Buyer, world: World
) -> None:
    """Asked for by somebody else, too."""
    world.job("WO-2", centre="cc2")
    request = RequestParts(work_order_id="WO-1", lines=(part_line("seal", "80"),), submit=True)
    do(request, by="tess")
    assert buyer.asked(buyer.submitted(of(900, **other))).eligible_ids == ["max"]


def test_what_shares_neither_is_decided_by_itself(buyer: Buyer, world: World) -> None:
    """The requester and the cost centre alone add nothing up, unless the policy says so."""
    world.job("WO-2")
    buyer.submitted(of(900))
    other = buyer.submitted(of(900, vendor_id="acm", work_order_id="WO-2"))
    assert buyer.asked(other).eligible_ids == ["ana"]
    assert listed(world, buyer, other) == []


def test_what_is_off_again_or_long_past_does_not_count(
    do: Do, buyer: Buyer, clock: TestClock
) -> None:
    gone = buyer.submitted(of(900))
    do(CancelOrder(order_id=gone, reason="not needed"), by="ben")
    past = buyer.submitted(of(900))
    assert buyer.asked(past).eligible_ids == ["ana"]
    clock.forward(days=8)
    assert buyer.asked(buyer.submitted(of(900))).eligible_ids == ["ana"]


def test_a_change_that_waits_counts_with_what_it_would_come_to(
    do: Do, buyer: Buyer, clock: TestClock
) -> None:
    """An old order that grows is asked for anew, so it can't hide a part of another one."""
    old = buyer.issued(of(50))
    clock.forward(days=30)
    grown = buyer.content_now(old)
    larger = grown.lines[0].model_copy(update={"unit_price": D(900)})
    change = grown.model_copy(update={"lines": (larger,)})
    do(ReviseOrder(order_id=old, content=change, reason="more"), by="ben")
    assert buyer.asked(old).eligible_ids == ["ana"]
    assert buyer.asked(buyer.submitted(of(900))).eligible_ids == ["max"]


def test_another_currency_is_compared_over_the_cost_centre(buyer: Buyer, world: World) -> None:
    world.add(ExchangeRate(id="r", source="USD", target="EUR", day=date(2026, 1, 1), rate=D("0.5")))
    buyer.submitted(of(1000, currency="USD"))
    third = buyer.submitted(of(900))
    assert listed(world, buyer, third)[0][1] == 50_000
    fourth = buyer.submitted(of(100, currency="USD"))
    assert sorted(listed(world, buyer, fourth)) == sorted(
        [("PO-2026-000002", 180_000), ("PO-2026-000001", 100_000)]
    )


def test_the_policy_says_the_days_and_what_is_the_same(do: Do, buyer: Buyer) -> None:
    def rule(**section: object) -> None:
        splits = SplitSection.model_validate(section)
        do(ImportPolicy(document=PolicyDocument(title="Ours", splits=splits)), by="fin")

    rule(same=["requester"])
    buyer.submitted(of(900))
    assert buyer.asked(buyer.submitted(of(900, vendor_id="acm"))).eligible_ids == ["max"]
    rule(days=0)
    assert buyer.asked(buyer.submitted(of(900))).eligible_ids == ["ana"]


def test_a_word_that_is_nothing_to_have_in_common_is_told() -> None:
    with pytest.raises(ValueError, match="'colour' is not one of cost centre, job"):
        SplitSection.model_validate({"same": ["vendor and colour"]})
