"""The rows of an imported order: header, lines, charges, revision, approval and receipt."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.cost_centres import CostCentre
from wopo.domain.imports import APPROVED_IN_SOURCE, IMPORTED_RULE
from wopo.domain.locations import Location
from wopo.domain.money import plain
from wopo.domain.order_content import OrderContent
from wopo.domain.parts import Part
from wopo.domain.people import Person
from wopo.domain.purchase_orders import (
    OrderCharge,
    OrderRevision,
    OrderState,
    Progress,
    PurchaseOrder,
    PurchaseOrderLine,
    RevisionState,
)
from wopo.domain.receipts import Receipt, ReceiptKind, ReceiptLine
from wopo.domain.vendors import Vendor
from wopo.usecases.imports.bulk import bulk_row
from wopo.usecases.imports.order_figures import (
    LineFigures,
    OrderFigures,
    figures_of,
    unapproved,
)
from wopo.usecases.imports.rows import Problem, Row, Sourced
from wopo.usecases.imports.shapes import OrderLineRow, OrderRow, SourceStatus
from wopo.usecases.imports.taking import Taking

STATES = {
    SourceStatus.PENDING: OrderState.PENDING_APPROVAL,
    SourceStatus.APPROVED: OrderState.APPROVED,
    SourceStatus.REJECTED: OrderState.REJECTED,
    SourceStatus.ISSUED: OrderState.ISSUED,
    SourceStatus.COMPLETE: OrderState.ISSUED,
}
APPROVED = {SourceStatus.APPROVED, SourceStatus.ISSUED, SourceStatus.COMPLETE}
ISSUED = {SourceStatus.ISSUED, SourceStatus.COMPLETE}


@dataclass
class TakenOrder:
    """An order and everything that hangs on it, ready to be written."""

    found: Sourced[Row]
    row: OrderRow
    order: PurchaseOrder
    lines: list[PurchaseOrderLine]
    figures: OrderFigures
    charges: list[OrderCharge] = field(default_factory=list)
    approval: Approval | None = None
    receipt: Receipt | None = None
    receipt_lines: list[ReceiptLine] = field(default_factory=list)

    @property
    def contradictions(self) -> list[str]:
        """Sentences about figures that contradict each other."""
        return list(self.figures.contradictions)

    @property
    def warnings(self) -> list[str]:
        """Sentences about what does not fit."""
        return list(self.figures.warnings)


def order_of(taking: Taking, found: Sourced[Row], row: OrderRow) -> TakenOrder | None:
    """Build the order's rows; unknown codes become problems."""
    vendor_id = taking.resolved(found, "vendor", Vendor, "code", "vendor")
    centre_id = taking.resolved(found, "cost_centre", CostCentre, "code", "cost centre")
    before = len(taking.problems)
    ship_to_id = taking.resolved(found, "ship_to", Location, "code", "location")
    buyer_id = taking.resolved(found, "buyer", Person, "code", "person")
    line_refs = [_line_refs(taking, line) for line in row.lines]
    if vendor_id is None or centre_id is None or len(taking.problems) > before:
        return None
    figures = figures_of(row)
    order = _order(taking, row, figures, _Refs(vendor_id, ship_to_id, buyer_id))
    lines = [
        _line(taking.ctx.new_id(), order.id, line.row, figure, (part_id, own or centre_id))
        for line, figure, (part_id, own) in zip(row.lines, figures.lines, line_refs, strict=True)
    ]
    made = TakenOrder(found, row, order, lines, figures)
    made.charges = [
        bulk_row(
            OrderCharge,
            id=taking.ctx.new_id(),
            purchase_order_id=order.id,
            code=code[:20],
            label=code.capitalize()[:120],
            amount_minor=amount,
        )
        for code, amount in figures.charges
    ]
    _receipt(taking, made)
    return made


def _line_refs(taking: Taking, line: Sourced[OrderLineRow]) -> tuple[str | None, str | None]:
    """The line's part and cost centre; what is wrong with the line becomes a problem."""
    row = line.row
    part_id = taking.resolved(line, "part", Part, "number", "part")
    centre_id = taking.resolved(line, "cost_centre", CostCentre, "code", "cost centre")
    if row.rejected > row.received:
        taking.problem(
            Problem(
                line.place.at("rejected"),
                f"{plain(row.rejected)} rejected of {plain(row.received)} received; "
                "rejected ones are part of those received.",
            )
        )
    if not row.part and not row.description:
        taking.problem(Problem(line.place.at("description"), "neither a part nor a description."))
    return part_id, centre_id


