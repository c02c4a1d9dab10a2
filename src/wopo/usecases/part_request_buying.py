"""Putting needs on orders: one open draft per vendor, ship-to and currency, shared by jobs.

What is sent for approval at once goes alone: nobody sends what others are still preparing (ADR 7).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from wopo.domain.order_content import LineContent, OrderContent, ScheduleContent, totals
from wopo.domain.order_life import cancel
from wopo.domain.part_requests import (
    Allocation,
    LineKind,
    PartRequest,
    PartRequestLine,
    PriceBasis,
)
from wopo.domain.pricing import Offer
from wopo.domain.purchase_orders import (
    OrderKind,
    OrderState,
    PurchaseOrder,
    PurchaseOrderLine,
)
from wopo.domain.purchasing_rules import Ruling
from wopo.domain.stock import share_of
from wopo.domain.vendors import Vendor
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.door import Context
from wopo.usecases.order_documents import (
    OrderDocument,
    hold_order,
    identified,
    load_order,
    write_content,
)
from wopo.usecases.part_request_rules import Rulebook
from wopo.usecases.part_request_states import LineStanding
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.purchase_orders import asked_by, new_order, record_drafted


@dataclass(frozen=True)
class Purchase:
    """A part of a line's need to be bought at a price that is known; ``blanket_id``: called off
    from that blanket order."""

    line: PartRequestLine
    request: PartRequest
    quantity: Decimal
    offer: Offer
    ruling: Ruling
    agreed_price: Decimal | None = None
    blanket_id: str | None = None


def put_on_orders(
    ctx: Context,
    job: WorkOrder,
    purchases: Sequence[Purchase],
    rules: Rulebook,
    *,
    alone: bool = False,
) -> list[OrderDocument]:
    """Put purchases of a job on the open draft of each vendor, or on a new one; what is called off
    from a blanket order goes on a release of it. ``alone``: they are sent on at once, so a draft
    that other jobs have lines on is left as it is (ADR 7)."""
    return [_put(ctx, job, rules, group, alone=alone) for group in by_order(purchases)]


def by_order(purchases: Iterable[Purchase]) -> list[list[Purchase]]:
    """What goes on one order each: of one vendor, in one currency, called off from one blanket
    order; as they are sent one after the other."""
    groups: dict[tuple[str, str, str], list[Purchase]] = {}
    for purchase in purchases:
        offer = purchase.offer
        key = (str(offer.vendor_id), str(offer.currency), purchase.blanket_id or "")
        groups.setdefault(key, []).append(purchase)
    return [groups[key] for key in sorted(groups)]


def _put(
    ctx: Context,
    job: WorkOrder,
    rules: Rulebook,
    group: list[Purchase],
    *,
    alone: bool,
) -> OrderDocument:
    first = group[0]
    # The vendor's lock makes sure that two requests at once do not begin two drafts.
    vendor = ctx.require_locked(Vendor, str(first.offer.vendor_id), label="vendor")
    vendor.check_orderable(field="vendor_id")
    rule, sentence = _strictest(group, rules)
    open_draft = _open_draft(ctx, job, first, alone=alone)
    content = with_purchases(ctx.uow, job, group, vendor, open_draft)
    if open_draft is None:
        asked = [purchase.request.requested_by_id for purchase in group]
        document = new_order(ctx, content, rule=rule, sentence=sentence, asked=asked)
        added = document.lines
    else:
        document = load_order(ctx.uow, open_draft)
        before = {line.id for line in document.lines}
        write_content(ctx, document, identified(ctx, document, content))
        added = [line for line in document.lines if line.id not in before]
        if rules.stricter(rule, open_draft.rule) != open_draft.rule:
            open_draft.rule, open_draft.rule_sentence = rule, sentence
        open_draft.version += 1
        record_drafted(ctx, document, [line.id for line in added], joined=True)
    for purchase, row in zip(group, added, strict=True):
        asked_by(document.order, purchase.request.requested_by_id)
        tie(ctx, purchase.line, row, purchase.quantity)
    return document


def tie(ctx: Context, line: PartRequestLine, row: PurchaseOrderLine, quantity: Decimal) -> None:
    """So much of a need is bought on this order line."""
    ctx.uow.add(
        Allocation(
            id=ctx.new_id(),
            part_request_line_id=line.id,
            purchase_order_line_id=row.id,
            quantity=quantity,
        )
    )


def with_purchases(
    uow: UnitOfWork,
    job: WorkOrder,
    group: Sequence[Purchase],
    vendor: Vendor,
    draft: PurchaseOrder | None,
) -> OrderContent:
    """The content of the draft, or of a new order, with what is bought."""
    lines = tuple(_line(job, purchase) for purchase in group)
    if draft is not None:
        content = load_order(uow, draft).content()
        return content.model_copy(update={"lines": (*content.lines, *lines)})
    first = group[0]
    terms = next((p.offer.payment_terms for p in group if p.offer.payment_terms), "")
    return OrderContent(
        kind=_kind(first),
        blanket_id=first.blanket_id,
        vendor_id=vendor.id,
        currency=str(first.offer.currency),
        payment_terms=terms or vendor.payment_terms,
        ship_to_id=job.site_id,
        lines=lines,
    )


def _kind(purchase: Purchase) -> OrderKind:
    return OrderKind.RELEASE if purchase.blanket_id else OrderKind.STANDARD


def draft_for(
    uow: UnitOfWork, job: WorkOrder, purchase: Purchase, *, alone: bool
) -> PurchaseOrder | None:
    """The open draft that a purchase goes on; none where a new order is begun. Two queries."""
    drafts = uow.all(
        PurchaseOrder,
        state=OrderState.DRAFT,
        vendor_id=str(purchase.offer.vendor_id),
        currency=str(purchase.offer.currency),
        ship_to_id=job.site_id,
        imported=False,
        order="number",
    )
    wanted = (_kind(purchase), purchase.blanket_id)
    fitting = [draft for draft in drafts if (draft.kind, draft.blanket_id) == wanted]
    if alone and fitting:
        ids = [draft.id for draft in fitting]
        rows = uow.all(PurchaseOrderLine, purchase_order_id=ids, cancelled=False)
        shared = {row.purchase_order_id for row in rows if row.work_order_id != job.id}
        fitting = [draft for draft in fitting if draft.id not in shared]
    return next(iter(fitting), None)


def _open_draft(
    ctx: Context, job: WorkOrder, purchase: Purchase, *, alone: bool
) -> PurchaseOrder | None:
    found = draft_for(ctx.uow, job, purchase, alone=alone)
    held = ctx.uow.lock(PurchaseOrder, found.id) if found else None
    return held if held is not None and held.state is OrderState.DRAFT else None


def _strictest(group: list[Purchase], rules: Rulebook) -> tuple[str, str]:
    rule = group[0].ruling
    for purchase in group[1:]:
        if rules.stricter(purchase.ruling.rule, rule.rule) != rule.rule:
            rule = purchase.ruling
    return rule.rule, rule.sentence


def _line(job: WorkOrder, purchase: Purchase) -> LineContent:
    line, offer = purchase.line, purchase.offer
    by = line.needed_by or purchase.request.needed_by
    schedule = (ScheduleContent(due_on=by, quantity=purchase.quantity),) if by else ()
    agreed = offer.unit_price if offer.basis is PriceBasis.AGREEMENT else purchase.agreed_price
    return LineContent(
        part_id=line.part_id,
        service=line.kind is LineKind.SERVICE,
        description=line.description,
        quantity=purchase.quantity,
        unit=line.unit,
        unit_price=offer.unit_price or Decimal(0),
        price_per=offer.price_per,
        work_order_id=job.id,
        cost_centre_id=job.cost_centre_id,
        project_id=job.project_id,
        agreement_id=offer.agreement_id,
        agreed_price=agreed,
        receiver_id=purchase.request.requested_by_id,
        schedule=schedule,
    )


def take_off_drafts(
    ctx: Context, standing: LineStanding, quantity: Decimal | None = None
) -> Decimal:
    """Take a need (all of it, or ``quantity``) off the drafts it stands on, the last first; how
    much was taken off. A draft with nothing left is cancelled."""
    left = quantity
    taken = Decimal(0)
    for link in reversed(standing.links):
        if link.order.state is not OrderState.DRAFT or (left is not None and left <= 0):
            continue
        off = link.allocation.quantity if left is None else min(left, link.allocation.quantity)
        document = hold_order(ctx, link.order.id)
        _shrink(ctx, document, link.order_line.id, off)
        link.allocation.quantity -= off
        link.allocation.cancelled = link.allocation.quantity == 0
        taken += off
        left = None if left is None else left - off
    standing.links = [link for link in standing.links if not link.allocation.cancelled]
    return taken


def _shrink(ctx: Context, document: OrderDocument, line_id: str, off: Decimal) -> None:
    """Lower one line of a draft; strike it out at zero; cancel a draft that has no line left."""
    content = document.content()
    lines = [
        _less(line, off) if line.id == line_id else line
        for line in content.lines
        if line.id != line_id or line.quantity > off
    ]
    order = document.order
    if not lines:
        ctx.record(cancel(order, "Nothing is left to buy on it", document.lines, at=ctx.at))
        return
    content = content.model_copy(update={"lines": tuple(lines)})
    discount = min(content.discount_minor, totals(content).net_minor)
    content = content.model_copy(update={"discount_minor": discount})
    write_content(ctx, document, identified(ctx, document, content))
    order.version += 1
    record_drafted(ctx, document, [line_id], joined=True)


def _less(line: LineContent, off: Decimal) -> LineContent:
    quantity = line.quantity - off
    schedule = line.schedule
    if schedule:
        schedule = (ScheduleContent(due_on=schedule[0].due_on, quantity=quantity),)
    discount = share_of(line.discount_minor, quantity, line.quantity)
    return line.model_copy(
        update={"quantity": quantity, "schedule": schedule, "discount_minor": discount}
    )
