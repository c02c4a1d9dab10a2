"""A purchase order as one document: loaded in four queries, read and written as content."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from wopo.domain.cost_centres import CostCentre, Project
from wopo.domain.errors import NOT_FOUND
from wopo.domain.locations import Location
from wopo.domain.order_content import (
    CONTENT,
    ChargeContent,
    LineContent,
    OrderContent,
    OrderTotals,
    ScheduleContent,
    check_content,
    check_dates,
    totals,
)
from wopo.domain.order_life import set_totals
from wopo.domain.parts import Part
from wopo.domain.people import Person
from wopo.domain.price_agreements import PriceAgreement
from wopo.domain.purchase_orders import (
    DeliverySchedule,
    OrderCharge,
    OrderRevision,
    PurchaseOrder,
    PurchaseOrderLine,
    RevisionState,
)
from wopo.domain.vendors import Vendor
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.door import Context
from wopo.usecases.exchange_rates import rate_for
from wopo.usecases.ports import UnitOfWork


@dataclass
class OrderDocument:
    """An order with everything that belongs to it; ``lines`` in order of position."""

    order: PurchaseOrder
    lines: list[PurchaseOrderLine]
    charges: list[OrderCharge]
    schedules: list[DeliverySchedule] = field(default_factory=list)

    @property
    def live(self) -> list[PurchaseOrderLine]:
        """The lines that were not struck out."""
        return [line for line in self.lines if not line.cancelled]

    def content(self) -> OrderContent:
        """What the rows say, as content; a tax that follows from its percentage is not stated."""
        stated = OrderContent(
            **{name: getattr(self.order, name) for name in _HEADER},
            lines=tuple(self._line(line) for line in self.live),
            charges=tuple(
                ChargeContent(
                    code=charge.code, label=charge.label, amount_minor=charge.amount_minor
                )
                for charge in sorted(self.charges, key=lambda charge: charge.code)
            ),
        )
        return without_derived_tax(stated)

    def _line(self, line: PurchaseOrderLine) -> LineContent:
        return LineContent(
            **{name: getattr(line, name) for name in _LINE},
            schedule=tuple(
                ScheduleContent(due_on=part.due_on, quantity=part.quantity)
                for part in self.schedules
                if part.purchase_order_line_id == line.id
            ),
        )


_HEADER = tuple(name for name in OrderContent.model_fields if name not in {"lines", "charges"})
_LINE = tuple(name for name in LineContent.model_fields if name != "schedule")


def without_derived_tax(content: OrderContent) -> OrderContent:
    """The same content with the tax of a line left out where it follows from its percentage, so
    that one order has one canonical form."""
    bare = content.model_copy(update={"lines": tuple(_bare(line) for line in content.lines)})
    derived = totals(bare).lines
    lines = tuple(
        plain_line
        if line.tax_minor in (None, figures.tax_minor)
        else plain_line.model_copy(update={"tax_minor": line.tax_minor})
        for line, plain_line, figures in zip(content.lines, bare.lines, derived, strict=True)
    )
    return bare.model_copy(update={"lines": lines})


def _bare(line: LineContent) -> LineContent:
    return line if line.tax_minor is None else line.model_copy(update={"tax_minor": None})


def lines_of(uow: UnitOfWork, order_id: str) -> list[PurchaseOrderLine]:
    """An order's lines in their order; the jobs and cost centres that they name come with them."""
    return uow.all(
        PurchaseOrderLine,
        purchase_order_id=order_id,
        order="position",
        beside=(CostCentre, WorkOrder),
    )


def load_order(uow: UnitOfWork, order: PurchaseOrder) -> OrderDocument:
    """The whole order in a constant number of queries."""
    lines = lines_of(uow, order.id)
    ids = [line.id for line in lines]
    schedules = uow.all(
        DeliverySchedule, purchase_order_line_id=ids, order=("due_on", "id")
    ) if ids else []  # fmt: skip
    return OrderDocument(order, lines, uow.all(OrderCharge, purchase_order_id=order.id), schedules)


