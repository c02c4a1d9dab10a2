"""The documents behind an auditor's hit: job, request, order, approvals, receipts, invoices."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.audit_tests import Hit
from wopo.domain.invoices import Invoice
from wopo.domain.money import Money
from wopo.domain.part_requests import Allocation, PartRequest, PartRequestLine
from wopo.domain.people import Person
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.receipts import Receipt
from wopo.domain.vendors import Vendor
from wopo.domain.work_orders import WorkOrder
from wopo.domain.workflow import words
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.names import refs_of

MOST_ORDERS = 10
"""Orders of one hit whose documents are read; the hit itself counts them all."""
DECIDED = (ApprovalState.APPROVED, ApprovalState.REJECTED, ApprovalState.VOID)


@dataclass
class Chain:
    """Documents of a hit by kind, each told in a few words."""

    jobs: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    orders: list[str] = field(default_factory=list)
    approvals: list[str] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)
    invoices: list[str] = field(default_factory=list)

    def told(self) -> Iterator[tuple[str, list[str]]]:
        """Kinds that there is something of, from the top down."""
        for name in ("jobs", "requests", "orders", "approvals", "receipts", "invoices"):
            if found := getattr(self, name):
                yield name, found


def chains_of(uow: UnitOfWork, hits: Sequence[Hit]) -> list[Chain]:
    """The chain of each hit, in nine statements for all of them."""
    order_ids = sorted({id for hit in hits for id in hit.order_ids[:MOST_ORDERS]})
    named = sorted({id for hit in hits for id in hit.invoice_ids[:MOST_ORDERS]})
    rows = _Rows(uow, order_ids, named)
    return [rows.chain(hit) for hit in hits]


class _Rows:
    """The documents of a page of hits, read once."""

    def __init__(self, uow: UnitOfWork, order_ids: list[str], invoice_ids: list[str]) -> None:
        self.orders = uow.many(PurchaseOrder, order_ids) if order_ids else {}
        of: dict[str, Any] = {"purchase_order_id": order_ids}
        lines = uow.all(PurchaseOrderLine, **of) if order_ids else []
        self.approvals = uow.all(Approval, **of, state=DECIDED, order="asked_at") if lines else []
        self.receipts = uow.all(Receipt, **of, order="at") if order_ids else []
        self.invoices = uow.all(Invoice, **of, order="sequence") if order_ids else []
        known = {row.id for row in self.invoices}
        others = [id for id in invoice_ids if id not in known]
        self.others = uow.many(Invoice, others) if others else {}
        self.jobs = self._tied(lines, uow, "work_order_id", WorkOrder)
        self.requests = self._requests(uow, lines)
        self.names = refs_of(uow, {Person: self._people(), Vendor: self._vendors()})

    def _tied(
        self, lines: Iterable[Any], uow: UnitOfWork, column: str, kind: Any
    ) -> dict[str, list[Any]]:
        pairs = {(line.purchase_order_id, getattr(line, column)) for line in lines}
        rows = uow.many(kind, sorted({id for _, id in pairs if id}))
        found: dict[str, list[Any]] = {}
        for order_id, id in sorted(pairs, key=str):
            if id in rows:
                found.setdefault(order_id, []).append(rows[id])
        return found

    def _requests(
        self, uow: UnitOfWork, lines: Sequence[PurchaseOrderLine]
    ) -> dict[str, list[PartRequest]]:
        owner = {line.id: line.purchase_order_id for line in lines}
        ties = uow.all(Allocation, purchase_order_line_id=list(owner)) if owner else []
        needs = uow.many(PartRequestLine, sorted({tie.part_request_line_id for tie in ties}))
        requests = uow.many(PartRequest, sorted({need.part_request_id for need in needs.values()}))
        found: dict[str, list[PartRequest]] = {}
        for tie in ties:
            need = needs[tie.part_request_line_id]
            held = found.setdefault(owner[tie.purchase_order_line_id], [])
            if requests[need.part_request_id] not in held:
                held.append(requests[need.part_request_id])
        return found

    def _people(self) -> list[str | None]:
        ids = [row.decided_by_id for row in self.approvals]
        ids += [row.received_by_id for row in self.receipts]
        ids += [row.requested_by_id for some in self.requests.values() for row in some]
        for order in self.orders.values():
            ids += order.requested_by_ids
        for invoice in [*self.invoices, *self.others.values()]:
            ids += [invoice.entered_by_id, invoice.decided_by_id]
        return ids

    def _vendors(self) -> list[str | None]:
        found: list[Any] = [*self.orders.values(), *self.others.values()]
        return [row.vendor_id for row in found]

    def _name(self, id: str | None) -> str:
        ref = self.names.get(id or "")
        return ref.name if ref else "wopo"

    def chain(self, hit: Hit) -> Chain:
        """What belongs to one hit."""
        chain, ids = Chain(), hit.order_ids[:MOST_ORDERS]
        for id in ids:
            chain.jobs += [f"{row.number} {row.title}" for row in self.jobs.get(id, ())]
            chain.requests += [
                f"{row.number} by {self._name(row.requested_by_id)}"
                for row in self.requests.get(id, ())
            ]
            if id in self.orders:
                chain.orders.append(self._order(self.orders[id]))
        chain.approvals = [
            self._approval(row) for row in self.approvals if row.purchase_order_id in ids
        ]
        chain.receipts = [
            f"{row.number} on {row.received_on} by {self._name(row.received_by_id)}"
            for row in self.receipts
            if row.purchase_order_id in ids
        ]
        invoices = [row for row in self.invoices if row.purchase_order_id in ids]
        invoices += [self.others[id] for id in hit.invoice_ids if id in self.others]
        chain.invoices = [self._invoice(row) for row in invoices]
        for name, found in chain.told():
            setattr(chain, name, list(dict.fromkeys(found)))
        return chain

    def _order(self, order: PurchaseOrder) -> str:
        vendor, total = self._name(order.vendor_id), Money(order.total_minor, order.currency)
        asked = ", ".join(self._name(id) for id in order.requested_by_ids) or "nobody named"
        return f"{order.number} {vendor} {total}, {words(order.state.value)}, asked by {asked}"

    def _approval(self, row: Approval) -> str:
        who = self._name(row.decided_by_id) if row.decided_by_id else f"rule {row.rule}"
        day = f" on {row.decided_at:%Y-%m-%d %H:%M}" if row.decided_at else ""
        return f"revision {row.revision} {words(row.state.value)} by {who}{day}, {row.amount}"

    def _invoice(self, row: Invoice) -> str:
        kind = "credit note" if row.is_credit else "invoice"
        entered = self._name(row.entered_by_id)
        return (
            f"{kind} {row.number} of {row.invoice_date}, {row.total}, {words(row.state.value)}, "
            f"entered by {entered}"
        )
