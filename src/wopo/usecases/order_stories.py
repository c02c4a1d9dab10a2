"""What is told about orders: the approvers' cards, the jobs' threads, the requesters and buyers.

Threads of a site's channel name no costs, and no reason or question somebody typed, which could:
those go by DM to whom they concern.
"""

from collections.abc import Iterable

from wopo.domain.approvals import Approval
from wopo.domain.events import Event
from wopo.domain.numbers import short
from wopo.domain.outbox import Mode
from wopo.domain.part_request_states import day_text
from wopo.domain.people import Person, Role
from wopo.domain.purchase_order_events import (
    ApprovalAsked,
    ApprovalImported,
    ApprovalRerouted,
    ApprovalStepDecided,
    ApprovalVoided,
    OrderApproved,
    OrderCancelled,
    OrderClosed,
    OrderClosedShort,
    OrderDrafted,
    OrderEdited,
    OrderImported,
    OrderIssued,
    OrderPromised,
    OrderRejected,
    OrderReturned,
    OrderRevised,
    OrderSubmitted,
    OrderWithdrawn,
    QuestionAnswered,
)
from wopo.domain.purchase_orders import OrderKind, PurchaseOrder, PurchaseOrderLine
from wopo.domain.vendors import Vendor
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.door import Context, Notice, announces, silent
from wopo.usecases.order_documents import lines_of
from wopo.usecases.people import direct, home
from wopo.usecases.ports.people import PeopleStore
from wopo.usecases.work_order_stories import story

silent(OrderEdited, "a draft is its buyer's own business")
silent(OrderImported, "an import posts nothing but one summary")
silent(ApprovalImported, "an import posts nothing but one summary")


def approval_cards(approval_id: str, person_ids: Iterable[str]) -> Iterable[Notice]:
    """Every copy of an approval's card, written again, and the Homes that list it."""
    for person_id in dict.fromkeys(person_ids):
        yield Notice("approval", approval_id, f"person:{person_id}", Mode.KEEP)
        yield home(person_id)


def _order(event: Event, ctx: Context) -> PurchaseOrder:
    return ctx.require(PurchaseOrder, event.subject_id, label="purchase order")


def _by(ctx: Context, for_id: str | None = None) -> str:
    principal = ctx.uow.get(Person, for_id) if for_id else None
    place = f" for {principal.name}" if principal else ""
    return f" by {ctx.actor.name}{place}" if ctx.actor else ""


def jobs_on(ctx: Context, order: PurchaseOrder) -> dict[str, tuple[WorkOrder, list[str]]]:
    """The jobs an order is for, each with what is bought for it."""
    lines = [
        line for line in lines_of(ctx.uow, order.id) if line.work_order_id and not line.proposed
    ]
    found = ctx.uow.many(WorkOrder, {str(line.work_order_id) for line in lines})
    jobs = sorted(found.values(), key=lambda job: job.number)
    return {
        job.id: (job, [line.description for line in lines if line.work_order_id == job.id])
        for job in jobs
    }


def _threads(ctx: Context, order: PurchaseOrder, text: str) -> Iterable[Notice]:
    for job, things in jobs_on(ctx, order).values():
        yield story(job, f"{short(order.number)} {text}: {', '.join(things)}.")


def askers(order: PurchaseOrder) -> list[str]:
    """Who asked for it, and its buyer."""
    buyer = [order.buyer_id] if order.buyer_id else []
    return list(dict.fromkeys([*order.requested_by_ids, *buyer]))


def _asked(ctx: Context, order: PurchaseOrder, text: str) -> Iterable[Notice]:
    """A DM to who asked for it and to its buyer, except to whoever just acted."""
    for person_id in askers(order):
        if person_id != ctx.actor_id:
            said = {"text": f"{short(order.number)} {text}"}
            yield Notice("order_story", order.id, f"person:{person_id}", Mode.POST, facts=said)
        yield home(person_id)


def buyer_homes(ctx: Context) -> Iterable[Notice]:
    """The buyers' Homes, which show their queue."""
    for buyer in ctx.uow.store(PeopleStore).with_role(Role.BUYER):
        yield home(buyer.id)


@announces(OrderDrafted)
def tell_drafted(event: OrderDrafted, ctx: Context) -> Iterable[Notice]:
    """Drafts wait in the buyers' Homes; the request itself is told in the job's thread."""
    yield from buyer_homes(ctx)


