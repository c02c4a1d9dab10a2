"""The exception card: what differs in money and per cent, the three documents side by side, who
takes care of it since when, and the ways out that fit its kind."""

from datetime import date

from bot.blocks import (
    Block,
    actions,
    button,
    context,
    cut,
    markup,
    message,
    moment,
    safe,
    section,
)
from bot.cards import Asked, Card
from bot.channels import SUBSCRIBERS
from bot.ids import Action
from bot.metadata import Target
from bot.reader import Reader
from wopo.domain.case_notes import NoteKind
from wopo.domain.exception_cases import CaseState
from wopo.domain.exception_kinds import Cure, Measure
from wopo.domain.numbers import short
from wopo.domain.workflow import words
from wopo.usecases.case_answers import AskCredit
from wopo.usecases.case_snoozes import SnoozeCase
from wopo.usecases.door import Command
from wopo.usecases.exception_cases import (
    AcceptCase,
    AcknowledgeCase,
    AssignCase,
    DisputeCase,
    NotADuplicate,
    ReopenCase,
    TakeCase,
)
from wopo.usecases.invoice_corrections import CorrectInvoice
from wopo.usecases.invoices import EnterInvoice
from wopo.usecases.order_changes import ReviseOrder
from wopo.usecases.payables import RejectInvoice
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.receipts import PostReceipt
from wopo.usecases.subscriptions import channels_for
from wopo.usecases.views.exception_cards import (
    CaseView,
    InvoiceSide,
    NoteView,
    OrderSide,
    case_view,
)

NAME = "exception"
SUBSCRIBERS[NAME] = channels_for

CURES: dict[Cure, tuple[tuple[str, Action, type[Command]], ...]] = {
    Cure.RECORD_RECEIPT: (("Record the receipt", Action.CASE_RECORD_RECEIPT, PostReceipt),),
    Cure.AMEND_ORDER: (("Amend the order", Action.CASE_AMEND, ReviseOrder),),
    Cure.CORRECT_INVOICE: (("Correct invoice", Action.INVOICE_CORRECT, CorrectInvoice),),
    Cure.ASK_CREDIT: (
        ("Ask for credit note", Action.CASE_ASK_CREDIT, AskCredit),
        ("Enter credit note", Action.CASE_CREDIT, EnterInvoice),
    ),
    Cure.ACCEPT: (("Accept", Action.CASE_ACCEPT, AcceptCase),),
    Cure.NOT_DUPLICATE: (("Not a duplicate", Action.CASE_NOT_DUPLICATE, NotADuplicate),),
    Cure.ACKNOWLEDGE: (("Acknowledge", Action.CASE_ACKNOWLEDGE, AcknowledgeCase),),
    Cure.DISPUTE: (("Dispute", Action.CASE_DISPUTE, DisputeCase),),
    Cure.REJECT_INVOICE: (("Reject invoice", Action.CASE_REJECT_INVOICE, RejectInvoice),),
}
"""What each way out is called on its buttons, and the command it leads to."""
_OF_THE_ORDER = (Cure.RECORD_RECEIPT, Cure.AMEND_ORDER)
"""Ways out that need the order to be known."""
_NOTES = {
    NoteKind.CREDIT_ASKED: "asked the vendor for a credit note",
    NoteKind.NOT_ARRIVED: "says that it has not arrived yet",
    NoteKind.NOT_MINE: "says that somebody else receives it",
}
GLANCE = 200
"""Characters of a comment on the card; Details has all of it."""


def load(uow: UnitOfWork, asked: Asked) -> CaseView:
    """The exception; figures are left out for who may not see them."""
    return case_view(uow, asked.subject_id)


def build(view: CaseView, reader: Reader) -> Block:
    """Open: everything to decide by. Closed: one line, who, when and why."""
    if view.state is CaseState.RESOLVED:
        return message(_ended(view), _closed(view, reader))
    return message(
        notification(view, reader),
        [
            section(
                f":warning: *{short(view.number)} · {safe(view.title)}*\n{_told(view, reader)}"
            ),
            *_sides(view, reader),
            *_notes(view, reader),
            context(_care(view)),
            *_put_off(view, reader),
            *actions(buttons(view, reader)),
        ],
    )


