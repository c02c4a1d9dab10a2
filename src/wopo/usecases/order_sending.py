"""An order on its way to the vendor: by e-mail where that is set up, and as files to its buyer.

Both are slow work of their own in the outbox, so that a mail server that is down holds up nothing
else. What the mail server said is remembered here.
"""

from collections.abc import Iterable

from wopo.domain.numbers import short
from wopo.domain.order_life import PURCHASE_ORDER
from wopo.domain.purchase_order_events import (
    OrderIssued,
    OrderMailed,
    OrderMailRefused,
    OrderSentAgain,
)
from wopo.domain.purchase_orders import OrderKind, PurchaseOrder
from wopo.domain.vendors import Vendor
from wopo.usecases.door import Answer, Command, Context, Notice, announces, silent, use_case
from wopo.usecases.people import direct
from wopo.usecases.ports.outbox import TASK
from wopo.usecases.purchase_orders import BUYERS

MAIL_ORDER = "mail_order"
ATTACH_ORDER = "attach_order"

silent(OrderMailed, "the buyer has the order with its files already, and the audit says when")


class SendOrder(Command):
    """Send an issued order to its vendor once more, as it is in force now."""

    order_id: str


class NoteMailed(Command):
    """The vendor's mail server took the order."""

    order_id: str
    to: str
    message_id: str


class NoteMailRefused(Command):
    """The order can't be sent by e-mail; ``said`` is why, ``tell_ids`` who must know."""

    order_id: str
    to: str
    said: str
    tell_ids: tuple[str, ...] = ()


@use_case(SendOrder, roles=BUYERS, action="send purchase orders")
def send_order(command: SendOrder, ctx: Context) -> Answer:
    """Ask for another copy to go out; a vendor blocked meanwhile is refused."""
    order = ctx.require_locked(PurchaseOrder, command.order_id, label="purchase order")
    PURCHASE_ORDER.move(order.state, "send", subject=short(order.number))
    vendor = ctx.require(Vendor, order.vendor_id, label="vendor")
    vendor.check_orderable()
    ctx.record(
        OrderSentAgain(
            subject_id=order.id,
            number=order.number,
            revision=order.approved_revision or order.revision,
            vendor_id=vendor.id,
        )
    )
    return Answer(
        subject_id=order.id,
        number=order.number,
        message=f"{short(order.number)} goes to {vendor.name} once more.",
    )


@use_case(NoteMailed, action="send purchase orders", system=True)
def note_mailed(command: NoteMailed, ctx: Context) -> Answer:
    """Write down that it was sent, and to which address."""
    order = ctx.require(PurchaseOrder, command.order_id, label="purchase order")
    ctx.record(
        OrderMailed(
            subject_id=order.id,
            number=order.number,
            revision=order.approved_revision or order.revision,
            to=command.to,
            message_id=command.message_id,
        )
    )
    return Answer(subject_id=order.id, number=order.number, message=f"Sent to {command.to}.")


@use_case(NoteMailRefused, action="send purchase orders", system=True)
def note_mail_refused(command: NoteMailRefused, ctx: Context) -> Answer:
    """Write down that it was not sent and why, and tell whoever sent it."""
    order = ctx.require(PurchaseOrder, command.order_id, label="purchase order")
    ctx.record(
        OrderMailRefused(
            subject_id=order.id,
            number=order.number,
            to=command.to,
            said=command.said[:300],
            tell_ids=list(command.tell_ids),
        )
    )
    return Answer(subject_id=order.id, number=order.number, message=f"Not sent: {command.said}")


def _outward(order: PurchaseOrder, ctx: Context, *, again: bool) -> Iterable[Notice]:
    """The two pieces of work: the e-mail, and the files for who sends it and who buys."""
    people = [id for id in dict.fromkeys([ctx.actor_id, order.buyer_id]) if id]
    facts = {"again": again, "person_ids": people}
    yield Notice("task", order.id, f"{TASK}{MAIL_ORDER}", facts=facts)
    for person_id in people:
        given = {"again": again, "person_id": person_id}
        yield Notice(
            "task", order.id, f"{TASK}{ATTACH_ORDER}", facts=given, stream=f"files:{person_id}"
        )


@announces(OrderIssued)
def send_out(event: OrderIssued, ctx: Context) -> Iterable[Notice]:
    """To the vendor, for the first time. What was bought at the counter is not sent: the goods went
    along, and an order by mail would be delivered once more."""
    order = ctx.require(PurchaseOrder, event.subject_id, label="purchase order")
    if order.kind is OrderKind.COUNTER:
        return
    yield from _outward(order, ctx, again=False)


@announces(OrderSentAgain)
def send_out_again(event: OrderSentAgain, ctx: Context) -> Iterable[Notice]:
    """To the vendor once more."""
    order = ctx.require(PurchaseOrder, event.subject_id, label="purchase order")
    yield from _outward(order, ctx, again=True)


@announces(OrderMailRefused)
def tell_mail_refused(event: OrderMailRefused, ctx: Context) -> Iterable[Notice]:
    """Who sent it learns that the vendor does not have it, and what to do."""
    text = (
        f"{short(event.number)} did not reach {event.to or 'its vendor'} by e-mail: {event.said} "
        'The order itself is as it was. Correct the address, then use "Send to vendor again", or '
        "pass the files on yourself."
    )
    for person_id in event.tell_ids:
        yield direct(person_id, event.subject_id, text)
