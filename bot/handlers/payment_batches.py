"""Payables and payment batches: choosing the day, making, paying, cancelling, the files again."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from slack_bolt import Ack, App

from bot import payment_files
from bot.answers import notice, show
from bot.blocks import Block, actions, button
from bot.cards.payment_batches import buttons
from bot.clicks import quietly
from bot.ids import Action, Callback
from bot.metadata import Target
from bot.modals import payment_batches as forms
from bot.reader import Reader
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.payment_batches import PAYMENT_BATCH, BatchState
from wopo.usecases.door import Command
from wopo.usecases.outbox import QueueTask
from wopo.usecases.payment_batches import CancelPaymentBatch, MakePaymentBatch, PayPaymentBatch
from wopo.usecases.payment_notices import ATTACH_PAYMENTS
from wopo.usecases.payment_plans import plan
from wopo.usecases.views.payment_batches import BatchView, batch_view, batches

AHEAD = timedelta(days=7)
"""Up to when is offered at first."""
LIVING_SHOWN = 10
Build = Callable[[BatchView, Reader], Block]
Parse = Callable[[dict[str, Any], str], Command]


def register(app: App, services: Services) -> None:
    """Listen to the screen, the batch's buttons and their forms."""
    payment_files.register(services)
    app.action(Action.PAYABLES)(open_payables)
    app.action(Action.PAYABLES_UP_TO)(choose_day)
    app.view(Callback.PAYABLES)(make)
    app.action(Action.BATCH_SHOW)(show_batch)
    app.action(Action.BATCH_FILES)(send_files)
    app.action(Action.BATCH_PAID)(_opener("mark_paid", PayPaymentBatch, forms.build_paid))
    app.action(Action.BATCH_CANCEL)(_opener("cancel", CancelPaymentBatch, forms.build_cancel))
    app.view(Callback.PAY_BATCH)(_sender(forms.parse_paid, "Paid"))
    app.view(Callback.CANCEL_BATCH)(_sender(forms.parse_cancel, "Cancelled"))


def payables(visit: Visit, up_to: date | None = None) -> Block:
    """The screen up to a day, for finance only."""
    visit.check_right(MakePaymentBatch)
    day = up_to or visit.reader.today + AHEAD
    at = datetime.combine(visit.reader.today, time(), tzinfo=UTC)
    with visit.read() as uow:
        found = plan(uow, up_to=day, at=at)
        living = batches(uow, limit=LIVING_SHOWN, states=(BatchState.MADE,))
    return forms.build(found, living, visit.reader)


def open_payables(ack: Ack, visit: Visit, body: Body) -> None:
    """What is due within a week."""
    show(visit.services, body, payables(visit))
    ack()


def choose_day(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Another day in the same screen."""
    chosen = action.get("selected_date")
    view = payables(visit, date.fromisoformat(chosen) if chosen else None)
    visit.services.slack.views_update(view_id=body["view"]["id"], view=view)
    ack()


def make(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """The batch of the plan that was shown; its files follow."""
    answer = visit.do(forms.parse(view, visit.reader.locale))
    said = f"{answer.message} The files follow in your messages with me."
    ack(response_action="update", view=notice(said, title="Payment batch"))
    with quietly(visit.services):
        visit.publish_home()


def _load(visit: Visit, action: dict[str, Any]) -> BatchView:
    with visit.read() as uow:
        return batch_view(uow, Target.parse(action.get("value")).id)


def show_batch(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """All its payments; for finance only, since a channel may have other people in it."""
    visit.check_right(MakePaymentBatch)
    view = _load(visit, action)
    files = button("Files to me", Action.BATCH_FILES, Target(id=view.id))
    row = actions([*buttons(view), files])
    show(visit.services, body, forms.build_batch(view, visit.reader, buttons=row))
    ack()


def send_files(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The batch's files once more, to whoever asks."""
    visit.check_right(MakePaymentBatch)
    view = _load(visit, action)
    given = {"batch_id": view.id, "revision": view.revision}
    visit.do(QueueTask(task=ATTACH_PAYMENTS, given=given))
    ack()
    with quietly(visit.services):
        said = notice("The files follow in your messages with me.", title="Payment batch")
        show(visit.services, body, said)


def _opener(verb: str, command: type[Command], build: Build) -> Callable[..., None]:
    def open_form(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
        visit.check_right(command)
        view = _load(visit, action)
        PAYMENT_BATCH.move(view.state, verb, subject=f"Payment batch {view.number}")
        show(visit.services, body, build(view, visit.reader))
        ack()

    return open_form


def _sender(parse: Parse, title: str) -> Callable[..., None]:
    def sent(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
        answer = visit.do(parse(view, visit.reader.locale))
        ack(response_action="update", view=notice(answer.message, title=title))
        with quietly(visit.services):
            visit.publish_home()

    return sent
