"""What screens show of purchase orders: the card, Details, the form that changes one, and lists."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.cost_centres import CostCentre, Project
from wopo.domain.errors import NOT_FOUND
from wopo.domain.locations import Location
from wopo.domain.money import Money
from wopo.domain.numbers import short
from wopo.domain.order_content import LineContent, OrderContent
from wopo.domain.part_requests import Allocation, PartRequest, PartRequestLine
from wopo.domain.parts import Part
from wopo.domain.people import Person, may_see_costs
from wopo.domain.price_agreements import PriceAgreement
from wopo.domain.purchase_orders import (
    OrderKind,
    OrderRevision,
    OrderState,
    Progress,
    PurchaseOrder,
    PurchaseOrderLine,
)
from wopo.domain.vendors import Vendor, held_here
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.order_documents import OrderDocument, content_of_revision, load_order
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.approvals import ApprovalStore
from wopo.usecases.settings import company
from wopo.usecases.views.approval_lines import JobRef
from wopo.usecases.views.approval_steps import MOST_DECISIONS
from wopo.usecases.views.approvals import jobs_of
from wopo.usecases.views.names import Ref, refs
from wopo.usecases.views.order_verbs import verbs_for


@dataclass(frozen=True)
class OrderLineView:
    """One line as it is in force. Money and prices are none for readers without the right."""

    id: str
    position: int
    part: Ref | None
    service: bool
    description: str
    vendor_item: str
    quantity: Decimal
    unit: str
    unit_price: Decimal | None
    price_per: Decimal
    discount: Money | None
    discount_label: str
    tax_code: str
    tax_percent: Decimal
    tax: Money | None
    net: Money | None
    share: Money | None
    job: JobRef | None
    requests: tuple[str, ...]
    centre: Ref
    project: Ref | None
    agreement: str
    agreed_price: Decimal | None
    match_policy: str
    receiver: Ref | None
    schedule: tuple[tuple[date, Decimal], ...]
    promised_on: date | None
    backordered: bool
    backorder_note: str
    received: Decimal
    accepted: Decimal
    billed: Decimal
    cancelled: bool
    closed_short: bool

    @property
    def open(self) -> bool:
        """Whether something is still to come."""
        return not self.cancelled and not self.closed_short and self.accepted < self.quantity


@dataclass(frozen=True)
class OrderMoney:
    """What an order comes to; ``called_off``: of a blanket order, by its releases."""

    net: Money
    charges: tuple[tuple[str, str, Money], ...]
    discount: Money
    tax: Money
    total: Money
    blanket_limit: Money | None
    called_off: Money | None


@dataclass(frozen=True)
class RevisionView:
    """One revision in the history."""

    revision: int
    state: str
    total: Money | None
    reason: str
    made_by: str
    at: datetime


@dataclass(frozen=True)
class OrderView:
    """An order for a reader. ``money`` is none without the right to costs. ``verbs`` is what the
    reader may do now, the main thing first. ``content`` is what a change would start from: the
    change that waits, else what is in force; ``names`` names everything it points at."""

    id: str
    number: str
    version: int
    kind: OrderKind
    state: OrderState
    vendor: Ref
    vendor_held: str
    """What is on hold at the vendor; empty for nothing."""
    currency: str
    payment_terms: str
    ship_to: Ref | None
    blanket: Ref | None
    """The blanket order that a release is called off from."""
    buyer: Ref | None
    requesters: tuple[Ref, ...]
    revision: int
    approved_revision: int | None
    pending_revision: int | None
    order_date: date | None
    discount_label: str
    service_frequency: str
    billing_frequency: str
    valid_to: date | None
    money: OrderMoney | None
    lines: tuple[OrderLineView, ...]
    receipt_progress: Progress
    billing_progress: Progress
    rule: str
    rule_sentence: str
    without_job: bool
    imported: bool
    import_flag: str
    created_at: datetime
    approved_at: datetime | None
    issued_at: datetime | None
    closed_at: datetime | None
    close_reason: str
    history: tuple[RevisionView, ...]
    asked_of: tuple[Ref, ...]
    question: tuple[str, str] | None
    """The approval that was returned, and what was asked."""
    waits_for_me: tuple[str, int] | None
    """The decision that waits for the reader, and its revision."""
    verbs: tuple[str, ...]
    content: OrderContent
    names: Mapping[str, str]

    @property
    def jobs(self) -> tuple[JobRef, ...]:
        """The jobs it buys for, each once."""
        return tuple({line.job.id: line.job for line in self.lines if line.job}.values())


def order_view(uow: UnitOfWork, order_id: str, *, reader: Person, today: date) -> OrderView:
    """The order for a reader. Raises ``NOT_FOUND``. A constant number of queries."""
    order = uow.get(PurchaseOrder, order_id)
    if order is None:
        raise NOT_FOUND(kind="purchase order", wanted=order_id, nearest="")
    document = load_order(uow, order)
    costs = may_see_costs(reader, company(uow))
    decisions = _open_decisions(uow, order, reader)
    approval = decisions[0] if decisions else None
    requesters = set(order.requested_by_ids) | uow.store(ApprovalStore).requesters(order.id)
    revisions = uow.all(OrderRevision, purchase_order_id=order.id, order="-revision", limit=20)
    content = _latest(order, document, revisions)
    asked_of = list(dict.fromkeys(id for one in decisions for id in one.eligible_ids))
    people = [*requesters, *asked_of, *(row.made_by_id for row in revisions)]
    names = _names(uow, document, content, people)
    returned = approval is not None and approval.state is ApprovalState.RETURNED
    mine = approval is not None and not returned and reader.id in approval.eligible_ids
    verbs = verbs_for(uow, document, reader, requesters, returned=returned, today=today)
    return OrderView(
        **{name: getattr(order, name) for name in _PLAIN},
        vendor=Ref(order.vendor_id, names.get(order.vendor_id, "")),
        vendor_held=held_here(uow.get(Vendor, order.vendor_id)),
        ship_to=_ref(order.ship_to_id, names),
        blanket=_ref(order.blanket_id, names),
        buyer=_ref(order.buyer_id, names),
        requesters=tuple(Ref(id, names[id]) for id in sorted(requesters) if id in names),
        service_frequency=order.service_frequency or "",
        billing_frequency=order.billing_frequency or "",
        import_flag=order.import_flag or "",
        close_reason=order.close_reason or "",
        money=_money(document) if costs else None,
        lines=_lines(uow, document, names, costs=costs),
        history=tuple(_revision(row, order.currency, names, costs=costs) for row in revisions),
        asked_of=tuple(Ref(id, names[id]) for id in asked_of if id in names),
        question=(approval.id, approval.question or "") if approval and returned else None,
        waits_for_me=(approval.id, approval.revision) if approval and mine else None,
        verbs=(*verbs, "hand_on") if mine else verbs,
        content=content,
        names=names,
    )


_PLAIN = (
    "id", "number", "version", "kind", "state", "currency", "payment_terms", "revision",
    "approved_revision", "pending_revision", "order_date", "discount_label", "valid_to",
    "receipt_progress", "billing_progress", "rule", "rule_sentence", "without_job", "imported",
    "created_at", "approved_at", "issued_at", "closed_at",
)  # fmt: skip


def _ref(id: str | None, names: Mapping[str, str]) -> Ref | None:
    return Ref(id, names.get(id, "")) if id else None


def _open_decisions(uow: UnitOfWork, order: PurchaseOrder, reader: Person) -> list[Approval]:
    """What is asked about the newest revision; the reader's own decision first, then a question."""
    rows = uow.all(
        Approval,
        purchase_order_id=order.id,
        state=[ApprovalState.WAITING, ApprovalState.RETURNED],
        order=("-revision", "id"),
        limit=MOST_DECISIONS,
    )
    newest = [row for row in rows if row.revision == rows[0].revision]
    asked = ApprovalState.WAITING
    return sorted(
        newest,
        key=lambda row: (
            row.state is not asked or reader.id not in row.eligible_ids,
            row.state is asked,
        ),
    )


