"""Stock by commands: opening, counting, deliveries in and taken back; and the sum of it all."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.conftest import TestClock
from tests.factories.buying import Buyer, World, content, line, part_line, seed
from wopo.db.uow import SqlTransactions
from wopo.domain.errors import DomainError
from wopo.domain.part_requests import LineState, PartRequestLine
from wopo.domain.stock import StockLevel, StockMovement
from wopo.usecases.door import Answer
from wopo.usecases.order_changes import IssueOrder
from wopo.usecases.part_requests import RequestParts
from wopo.usecases.receipt_corrections import ReturnedLine, ReturnGoods, VoidReceipt
from wopo.usecases.receipts import CountedLine, PostReceipt
from wopo.usecases.stock import AdjustStock, OpenStock
from wopo.usecases.stock_issues import IssueParts, ReturnParts

D = Decimal
Do = Callable[..., Answer]


@pytest.fixture
def world(transactions: SqlTransactions, clock: TestClock) -> World:
    return seed(transactions, clock)


@pytest.fixture
def buyer(do: Do, world: World) -> Buyer:
    return Buyer(do, world)


OPEN = OpenStock(part="P-100", location="S1-ST", quantity=D(8), unit_cost=D("1.2345"))


def the_level(world: World) -> StockLevel:
    (level,) = world.all(StockLevel)
    return level


def sums(world: World) -> tuple[Decimal, int]:
    """What all movements add up to."""
    moves = world.all(StockMovement)
    return sum((m.quantity for m in moves), D(0)), sum(m.value_minor for m in moves)


def test_an_opening_balance_is_entered_once(do: Do, world: World) -> None:
    assert do(OPEN).facts["outcome"] == "added"
    assert do(OPEN).facts["outcome"] == "unchanged"
    level = the_level(world)
    assert (level.on_hand, level.value_minor, level.currency) == (8, 988, "EUR")
    assert len(world.all(StockMovement)) == 1
    with pytest.raises(DomainError, match="was opened with 8 already"):
        do(OPEN.model_copy(update={"quantity": D(9)}))


def test_a_count_corrects_and_says_why(do: Do, world: World) -> None:
    do(OPEN)
    count = AdjustStock(part_id="seal", location_id="store", counted=D(6), reason="broken")
    do(count, by="rex")
    level = the_level(world)
    assert (level.on_hand, level.value_minor) == (6, 741)
    assert sums(world) == (level.on_hand, level.value_minor)
    entry = world.all_entries()[-1]
    assert (entry.event, entry.facts["reason"], entry.facts["quantity"]) == (
        "stock:adjusted", "broken", "-2",
    )  # fmt: skip
    before = len(world.all_entries())
    do(count, by="rex")
    assert len(world.all_entries()) == before
    new = AdjustStock(
        part_id="belt", location_id="store", counted=D(3), unit_cost=D(2), reason="found"
    )
    do(new, by="rex")
    assert world.all(StockLevel, part_id="belt")[0].value_minor == 600


@pytest.mark.parametrize(
    ("update", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"counted": D(-1)}, "counted"),
        ({"counted": D("0.0000001")}, "counted"),
        ({"part_id": "x"}, "part_id"),
        ({"location_id": "x"}, "location_id"),
        ({"unit_cost": D(-1)}, "unit_cost"),
    ],
)
def test_a_bad_count_is_refused(
    do: Do, world: World, update: dict[str, object], field: str
) -> None:
    count = AdjustStock(part_id="seal", location_id="store", counted=D(6), reason="x")
    with pytest.raises(DomainError) as refused:
        do(count.model_copy(update=update), by="rex")
    assert refused.value.field == field
    assert world.all(StockLevel) == []


def test_a_technician_does_not_count(do: Do, world: World) -> None:
    count = AdjustStock(part_id="seal", location_id="store", counted=D(6), reason="x")
    with pytest.raises(DomainError) as refused:
        do(count, by="tess")
    assert refused.value.code == "not_allowed"


def receive(do: Do, order_id: str, line_id: str, accepted: str, rejected: str = "0") -> str:
    reason = "dented" if rejected != "0" else ""
    counted = CountedLine(
        line_id=line_id, accepted=D(accepted), rejected=D(rejected), reject_reason=reason
    )
    return do(PostReceipt(order_id=order_id, lines=(counted,)), by="rex").subject_id


STOCK_ORDER = content(line(work_order_id=None, cost_centre_id="cc2"))


def test_deliveries_for_stock_carry_their_share_of_the_order(
    do: Do, world: World, buyer: Buyer
) -> None:
    do(OPEN)
    made = STOCK_ORDER.model_copy(update={"discount_minor": 100})
    order_id = buyer.issued(made)
    (row,) = buyer.lines(order_id)
    for count in ("3", "3", "4"):
        receive(do, order_id, row.id, count)
    level = the_level(world)
    assert (level.on_hand, level.value_minor) == (18, 988 + 12_400)
    assert sums(world) == (level.on_hand, level.value_minor)


def test_rejected_goods_move_no_stock(do: Do, world: World, buyer: Buyer) -> None:
    order_id = buyer.issued(STOCK_ORDER)
    (row,) = buyer.lines(order_id)
    receive(do, order_id, row.id, "4", "6")
    assert the_level(world).on_hand == 4


def test_a_voided_receipt_takes_back_what_it_brought(do: Do, world: World, buyer: Buyer) -> None:
    do(OPEN)
    order_id = buyer.issued(STOCK_ORDER)
    (row,) = buyer.lines(order_id)
    receipt_id = receive(do, order_id, row.id, "4")
    do(VoidReceipt(receipt_id=receipt_id, reason="wrong order"), by="rex")
    level = the_level(world)
    assert (level.on_hand, level.value_minor) == (8, 988)
    assert sums(world) == (8, 988)


def test_what_is_promised_to_a_job_does_not_go_back(do: Do, world: World, buyer: Buyer) -> None:
    order_id = buyer.issued(STOCK_ORDER)
    (row,) = buyer.lines(order_id)
    receipt_id = receive(do, order_id, row.id, "4")
    do(RequestParts(work_order_id="WO-1", lines=(part_line("seal", "2"),)), by="tess")
    with pytest.raises(DomainError, match="2 of these are reserved for jobs"):
        do(VoidReceipt(receipt_id=receipt_id, reason="wrong order"), by="rex")
    assert the_level(world).on_hand == 4


def for_job(do: Do, buyer: Buyer, quantity: str) -> tuple[str, str, str]:
    """An issued order for a job's line: order id, order line id, request line id."""
    ask = RequestParts(work_order_id="WO-1", lines=(part_line("seal", quantity),), submit=True)
    facts = do(ask, by="tess").facts
    order_id = facts["order_ids"][0]
    buyer.approve(order_id)
    do(IssueOrder(order_id=order_id), by="ben")
    return order_id, buyer.lines(order_id)[0].id, facts["line_ids"][0]