@announces(OrderSubmitted)
def tell_submitted(event: OrderSubmitted, ctx: Context) -> Iterable[Notice]:
    """The jobs' threads say what was sent for approval; a later change says so itself."""
    if event.first and event.revision == 1:
        yield from _threads(ctx, _order(event, ctx), "is sent for approval")
    yield from buyer_homes(ctx)


@announces(ApprovalAsked)
def tell_asked(event: ApprovalAsked, ctx: Context) -> Iterable[Notice]:
    """One card to everybody who may decide; with nobody left, finance and the administrators."""
    yield from approval_cards(event.subject_id, event.eligible_ids)
    if not event.eligible_ids:
        yield from _nobody(ctx, event.order_id, event.number, str(event.amount))


def _nobody(ctx: Context, order_id: str, number: str, amount: str) -> Iterable[Notice]:
    text = (
        f"{short(number)} ({amount}) has no eligible approver and waits. "
        "Give somebody who did not ask for it a sufficient limit; they are then asked at once."
    )
    told: dict[str, Person] = {}
    for role in (Role.FINANCE, Role.ADMIN):
        told |= {person.id: person for person in ctx.uow.store(PeopleStore).with_role(role)}
    for person_id in told:
        yield direct(person_id, order_id, text)


@announces(ApprovalRerouted)
def tell_rerouted(event: ApprovalRerouted, ctx: Context) -> Iterable[Notice]:
    """Those who were asked see that they are not any more, the others get the card."""
    yield from approval_cards(event.subject_id, [*event.before_ids, *event.eligible_ids])
    if not event.eligible_ids:
        approval = ctx.require(Approval, event.subject_id, label="approval")
        yield from _nobody(ctx, event.order_id, event.number, str(approval.amount))


@announces(ApprovalStepDecided)
def tell_step(event: ApprovalStepDecided, ctx: Context) -> Iterable[Notice]:
    """Copies of the card say who agreed and whose turn it is."""
    yield from _decided(ctx, event.subject_id)


@announces(ApprovalVoided)
def tell_voided(event: ApprovalVoided, ctx: Context) -> Iterable[Notice]:
    """Copies of a card that no longer counts say so."""
    yield from approval_cards(event.subject_id, event.eligible_ids)


def _decided(ctx: Context, approval_id: str) -> Iterable[Notice]:
    approval = ctx.require(Approval, approval_id, label="approval")
    asked = [*approval.eligible_ids, *([ctx.actor_id] if ctx.actor_id else [])]
    yield from approval_cards(approval_id, asked)


@announces(OrderApproved)
def tell_approved(event: OrderApproved, ctx: Context) -> Iterable[Notice]:
    """Every copy of the card, the threads, the requesters, the buyers who issue it. What a rule
    decided goes out in the same commit, which is told."""
    order = _order(event, ctx)
    yield from buyer_homes(ctx)
    if event.rule:
        return
    yield from _decided(ctx, event.approval_id)
    what = "is approved" if event.first else "is approved as changed"
    yield from _threads(ctx, order, f"{what}{_by(ctx, event.for_id)}")
    yield from _asked(
        ctx, order, f"{what}{_by(ctx, event.for_id)}{_at_counter(ctx, order, event)}."
    )


def _at_counter(ctx: Context, order: PurchaseOrder, event: OrderApproved) -> str:
    """Who waits at the counter hears what to do now."""
    if order.kind is not OrderKind.COUNTER or not event.first:
        return ""
    vendor = ctx.require(Vendor, order.vendor_id, label="vendor")
    return f": say this number at {vendor.name}'s counter"


@announces(OrderRejected)
def tell_rejected(event: OrderRejected, ctx: Context) -> Iterable[Notice]:
    """The reason goes to who asked, not into a channel."""
    order = _order(event, ctx)
    what = "is rejected" if event.first else "stays as it was: the change is rejected"
    yield from _decided(ctx, event.approval_id)
    yield from _threads(ctx, order, f"{what}{_by(ctx)}")
    yield from _asked(ctx, order, f"{what}{_by(ctx)}. Reason: {event.reason}")
    yield from buyer_homes(ctx)


@announces(OrderReturned)
def tell_returned(event: OrderReturned, ctx: Context) -> Iterable[Notice]:
    """The question goes to who can answer it, with the way to do so."""
    order = _order(event, ctx)
    yield from _decided(ctx, event.approval_id)
    yield from _threads(ctx, order, f"waits for an answer to a question{_by(ctx)}")
    yield from _questions(order, event.approval_id)


