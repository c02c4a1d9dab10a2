"""What screens show while goods are received: which orders are out, and what is left of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from wopo.domain.errors import NOT_FOUND
from wopo.domain.lookup import Kind
from wopo.domain.order_life import is_open
from wopo.domain.purchase_orders import OrderState, Progress, PurchaseOrder, PurchaseOrderLine
from wopo.domain.receipts import check_open, left_of
from wopo.domain.vendors import Vendor
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.choices import ChoiceStore
from wopo.usecases.views.approval_lines import JobRef
from wopo.usecases.views.approvals import jobs_of
from wopo.usecases.views.names import Ref, refs

STILL_TO_COME = (Progress.NONE, Progress.PARTIAL)
VENDORS = 20
"""How many vendors whose name fits are looked at."""


@dataclass(frozen=True)
class ReceivableOrder:
    """An order that is out at its vendor. ``promised_on`` is the earliest day of an open line."""

    id: str
    number: str
    vendor: Ref
    jobs: tuple[JobRef, ...]
    promised_on: date | None
    late: bool
    left: int
    """How many lines are still to come."""


@dataclass(frozen=True)
class ReceivableLine:
    """One line that something is still to come of."""

    id: str
    position: int
    description: str
    unit: str
    service: bool
    ordered: Decimal
    accepted: Decimal
    rejected: Decimal
    left: Decimal
    job: JobRef | None


@dataclass(frozen=True)
class ReceivingView:
    """An order with what is left of it."""

    id: str
    number: str
    vendor: Ref
    lines: tuple[ReceivableLine, ...]

    @property
    def service(self) -> bool:
        """Whether only services are left to confirm."""
        return bool(self.lines) and all(line.service for line in self.lines)


def receivable_orders(
    uow: UnitOfWork, *, today: date, typed: str = "", limit: int = 20
) -> tuple[ReceivableOrder, ...]:
    """Orders of which something is still to come, the newest first; with ``typed`` those whose
    number or vendor contains it. A constant number of queries."""
    found = find_orders(
        uow, typed, states=(OrderState.ISSUED,), limit=limit, receipt_progress=STILL_TO_COME
    )
    return _told(uow, found, today)


def find_orders(
    uow: UnitOfWork, typed: str, *, states: Sequence[OrderState], limit: int, **equal: Any
) -> list[PurchaseOrder]:
    """Orders in these states, the newest first; with ``typed`` those whose number or vendor's name
    contains it. ``equal`` as for ``uow.all``. At most three queries."""
    wanted: dict[str, Any] = {"state": states, **equal}
    if not typed.strip():
        return uow.all(PurchaseOrder, order="-created_at", limit=limit, **wanted)
    store = uow.store(ChoiceStore)
    ids = [choice.id for choice in store.search(Kind.PURCHASE_ORDER, typed, limit=limit)]
    found = uow.all(PurchaseOrder, id=ids, order="-created_at", **wanted) if ids else []
    vendors = [choice.id for choice in store.search(Kind.VENDOR, typed, limit=VENDORS)]
    if vendors and len(found) < limit:
        known = {order.id for order in found}
        theirs = uow.all(
            PurchaseOrder, vendor_id=vendors, order="-created_at", limit=limit, **wanted
        )
        found += [order for order in theirs if order.id not in known]
    return found[:limit]


def _told(
    uow: UnitOfWork, orders: Sequence[PurchaseOrder], today: date
) -> tuple[ReceivableOrder, ...]:
    if not orders:
        return ()
    rows = uow.all(
        PurchaseOrderLine, purchase_order_id=[order.id for order in orders], order="position"
    )
    lines: dict[str, list[PurchaseOrderLine]] = {}
    for row in rows:
        if is_open(row):
            lines.setdefault(row.purchase_order_id, []).append(row)
    jobs = jobs_of(uow, [row.work_order_id for row in rows])
    vendors = refs(uow, Vendor, [order.vendor_id for order in orders])
    made = []
    for order in orders:
        own = lines.get(order.id, [])
        promised = min((row.promised_on for row in own if row.promised_on), default=None)
        job_ids = dict.fromkeys(row.work_order_id or "" for row in own)
        made.append(
            ReceivableOrder(
                id=order.id,
                number=order.number,
                vendor=vendors[order.vendor_id],
                jobs=tuple(jobs[id] for id in job_ids if id in jobs),
                promised_on=promised,
                late=promised is not None and promised < today,
                left=len(own),
            )
        )
    return tuple(made)


def receiving_view(uow: UnitOfWork, order_id: str) -> ReceivingView:
    """What is left of an order. Raises ``NOT_FOUND``, and ``NOT_OPEN`` with the figures for one
    that is not out at its vendor."""
    order = uow.get(PurchaseOrder, order_id)
    if order is None:
        raise NOT_FOUND(kind="purchase order", wanted=order_id, nearest="")
    rows = uow.all(PurchaseOrderLine, purchase_order_id=order.id, order="position")
    check_open(order, rows)
    jobs = jobs_of(uow, [row.work_order_id for row in rows])
    return ReceivingView(
        id=order.id,
        number=order.number,
        vendor=refs(uow, Vendor, [order.vendor_id])[order.vendor_id],
        lines=tuple(
            ReceivableLine(
                id=row.id,
                position=row.position,
                description=row.description,
                unit=row.unit,
                service=row.service,
                ordered=row.quantity,
                accepted=row.accepted,
                rejected=row.received - row.accepted,
                left=left_of(row),
                job=jobs.get(row.work_order_id or ""),
            )
            for row in rows
            if not row.cancelled and not row.closed_short
        ),
    )