def buttons(view: CaseView, reader: Reader) -> list[Block]:
    """Take it, give it away, and the ways out of its kind in their order. Everybody in a channel
    sees the same ones; on a person's own screen only theirs are left."""
    target = Target(id=view.id, card=NAME, seen=view.seen)
    made: list[Block] = []
    if "take" in view.verbs and _may(reader, TakeCase) and not _theirs(view, reader):
        free = view.state is CaseState.OPEN
        made.append(button("Take it" if free else "Take over", Action.CASE_TAKE, target))
        if free:
            made[0]["style"] = "primary"
    for cure in view.cures:
        if cure in _OF_THE_ORDER and view.order is None:
            continue
        for text, action, command in CURES[cure]:
            if _may(reader, command):
                about = target
                if cure is Cure.CORRECT_INVOICE and view.invoice:
                    about = Target(id=view.invoice.id, card=NAME)
                made.append(button(text, action, about))
    if "assign" in view.verbs and _may(reader, AssignCase):
        made.append(button("Give to …", Action.CASE_ASSIGN, target))
    if _may(reader, SnoozeCase):
        made.append(button("Snooze", Action.CASE_SNOOZE, target))
    return [*made, button("Details", Action.CASE_DETAILS, Target(id=view.id))]


def _may(reader: Reader, command: type[Command]) -> bool:
    return reader.me is None or reader.me.may(command)


def _theirs(view: CaseView, reader: Reader) -> bool:
    own = reader.me is not None and view.owner is not None and view.owner.id == reader.me.id
    return own and view.state is CaseState.ASSIGNED


def _closed(view: CaseView, reader: Reader) -> list[Block]:
    """One line with Details; the way to take a decision back is there, and on a person's own
    screens: in a channel a closed card has nothing left that acts."""
    details = button("Details", Action.CASE_DETAILS, Target(id=view.id))
    line = section(_ending(view), accessory=details)
    return [line] if reader.me is None else [line, *actions(reopening(view, reader))]


def reopening(view: CaseView, reader: Reader) -> list[Block]:
    """The button that takes a decision back, where it may be and the reader may."""
    if "reopen" not in view.verbs or not _may(reader, ReopenCase):
        return []
    target = Target(id=view.id, card=NAME, seen=view.seen)
    return [button("Reopen", Action.CASE_REOPEN, target)]


def _notes(view: CaseView, reader: Reader) -> list[Block]:
    return [
        context(f":speech_balloon: {note_text(note, reader, GLANCE)}, {moment(note.at)}")
        for note in view.notes
    ]


def note_text(note: NoteView, reader: Reader, longest: int) -> str:
    """Who said what, for markup."""
    name = safe(note.by.name) if note.by else "Somebody"
    if note.said is NoteKind.COMMENT:
        return f"{name}: “{safe(cut(note.text, longest))}”"
    again = f"; asked again on {safe(reader.plain_day(note.ask_on))}" if note.ask_on else ""
    return f"{name} {_NOTES[note.said]}{again}"


def notification(view: CaseView, reader: Reader) -> str:
    """``EX-7 · More billed than received · Grainger · PO-42 · 25.00 EUR``."""
    parts = [
        short(view.number),
        view.title,
        view.vendor.name if view.vendor else "",
        short(view.order.number) if view.order else "",
        reader.money(view.amount) if reader.costs else "",
    ]
    return " · ".join(part for part in parts if part)


def shown_sentence(told: str, measure: Measure, reader: Reader) -> str:
    """The sentence with its figures, unless it tells prices to one who may not see them."""
    return told if reader.costs or measure is Measure.QUANTITY else ""


def _told(view: CaseView, reader: Reader) -> str:
    lines = [safe(shown_sentence(view.told, view.measure, reader))]
    lines += [f"• {safe(text)}" for text in view.also[:5] if reader.costs]
    if reader.costs:
        percent = f" ({safe(view.percent)} %)" if view.percent else ""
        lines.append(f"*At stake: {safe(reader.money(view.amount))}*{percent}")
    return "\n".join(line for line in lines if line)