def _latest(
    order: PurchaseOrder, document: OrderDocument, revisions: Sequence[OrderRevision]
) -> OrderContent:
    waiting = [row for row in revisions if row.revision == order.pending_revision]
    return content_of_revision(waiting[0]) if waiting else document.content()


def _names(
    uow: UnitOfWork, document: OrderDocument, content: OrderContent, people: Iterable[str | None]
) -> dict[str, str]:
    """What everything on the order is called, one query per kind of thing."""
    order = document.order
    lines: list[PurchaseOrderLine | LineContent] = [*document.lines, *content.lines]
    receivers = [line.receiver_id for line in lines]
    named = [
        refs(uow, Vendor, [order.vendor_id, content.vendor_id]),
        refs(uow, Location, [order.ship_to_id, content.ship_to_id]),
        refs(uow, Person, [*people, order.buyer_id, content.buyer_id, *receivers]),
        refs(uow, CostCentre, [line.cost_centre_id for line in lines]),
        refs(uow, Project, [line.project_id for line in lines]),
        refs(uow, Part, [line.part_id for line in lines]),
    ]
    found = {ref.id: ref.name for group in named for ref in group.values()}
    blanket_ids = {id for id in (order.blanket_id, content.blanket_id) if id}
    for blanket in uow.all(PurchaseOrder, id=blanket_ids) if blanket_ids else ():
        found[blanket.id] = short(blanket.number)
    job_ids = {line.work_order_id for line in lines if line.work_order_id}
    for job in uow.all(WorkOrder, id=job_ids) if job_ids else ():
        found[job.id] = f"{short(job.number)} {job.title}"
    return found


