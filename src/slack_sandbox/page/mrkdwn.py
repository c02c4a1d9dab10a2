"""Slack's mrkdwn as HTML. Only `& < >` are escaped on the wire; everything else is raw text."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from markupsafe import Markup

from slack_sandbox.page.context import Context
from slack_sandbox.page.dates import formatted, moment
from slack_sandbox.page.emoji import TYPED, emoji, typed_emoji
from slack_sandbox.page.html import EMPTY, join, tag

Json = dict[str, Any]
SAFE_SCHEMES = ("http://", "https://", "mailto:", "tel:", "slack://")
_FENCE = re.compile(r"```\n?(.*?)```", re.DOTALL)
_QUOTE = re.compile(r"^(?:&gt;|>) ?")
_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<angle>[^<>\n]+)>"
    r"|(?<![\w*])\*(?P<bold>[^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])"
    r"|(?<![\w_])_(?P<italic>[^\s_](?:[^_\n]*[^\s_])?)_(?![\w_])"
    r"|(?<![\w~])~(?P<strike>[^\s~](?:[^~\n]*[^\s~])?)~(?![\w~])"
    r"|:(?P<emoji>[a-z0-9_+'-]+(?:::skin-tone-\d)?):"
    r"|(?P<url>https?://[^\s<>|]+[^\s<>|.,;:!?)\]'\"])"
    rf"|(?P<typed>{TYPED})"
)
_TYPED_ONLY = re.compile(f"(?P<typed>{TYPED})")
_SHORTCODE = re.compile(rf":(?P<emoji>[a-z0-9_+'-]+):|(?P<typed>{TYPED})")


def unescape(text: str) -> str:
    """Undo the only three escapes of Slack's wire format."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def safe_href(url: str) -> str | None:
    """The address if a browser may follow it, None for `javascript:` and its kin."""
    trimmed = url.strip()
    return trimmed if trimmed.lower().startswith(SAFE_SCHEMES) else None


def link(url: str, label: Markup | str) -> Markup:
    """A link that opens beside the page; an unsafe address leaves only its label."""
    href = safe_href(url)
    if href is None:
        return join([label])
    return tag("a", label, href=href, target="_blank", rel="noopener noreferrer")


def mention(user_id: str, context: Context, label: str | None = None) -> Markup:
    name = context.user_name(user_id) or label or user_id
    mine = " mention-me" if user_id == context.reader else ""
    return tag("span", f"@{name}", class_=f"mention{mine}", data_user=user_id)


def channel_mention(channel_id: str, context: Context, label: str | None = None) -> Markup:
    name = context.channels.get(channel_id) or label or channel_id
    href = context.channel_href(channel_id)
    return tag("a", f"#{name}", class_="mention", href=href, data_nav=True)


def date_token(body: str, context: Context) -> Markup:
    """`date^unix^pattern^link|fallback`; what cannot be read shows its fallback."""
    spec, _, fallback = body.partition("|")
    parts = spec.split("^")
    if len(parts) > 3 and not fallback and safe_href(parts[3]) is None:
        fallback = parts[3]
    try:
        seconds = float(parts[1])
        at = moment(seconds, context)
        words = formatted(seconds, unescape(parts[2]), context)
    except (IndexError, ValueError, OverflowError, OSError):
        return join([unescape(fallback) or unescape(spec)])
    full = f"{at:%Y-%m-%d %H:%M %Z}"
    shown = tag("time", words, datetime=at.isoformat(), title=full)
    return link(unescape(parts[3]), shown) if len(parts) > 3 else shown


def _angle(body: str, context: Context) -> Markup:
    target, _, label = body.partition("|")
    label = unescape(label)
    if target.startswith("@"):
        return mention(target[1:], context, label or None)
    if target.startswith("#"):
        return channel_mention(target[1:], context, label or None)
    if target.startswith("!date"):
        return date_token(body[1:], context)
    if target.startswith("!"):
        spoken = label or target[1:].split("^")[0]
        return tag("span", f"@{spoken.lstrip('@')}", class_="mention mention-me")
    url = unescape(target)
    words = _inline(label, context, links=False) if label else url.removeprefix("mailto:")
    return link(url, words)


def _token(match: re.Match[str], context: Context, links: bool) -> Markup:
    kind = match.lastgroup
    text = match[kind] if kind else ""
    if kind == "code":
        return tag("code", unescape(text))
    if kind == "angle":
        return _angle(text, context)
    if kind == "emoji":
        return emoji(text)
    if kind == "typed":
        return typed_emoji(text)
    if kind == "url":
        return link(unescape(text), unescape(text)) if links else join([unescape(text)])
    name = {"bold": "strong", "italic": "em", "strike": "s"}[kind or ""]
    return tag(name, _inline(text, context, links))


def _scan(
    pattern: re.Pattern[str], text: str, shown: Callable[[re.Match[str]], Markup]
) -> Iterator[Markup | str]:
    position = 0
    for match in pattern.finditer(text):
        yield unescape(text[position : match.start()])
        yield shown(match)
        position = match.end()
    yield unescape(text[position:])


def _inline(text: str, context: Context, links: bool = True) -> Markup:
    return join(_scan(_INLINE, text, lambda match: _token(match, context, links)))


def _paragraph(text: str, context: Context) -> Iterator[Markup]:
    quoted: list[Markup] = []
    plain: list[Markup] = []
    for line in text.split("\n"):
        quote = _QUOTE.match(line)
        if quote and plain:
            yield Markup("<br>").join(plain)
            plain = []
        if not quote and quoted:
            yield tag("blockquote", Markup("<br>").join(quoted))
            quoted = []
        if quote:
            quoted.append(_inline(line[quote.end() :], context))
        else:
            plain.append(_inline(line, context))
    if quoted:
        yield tag("blockquote", Markup("<br>").join(quoted))
    if plain:
        yield Markup("<br>").join(plain)


def mrkdwn(text: str, context: Context) -> Markup:
    """A whole mrkdwn text: fences, quotes, then what is inside a line."""
    parts: list[Markup] = []
    position = 0
    for fence in _FENCE.finditer(text):
        before = text[position : fence.start()].removesuffix("\n")
        if before:
            parts.extend(_paragraph(before, context))
        parts.append(tag("pre", unescape(fence[1]).removesuffix("\n")))
        position = fence.end()
        if text[position : position + 1] == "\n":
            position += 1
    if rest := text[position:]:
        parts.extend(_paragraph(rest, context))
    return EMPTY.join(parts)


def plain(text: str, with_emoji: bool = True) -> Markup:
    """A plain_text object: no markup, but `:name:` emoji unless the app said no."""

    def shown(match: re.Match[str]) -> Markup:
        return emoji(match["emoji"]) if match.lastgroup == "emoji" else typed_emoji(match["typed"])

    pattern = _SHORTCODE if with_emoji else _TYPED_ONLY
    rows = [join(_scan(pattern, line, shown)) for line in text.split("\n")]
    return Markup("<br>").join(rows)


def text_object(text: Json | str | None, context: Context) -> Markup:
    """A text object of either type; a bare string is taken as plain text."""
    if not text:
        return EMPTY
    if isinstance(text, str):
        return plain(text)
    words = str(text.get("text", ""))
    if text.get("type") == "mrkdwn":
        return mrkdwn(words, context)
    return plain(words, text.get("emoji", True) is not False)


def spoken(text: Json | str | None) -> str:
    """The bare words of a text object, for labels that are read aloud."""
    if not text:
        return ""
    return unescape(text if isinstance(text, str) else str(text.get("text", "")))
