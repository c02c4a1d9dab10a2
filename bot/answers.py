"""Saying a sentence where the person is: at the field, in the channel, over the form, in Home."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from slack_bolt import BoltResponse
from slack_sdk import WebhookClient
from slack_sdk.errors import SlackApiError

from bot.blocks import (
    MAX_VIEW_BLOCKS,
    Block,
    checkboxes,
    field,
    home_view,
    message,
    modal,
    option,
    paragraph,
)
from bot.failures import CALL_ERRORS, classify
from bot.ids import Block as BlockId
from bot.ids import Callback
from bot.metadata import MAX_METADATA, Question
from bot.services import SHORT_TIMEOUT, Services
from bot.visit import Body, who_acts

_SENT_BACK = ("type", "callback_id", "title", "submit", "close", "blocks", "private_metadata")
"""The parts of a view that Slack takes back; the others it adds itself."""
LATE = {"expired_trigger_id", "exchanged_trigger_id", "trigger_expired", "trigger_exchanged"}
"""What Slack says when a click is too old to open a screen."""


def ok(body: Any = "") -> BoltResponse:
    """An acknowledgement; Slack shows no warning only for status 200."""
    return BoltResponse(status=200, body=body)


def errors(found: Mapping[str, str], view: Mapping[str, Any]) -> BoltResponse:
    """Each sentence at its input. What names no input of this form goes to the first one."""
    inputs = [b["block_id"] for b in view.get("blocks", ()) if b.get("type") == "input"]
    if not inputs:
        return updated(notice(" ".join(found.values())))
    placed: dict[str, str] = {}
    for name, sentence in found.items():
        block = name if name in inputs else inputs[0]
        placed[block] = f"{placed[block]} {sentence}" if block in placed else sentence
    return ok({"response_action": "errors", "errors": placed})


def updated(view: Block) -> BoltResponse:
    """The answer to a form: show this view in its place."""
    return ok({"response_action": "update", "view": view})


def notice(sentence: str, title: str = "wopo") -> Block:
    """A small screen with one sentence."""
    return modal(Callback.NOTICE, title, [paragraph(sentence)])


def ephemeral(sentence: str, blocks: list[Block] | None = None) -> BoltResponse:
    """The answer to a slash command, seen only by the person."""
    return ok({"response_type": "ephemeral", **message(sentence, blocks or ())})


def tell(services: Services, body: Body, sentence: str) -> BoltResponse:
    """Say a sentence to the person, wherever the request came from. Never raises for Slack's
    sake: when Slack can't be reached, there is nobody to tell."""
    kind = body.get("type")
    if kind is None:
        return ephemeral(sentence)
    if kind == "view_submission":
        return errors({"": sentence}, body["view"])
    if kind == "block_suggestion":
        return ok({"options": []})
    try:
        _tell_elsewhere(services, body, sentence)
    except CALL_ERRORS as error:
        services.log.warning("an answer did not arrive: %s", classify(error).code)
    return ok()


def offer(services: Services, body: Body, sentence: str, row: list[Block]) -> BoltResponse:
    """A refusal with a way out beside it; over a form, which stays as it was typed."""
    blocks = [paragraph(sentence), *row]
    view = modal(Callback.NOTICE, "wopo", blocks)
    if body.get("type") == "view_submission":
        return ok({"response_action": "push", "view": view})
    if body.get("type") is None:
        return ephemeral(sentence, blocks)
    try:
        if body.get("response_url"):
            whisper(body, message(sentence, blocks))
        elif body.get("trigger_id"):
            show(services, body, view)
    except CALL_ERRORS as error:
        services.log.warning("an answer did not arrive: %s", classify(error).code)
    return ok()


def _tell_elsewhere(services: Services, body: Body, sentence: str) -> None:
    if body.get("type") == "event_callback":
        _answer_event(services, body, sentence)
    elif body.get("response_url"):
        whisper(body, message(sentence))
    elif body.get("trigger_id"):
        try:
            show(services, body, notice(sentence))
        except SlackApiError as error:
            if error.response.get("error") not in LATE:
                raise
            _say_late(services, body, sentence)


def _say_late(services: Services, body: Body, sentence: str) -> None:
    """No screen can be opened any more for this click: say it on top of the one that was clicked
    in, else in the person's messages."""
    view = body.get("view") or {}
    said = paragraph(sentence) | {"block_id": str(BlockId.REFUSAL)}
    _, user_id = who_acts(body)
    if view.get("type") == "home":
        services.slack.views_publish(user_id=user_id, view=home_view([said, *_below(view)]))
    elif view.get("type") == "modal":
        kept = {key: view[key] for key in _SENT_BACK if view.get(key)}
        kept["blocks"] = [said, *_below(view)][:MAX_VIEW_BLOCKS]
        services.slack.views_update(view_id=view["id"], view=kept)
    else:
        services.slack.chat_postMessage(channel=user_id, **message(sentence))


