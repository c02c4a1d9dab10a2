"""Messages of a channel or thread: who, when, what, files, and how many replies."""

import re
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from slack_sandbox.page.blocks import blocks
from slack_sandbox.page.context import Context
from slack_sandbox.page.dates import clock, day_heading, formatted, moment
from slack_sandbox.page.emoji import emoji
from slack_sandbox.page.html import EMPTY, icon, revision, tag
from slack_sandbox.page.mrkdwn import mrkdwn, spoken

Json = dict[str, Any]
SAME_BREATH_S = 300
_COLOUR = re.compile(r"#?[0-9a-fA-F]{6}")
_NAMED_COLOURS = {"good": "#2eb67d", "warning": "#ecb22e", "danger": "#e01e5a"}


def avatar(name: str, key: str, css: str = "") -> Markup:
    """A square with initials; its colour follows from the id, so it stays the same everywhere."""
    words = [word for word in re.split(r"[\s._-]+", name) if word]
    initials = "".join(word[0] for word in words[:2]).upper() or "?"
    tint = int(revision(key), 16) % 8
    return tag("span", initials, class_=f"avatar tint-{tint} {css}".rstrip(), aria_hidden="true")


def _size(count: int) -> str:
    if count >= 1_000_000:
        return f"{count / 1_000_000:.1f} MB"
    return f"{max(count // 1000, 1)} kB"


def file_tile(file: Json, context: Context) -> Markup:
    """A picture as itself, anything else as a tile to open."""
    name = str(file.get("title") or file.get("name") or "File")
    href = context.file_href(str(file.get("id", "")))
    if str(file.get("mimetype", "")).startswith("image/"):
        shown = tag("img", src=href, alt=name, loading="lazy")
        return tag("a", shown, href=href, target="_blank", rel="noopener", class_="file-image")
    kind = str(file.get("pretty_type") or file.get("filetype") or "File")
    about = f"{kind} · {_size(int(file.get('size') or 0))}"
    words = tag("span", tag("b", name), tag("small", about))
    return tag(
        "a", icon("file"), words, href=href, target="_blank", rel="noopener", class_="file-tile"
    )


def _attachment(part: Json, context: Context) -> Markup:
    colour = str(part.get("color") or "")
    colour = _NAMED_COLOURS.get(colour, colour)
    fill = f"#{colour.lstrip('#')}" if _COLOUR.fullmatch(colour) else "#c6c6c6"
    bar = tag("svg", tag("rect", width="4", height="100%", rx="2", fill=fill), aria_hidden="true")
    rows: list[Markup] = []
    if part.get("pretext"):
        rows.append(tag("div", mrkdwn(str(part["pretext"]), context)))
    if part.get("title"):
        rows.append(tag("b", mrkdwn(str(part["title"]), context)))
    if part.get("text"):
        rows.append(tag("div", mrkdwn(str(part["text"]), context)))
    for one in part.get("fields") or []:
        title = tag("b", str(one.get("title", "")))
        rows.append(tag("div", title, " ", mrkdwn(str(one.get("value", "")), context)))
    rows.append(blocks(part.get("blocks") or [], context))
    if part.get("footer"):
        rows.append(tag("small", mrkdwn(str(part["footer"]), context)))
    return tag("div", bar, tag("div", *rows), class_="attachment")


def _content(message: Json, context: Context) -> Markup:
    parts: list[Markup] = []
    if message.get("blocks"):
        parts.append(blocks(message["blocks"], context))
    elif message.get("text"):
        parts.append(tag("div", mrkdwn(str(message["text"]), context), class_="words"))
    parts += [_attachment(one, context) for one in message.get("attachments") or []]
    if message.get("files"):
        tiles = (file_tile(one, context) for one in message["files"])
        parts.append(tag("div", *tiles, class_="message-files"))
    if message.get("reactions"):
        pills = (
            tag("span", emoji(str(one["name"])), f" {one.get('count', 1)}", class_="reaction")
            for one in message["reactions"]
        )
        parts.append(tag("div", *pills, class_="reactions"))
    return EMPTY.join(parts)


def _replies(message: Json, context: Context, channel_id: str) -> Markup:
    count = int(message.get("reply_count") or 0)
    words = f"{count} repl{'y' if count == 1 else 'ies'}"
    latest = message.get("latest_reply")
    when = None
    if latest:
        ago = formatted(float(latest), "{ago}", context)
        when = tag("span", f"Last reply {'just now' if ago == 'Now' else ago}", class_="reply-when")
    return tag(
        "a",
        icon("reply"),
        tag("b", words),
        when,
        href=context.href(f"thread/{channel_id}/{message['ts']}"),
        data_nav=True,
        class_="replies",
    )


