"""What happens to an order once it was submitted: revising, promising, issuing, ending."""

from collections.abc import Sequence
from datetime import date

from pydantic import BaseModel, ConfigDict

from wopo.domain.errors import INVALID, NOT_FOUND, REQUIRED
from wopo.domain.money import Money
from wopo.domain.numbers import short
from wopo.domain.order_content import OrderContent, OrderTotals, changed
from wopo.domain.order_life import (
    PURCHASE_ORDER,
    SAME_CONTENT,
    begun,
    cancel,
    check_not_below,
    closable,
    close,
    close_short,
    issue,
    move,
)
from wopo.domain.people import Role
from wopo.domain.purchase_order_events import OrderPromised, OrderRevised
from wopo.domain.purchase_orders import (
    OrderRevision,
    OrderState,
    PurchaseOrder,
    PurchaseOrderLine,
    RevisionState,
)
from wopo.domain.vendors import Vendor
from wopo.usecases.approval_routing import ask_approvals, void_approvals
from wopo.usecases.approval_standing import approved_before
from wopo.usecases.blanket_orders import check_called_off
from wopo.usecases.door import Answer, Command, Context, use_case
from wopo.usecases.order_documents import (
    OrderDocument,
    add_revision,
    check_ready,
    checked,
    content_of_revision,
    hold_order,
    identified,
    propose_lines,
    write_content,
)
from wopo.usecases.purchase_orders import (
    BUYERS,
    answer,
    asked_by,
    may_submit,
    not_stale,
    record_submitted,
    refresh_order,
    supersede,
)


class ReviseOrder(Command):
    """Propose another content for a submitted, approved or issued order."""

    order_id: str
    content: OrderContent
    reason: str
    version: int | None = None