def _sides(view: CaseView, reader: Reader) -> list[Block]:
    columns = [
        ("Order", _order(view.order, reader)),
        ("Received", _received(view, reader)),
        ("Billed", _billed(view.invoice, reader)),
    ]
    fields = [markup(f"*{title}*\n{safe(text)}", 2000) for title, text in columns if text]
    return [{"type": "section", "fields": fields}] if fields else []


def _order(side: OrderSide | None, reader: Reader) -> str:
    if side is None:
        return "no order of ours"
    lines = [short(side.number)]
    lines += _amounts(side, reader)
    lines.append(reader.money(side.net or side.total) if reader.costs else "")
    return "\n".join(line for line in lines if line)


def _amounts(side: OrderSide | InvoiceSide, reader: Reader) -> list[str]:
    if side.quantity is None:
        return []
    text = f"{reader.number(side.quantity)} {side.unit}".strip()
    if side.unit_price is None or not reader.costs:
        return [text]
    price = reader.price(side.unit_price, side.total.currency, per=side.price_per)
    return [f"{text} at {price}"]


def _received(view: CaseView, reader: Reader) -> str:
    side = view.receipts
    if side is None:
        return ""
    if not side.numbers:
        return "nothing yet"
    lines = [", ".join(short(number) for number in side.numbers[-3:])]
    if side.received is not None and side.accepted is not None and view.order:
        text = f"{reader.number(side.accepted)} {view.order.unit} accepted"
        rejected = side.received - side.accepted
        lines.append(f"{text}, {reader.number(rejected)} rejected" if rejected else text)
    lines.append(reader.day(side.last_on) if side.last_on else "")
    return "\n".join(line for line in lines if line)


def _billed(side: InvoiceSide | None, reader: Reader) -> str:
    if side is None:
        return ""
    kind = "Credit note" if side.credit else "Invoice"
    lines = [f"{kind} {side.number}"]
    lines += _amounts(side, reader)
    lines.append(reader.money(side.net or side.total) if reader.costs else "")
    lines.append(reader.day(side.day))
    return "\n".join(line for line in lines if line)


def _care(view: CaseView) -> str:
    if view.owner and view.state is CaseState.ASSIGNED:
        care = f"{safe(view.owner.name)} takes care of it"
    elif view.owner:
        care = f"Concerns {safe(view.owner.name)}"
    else:
        care = f"Concerns {safe(view.owner_kind)}; nobody took it yet"
    due = f" · due {moment(view.due_at)}" if view.due_at else ""
    vendor = f"{safe(view.vendor.name)} · " if view.vendor else ""
    return f"{vendor}{care} · since {moment(view.raised_at)}{due}"


def _put_off(view: CaseView, reader: Reader) -> list[Block]:
    """Until when, by the reader's own clock, by whom and why."""
    snooze = view.snooze
    if snooze is None or snooze.until <= reader.today:
        return []
    by = f" by {safe(snooze.by.name)}" if snooze.by else ""
    why = f": {safe(cut(snooze.reason, GLANCE))}" if snooze.reason else ""
    day = safe(reader.plain_day(snooze.until))
    return [context(f":zzz: Snoozed until {day}{by}{why}")]


def how_it_ended(view: CaseView) -> str:
    """``accepted by Fia Finance``, or that the cause is gone."""
    how = words(view.resolution.value) if view.resolution else "closed"
    return f"{how} by {view.resolved_by.name}" if view.resolved_by else how


def _ended(view: CaseView) -> str:
    return f"{short(view.number)} · {view.title} · {how_it_ended(view)}"


def _ending(view: CaseView) -> str:
    order = f" · {short(view.order.number)}" if view.order else ""
    when = f", {moment(view.resolved_at)}" if view.resolved_at else ""
    why = f": {safe(view.reason)}" if view.reason else ""
    title = safe(view.title)
    return f"✅ *{short(view.number)}* {title}{order} · {safe(how_it_ended(view))}{when}{why}"


def age_text(raised_on: date, today: date) -> str:
    """``today``, ``1 day``, ``3 days``."""
    days = (today - raised_on).days
    return "today" if days <= 0 else "1 day" if days == 1 else f"{days} days"


CARDS = {NAME: Card(load, build)}
