"""What Slack adds to blocks it accepts: ids, ``emoji`` and ``verbatim``."""

import copy
from typing import Any

from slack_sandbox.ids import short_id
from slack_sandbox.store import Json

INTERACTIVE = frozenset(
    [
        "button",
        "static_select",
        "multi_static_select",
        "external_select",
        "multi_external_select",
        "users_select",
        "multi_users_select",
        "conversations_select",
        "multi_conversations_select",
        "channels_select",
        "multi_channels_select",
        "overflow",
        "checkboxes",
        "radio_buttons",
        "datepicker",
        "timepicker",
        "datetimepicker",
        "plain_text_input",
        "number_input",
        "email_text_input",
        "url_text_input",
        "rich_text_input",
        "file_input",
        "workflow_button",
        "icon_button",
        "feedback_buttons",
    ]
)


def normalise_blocks(blocks: list[Json]) -> list[Json]:
    """A copy with a block_id on every block, an action_id on every element, texts completed."""
    done = copy.deepcopy(blocks)
    for block in done:
        if not block.get("block_id"):
            block["block_id"] = short_id()
        _complete(block)
    return done


def _complete(node: Any) -> None:
    if isinstance(node, list):
        for item in node:
            _complete(item)
        return
    if not isinstance(node, dict):
        return
    kind = node.get("type")
    if kind == "plain_text":
        node.setdefault("emoji", True)
    elif kind == "mrkdwn":
        node.setdefault("verbatim", False)
    elif kind in INTERACTIVE and not node.get("action_id"):
        node["action_id"] = short_id()
    for value in node.values():
        _complete(value)


def elements(blocks: list[Json]) -> list[tuple[Json, Json]]:
    """Every interactive element with its block, in order."""
    found: list[tuple[Json, Json]] = []
    for block in blocks:
        for key in ("element", "accessory"):
            if isinstance(block.get(key), dict):
                found.append((block, block[key]))
        if block.get("type") in {"actions", "context_actions"}:
            found.extend((block, element) for element in block.get("elements", []))
        if block.get("type") == "card":
            found.extend((block, element) for element in block.get("actions", []))
        for child in block.get("child_blocks", []):
            found.extend(elements([child]))
        if block.get("type") == "carousel":
            found.extend(elements(block.get("elements", [])))
    return [(block, element) for block, element in found if element.get("type") in INTERACTIVE]


def find_element(blocks: list[Json], block_id: str, action_id: str) -> tuple[Json, Json] | None:
    """The element with this id in this block, with the block, or None."""
    for block, element in elements(blocks):
        if block.get("block_id") == block_id and element.get("action_id") == action_id:
            return block, element
    return None
