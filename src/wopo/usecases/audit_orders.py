"""Verification of orders, page by page: sums of lines, the ledger, approvals, approved contents."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.billing import Document, recomputed
from wopo.domain.errors import DomainError
from wopo.domain.invoices import Invoice, InvoiceState
from wopo.domain.ledger import CostKind, Dimensions, differences
from wopo.domain.purchase_orders import (
    DeliverySchedule,
    OrderCharge,
    OrderRevision,
    OrderState,
    PurchaseOrder,
    PurchaseOrderLine,
)
from wopo.usecases.faults import Fault
from wopo.usecases.invoice_papers import load_documents
from wopo.usecases.ledger import LineCost, Owners, proposed_shares, summed_standing
from wopo.usecases.order_documents import OrderDocument, content_of_revision
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.audit import AuditStore, Received
from wopo.usecases.ports.ledger import LedgerStore, Standing

PAGE = 500
BINDING = (OrderState.APPROVED, OrderState.ISSUED)
NOTHING = Received(Decimal(0), Decimal(0))


@dataclass
class _Page:
    """The rows of some orders, by order id."""

    orders: list[PurchaseOrder]
    lines: dict[str, list[PurchaseOrderLine]]
    documents: dict[str, list[Document]]
    charges: dict[str, list[OrderCharge]]
    schedules: dict[str, list[DeliverySchedule]]
    revisions: dict[str, dict[int, OrderRevision]]
    approvals: dict[str, list[Approval]]
    standing: dict[str, list[Standing]]
    received: Mapping[str, Received]
    forgone: Mapping[str, Decimal]


def order_faults(uow: UnitOfWork) -> Iterator[Fault]:
    """Everything about orders that does not fit, in a constant number of statements per page. Where
    something of a page can't be read, its orders are checked one by one."""
    store = uow.store(AuditStore)
    for ids in store.order_pages(PAGE):
        try:
            found = list(_page_faults(uow, ids))
        except store.read_errors:
            found = [fault for id in ids for fault in _one_by_one(uow, id)]
        yield from found


def _one_by_one(uow: UnitOfWork, order_id: str) -> list[Fault]:
    try:
        return list(_page_faults(uow, [order_id]))
    except uow.store(AuditStore).read_errors:
        return [Fault("order", order_id, "can't be checked: something of it can't be read")]


def _page_faults(uow: UnitOfWork, ids: Sequence[str]) -> Iterator[Fault]:
    page, owners = _load(uow, ids), Owners(uow)
    for order in page.orders:
        yield from _sums(order, page)
        yield from _ledger(uow, owners, order, page)
        yield from _approvals(order, page)
        yield from _content(order, page)


def _load(uow: UnitOfWork, ids: Sequence[str]) -> _Page:
    lines: dict[str, list[PurchaseOrderLine]] = {id: [] for id in ids}
    for line in uow.all(PurchaseOrderLine, purchase_order_id=ids, order="position"):
        lines[line.purchase_order_id].append(line)
    owner = {line.id: line.purchase_order_id for rows in lines.values() for line in rows}
    invoices = [
        row
        for row in uow.all(Invoice, purchase_order_id=ids, order="sequence")
        if row.state is not InvoiceState.REJECTED
    ]
    documents: dict[str, list[Document]] = {id: [] for id in ids}
    for document in load_documents(uow, invoices):
        documents[document.invoice.purchase_order_id or ""].append(document)
    page = _Page(
        orders=uow.all(PurchaseOrder, id=ids, order="id"),
        lines=lines,
        documents=documents,
        charges={id: [] for id in ids},
        schedules={id: [] for id in ids},
        revisions={id: {} for id in ids},
        approvals={id: [] for id in ids},
        standing={},
        received=uow.store(AuditStore).received(ids),
        forgone=uow.store(LedgerStore).forgone(ids),
    )
    for charge in uow.all(OrderCharge, purchase_order_id=ids):
        page.charges[charge.purchase_order_id].append(charge)
    for part in uow.all(
        DeliverySchedule, purchase_order_line_id=list(owner), order=("due_on", "id")
    ):
        page.schedules[owner[part.purchase_order_line_id]].append(part)
    for revision in uow.all(OrderRevision, purchase_order_id=ids):
        page.revisions[revision.purchase_order_id][revision.revision] = revision
    for approval in uow.all(Approval, purchase_order_id=ids, state=ApprovalState.APPROVED):
        page.approvals[approval.purchase_order_id].append(approval)
    for row in uow.store(LedgerStore).standing(list(owner)):
        page.standing.setdefault(row.line_id, []).append(row)
    return page


