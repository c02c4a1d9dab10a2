"""Clicks, choices and the questions of selects."""

from typing import Any

from slack_sandbox import payloads
from slack_sandbox.blockkit.check import check
from slack_sandbox.blockkit.elements import OPTION, OPTION_GROUP
from slack_sandbox.blockkit.fields import ListOf
from slack_sandbox.delivery import NoAnswerError
from slack_sandbox.inputs import STATEFUL, NotOfferedError, options_in, state_values, value_of
from slack_sandbox.places import DeskError, Place, find_place, offered_key, remembered
from slack_sandbox.store import Json
from slack_sandbox.workspace import Workspace

_OFFERED = {"options": ListOf(OPTION, 100, least=0), "option_groups": ListOf(OPTION_GROUP, 100)}
DEFAULT_MIN_QUERY = 3
MAX_OFFERED = 1000
"""Elements whose offers are remembered; the oldest goes first."""
RawState = dict[str, dict[str, Any]]


def no_answer(ws: Workspace, user_id: str, place: Place, failure: NoAnswerError) -> Json:
    """Tell the person that the app let them down."""
    text = f"{place.app.name} did not respond ({failure.reason}). Try again."
    ws.notice(user_id, text, channel_id=place.channel["id"] if place.channel else None)
    return {"failed": text}


async def block_action(
    ws: Workspace, user_id: str, container: Json, element_id: tuple[str, str], entered: Any
) -> Json:
    """Click or choose; `entered` is the raw choice and the raw state. Raises DeskError."""
    choice, raw_state = entered
    place = find_place(ws, user_id, container)
    block, element = place.element(*element_id)
    before = place.view["state"]["values"] if place.view else {}
    raw: RawState = {key: dict(value) for key, value in (raw_state or {}).items()}
    stateful = element["type"] in STATEFUL
    steps = _steps(element, choice, before.get(element_id[0], {}).get(element_id[1]))
    for step in steps:
        if stateful:
            raw.setdefault(element_id[0], {})[element_id[1]] = step
        try:
            state = state_values(place.blocks, raw, before, remembered(ws, user_id, place))
            value = _value(ws, user_id, place, (block, element), step)
        except NotOfferedError as error:
            raise DeskError(str(error)) from error
        _remember_state(ws, place, state)
        if block["type"] == "input" and not block.get("dispatch_action"):
            continue
        entry = payloads.action(block, element, value, ws.stamps.next())
        payload = payloads.block_actions(ws, place, user_id, [entry], state)
        try:
            await ws.broker.interact(place.app, payload)
        except NoAnswerError as failure:
            return no_answer(ws, user_id, place, failure)
    return {"ok": True}


def _steps(element: Json, choice: Any, before: Json | None) -> list[Any]:
    """A multi-select sends one payload per item chosen, each with all chosen so far."""
    if not element["type"].startswith("multi_") or not isinstance(choice, list):
        return [choice]
    known: list[Any] = next((v for v in (before or {}).values() if isinstance(v, list)), [])
    had = [item.get("value") if isinstance(item, dict) else item for item in known]
    added = [item for item in choice if _plain(item) not in had]
    if len(added) < 2:
        return [choice]
    kept = [item for item in choice if item not in added]
    return [kept + added[: count + 1] for count in range(len(added))]


def _plain(item: Any) -> Any:
    return item.get("value") if isinstance(item, dict) else item


def _value(
    ws: Workspace, user_id: str, place: Place, found: tuple[Json, Json], choice: Any
) -> Json:
    block, element = found
    kind = element["type"]
    if kind in {"button", "icon_button", "workflow_button"}:
        return {"type": kind, "value": element["value"]} if "value" in element else {"type": kind}
    if kind == "feedback_buttons":
        values = [element[key].get("value") for key in ("positive_button", "negative_button")]
        if choice not in values:
            raise NotOfferedError(f"{choice!r} is not offered")
        return {"type": kind, "value": choice}
    return value_of(block, element, choice, remembered(ws, user_id, place))


def _remember_state(ws: Workspace, place: Place, state: Json) -> None:
    if place.view is not None:
        place.view["state"] = {"values": state}
        ws.views.save(place.view)


async def options(
    ws: Workspace, user_id: str, container: Json, element_id: tuple[str, str], typed: str
) -> Json:
    """What a select offers for what was typed. Raises DeskError."""
    place = find_place(ws, user_id, container)
    _, element = place.element(*element_id)
    kind = element["type"].removeprefix("multi_")
    if kind != "external_select":
        return _local_options(ws, user_id, element, kind, typed)
    least = element.get("min_query_length", DEFAULT_MIN_QUERY)
    if len(typed) < least:
        return {"options": [], "min_query_length": least}
    payload = payloads.block_suggestion(ws, place, user_id, element_id, typed)
    try:
        answer = await ws.broker.interact(place.app, payload)
    except NoAnswerError as failure:
        return no_answer(ws, user_id, place, failure)
    body = answer.body or {}
    key = next((k for k in ("option_groups", "options") if k in body), "options")
    found = body.get(key, [])
    problems = list(check(found, _OFFERED[key], f"/{key}", "M"))
    if problems:
        text = f"{place.app.name} sent options Slack cannot show: {problems[0]}"
        ws.notice(user_id, text)
        return {"failed": text}
    place_key = offered_key(user_id, place, *element_id)
    if place_key not in ws.offered and len(ws.offered) >= MAX_OFFERED:
        del ws.offered[next(iter(ws.offered))]
    kept = ws.offered.setdefault(place_key, {})
    kept.update({option["value"]: option for option in options_in({key: found})})
    return {key: found}


def _local_options(ws: Workspace, user_id: str, element: Json, kind: str, typed: str) -> Json:
    wanted = typed.casefold()
    if kind == "users_select":
        people = [u for u in ws.people.all() if not u["deleted"]]
        return {"options": _named([(u["id"], u["real_name"]) for u in people], wanted)}
    if kind in {"channels_select", "conversations_select"}:
        channels = [c for c in ws.channels.all() if not c["is_archived"] and c.get("name")]
        if kind == "channels_select":
            channels = [c for c in channels if not c["is_private"]]
        seen = [
            (c["id"], f"#{c['name']}")
            for c in channels
            if not c["is_private"] or ws.channels.is_member(c["id"], user_id)
        ]
        return {"options": _named(seen, wanted)}
    if element.get("option_groups"):
        groups = [
            {**group, "options": _matching(group["options"], wanted)}
            for group in element["option_groups"]
        ]
        return {"option_groups": [group for group in groups if group["options"]]}
    return {"options": _matching(element.get("options") or [], wanted)}


def _named(pairs: list[tuple[str, str]], wanted: str) -> list[Json]:
    return [
        {"text": {"type": "plain_text", "text": name, "emoji": True}, "value": key}
        for key, name in pairs
        if wanted in name.casefold()
    ]


def _matching(found: list[Json], wanted: str) -> list[Json]:
    return [option for option in found if wanted in option["text"]["text"].casefold()]
