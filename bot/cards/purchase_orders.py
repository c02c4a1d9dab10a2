"""An order as a message only one person sees, and orders in lists. Money only for those who may
see it; no such card is sent by itself."""

from bot.blocks import (
    Block,
    actions,
    button,
    confirm,
    context,
    facts,
    given,
    message,
    safe,
    section,
)
from bot.cards import Card
from bot.cards.approvals import jobs_text
from bot.ids import Action
from bot.metadata import Target
from bot.reader import Reader
from wopo.domain.numbers import short
from wopo.domain.purchase_orders import OrderState, Progress
from wopo.domain.workflow import words
from wopo.usecases.views.order_lists import OrderList, OrderListLine
from wopo.usecases.views.part_requests import ToSource
from wopo.usecases.views.purchase_orders import OrderLineView, OrderView

VERBS: dict[str, tuple[str, Action]] = {
    "answer": ("Answer", Action.ORDER_ANSWER),
    "submit": ("Send for approval", Action.ORDER_SUBMIT),
    "issue": ("Issue to vendor", Action.ORDER_ISSUE),
    "send": ("Send to vendor again", Action.ORDER_SEND),
    "promise": ("Record promise", Action.ORDER_PROMISE),
    "edit": ("Edit", Action.ORDER_CHANGE),
    "change": ("Change", Action.ORDER_CHANGE),
    "close": ("Close", Action.ORDER_CLOSE),
    "withdraw": ("Take back", Action.ORDER_WITHDRAW),
    "close_short": ("Close short", Action.ORDER_CLOSE_SHORT),
    "cancel": ("Cancel order", Action.ORDER_CANCEL),
    "hand_on": ("Hand on decision", Action.ORDER_HAND_ON),
}
"""What each verb of an order's workflow is called on a button."""

MORE_VERBS: dict[str, tuple[str, Action]] = {}
"""Buttons of other concepts for an order's verbs, added by their modules."""

LINES = 10
_SIGNS = {
    OrderState.DRAFT: "⚪",
    OrderState.PENDING_APPROVAL: "🟡",
    OrderState.APPROVED: "🔵",
    OrderState.ISSUED: "🟢",
    OrderState.CLOSED: "✔️",
    OrderState.REJECTED: "🔴",
    OrderState.CANCELLED: "✖️",
}
OVER = (OrderState.CLOSED, OrderState.REJECTED, OrderState.CANCELLED)


def build(view: OrderView, reader: Reader) -> Block:
    """The order, its lines, and the buttons its state allows this reader."""
    blocks = [
        section(headline(view, reader)),
        *facts(given(_facts(view, reader))),
        *warnings(view),
        *[section(line_text(line, reader)) for line in view.lines[:LINES]],
    ]
    if len(view.lines) > LINES:
        blocks.append(context(f"… and {len(view.lines) - LINES} more lines in Details"))
    return message(_notification(view, reader), [*blocks, *actions(buttons(view))])


def buttons(view: OrderView) -> list[Block]:
    """A button for each verb, the main one marked, and Details at the end."""
    made = [verb_button(view, verb) for verb in view.verbs if verb in VERBS or verb in MORE_VERBS]
    if made:
        made[0]["style"] = "primary"
    return [*made, button("Details", Action.ORDER_DETAILS, Target(id=view.id))]


def verb_button(view: OrderView, verb: str) -> Block:
    """One verb's button; answering is about the approval that asked."""
    text, action = {**VERBS, **MORE_VERBS}[verb]
    if verb == "answer" and view.question:
        return button(text, action, Target(id=view.question[0]))
    if verb == "hand_on" and view.waits_for_me:
        approval_id, revision = view.waits_for_me
        return button(text, action, Target(id=approval_id, rev=revision))
    ask = None
    if verb == "issue":
        about = f"{short(view.number)} goes to {view.vendor.name}."
        ask = confirm("Issue this order?", about, "Issue")
    if verb == "send":
        about = f"{short(view.number)} goes to {view.vendor.name} once more, as it is now."
        ask = confirm("Send it again?", about, "Send")
    return button(text, action, Target(id=view.id, rev=view.version), ask=ask)


def headline(view: OrderView, reader: Reader) -> str:
    """Number, vendor and amount."""
    amount = f" · *{safe(reader.money(view.money.total))}*" if view.money else ""
    return f"{_SIGNS[view.state]} *{short(view.number)}* · {safe(view.vendor.name)}{amount}"


def state_text(view: OrderView) -> str:
    """The state as people read it, with how far it is received and billed."""
    text = words(view.state.value)
    if view.state in (OrderState.APPROVED, OrderState.ISSUED):
        if view.receipt_progress is not Progress.NONE:
            text += f", received: {view.receipt_progress.value}"
        if view.billing_progress is not Progress.NONE:
            text += f", billed: {view.billing_progress.value}"
    return text


