"""Blocks to HTML. An unknown block says so where it stands and never breaks its neighbours."""

from collections.abc import Callable, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markupsafe import Markup

from slack_sandbox.page import charts, elements, inputs, selects, tables
from slack_sandbox.page.context import Context
from slack_sandbox.page.elements import Draw, Place
from slack_sandbox.page.html import EMPTY, icon, revision, tag
from slack_sandbox.page.mrkdwn import safe_href, spoken, text_object
from slack_sandbox.page.rich_text import rich_text

Json = dict[str, Any]
DrawBlock = Callable[[Json, Context], Markup]

ELEMENTS: dict[str, Draw] = {
    "button": elements.button,
    "icon_button": elements.icon_button,
    "feedback_buttons": elements.feedback_buttons,
    "workflow_button": elements.workflow_button,
    "overflow": elements.overflow,
    "checkboxes": elements.choices,
    "radio_buttons": elements.choices,
    "static_select": selects.static_select,
    "external_select": selects.external_select,
    "users_select": selects.directory_select,
    "conversations_select": selects.directory_select,
    "channels_select": selects.directory_select,
    "multi_static_select": selects.multi_static_select,
    "multi_external_select": selects.external_select,
    "multi_users_select": selects.multi_directory_select,
    "multi_conversations_select": selects.multi_directory_select,
    "multi_channels_select": selects.multi_directory_select,
    "datepicker": inputs.datepicker,
    "timepicker": inputs.timepicker,
    "datetimepicker": inputs.datetimepicker,
    "plain_text_input": inputs.plain_text_input,
    "number_input": inputs.number_input,
    "email_text_input": inputs.typed_input,
    "url_text_input": inputs.typed_input,
    "rich_text_input": inputs.rich_text_input,
    "file_input": inputs.file_input,
}
GROUPS = frozenset({"checkboxes", "radio_buttons"})
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(
    ["table", "strikethrough"]
)


def element(part: Json, place: Place) -> Markup:
    """One interactive element."""
    return ELEMENTS.get(str(part.get("type")), elements.unknown)(part, place)


def picture(part: Json, context: Context, css: str) -> Markup:
    """An image of a block or an element, from an address or a file of the workspace."""
    file = part.get("slack_file") or {}
    address = safe_href(str(part.get("image_url") or ""))
    if file.get("id"):
        address = context.file_href(str(file["id"]))
    elif file.get("url"):
        address = context.href("file-by-url", url=str(file["url"]))
    alt = str(part.get("alt_text", ""))
    if address is None:
        return tag("span", alt, class_="unknown")
    return tag(
        "img", src=address, alt=alt, class_=css, loading="lazy", referrerpolicy="no-referrer"
    )


def section(block: Json, context: Context) -> Markup:
    place = Place(str(block.get("block_id", "")), context, label=_section_label(block))
    body: list[Markup] = []
    if block.get("text"):
        body.append(tag("div", text_object(block["text"], context), class_="words"))
    if block.get("fields"):
        cells = (tag("div", text_object(one, context), class_="field") for one in block["fields"])
        body.append(tag("div", *cells, class_="fields"))
    accessory = block.get("accessory")
    if not accessory:
        return EMPTY.join(body)
    kind = accessory.get("type")
    if kind == "image":
        beside = picture(accessory, context, "accessory-image")
    else:
        beside = element(accessory, place)
    side = "side-small" if kind in {"button", "overflow", "image"} else "side-wide"
    return tag(
        "div",
        tag("div", *body, class_="section-body"),
        tag("div", beside, class_="accessory", data_key=f"accessory:{kind}"),
        class_=f"section {side}",
    )


def _section_label(block: Json) -> str | None:
    words = spoken(block.get("text")).replace("*", "").strip()
    return words.split("\n")[0][:80] or None


def header(block: Json, context: Context) -> Markup:
    level = min(max(int(block.get("level") or 1), 1), 4)
    return tag(f"h{level + 1}", text_object(block.get("text"), context), class_=f"head-{level}")


def divider(block: Json, context: Context) -> Markup:
    return tag("hr")


def context_block(block: Json, context: Context) -> Markup:
    parts = [
        picture(one, context, "context-image")
        if one.get("type") == "image"
        else tag("span", text_object(one, context), class_="context-text")
        for one in block.get("elements", [])
    ]
    return tag("div", *parts, class_="context")


def actions(block: Json, context: Context) -> Markup:
    place = Place(str(block.get("block_id", "")), context)
    cells = (element(one, place) for one in block.get("elements", []))
    return tag("div", *cells, class_="actions")


def input_block(block: Json, context: Context) -> Markup:
    part = block.get("element") or {}
    block_id = str(block.get("block_id", ""))
    base = f"l-{revision(f'{context.scope}/{block_id}')}"
    optional = bool(block.get("optional"))
    hint = block.get("hint")
    place = Place(
        block_id,
        context,
        label=spoken(block.get("label")),
        label_id=base,
        described_by=" ".join([f"{base}-hint"] * bool(hint) + [f"{base}-error"]),
        optional=optional,
        dispatch=bool(block.get("dispatch_action")),
    )
    words = text_object(block.get("label"), context)
    mark = tag("span", " (optional)", class_="optional") if optional else None
    grouped = part.get("type") in GROUPS
    label = tag(
        "div" if grouped else "label",
        words,
        mark,
        id=base,
        class_="label",
        for_=None if grouped else place.dom_id(part),
    )
    return EMPTY.join(
        [
            label,
            element(part, place),
            tag("p", text_object(hint, context), class_="hint", id=f"{base}-hint") if hint else "",
            tag("p", id=f"{base}-error", class_="field-error", hidden=True, data_own=True),
        ]
    )


