"""Every block and element as HTML."""

import pytest

from slack_sandbox.page.blocks import BLOCKS, ELEMENTS, blocks
from slack_sandbox.page.charts import number, scale
from tests.sandbox.page_samples import (
    CONTEXT,
    button,
    draw,
    draw_field,
    field,
    mrkdwn,
    option,
    plain,
    section,
)


def test_every_block_is_framed_with_its_id_and_fingerprint() -> None:
    one = draw(section("b1", "hello")).one("div", data_block_id="b1")
    other = draw(section("b1", "world")).one("div", data_block_id="b1")
    assert one["data-key"] == other["data-key"] == "section:b1"
    assert one["data-rev"] != other["data-rev"]


def test_section_shows_fields_and_accessory() -> None:
    accessory = button("Open", "open", value="7")
    shown = draw(section("b1", "*PO-42*", fields=[mrkdwn("*Vendor*\nAcme")], accessory=accessory))
    made = shown.one("button", data_action_id="open")
    assert (made["data-block-id"], made["data-value"]) == ("b1", "7")
    assert "VendorAcme" in shown.words


def test_header_levels_are_headings() -> None:
    assert "h2" in draw({"type": "header", "block_id": "h", "text": plain("A")}).names()
    assert "h4" in draw({"type": "header", "block_id": "h", "level": 3, "text": plain("A")}).names()


def test_buttons_carry_style_confirm_and_address() -> None:
    ask = {"title": plain("Sure?"), "text": mrkdwn("Really"), "confirm": plain("Yes")}
    parts = [
        button("Approve", "ok", style="primary", value="r3", confirm=ask),
        button("Reject", "no", style="danger"),
        button("Site", "site", url="https://example.com"),
    ]
    shown = draw({"type": "actions", "block_id": "a", "elements": parts})
    approve = shown.one("button", data_action_id="ok")
    assert approve["class"] == "btn btn-primary"
    assert '"title":{"type":"plain_text","text":"Sure?"}' in str(approve["data-confirm"])
    assert shown.one("button", data_action_id="no")["class"] == "btn btn-danger"
    assert shown.one("a", data_action_id="site")["href"] == "https://example.com"


def test_overflow_is_a_menu_button() -> None:
    options = [option("Details"), option("Site", url="javascript:alert(1)")]
    part = {"type": "overflow", "action_id": "more", "options": options}
    made = draw(section("b1", "x", accessory=part)).one("button", data_action_id="more")
    assert made["aria-haspopup"] == "menu"
    assert "javascript" not in str(made["data-options"])


@pytest.mark.parametrize("kind", sorted(ELEMENTS))
def test_every_element_says_its_kind_block_and_action(kind: str) -> None:
    part = {"type": kind, "action_id": "v", "text": plain("T"), "options": [option("One")]}
    if kind == "workflow_button":
        part["workflow"] = {"trigger": {"url": "https://example.com/t"}}
        assert draw({"type": "actions", "block_id": "b1", "elements": [part]}).one("a")["href"]
        return
    shown = draw({"type": "actions", "block_id": "b1", "elements": [part]})
    made = [a for _, a in shown.found if a.get("data-action-id") == "v"]
    assert made
    assert {a["data-kind"] for a in made} == {kind}
    assert {a["data-block-id"] for a in made} == {"b1"}


@pytest.mark.parametrize(
    "kind", sorted(set(ELEMENTS) - {"button", "icon_button", "feedback_buttons", "overflow"})
)
def test_the_label_of_an_input_names_its_control(kind: str) -> None:
    if kind in {"workflow_button"}:
        assert "for" not in draw_field({"type": kind}).names()
        return
    shown = draw_field({"type": kind, "options": [option("One")]}, hint=plain("In euro"))
    if kind in {"checkboxes", "radio_buttons"}:
        group = next(a for _, a in shown.found if a.get("data-kind") == kind)
        assert group["aria-labelledby"] == shown.one("div", class_="label")["id"]
        assert group["role"] in {"group", "radiogroup"}
        return
    target = shown.one("label", class_="label")["for"]
    control = next(a for _, a in shown.found if a.get("id") == target)
    hint, error = str(control["aria-describedby"]).split()
    assert {hint, error} <= {str(a.get("id")) for _, a in shown.found}


def test_an_optional_input_says_so() -> None:
    assert "(optional)" in draw_field({"type": "plain_text_input"}, optional=True).words
    assert draw_field({"type": "plain_text_input"}).one("input")["aria-required"] == "true"


