"""``/po counter``: the form, the number, and the till receipt by a form, or as a photo in the DM or
in the job's thread."""

from typing import Any

from slack_bolt import Ack, App

from bot.answers import notice, replace, show
from bot.blocks import Block, actions, button, message, paragraph
from bot.clicks import quietly
from bot.ids import Action, Callback
from bot.metadata import Carried, Target
from bot.modals import counter_purchases as forms
from bot.modals.work_requests import file_facts
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.errors import DomainError
from wopo.domain.lookup import Kind
from wopo.domain.numbers import short
from wopo.domain.outbox import PostedCard
from wopo.usecases.attachments import FileFacts
from wopo.usecases.counter_receipts import AddTillReceipt
from wopo.usecases.lookup import resolve
from wopo.usecases.views.counter_purchases import (
    CounterView,
    counter_form,
    counter_form_for,
    counter_view,
    without_till_receipt,
)

OFFERED = 5
MOST_PHOTOS = 3
CARD = "counter"
JOB_CARD = "work_order"


class PhotoFor(Carried):
    """Photos that came without a word, and the purchase a button says they belong to."""

    id: str
    files: tuple[FileFacts, ...]


def register(app: App, services: Services) -> None:
    """Listen to the form, its screens, and photos that are sent to the bot."""
    app.action(Action.COUNTER_BUY)(buy_clicked)
    app.action(Action.PART_COUNTER)(need_clicked)
    app.view(Callback.COUNTER)(buy)
    app.action(Action.COUNTER_LOOK)(look_again)
    app.action(Action.COUNTER_RECEIPT)(open_receipt)
    app.view(Callback.TILL_RECEIPT)(add_receipt)
    app.action(Action.COUNTER_PHOTO)(photo_chosen)
    app.event("message", matchers=[is_till_receipt])(photo_sent)
    services.redraw[Callback.COUNTER_NUMBER] = redraw


def open_form(visit: Visit, body: Body, job: str = "") -> Block | None:
    """Open the form, for a job by its number or for the one the person works on; what is no job is
    said."""
    try:
        with visit.read() as uow:
            job_id = resolve(uow, job, kinds=(Kind.WORK_ORDER,)).id if job else ""
            person = visit.person(uow)
            form = counter_form(uow, person, work_order_id=job_id, today=visit.reader.today)
    except DomainError as error:
        row = actions([button("Buy at a counter", Action.COUNTER_BUY, "counter")])
        return message(error.message, [paragraph(error.message), *row])
    show(visit.services, body, forms.build(form, visit.reader))
    return None


def buy_clicked(ack: Ack, visit: Visit, body: Body) -> None:
    """The same form by a button."""
    open_form(visit, body)
    ack()


def need_clicked(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The form about a need of a job, filled in."""
    line_id = Target.parse(action.get("value")).id
    with visit.read() as uow:
        form = counter_form_for(uow, visit.person(uow), line_id)
    show(visit.services, body, forms.build(form, visit.reader))
    ack()


def load(visit: Visit, order_id: str) -> CounterView:
    """The purchase as it is now."""
    with visit.read() as uow:
        return counter_view(uow, order_id)


def buy(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """The number, large, in place of the form."""
    with visit.read() as uow:
        command = forms.parse(view, visit.reader.locale, uow)
    answer = visit.do(command)
    ack(response_action="update", view=forms.build_number(load(visit, answer.subject_id)))
    with quietly(visit.services):
        visit.publish_home()


def look_again(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Whether it is decided: in the open screen, else in one of its own."""
    purchase = load(visit, Target.parse(action.get("value")).id)
    shown = body.get("view") or {}
    if shown.get("callback_id") == Callback.COUNTER_NUMBER:
        redraw(visit, shown["id"], purchase.id)
    else:
        show(visit.services, body, forms.build_number(purchase))
    ack()


def redraw(visit: Visit, view_id: str, order_id: str) -> None:
    """The screen as it is now."""
    view = forms.build_number(load(visit, order_id))
    visit.services.slack.views_update(view_id=view_id, view=view)


def open_receipt(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Where the photo goes."""
    purchase = load(visit, Target.parse(action.get("value")).id)
    show(visit.services, body, forms.build_receipt(purchase))
    ack()


def add_receipt(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Keep the photo; the number's screen underneath is drawn anew."""
    command = forms.parse_receipt(view, visit.reader.locale)
    answer = visit.do(command)
    below = view.get("previous_view_id")
    if below:
        ack()
    else:
        ack(response_action="update", view=notice(answer.message, title="Till receipt"))
    with quietly(visit.services):
        if below:
            redraw(visit, below, command.order_id)
        visit.publish_home()


def is_till_receipt(event: dict[str, Any], visit: Visit | None) -> bool:
    """A message of nothing but pictures that may show a till receipt which is missing: to us alone,
    or in the thread of a job that something was bought for."""
    files = event.get("files") or ()
    pictures = all(str(file.get("mimetype", "")).startswith("image/") for file in files)
    direct = event.get("channel_type") == "im"
    if visit is None or not files or not pictures or not (direct or event.get("thread_ts")):
        return False
    return bool(_meant(visit, event))


def _meant(visit: Visit, event: dict[str, Any]) -> tuple[CounterView, ...]:
    """The purchases it may be about: of the card it answers, of the job whose thread it stands in,
    or in a DM any that waits."""
    with visit.read() as uow:
        card = None
        if event.get("thread_ts"):
            place = {"channel": event.get("channel"), "ts": event["thread_ts"]}
            card = uow.find(PostedCard, **place, card=[CARD, JOB_CARD])
        if card is not None and card.card == CARD:
            return (counter_view(uow, card.subject_id),)
        waiting = without_till_receipt(uow, visit.me.id)
    if card is not None:
        return tuple(one for one in waiting if card.subject_id in {job.id for job in one.jobs})
    return waiting if event.get("channel_type") == "im" else ()


def photo_sent(ack: Ack, visit: Visit, event: dict[str, Any]) -> None:
    """Put the photo where it belongs: to the purchase that is meant or named; of several it is
    asked which. Answered in the photo's thread."""
    files = tuple(file_facts(file) for file in event["files"])
    meant = _meant(visit, event)
    words = str(event.get("text") or "").upper().split()
    named = [one for one in meant if short(one.number) in words]
    if len(named or meant) == 1:
        order_id = (named or meant)[0].id
        said = message(visit.do(AddTillReceipt(order_id=order_id, files=files)).message)
    else:
        said = _which(meant, files)
    thread = event.get("thread_ts") or event["ts"]
    visit.services.slack.chat_postMessage(channel=event["channel"], thread_ts=thread, **said)
    ack()


def _which(waiting: tuple[CounterView, ...], files: tuple[FileFacts, ...]) -> Block:
    text = "Which purchase is this till receipt of?"
    rows: list[Block] = []
    for one in waiting[:OFFERED]:
        carried = PhotoFor(id=one.id, files=files[:MOST_PHOTOS])
        label = f"{short(one.number)} · {one.vendor} · {one.what}"
        rows += actions([button(label, Action.COUNTER_PHOTO, carried)])
    return message(text, [paragraph(text), *rows])


def photo_chosen(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The purchase was named by its button."""
    chosen = PhotoFor.parse(action.get("value"))
    answer = visit.do(AddTillReceipt(order_id=chosen.id, files=chosen.files))
    with quietly(visit.services):
        replace(body, message(answer.message))
    ack()
