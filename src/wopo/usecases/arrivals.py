"""What a receipt does to requests and stock: shares filled, goods in and on to their jobs.

Catalogue parts for a job go in and are issued to it in one transaction at receipt cost, as two
movements; the order line carries the cost, so nothing is posted twice. Without a job they go into
stock. Free text and services go straight to the job. Imported receipts move nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from wopo.domain.locations import Location
from wopo.domain.money import Money, plain
from wopo.domain.numbers import short
from wopo.domain.part_requests import Allocation, PartRequest, PartRequestLine, PartsArrived
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.receipts import GoodsReturned, ReceiptKind, ReceiptPosted, ReceiptVoided
from wopo.domain.stock import (
    NO_PLACE,
    NOT_ISSUED,
    MovementKind,
    StockLevel,
    StockMovement,
    StockReceived,
    StockReceivedForJob,
    share_of,
)
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.door import Context, reaction
from wopo.usecases.exchange_rates import convert
from wopo.usecases.part_request_states import refresh_lines
from wopo.usecases.ports.part_requests import PartRequestStore
from wopo.usecases.ports.stock import StockStore
from wopo.usecases.settings import company
from wopo.usecases.stock import level_at, movement
from wopo.usecases.stock_issues import stock_place

ZERO = Decimal(0)


@dataclass(frozen=True)
class Arrival:
    """What one receipt line brought (negative: took back) of one order line."""

    line: PurchaseOrderLine
    receipt_line_id: str
    quantity: Decimal
    value: Money
    shares: tuple[tuple[PartRequestLine | None, Decimal], ...] = ()


@dataclass
class Delivery:
    """One receipt, void or return: its document, its order, how its movements are called, and what
    it moved. ``forgo``: nothing will come in place of what goes back."""

    receipt_id: str
    order: PurchaseOrder
    kind: MovementKind
    forgo: bool = False
    currency: str = ""
    jobs: dict[str, WorkOrder] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    moved: list[StockMovement] = field(default_factory=list)

    def prepare(self, ctx: Context, arrivals: Sequence["Arrival"]) -> None:
        """Look up once what all arrivals share: the jobs and the currency stock is kept in."""
        self.currency = company(ctx.uow).currency
        ids = {a.line.work_order_id for a in arrivals if a.line.work_order_id}
        self.jobs = ctx.uow.many(WorkOrder, ids)

    def place(self, ctx: Context, job: WorkOrder) -> str:
        """Where goods for a job pass through: the ship-to if it holds stock, else the site's."""
        if job.site_id not in self.places:
            ship_to = self.order.ship_to_id
            there = ctx.uow.get(Location, ship_to) if ship_to else None
            keeps = there is not None and there.holds_stock
            self.places[job.site_id] = (
                there.id if there is not None and keeps else stock_place(ctx, job.site_id)
            )
        return self.places[job.site_id]


@reaction(ReceiptPosted)
def receive(event: ReceiptPosted, ctx: Context) -> None:
    """Goods arrived, or a service was confirmed."""
    order = ctx.require(PurchaseOrder, event.order_id, label="purchase order")
    _book(ctx, Delivery(event.subject_id, order, MovementKind.RECEIPT), event.lines)


@reaction(ReceiptVoided)
def unreceive(event: ReceiptVoided, ctx: Context) -> None:
    """A receipt was a mistake: what it moved goes back."""
    returned = event.reversed_kind is ReceiptKind.RETURN
    kind = MovementKind.VENDOR_RETURN if returned else MovementKind.RECEIPT
    order = ctx.require(PurchaseOrder, event.order_id, label="purchase order")
    _book(ctx, Delivery(event.subject_id, order, kind), event.lines)


@reaction(GoodsReturned)
def send_back(event: GoodsReturned, ctx: Context) -> None:
    """Goods went back to the vendor."""
    order = ctx.require(PurchaseOrder, event.order_id, label="purchase order")
    delivery = Delivery(event.subject_id, order, MovementKind.VENDOR_RETURN, forgo=event.for_credit)
    _book(ctx, delivery, event.lines)


