"""Block Kit helpers: small dicts within Slack's limits, and people's text made harmless.

Whatever a person typed goes through ``plain`` blocks, or through ``safe`` before it stands in
markup: it can't mention, link or hide anything (A50). What is too long is cut, with a word that it
was (A51).
"""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

from bot.ids import Action, Options
from bot.metadata import Carried

Block = dict[str, Any]

MAX_SECTION = 3000
MAX_FIELD = 2000
MAX_FIELDS = 10
MAX_HEADER = 150
MAX_BUTTON = 75
MAX_OPTION = 75
MAX_OPTIONS = 100
MAX_LABEL = 2000
MAX_TITLE = 24
MAX_MESSAGE_BLOCKS = 50
MAX_VIEW_BLOCKS = 100
MAX_TEXT = 4000
CHART = "data_visualization"
"""The block of a picture of numbers; not every workspace takes it."""
CUT = " … (cut; the full text is in Details)"

_HIDDEN = frozenset("\u200b\u200e\u200f\u2060\ufeff\u061c") | frozenset(
    chr(code) for span in (range(0x202A, 0x202F), range(0x2066, 0x206A)) for code in span
)


def clean(text: str) -> str:
    """The text without control, direction-changing and invisible characters."""
    if text.isprintable():
        return text
    kept = [
        c
        for c in text
        if c in "\n\t" or (c not in _HIDDEN and unicodedata.category(c) not in {"Cc", "Cs"})
    ]
    return "".join(kept)


def cut(text: str, limit: int, *, note: str = "…") -> str:
    """At most ``limit`` characters, ending in ``note`` when something was left out."""
    return text if len(text) <= limit else text[: limit - len(note)] + note


def safe(text: str) -> str:
    """Somebody's text for use inside markup: shown literally, without mentions or links."""
    escaped = clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # Markup marks can't be escaped; an invisible joiner would be worse than a look-alike.
    return escaped.replace("*", "∗").replace("`", "ʼ").replace("~", "∼")


def plain_text(text: str, limit: int = MAX_SECTION) -> Block:
    """A text object that Slack shows as it is. Slack refuses an empty one, so it shows a dash."""
    return {"type": "plain_text", "text": cut(clean(text).strip() or "–", limit), "emoji": False}


def markup(text: str, limit: int = MAX_SECTION) -> Block:
    """A text object with our own markup; anything of a person's in it went through ``safe``."""
    return {"type": "mrkdwn", "text": cut(text or "–", limit), "verbatim": True}


def header(text: str) -> Block:
    """A large line."""
    return {"type": "header", "text": plain_text(text, MAX_HEADER)}


def section(text: str, *, accessory: Block | None = None) -> Block:
    """A paragraph of our own markup."""
    block: Block = {"type": "section", "text": markup(cut(text, MAX_SECTION, note=CUT))}
    if accessory:
        block["accessory"] = accessory
    return block


def paragraph(text: str) -> Block:
    """A paragraph somebody wrote, shown literally."""
    return {"type": "section", "text": plain_text(cut(clean(text), MAX_SECTION, note=CUT))}


def facts(pairs: Iterable[tuple[str, str]]) -> list[Block]:
    """Label and value in two columns, ten to a section; the values are shown literally."""
    fields = [
        markup(f"*{label}*\n{cut(safe(value), MAX_FIELD - 100)}", MAX_FIELD)
        for label, value in pairs
    ]
    return [
        {"type": "section", "fields": fields[start : start + MAX_FIELDS]}
        for start in range(0, len(fields), MAX_FIELDS)
    ]