class _Refs(NamedTuple):
    """Ids an order's header names."""

    vendor_id: str
    ship_to_id: str | None
    buyer_id: str | None


def _order(taking: Taking, row: OrderRow, figures: OrderFigures, refs: _Refs) -> PurchaseOrder:
    approved = row.status in APPROVED
    pending = row.status is SourceStatus.PENDING
    ordered_at = moment(row.order_date)
    flag = " ".join(figures.warnings)
    return bulk_row(
        PurchaseOrder,
        id=taking.ctx.new_id(),
        number=row.number,
        state=STATES[row.status],
        **refs._asdict(),
        currency=row.currency,
        payment_terms=row.payment_terms,
        approved_revision=1 if approved else None,
        pending_revision=1 if pending else None,
        order_date=row.order_date,
        discount_minor=figures.discount,
        net_minor=figures.net,
        charges_minor=figures.charged,
        tax_minor=figures.tax,
        total_minor=figures.total,
        receipt_progress=Progress.of(
            (line.row.received - line.row.rejected, line.row.quantity) for line in row.lines
        ),
        rule=IMPORTED_RULE,
        rule_sentence="The order was made in another system.",
        without_job=True,
        imported=True,
        import_flag=flag[:500] or None,
        created_at=ordered_at,
        approved_at=ordered_at if approved else None,
        issued_at=ordered_at if row.status in ISSUED else None,
    )


def _line(
    id: str,
    order_id: str,
    row: OrderLineRow,
    figure: LineFigures,
    refs: tuple[str | None, str],
) -> PurchaseOrderLine:
    return bulk_row(
        PurchaseOrderLine,
        id=id,
        purchase_order_id=order_id,
        position=row.position,
        part_id=refs[0],
        service=row.service,
        description=(row.description or row.part or "")[:300],
        vendor_item=row.vendor_item,
        quantity=row.quantity,
        unit=row.unit,
        unit_price=row.unit_price,
        price_per=row.price_per,
        discount_minor=figure.discount,
        tax_percent=row.tax_percent,
        tax_minor=figure.tax,
        net_minor=figure.net,
        share_minor=figure.share,
        cost_centre_id=refs[1],
        promised_on=row.due,
        received=row.received,
        accepted=row.received - row.rejected,
    )


def _receipt(taking: Taking, made: TakenOrder) -> None:
    """One receipt with everything that came; flagged when nobody had approved the order."""
    came = [
        (line, row) for line, row in zip(made.lines, made.row.lines, strict=True) if line.received
    ]
    if not came:
        return
    row, order = made.row, made.order
    made.receipt = bulk_row(
        Receipt,
        id=taking.ctx.new_id(),
        number=row.receipt_number or f"{row.number}-R"[:40],
        kind=ReceiptKind.GOODS,
        purchase_order_id=order.id,
        received_on=row.received_on or row.ship_date or row.order_date,
        delivery_note=row.delivery_note,
        note="Received in the source system; no stock was moved here.",
        flag=None if row.status in APPROVED else unapproved(row.status),
        imported=True,
        at=taking.ctx.at,
    )
    made.receipt_lines = [
        bulk_row(
            ReceiptLine,
            id=taking.ctx.new_id(),
            receipt_id=made.receipt.id,
            purchase_order_line_id=line.id,
            accepted=line.accepted,
            rejected=found.row.rejected,
        )
        for line, found in came
    ]


def revision_of(
    taking: Taking, made: TakenOrder, content: OrderContent, digest: str
) -> OrderRevision:
    state = {
        SourceStatus.PENDING: RevisionState.PENDING,
        SourceStatus.REJECTED: RevisionState.REJECTED,
    }.get(made.row.status, RevisionState.APPROVED)
    return bulk_row(
        OrderRevision,
        id=taking.ctx.new_id(),
        purchase_order_id=made.order.id,
        revision=1,
        state=state,
        content=content.canonical(),
        content_hash=digest,
        total_minor=made.order.total_minor,
        reason="imported",
        at=made.order.created_at,
    )


def approval_of(taking: Taking, made: TakenOrder, digest: str) -> Approval:
    order = made.order
    return bulk_row(
        Approval,
        id=taking.ctx.new_id(),
        purchase_order_id=order.id,
        revision=1,
        content_hash=digest,
        state=ApprovalState.APPROVED,
        amount_minor=order.total_minor,
        currency=order.currency,
        asked_at=order.created_at,
        decided_at=order.created_at,
        decided_on_surface="import",
        reason=APPROVED_IN_SOURCE,
        imported=True,
    )


def moment(day: date) -> datetime:
    """Midnight of a day in UTC: the source states no time."""
    return datetime.combine(day, time(), UTC)