def hold_order(ctx: Context, order_id: str) -> OrderDocument:
    """The whole order, locked until the end."""
    order = ctx.require_locked(PurchaseOrder, order_id, label="purchase order", beside=(Vendor,))
    return load_order(ctx.uow, order)


def identified(ctx: Context, document: OrderDocument, content: OrderContent) -> OrderContent:
    """The content with ids and positions given to its new lines, in its canonical form.

    Raises ``NOT_FOUND`` for a line id that is not of this order.
    """
    known = {line.id: line for line in document.lines}
    position = max((line.position for line in document.lines), default=0)
    lines = []
    for line in content.lines:
        if line.id and line.id not in known:
            raise NOT_FOUND(kind="line", wanted=line.id, nearest="", field="lines")
        if line.id:
            row = known[line.id]
            lines.append(line.model_copy(update={"position": row.position}))
        else:
            position += 1
            lines.append(line.model_copy(update={"id": ctx.new_id(), "position": position}))
    ordered = tuple(sorted(lines, key=lambda line: line.position))
    return without_derived_tax(content.model_copy(update={"lines": ordered}))


def write_content(ctx: Context, document: OrderDocument, content: OrderContent) -> OrderTotals:
    """Put a content with ids in place of what the rows say. A line that is no longer in it is
    struck out, never deleted: requests and the ledger point at it."""
    order = document.order
    figures = totals(content)
    for name in _HEADER:
        setattr(order, name, getattr(content, name))
    order.without_job = content.without_job
    set_totals(order, figures)
    rows = {line.id: line for line in document.lines}
    for line, sums in zip(content.lines, figures.lines, strict=True):
        row = rows.get(line.id)
        row = _put_line(ctx, document, line, row)
        row.net_minor, row.share_minor = sums.net_minor, sums.share_minor
        row.tax_minor, row.cancelled, row.proposed = sums.tax_minor, False, False
    kept = {line.id for line in content.lines}
    for row in document.lines:
        row.cancelled = row.cancelled or row.id not in kept
    _write_schedules(ctx, document, content)
    _write_charges(ctx, document, content)
    ctx.uow.flush()
    return figures


def propose_lines(ctx: Context, document: OrderDocument, content: OrderContent) -> None:
    """Keep a row for each line that a later revision would add, struck out and worth nothing until
    that is approved: the ledger plans its money on it."""
    rows = {line.id: line for line in document.lines}
    for line in content.lines:
        row = rows.get(line.id)
        if row is None or row.proposed:
            row = _put_line(ctx, document, line, row)
            row.cancelled = row.proposed = True
    ctx.uow.flush()


def _put_line(
    ctx: Context, document: OrderDocument, line: LineContent, row: PurchaseOrderLine | None
) -> PurchaseOrderLine:
    """The line's row with what people set; its figures are the caller's."""
    values = {name: getattr(line, name) for name in _LINE if name != "tax_minor"}
    if row is None:
        row = PurchaseOrderLine(purchase_order_id=document.order.id, **values)
        document.lines.append(row)
        ctx.uow.add(row)
        return row
    for name, value in values.items():
        setattr(row, name, value)
    return row


def _write_schedules(ctx: Context, document: OrderDocument, content: OrderContent) -> None:
    wanted = [
        (line.id, part.due_on, part.quantity) for line in content.lines for part in line.schedule
    ]
    present = [
        (part.purchase_order_line_id, part.due_on, part.quantity) for part in document.schedules
    ]
    if sorted(wanted) == sorted(present):
        return
    for part in document.schedules:
        ctx.uow.delete(part)
    document.schedules = [
        DeliverySchedule(id=ctx.new_id(), purchase_order_line_id=line, due_on=day, quantity=much)
        for line, day, much in wanted
    ]
    ctx.uow.add(*document.schedules)


