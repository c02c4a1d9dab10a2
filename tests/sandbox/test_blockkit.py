"""Every limit of Block Kit: one fault per payload, and payloads that are fine."""

from typing import Any

import pytest

from slack_sandbox.blockkit import Problem, validate_message, validate_view

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(value: str = "v", text: str = "t", **more: Any) -> Json:
    return {"text": plain(text), "value": value, **more}


def options(count: int) -> list[Json]:
    return [option(str(number)) for number in range(count)]


def section(**fields: Any) -> Json:
    return {"type": "section", "text": mrkdwn("x"), **fields}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def button(**fields: Any) -> Json:
    return {"type": "button", "text": plain("Go"), **fields}


def select(**fields: Any) -> Json:
    return {"type": "static_select", "options": options(2), **fields}


def ask(element: Json, **fields: Any) -> Json:
    return {"type": "input", "label": plain("L"), "element": element, **fields}


def text_input(**fields: Any) -> Json:
    return {"type": "plain_text_input", **fields}


def modal(*blocks: Json, **fields: Any) -> Json:
    view = {"type": "modal", "title": plain("T"), "submit": plain("S"), "blocks": list(blocks)}
    return {key: value for key, value in {**view, **fields}.items() if value is not None}


def home(*blocks: Json, **fields: Any) -> Json:
    return {"type": "home", "blocks": list(blocks), **fields}


def message(*blocks: Json, **fields: Any) -> Json:
    return {"text": "fallback", "blocks": list(blocks), **fields}


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def rich_list(**fields: Any) -> Json:
    row = {"type": "rich_text_section", "elements": [{"type": "text", "text": "a"}]}
    return {"type": "rich_text_list", "style": "bullet", "elements": [row], **fields}


def cell(text: str = "c") -> Json:
    return {"type": "raw_text", "text": text}


def chart(**fields: Any) -> Json:
    return {"type": "data_visualization", "title": "T", "chart": fields}


def bars(categories: list[str], labels: list[str], **fields: Any) -> Json:
    data = [{"label": label, "value": 1} for label in labels]
    series = fields.pop("series", [{"name": "s", "data": data}])
    return chart(type="bar", series=series, axis_config={"categories": categories, **fields})


def data_table(rows: list[list[Json]], **fields: Any) -> Json:
    return {"type": "data_table", "caption": "C", "rows": rows, **fields}


def confirm(**fields: Any) -> Json:
    texts = {"title": plain("a"), "text": mrkdwn("b"), "confirm": plain("c"), "deny": plain("d")}
    return {**texts, **fields}


