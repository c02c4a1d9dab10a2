"""The life of a purchase order: which moves are legal, and the verbs that make them.

``propose`` is a change to an order that already binds us (issued, or something received): it stays
as it was approved until the new revision is approved. ``reapprove`` is the same for an order that
binds nobody yet: its approval is void and it waits again.
"""

from collections.abc import Iterable
from datetime import datetime

from wopo.domain.errors import REQUIRED, Refusal, Soft
from wopo.domain.money import Money, plain
from wopo.domain.numbers import short
from wopo.domain.order_content import OrderContent, OrderTotals
from wopo.domain.purchase_order_events import (
    OrderCancelled,
    OrderClosed,
    OrderClosedShort,
    OrderIssued,
    OrderWithdrawn,
)
from wopo.domain.purchase_orders import (
    OrderKind,
    OrderState,
    Progress,
    PurchaseOrder,
    PurchaseOrderLine,
)
from wopo.domain.workflow import Workflow

_S = OrderState
PURCHASE_ORDER = Workflow(
    {
        (_S.DRAFT, "submit"): _S.PENDING_APPROVAL,
        (_S.DRAFT, "edit"): _S.DRAFT,
        (_S.DRAFT, "cancel"): _S.CANCELLED,
        (_S.PENDING_APPROVAL, "approve"): _S.APPROVED,
        (_S.PENDING_APPROVAL, "reject"): _S.REJECTED,
        (_S.PENDING_APPROVAL, "ask"): _S.PENDING_APPROVAL,
        (_S.PENDING_APPROVAL, "answer"): _S.PENDING_APPROVAL,
        (_S.PENDING_APPROVAL, "reapprove"): _S.PENDING_APPROVAL,
        (_S.PENDING_APPROVAL, "withdraw"): _S.DRAFT,
        (_S.PENDING_APPROVAL, "cancel"): _S.CANCELLED,
        (_S.REJECTED, "edit"): _S.DRAFT,
        (_S.REJECTED, "cancel"): _S.CANCELLED,
        (_S.APPROVED, "issue"): _S.ISSUED,
        (_S.APPROVED, "reapprove"): _S.PENDING_APPROVAL,
        (_S.APPROVED, "propose"): _S.APPROVED,
        (_S.APPROVED, "approve_change"): _S.APPROVED,
        (_S.APPROVED, "reject_change"): _S.APPROVED,
        (_S.APPROVED, "promise"): _S.APPROVED,
        (_S.APPROVED, "receive"): _S.APPROVED,
        (_S.APPROVED, "close_short"): _S.APPROVED,
        (_S.APPROVED, "cancel"): _S.CANCELLED,
        (_S.ISSUED, "receive"): _S.ISSUED,
        (_S.ISSUED, "send"): _S.ISSUED,
        (_S.ISSUED, "promise"): _S.ISSUED,
        (_S.ISSUED, "propose"): _S.ISSUED,
        (_S.ISSUED, "approve_change"): _S.ISSUED,
        (_S.ISSUED, "reject_change"): _S.ISSUED,
        (_S.ISSUED, "close_short"): _S.ISSUED,
        (_S.ISSUED, "close"): _S.CLOSED,
        (_S.ISSUED, "cancel"): _S.CANCELLED,
    }
)
"""Every legal move; a move to the same state is something that may be done then."""

BINDING = frozenset({_S.APPROVED, _S.ISSUED})
"""States in which an approved revision is in force."""

OPEN_STATES = (_S.DRAFT, _S.PENDING_APPROVAL, _S.APPROVED, _S.ISSUED)
"""States in which something is still to happen."""