def _book(ctx: Context, delivery: Delivery, lines: Sequence[dict[str, str]]) -> None:
    """``lines`` carry signed accepted quantities; rejected goods fill nothing and move nothing."""
    arrivals = _arrivals(ctx, delivery, lines)
    delivery.prepare(ctx, arrivals)
    touched: dict[str, PartRequestLine] = {}
    for arrival in arrivals:
        _move_stock(ctx, delivery, arrival)
        touched.update({line.id: line for line, _ in arrival.shares if line is not None})
    ctx.uow.append(*delivery.moved)
    _tell(ctx, delivery, arrivals)
    if touched:
        refresh_lines(ctx, list(touched.values()), told_anyway=True)


def _arrivals(ctx: Context, delivery: Delivery, lines: Sequence[dict[str, str]]) -> list[Arrival]:
    rows = ctx.uow.many(PurchaseOrderLine, {line["line_id"] for line in lines})
    accepted = {row.id: row.accepted for row in rows.values()}
    fill = _Shares(ctx, delivery)
    found = []
    # The lines' sums are already those after this document, so values are told from the end back.
    for line in reversed(lines):
        quantity = Decimal(line["accepted"])
        row = rows[line["line_id"]]
        if not quantity:
            continue
        after = accepted[row.id]
        accepted[row.id] = before = after - quantity
        value = Money(_worth(row, after) - _worth(row, before), delivery.order.currency)
        shares = fill.take(row.id, quantity)
        found.append(Arrival(row, line["receipt_line_id"], quantity, value, shares))
    return found[::-1]


def _worth(line: PurchaseOrderLine, quantity: Decimal) -> int:
    """What a quantity of the line costs, its share of charges and discount included."""
    return share_of(line.share_minor, quantity, line.quantity) if line.quantity else 0


class _Shares:
    """Fills and empties the request lines' shares of an order's lines, first asked first."""

    def __init__(self, ctx: Context, delivery: Delivery) -> None:
        store, order_id = ctx.uow.store(PartRequestStore), delivery.order.id
        self.lines = {line.id: line for line in store.lines_on(order_id)}
        self.delivery = delivery
        links = store.links(set(self.lines)) if self.lines else []
        self.links = [link for link in links if link.order.id == order_id]

    def take(
        self, order_line_id: str, quantity: Decimal
    ) -> tuple[tuple[PartRequestLine | None, Decimal], ...]:
        """Spread a signed quantity; what nobody asked for comes without a request line."""
        own = [link for link in self.links if link.order_line.id == order_line_id]
        spread: list[tuple[PartRequestLine | None, Decimal]] = []
        left = quantity
        for link in own if quantity > 0 else reversed(own):
            part = self._part(link.allocation, left)
            if part:
                spread.append((self.lines[link.allocation.part_request_line_id], part))
                left -= part
        if left:
            spread.append((None, left))
        return tuple(spread)

    def _part(self, share: Allocation, left: Decimal) -> Decimal:
        """Fill or empty one share, and say by how much."""
        if left < 0:
            part = max(left, -share.received)
            share.received += part
            if self.delivery.forgo:
                share.quantity += part
            return part
        undone = self.delivery.kind is MovementKind.VENDOR_RETURN
        part = left if undone else min(left, max(share.quantity - share.received, ZERO))
        share.received += part
        share.quantity = max(share.quantity, share.received)
        return part


def _move_stock(ctx: Context, delivery: Delivery, arrival: Arrival) -> None:
    line = arrival.line
    if line.part_id is None or line.service:
        return
    value = convert(ctx.uow, arrival.value, delivery.currency, ctx.at.date())
    if line.work_order_id:
        _through_to_job(ctx, delivery, arrival, value)
    else:
        _into_stock(ctx, delivery, arrival, value)


