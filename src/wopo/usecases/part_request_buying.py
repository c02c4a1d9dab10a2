"""Putting needs on orders: one open draft per vendor, ship-to and currency, shared by jobs.

What is sent for approval at once goes alone: nobody sends what others are still preparing (ADR 7).
"""

from collections.abc import Sequence
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
    groups: dict[tuple[str, str, str], list[Purchase]] = {}
    for purchase in purchases:
        offer = purchase.offer
        key = (str(offer.vendor_id), str(offer.currency), purchase.blanket_id or "")
        groups.setdefault(key, []).append(purchase)
    return [
        _put(ctx, job, rules, group, alone=alone)
        for _, group in sorted(groups.items(), key=lambda item: item[0])
    ]


def _put(
    ctx: Context,
    job: WorkOrder,
    rules: Rulebook,
    group: list[Purchase],
    *,
    alone: bool,
) -> OrderDocument:
    first = group[0]
    vendor_id, currency = str(first.offer.vendor_id), str(first.offer.currency)
    # The vendor's lock makes sure that two requests at once do not begin two drafts.
    vendor = ctx.require_locked(Vendor, vendor_id, label="vendor")
    vendor.check_orderable(field="vendor_id")
    lines = tuple(_line(job, purchase) for purchase in group)
    rule, sentence = _strictest(group, rules)
    open_draft = _open_draft(ctx, job, first, alone=alone)
    if open_draft is None:
        terms = next((p.offer.payment_terms for p in group if p.offer.payment_terms), "")
        content = OrderContent(
            kind=OrderKind.RELEASE if first.blanket_id else OrderKind.STANDARD,
            blanket_id=first.blanket_id,
            vendor_id=vendor_id,
            currency=currency,
            payment_terms=terms or vendor.payment_terms,
            ship_to_id=job.site_id,
            lines=lines,
        )
        asked = [purchase.request.requested_by_id for purchase in group]
        document = new_order(ctx, content, rule=rule, sentence=sentence, asked=asked)
        added = document.lines
    else:
        document = load_order(ctx.uow, open_draft)
        before = {line.id for line in document.lines}
        content = document.content()
        content = content.model_copy(update={"lines": (*content.lines, *lines)})
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


def _open_draft(
    ctx: Context, job: WorkOrder, purchase: Purchase, *, alone: bool
) -> PurchaseOrder | None:
    drafts = ctx.uow.all(
        PurchaseOrder,
        state=OrderState.DRAFT,
        vendor_id=str(purchase.offer.vendor_id),
        currency=str(purchase.offer.currency),
        ship_to_id=job.site_id,
        imported=False,
        order="number",
    )
    kind = OrderKind.RELEASE if purchase.blanket_id else OrderKind.STANDARD
    fitting = [
        draft for draft in drafts if (draft.kind, draft.blanket_id) == (kind, purchase.blanket_id)
    ]
    if alone and fitting:
        ids = [draft.id for draft in fitting]
        rows = ctx.uow.all(PurchaseOrderLine, purchase_order_id=ids, cancelled=False)
        shared = {row.purchase_order_id for row in rows if row.work_order_id != job.id}
        fitting = [draft for draft in fitting if draft.id not in shared]
    if not fitting:
        return None
    held = ctx.uow.lock(PurchaseOrder, fitting[0].id)
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