MESSAGE_FAULTS: list[tuple[str, Json, str]] = [
    ("unknown block", {"type": "sectoin"}, "/blocks/0/type"),
    ("section without text or fields", {"type": "section"}, "/blocks/0"),
    ("section text 3001", section(text=mrkdwn("x" * 3001)), "/blocks/0/text/text"),
    ("section text empty", section(text=mrkdwn("")), "/blocks/0/text/text"),
    ("section 11 fields", section(fields=[mrkdwn("x")] * 11), "/blocks/0/fields"),
    ("section no fields", section(fields=[]), "/blocks/0/fields"),
    ("section field 2001", section(fields=[mrkdwn("x" * 2001)]), "/blocks/0/fields/0/text"),
    ("section unknown key", section(colour="red"), "/blocks/0"),
    ("block_id 256", section(block_id="x" * 256), "/blocks/0/block_id"),
    (
        "text object of unknown type",
        section(text={"type": "html", "text": "x"}),
        "/blocks/0/text/type",
    ),
    ("mrkdwn with emoji key", section(text={**mrkdwn("x"), "emoji": True}), "/blocks/0/text"),
    ("header 151", {"type": "header", "text": plain("x" * 151)}, "/blocks/0/text/text"),
    ("header mrkdwn", {"type": "header", "text": mrkdwn("x")}, "/blocks/0/text/type"),
    ("header level 5", {"type": "header", "text": plain("x"), "level": 5}, "/blocks/0/level"),
    (
        "context 11 elements",
        {"type": "context", "elements": [mrkdwn("x")] * 11},
        "/blocks/0/elements",
    ),
    (
        "context with a button",
        {"type": "context", "elements": [button()]},
        "/blocks/0/elements/0/type",
    ),
    ("actions 26", actions(*[button(action_id=str(n)) for n in range(26)]), "/blocks/0/elements"),
    ("actions empty", actions(), "/blocks/0/elements"),
    ("actions with text input", actions(text_input()), "/blocks/0/elements/0/type"),
    (
        "action_id twice",
        actions(button(action_id="a"), button(action_id="a")),
        "/blocks/0/elements/1/action_id",
    ),
    ("action_id 256", actions(button(action_id="x" * 256)), "/blocks/0/elements/0/action_id"),
    ("button text 76", actions(button(text=plain("x" * 76))), "/blocks/0/elements/0/text/text"),
    ("button text mrkdwn", actions(button(text=mrkdwn("x"))), "/blocks/0/elements/0/text/type"),
    ("button without text", actions({"type": "button"}), "/blocks/0/elements/0"),
    ("button value 2001", actions(button(value="x" * 2001)), "/blocks/0/elements/0/value"),
    ("button value number", actions(button(value=7)), "/blocks/0/elements/0/value"),
    ("button url 3001", actions(button(url="x" * 3001)), "/blocks/0/elements/0/url"),
    ("button style", actions(button(style="default")), "/blocks/0/elements/0/style"),
    (
        "button accessibility_label 76",
        actions(button(accessibility_label="x" * 76)),
        "/blocks/0/elements/0/accessibility_label",
    ),
    (
        "confirm title 101",
        actions(button(confirm=confirm(title=plain("x" * 101)))),
        "/blocks/0/elements/0/confirm/title/text",
    ),
    (
        "confirm text 301",
        actions(button(confirm=confirm(text=plain("x" * 301)))),
        "/blocks/0/elements/0/confirm/text/text",
    ),
    (
        "confirm confirm 31",
        actions(button(confirm=confirm(confirm=plain("x" * 31)))),
        "/blocks/0/elements/0/confirm/confirm/text",
    ),
    (
        "confirm deny 31",
        actions(button(confirm=confirm(deny=plain("x" * 31)))),
        "/blocks/0/elements/0/confirm/deny/text",
    ),
    (
        "confirm without deny",
        actions(button(confirm={**confirm(), "deny": None})),
        "/blocks/0/elements/0/confirm",
    ),
    ("select 101 options", actions(select(options=options(101))), "/blocks/0/elements/0/options"),
    ("select no options", actions(select(options=[])), "/blocks/0/elements/0/options"),
    ("select without options", actions({"type": "static_select"}), "/blocks/0/elements/0"),
    (
        "select options and groups",
        actions(select(option_groups=[{"label": plain("g"), "options": [option("g")]}])),
        "/blocks/0/elements/0",
    ),
    (
        "select 101 groups",
        actions(
            {
                "type": "static_select",
                "option_groups": [
                    {"label": plain("g"), "options": [option(str(n))]} for n in range(101)
                ],
            }
        ),
        "/blocks/0/elements/0/option_groups",
    ),
    (
        "group label 76",
        actions(
            {
                "type": "static_select",
                "option_groups": [{"label": plain("x" * 76), "options": options(1)}],
            }
        ),
        "/blocks/0/elements/0/option_groups/0/label/text",
    ),
    (
        "option text 76",
        actions(select(options=[option(text="x" * 76)])),
        "/blocks/0/elements/0/options/0/text/text",
    ),
    (
        "option value 76",
        actions(select(options=[option("x" * 76)])),
        "/blocks/0/elements/0/options/0/value",
    ),
    (
        "option value empty",
        actions(select(options=[option("")])),
        "/blocks/0/elements/0/options/0/value",
    ),
    (
        "option description 76",
        actions(select(options=[option(description=plain("x" * 76))])),
        "/blocks/0/elements/0/options/0/description/text",
    ),
    (
        "option mrkdwn in select",
        actions(select(options=[{"text": mrkdwn("x"), "value": "1"}])),
        "/blocks/0/elements/0/options/0/text/type",
    ),
    (
        "option value twice",
        actions(select(options=[option("1"), option("1", "u")])),
        "/blocks/0/elements/0/options",
    ),
    (
        "initial option not offered",
        actions(select(initial_option=option("9"))),
        "/blocks/0/elements/0/initial_option",
    ),
    (
        "initial option other text",
        actions(select(initial_option=option("0", "other"))),
        "/blocks/0/elements/0/initial_option",
    ),
    (
        "initial options not offered",
        actions(
            {"type": "multi_static_select", "options": options(2), "initial_options": [option("9")]}
        ),
        "/blocks/0/elements/0/initial_options/0",
    ),
    (
        "placeholder 151",
        actions(select(placeholder=plain("x" * 151))),
        "/blocks/0/elements/0/placeholder/text",
    ),
    (
        "min_query_length negative",
        actions({"type": "external_select", "min_query_length": -1}),
        "/blocks/0/elements/0/min_query_length",
    ),
    (
        "max_selected_items 0",
        actions({"type": "multi_users_select", "max_selected_items": 0}),
        "/blocks/0/elements/0/max_selected_items",
    ),
    (
        "response_url_enabled in a message",
        actions({"type": "channels_select", "response_url_enabled": True}),
        "/blocks/0/elements/0/response_url_enabled",
    ),
    (
        "filter empty",
        actions({"type": "conversations_select", "filter": {}}),
        "/blocks/0/elements/0/filter",
    ),
    (
        "filter include unknown",
        actions({"type": "conversations_select", "filter": {"include": ["dm"]}}),
        "/blocks/0/elements/0/filter/include/0",
    ),
    (
        "overflow 6",
        actions({"type": "overflow", "options": options(6)}),
        "/blocks/0/elements/0/options",
    ),
    (
        "overflow url 3001",
        actions({"type": "overflow", "options": [option(url="x" * 3001)]}),
        "/blocks/0/elements/0/options/0/url",
    ),
    (
        "overflow in input",
        ask({"type": "overflow", "options": options(1)}),
        "/blocks/0/element/type",
    ),
    (
        "checkboxes 11",
        actions({"type": "checkboxes", "options": options(11)}),
        "/blocks/0/elements/0/options",
    ),
    (
        "radio 11",
        actions({"type": "radio_buttons", "options": options(11)}),
        "/blocks/0/elements/0/options",
    ),
    (
        "initial_date",
        actions({"type": "datepicker", "initial_date": "24.11.2026"}),
        "/blocks/0/elements/0/initial_date",
    ),
    (
        "initial_time",
        actions({"type": "timepicker", "initial_time": "25:00"}),
        "/blocks/0/elements/0/initial_time",
    ),
    (
        "timezone",
        actions({"type": "timepicker", "timezone": "Mars/Base"}),
        "/blocks/0/elements/0/timezone",
    ),
    (
        "initial_date_time",
        actions({"type": "datetimepicker", "initial_date_time": 123}),
        "/blocks/0/elements/0/initial_date_time",
    ),
    (
        "datetimepicker in section",
        section(accessory={"type": "datetimepicker"}),
        "/blocks/0/accessory/type",
    ),
    (
        "number_input in a message",
        ask({"type": "number_input", "is_decimal_allowed": True}),
        "/blocks/0/element/type",
    ),
    ("file_input in a message", ask({"type": "file_input"}), "/blocks/0/element/type"),
    ("image without alt", {"type": "image", "image_url": "https://x"}, "/blocks/0"),
    (
        "image alt 2001",
        {"type": "image", "image_url": "https://x", "alt_text": "x" * 2001},
        "/blocks/0/alt_text",
    ),
    (
        "image url 3001",
        {"type": "image", "image_url": "x" * 3001, "alt_text": "a"},
        "/blocks/0/image_url",
    ),
    (
        "image url and file",
        {"type": "image", "image_url": "https://x", "alt_text": "a", "slack_file": {"id": "F1"}},
        "/blocks/0",
    ),
    ("image without source", {"type": "image", "alt_text": "a"}, "/blocks/0"),
    (
        "image title 2001",
        {"type": "image", "image_url": "https://x", "alt_text": "a", "title": plain("x" * 2001)},
        "/blocks/0/title/text",
    ),
    ("label 2001", ask(text_input(), label=plain("x" * 2001)), "/blocks/0/label/text"),
    ("hint 2001", ask(text_input(), hint=plain("x" * 2001)), "/blocks/0/hint/text"),
    ("input without element", {"type": "input", "label": plain("L")}, "/blocks/0"),
    ("optional as text", ask(text_input(), optional="yes"), "/blocks/0/optional"),
    ("max_length 3001", ask(text_input(max_length=3001)), "/blocks/0/element/max_length"),
    ("min_length 3001", ask(text_input(min_length=3001)), "/blocks/0/element/min_length"),
    ("min above max", ask(text_input(min_length=9, max_length=3)), "/blocks/0/element/min_length"),
    (
        "trigger_actions_on",
        ask(text_input(dispatch_action_config={"trigger_actions_on": ["on_blur"]})),
        "/blocks/0/element/dispatch_action_config/trigger_actions_on/0",
    ),
    ("rich text unknown", rich({"type": "paragraph"}), "/blocks/0/elements/0/type"),
    ("rich list indent 9", rich(rich_list(indent=9)), "/blocks/0/elements/0/indent"),
    ("rich list border 2", rich(rich_list(border=2)), "/blocks/0/elements/0/border"),
    ("rich list style", rich(rich_list(style="dash")), "/blocks/0/elements/0/style"),
    (
        "rich text leaf",
        rich({"type": "rich_text_section", "elements": [{"type": "b"}]}),
        "/blocks/0/elements/0/elements/0/type",
    ),
    ("markdown 12001", {"type": "markdown", "text": "x" * 12_001}, "/blocks/0/text"),
    ("table 101 rows", {"type": "table", "rows": [[cell()]] * 101}, "/blocks/0/rows"),
    ("table 21 cells", {"type": "table", "rows": [[cell()] * 21]}, "/blocks/0/rows/0"),
    ("table empty cell", {"type": "table", "rows": [[cell("")]]}, "/blocks/0/rows/0/0/text"),
    (
        "table raw_number",
        {"type": "table", "rows": [[{"type": "raw_number", "value": 1}]]},
        "/blocks/0/rows/0/0/type",
    ),
    ("table 10001 characters", {"type": "table", "rows": [[cell("x" * 5001)] * 2]}, "/blocks"),
    (
        "table align",
        {"type": "table", "rows": [[cell()]], "column_settings": [{"align": "top"}]},
        "/blocks/0/column_settings/0/align",
    ),
    ("data_table one row", data_table([[cell()]]), "/blocks/0/rows"),
    ("data_table 202 rows", data_table([[cell()]] * 202), "/blocks/0/rows"),
    ("data_table 21 columns", data_table([[cell()] * 20, [cell()] * 21]), "/blocks/0/rows/1"),
    ("data_table ragged", data_table([[cell(), cell()], [cell()]]), "/blocks/0/rows/1"),
    (
        "data_table rich header",
        data_table([[rich({"type": "rich_text_section", "elements": []})], [cell()]]),
        "/blocks/0/rows/0/0/type",
    ),
    ("data_table page_size 101", data_table([[cell()]] * 2, page_size=101), "/blocks/0/page_size"),
    (
        "data_table header index",
        data_table([[cell()]] * 2, row_header_column_index=1),
        "/blocks/0/row_header_column_index",
    ),
    ("data_table without caption", {"type": "data_table", "rows": [[cell()]] * 2}, "/blocks/0"),
    ("data_table 20001 characters", data_table([[cell("x" * 10_001)]] * 2), "/blocks"),
    ("chart title 51", {**bars(["a"], ["a"]), "title": "x" * 51}, "/blocks/0/title"),
    ("chart unknown", chart(type="radar"), "/blocks/0/chart/type"),
    (
        "pie 7 segments",
        chart(type="pie", segments=[{"label": str(n), "value": 1} for n in range(7)]),
        "/blocks/0/chart/segments",
    ),
    (
        "pie zero",
        chart(type="pie", segments=[{"label": "a", "value": 0}]),
        "/blocks/0/chart/segments/0/value",
    ),
    (
        "pie label 21",
        chart(type="pie", segments=[{"label": "x" * 21, "value": 1}]),
        "/blocks/0/chart/segments/0/label",
    ),
    ("bar point missing", bars(["a", "b"], ["a"]), "/blocks/0/chart/series/0/data"),
    (
        "bar name twice",
        bars(["a"], [], series=[{"name": "s", "data": [{"label": "a", "value": 1}]}] * 2),
        "/blocks/0/chart/series/1/name",
    ),
    ("bar x_label 51", bars(["a"], ["a"], x_label="x" * 51), "/blocks/0/chart/axis_config/x_label"),
    ("alert in a message", {"type": "alert", "text": mrkdwn("x")}, "/blocks/0/type"),
    ("card empty", {"type": "card"}, "/blocks/0"),
    ("card title 151", {"type": "card", "title": plain("x" * 151)}, "/blocks/0/title/text"),
    ("card body 201", {"type": "card", "body": mrkdwn("x" * 201)}, "/blocks/0/body/text"),
    (
        "card 4 buttons",
        {"type": "card", "actions": [button(action_id=str(n)) for n in range(4)]},
        "/blocks/0/actions",
    ),
    (
        "card two icons",
        {
            "type": "card",
            "title": plain("t"),
            "slack_icon": {"type": "icon", "name": "star"},
            "icon": {"type": "image", "image_url": "https://x", "alt_text": "a"},
        },
        "/blocks/0",
    ),
    (
        "carousel 11",
        {"type": "carousel", "elements": [{"type": "card", "title": plain("t")}] * 11},
        "/blocks/0/elements",
    ),
    (
        "carousel of sections",
        {"type": "carousel", "elements": [section()]},
        "/blocks/0/elements/0/type",
    ),
    (
        "container 11",
        {"type": "container", "title": plain("t"), "child_blocks": [section()] * 11},
        "/blocks/0/child_blocks",
    ),
    (
        "container in container",
        {"type": "container", "title": plain("t"), "child_blocks": [{"type": "container"}]},
        "/blocks/0/child_blocks/0/type",
    ),
    ("container without title", {"type": "container", "child_blocks": [section()]}, "/blocks/0"),
    (
        "container divider",
        {
            "type": "container",
            "title": plain("t"),
            "child_blocks": [section()],
            "is_collapsible": True,
            "has_header_divider": True,
        },
        "/blocks/0/has_header_divider",
    ),
    (
        "context_actions 6",
        {
            "type": "context_actions",
            "elements": [
                {"type": "icon_button", "icon": "trash", "text": plain("t"), "action_id": str(n)}
                for n in range(6)
            ],
        },
        "/blocks/0/elements",
    ),
    (
        "icon_button icon",
        {
            "type": "context_actions",
            "elements": [{"type": "icon_button", "icon": "bin", "text": plain("t")}],
        },
        "/blocks/0/elements/0/icon",
    ),
    (
        "task_card pending alone",
        {"type": "task_card", "task_id": "1", "title": "t", "status": "pending"},
        "/blocks/0/status",
    ),
    (
        "plan 51 tasks",
        {
            "type": "plan",
            "title": "t",
            "tasks": [{"type": "task_card", "task_id": str(n), "title": "t"} for n in range(51)],
        },
        "/blocks/0/tasks",
    ),
    (
        "video title 200",
        {
            "type": "video",
            "title": plain("x" * 200),
            "alt_text": "a",
            "video_url": "https://x",
            "thumbnail_url": "https://x",
        },
        "/blocks/0/title/text",
    ),
]

