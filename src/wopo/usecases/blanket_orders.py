"""Blanket orders: checking a release against them, and what they still commit themselves."""

from collections.abc import Sequence

from wopo.domain.blanket_orders import FIXED, NOT_OPEN, called_off, check_release, spread
from wopo.domain.events import Event
from wopo.domain.money import Money
from wopo.domain.numbers import short
from wopo.domain.order_content import OrderContent, shares
from wopo.domain.purchase_order_events import OrderCancelled, OrderClosed, OrderClosedShort
from wopo.domain.purchase_orders import OrderState, PurchaseOrder, PurchaseOrderLine
from wopo.usecases.door import Context, reaction
from wopo.usecases.ledger import post_order
from wopo.usecases.order_documents import OrderDocument
from wopo.usecases.ports import UnitOfWork

SOURCE = "blanket_order"


def check_called_off(ctx: Context, order: PurchaseOrder, content: OrderContent) -> None:
    """Refuse a release beyond its blanket order, which stays locked until the end, so that two
    releases can't both take the last of it."""
    if order.approved_revision is not None and content.blanket_id != order.blanket_id:
        raise FIXED(field="blanket_id", number=short(order.number))
    if content.blanket_id is None:
        return
    blanket = ctx.uow.lock(PurchaseOrder, content.blanket_id)
    if blanket is None:
        raise NOT_OPEN(field="blanket_id", number="This")
    releases = called_off_by_others(ctx.uow, blanket.id, but=order.id)
    billed = sum(
        line.billed_minor for line in ctx.uow.all(PurchaseOrderLine, purchase_order_id=blanket.id)
    )
    needed = Money(sum(shares(content).values()), content.currency)
    check_release(
        blanket, content, needed, Money(releases + billed, content.currency), ctx.at.date()
    )


def called_off_by_others(uow: UnitOfWork, blanket_id: str, *, but: str = "") -> int:
    """What a blanket's releases take from it, in minor units without tax. Two queries."""
    releases = [row for row in uow.all(PurchaseOrder, blanket_id=blanket_id) if row.id != but]
    ids = [release.id for release in releases]
    lines: dict[str, list[PurchaseOrderLine]] = {}
    for line in uow.all(PurchaseOrderLine, purchase_order_id=ids) if ids else ():
        lines.setdefault(line.purchase_order_id, []).append(line)
    return sum(called_off(release, lines.get(release.id, [])) for release in releases)


def left_on(uow: UnitOfWork, blanket: PurchaseOrder, own: Sequence[PurchaseOrderLine]) -> Money:
    """What more may be called off, without tax, also counting releases that are still prepared or
    decided about. ``own``: the blanket's lines. At most two queries."""
    prepared = (OrderState.DRAFT, OrderState.PENDING_APPROVAL)
    waiting = [
        row
        for row in uow.all(PurchaseOrder, blanket_id=blanket.id)
        if row.approved_revision is None and row.state in prepared
    ]
    asked = sum(row.net_minor + row.charges_minor - row.discount_minor for row in waiting)
    taken = called_off_by_others(uow, blanket.id) + sum(line.billed_minor for line in own)
    return Money((blanket.blanket_limit_minor or 0) - asked - taken, blanket.currency)


def call_off(ctx: Context, document: OrderDocument) -> None:
    """A release is in force: it is within its blanket order, which commits so much less."""
    if document.order.blanket_id is not None:
        check_called_off(ctx, document.order, document.content())
        refresh_called_off(ctx, document.order.blanket_id)


def refresh_called_off(ctx: Context, blanket_id: str | None) -> None:
    """Let a blanket order commit only what no release has taken over."""
    if blanket_id is None:
        return
    blanket = ctx.require_locked(PurchaseOrder, blanket_id, label="blanket order")
    ctx.uow.flush()
    lines = ctx.uow.all(PurchaseOrderLine, purchase_order_id=blanket.id, order="position")
    spread(lines, called_off_by_others(ctx.uow, blanket.id))
    post_order(ctx, blanket, lines, source=SOURCE, source_id=blanket.id)


def give_back(event: Event, ctx: Context) -> None:
    """A release that ends gives back to its blanket order what it did not use."""
    order = ctx.require(PurchaseOrder, event.subject_id, label="purchase order")
    refresh_called_off(ctx, order.blanket_id)


ENDS: tuple[type[Event], ...] = (OrderCancelled, OrderClosedShort, OrderClosed)
for _event in ENDS:
    reaction(_event)(give_back)