def state_of(world: World, line_id: str) -> LineState:
    found = world.get(PartRequestLine, line_id).state
    assert isinstance(found, LineState)
    return found


def test_a_void_opens_the_request_line_again(do: Do, world: World, buyer: Buyer) -> None:
    order_id, row_id, line_id = for_job(do, buyer, "3")
    first = receive(do, order_id, row_id, "2")
    receive(do, order_id, row_id, "1")
    assert state_of(world, line_id) is LineState.RECEIVED
    do(VoidReceipt(receipt_id=first, reason="counted twice"), by="rex")
    assert state_of(world, line_id) is LineState.ORDERED
    assert sums(world) == (0, 0)
    receive(do, order_id, row_id, "2")
    assert state_of(world, line_id) is LineState.RECEIVED
    moves = world.all(StockMovement)
    issued = [move for move in moves if move.kind.value == "issue"]
    assert sum(move.quantity for move in issued) == -3
    assert sum(move.value_minor for move in issued) == -3750


def give_back(do: Do, order_id: str, row_id: str, quantity: str, *, credit: bool) -> str:
    returned = ReturnedLine(line_id=row_id, accepted=D(quantity))
    command = ReturnGoods(order_id=order_id, lines=(returned,), for_credit=credit, reason="damaged")
    return do(command, by="rex").subject_id


def test_goods_sent_back_for_replacement_are_still_ordered(
    do: Do, world: World, buyer: Buyer
) -> None:
    order_id, row_id, line_id = for_job(do, buyer, "3")
    receive(do, order_id, row_id, "3")
    give_back(do, order_id, row_id, "2", credit=False)
    assert state_of(world, line_id) is LineState.ORDERED
    assert world.get(PartRequestLine, line_id).unsourced == 0


def test_goods_sent_back_for_credit_wait_for_a_buyer(do: Do, world: World, buyer: Buyer) -> None:
    order_id, row_id, line_id = for_job(do, buyer, "3")
    receive(do, order_id, row_id, "3")
    return_id = give_back(do, order_id, row_id, "2", credit=True)
    assert state_of(world, line_id) is LineState.TO_BUY
    assert world.get(PartRequestLine, line_id).unsourced == 2
    do(VoidReceipt(receipt_id=return_id, reason="kept after all"), by="rex")
    assert state_of(world, line_id) is LineState.RECEIVED


def test_what_a_job_gave_into_stock_does_not_go_back_to_the_vendor(
    do: Do, world: World, buyer: Buyer
) -> None:
    order_id, row_id, line_id = for_job(do, buyer, "3")
    receive(do, order_id, row_id, "3")
    do(ReturnParts(line_id=line_id, quantity=D(2)), by="tess")
    with pytest.raises(DomainError, match="The job has 1 of Seal, so 2 can't come back"):
        give_back(do, order_id, row_id, "2", credit=True)
    give_back(do, order_id, row_id, "1", credit=True)


def test_value_given_back_is_the_value_taken(do: Do, world: World) -> None:
    world.stock("seal", "3", 1000)
    ask = RequestParts(work_order_id="WO-1", lines=(part_line("seal", "3"),))
    line_id = do(ask, by="tess").facts["line_ids"][0]
    do(IssueParts(line_id=line_id), by="rex")
    for _ in range(3):
        do(ReturnParts(line_id=line_id, quantity=D(1)), by="rex")
    level = the_level(world)
    assert (level.on_hand, level.value_minor) == (3, 1000)
    assert sums(world) == (3, 1000)