def _notification(view: OrderView, reader: Reader) -> str:
    amount = [reader.money(view.money.total)] if view.money else []
    jobs = [jobs_text(view.jobs)] if view.jobs else []
    parts = [short(view.number), view.vendor.name, *amount, *jobs, state_text(view)]
    return " · ".join(parts)


def _facts(view: OrderView, reader: Reader) -> list[tuple[str, str]]:
    promised = [line.promised_on for line in view.lines if line.promised_on and line.open]
    return [
        ("State", state_text(view)),
        ("For", jobs_text(view.jobs, 4) or "no job (stock or cost centre)"),
        ("Asked by", ", ".join(person.name for person in view.requesters)),
        ("Waits for", ", ".join(person.name for person in view.asked_of)),
        ("Promised on", reader.day(min(promised, default=None))),
        ("Ship to", view.ship_to.name if view.ship_to else ""),
    ]


def warnings(view: OrderView) -> list[Block]:
    """What needs attention: a hold on the vendor, a question, a change that waits, a flag of the
    import."""
    made = []
    if view.vendor_held and view.state not in OVER:
        made.append(context(f":no_entry: {safe(view.vendor.name)} is {safe(view.vendor_held)}"))
    if view.question:
        made.append(section(f":question: *The approver asks:* {safe(view.question[1])}"))
    if view.pending_revision is not None:
        text = f"A change (revision {view.pending_revision}) waits for approval."
        made.append(section(f":hourglass: {text} Until then the order stays as it was."))
    if view.import_flag:
        made.append(section(f":warning: {safe(view.import_flag)}"))
    if view.rule_sentence:
        made.append(context(f"Why an order: {safe(view.rule_sentence)}"))
    return made


def line_text(line: OrderLineView, reader: Reader) -> str:
    """How much of what, for which job, and where it stands."""
    what = f"{reader.number(line.quantity)} {safe(line.unit)} *{safe(line.description)}*"
    net = f" · {safe(reader.money(line.net))}" if line.net is not None else ""
    job = f" · {short(line.job.number)}" if line.job else ""
    return f"{what}{net}{job}\n{safe(line_state(line, reader))}"


def line_state(line: OrderLineView, reader: Reader) -> str:
    """Where the line stands."""
    if line.cancelled:
        return "struck out"
    parts = []
    if line.accepted:
        parts.append(f"{reader.number(line.accepted)} accepted")
    if line.received > line.accepted:
        parts.append(f"{reader.number(line.received - line.accepted)} rejected")
    if line.closed_short:
        parts.append("the rest will not come")
    elif line.open:
        parts.append("on backorder" if line.backordered else "to come")
        if line.promised_on:
            parts.append(f"promised on {reader.day(line.promised_on)}")
        if line.backorder_note:
            parts.append(line.backorder_note)
    return " · ".join(parts) or "complete"


def order_line(line: OrderListLine, reader: Reader) -> Block:
    """One order in a list, with its main button."""
    amount = f" · {safe(reader.money(line.total))}" if line.total is not None else ""
    about = [words(line.state.value)]
    if line.receipt_progress is not Progress.NONE:
        about.append(f"received: {line.receipt_progress.value}")
    if line.promised_on:
        about.append(
            ("late since " if line.late else "promised on ") + reader.day(line.promised_on)
        )
    if line.jobs:
        about.append(jobs_text(line.jobs))
    target = Target(id=line.id, rev=line.version)
    main = button("Show", Action.ORDER_DETAILS, target)
    if line.verb in VERBS:
        main = button(*VERBS[line.verb], target, style="primary")
    number = f"{_SIGNS[line.state]} *{short(line.number)}* · {safe(line.vendor.name)}{amount}"
    return section(f"{number}\n{safe(' · '.join(about))}", accessory=main)


def order_list(title: str, orders: OrderList, reader: Reader, *, empty: str) -> Block:
    """A list as a message only the person sees."""
    if not orders.lines:
        return message(empty, [section(safe(empty))])
    blocks = [section(f"*{title}*"), *(order_line(line, reader) for line in orders.lines)]
    if orders.more:
        blocks.append(context("There are more. `/po 42` shows a certain one."))
    return message(f"{title}: {len(orders.lines)}", blocks)


def need_line(need: ToSource, reader: Reader) -> Block:
    """A need in the buyers' queue, with the button that gives it a vendor and a price."""
    what = f"{reader.number(need.quantity)} {safe(need.unit)} *{safe(need.description)}*"
    by = f" · needed by {reader.day(need.needed_by)}" if need.needed_by else ""
    about = f"{need.why} · {short(need.job.name)} {need.title}{by}"
    target = Target(id=need.id)
    choose = button("Choose vendor", Action.PART_SOURCE, target, style="primary")
    return section(f"{what}\n{safe(about)}", accessory=choose)


CARDS: dict[str, Card] = {}
