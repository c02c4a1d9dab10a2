"""rich_text blocks: what people type, and what apps build from typed parts."""

from typing import Any

from markupsafe import Markup

from slack_sandbox.page.context import Context
from slack_sandbox.page.dates import formatted
from slack_sandbox.page.emoji import emoji
from slack_sandbox.page.html import EMPTY, join, lines, tag
from slack_sandbox.page.mrkdwn import channel_mention, link, mention, plain

Json = dict[str, Any]
_STYLES = (("code", "code"), ("bold", "strong"), ("italic", "em"), ("strike", "s"))


def _styled(inner: Markup, style: Json | None) -> Markup:
    for key, name in _STYLES:
        if style and style.get(key):
            inner = tag(name, inner)
    return inner


def _date(part: Json, context: Context) -> Markup:
    try:
        words = formatted(float(part["timestamp"]), str(part.get("format", "{date}")), context)
    except (KeyError, ValueError, OverflowError, OSError):
        return join([str(part.get("fallback", ""))])
    shown = tag("time", words)
    return link(str(part["url"]), shown) if part.get("url") else shown


def _bare(part: Json, context: Context) -> Markup:
    kind = part.get("type")
    if kind == "text":
        return plain(str(part.get("text", "")))
    if kind == "link":
        url = str(part.get("url", ""))
        return link(url, lines(str(part.get("text") or url)))
    if kind == "user":
        return mention(str(part.get("user_id", "")), context)
    if kind == "channel":
        return channel_mention(str(part.get("channel_id", "")), context)
    if kind == "emoji":
        return emoji(str(part.get("name", "")))
    if kind == "broadcast":
        return tag("span", f"@{part.get('range', 'here')}", class_="mention mention-me")
    if kind == "usergroup":
        return tag("span", f"@{part.get('usergroup_id', '')}", class_="mention")
    if kind == "date":
        return _date(part, context)
    return join([str(part.get("value", ""))])


def _run(parts: list[Json], context: Context) -> Markup:
    return EMPTY.join(_styled(_bare(part, context), part.get("style")) for part in parts)


def _list(part: Json, context: Context) -> Markup:
    items = (tag("li", _run(item.get("elements", []), context)) for item in part["elements"])
    ordered = part.get("style") == "ordered"
    indent = min(max(int(part.get("indent") or 0), 0), 8)
    start = int(part.get("offset") or 0) + 1
    return tag(
        "ol" if ordered else "ul",
        *items,
        class_=f"rt-list rt-indent-{indent}",
        start=start if ordered and start > 1 else None,
    )


def rich_text(block: Json, context: Context) -> Markup:
    """All parts of a rich_text block, one below the other."""
    shown: list[Markup] = []
    for part in block.get("elements", []):
        kind = part.get("type")
        if kind == "rich_text_list":
            shown.append(_list(part, context))
            continue
        inner = _run(part.get("elements", []), context)
        name = {"rich_text_quote": "blockquote", "rich_text_preformatted": "pre"}.get(kind, "p")
        shown.append(tag(name, inner, class_="rt" if name == "p" else None))
    return EMPTY.join(shown)


def rich_text_words(value: Json | None) -> str:
    """The bare words of a rich_text value, to fill a text box with."""
    if not value:
        return ""
    rows = []
    for part in value.get("elements", []):
        leaves = part.get("elements", [])
        nested = [leaf for leaf in leaves if "elements" in leaf]
        for row in nested or [part]:
            rows.append("".join(str(leaf.get("text", "")) for leaf in row.get("elements", [])))
    return "\n".join(rows)