class LinePromise(BaseModel):
    """What the vendor said about one line."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    line_id: str
    promised_on: date | None = None
    backordered: bool = False
    note: str = ""


class RecordPromise(Command):
    """Dates and backorders as the vendor announced them."""

    order_id: str
    lines: tuple[LinePromise, ...]


class IssueOrder(Command):
    """Send the approved order to the vendor."""

    order_id: str


class CancelOrder(Command):
    """Buy nothing on this order."""

    order_id: str
    reason: str


class CloseOrderShort(Command):
    """What is still open (on these lines, or on all) will not come."""

    order_id: str
    line_ids: tuple[str, ...] = ()
    reason: str


class CloseOrder(Command):
    """End an order that is received and billed in full."""

    order_id: str
    reason: str = ""


@use_case(ReviseOrder, roles=BUYERS, action="change purchase orders")
def revise_order(command: ReviseOrder, ctx: Context) -> Answer:
    """Make a new revision of any change, however small, reductions and changes back included:
    no earlier approval covers it (reliability P12, A29-A32).

    An order that binds us already stays as approved until the change is; any other waits again as
    a whole.
    """
    if not command.reason.strip():
        raise REQUIRED(field="reason", label="The reason")
    document = hold_order(ctx, command.order_id)
    not_stale(document.order, command.version)
    revise(ctx, document, command.content, command.reason.strip())
    return answer(document.order, "changed and sent for approval")


def revise(ctx: Context, document: OrderDocument, wanted: OrderContent, reason: str) -> None:
    """Put ``wanted`` up for a decision as the next revision of an order that is held. Raises
    ``SAME_CONTENT`` when nothing differs."""
    order = document.order
    binding = order.state is OrderState.ISSUED or begun(document.lines)
    PURCHASE_ORDER.move(
        order.state, "propose" if binding else "reapprove", subject=short(order.number)
    )
    before = _latest(ctx, document)
    content = identified(ctx, document, wanted)
    figures = checked(ctx, content, before)
    check_ready(ctx, content)
    check_called_off(ctx, order, content)
    difference = changed(before, content)
    if not difference:
        raise SAME_CONTENT(number=short(order.number))
    if binding:
        check_not_below(order, content, document.lines)
    asked_by(order, ctx.actor_id)
    in_force = approved_before(ctx.uow, order, document.content())
    revision = _next_revision(ctx, document, content, figures, reason, binding=binding)
    ctx.record(
        OrderRevised(
            subject_id=order.id,
            number=order.number,
            revision=revision.revision,
            before_revision=revision.revision - 1,
            content_hash=revision.content_hash,
            total_before=Money(_total_before(ctx, order, revision), order.currency),
            total=Money(revision.total_minor, content.currency),
            reason=revision.reason,
            changed=difference,
            pending=binding,
        )
    )
    record_submitted(ctx, order, revision, first=not binding)
    ask_approvals(ctx, order, revision, content, before=in_force)


def _latest(ctx: Context, document: OrderDocument) -> OrderContent:
    """What the order would say if everything waiting were approved."""
    order = document.order
    if order.pending_revision is None:
        return document.content()
    waiting = ctx.uow.find(
        OrderRevision, purchase_order_id=order.id, revision=order.pending_revision
    )
    return content_of_revision(waiting) if waiting else document.content()


def _next_revision(
    ctx: Context,
    document: OrderDocument,
    content: OrderContent,
    figures: OrderTotals,
    reason: str,
    *,
    binding: bool,
) -> OrderRevision:
    order = document.order
    last = ctx.uow.all(OrderRevision, purchase_order_id=order.id, order="-revision", limit=1)
    number = max(order.revision, last[0].revision if last else 0) + 1
    void_approvals(ctx, order, decided=not binding)
    if binding:
        if order.pending_revision is not None:
            supersede(ctx, order, order.pending_revision)
        move(order, "propose")
        order.pending_revision = number
        propose_lines(ctx, document, content)
        return add_revision(ctx, order, content, figures, reason=reason)
    supersede(ctx, order, order.revision)
    move(order, "reapprove")
    order.revision, order.approved_revision, order.approved_at = number, None, None
    write_content(ctx, document, content)
    return add_revision(ctx, order, content, figures, reason=reason)


def _total_before(ctx: Context, order: PurchaseOrder, revision: OrderRevision) -> int:
    rows = ctx.uow.all(OrderRevision, purchase_order_id=order.id, order="-revision", limit=2)
    earlier = [row for row in rows if row.revision < revision.revision]
    return earlier[0].total_minor if earlier else order.total_minor


@use_case(RecordPromise, roles=BUYERS | {Role.RECEIVER}, action="record what vendors promise")
def record_promise(command: RecordPromise, ctx: Context) -> Answer:
    """Note dates and backorders; it is no change of the order and needs no approval."""
    document = hold_order(ctx, command.order_id)
    note_promises(ctx, document, command.lines)
    return answer(document.order, "noted with what the vendor said")


def note_promises(ctx: Context, document: OrderDocument, lines: Sequence[LinePromise]) -> None:
    """Write what the vendor said onto the lines of an order that is held, and say so."""
    order = document.order
    PURCHASE_ORDER.move(order.state, "promise", subject=short(order.number))
    if not lines:
        raise REQUIRED(field="lines", label="The line")
    rows = {line.id: line for line in document.live}
    for said in lines:
        row = rows.get(said.line_id)
        if row is None:
            raise NOT_FOUND(kind="line", wanted=said.line_id, nearest="", field="lines")
        _promise(ctx, row, said)
    order.version += 1
    days = [said.promised_on for said in lines if said.promised_on]
    ctx.record(
        OrderPromised(
            subject_id=order.id,
            number=order.number,
            lines=[said.model_dump(mode="json") for said in lines],
            earliest=min(days, default=None),
        )
    )


def _promise(ctx: Context, row: PurchaseOrderLine, said: LinePromise) -> None:
    if said.promised_on and said.promised_on < ctx.at.date():
        raise INVALID(
            field="promised_on",
            label="The promised day",
            problem=f"{said.promised_on} is past",
            accepted="choose today or later",
        )
    row.promised_on, row.backordered = said.promised_on, said.backordered
    row.backorder_note = said.note.strip()


@use_case(IssueOrder, roles=BUYERS, action="issue purchase orders")
def issue_order(command: IssueOrder, ctx: Context) -> Answer:
    """Send the approved order out; a vendor blocked meanwhile is refused."""
    document = hold_order(ctx, command.order_id)
    ctx.require(Vendor, document.order.vendor_id, label="vendor").check_orderable()
    ctx.record(issue(document.order, at=ctx.at))
    return answer(document.order, "issued to the vendor")


@use_case(CancelOrder, action="cancel purchase orders")
def cancel_order(command: CancelOrder, ctx: Context) -> Answer:
    """Buy nothing. A buyer may; before approval also who asked for it."""
    document = hold_order(ctx, command.order_id)
    order = document.order
    if order.approved_revision is None:
        may_submit(ctx, document)
    else:
        ctx.require_role(*sorted(BUYERS), action="cancel approved purchase orders")
    waiting = order.pending_revision or order.revision
    event = cancel(order, command.reason, document.lines, at=ctx.at)
    void_approvals(ctx, order, decided=False)
    row = ctx.uow.find(OrderRevision, purchase_order_id=order.id, revision=waiting)
    if row is not None and row.state is RevisionState.PENDING:
        row.state = RevisionState.SUPERSEDED
    ctx.record(event)
    return answer(order, "cancelled")


@use_case(CloseOrderShort, roles=BUYERS, action="close purchase orders short")
def close_order_short(command: CloseOrderShort, ctx: Context) -> Answer:
    """Release what is still open. With nothing left to come and all that came billed, the order is
    closed in the same commit."""
    document = hold_order(ctx, command.order_id)
    order = document.order
    chosen = frozenset(command.line_ids)
    ctx.record(close_short(order, command.reason, document.lines, chosen, at=ctx.at))
    refresh_order(ctx, order.id)
    if closable(order, document.lines):
        ctx.record(close(order, document.lines, command.reason, at=ctx.at))
    return answer(order, "closed short" if order.state is not OrderState.CLOSED else "closed")


@use_case(CloseOrder, roles=BUYERS | {Role.FINANCE}, action="close purchase orders", system=True)
def close_order(command: CloseOrder, ctx: Context) -> Answer:
    """End an order of which nothing is open any more."""
    document = hold_order(ctx, command.order_id)
    ctx.record(close(document.order, document.lines, command.reason, at=ctx.at))
    return answer(document.order, "closed")