def _write_charges(ctx: Context, document: OrderDocument, content: OrderContent) -> None:
    rows = {charge.code: charge for charge in document.charges}
    for charge in content.charges:
        row = rows.pop(charge.code, None)
        if row is None:
            row = OrderCharge(
                id=ctx.new_id(), purchase_order_id=document.order.id, code=charge.code
            )
            document.charges.append(row)
            ctx.uow.add(row)
        row.label, row.amount_minor = charge.label, charge.amount_minor
    for row in rows.values():
        document.charges.remove(row)
        ctx.uow.delete(row)


def add_revision(
    ctx: Context,
    order: PurchaseOrder,
    content: OrderContent,
    figures: OrderTotals,
    *,
    reason: str = "",
    state: RevisionState = RevisionState.PENDING,
) -> OrderRevision:
    """Write down the whole content as the order's next revision, to be decided about now."""
    order.asked_at = ctx.at
    revision = OrderRevision(
        id=ctx.new_id(),
        purchase_order_id=order.id,
        revision=order.pending_revision or order.revision,
        state=state,
        content=content.canonical(),
        content_hash=content.hash(),
        total_minor=figures.total_minor,
        reason=reason,
        made_by_id=ctx.actor_id,
        at=ctx.at,
    )
    ctx.uow.add(revision)
    ctx.uow.flush()
    return revision


def content_of_revision(revision: OrderRevision) -> OrderContent:
    """The content that a revision wrote down."""
    return OrderContent.model_validate(revision.content)


def checked(ctx: Context, content: OrderContent, before: OrderContent | None = None) -> OrderTotals:
    """Everything a content must satisfy to be kept: figures, days, and that what it names exists.

    ``before`` is what stood there: its past days and its vendor may stay.
    """
    figures = check_content(content)
    check_dates(content, ctx.at.date(), before)
    vendor = ctx.require(Vendor, content.vendor_id, label="vendor", field="vendor_id")
    if before is None or before.vendor_id != content.vendor_id:
        vendor.check_orderable(field="vendor_id")
    _check_references(ctx, content)
    return figures


def _check_references(ctx: Context, content: OrderContent) -> None:
    lines = content.lines
    _must_exist(ctx, CostCentre, {line.cost_centre_id for line in lines}, "cost_centre_id")
    _must_exist(ctx, Part, {line.part_id for line in lines}, "part_id")
    _must_exist(ctx, WorkOrder, {line.work_order_id for line in lines}, "work_order_id")
    _must_exist(ctx, Project, {line.project_id for line in lines}, "project_id")
    _must_exist(ctx, PriceAgreement, {line.agreement_id for line in lines}, "agreement_id")
    people = {line.receiver_id for line in lines} | {content.buyer_id}
    _must_exist(ctx, Person, people, "receiver_id")
    _must_exist(ctx, Location, {content.ship_to_id}, "ship_to_id")
    _must_exist(ctx, PurchaseOrder, {content.blanket_id}, "blanket_id")


def _must_exist(ctx: Context, kind: type[Any], ids: Iterable[str | None], field: str) -> None:
    wanted = {id for id in ids if id}
    found = {row.id for row in ctx.uow.all(kind, id=wanted)} if wanted else set()
    for missing in sorted(wanted - found):
        label = field.removesuffix("_id").replace("_", " ")
        raise NOT_FOUND(kind=label, wanted=missing, nearest="", field=field)


def check_ready(ctx: Context, content: OrderContent) -> None:
    """What must hold besides before an order may be asked for: a place for stock to go to, and a
    rate for every cost centre that keeps its books in another currency."""
    for line in content.lines:
        for_stock = line.part_id and not line.service and not line.work_order_id
        if for_stock and content.ship_to_id is None:
            raise CONTENT(
                field="ship_to_id",
                problem=f"{line.description} is for stock, and nothing says where it goes",
                accepted="choose the location to ship to",
            )
    centres = {line.cost_centre_id for line in content.lines}
    found = ctx.uow.many(CostCentre, centres).values()
    for centre in sorted(found, key=lambda centre: centre.code):
        rate_for(ctx.uow, content.currency, centre.currency, ctx.at.date())
