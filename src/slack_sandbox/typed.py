"""What a person types becomes what Slack stores: escaped text with mentions, and rich text."""

import re
from typing import Any

from slack_sandbox.store import Json
from slack_sandbox.workspace import Workspace

_TOKEN = re.compile(r"(?P<url>https?://[^\s<>]+)|@(?P<user>[\w.-]+)|#(?P<channel>[\w-]+)")
_ENCODED = re.compile(r"<@(?P<user>[UW]\w+)(\|[^>]*)?>|<#(?P<channel>C\w+)(\|[^>]*)?>")


def escape(text: str) -> str:
    """Slack's escaping of the three control characters."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def encode(ws: Workspace, typed: str) -> tuple[str, Json]:
    """The message text and its rich_text block for what was typed."""
    parts: list[str] = []
    items: list[Json] = []
    place = 0
    pattern = re.compile(f"{_ENCODED.pattern}|{_named(_TOKEN)}")
    for match in pattern.finditer(typed):
        token = _token(ws, match)
        if token is None:
            continue
        _plain(typed[place : match.start()], parts, items)
        parts.append(token[0])
        items.append(token[1])
        place = match.end()
    _plain(typed[place:], parts, items)
    section = {"type": "rich_text_section", "elements": items}
    return "".join(parts), {"type": "rich_text", "elements": [section]}


def _named(pattern: re.Pattern[str]) -> str:
    return pattern.pattern.replace("<user>", "<at>").replace("<channel>", "<hash>")


def _plain(text: str, parts: list[str], items: list[Json]) -> None:
    if text:
        parts.append(escape(text))
        items.append({"type": "text", "text": text})


def _token(ws: Workspace, match: re.Match[str]) -> tuple[str, Json] | None:
    found: dict[str, Any] = match.groupdict()
    if found["url"]:
        return f"<{found['url']}>", {"type": "link", "url": found["url"]}
    if found["user"] or found["at"]:
        user_id = found["user"]
        if not user_id:
            user = ws.people.by_name(found["at"])
            user_id = user["id"] if user else None
        return (f"<@{user_id}>", {"type": "user", "user_id": user_id}) if user_id else None
    name = found["hash"]
    channel = ws.channels.find(found["channel"]) if found["channel"] else ws.channels.by_name(name)
    if channel is None:
        return None
    text = f"<#{channel['id']}|{channel.get('name', '')}>"
    return text, {"type": "channel", "channel_id": channel["id"]}


def rich_text_of(plain: str) -> Json:
    """A rich_text object for plain text typed into a rich text input."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": plain}]}
    return {"type": "rich_text", "elements": [section]}
