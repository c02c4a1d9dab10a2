"""``/po``: what waits, open orders, the buyers' queue, and one order by its number."""

from typing import Any

from slack_bolt import Ack, App

from bot.answers import replace, show
from bot.blocks import Block, actions, button, context, message, paragraph, safe, section
from bot.cards.approvals import buttons as decision_buttons
from bot.cards.approvals import summary
from bot.cards.purchase_orders import build as build_card
from bot.cards.purchase_orders import need_line, order_line, order_list
from bot.clicks import quietly
from bot.handlers import counter_purchases, out_of_pocket
from bot.handlers.purchase_orders import load
from bot.ids import Action, Callback, SlashCommand
from bot.modals import new_order, order_details
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.errors import DomainError
from wopo.domain.lookup import Kind
from wopo.domain.people import Role
from wopo.usecases.lookup import offered, resolve
from wopo.usecases.views.approvals import waiting_approvals
from wopo.usecases.views.order_lists import open_orders, orders_to_do
from wopo.usecases.views.part_requests import to_source

DECISIONS = 8
NEEDS = 10
ORDERS = 12
FORMS = {"counter": counter_purchases.open_form, "pocket": out_of_pocket.open_form}
"""Words that open a form for a job."""
LISTS = {"open": "Open orders", "queue": "Needs to buy", "waits": "What waits for me"}


def register(app: App, _services: Services) -> None:
    """Listen to the command and to the buttons of its answers."""
    app.command(SlashCommand.PO)(command)
    app.action(Action.ORDER_LIST)(list_clicked)
    app.action(Action.ORDER_SHOW)(show_clicked)
    app.action(Action.ORDER_NEW)(new_clicked)
    app.view(Callback.NEW_ORDER)(draft)


def command(ack: Ack, visit: Visit, body: Body) -> None:
    """The first word decides; whatever is no word of ours is taken for a number."""
    text = str(body.get("text") or "").strip()
    word = text.lower()
    if word == "new":
        show(visit.services, body, new_order.build())
        ack()
        return
    if word.partition(" ")[0] in FORMS:
        first, _, rest = text.partition(" ")
        asked = FORMS[first.lower()](visit, body, rest.strip())
        ack(**({"response_type": "ephemeral", **asked} if asked else {}))
        return
    if word in {"", "waits", "mine"}:
        said = waits(visit)
    elif word in LISTS:
        said = listed(visit, word)
    else:
        said = look_up(visit, text)
    ack(response_type="ephemeral", **said)


def new_clicked(ack: Ack, visit: Visit, body: Body) -> None:
    """The form for an order without a job's request."""
    show(visit.services, body, new_order.build())
    ack()


def draft(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Draft it and show it, so that the rest can be filled in and it can be sent on."""
    with visit.read() as uow:
        drafted = new_order.parse(view, visit.reader.locale, uow)
    answer = visit.do(drafted)
    shown = order_details.build(load(visit, answer.subject_id), visit.reader)
    ack(response_action="update", view=shown)
    with quietly(visit.services):
        visit.publish_home()


def waits(visit: Visit) -> Block:
    """Decisions that wait for me, needs without vendor or price, orders to send on; when nothing
    of all that waits, the open orders."""
    today = visit.reader.today
    with visit.read() as uow:
        person = visit.person(uow)
        decisions = waiting_approvals(uow, person.id, today=today, limit=DECISIONS)
        needs, more = to_source(uow, person, limit=5)
        buys = person.has(Role.BUYER, Role.ADMIN)
        orders = orders_to_do(uow, person, today=today, limit=5) if buys else None
    blocks: list[Block] = []
    for line in decisions:
        blocks.append(section(f"*{safe(summary(line, visit.reader))}*"))
        blocks += actions(decision_buttons(line, visit.reader))
    if needs:
        blocks += [section("*Needs to buy*"), *(need_line(need, visit.reader) for need in needs)]
    if more > len(needs):
        blocks.append(context(f"… and {more - len(needs)} more: `/po queue`"))
    if orders and orders.lines:
        blocks.append(section("*Orders to send on*"))
        blocks += [order_line(line, visit.reader) for line in orders.lines]
    if not blocks:
        return listed(visit, "open", before="Nothing waits for you.")
    return message(LISTS["waits"], [*blocks, *_others("waits")])


def listed(visit: Visit, which: str, *, before: str = "") -> Block:
    """One of the lists, with the way to the others."""
    today = visit.reader.today
    with visit.read() as uow:
        person = visit.person(uow)
        if which == "queue":
            needs, total = to_source(uow, person, limit=NEEDS)
        else:
            orders = open_orders(uow, person, today=today, limit=ORDERS)
    if which == "queue":
        blocks = [need_line(need, visit.reader) for need in needs]
        if total > len(needs):
            blocks.append(context(f"… and {total - len(needs)} more behind these."))
        if not blocks:
            blocks = [paragraph("Nothing waits for a vendor or a price.")]
        new = actions([button("New order", Action.ORDER_NEW, "queue")])
        return message(f"{LISTS['queue']}: {total}", [*blocks, *new, *_others(which)])
    said = order_list(LISTS["open"], orders, visit.reader, empty="No order is open.")
    first = [paragraph(before)] if before else []
    return said | {"blocks": [*first, *said["blocks"], *_others(which)]}


def _others(shown: str) -> list[Block]:
    """The other lists, each button in a row of its own: one row takes an action only once."""
    left = [(title, which) for which, title in LISTS.items() if which != shown]
    return [
        row for title, which in left for row in actions([button(title, Action.ORDER_LIST, which)])
    ]


def look_up(visit: Visit, text: str) -> Block:
    """The order with this number; what is no number is answered with the nearest and the lists."""
    try:
        with visit.read() as uow:
            found = resolve(uow, text, kinds=(Kind.PURCHASE_ORDER,))
    except DomainError as error:
        return _nearest(error)
    return build_card(load(visit, found.id), visit.reader)


def _nearest(refusal: DomainError) -> Block:
    blocks = [paragraph(refusal.message)]
    for number in offered(refusal)[:2]:
        blocks += actions([button(number, Action.ORDER_SHOW, number)])
    blocks += _others("")
    return message(refusal.message, blocks)


def list_clicked(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The list instead of the answer that offered it."""
    which = str(action.get("value"))
    replace(body, waits(visit) if which not in {"open", "queue"} else listed(visit, which))
    ack()


def show_clicked(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The order that was offered."""
    replace(body, look_up(visit, str(action.get("value"))))
    ack()