MODAL_FAULTS: list[tuple[str, Json, str]] = [
    ("title 25", modal(title=plain("x" * 25)), "/view/title/text"),
    ("title mrkdwn", modal(title=mrkdwn("x")), "/view/title/type"),
    ("no title", modal(title=None), "/view"),
    ("submit 25", modal(submit=plain("x" * 25)), "/view/submit/text"),
    ("close 25", modal(close=plain("x" * 25)), "/view/close/text"),
    ("callback_id 256", modal(callback_id="x" * 256), "/view/callback_id"),
    ("external_id 256", modal(external_id="x" * 256), "/view/external_id"),
    ("private_metadata 3001", modal(private_metadata="x" * 3001), "/view/private_metadata"),
    ("101 blocks", modal(*[{"type": "divider"}] * 101), "/view/blocks"),
    ("no blocks", {"type": "modal", "title": plain("T")}, "/view"),
    ("input without submit", modal(ask(text_input()), submit=None), "/view"),
    ("unknown view key", modal(colour="red"), "/view"),
    ("unknown type", {"type": "page", "blocks": []}, "/view/type"),
    (
        "two in focus",
        modal(ask(text_input(focus_on_load=True)), ask(text_input(focus_on_load=True))),
        "/view/blocks/1/element/focus_on_load",
    ),
    (
        "block_id twice",
        modal(section(block_id="a"), section(block_id="a")),
        "/view/blocks/1/block_id",
    ),
    ("number without is_decimal", modal(ask({"type": "number_input"})), "/view/blocks/0/element"),
    (
        "number min as number",
        modal(ask({"type": "number_input", "is_decimal_allowed": False, "min_value": 1})),
        "/view/blocks/0/element/min_value",
    ),
    (
        "number initial no number",
        modal(ask({"type": "number_input", "is_decimal_allowed": False, "initial_value": "one"})),
        "/view/blocks/0/element/initial_value",
    ),
    (
        "number min above max",
        modal(
            ask(
                {
                    "type": "number_input",
                    "is_decimal_allowed": True,
                    "min_value": "9",
                    "max_value": "1.5",
                }
            )
        ),
        "/view/blocks/0/element/min_value",
    ),
    (
        "max_files 11",
        modal(ask({"type": "file_input", "max_files": 11})),
        "/view/blocks/0/element/max_files",
    ),
    (
        "max_lines 101",
        modal(ask({"type": "rich_text_input", "max_lines": 101})),
        "/view/blocks/0/element/max_lines",
    ),
    ("table in a modal", modal({"type": "table", "rows": [[cell()]]}), "/view/blocks/0/type"),
    ("markdown in a modal", modal({"type": "markdown", "text": "x"}), "/view/blocks/0/type"),
    ("card in a modal", modal({"type": "card", "title": plain("t")}), "/view/blocks/0/type"),
    (
        "alert text 201",
        modal({"type": "alert", "text": mrkdwn("x" * 201)}),
        "/view/blocks/0/text/text",
    ),
    (
        "alert level",
        modal({"type": "alert", "text": mrkdwn("x"), "level": "fatal"}),
        "/view/blocks/0/level",
    ),
    (
        "response_url_enabled in actions",
        modal(actions({"type": "channels_select", "response_url_enabled": True})),
        "/view/blocks/0/elements/0/response_url_enabled",
    ),
    ("home with title", home(title=plain("T")), "/view"),
    ("home with submit", home(submit=plain("S")), "/view"),
    ("home 101 blocks", home(*[{"type": "divider"}] * 101), "/view/blocks"),
    ("home with file_input", home(ask({"type": "file_input"})), "/view/blocks/0/element/type"),
    (
        "home with datetimepicker",
        home(actions({"type": "datetimepicker"})),
        "/view/blocks/0/elements/0/type",
    ),
    ("home with alert", home({"type": "alert", "text": mrkdwn("x")}), "/view/blocks/0/type"),
]