def _author(message: Json) -> tuple[str, str, bool]:
    author = message.get("author") or {}
    key = str(author.get("id") or message.get("user") or message.get("bot_id") or "")
    name = str(message.get("username") or author.get("name") or key)
    return key, name, bool(author.get("is_bot") or message.get("bot_id"))


def message_html(
    message: Json, context: Context, channel_id: str, *, compact: bool, in_thread: bool
) -> Markup:
    """One message. `compact` leaves out the author, who spoke just before."""
    ts = str(message["ts"])
    hidden = bool(message.get("is_ephemeral"))
    context = context.within("message", f"{channel_id}/{ts}", channel_id)
    key, name, is_bot = _author(message)
    at = moment(ts, context)
    stamp = tag("time", clock(at, context), datetime=at.isoformat(), title=f"{at:%c}")
    badge = tag("span", "APP", class_="badge-app") if is_bot else None
    edited = tag("span", "(edited)", class_="edited") if message.get("edited") else None
    head = tag("div", tag("b", name, class_="author"), badge, stamp, edited, class_="message-head")
    only = tag("p", icon("eye"), "Only visible to you", class_="only-you") if hidden else None
    count = int(message.get("reply_count") or 0)
    replies = _replies(message, context, channel_id) if count and not in_thread else None
    body = tag(
        "div",
        only,
        None if compact else head,
        _content(message, context),
        replies,
        class_="message-body",
    )
    left = tag("span", stamp, class_="gutter") if compact else avatar(name, key, "big")
    inner = left + body + (EMPTY if hidden else _more(name))
    css = "message" + " compact" * compact + " ephemeral" * hidden
    return tag(
        "article",
        inner,
        class_=css,
        aria_label=f"{name}, {clock(at, context)}",
        data_key=f"{'e' if hidden else 'm'}:{ts}",
        data_ts=ts,
        data_channel=channel_id,
        data_thread=message.get("thread_ts"),
        data_ephemeral=hidden,
        data_in_thread=in_thread,
        data_text=spoken(str(message.get("text") or "")),
        data_rev=revision(inner + css),
    )


def _more(name: str) -> Markup:
    return tag(
        "button",
        icon("dots"),
        type="button",
        class_="message-more",
        aria_haspopup="menu",
        aria_label=f"More actions for the message from {name}",
    )


def _note(message: Json, context: Context) -> Markup:
    """Joins and the like: one quiet line."""
    ts = str(message["ts"])
    _key, name, _bot = _author(message)
    words = mrkdwn(str(message.get("text") or ""), context)
    line = tag("p", tag("b", name), " ", words)
    return tag("div", line, class_="quiet", data_key=f"m:{ts}", data_ts=ts, data_rev=revision(line))


QUIET = frozenset({"channel_join", "channel_leave", "channel_topic", "channel_name", "group_join"})


def message_list(
    messages: Sequence[Json], context: Context, channel_id: str, *, in_thread: bool = False
) -> Markup:
    """Messages oldest first, with a line wherever a new day begins."""
    shown: list[Markup] = []
    day, speaker, spoke = "", "", 0.0
    for message in messages:
        ts = str(message["ts"])
        heading = day_heading(ts, context)
        if heading != day and not in_thread:
            line = tag("span", heading)
            shown.append(
                tag("div", line, class_="day", data_key=f"day:{heading}", role="separator")
            )
            speaker = ""
        day = heading
        if message.get("subtype") in QUIET:
            shown.append(_note(message, context))
            speaker = ""
            continue
        key, name, _bot = _author(message)
        who = f"{key}/{name}"
        compact = who == speaker and float(ts) - spoke < SAME_BREATH_S
        compact = compact and not message.get("is_ephemeral")
        shown.append(
            message_html(message, context, channel_id, compact=compact, in_thread=in_thread)
        )
        speaker, spoke = ("" if message.get("is_ephemeral") else who), float(ts)
        if in_thread and len(shown) == 1 and len(messages) > 1:
            count = len(messages) - 1
            line = tag("span", f"{count} repl{'y' if count == 1 else 'ies'}")
            shown.append(tag("div", line, class_="thread-line", data_key="replies"))
            speaker = ""
    return EMPTY.join(shown)
