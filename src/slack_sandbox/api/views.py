"""views.*: opening, stacking, redrawing modals; publishing the Home tab."""

from typing import Any

from slack_sandbox.api.core import Call, method
from slack_sandbox.errors import SlackError
from slack_sandbox.hooks import Trigger
from slack_sandbox.refusals import refuse_view
from slack_sandbox.store import Json


def _spec(call: Call) -> Json:
    spec: Any = call.params.get("view")
    if not isinstance(spec, dict):
        message = "[ERROR] missing required field: view"
        raise SlackError("invalid_arguments", response_metadata={"messages": [message]})
    return spec


def _trigger(call: Call) -> Trigger:
    trigger_id = call.text("trigger_id") or call.text("interactivity_pointer")
    if not trigger_id:
        message = "[ERROR] missing required field: trigger_id"
        raise SlackError("invalid_arguments", response_metadata={"messages": [message]})
    return call.ws.hooks.use_trigger(trigger_id, call.app.id)


def _shown(call: Call, user_id: str, view: Json) -> Json:
    kind = "home" if view["type"] == "home" else "view"
    change = {"kind": kind, "view_id": view["id"], "app_id": call.app.id}
    call.ws.hub.tell([user_id], change)
    return {"view": view}


@method("views.open")
def open_(call: Call) -> Json:
    """A modal for whoever caused the trigger."""
    spec = _spec(call)
    refuse_view(spec)
    trigger = _trigger(call)
    return _shown(call, trigger.user_id, call.ws.views.open(call.app, trigger.user_id, spec))


@method("views.push")
def push(call: Call) -> Json:
    """A modal on top of the one the trigger came from."""
    spec = _spec(call)
    refuse_view(spec)
    trigger = _trigger(call)
    if trigger.view_id is None:
        raise SlackError("not_found")
    return _shown(call, trigger.user_id, call.ws.views.push(call.app, trigger.user_id, spec))


@method("views.update")
def update(call: Call) -> Json:
    """Redraw an open modal or a published Home."""
    spec = _spec(call)
    if not call.text("view_id") and not call.text("external_id"):
        message = "[ERROR] missing required field: view_id or external_id"
        raise SlackError("invalid_arguments", response_metadata={"messages": [message]})
    view = call.ws.views.update(
        call.app,
        spec,
        view_id=call.text("view_id"),
        external_id=call.text("external_id"),
        hash_=call.text("hash"),
    )
    return _shown(call, call.ws.views.viewer(view["id"]), view)


@method("views.publish")
def publish(call: Call) -> Json:
    """The Home tab of one person."""
    user_id = call.need("user_id", "user_not_found")
    call.ws.people.get(user_id)
    view = call.ws.views.publish(call.app, user_id, _spec(call), call.text("hash"))
    return _shown(call, user_id, view)
