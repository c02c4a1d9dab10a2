"""From what a person entered to what Slack sends: action values and ``state.values``."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from slack_sandbox.normalise import elements
from slack_sandbox.store import Json
from slack_sandbox.typed import rich_text_of

Resolve = Callable[[Json, Json, Any], Json | None]
"""(block, element, raw option) -> the whole option, or None when it is not on offer."""

_SINGLE_ID = {
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
}
_MANY_IDS = {
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
}
_ONE_OPTION = frozenset({"static_select", "external_select", "radio_buttons"})
_MANY_OPTIONS = frozenset({"multi_static_select", "multi_external_select", "checkboxes"})
_TEXT = frozenset({"plain_text_input", "number_input", "email_text_input", "url_text_input"})
STATEFUL = (
    frozenset(_SINGLE_ID)
    | frozenset(_MANY_IDS)
    | _ONE_OPTION
    | _MANY_OPTIONS
    | _TEXT
    | {"datetimepicker", "rich_text_input", "file_input"}
)


class NotOfferedError(ValueError):
    """The person cannot have chosen this: it is not among the options."""


def value_of(block: Json, element: Json, raw: Any, resolve: Resolve) -> Json:
    """An element's entry in ``state.values`` for a raw value. Raises NotOfferedError."""
    kind = element["type"]
    if kind in _SINGLE_ID:
        value: Json = {"type": kind, _SINGLE_ID[kind][0]: str(raw) if raw else None}
        if kind == "timepicker" and element.get("timezone"):
            value["timezone"] = element["timezone"]
        return value
    if kind in _MANY_IDS:
        return {"type": kind, _MANY_IDS[kind][0]: [str(item) for item in _many(raw)]}
    if kind in _ONE_OPTION or kind == "overflow":
        picked = None if _nothing(raw) else _option(block, element, raw, resolve)
        return {"type": kind, "selected_option": picked}
    if kind in _MANY_OPTIONS:
        chosen = [_option(block, element, item, resolve) for item in _many(raw)]
        return {"type": kind, "selected_options": chosen}
    if kind == "datetimepicker":
        return {"type": kind, "selected_date_time": _unix(raw)}
    if kind == "rich_text_input":
        given = raw if isinstance(raw, dict) else (rich_text_of(str(raw)) if raw else None)
        return {"type": kind, "rich_text_value": given}
    if kind == "file_input":
        return {"type": kind, "files": list(raw or [])}
    return {"type": kind, "value": str(raw) if not _nothing(raw) else None}


def initial_of(element: Json) -> Json:
    """An untouched element's entry in ``state.values``."""
    kind = element["type"]
    if kind in _SINGLE_ID:
        key, initial = _SINGLE_ID[kind]
        value: Json = {"type": kind, key: element.get(initial)}
        if kind == "timepicker" and element.get("timezone"):
            value["timezone"] = element["timezone"]
        return value
    if kind in _MANY_IDS:
        key, initial = _MANY_IDS[kind]
        return {"type": kind, key: list(element.get(initial) or [])}
    if kind in _ONE_OPTION:
        return {"type": kind, "selected_option": element.get("initial_option")}
    if kind in _MANY_OPTIONS:
        return {"type": kind, "selected_options": list(element.get("initial_options") or [])}
    if kind == "datetimepicker":
        return {"type": kind, "selected_date_time": element.get("initial_date_time")}
    if kind == "rich_text_input":
        return {"type": kind, "rich_text_value": element.get("initial_value")}
    if kind == "file_input":
        return {"type": kind, "files": []}
    return {"type": kind, "value": element.get("initial_value") or None}


def state_values(
    blocks: list[Json], raw: dict[str, dict[str, Any]], before: Json, resolve: Resolve
) -> Json:
    """``state.values`` of a view or message: entered, else as it was before, else initial."""
    values: Json = {}
    for block, element in elements(blocks):
        if element["type"] not in STATEFUL:
            continue
        block_id, action_id = block["block_id"], element["action_id"]
        if action_id in raw.get(block_id, {}):
            value = value_of(block, element, raw[block_id][action_id], resolve)
        else:
            value = before.get(block_id, {}).get(action_id) or initial_of(element)
        values.setdefault(block_id, {})[action_id] = value
    return values


def options_in(element: Json) -> list[Json]:
    """Every option of an element, those in groups too."""
    found: list[Json] = list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        found.extend(group.get("options") or [])
    return found


def _option(block: Json, element: Json, raw: Any, resolve: Resolve) -> Json:
    value = raw.get("value") if isinstance(raw, dict) else raw
    for option in (
        *options_in(element),
        *(element.get("initial_options") or []),
        *([element["initial_option"]] if element.get("initial_option") else []),
    ):
        if option.get("value") == value:
            return dict(option)
    found = resolve(block, element, raw)
    if found is None:
        raise NotOfferedError(f"{value!r} is not offered by {element['action_id']}")
    return found


def _nothing(raw: Any) -> bool:
    return raw is None or raw == ""


def _many(raw: Any) -> list[Any]:
    if raw in (None, "", []):
        return []
    return list(raw) if isinstance(raw, (list, tuple)) else [raw]


def _unix(raw: Any) -> int | None:
    if _nothing(raw):
        return None
    if isinstance(raw, str) and not re.fullmatch(r"\d+", raw):
        at = datetime.fromisoformat(raw)
        return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())
    return int(raw)


def is_empty(value: Json) -> bool:
    """Whether a state entry holds nothing."""
    return all(v in (None, "", []) for k, v in value.items() if k not in {"type", "timezone"})