WHOLE_MESSAGE_FAULTS: list[tuple[str, Json, str]] = [
    ("51 blocks", message(*[{"type": "divider"}] * 51), "/blocks"),
    ("blocks no list", {"text": "x", "blocks": {}}, "/blocks"),
    ("101 attachments", {"text": "x", "attachments": [{}] * 101}, "/attachments"),
    (
        "block in attachment",
        {"text": "x", "attachments": [{"blocks": [{"type": "section"}]}]},
        "/attachments/0/blocks/0",
    ),
    ("two tables", message(*[{"type": "table", "rows": [[cell()]]}] * 2), "/blocks"),
    ("three charts", message(*[bars(["a"], ["a"])] * 3), "/blocks"),
    ("markdown together", message(*[{"type": "markdown", "text": "x" * 6001}] * 2), "/blocks"),
    ("block_id twice", message(section(block_id="a"), section(block_id="a")), "/blocks/1/block_id"),
    ("text 40001", {"text": "x" * 40_001}, "/text"),
    ("metadata without type", {"text": "x", "metadata": {"event_payload": {}}}, "/metadata"),
]

GOOD_MESSAGES = [
    message(section(text=mrkdwn("x" * 3000), accessory=button(value="", url="https://x"))),
    message(section(accessory={"type": "image", "image_url": "https://x", "alt_text": "a"})),
    message(actions(*[button(action_id=str(n)) for n in range(25)])),
    message(
        actions(
            select(
                options=options(100),
                initial_option={"text": {**plain("t"), "emoji": True}, "value": "3"},
            )
        )
    ),
    message({"type": "context", "elements": [mrkdwn("x"), plain("y")]}, {"type": "divider"}),
    message(rich(rich_list(indent=8, border=1)), {"type": "header", "text": plain("x" * 150)}),
    message(
        {
            "type": "table",
            "rows": [[cell()] * 20] * 100,
            "column_settings": [None, {"align": "right", "is_wrapped": True}],
        }
    ),
    message(data_table([[cell("a")], [{"type": "raw_number", "value": 1.5}]])),
    message(bars(["a", "b"], ["a", "b"]), chart(type="pie", segments=[{"label": "a", "value": 1}])),
    message(
        {"type": "card", "title": plain("t"), "actions": [button()]},
        {"type": "carousel", "elements": [{"type": "card", "body": mrkdwn("b")}] * 10},
    ),
    message(
        {"type": "container", "title": plain("t"), "child_blocks": [section(), actions(button())]},
        {"type": "markdown", "text": "**x**"},
    ),
    message(*[{"type": "divider"}] * 50),
    {"text": "only text", "metadata": {"event_type": "e", "event_payload": {"id": "1"}}},
]