BELOW_DONE = Refusal(
    "order.below_done",
    "{line}: {received} {unit} are received and {billed} billed, so {wanted} is too few. "
    "Nothing was changed; keep at least {least}, or close the line short.",
    logged=True,
)
ALREADY_BEGUN = Refusal(
    "order.already_begun",
    "{number} can't be cancelled: {why}. Nothing was changed; close it short instead.",
    logged=True,
)
NOT_DONE = Refusal(
    "order.not_done",
    "{number} can't be closed yet: {open}. Nothing was changed; "
    "wait for what is missing, or close it short.",
)
CHANGE_WAITS = Refusal(
    "order.change_waits",
    "A change of {number} waits for approval. Nothing was changed; decide or withdraw it first.",
)
SHARED_DRAFT = Soft(
    Refusal(
        "order.shared_draft",
        "{number} also holds what others are preparing: {lines}. Nothing was sent; "
        "ask them or the buyer, or send all of it all the same.",
    )
)
SAME_CONTENT = Refusal(
    "order.same_content",
    "{number} already says just that, so nothing was changed and no approval is lost.",
)
NOTHING_OPEN = Refusal(
    "order.nothing_open",
    "Nothing is open on these lines of {number}. Nothing was changed; choose lines still to come.",
)
LINE_FIXED = Refusal(
    "order.line_fixed",
    "{line} has receipts or bills, so its {what} stays as it is. Nothing was changed; "
    "close the line short and add a new one.",
    logged=True,
)
VENDOR_FIXED = Refusal(
    "order.vendor_fixed",
    "{number} has receipts or bills of this vendor. Nothing was changed; "
    "close it short and order the rest elsewhere.",
    logged=True,
)


def move(order: PurchaseOrder, verb: str) -> OrderState:
    """Make a legal move and count the version; else ``ILLEGAL_MOVE``."""
    order.state = PURCHASE_ORDER.move(order.state, verb, subject=short(order.number))
    order.version += 1
    return order.state


def set_totals(order: PurchaseOrder, figures: OrderTotals) -> None:
    """Write the figures of the content that is in the lines."""
    order.net_minor, order.charges_minor = figures.net_minor, figures.charges_minor
    order.tax_minor, order.total_minor = figures.tax_minor, figures.total_minor


def total_of(order: PurchaseOrder) -> Money:
    """What the order comes to, tax included."""
    return Money(order.total_minor, order.currency)


def begun(lines: Iterable[PurchaseOrderLine]) -> bool:
    """Whether something was received or billed, so that the order can't simply go away."""
    return any(line.received or line.accepted or line.billed for line in lines)


def exposure(content: OrderContent, total_minor: int) -> int:
    """What an approval must cover: the total, or a blanket order's limit if that is more."""
    if content.kind is OrderKind.BLANKET:
        return max(total_minor, content.blanket_limit_minor or 0)
    return total_minor


def check_not_below(
    order: PurchaseOrder, content: OrderContent, lines: Iterable[PurchaseOrderLine]
) -> None:
    """Refuse a content that takes away what was already received or billed, or turns it into
    something else (domain.md: receipts stay booked against what was approved)."""
    lines = list(lines)
    wanted = {line.id: line for line in content.lines}
    for line in lines:
        done = max(line.accepted, line.billed)
        if not (done or line.received) or line.cancelled:
            continue
        new = wanted.get(line.id)
        quantity = new.quantity if new else None
        if new is None or new.quantity < min(done, line.quantity):
            raise BELOW_DONE(
                field="quantity",
                line=line.description,
                unit=line.unit,
                received=plain(line.accepted),
                billed=plain(line.billed),
                wanted="leaving it out" if quantity is None else plain(quantity),
                least=plain(min(done, line.quantity)),
            )
        for name in ("part_id", "unit", "service"):
            if getattr(new, name) != getattr(line, name):
                what = name.removesuffix("_id")
                raise LINE_FIXED(field=name, line=line.description, what=what)
    moved = (content.vendor_id, content.currency) != (order.vendor_id, order.currency)
    if moved and begun(lines):
        raise VENDOR_FIXED(field="vendor_id", number=short(order.number))


def issue(order: PurchaseOrder, *, at: datetime) -> OrderIssued:
    """Send the approved order to the vendor."""
    move(order, "issue")
    order.issued_at = at
    return OrderIssued(
        subject_id=order.id,
        number=order.number,
        revision=order.revision,
        vendor_id=order.vendor_id,
        total=total_of(order),
    )


