"""What each route of the purchasing policy means for a line that is asked for."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.conftest import TestClock
from tests.factories.buying import Buyer, World, content, line, part_line, seed
from wopo.db.uow import SqlTransactions
from wopo.domain.errors import DomainError
from wopo.domain.part_requests import (
    Allocation,
    LineState,
    PartRequestLine,
    PriceBasis,
    Route,
)
from wopo.domain.people import Person
from wopo.domain.purchase_orders import OrderKind, PurchaseOrder, PurchaseOrderLine
from wopo.domain.purchasing_policy import PolicyDocument
from wopo.domain.work_orders import WorkOrder
from wopo.domain.work_requests import Priority
from wopo.usecases.attachments import FileFacts
from wopo.usecases.counter_purchases import BuyAtCounter
from wopo.usecases.counter_receipts import AddTillReceipt
from wopo.usecases.door import Answer
from wopo.usecases.part_request_changes import ChangePartLine
from wopo.usecases.part_request_planning import LineInput
from wopo.usecases.part_request_sourcing import SetLineVendor
from wopo.usecases.part_requests import RequestParts
from wopo.usecases.ports.part_requests import PartRequestStore
from wopo.usecases.purchasing_policy import ImportPolicy
from wopo.usecases.views.part_requests import job_parts

D = Decimal
Do = Callable[..., Answer]
PHOTO = FileFacts(name="till.jpg", mimetype="image/jpeg", size=1000, slack_file_id="F1")
STOCK = {"name": "stock", "sentence": "It is there.", "route": "from stock"}
REST = {"name": "rest", "sentence": "An order for the rest.", "route": "purchase order"}


@pytest.fixture
def world(transactions: SqlTransactions, clock: TestClock) -> World:
    return seed(transactions, clock)


@pytest.fixture
def policy(do: Do, world: World) -> Callable[..., None]:
    """``policy(route, category="belts")``: one rule above the rest, in force."""

    def put(route: str, more: dict[str, Any] | None = None, **when: Any) -> None:
        rule = {"name": "mine", "sentence": "It is mine.", "route": route, "when": when}
        rules = [STOCK, rule | (more or {}), REST]
        document = {"title": "Ours", "routes": {"rules": rules}}
        do(ImportPolicy(document=PolicyDocument.model_validate(document)), by="fin")

    return put


def asks(do: Do, *lines: LineInput, **more: Any) -> str:
    """Tess asks for WO-1; the id of the first line."""
    answer = do(RequestParts(work_order_id="WO-1", lines=lines, **more), by="tess")
    return str(answer.facts["line_ids"][0])


def text_of(world: World, line_id: str) -> tuple[str, tuple[str, ...]]:
    """Where the line stands in words, and what Tess may do with it."""
    with world.transactions.read() as uow:
        (tess,) = uow.all(Person, code="tess")
        views = job_parts(uow, "WO-1", reader=tess).lines
        return next((view.text, view.verbs) for view in views if view.id == line_id)


def queued(world: World) -> int:
    with world.transactions.read() as uow:
        return uow.store(PartRequestStore).count_unsourced()


def test_what_is_bought_at_a_counter_waits_for_no_buyer_and_is_tied_to_its_purchase(
    do: Do, world: World, policy: Callable[..., None]
) -> None:
    policy("counter purchase", category="belts")
    belt = asks(do, part_line("belt", "3"))
    row = world.get(PartRequestLine, belt)
    assert (row.state, row.route, row.rule) == (LineState.TO_BUY, Route.COUNTER, "mine")
    assert text_of(world, belt) == (
        "to buy: at a vendor's counter",
        ("counter", "change", "cancel"),
    )
    assert queued(world) == 0
    assert world.all(PurchaseOrder) == []
    bought = {"work_order_id": "WO-1", "vendor_id": "gra", "description": "Belts"}
    answer = do(BuyAtCounter(amount=D("40"), line_id=belt, **bought), by="tess")
    (order,) = world.all(PurchaseOrder)
    (ordered,) = world.all(PurchaseOrderLine)
    assert (order.id, order.kind, order.net_minor) == (answer.subject_id, OrderKind.COUNTER, 4000)
    assert (ordered.quantity, ordered.unit, ordered.price_per) == (3, "pcs", 3)
    assert [share.quantity for share in world.all(Allocation)] == [3]
    assert world.get(PartRequestLine, belt).state is LineState.ORDERED
    do(AddTillReceipt(order_id=order.id, files=(PHOTO,)), by="tess")
    assert world.get(PartRequestLine, belt).state is LineState.RECEIVED
    with pytest.raises(DomainError, match="Nothing of Belt is left to buy"):
        do(BuyAtCounter(amount=D("40"), line_id=belt, **bought), by="tess")


def test_what_goes_another_way_is_not_bought_at_a_counter(
    do: Do, world: World, policy: Callable[..., None]
) -> None:
    policy("buyer", category="belts")
    belt = asks(do, part_line("belt", "3"))
    command = BuyAtCounter(
        work_order_id="WO-1", vendor_id="gra", description="Belts", amount=D("40"), line_id=belt
    )
    with pytest.raises(DomainError, match="goes another way by the rule “mine”: buyer"):
        do(command, by="tess")
    assert world.all(PurchaseOrder) == []
    assert queued(world) == 1


def test_a_buyer_may_still_order_what_could_be_bought_at_a_counter(
    do: Do, world: World, policy: Callable[..., None]
) -> None:
    policy("counter purchase", category="belts")
    belt = asks(do, part_line("belt", "3"))
    do(SetLineVendor(line_id=belt, vendor_id="acm", unit_price=D("9")), by="ben")
    row = world.get(PartRequestLine, belt)
    assert (row.route, row.rule) == (Route.ORDER, "rest")
    assert [order.rule for order in world.all(PurchaseOrder)] == ["rest"]


def test_out_of_pocket_keeps_what_may_be_paid(
    do: Do, world: World, policy: Callable[..., None]
) -> None:
    policy("out of pocket", {"allowed_up_to": 30}, category=["belts", "seals"])
    belt = asks(do, part_line("belt", "1"), part_line("seal", "3"))
    row = world.get(PartRequestLine, belt)
    assert (row.route, row.allowed_minor) == (Route.OUT_OF_POCKET, 3000)
    assert text_of(world, belt)[0] == "to buy: may be paid out of pocket"
    (seal,) = world.all(PartRequestLine, part_id="seal")
    assert (seal.rule, seal.allowed_minor) == ("rest", None), "3 x 12.50 is more than 30"


def test_a_line_that_needs_no_order_is_closed_by_its_rule(
    do: Do, world: World, policy: Callable[..., None]
) -> None:
    policy("no order", category="seals", up_to=30)
    seal = asks(do, part_line("seal", "2"))
    row = world.get(PartRequestLine, seal)
    assert (row.state, row.unsourced, row.rule) == (LineState.NO_ORDER, 0, "mine")
    assert text_of(world, seal)[0] == "closed: no order needed (rule “mine”)"
    assert world.all(PurchaseOrder) == []
    # More of it is decided about as a whole, so that nothing is gained by small steps.
    do(ChangePartLine(line_id=seal, quantity=D(3)), by="tess")
    row = world.get(PartRequestLine, seal)
    assert (row.state, row.rule) == (LineState.TO_BUY, "rest")
    assert [line.quantity for line in world.all(PurchaseOrderLine)] == [3]


def test_what_the_policy_leaves_in_stock_is_bought(
    do: Do, world: World, policy: Callable[..., None]
) -> None:
    world.stock("seal", "5", 5000)
    rules = [STOCK | {"when": {"emergency": True}}, REST]
    document = PolicyDocument.model_validate({"title": "Spares", "routes": {"rules": rules}})
    do(ImportPolicy(document=document), by="fin")
    seal = asks(do, part_line("seal", "2"))
    assert world.get(PartRequestLine, seal).rule == "rest"
    with world.transactions.write() as uow:
        job = uow.get(WorkOrder, "WO-1")
        assert job is not None
        job.priority = Priority.EMERGENCY
        uow.commit()
    again = asks(do, part_line("seal", "2"))
    assert world.get(PartRequestLine, again).state is LineState.RESERVED


@pytest.fixture
def blanket(buyer: Buyer) -> Callable[..., str]:
    """``blanket(lines)``: an issued one with Grainger over 100 EUR to the end of March."""

    def run(*lines: Any, limit: int = 10_000) -> str:
        facts = {"kind": OrderKind.BLANKET, "valid_to": date(2026, 3, 31)}
        return buyer.issued(content(*lines, blanket_limit_minor=limit, **facts))

    return run


@pytest.fixture
def buyer(do: Do, world: World) -> Buyer:
    return Buyer(do, world)


def test_a_blanket_order_is_called_off_by_a_release_while_enough_is_left(
    do: Do, world: World, blanket: Callable[..., str], clock: TestClock
) -> None:
    over = blanket(line(description="Seals of the year", quantity=D(1), unit_price=D(100)))
    lines = [asks(do, part_line("seal", "3"), submit=True) for _ in range(3)]
    rules = [world.get(PartRequestLine, id).rule for id in lines]
    assert rules == ["blanket-order", "blanket-order", "under-contract"], "37.50 each of 100"
    releases = world.all(PurchaseOrder, blanket_id=over)
    assert [(r.state, r.net_minor) for r in releases] == [("pending_approval", 3750)] * 2
    assert {release.rule for release in releases} == {"blanket-order"}
    clock.forward(days=40)
    late = asks(do, part_line("seal", "1"))
    assert world.get(PartRequestLine, late).rule == "under-contract"


def test_the_lines_of_one_request_do_not_take_the_same_money(
    do: Do, world: World, blanket: Callable[..., str]
) -> None:
    blanket(line(description="Seals", quantity=D(1), unit_price=D(100)), limit=5_000)
    asks(do, part_line("seal", "3"), part_line("seal", "3"), submit=True)
    rules = [row.rule for row in world.all(PartRequestLine)]
    assert rules == ["blanket-order", "under-contract"]


def test_a_blanket_orders_own_line_gives_the_price_where_none_was_agreed(
    do: Do, world: World, blanket: Callable[..., str]
) -> None:
    over = blanket(line(part_id="belt", quantity=D(10), unit="pcs", unit_price=D(8)))
    belt = asks(do, part_line("belt", "2"))
    row = world.get(PartRequestLine, belt)
    assert (row.rule, row.vendor_id, row.unit_price) == ("blanket-order", "gra", 8)
    (release,) = world.all(PurchaseOrder, blanket_id=over)
    assert (release.kind, release.net_minor) == (OrderKind.RELEASE, 1600)
    asks(do, part_line("belt", "1"))
    assert len(world.all(PurchaseOrder, blanket_id=over)) == 1, "on the release that is open"


def test_more_than_lies_in_stock_is_written_with_its_rule_vendor_and_price(
    do: Do, world: World
) -> None:
    world.stock("seal", "2", 2000)
    seal = asks(do, part_line("seal", "2"))
    assert world.get(PartRequestLine, seal).rule == "from-stock"
    do(ChangePartLine(line_id=seal, quantity=D(5)), by="tess")
    row = world.get(PartRequestLine, seal)
    assert (row.rule, row.route, row.vendor_id) == ("under-contract", Route.CALL_OFF, "gra")
    assert (row.unit_price, row.price_basis) == (D("12.5"), PriceBasis.AGREEMENT)


def test_more_that_lies_in_stock_stays_from_stock(do: Do, world: World) -> None:
    world.stock("seal", "5", 5000)
    seal = asks(do, part_line("seal", "2"))
    do(ChangePartLine(line_id=seal, quantity=D(5)), by="tess")
    row = world.get(PartRequestLine, seal)
    assert (row.rule, row.route, row.price_basis) == ("from-stock", Route.STOCK, PriceBasis.STOCK)