def image(block: Json, context: Context) -> Markup:
    caption = block.get("title")
    inner = picture(block, context, "big-image")
    title = tag("figcaption", text_object(caption, context)) if caption else None
    return tag("figure", title, inner, class_="picture")


def markdown(block: Json, context: Context) -> Markup:
    """Standard Markdown; HTML inside it stays text, unsafe links stay words."""
    rendered = _MARKDOWN.render(str(block.get("text", "")))
    return tag("div", Markup(rendered), class_="markdown")  # noqa: S704  (html is off in the parser)


def alert(block: Json, context: Context) -> Markup:
    level = str(block.get("level") or "default")
    drawn = {"warning": "warn", "error": "warn", "success": "check"}.get(level, "info")
    body = tag("div", text_object(block.get("text"), context))
    known = level if level in {"info", "warning", "error", "success"} else "default"
    return tag("div", icon(drawn), body, class_=f"alert alert-{known}", role="note")


def card(block: Json, context: Context) -> Markup:
    place = Place(str(block.get("block_id", "")), context)
    rows: list[Markup] = []
    if block.get("hero_image"):
        rows.append(picture(block["hero_image"], context, "card-hero"))
    drawn = picture(block["icon"], context, "card-icon") if block.get("icon") else None
    titles = [
        tag("div", text_object(block[key], context), class_=f"card-{key}")
        for key in ("title", "subtitle")
        if block.get(key)
    ]
    if titles or drawn:
        rows.append(tag("div", drawn, tag("div", *titles), class_="card-top"))
    rows += [
        tag("div", text_object(block[key], context), class_=f"card-{key}")
        for key in ("body", "subtext")
        if block.get(key)
    ]
    if block.get("actions"):
        buttons = (element(one, place) for one in block["actions"])
        rows.append(tag("div", *buttons, class_="actions"))
    return tag("div", *rows, class_="card")


def carousel(block: Json, context: Context) -> Markup:
    cards = (tag("li", _framed(one, card(one, context))) for one in block.get("elements", []))
    return tag("ul", *cards, class_="carousel", tabindex="0", aria_label="Cards")


def container(block: Json, context: Context) -> Markup:
    title = block.get("rich_text_title")
    heading = rich_text(title, context) if title else text_object(block.get("title"), context)
    top = [tag("span", heading, class_="container-title")]
    if block.get("subtitle"):
        top.append(tag("span", text_object(block["subtitle"], context), class_="container-sub"))
    inside = blocks(block.get("child_blocks", []), context)
    width = block.get("width")
    css = f"container container-{width}" if width in {"narrow", "wide", "full"} else "container"
    if block.get("is_collapsible"):
        opened = not block.get("default_collapsed")
        summary = tag("summary", *top, icon("chevron"))
        body = tag("div", inside, class_="container-body")
        return tag("details", summary, body, class_=css, open=opened, data_keep_open=True)
    ruled = " ruled" if block.get("has_header_divider") else ""
    head = tag("div", *top, class_=f"container-top{ruled}")
    return tag("div", head, tag("div", inside, class_="container-body"), class_=css)


def video(block: Json, context: Context) -> Markup:
    href = safe_href(str(block.get("title_url") or block.get("video_url") or ""))
    still = picture({**block, "image_url": block.get("thumbnail_url")}, context, "big-image")
    words = text_object(block.get("title"), context)
    title = tag("a", words, href=href, target="_blank", rel="noopener") if href else words
    return tag("figure", tag("figcaption", title), still, class_="picture")


def task_card(block: Json, context: Context) -> Markup:
    status = str(block.get("status") or "pending")
    drawn = {"complete": "check", "error": "warn"}.get(status, "clock")
    title = tag("div", text_object(block.get("title"), context), class_="card-title")
    body = [rich_text(block[key], context) for key in ("details", "output") if block.get(key)]
    spoken_status = tag("span", status.replace("_", " "), class_="task-status")
    return tag(
        "div",
        tag("div", icon(drawn), title, spoken_status, class_="card-top"),
        *body,
        class_="card",
    )


def plan(block: Json, context: Context) -> Markup:
    tasks = (task_card(one, context) for one in block.get("tasks", []))
    return tag("div", tag("h3", text_object(block.get("title"), context)), *tasks)


def unknown(block: Json, context: Context) -> Markup:
    words = f"This content cannot be displayed here ({block.get('type')})."
    return tag("p", words, class_="unknown")


def _chart(block: Json, context: Context) -> Markup:
    return charts.chart_figure(block)


BLOCKS: dict[str, DrawBlock] = {
    "section": section,
    "header": header,
    "divider": divider,
    "context": context_block,
    "context_actions": actions,
    "actions": actions,
    "input": input_block,
    "image": image,
    "rich_text": rich_text,
    "markdown": markdown,
    "table": tables.table,
    "data_table": tables.data_table,
    "data_visualization": _chart,
    "alert": alert,
    "card": card,
    "carousel": carousel,
    "container": container,
    "video": video,
    "plan": plan,
    "task_card": task_card,
}


def _framed(block: Json, inner: Markup) -> Markup:
    kind = str(block.get("type", ""))
    block_id = str(block.get("block_id", ""))
    known = kind.replace("_", "-") if kind in BLOCKS else "unknown"
    return tag(
        "div",
        inner,
        class_=f"block block-{known}",
        data_block_id=block_id,
        data_key=f"{kind}:{block_id}",
        data_rev=revision(inner),
    )


def blocks(parts: Sequence[Json], context: Context) -> Markup:
    """Blocks one below the other, each marked with its id and a fingerprint."""
    return EMPTY.join(
        _framed(part, BLOCKS.get(str(part.get("type")), unknown)(part, context)) for part in parts
    )