def _money(document: OrderDocument) -> OrderMoney:
    order = document.order
    return OrderMoney(
        net=Money(order.net_minor, order.currency),
        charges=tuple(
            (charge.code, charge.label, Money(charge.amount_minor, order.currency))
            for charge in sorted(document.charges, key=lambda charge: charge.code)
        ),
        discount=Money(order.discount_minor, order.currency),
        tax=Money(order.tax_minor, order.currency),
        total=Money(order.total_minor, order.currency),
        blanket_limit=None
        if order.blanket_limit_minor is None
        else Money(order.blanket_limit_minor, order.currency),
        called_off=Money(sum(line.called_off_minor for line in document.lines), order.currency)
        if order.kind is OrderKind.BLANKET
        else None,
    )


@dataclass(frozen=True)
class _Around:
    """What the lines point at, fetched together; ``costs``: the reader may see figures."""

    names: Mapping[str, str]
    jobs: Mapping[str, JobRef]
    agreements: Mapping[str, str]
    requests: Mapping[str, tuple[str, ...]]
    costs: bool


def _lines(
    uow: UnitOfWork, document: OrderDocument, names: Mapping[str, str], *, costs: bool
) -> tuple[OrderLineView, ...]:
    agreed = {line.agreement_id for line in document.lines if line.agreement_id}
    agreements = uow.all(PriceAgreement, id=agreed) if agreed else []
    around = _Around(
        names=names,
        jobs=jobs_of(uow, [line.work_order_id for line in document.lines]),
        agreements={row.id: row.number for row in agreements},
        requests=_requests(uow, [line.id for line in document.lines]),
        costs=costs,
    )
    return tuple(_line(line, document, around) for line in document.lines if not line.proposed)


def _line(line: PurchaseOrderLine, document: OrderDocument, around: _Around) -> OrderLineView:
    costs, names = around.costs, around.names

    def amount(minor: int) -> Money | None:
        return Money(minor, document.order.currency) if costs else None

    return OrderLineView(
        **{name: getattr(line, name) for name in _LINE_PLAIN},
        part=_ref(line.part_id, names),
        vendor_item=line.vendor_item or "",
        unit_price=line.unit_price if costs else None,
        discount=amount(line.discount_minor),
        tax=amount(line.tax_minor),
        net=amount(line.net_minor),
        share=amount(line.share_minor),
        job=around.jobs.get(line.work_order_id or ""),
        requests=around.requests.get(line.id, ()),
        centre=Ref(line.cost_centre_id, names.get(line.cost_centre_id, "")),
        project=_ref(line.project_id, names),
        agreement=around.agreements.get(line.agreement_id or "", ""),
        agreed_price=line.agreed_price if costs else None,
        match_policy=line.match_policy or "",
        receiver=_ref(line.receiver_id, names),
        schedule=tuple(
            (part.due_on, part.quantity)
            for part in document.schedules
            if part.purchase_order_line_id == line.id
        ),
    )


_LINE_PLAIN = (
    "id", "position", "service", "description", "quantity", "unit", "price_per", "discount_label",
    "tax_code", "tax_percent", "promised_on", "backordered", "backorder_note", "received",
    "accepted", "billed", "cancelled", "closed_short",
)  # fmt: skip


def _requests(uow: UnitOfWork, line_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Per order line the request lines it buys for: ``PR-7 line 2``."""
    if not line_ids:
        return {}
    links = uow.all(Allocation, purchase_order_line_id=list(line_ids), cancelled=False)
    ids = {link.part_request_line_id for link in links}
    needs = {row.id: row for row in uow.all(PartRequestLine, id=ids)} if ids else {}
    request_ids = {need.part_request_id for need in needs.values()}
    rows = uow.all(PartRequest, id=request_ids) if request_ids else []
    numbers = {row.id: short(row.number) for row in rows}
    found: dict[str, tuple[str, ...]] = {}
    for link in links:
        need = needs[link.part_request_line_id]
        text = f"{numbers[need.part_request_id]} line {need.position}"
        line_id = link.purchase_order_line_id
        found[line_id] = (*found.get(line_id, ()), text)
    return found


def _revision(
    row: OrderRevision, currency: str, names: Mapping[str, str], *, costs: bool
) -> RevisionView:
    total = Money(row.total_minor, currency) if costs else None
    made_by = names.get(row.made_by_id or "", "")
    return RevisionView(row.revision, row.state.value, total, row.reason, made_by, row.at)
