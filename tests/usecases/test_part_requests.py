"""What becomes of a need: stock, order, or both; and what the job's people read of it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.conftest import TestClock
from tests.factories.buying import Buyer, World, part_line, seed
from wopo.db.uow import SqlTransactions
from wopo.domain.errors import DomainError
from wopo.domain.outbox import OutboxRow
from wopo.domain.part_requests import Allocation, LineKind, LineState, PartRequestLine, PriceBasis
from wopo.domain.purchase_orders import OrderState, PurchaseOrder, PurchaseOrderLine
from wopo.domain.settings import CompanySettings
from wopo.domain.stock import Reservation, StockLevel, StockMovement
from wopo.domain.work_orders import HoldReason, WorkOrder, WorkOrderState
from wopo.usecases.door import Answer
from wopo.usecases.order_changes import (
    CancelOrder,
    CloseOrderShort,
    IssueOrder,
    LinePromise,
    RecordPromise,
)
from wopo.usecases.part_request_changes import CancelPartLine, ChangePartLine
from wopo.usecases.part_request_planning import LineInput
from wopo.usecases.part_request_sourcing import SetLineVendor, SplitLine, VendorShare
from wopo.usecases.part_requests import AddPartLines, RequestParts
from wopo.usecases.purchase_orders import SubmitOrder
from wopo.usecases.receipts import CountedLine, PostReceipt
from wopo.usecases.settings import ChangeCompanySettings
from wopo.usecases.stock_issues import IssueParts, ReturnParts
from wopo.usecases.work_order_moves import CancelWorkOrder, HoldWork

D = Decimal
Do = Callable[..., Answer]


@pytest.fixture
def world(transactions: SqlTransactions, clock: TestClock) -> World:
    return seed(transactions, clock)


@pytest.fixture
def buyer(do: Do, world: World) -> Buyer:
    return Buyer(do, world)


def ask(do: Do, *lines: LineInput, job: str = "WO-1", by: str = "tess", **more: Any) -> Answer:
    return do(RequestParts(work_order_id=job, lines=lines, **more), by=by)


def lines_of(world: World, job: str = "WO-1") -> list[PartRequestLine]:
    return world.all(PartRequestLine, work_order_id=job)


def stories(world: World) -> list[str]:
    rows = sorted(world.all(OutboxRow, card="story"), key=lambda row: row.seq)
    return [row.facts["text"] for row in rows]


def test_what_lies_in_stock_is_reserved_at_the_site_first(do: Do, world: World) -> None:
    world.stock("seal", "3", 3000)
    world.stock("seal", "50", 50000, "store2")
    ask(do, part_line("seal", "5"))
    (line,) = lines_of(world)
    assert (line.state, line.rule, line.price_basis) == (
        LineState.RESERVED, "from-stock", PriceBasis.STOCK,
    )  # fmt: skip
    assert world.get(StockLevel, "lev-seal-store").reserved == 3
    assert world.get(StockLevel, "lev-seal-store2").reserved == 2
    assert world.all(PurchaseOrder) == []


def test_a_line_is_split_over_stock_and_buying(do: Do, world: World) -> None:
    world.stock("seal", "4", 4000)
    ask(do, part_line("seal", "12"))
    (line,) = lines_of(world)
    (share,) = world.all(Allocation)
    (row,) = world.all(PurchaseOrderLine)
    assert (share.quantity, row.quantity, row.unit_price) == (8, 8, D("12.5"))
    assert (line.state, line.unsourced, line.rule) == (LineState.TO_BUY, 0, "under-contract")
    assert row.work_order_id == "WO-1"
    assert row.receiver_id == "tess"
    assert row.agreed_price == D("12.5")
    order = world.get(PurchaseOrder, row.purchase_order_id)
    assert (order.vendor_id, order.payment_terms, order.ship_to_id) == (
        "gra", "14 days 2 %", "site",
    )  # fmt: skip
    assert order.requested_by_ids == ["tess"]
    assert stories(world) == [
        "Tess asked for: 12 pcs Seal: 4 reserved: ready now, 8 to buy: PO-1 is being prepared."
    ]


def test_two_lines_for_one_part_do_not_take_the_same_piece(do: Do, world: World) -> None:
    world.stock("seal", "5", 5000)
    ask(do, part_line("seal", "3"), part_line("seal", "3"))
    first, second = lines_of(world)
    assert (first.state, second.state) == (LineState.RESERVED, LineState.TO_BUY)
    assert [row.quantity for row in world.all(Reservation)] == [3, 2]


def test_several_jobs_share_one_draft_per_vendor(do: Do, world: World) -> None:
    world.job("WO-2", assignee="tom")
    ask(do, part_line("seal", "2"))
    ask(do, part_line("seal", "3"), job="WO-2", by="tom")
    (order,) = world.all(PurchaseOrder)
    rows = world.all(PurchaseOrderLine)
    assert {(row.work_order_id, row.quantity) for row in rows} == {("WO-1", 2), ("WO-2", 3)}
    assert order.requested_by_ids == ["tess", "tom"]
    assert order.net_minor == 5 * 1250


def test_who_sends_an_order_sends_nothing_that_others_still_prepare(
    do: Do, world: World, buyer: Buyer
) -> None:
    world.job("WO-2", assignee="tom")
    ask(do, part_line("seal", "2"))
    (sent,) = ask(do, part_line("seal", "3"), job="WO-2", by="tom", submit=True).facts["order_ids"]
    (kept,) = (order for order in world.all(PurchaseOrder) if order.id != sent)
    assert [line.quantity for line in buyer.lines(sent)] == [3]
    assert buyer.order(sent).state is OrderState.PENDING_APPROVAL
    assert buyer.order(sent).requested_by_ids == ["tom"]
    assert [line.quantity for line in buyer.lines(kept.id)] == [2]
    assert kept.state is OrderState.DRAFT
    ask(do, part_line("seal", "4"), submit=True)
    assert buyer.order(kept.id).state is OrderState.PENDING_APPROVAL
    assert [line.quantity for line in buyer.lines(kept.id)] == [2, 4]


def test_a_buyer_sends_the_shared_draft_and_others_are_asked_first(
    do: Do, world: World, buyer: Buyer
) -> None:
    world.job("WO-2", assignee="tom")
    (shared,) = ask(do, part_line("seal", "2")).facts["order_ids"]
    ask(do, part_line("seal", "3"), job="WO-2", by="tom")
    with pytest.raises(DomainError) as refused:
        do(SubmitOrder(order_id=shared), by="tess")
    assert refused.value.code == "order.shared_draft"
    assert refused.value.facts["lines"] == "Seal for WO-2"
    assert buyer.order(shared).state is OrderState.DRAFT
    asked = ask(do, part_line("seal", "5"), by="ben", submit=True)
    assert asked.facts["order_ids"] == [shared]
    assert buyer.order(shared).state is OrderState.PENDING_APPROVAL
    assert [line.quantity for line in buyer.lines(shared)] == [2, 3, 5]


def test_a_submitted_order_is_not_joined(do: Do, world: World, buyer: Buyer) -> None:
    first = ask(do, part_line("seal", "2"), submit=True).facts["order_ids"]
    second = ask(do, part_line("seal", "2")).facts["order_ids"]
    assert first != second
    assert buyer.order(first[0]).state is OrderState.PENDING_APPROVAL
    assert [line.state for line in lines_of(world)] == [
        LineState.IN_APPROVAL, LineState.TO_BUY,
    ]  # fmt: skip


def test_without_a_price_a_line_waits_for_a_buyer(do: Do, world: World) -> None:
    ask(
        do,
        part_line("belt", "1"),
        LineInput(kind=LineKind.FREE_TEXT, description="Red hose, 3 m", quantity=D(1)),
        LineInput(kind=LineKind.SERVICE, description="Scaffold", quantity=D(1)),
    )
    lines = lines_of(world)
    assert {line.rule for line in lines} == {"no-agreed-price"}
    assert [line.vendor_id for line in lines] == ["acm", None, None]
    assert [line.unsourced for line in lines] == [1, 1, 1]
    assert world.all(PurchaseOrder) == []


def test_over_the_amount_the_order_names_the_rule(do: Do, world: World) -> None:
    ask(do, part_line("seal", "100"))
    (order,) = world.all(PurchaseOrder)
    assert order.rule == "over-250"
    assert "More than 250 EUR" in order.rule_sentence


def test_a_buyer_sets_vendor_and_price(do: Do, world: World) -> None:
    ask(do, part_line("odd", "4"))
    (line,) = lines_of(world)
    do(SetLineVendor(line_id=line.id, vendor_id="zed", unit_price=D("7.1234")), by="ben")
    (row,) = world.all(PurchaseOrderLine)
    assert (row.unit_price, row.net_minor) == (D("7.1234"), 2849)
    (line,) = lines_of(world)
    assert (line.state, line.unsourced, line.price_basis) == (
        LineState.TO_BUY, 0, PriceBasis.STATED,
    )  # fmt: skip
    do(SetLineVendor(line_id=line.id, vendor_id="acm", unit_price=D(7)), by="ben")
    orders = {order.vendor_id: order.state for order in world.all(PurchaseOrder)}
    assert orders == {"zed": OrderState.CANCELLED, "acm": OrderState.DRAFT}
    assert lines_of(world)[0].vendor_id == "acm"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"unit_price": None}, "unit_price"),
        ({"unit_price": D(-1)}, "unit_price"),
        ({"unit_price": D("1.1234567")}, "unit_price"),
        ({"vendor_id": "blo"}, "vendor_id"),
        ({"vendor_id": "nobody"}, "vendor_id"),
        ({"currency": "EUX"}, "currency"),
        ({"price_per": D(0)}, "price_per"),
    ],
)
def test_bad_sourcing_is_refused(do: Do, world: World, change: dict[str, Any], field: str) -> None:
    ask(do, part_line("odd", "4"))
    (line,) = lines_of(world)
    command = SetLineVendor(line_id=line.id, vendor_id="zed", unit_price=D(7))
    with pytest.raises(DomainError) as refused:
        do(command.model_copy(update=change), by="ben")
    assert refused.value.field == field
    assert world.all(PurchaseOrder) == []


def test_a_need_is_split_over_several_vendors(do: Do, world: World) -> None:
    ask(do, part_line("seal", "10"))
    (line,) = lines_of(world)
    split = SplitLine(
        line_id=line.id,
        shares=(
            VendorShare(vendor_id="gra", quantity=D(6)),
            VendorShare(vendor_id="zed", quantity=D(4), unit_price=D(10)),
        ),
    )
    wrong = split.model_copy(update={"shares": split.shares[:1]})
    with pytest.raises(DomainError, match="add up to 6 pcs of Seal, but 10 are to be bought"):
        do(wrong, by="ben")
    do(split, by="ben")
    rows = [row for row in world.all(PurchaseOrderLine) if not row.cancelled]
    assert [(row.quantity, row.unit_price, row.agreed_price) for row in rows] == [
        (6, D("12.5"), D("12.5")), (4, 10, None),
    ]  # fmt: skip
    assert lines_of(world)[0].unsourced == 0
    with pytest.raises(DomainError) as refused:
        do(split, by="tess")
    assert refused.value.code == "not_allowed"


def test_the_life_of_a_line_from_request_to_arrival(
    do: Do, world: World, buyer: Buyer, clock: TestClock
) -> None:
    order_id = ask(do, part_line("seal", "10"), submit=True).facts["order_ids"][0]
    line_id = lines_of(world)[0].id
    state = lambda: world.get(PartRequestLine, line_id).state  # noqa: E731
    assert state() is LineState.IN_APPROVAL
    buyer.approve(order_id)
    assert state() is LineState.ORDERED
    (row,) = buyer.lines(order_id)
    promise = LinePromise(line_id=row.id, promised_on=clock().date(), note="by truck")
    do(RecordPromise(order_id=order_id, lines=(promise,)), by="ben")
    assert state() is LineState.PROMISED
    late = promise.model_copy(update={"backordered": True})
    do(RecordPromise(order_id=order_id, lines=(late,)), by="ben")
    assert state() is LineState.BACKORDERED
    issue(do, order_id)
    receive(do, order_id, row.id, "4")
    assert state() is LineState.BACKORDERED
    receive(do, order_id, row.id, "6")
    assert state() is LineState.RECEIVED
    told = stories(world)
    assert "4 pcs Seal arrived (PO-1)." in told
    assert "6 pcs Seal arrived (PO-1)." in told
    assert told[-1] == "Nothing is missing any more."
    assert not any(sign in text for text in told for sign in ("EUR", "12.5", "125"))
    dms = world.all(OutboxRow, card="direct", audience="person:tess")
    assert any("6 pcs Seal arrived" in row.facts["text"] for row in dms)


def issue(do: Do, order_id: str) -> None:
    do(IssueOrder(order_id=order_id), by="ben")


def receive(do: Do, order_id: str, line_id: str, accepted: str, rejected: str = "0") -> Answer:
    counted = CountedLine(line_id=line_id, accepted=D(accepted), rejected=D(rejected))
    return do(PostReceipt(order_id=order_id, lines=(counted,)), by="rex")


def test_parts_for_a_job_pass_through_stock_at_receipt_cost(
    do: Do, world: World, buyer: Buyer
) -> None:
    order_id = ask(do, part_line("seal", "3"), submit=True).facts["order_ids"][0]
    buyer.approve(order_id)
    issue(do, order_id)
    (row,) = buyer.lines(order_id)
    for _ in range(3):
        receive(do, order_id, row.id, "1")
    moves = world.all(StockMovement)
    assert [(move.kind.value, move.quantity, move.value_minor) for move in moves] == [
        ("receipt", 1, 1250), ("issue", -1, -1250),
    ] * 3  # fmt: skip
    assert world.all(StockLevel) == []
    back = ReturnParts(line_id=lines_of(world)[0].id, quantity=D(1))
    do(back, by="tess")
    (level,) = world.all(StockLevel)
    assert (level.location_id, level.on_hand, level.value_minor) == ("store", 1, 1250)
    assert lines_of(world)[0].state is LineState.RECEIVED
    with pytest.raises(DomainError, match="The job has 2 of Seal, so 3 can't come back"):
        do(back.model_copy(update={"quantity": D(3)}), by="tess")


def test_reserved_stock_is_handed_out_at_average_cost(do: Do, world: World) -> None:
    world.stock("seal", "3", 1000)
    ask(do, part_line("seal", "3"))
    (line,) = lines_of(world)
    do(IssueParts(line_id=line.id, quantity=D(1)), by="rex")
    assert lines_of(world)[0].state is LineState.RESERVED
    do(IssueParts(line_id=line.id), by="tess")
    assert lines_of(world)[0].state is LineState.ISSUED
    moves = [move.value_minor for move in world.all(StockMovement) if move.kind.value == "issue"]
    assert sum(moves) == -1000
    level = world.get(StockLevel, "lev-seal-store")
    assert (level.on_hand, level.reserved, level.value_minor) == (0, 0, 0)
    with pytest.raises(DomainError, match="Seal has 0 reserved"):
        do(IssueParts(line_id=line.id), by="rex")
    with pytest.raises(DomainError) as refused:
        do(IssueParts(line_id=line.id), by="tom")
    assert refused.value.code == "not_allowed"


def test_a_job_held_for_parts_goes_on_when_the_last_one_comes(
    do: Do, world: World, buyer: Buyer
) -> None:
    order_id = ask(do, part_line("seal", "1"), submit=True).facts["order_ids"][0]
    do(HoldWork(work_order_id="WO-1", reason=HoldReason.WAITING_FOR_PARTS), by="tess")
    buyer.approve(order_id)
    issue(do, order_id)
    receive(do, order_id, buyer.lines(order_id)[0].id, "1")
    assert world.get(WorkOrder, "WO-1").state is WorkOrderState.IN_PROGRESS


def test_less_is_asked_for_down_to_what_is_ordered(do: Do, world: World, buyer: Buyer) -> None:
    world.stock("seal", "2", 2000)
    ask(do, part_line("seal", "10"))
    (line,) = lines_of(world)
    do(ChangePartLine(line_id=line.id, quantity=D(5)), by="tess")
    (row,) = world.all(PurchaseOrderLine)
    assert row.quantity == 3
    do(SubmitOrder(order_id=row.purchase_order_id), by="tess")
    do(ChangePartLine(line_id=line.id, quantity=D(3)), by="tess")
    assert world.get(StockLevel, "lev-seal-store").reserved == 0
    with pytest.raises(
        DomainError, match="3 pcs of Seal are handed out, bought, arrived or on an order"
    ):
        do(ChangePartLine(line_id=line.id, quantity=D(2)), by="tess")
    do(ChangePartLine(line_id=line.id, quantity=D(4)), by="tess")
    line = lines_of(world)[0]
    assert (line.quantity, line.unsourced) == (4, 0)
    assert world.get(StockLevel, "lev-seal-store").reserved == 1


def test_a_cancelled_line_frees_stock_and_empties_its_draft(do: Do, world: World) -> None:
    world.stock("seal", "2", 2000)
    ask(do, part_line("seal", "10"))
    (line,) = lines_of(world)
    do(CancelPartLine(line_id=line.id, reason="not needed"), by="tess")
    assert lines_of(world)[0].state is LineState.CANCELLED
    assert world.get(StockLevel, "lev-seal-store").reserved == 0
    assert world.all(PurchaseOrder)[0].state is OrderState.CANCELLED
    with pytest.raises(DomainError, match="Seal is cancelled"):
        do(CancelPartLine(line_id=line.id), by="tess")


def test_a_line_on_an_order_that_left_the_draft_is_not_cancelled(do: Do, world: World) -> None:
    ask(do, part_line("seal", "10"), submit=True)
    (line,) = lines_of(world)
    with pytest.raises(DomainError, match="Seal is on PO-1, which is more than a draft"):
        do(CancelPartLine(line_id=line.id), by="tess")


def test_a_cancelled_or_short_order_gives_the_need_back_to_the_buyers(
    do: Do, world: World, buyer: Buyer
) -> None:
    order_id = ask(do, part_line("seal", "10"), submit=True).facts["order_ids"][0]
    do(CancelOrder(order_id=order_id, reason="wrong vendor"), by="ben")
    line = lines_of(world)[0]
    assert (line.state, line.unsourced) == (LineState.TO_BUY, 10)
    again = SetLineVendor(line_id=line.id, vendor_id="zed", unit_price=D(9), submit=True)
    second = do(again, by="ben").facts["order_ids"][0]
    buyer.approve(second)
    issue(do, second)
    receive(do, second, buyer.lines(second)[0].id, "4")
    do(CloseOrderShort(order_id=second, reason="sold out"), by="ben")
    line = lines_of(world)[0]
    assert (line.state, line.unsourced) == (LineState.TO_BUY, 6)


def test_a_cancelled_job_needs_nothing(do: Do, world: World) -> None:
    world.job("WO-2")
    job = world.get(WorkOrder, "WO-2")
    assert job.state is WorkOrderState.IN_PROGRESS
    world.stock("seal", "2", 2000)
    ask(do, part_line("seal", "5"), job="WO-2")
    do(CancelWorkOrder(work_order_id="WO-2", reason="sold"), by="sue")
    assert [line.state for line in lines_of(world, "WO-2")] == [LineState.CANCELLED]
    assert world.get(StockLevel, "lev-seal-store").reserved == 0
    assert world.all(PurchaseOrder)[0].state is OrderState.CANCELLED


def test_lines_are_added_later(do: Do, world: World) -> None:
    request = ask(do, part_line("seal", "1")).subject_id
    do(AddPartLines(part_request_id=request, lines=(part_line("seal", "2"),)), by="tess")
    assert [line.position for line in lines_of(world)] == [1, 2]
    assert len(world.all(PurchaseOrder)) == 1


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (LineInput(quantity=D(1)), "part_id"),
        (LineInput(part_id="nope", quantity=D(1)), "part_id"),
        (LineInput(kind=LineKind.FREE_TEXT, quantity=D(1)), "description"),
        (part_line("seal", "0"), "quantity"),
        (part_line("seal", "-3"), "quantity"),
        (part_line("seal", "1e30"), "quantity"),
        (part_line("seal", "0.0000001"), "quantity"),
        (part_line("seal", "1", needed_by="2026-03-01"), "needed_by"),
    ],
)
def test_bad_lines_are_refused_at_their_field(
    do: Do, world: World, line: LineInput, field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        ask(do, line)
    assert refused.value.field == field
    assert lines_of(world) == []


def test_only_who_works_on_a_job_requests_for_it(do: Do, world: World) -> None:
    with pytest.raises(DomainError):
        ask(do, part_line("seal", "1"), by="tom")
    ask(do, part_line("seal", "1"), by="sue")


def test_the_limit_of_the_rule_is_a_setting(do: Do, world: World) -> None:
    do(ChangeCompanySettings(changes={"order_needed_above_minor": 1000}), by="adm")
    ask(do, part_line("seal", "1"))
    assert world.all(PurchaseOrder)[0].rule == "over-10"
    assert CompanySettings().order_needed_above_minor == 25_000
