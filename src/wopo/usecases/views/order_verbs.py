"""What a reader may do with an order now: the workflow's table less what they have no right to."""

from collections.abc import Iterable
from datetime import date

from wopo.domain.after_the_fact import MAY_BE
from wopo.domain.order_life import BINDING, PURCHASE_ORDER, begun, closable, is_open
from wopo.domain.people import Person, Role
from wopo.domain.purchase_orders import OrderState
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.order_documents import OrderDocument
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.purchase_orders import BUYERS
from wopo.usecases.receipt_rights import receives


def verbs_for(
    uow: UnitOfWork,
    document: OrderDocument,
    reader: Person,
    requesters: Iterable[str],
    *,
    returned: bool,
    today: date,
) -> tuple[str, ...]:
    """The verbs, the main thing first. ``change`` stands for proposing a change, binding or not;
    ``receipts`` for looking at what came, where it may be voided or sent back; ``returned``: an
    approver's question is open."""
    if reader.only_reads():
        return ()
    order = document.order
    buys = reader.has(*BUYERS)
    asks = buys or reader.id in set(requesters) or _supervises(uow, document, reader)
    rights = {
        "submit": asks,
        "edit": buys,
        "issue": buys,
        "send": buys,
        "promise": buys or reader.has(Role.RECEIVER),
        "withdraw": asks,
        "close_short": buys and any(is_open(line) for line in document.lines),
        "close": (buys or reader.has(Role.FINANCE)) and closable(order, document.lines),
        "cancel": (buys if order.approved_revision is not None else asks)
        and not begun(document.lines),
    }
    allowed = PURCHASE_ORDER.allowed(order.state)
    if order.state is OrderState.ISSUED:
        rights["receive"] = receives(uow, reader, order, document.lines, today)
    verbs = [verb for verb in allowed if rights.get(verb)]
    if any(line.received for line in document.lines):
        verbs.append("receipts")
    if asks and "edit" in allowed and order.kind in MAY_BE:
        verbs.append("after_the_fact")
    if buys and ("propose" in allowed or "reapprove" in allowed):
        verbs.append("change")
    if asks and order.state in BINDING and order.pending_revision is not None:
        verbs.append("withdraw")
    if returned and asks:
        verbs.insert(0, "answer")
    return tuple(sorted(dict.fromkeys(verbs), key=_ORDER.index))


_ORDER = (
    "answer", "submit", "issue", "receive", "promise", "receipts", "edit", "change", "close",
    "withdraw", "send", "close_short", "cancel", "after_the_fact",
)  # fmt: skip


def _supervises(uow: UnitOfWork, document: OrderDocument, reader: Person) -> bool:
    ids = {line.work_order_id for line in document.live if line.work_order_id}
    if not ids or not reader.has(Role.SUPERVISOR):
        return False
    return any(reader.supervises(job.site_id) for job in uow.all(WorkOrder, id=ids))
