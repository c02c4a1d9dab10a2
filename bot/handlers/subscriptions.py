"""The forms of ``/wopo subscribe``: the channel's list, and one subscription."""

from typing import Any

from slack_bolt import Ack, App

from bot.answers import notice, show
from bot.blocks import Block
from bot.clicks import quietly
from bot.ids import Action, Callback
from bot.modals import subscriptions as forms
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.cost_centres import CostCentre
from wopo.domain.locations import Location
from wopo.domain.people import Person
from wopo.domain.subscriptions import NOT_SUBSCRIBED, Subscription
from wopo.domain.vendors import Vendor
from wopo.usecases.subscriptions import Subscribe, Unsubscribe
from wopo.usecases.views.names import refs
from wopo.usecases.views.subscriptions import channel_view

INVITE = "If I am not in the channel yet, type /invite @wopo there."


def register(app: App, _services: Services) -> None:
    """Listen to the form and the list's buttons."""
    app.view(Callback.SUBSCRIBE)(save)
    app.action(Action.SUBSCRIBE)(open_form)
    app.action(Action.SUBSCRIPTION_CHANGE)(open_form)
    app.action(Action.UNSUBSCRIBE)(end)


def first_screen(visit: Visit, target: forms.ChannelTarget) -> Block:
    """The channel's list; the form itself where there is nothing to list."""
    with visit.read() as uow:
        rows = channel_view(uow, target.id)
    if not rows:
        return forms.build(target, None, visit.reader, {})
    return forms.build_list(target, rows)


def open_form(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The form of another subscription, or filled with the one to be changed."""
    visit.check_right(Subscribe)
    target = forms.ChannelTarget.parse(action.get("value"))
    with visit.read() as uow:
        now = None
        chosen: dict[str, Any] = {}
        if target.subscription_id:
            now = uow.get(Subscription, target.subscription_id)
            if now is None or not now.active:
                raise NOT_SUBSCRIBED()
            chosen = {
                "vendor_ids": tuple(refs(uow, Vendor, now.vendor_ids).values()),
                "site_ids": tuple(refs(uow, Location, now.site_ids).values()),
                "cost_centre_ids": tuple(refs(uow, CostCentre, now.cost_centre_ids).values()),
                "owner_ids": tuple(refs(uow, Person, now.owner_ids).values()),
            }
        view = forms.build(target, now, visit.reader, chosen)
    show(visit.services, body, view)
    ack()


def save(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Keep the channel's wishes and say them back; over the list, this shows them."""
    answer = visit.do(forms.parse(view, visit.reader))
    below = view.get("previous_view_id")
    if not below:
        said = notice(f"{answer.message} {INVITE}", title="Subscribed")
        ack(response_action="update", view=said)
        return
    ack()
    _redraw(visit, below, forms.ChannelTarget.parse(view.get("private_metadata")))


def end(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The channel hears no more of it."""
    target = forms.ChannelTarget.parse(action.get("value"))
    visit.do(Unsubscribe(subscription_id=target.subscription_id))
    _redraw(visit, body["view"]["id"], target)
    ack()


def _redraw(visit: Visit, view_id: str, target: forms.ChannelTarget) -> None:
    """What the channel hears from now on."""
    with quietly(visit.services):
        with visit.read() as uow:
            view = forms.build_list(target.one(""), channel_view(uow, target.id))
        visit.services.slack.views_update(view_id=view_id, view=view)