def _name(order: PurchaseOrder, line: PurchaseOrderLine) -> str:
    return f"{order.number} line {line.position}"


def _sums(order: PurchaseOrder, page: _Page) -> Iterator[Fault]:
    """The running sums of lines against the documents."""
    lines = {line.id: line for line in page.lines[order.id]}
    billed = recomputed(page.documents[order.id], lines)
    for line in lines.values():
        came, sums = page.received.get(line.id, NOTHING), billed[line.id]
        for name, stands, should in (
            ("accepted", line.accepted, came.accepted),
            ("received", line.received, came.accepted + came.rejected),
            ("billed", line.billed, sums.billed),
            ("billed amount", line.billed_minor, sums.billed_minor),
            ("cleared", line.cleared, sums.cleared),
            ("cleared amount", line.cleared_minor, sums.cleared_minor),
        ):
            if stands != should:
                problem = f"{name} is {stands}, the documents add up to {should}"
                yield Fault("order line", _name(order, line), problem)


def _ledger(uow: UnitOfWork, owners: Owners, order: PurchaseOrder, page: _Page) -> Iterator[Fault]:
    """What stands in the ledger against what the order costs by its facts."""
    proposed = proposed_shares(uow, order, gross=owners.settings.budgets_gross)
    for line in page.lines[order.id]:
        standing = page.standing.get(line.id, [])
        try:
            target = LineCost(owners, order, line, standing).target(
                page.forgone.get(line.id, Decimal(0)), proposed.get(line.id), known=bool(standing)
            )
        except DomainError as error:
            yield Fault("ledger", _name(order, line), error.message)
            continue
        held = {(row.dimensions, row.kind): row.amount for row in summed_standing(standing)}
        for (_, kind), apart in differences(target, held).items():
            yield _apart(order, line, kind, apart, target=target, held=held)


def _apart(
    order: PurchaseOrder,
    line: PurchaseOrderLine,
    kind: CostKind,
    apart: int,
    *,
    target: Mapping[tuple[Dimensions, CostKind], int],
    held: Mapping[tuple[Dimensions, CostKind], int],
) -> Fault:
    stands = sum(amount for (_, of), amount in held.items() if of is kind)
    should = sum(amount for (_, of), amount in target.items() if of is kind)
    problem = f"{kind.value} stands at {stands}, recomputed {should} ({apart:+d} not posted)"
    return Fault("ledger", _name(order, line), problem.replace("_", " "))


def _approvals(order: PurchaseOrder, page: _Page) -> Iterator[Fault]:
    """Nobody approved what they asked for, each approval binds a content that is there, and every
    step of what is in force was decided."""
    of_force = [row for row in page.approvals[order.id] if row.revision == order.approved_revision]
    if of_force and len(of_force) < of_force[0].decisions:
        problem = f"{len(of_force)} of {of_force[0].decisions} decisions were made"
        yield Fault("approval", order.number, f"is in force though only {problem}")
    for approval in page.approvals[order.id]:
        if approval.imported:
            continue
        own = approval.decided_by_id in order.requested_by_ids
        if own and not approval.waiver:
            yield Fault("approval", order.number, "was approved by somebody who asked for it")
        if approval.decided_by_id is None and not approval.rule:
            yield Fault("approval", order.number, "was approved by nobody and by no rule")
        revision = page.revisions[order.id].get(approval.revision)
        if revision is None:
            problem = f"revision {approval.revision} was approved, but is missing"
            yield Fault("approval", order.number, problem)
        elif revision.content_hash != approval.content_hash:
            problem = f"revision {approval.revision} is not the content that was approved"
            yield Fault("approval", order.number, problem)


def _content(order: PurchaseOrder, page: _Page) -> Iterator[Fault]:
    """The hashes of revisions, and the lines of an order in force against what was approved."""
    if order.imported:
        return
    for number, revision in page.revisions[order.id].items():
        if content_of_revision(revision).hash() != revision.content_hash:
            problem = f"the content of revision {number} was changed"
            yield Fault("revision", order.number, problem)
    if order.state not in BINDING or order.approved_revision is None:
        return
    approved = page.revisions[order.id].get(order.approved_revision)
    document = OrderDocument(
        order, page.lines[order.id], page.charges[order.id], page.schedules[order.id]
    )
    if approved is not None and document.content().hash() != approved.content_hash:
        problem = f"its lines are not what revision {order.approved_revision} says"
        yield Fault("revision", order.number, problem)
