"""Limits of blocks: the table of slack.dev's reference as data."""

from slack_sandbox.blockkit.elements import IMAGE, URL, URL_SOURCE, allowed_in
from slack_sandbox.blockkit.fields import (
    BlockIn,
    BlockSpec,
    ContextItem,
    ElementIn,
    Field,
    Flag,
    Free,
    Int,
    ListOf,
    Number,
    Rich,
    Shape,
    Str,
    Text,
    Typed,
)

BLOCK_ID = Str(255)
MAX_MESSAGE_BLOCKS = 50
MAX_VIEW_BLOCKS = 100
MAX_ATTACHMENTS = 100
MAX_MARKDOWN = 12_000
MAX_TABLE_CHARACTERS = 10_000
MAX_DATA_TABLE_CHARACTERS = 20_000
MAX_CHARTS = 2
MAX_TEXT = 40_000

RICH_TEXT = Shape({"elements": Rich()}, required=("elements",))
_TABLE_CELL = Typed(
    {
        "raw_text": Shape({"text": Str(MAX_DATA_TABLE_CHARACTERS)}, required=("text",)),
        "rich_text": Shape({**RICH_TEXT.fields, "block_id": BLOCK_ID}, required=("elements",)),
    }
)
_DATA_CELL = Typed(
    {
        **_TABLE_CELL.variants,
        "raw_number": Shape({"value": Number(), "text": Str(255)}, required=("value",)),
    }
)
_COLUMN = Shape(
    {"align": Str(6, choices=("left", "center", "right")), "is_wrapped": Flag()}, nullable=True
)
_PIE = Shape(
    {
        "segments": ListOf(
            Shape({"label": Str(20), "value": Number(positive=True)}, required=("label", "value")),
            6,
        )
    },
    required=("segments",),
)
_POINT = Shape({"label": Str(20), "value": Number()}, required=("label", "value"))
_SERIES = Shape({"name": Str(20), "data": ListOf(_POINT, 20)}, required=("name", "data"))
_AXES = Shape(
    {
        "series": ListOf(_SERIES, 6, unique="name"),
        "axis_config": Shape(
            {"categories": ListOf(Str(20), 20), "x_label": Str(50), "y_label": Str(50)},
            required=("categories",),
        ),
    },
    required=("series", "axis_config"),
)
CHART = Typed({"pie": _PIE, "bar": _AXES, "line": _AXES, "area": _AXES})
_CARD_IMAGE = Typed({"image": IMAGE})
_ICON = Typed({"icon": Shape({"name": Str(255)}, required=("name",))})
CARD_FIELDS: dict[str, Field] = {
    "hero_image": _CARD_IMAGE,
    "icon": _CARD_IMAGE,
    "slack_icon": _ICON,
    "title": Text(150),
    "subtitle": Text(150),
    "body": Text(200),
    "subtext": Text(200),
    "actions": ListOf(ElementIn(allowed_in("card")), 3),
}
_CARD = Shape(
    CARD_FIELDS,
    any_of=("hero_image", "title", "actions", "body"),
    at_most_one_of=(("icon", "slack_icon"),),
)
_TASK_STATUS = ("pending", "in_progress", "complete", "error")
_TASK = Shape(
    {
        "task_id": Str(255),
        "title": Str(255),
        "details": Free(),
        "output": Free(),
        "sources": ListOf(URL_SOURCE, 100, least=0),
        "status": Str(20, choices=_TASK_STATUS),
    },
    required=("task_id", "title"),
)
_CHILDREN = frozenset(
    {
        "actions",
        "context",
        "divider",
        "file",
        "header",
        "image",
        "input",
        "rich_text",
        "section",
        "table",
        "video",
    }
)


def _block(
    surfaces: str,
    *required: str,
    one_of: tuple[tuple[str, ...], ...] = (),
    any_of: tuple[str, ...] = (),
    **fields: Field,
) -> BlockSpec:
    shape = Shape({"block_id": BLOCK_ID, **fields}, required, one_of=one_of, any_of=any_of)
    return BlockSpec(surfaces, shape)


