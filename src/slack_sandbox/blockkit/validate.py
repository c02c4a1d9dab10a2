"""The two questions: would Slack take this message, would it take this view?"""

from collections.abc import Iterator
from typing import Any

from slack_sandbox.blockkit import blocks as limits
from slack_sandbox.blockkit.check import block, check, length, shape
from slack_sandbox.blockkit.problem import Problem
from slack_sandbox.blockkit.rules import (
    BLOCK_RULES,
    block_elements,
    element_rules,
    message_totals,
    one_focus,
    unique_ids,
    walk_blocks,
)

_ALL = frozenset(limits.BLOCKS)


def validate_message(payload: dict[str, Any]) -> list[Problem]:
    """Every breach in a message's ``text``, ``blocks``, ``attachments`` and ``metadata``.

    A message with blocks but without fallback text gives a problem marked as a warning.
    """
    problems: list[Problem] = []
    text = payload.get("text")
    blocks = payload.get("blocks")
    if text is not None:
        if isinstance(text, str):
            problems += length(text, limits.MAX_TEXT, 0, "/text")
        else:
            problems.append(Problem("must provide a string", "/text"))
    if blocks is not None:
        problems += _blocks(blocks, "/blocks", "M", limits.MAX_MESSAGE_BLOCKS)
        problems += message_totals(blocks, "/blocks")
    problems += _attachments(payload.get("attachments"))
    if payload.get("metadata"):
        problems += check(payload["metadata"], limits.METADATA, "/metadata", "M")
    if (blocks or payload.get("attachments")) and not text:
        problems.append(Problem("missing fallback text for notifications", "/text", warning=True))
    return problems


def _attachments(attachments: Any) -> Iterator[Problem]:
    if attachments is None:
        return
    if not isinstance(attachments, list):
        yield Problem("must provide an array", "/attachments")
        return
    if len(attachments) > limits.MAX_ATTACHMENTS:
        yield Problem(f"no more than {limits.MAX_ATTACHMENTS} items allowed", "/attachments")
    for number, attachment in enumerate(attachments):
        where = f"/attachments/{number}"
        if not isinstance(attachment, dict):
            yield Problem("must provide an object", where)
        elif attachment.get("blocks") is not None:
            most = limits.MAX_MESSAGE_BLOCKS
            yield from _blocks(attachment["blocks"], f"{where}/blocks", "M", most)


def validate_view(view: dict[str, Any]) -> list[Problem]:
    """Every breach in a modal or Home view, as given to views.open or views.publish."""
    kind = view.get("type") if isinstance(view, dict) else None
    if kind not in limits.VIEWS:
        return [Problem(f"unsupported type: {kind}", "/view/type")]
    surface = "O" if kind == "modal" else "H"
    problems = list(shape(view, limits.VIEWS[kind], "/view", surface, frozenset({"type"})))
    blocks = view.get("blocks")
    if isinstance(blocks, list):
        problems += _blocks(blocks, "/view/blocks", surface, limits.MAX_VIEW_BLOCKS, counted=True)
        problems += one_focus(blocks, "/view/blocks")
        has_input = any(isinstance(b, dict) and b.get("type") == "input" for b in blocks)
        if kind == "modal" and has_input and not view.get("submit"):
            problems.append(Problem("missing required field: submit", "/view"))
    return problems


def _blocks(
    blocks: Any, at: str, surface: str, most: int, *, counted: bool = False
) -> Iterator[Problem]:
    if not isinstance(blocks, list):
        yield Problem("must provide an array", at)
        return
    if not counted and len(blocks) > most:
        yield Problem(f"no more than {most} items allowed", at)
    for number, one in enumerate(blocks):
        yield from block(one, _ALL, f"{at}/{number}", surface)
    for one, where in walk_blocks(blocks, at):
        rule = BLOCK_RULES.get(str(one.get("type")))
        if rule is not None:
            yield from rule(one, where)
        for element, place in block_elements(one, where):
            yield from element_rules(one, element, place, surface)
    yield from unique_ids(blocks, at)
