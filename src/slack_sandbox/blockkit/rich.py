"""rich_text: sections, lists, quotes, preformatted text and what stands in them."""

from collections.abc import Iterator
from typing import Any

from slack_sandbox.blockkit.problem import Problem

_INLINE = {
    "text": "text",
    "link": "url",
    "emoji": "name",
    "user": "user_id",
    "usergroup": "usergroup_id",
    "channel": "channel_id",
    "broadcast": "range",
    "date": "timestamp",
    "color": "value",
    "team": "team_id",
}
_HOLDERS = frozenset({"rich_text_section", "rich_text_quote", "rich_text_preformatted"})


def check_rich(value: Any, at: str) -> Iterator[Problem]:
    """Every breach in the ``elements`` of a rich_text object."""
    if not isinstance(value, list):
        yield Problem("must provide an array", at)
        return
    if not value:
        yield Problem("no less than 1 items allowed", at)
    for number, item in enumerate(value):
        where = f"{at}/{number}"
        kind = item.get("type") if isinstance(item, dict) else None
        if kind in _HOLDERS:
            yield from _holder(item, where)
        elif kind == "rich_text_list":
            yield from _list(item, where)
        else:
            yield Problem(f"unsupported type: {kind}", f"{where}/type")


def _list(item: dict[str, Any], at: str) -> Iterator[Problem]:
    if item.get("style") not in {"bullet", "ordered"}:
        yield Problem("must be one of: bullet, ordered", f"{at}/style")
    for key, most in (("indent", 8), ("border", 1)):
        value = item.get(key, 0)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            yield Problem(f"must be less than or equal to {most}", f"{at}/{key}")
    rows = item.get("elements")
    if not isinstance(rows, list) or not rows:
        yield Problem("no less than 1 items allowed", f"{at}/elements")
        return
    for number, row in enumerate(rows):
        where = f"{at}/elements/{number}"
        if not isinstance(row, dict) or row.get("type") != "rich_text_section":
            kind = row.get("type") if isinstance(row, dict) else None
            yield Problem(f"unsupported type: {kind}", f"{where}/type")
        else:
            yield from _holder(row, where)


def _holder(item: dict[str, Any], at: str) -> Iterator[Problem]:
    parts = item.get("elements")
    if not isinstance(parts, list):
        yield Problem("must provide an array", f"{at}/elements")
        return
    for number, part in enumerate(parts):
        where = f"{at}/elements/{number}"
        kind = part.get("type") if isinstance(part, dict) else None
        if kind not in _INLINE:
            yield Problem(f"unsupported type: {kind}", f"{where}/type")
        elif part.get(_INLINE[kind]) in {None, ""}:
            yield Problem(f"missing required field: {_INLINE[kind]}", where)