GOOD_VIEWS = [
    modal(ask(text_input(min_length=0, max_length=3000, multiline=True), optional=True)),
    modal(ask({"type": "number_input", "is_decimal_allowed": False, "min_value": "1"})),
    modal(ask({"type": "file_input", "filetypes": ["jpg"], "max_files": 10})),
    modal(ask({"type": "external_select", "min_query_length": 0, "focus_on_load": True})),
    modal(ask({"type": "conversations_select", "response_url_enabled": True})),
    modal(ask({"type": "checkboxes", "options": [{"text": mrkdwn("*x*"), "value": "1"}]})),
    modal({"type": "alert", "text": mrkdwn("x" * 200), "level": "warning"}, submit=None),
    modal(*[{"type": "divider"}] * 100, submit=None),
    home(section(), actions(button(), select())),
    home(ask(text_input(), dispatch_action=True)),
]


def _ids(table: list[tuple[str, Json, str]]) -> list[str]:
    return [row[0] for row in table]


@pytest.mark.parametrize(("_", "block", "pointer"), MESSAGE_FAULTS, ids=_ids(MESSAGE_FAULTS))
def test_one_faulty_block_gives_one_problem_at_its_place(_: str, block: Json, pointer: str) -> None:
    problems = validate_message(message(block))
    assert {problem.pointer for problem in problems} == {pointer}, problems


