"""Many orders judged with what was read at once: a page of orders in a constant number of
statements, then judging that asks the database for nothing more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Self

from wopo.domain.billing import Document
from wopo.domain.billing_context import Ordered
from wopo.domain.invoices import Invoice, InvoiceState
from wopo.domain.matching import Tolerances
from wopo.domain.purchase_orders import OrderCharge, PurchaseOrder, PurchaseOrderLine
from wopo.domain.purchasing_policy import PolicyDocument
from wopo.domain.vendors import Vendor
from wopo.usecases.door import Context
from wopo.usecases.duplicates import Twins, standing
from wopo.usecases.invoice_papers import load_documents
from wopo.usecases.judging import Judging
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.purchasing_policy import PolicyBook
from wopo.usecases.settings import company


@dataclass(frozen=True)
class OrderPage:
    """Orders with all that is needed to judge their invoices."""

    orders: Sequence[PurchaseOrder]
    lines: Mapping[str, dict[str, PurchaseOrderLine]]
    charges: Mapping[str, list[OrderCharge]]
    documents: Mapping[str, list[Document]]
    found: Twins
    vendors: Mapping[str, Vendor]
    gross: bool
    """Whether budgets count tax."""


@dataclass
class ReadJudging(Judging):
    """Judging by what was read already. It is made while the database is open; after that rows
    may be judged when they are detached from it."""

    charges: Sequence[OrderCharge] = ()
    vendors: Mapping[str, Vendor] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        page: OrderPage,
        order: PurchaseOrder,
        *,
        ctx: Context,
        book: PolicyBook,
        cause: str,
    ) -> Self:
        """One order of the page; asks the policy about each of its documents."""
        lines, charges = page.lines[order.id], page.charges[order.id]
        made = cls(
            ctx,
            order,
            lines,
            cause,
            book=book,
            _gross=page.gross,
            charges=charges,
            vendors=page.vendors,
        )
        for document in page.documents[order.id]:
            made.applied(document.invoice)
        return made

    def ordered(self) -> Ordered:
        assert self.order is not None
        vendor = self.order.vendor_id
        return Ordered(self.order, self.lines, self.charges, Tolerances(), vendor)

    def _vendor(self, vendor_id: str) -> Vendor:
        return self.vendors[vendor_id]


def load_page(uow: UnitOfWork, ids: Sequence[str]) -> OrderPage:
    """These orders with their lines, charges, live invoices, twins and vendors."""
    lines: dict[str, dict[str, PurchaseOrderLine]] = {id: {} for id in ids}
    for line in uow.all(PurchaseOrderLine, purchase_order_id=ids, order="position"):
        lines[line.purchase_order_id][line.id] = line
    charges: dict[str, list[OrderCharge]] = {id: [] for id in ids}
    for charge in uow.all(OrderCharge, purchase_order_id=ids):
        charges[charge.purchase_order_id].append(charge)
    rows = uow.all(Invoice, purchase_order_id=ids, order="sequence")
    live = [row for row in rows if row.state is not InvoiceState.REJECTED]
    documents: dict[str, list[Document]] = {id: [] for id in ids}
    for document in load_documents(uow, live):
        documents[document.invoice.purchase_order_id or ""].append(document)
    orders = uow.all(PurchaseOrder, id=ids, order="id")
    wanted = sorted({row.vendor_id for row in live} | {order.vendor_id for order in orders})
    vendors = {row.id: row for row in uow.all(Vendor, id=wanted)}
    gross = company(uow).budgets_gross
    return OrderPage(orders, lines, charges, documents, standing(uow, live), vendors, gross)


def policy_for(
    uow: UnitOfWork, page: OrderPage, day: date, *, proposed: PolicyDocument | None = None
) -> PolicyBook:
    """The policy as of a day, with the vendors and parts of a page at hand."""
    book = PolicyBook(uow, day, proposed=proposed)
    book.learn_vendors(list(page.vendors.values()))
    book.learn_parts(line for lines in page.lines.values() for line in lines.values())
    return book


def unspoken(uow: UnitOfWork, at: datetime) -> Context:
    """A context whose events nobody hears: what is judged by it is thrown away."""
    return Context(uow, actor=None, surface="console", at=at, new_id=str)