def given(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Only the pairs that have a value."""
    return [(label, value) for label, value in pairs if value and value != "–"]


def context(*texts: str) -> Block:
    """Small print in our own markup."""
    return {"type": "context", "elements": [markup(text, MAX_FIELD) for text in texts[:10]]}


def divider() -> Block:
    """A line."""
    return {"type": "divider"}


def confirm(title: str, text: str, yes: str, no: str = "Back") -> Block:
    """The question before a click counts."""
    return {
        "title": plain_text(title, 100),
        "text": plain_text(text, 300),
        "confirm": plain_text(yes, 30),
        "deny": plain_text(no, 30),
    }


def button(
    text: str,
    action: Action,
    value: Carried | str,
    *,
    style: Literal["primary", "danger"] | None = None,
    ask: Block | None = None,
    url: str | None = None,
) -> Block:
    """A button that carries an id and a revision, nothing else."""
    made: Block = {
        "type": "button",
        "text": plain_text(text, MAX_BUTTON),
        "action_id": str(action),
        "value": value if isinstance(value, str) else value.pack(),
    }
    for key, extra in (("style", style), ("confirm", ask), ("url", url)):
        if extra:
            made[key] = extra
    return made


def actions(buttons: Sequence[Block], *, block_id: str | None = None) -> list[Block]:
    """Rows of at most two buttons, as a phone shows them; Slack wants the action ids of one row
    to differ. Without buttons there is no row."""
    rows: list[list[Block]] = []
    for one in buttons:
        last = rows[-1] if rows else []
        if rows and len(last) < 2 and last[0]["action_id"] != one["action_id"]:
            last.append(one)
        else:
            rows.append([one])
    made: list[Block] = [{"type": "actions", "elements": row} for row in rows]
    if block_id:
        for number, row in enumerate(made):
            row["block_id"] = f"{block_id}.{number}"
    return made


def option(text: str, value: str, *, description: str | None = None) -> Block:
    """One choice of a select."""
    made: Block = {"text": plain_text(text, MAX_OPTION), "value": value}
    if description:
        made["description"] = plain_text(description, MAX_OPTION)
    return made


def text_input(
    *,
    initial: str = "",
    placeholder: str = "",
    multiline: bool = False,
    longest: int = 3000,
    focus: bool = False,
) -> Block:
    """A line or a box to type in. Numbers are typed here too: phones have failed to show Slack's
    number input, and only we know what the reader's format means."""
    made: Block = {
        "type": "plain_text_input",
        "action_id": str(Action.INPUT),
        "multiline": multiline,
        "max_length": min(longest, 3000),
    }
    if initial:
        made["initial_value"] = cut(clean(initial), made["max_length"])
    if placeholder:
        made["placeholder"] = plain_text(placeholder, 150)
    if focus:
        made["focus_on_load"] = True
    return made


def select(options: Sequence[Block], *, initial: str | None = None, placeholder: str = "") -> Block:
    """Pick one of at most a hundred; the initial one is found by its value."""
    made: Block = {
        "type": "static_select",
        "action_id": str(Action.INPUT),
        "options": list(options[:MAX_OPTIONS]),
    }
    chosen = next((item for item in made["options"] if item["value"] == initial), None)
    if chosen:
        made["initial_option"] = chosen
    if placeholder:
        made["placeholder"] = plain_text(placeholder, 150)
    return made


def search(
    options: Options, *, initial: Block | None = None, placeholder: str = "Type to search"
) -> Block:
    """Pick one of many: the options are asked of us, from the first opening on."""
    made: Block = {
        "type": "external_select",
        "action_id": str(options),
        "min_query_length": 0,
        "placeholder": plain_text(placeholder, 150),
    }
    if initial:
        made["initial_option"] = initial
    return made


def date_input(initial: str | None = None) -> Block:
    """A day, by the phone's own picker."""
    made: Block = {"type": "datepicker", "action_id": str(Action.INPUT)}
    if initial:
        made["initial_date"] = initial
    return made


def checkboxes(options: Sequence[Block], *, chosen: Iterable[str] = ()) -> Block:
    """Any of at most ten."""
    made: Block = {
        "type": "checkboxes",
        "action_id": str(Action.INPUT),
        "options": list(options[:10]),
    }
    wanted = set(chosen)
    initial = [item for item in made["options"] if item["value"] in wanted]
    if initial:
        made["initial_options"] = initial
    return made


def channel_select(initial: str | None = None) -> Block:
    """A public or private channel."""
    made: Block = {
        "type": "conversations_select",
        "action_id": str(Action.INPUT),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    if initial:
        made["initial_conversation"] = initial
    return made


def field(
    name: str, label: str, element: Block, *, optional: bool = False, hint: str = ""
) -> Block:
    """An input; ``name`` is the command's field, so that a refusal finds its way back."""
    made: Block = {
        "type": "input",
        "block_id": name,
        "label": plain_text(label, MAX_LABEL),
        "optional": optional,
        "element": element,
    }
    if hint:
        made["hint"] = plain_text(hint, MAX_LABEL)
    return made


def photos(name: str = "files", label: str = "Photos") -> Block:
    """Up to five photos or PDFs of at most ten megabytes each."""
    element = {
        "type": "file_input",
        "action_id": str(Action.INPUT),
        "filetypes": ["png", "jpg", "jpeg", "heic", "pdf"],
        "max_files": 5,
    }
    return field(name, label, element, optional=True)


def modal(
    callback: str, title: str, blocks: Sequence[Block], *, submit: str = "", metadata: str = ""
) -> Block:
    """A form, or without ``submit`` a screen to look at."""
    made: Block = {
        "type": "modal",
        "callback_id": str(callback),
        "title": plain_text(title, MAX_TITLE),
        "close": plain_text("Close" if not submit else "Back", MAX_TITLE),
        "blocks": _fit(blocks, MAX_VIEW_BLOCKS),
        "private_metadata": metadata,
    }
    if submit:
        made["submit"] = plain_text(submit, MAX_TITLE)
    return made


def home_view(blocks: Sequence[Block]) -> Block:
    """A person's App Home."""
    return {"type": "home", "blocks": _fit(blocks, MAX_VIEW_BLOCKS)}


def _fit(blocks: Sequence[Block], limit: int) -> list[Block]:
    if len(blocks) <= limit:
        return _named(blocks)
    left = len(blocks) - limit + 1
    return [*_named(blocks[: limit - 1]), context(f"… and {left} more lines; see Details.")]


def _named(blocks: Sequence[Block]) -> list[Block]:
    """Every row of buttons has an id made of what the buttons do. Left to Slack, the ids would be
    others at each redraw, and a click that is under way meanwhile would find nothing to click."""
    made: list[Block] = []
    met: Counter[str] = Counter()
    for block in blocks:
        pressed = [*block.get("elements", ()), block.get("accessory", {})]
        does = [[one["action_id"], one.get("value")] for one in pressed if "action_id" in one]
        if not does or "block_id" in block:
            made.append(block)
            continue
        name = sha256(json.dumps(does).encode()).hexdigest()[:16]
        met[name] += 1
        made.append({**block, "block_id": f"{name}.{met[name]}"})
    return made


def message(text: str, blocks: Sequence[Block] = ()) -> Block:
    """What a message is made of: the notification text, decidable by itself, and the blocks."""
    return {
        "text": cut(safe(text).strip() or "–", MAX_TEXT),
        "blocks": _fit(blocks, MAX_MESSAGE_BLOCKS) or [paragraph(text)],
    }


def mention(user_id: str) -> str:
    """A mention in markup; used only where that person should be notified."""
    return f"<@{user_id}>"


def moment(at: datetime) -> str:
    """A moment in the reader's own time zone, for markup; the fallback is in UTC."""
    fallback = f"{at:%Y-%m-%d %H:%M} UTC"
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"


def permalink(channel: str, ts: str, workspace_url: str) -> str:
    """The address of a message."""
    return f"{workspace_url.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}"