def _through_to_job(ctx: Context, delivery: Delivery, arrival: Arrival, value: Money) -> None:
    """In and out again: two movements of the same value per share, no change of the level."""
    line, job_id = arrival.line, str(arrival.line.work_order_id)
    place = delivery.place(ctx, delivery.jobs[job_id])
    passing = StockLevel(
        id="", part_id=str(line.part_id), location_id=place, currency=value.currency
    )
    done, spent = ZERO, 0
    for request_line, quantity in arrival.shares:
        done += quantity
        part = share_of(value.minor, abs(done), abs(arrival.quantity)) - spent
        spent += part
        if quantity < 0 and request_line is not None:
            _still_there(ctx, request_line, -quantity)
        for kind, sign in ((delivery.kind, 1), (MovementKind.ISSUE, -1)):
            moved = movement(
                ctx,
                passing,
                kind,
                sign * quantity,
                sign * part,
                work_order_id=job_id,
                line_id=request_line.id if request_line else None,
                receipt_line_id=arrival.receipt_line_id,
            )
            delivery.moved.append(moved)
    ctx.record(
        StockReceivedForJob(
            subject_id=str(line.part_id),
            part_id=str(line.part_id),
            location_id=place,
            quantity=arrival.quantity,
            amount=value,
            receipt_id=delivery.receipt_id,
            order_id=delivery.order.id,
            work_order_id=job_id,
        )
    )


def _still_there(ctx: Context, line: PartRequestLine, quantity: Decimal) -> None:
    """A job can't send back what it gave into stock."""
    held, _ = ctx.uow.store(StockStore).held_by_job(line.id)
    if held < quantity:
        raise NOT_ISSUED(held=plain(held), text=line.description, wanted=plain(quantity))


def _into_stock(ctx: Context, delivery: Delivery, arrival: Arrival, value: Money) -> None:
    part_id = str(arrival.line.part_id)
    place = delivery.order.ship_to_id or _known_place(ctx, arrival.line)
    level = level_at(ctx, part_id, place)
    minor = value.minor
    if arrival.quantity > 0:
        level.put(arrival.quantity, minor)
    else:
        minor = -level.take_back(-arrival.quantity, -minor)
    moved = movement(
        ctx, level, delivery.kind, arrival.quantity, minor, receipt_line_id=arrival.receipt_line_id
    )
    delivery.moved.append(moved)
    ctx.record(
        StockReceived(
            subject_id=level.id,
            part_id=part_id,
            location_id=place,
            quantity=arrival.quantity,
            amount=Money(minor, level.currency),
            receipt_id=delivery.receipt_id,
            order_id=delivery.order.id,
        )
    )


def _known_place(ctx: Context, line: PurchaseOrderLine) -> str:
    """Where the part lies already, for an order that does not say where it ships to."""
    levels = ctx.uow.all(
        StockLevel, part_id=line.part_id, order=("-on_hand", "location_id"), limit=1
    )
    if not levels:
        raise NO_PLACE(text=line.description)
    return levels[0].location_id


def _tell(ctx: Context, delivery: Delivery, arrivals: Iterable[Arrival]) -> None:
    """One sentence per job about what came for it."""
    by_job: dict[str, list[Arrival]] = {}
    for arrival in arrivals:
        if arrival.line.work_order_id and arrival.quantity > 0:
            by_job.setdefault(arrival.line.work_order_id, []).append(arrival)
    for job_id, came in sorted(by_job.items()):
        order, job = delivery.order, delivery.jobs[job_id]
        lines = [line for arrival in came for line, _ in arrival.shares if line is not None]
        requests = ctx.uow.many(PartRequest, {line.part_request_id for line in lines})
        asked = {str(r.requested_by_id) for r in requests.values() if r.requested_by_id}
        text = ", ".join(_came(arrival) for arrival in came)
        ctx.record(
            PartsArrived(
                subject_id=job_id,
                number=job.number,
                order_id=order.id,
                line_ids=sorted({line.id for line in lines}),
                requester_ids=sorted(asked),
                text=f"{text} ({short(order.number)}).",
            )
        )


def _came(arrival: Arrival) -> str:
    line = arrival.line
    if line.service:
        return f"{line.description} is confirmed as done"
    return f"{plain(arrival.quantity)} {line.unit} {line.description} arrived"