@pytest.mark.parametrize(("_", "view", "pointer"), MODAL_FAULTS, ids=_ids(MODAL_FAULTS))
def test_one_faulty_view_gives_one_problem_at_its_place(_: str, view: Json, pointer: str) -> None:
    problems = validate_view(view)
    assert {problem.pointer for problem in problems} == {pointer}, problems


@pytest.mark.parametrize(
    ("_", "payload", "pointer"), WHOLE_MESSAGE_FAULTS, ids=_ids(WHOLE_MESSAGE_FAULTS)
)
def test_limits_of_a_whole_message(_: str, payload: Json, pointer: str) -> None:
    assert [problem.pointer for problem in validate_message(payload)] == [pointer]


@pytest.mark.parametrize("payload", GOOD_MESSAGES)
def test_good_messages_pass(payload: Json) -> None:
    assert validate_message(payload) == []


@pytest.mark.parametrize("view", GOOD_VIEWS)
def test_good_views_pass(view: Json) -> None:
    assert validate_view(view) == []


def test_blocks_without_fallback_text_are_a_warning() -> None:
    problems = validate_message({"blocks": [section()]})
    assert [(p.pointer, p.warning) for p in problems] == [("/text", True)]


def test_a_problem_reads_as_slack_words_it() -> None:
    found = validate_message(message(section(text=mrkdwn("x" * 3001))))
    assert found == [Problem("must be less than 3001 characters", "/blocks/0/text/text")]
    assert str(found[0]) == ("must be less than 3001 characters [json-pointer:/blocks/0/text/text]")
