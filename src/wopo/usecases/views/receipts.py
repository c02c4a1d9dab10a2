"""What screens show of an order's receipts: each with whether it may be voided, and what may go
back to the vendor."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wopo.domain.errors import NOT_FOUND
from wopo.domain.numbers import short
from wopo.domain.people import Person
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.receipts import Receipt, ReceiptKind, ReceiptLine, ReceiptState
from wopo.domain.vendors import Vendor
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.receipt_corrections import KEEPERS, may_void, why_not_voidable
from wopo.usecases.views.names import Ref, refs

MOST = 50
"""Receipts of one order that are looked at, the newest."""


@dataclass(frozen=True)
class ReceiptPart:
    """What one receipt counted of an order line, signed as booked."""

    position: int
    description: str
    unit: str
    accepted: Decimal
    rejected: Decimal
    reject_reason: str


@dataclass(frozen=True)
class ReceiptRow:
    """A receipt in the list; ``voidable`` for this reader, now."""

    id: str
    number: str
    kind: ReceiptKind
    voided: bool
    received_on: date
    by: Ref | None
    delivery_note: str
    note: str
    flag: str
    parts: tuple[ReceiptPart, ...]
    voidable: bool


@dataclass(frozen=True)
class ReturnableLine:
    """What is here of an order line and may go back."""

    id: str
    position: int
    description: str
    unit: str
    accepted: Decimal
    rejected: Decimal


@dataclass(frozen=True)
class ReceiptsView:
    """The receipts of an order, the newest first. ``may_return``: this reader may send back."""

    id: str
    number: str
    vendor: Ref
    rows: tuple[ReceiptRow, ...]
    returnable: tuple[ReturnableLine, ...]
    may_return: bool

    def row(self, receipt_id: str) -> ReceiptRow:
        """One of them. Raises ``NOT_FOUND``."""
        found = next((row for row in self.rows if row.id == receipt_id), None)
        if found is None:
            raise NOT_FOUND(kind="receipt", wanted=f"on {short(self.number)}", nearest="")
        return found


def receipts_view(uow: UnitOfWork, order_id: str, *, reader: Person) -> ReceiptsView:
    """The order's receipts for a reader. Raises ``NOT_FOUND``. Six queries."""
    order = uow.get(PurchaseOrder, order_id)
    if order is None:
        raise NOT_FOUND(kind="purchase order", wanted=order_id, nearest="")
    lines = {
        line.id: line
        for line in uow.all(PurchaseOrderLine, purchase_order_id=order.id, order="position")
    }
    receipts = uow.all(Receipt, purchase_order_id=order.id, order=("-at", "-number"), limit=MOST)
    counted: dict[str, list[ReceiptLine]] = {}
    for part in uow.all(ReceiptLine, receipt_id=[row.id for row in receipts]) if receipts else ():
        counted.setdefault(part.receipt_id, []).append(part)
    people = refs(uow, Person, [row.received_by_id for row in receipts])

    def shown(receipt: Receipt) -> ReceiptRow:
        parts = counted.get(receipt.id, [])
        possible = why_not_voidable(order, receipt, parts, lines) is None
        return ReceiptRow(
            id=receipt.id,
            number=receipt.number,
            kind=receipt.kind,
            voided=receipt.state is ReceiptState.VOIDED,
            received_on=receipt.received_on,
            by=people.get(receipt.received_by_id or ""),
            delivery_note=receipt.delivery_note,
            note=receipt.note,
            flag=receipt.flag or "",
            parts=tuple(_part(part, lines[part.purchase_order_line_id]) for part in parts),
            voidable=possible and may_void(reader, receipt),
        )

    returnable = tuple(_returnable(line) for line in lines.values() if line.received > 0)
    return ReceiptsView(
        id=order.id,
        number=order.number,
        vendor=refs(uow, Vendor, [order.vendor_id])[order.vendor_id],
        rows=tuple(shown(receipt) for receipt in receipts),
        returnable=returnable,
        may_return=bool(returnable) and reader.has(*KEEPERS),
    )


def _part(part: ReceiptLine, line: PurchaseOrderLine) -> ReceiptPart:
    return ReceiptPart(
        position=line.position,
        description=line.description,
        unit=line.unit,
        accepted=part.accepted,
        rejected=part.rejected,
        reject_reason=part.reject_reason,
    )


def _returnable(line: PurchaseOrderLine) -> ReturnableLine:
    return ReturnableLine(
        id=line.id,
        position=line.position,
        description=line.description,
        unit=line.unit,
        accepted=line.accepted,
        rejected=line.received - line.accepted,
    )