@announces(QuestionAnswered)
def tell_answered(event: QuestionAnswered, ctx: Context) -> Iterable[Notice]:
    """Every copy of the question says that it is answered; the approvers get the decision again,
    with the answer on it."""
    yield from _questions(_order(event, ctx), event.returned_id)


def _questions(order: PurchaseOrder, approval_id: str) -> Iterable[Notice]:
    for person_id in askers(order):
        yield Notice("question", approval_id, f"person:{person_id}", Mode.KEEP)
        yield home(person_id)


@announces(OrderRevised)
def tell_revised(event: OrderRevised, ctx: Context) -> Iterable[Notice]:
    """A change waits for approval; until then an issued order stays as it was."""
    what = "was changed and waits for approval again"
    if event.pending:
        what = "stays as approved while a change waits for approval"
    yield from _threads(ctx, _order(event, ctx), what)
    yield from buyer_homes(ctx)


@announces(OrderWithdrawn)
def tell_withdrawn(event: OrderWithdrawn, ctx: Context) -> Iterable[Notice]:
    """It waits for nobody's approval any more."""
    yield from _threads(ctx, _order(event, ctx), "was taken back before it was approved")
    yield from buyer_homes(ctx)


@announces(OrderIssued)
def tell_issued(event: OrderIssued, ctx: Context) -> Iterable[Notice]:
    """The threads say that it went out, and to whom."""
    order = _order(event, ctx)
    vendor = ctx.require(Vendor, order.vendor_id, label="vendor")
    if order.kind is OrderKind.COUNTER:
        who = ctx.uow.get(Person, next(iter(order.requested_by_ids), ""))
        by = f" by {who.name}" if who else ""
        yield from _threads(ctx, order, f"is bought at {vendor.name}'s counter{by}")
    else:
        yield from _threads(ctx, order, f"went to {vendor.name}")
    yield from buyer_homes(ctx)


@announces(OrderPromised)
def tell_promised(event: OrderPromised, ctx: Context) -> Iterable[Notice]:
    """Each job reads what the vendor said about its own lines."""
    order = _order(event, ctx)
    said = {str(line["line_id"]) for line in event.lines}
    rows = ctx.uow.all(PurchaseOrderLine, id=said, order="position")
    jobs = jobs_on(ctx, order)
    for job, _ in jobs.values():
        texts = [promise_text(row) for row in rows if row.work_order_id == job.id]
        if texts:
            yield story(job, f"{'; '.join(texts)} ({short(order.number)}).")
    yield from _asked(ctx, order, "; ".join(promise_text(row) for row in rows) + ".")


def promise_text(row: PurchaseOrderLine) -> str:
    """What the vendor said about a line, as a sentence's beginning."""
    note = f": {row.backorder_note}" if row.backorder_note else ""
    day = f"promised on {day_text(row.promised_on)}" if row.promised_on else ""
    if row.backordered:
        return f"{row.description} is on backorder{f', {day}' if day else ''}{note}"
    return f"{row.description} is {day or 'without a promised day'}{note}"


@announces(OrderCancelled)
def tell_cancelled(event: OrderCancelled, ctx: Context) -> Iterable[Notice]:
    """A draft that went empty is nobody's news."""
    order = _order(event, ctx)
    if event.before != "draft":
        yield from _threads(ctx, order, f"is cancelled{_by(ctx)}")
        yield from _asked(ctx, order, f"is cancelled{_by(ctx)}. Reason: {event.reason}")
    yield from buyer_homes(ctx)


@announces(OrderClosedShort)
def tell_closed_short(event: OrderClosedShort, ctx: Context) -> Iterable[Notice]:
    """The jobs read what will not come."""
    order = _order(event, ctx)
    rows = ctx.uow.all(PurchaseOrderLine, id=set(event.line_ids), order="position")
    for job, _ in jobs_on(ctx, order).values():
        things = [row.description for row in rows if row.work_order_id == job.id]
        if things:
            text = f"The rest of {', '.join(things)} will not come ({short(order.number)})."
            yield story(job, text)
    yield from _asked(ctx, order, f"is closed short{_by(ctx)}. Reason: {event.reason}")
    yield from buyer_homes(ctx)


@announces(OrderClosed)
def tell_closed(event: OrderClosed, ctx: Context) -> Iterable[Notice]:
    """It leaves the buyers' Homes."""
    yield from buyer_homes(ctx)