def test_text_inputs_keep_their_limits_and_triggers() -> None:
    element = {
        "type": "plain_text_input",
        "initial_value": "7 > 5",
        "max_length": 9,
        "min_length": 2,
        "placeholder": plain("How many?"),
        "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]},
    }
    made = draw_field(element, dispatch_action=True).one("input")
    assert made["value"] == "7 > 5"
    assert (made["maxlength"], made["data-min-length"]) == ("9", "2")
    assert made["placeholder"] == "How many?"
    assert made["data-triggers"] == "on_character_entered"
    assert "data-dispatch" not in draw_field(element).one("input")


def test_a_multiline_input_keeps_its_first_empty_line() -> None:
    html = str(blocks([field("b", "L", {"type": "plain_text_input", "multiline": True})], CONTEXT))
    assert "<textarea" in html
    assert ">\n</textarea>" in html


@pytest.mark.parametrize(
    ("element", "kind", "value"),
    [
        ({"type": "datepicker", "initial_date": "2026-03-04"}, "date", "2026-03-04"),
        ({"type": "timepicker", "initial_time": "07:45"}, "time", "07:45"),
        (
            {"type": "datetimepicker", "initial_date_time": 1772449200},
            "datetime-local",
            "2026-03-02T12:00",
        ),
        ({"type": "email_text_input", "initial_value": "a@b.cd"}, "email", "a@b.cd"),
        ({"type": "url_text_input", "initial_value": "https://b.cd"}, "url", "https://b.cd"),
        (
            {"type": "number_input", "is_decimal_allowed": True, "initial_value": "1.50"},
            "text",
            "1.50",
        ),
    ],
)
def test_special_inputs_use_the_devices_own_fields(element: dict, kind: str, value: str) -> None:
    made = draw_field(element).one("input")
    assert (made["type"], made["value"]) == (kind, value)


def test_a_select_offers_groups_and_marks_the_first_choice() -> None:
    element = {
        "type": "static_select",
        "option_groups": [{"label": plain("Halls"), "options": [option("One"), option("Two")]}],
        "initial_option": option("Two"),
    }
    shown = draw_field(element)
    assert shown.one("optgroup")["label"] == "Halls"
    assert "selected" in shown.one("option", value="two")
    assert shown.one("option", value="")["data-key"] == ""


@pytest.mark.parametrize(
    ("element", "offered", "chosen"),
    [
        ({"type": "users_select", "initial_user": "U2"}, {"U1", "U2"}, "U2"),
        ({"type": "channels_select", "initial_channel": "C1"}, {"C1", "C2"}, "C1"),
        (
            {"type": "conversations_select", "default_to_current_conversation": True},
            {"C1", "C2", "D1"},
            "C2",
        ),
        ({"type": "conversations_select", "filter": {"include": ["im"]}}, {"D1"}, None),
    ],
)
def test_directory_selects_offer_the_workspace(
    element: dict, offered: set[str], chosen: str | None
) -> None:
    options = [a for name, a in draw_field(element).found if name == "option" and a["value"]]
    assert {a["value"] for a in options} == offered
    assert next((a["value"] for a in options if "selected" in a), None) == chosen


def test_an_external_select_asks_the_app_and_starts_with_its_choice() -> None:
    chosen = option("Pump P-3", "p3")
    shown = draw_field({"type": "external_select", "min_query_length": 1, "initial_option": chosen})
    picker = next(a for _, a in shown.found if a.get("data-kind") == "external_select")
    assert "data-offers" not in picker
    assert picker["data-min-query"] == "1"
    assert '"value":"p3"' in str(picker["data-initial"])
    assert shown.one("input")["role"] == "combobox"


def test_multi_selects_search_in_what_they_offer() -> None:
    for kind, value in (("multi_static_select", "one"), ("multi_users_select", "U1")):
        shown = draw_field({"type": kind, "options": [option("One")], "max_selected_items": 2})
        picker = next(a for _, a in shown.found if a.get("data-kind") == kind)
        assert f'"value":"{value}"' in str(picker["data-offers"])
        assert "data-many" in picker
        assert picker["data-max"] == "2"


def test_choices_show_descriptions_and_first_choices() -> None:
    options = [option("One"), option("Two", description=plain("the other"))]
    shown = draw_field({"type": "checkboxes", "options": options, "initial_options": [options[1]]})
    assert "checked" in shown.one("input", value="two")
    assert "checked" not in shown.one("input", value="one")
    assert "the other" in shown.words


def test_a_file_input_offers_the_camera_for_pictures_only() -> None:
    pictures = draw_field({"type": "file_input", "filetypes": ["jpg"], "max_files": 1})
    assert pictures.one("input", capture="environment")["accept"] == "image/*"
    chooser = pictures.one("input", accept=".jpg")
    assert "multiple" not in chooser
    assert (
        len(
            [
                1
                for name, _ in draw_field({"type": "file_input", "filetypes": ["csv"]}).found
                if name == "input"
            ]
        )
        == 1
    )