BLOCKS: dict[str, BlockSpec] = {
    "section": _block(
        "MOH",
        any_of=("text", "fields"),
        text=Text(3000),
        fields=ListOf(Text(2000), 10),
        accessory=ElementIn(allowed_in("section")),
        expand=Flag(),
    ),
    "header": _block("MOH", "text", text=Text(150, plain=True), level=Int(1, 4)),
    "divider": _block("MOH"),
    "context": _block("MOH", "elements", elements=ListOf(ContextItem(), 10)),
    "actions": _block("MOH", "elements", elements=ListOf(ElementIn(allowed_in("actions")), 25)),
    "input": _block(
        "MOH",
        "label",
        "element",
        label=Text(2000, plain=True),
        hint=Text(2000, plain=True),
        optional=Flag(),
        dispatch_action=Flag(),
        element=ElementIn(allowed_in("input")),
    ),
    "image": _block(
        "MOH",
        "alt_text",
        one_of=(("image_url", "slack_file"),),
        image_url=URL,
        slack_file=IMAGE.fields["slack_file"],
        alt_text=Str(2000),
        title=Text(2000, plain=True),
    ),
    "rich_text": _block("MOH", "elements", elements=Rich()),
    "markdown": _block("M", "text", text=Str(MAX_MARKDOWN)),
    "table": _block(
        "M",
        "rows",
        rows=ListOf(ListOf(_TABLE_CELL, 20), 100),
        column_settings=ListOf(_COLUMN, 20),
    ),
    "data_table": _block(
        "M",
        "caption",
        "rows",
        caption=Str(255),
        rows=ListOf(ListOf(_DATA_CELL, 20), 201, least=2),
        page_size=Int(1, 100),
        row_header_column_index=Int(0, 19),
    ),
    "data_visualization": _block("M", "title", "chart", title=Str(50), chart=CHART),
    "alert": _block(
        "O",
        "text",
        text=Text(200),
        level=Str(10, choices=("default", "info", "warning", "error", "success")),
    ),
    "card": BlockSpec(
        "MH",
        Shape(
            {"block_id": BLOCK_ID, **CARD_FIELDS},
            any_of=_CARD.any_of,
            at_most_one_of=_CARD.at_most_one_of,
        ),
    ),
    "carousel": _block("MH", "elements", elements=ListOf(BlockIn(frozenset({"card"})), 10)),
    "container": _block(
        "M",
        "child_blocks",
        one_of=(("title", "rich_text_title"),),
        title=Text(150, plain=True),
        rich_text_title=Typed({"rich_text": RICH_TEXT}),
        subtitle=Text(150, plain=True),
        child_blocks=ListOf(BlockIn(_CHILDREN), 10),
        width=Str(10, choices=("narrow", "standard", "wide", "full")),
        is_collapsible=Flag(),
        default_collapsed=Flag(),
        has_header_divider=Flag(),
    ),
    "context_actions": _block(
        "M", "elements", elements=ListOf(ElementIn(allowed_in("context_actions")), 5)
    ),
    "plan": _block("M", "title", title=Str(255), tasks=ListOf(Typed({"task_card": _TASK}), 50)),
    "task_card": BlockSpec(
        "M", Shape({"block_id": BLOCK_ID, **_TASK.fields}, required=_TASK.required)
    ),
    "video": _block(
        "MOH",
        "title",
        "alt_text",
        "video_url",
        "thumbnail_url",
        title=Text(199, plain=True),
        title_url=URL,
        description=Text(199, plain=True),
        alt_text=Str(2000),
        video_url=URL,
        thumbnail_url=URL,
        author_name=Str(49),
        provider_name=Str(49),
        provider_icon_url=URL,
    ),
}

VIEW_TEXT = Text(24, plain=True)
_VIEW_COMMON: dict[str, Field] = {
    "blocks": ListOf(Free(), MAX_VIEW_BLOCKS, least=0),
    "private_metadata": Str(3000, least=0),
    "callback_id": Str(255, least=0),
    "external_id": Str(255, least=0),
}
VIEWS: dict[str, Shape] = {
    "modal": Shape(
        {
            **_VIEW_COMMON,
            "title": VIEW_TEXT,
            "submit": VIEW_TEXT,
            "close": VIEW_TEXT,
            "clear_on_close": Flag(),
            "notify_on_close": Flag(),
            "submit_disabled": Flag(),
        },
        required=("title", "blocks"),
    ),
    "home": Shape(_VIEW_COMMON, required=("blocks",)),
}
METADATA = Shape({"event_type": Str(255), "event_payload": Free()}, required=("event_type",))