def withdraw(order: PurchaseOrder, reason: str) -> OrderWithdrawn:
    """Take back a revision that waits: the first one becomes a draft again, a later one is
    dropped and the approved content stays."""
    if order.pending_revision is None or order.state is _S.PENDING_APPROVAL:
        move(order, "withdraw")
    revision = order.pending_revision or order.revision
    order.pending_revision = None
    return OrderWithdrawn(
        subject_id=order.id, number=order.number, revision=revision, reason=reason
    )


def cancel(
    order: PurchaseOrder, reason: str, lines: Iterable[PurchaseOrderLine], *, at: datetime
) -> OrderCancelled:
    """Buy nothing on this order. Refused once something was received or billed."""
    if not reason.strip():
        raise REQUIRED(field="reason", label="The reason")
    lines = list(lines)
    before = order.state
    following = PURCHASE_ORDER.move(order.state, "cancel", subject=short(order.number))
    if begun(lines):
        raise ALREADY_BEGUN(number=short(order.number), why=_what_begun(lines))
    order.state, order.closed_at, order.close_reason = following, at, reason.strip()
    order.pending_revision = None
    order.version += 1
    for line in lines:
        line.cancelled = True
    return OrderCancelled(
        subject_id=order.id, number=order.number, reason=reason.strip(), before=before.value
    )


def _what_begun(lines: list[PurchaseOrderLine]) -> str:
    received = [line.description for line in lines if line.received or line.accepted]
    if received:
        return f"{', '.join(received)} already came"
    return f"{', '.join(line.description for line in lines if line.billed)} is billed"


def close_short(
    order: PurchaseOrder,
    reason: str,
    lines: Iterable[PurchaseOrderLine],
    chosen: frozenset[str],
    *,
    at: datetime,
) -> OrderClosedShort:
    """What is still open on the chosen lines (none named: on all) will not come."""
    if not reason.strip():
        raise REQUIRED(field="reason", label="The reason")
    move(order, "close_short")
    lines = list(lines)
    open_lines = [line for line in lines if is_open(line) and (not chosen or line.id in chosen)]
    if not open_lines:
        raise NOTHING_OPEN(number=short(order.number))
    for line in open_lines:
        line.closed_short = True
    return OrderClosedShort(
        subject_id=order.id,
        number=order.number,
        reason=reason.strip(),
        line_ids=[line.id for line in open_lines],
        whole_order=not any(is_open(line) for line in lines),
    )


def is_open(line: PurchaseOrderLine) -> bool:
    """Whether something is still to be accepted on the line."""
    return not line.cancelled and not line.closed_short and line.accepted < line.quantity


def close(
    order: PurchaseOrder, lines: Iterable[PurchaseOrderLine], reason: str, *, at: datetime
) -> OrderClosed:
    """End an order of which nothing is open any more: everything came and is billed, or was
    closed short. Refused with what is missing."""
    following = PURCHASE_ORDER.move(order.state, "close", subject=short(order.number))
    if order.pending_revision is not None:
        raise CHANGE_WAITS(number=short(order.number))
    missing = [
        f"{line.description}: {plain(line.accepted)} of {plain(line.due_quantity)} accepted, "
        f"{plain(line.billed)} billed"
        for line in lines
        if line.accepted < line.due_quantity or line.billed < line.due_quantity
    ]
    if missing:
        raise NOT_DONE(number=short(order.number), open="; ".join(missing))
    order.state, order.closed_at = following, at
    order.close_reason = reason.strip() or None
    order.version += 1
    return OrderClosed(subject_id=order.id, number=order.number, reason=reason.strip())


def closable(order: PurchaseOrder, lines: Iterable[PurchaseOrderLine]) -> bool:
    """Whether closing is offered: legal, nothing waits, and received and billed in full."""
    return (
        PURCHASE_ORDER.can(order.state, "close")
        and order.pending_revision is None
        and all(
            line.accepted >= line.due_quantity and line.billed >= line.due_quantity
            for line in lines
        )
    )


def refresh_progress(order: PurchaseOrder, lines: Iterable[PurchaseOrderLine]) -> None:
    """Derive both axes again from the lines' running sums."""
    lines = list(lines)
    order.receipt_progress = Progress.of((line.accepted, line.due_quantity) for line in lines)
    order.billing_progress = Progress.of((line.billed, line.due_quantity) for line in lines)