def _below(view: Mapping[str, Any]) -> list[Block]:
    """What a screen shows, without a refusal that stands on it already."""
    return [one for one in view["blocks"] if one.get("block_id") != BlockId.REFUSAL]


def whisper(body: Body, said: Block, *, instead: bool = False) -> bool:
    """A message only the person sees, beside or ``instead`` of the one they clicked on; whether
    Slack took it. The address takes five posts within thirty minutes. Raises what slack_sdk
    raises."""
    hook = WebhookClient(body["response_url"], timeout=SHORT_TIMEOUT, retry_handlers=[])
    sent = hook.send_dict({"response_type": "ephemeral", "replace_original": instead, **said})
    return sent.status_code == HTTPStatus.OK


def replace(body: Body, said: Block) -> None:
    """The message only the person sees, drawn anew."""
    whisper(body, said, instead=True)


def _answer_event(services: Services, body: Body, sentence: str) -> None:
    event = body.get("event") or {}
    _, user_id = who_acts(body)
    if event.get("type") == "app_home_opened":
        view = home_view([paragraph(sentence)])
        services.slack.views_publish(user_id=user_id, view=view)
    elif event.get("type") == "message" and event.get("channel_type") == "im":
        services.slack.chat_postMessage(channel=event["channel"], **message(sentence))


def show(services: Services, body: Body, view: Block) -> None:
    """Open a view: over the form it was asked from, else by itself."""
    inside_modal = (body.get("view") or {}).get("type") == "modal"
    call = services.slack.views_push if inside_modal else services.slack.views_open
    call(trigger_id=body["trigger_id"], view=view)


def ask_in_form(view: Mapping[str, Any], sentence: str, name: str) -> BoltResponse:
    """A soft refusal of a form: the same form, filled as it is, with the question on top and a
    box to tick for "go on all the same". Who corrects the form instead leaves the box empty."""
    kept = {key: view[key] for key in _SENT_BACK if view.get(key)}
    asked = (BlockId.ACKNOWLEDGED, BlockId.REFUSAL)
    others = [block for block in kept["blocks"] if block.get("block_id") not in asked]
    earlier = [
        choice["value"]
        for block in kept["blocks"]
        if block.get("block_id") == BlockId.ACKNOWLEDGED
        for choice in block["element"]["options"]
    ]
    names = [*(n for n in earlier if n != name), name]
    question = paragraph(sentence) | {"block_id": str(BlockId.REFUSAL)}
    box = field(
        BlockId.ACKNOWLEDGED,
        "Go on?",
        checkboxes([option("Yes, go on all the same", n) for n in names], chosen=earlier),
        optional=True,
    )
    kept["blocks"] = [question, box, *others]
    return updated(dict(kept))


def ask_about_click(services: Services, body: Body, sentence: str, question: Question) -> None:
    """A soft refusal of a button: a screen with the sentence and "Yes, go on". It remembers which
    screen it lies over, so that this can be drawn anew."""
    under = body.get("view") or {}
    if under.get("type") == "modal":
        about = subject_of(under)
        question = question.model_copy(update={"under": under["callback_id"], "about": about})
    view = modal(
        Callback.CONFIRM,
        "Go on?",
        [paragraph(sentence)],
        submit="Yes, go on",
        metadata=question.pack(MAX_METADATA),
    )
    show(services, body, view)


def subject_of(view: Mapping[str, Any]) -> str:
    """The id of what a screen is about; empty when it is about nothing in particular."""
    try:
        found = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return ""
    return str(found.get("id", "")) if isinstance(found, dict) else ""


def acknowledged(view: Mapping[str, Any]) -> frozenset[str]:
    """The names of soft refusals that were answered with yes in this form."""
    values: Mapping[str, Any] = (view.get("state") or {}).get("values") or {}
    ticked: Mapping[str, Any] = values.get(BlockId.ACKNOWLEDGED) or {}
    box: Mapping[str, Any] = next(iter(ticked.values()), {})
    chosen = box.get("selected_options") or ()
    return frozenset(choice["value"] for choice in chosen)


def as_json(response: BoltResponse) -> dict[str, Any]:
    """What a response carries, for tests and logs of ours."""
    found: dict[str, Any] = json.loads(response.body) if response.body else {}
    return found