def test_tables_align_and_head_their_columns() -> None:
    row = [[{"type": "raw_text", "text": cell} for cell in cells] for cells in ("ab", "12")]
    shown = draw(
        {
            "type": "table",
            "block_id": "t",
            "rows": row,
            "column_settings": [None, {"align": "right"}],
        }
    )
    assert [a["class"] for name, a in shown.found if name == "th"] == ["col-left", "col-right"]
    assert shown.words == "ab12"


def test_a_data_table_pages_and_sorts() -> None:
    head = [{"type": "raw_text", "text": "PO"}, {"type": "raw_text", "text": "Sum"}]
    rows = [
        [
            {"type": "raw_text", "text": f"P{n}"},
            {"type": "raw_number", "value": n, "text": f"{n} €"},
        ]
        for n in range(4)
    ]
    shown = draw(
        {"type": "data_table", "block_id": "d", "caption": "Open", "page_size": 3,
         "row_header_column_index": 0, "rows": [head, *rows]}
    )  # fmt: skip
    assert len([1 for name, a in shown.found if name == "tr" and "data-late" in a]) == 1
    assert "Show 1 more row" in shown.words
    assert shown.one("td", data_sort="3")["class"] == "col-right"
    assert shown.one("button", data_sort_by="1")


def points(*values: float) -> list[dict]:
    return [{"label": f"m{n}", "value": value} for n, value in enumerate(values)]


@pytest.mark.parametrize(("kind", "mark", "count"), [("bar", "rect", 6), ("line", "polyline", 2)])
def test_charts_draw_every_series(kind: str, mark: str, count: int) -> None:
    series = [{"name": name, "data": points(1, 2.5, -3)} for name in ("Parts", "Work")]
    axis = {"categories": ["m0", "m1", "m2"], "x_label": "Month", "y_label": "EUR"}
    chart = {"type": kind, "series": series, "axis_config": axis}
    shown = draw({"type": "data_visualization", "block_id": "v", "title": "Cost", "chart": chart})
    assert len([1 for name, _ in shown.found if name == mark]) == count
    assert "Month" in shown.words
    assert "2.5" in shown.words


def test_a_pie_draws_its_segments_and_says_their_values() -> None:
    segments = [{"label": "Price", "value": 3}, {"label": "Quantity", "value": 1}]
    chart = {"type": "pie", "segments": segments}
    shown = draw({"type": "data_visualization", "block_id": "v", "title": "Kinds", "chart": chart})
    assert len([1 for name, _ in shown.found if name == "path"]) == 2
    assert "Quantity" in shown.words
    alone = {"type": "pie", "segments": segments[:1]}
    whole = draw({"type": "data_visualization", "block_id": "v", "title": "K", "chart": alone})
    assert whole.one("circle")["class"] == "fill-0"


def test_an_axis_holds_every_value_in_round_steps() -> None:
    axis = scale([3.0, 97.0])
    assert (axis.low, axis.high, axis.marks) == (0, 100, [0, 25, 50, 75, 100])
    assert scale([]).high > 0
    assert (number(1240.0), number(2.5)) == ("1,240", "2.5")


def test_cards_carousels_containers_and_alerts() -> None:
    card = {
        "type": "card",
        "block_id": "k",
        "title": plain("Pump"),
        "body": mrkdwn("*runs*"),
        "actions": [button("Open", "o")],
    }
    assert draw(card).one("button", data_action_id="o")["data-block-id"] == "k"
    row = {"type": "carousel", "block_id": "c", "elements": [card, {**card, "block_id": "k2"}]}
    assert {a.get("data-block-id") for _, a in draw(row).found} >= {"k", "k2"}
    box = {
        "type": "container",
        "block_id": "x",
        "title": plain("Lines"),
        "is_collapsible": True,
        "default_collapsed": True,
        "child_blocks": [section("s", "inside")],
    }
    shown = draw(box)
    assert "open" not in shown.one("details")
    assert "inside" in shown.words
    alert = draw({"type": "alert", "block_id": "a", "level": "error", "text": mrkdwn("No")})
    assert alert.one("div", role="note")["class"] == "alert alert-error"


def test_images_come_from_an_address_or_from_a_file_of_the_workspace() -> None:
    far = draw(
        {"type": "image", "block_id": "i", "image_url": "https://x.y/z.png", "alt_text": "a"}
    )
    assert far.one("img")["src"] == "https://x.y/z.png"
    near = draw({"type": "image", "block_id": "i", "slack_file": {"id": "F1"}, "alt_text": "a"})
    assert near.one("img")["src"] == "/client/file/F1?as=U1"


def test_an_unknown_block_says_so_and_its_neighbours_stand() -> None:
    shown = draw({"type": "hologram", "block_id": "h"}, section("b", "still here"))
    assert "hologram" in shown.words
    assert "still here" in shown.words
    assert "hologram" not in BLOCKS
