"""mrkdwn, dates, emoji and rich text as HTML, and nothing of it able to run."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from slack_sandbox.page.blocks import blocks
from slack_sandbox.page.emoji import DRAWN, SAME_AS, emoji
from slack_sandbox.page.html import tag
from slack_sandbox.page.mrkdwn import mrkdwn as render_mrkdwn
from slack_sandbox.page.mrkdwn import plain as render_plain
from slack_sandbox.page.rich_text import rich_text, rich_text_words
from slack_sandbox.page.routes import STATIC
from slack_sandbox.page.state import settle, settle_choice
from tests.sandbox.page_samples import (
    CONTEXT,
    Tags,
    button,
    draw,
    field,
    mrkdwn,
    option,
    plain,
    section,
)

EVIL = "<script>alert(1)</script>"


def text(words: str) -> str:
    return str(render_mrkdwn(words, CONTEXT))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("*bold* and _leaning_", "<strong>bold</strong> and <em>leaning</em>"),
        ("~gone~", "<s>gone</s>"),
        ("*_both_*", "<strong><em>both</em></strong>"),
        ("`a * b * c`", "<code>a * b * c</code>"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("snake_case_name", "snake_case_name"),
        ("one\ntwo", "one<br>two"),
        ("a &amp; b &lt;c&gt;", "a &amp; b &lt;c&gt;"),
        ("```\nx = 1\n```", "<pre>x = 1</pre>"),
        ("> said\n> twice\nplain", "<blockquote>said<br>twice</blockquote>plain"),
        ("&gt; said", "<blockquote>said</blockquote>"),
        (":nobody_knows_this:", ":nobody_knows_this:"),
        ("10:30:45", "10:30:45"),
    ],
)
def test_mrkdwn_becomes_the_html_that_slack_shows(written: str, shown: str) -> None:
    assert text(written) == shown


def test_links_open_beside_the_page() -> None:
    link = Tags(text("see <https://example.com/a?b=1&amp;c=2|the *note*>")).one("a")
    assert link["href"] == "https://example.com/a?b=1&c=2"
    assert (link["target"], link["rel"]) == ("_blank", "noopener noreferrer")


def test_a_bare_address_is_a_link_without_its_full_stop() -> None:
    assert Tags(text("at https://example.com/x.")).one("a")["href"] == "https://example.com/x"


def test_mentions_show_names_and_mark_the_reader() -> None:
    shown = Tags(text("<@U1> asks <@U2> and <@U9|nine> in <#C1> or <#C8|old>"))
    assert shown.words == "@Ann Visser asks @Bob <b> and @nine in #pumps or #old"
    assert shown.one("span", data_user="U1")["class"] == "mention mention-me"
    assert shown.one("span", data_user="U2")["class"] == "mention"
    assert "data-nav" in shown.one("a", href="/client/channel/C1?as=U1")


def test_broadcasts_are_mentions_of_the_reader() -> None:
    assert Tags(text("<!here> and <!subteam^S1|@crew>")).words == "@here and @crew"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("<!date^1772449200^{date_short_pretty} at {time}|later>", "Today at 12:00"),
        ("<!date^1772535600^{date_pretty}|later>", "Tomorrow"),
        ("<!date^1772362800^on {date_short_pretty}|later>", "on yesterday"),
        ("<!date^1767222000^{date_short}|later>", "Jan 1, 2026"),
        ("<!date^1767222000^{date_num} {time_secs}|later>", "2026-01-01 00:00:00"),
        ("<!date^1767222000^{date_long}|later>", "Thursday, January 1, 2026"),
        ("<!date^1772449200^{ago}|later>", "1 hour ago"),
        ("<!date^1772459999^{ago}|later>", "In 1 hour"),
        ("<!date^never^{date}|later &amp; more>", "later & more"),
        ("<!date^99999999999999^{date}|too far>", "too far"),
        ("<!date^oops^{date}^spoken instead>", "spoken instead"),
    ],
)
def test_dates_speak_in_the_readers_zone(written: str, shown: str) -> None:
    assert Tags(text(written)).words == shown


def test_a_reader_with_a_twelve_hour_clock_sees_am_and_pm() -> None:
    american = replace(CONTEXT, clock_24=False, zone=ZoneInfo("America/New_York"))
    written = "<!date^1772485200^{time}|later> <!date^1772424000^{time}|later>"
    assert Tags(str(render_mrkdwn(written, american))).words == "4:00 PM 11:00 PM"


def test_drawn_emoji_are_pictures_with_names() -> None:
    shown = Tags(text(":white_check_mark: :+1: ✅"))
    labels = [a["aria-label"] for name, a in shown.found if name == "svg"]
    assert labels == ["white check mark", "+1", "white check mark"]


def test_every_drawn_emoji_and_icon_is_in_the_sprite() -> None:
    symbols = {one.get("id") for one in ET.parse(STATIC / "sprite.svg").getroot()}
    assert {f"e-{name}" for name in DRAWN} <= symbols
    assert set(SAME_AS.values()) <= DRAWN
    assert 'href="/client/static/sprite.svg#e-wrench"' in emoji("gear")


@pytest.mark.parametrize(
    "attempt",
    [
        EVIL,
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "*<img src=x onerror=alert(1)>*",
        "<javascript:alert(1)|click>",
        "<JaVaScRiPt:alert(1)>",
        "<data:text/html,<script>alert(1)</script>|x>",
        "`<svg onload=alert(1)>`",
        "```<iframe src=javascript:alert(1)>```",
        '<https://example.com/"onmouseover="alert(1)|x>',
        '<@U1"onclick="alert(1)>',
        "<#C1'><script>alert(1)</script>|x>",
        "<!date^1^{date}^javascript:alert(1)|x>",
        '> "><script>alert(1)</script>',
        ":<script>alert(1)</script>:",
    ],
)
def test_nothing_written_in_a_text_can_run(attempt: str) -> None:
    parts = [
        section("b1", attempt, fields=[mrkdwn(attempt), plain(attempt)]),
        {"type": "header", "block_id": "b2", "text": plain(attempt)},
        {"type": "context", "block_id": "b3", "elements": [mrkdwn(attempt)]},
        {"type": "markdown", "block_id": "b4", "text": attempt},
        {"type": "image", "block_id": "b5", "image_url": attempt, "alt_text": attempt},
        {"type": attempt, "block_id": attempt},
        field(attempt, attempt, {"type": "plain_text_input", "initial_value": attempt}),
        {
            "type": "actions",
            "block_id": "b6",
            "elements": [
                button(attempt, attempt, value=attempt, url=attempt),
                {"type": "static_select", "action_id": "s", "options": [option(attempt)]},
                {"type": attempt, "action_id": "u"},
            ],
        },
    ]
    shown = draw(*parts)
    assert not shown.names() & {"script", "iframe", "object", "embed"}
    for name, attributes in shown.found:
        assert not [key for key in attributes if key.startswith("on")], (name, attributes)
        for key in ("href", "src"):
            address = (attributes.get(key) or "").lower()
            assert address.startswith(("", "http://", "https://", "/client/"))
            assert "javascript:" not in address.split("/")[0]
            assert not address.startswith("data:")


def test_a_tag_escapes_children_and_attributes() -> None:
    made = tag("b", EVIL, title='"><i>', data_json={"a": "</b>'\""}, hidden=True, lang=None)
    assert made.startswith('<b title="&#34;&gt;&lt;i&gt;" data-json="')
    assert made.endswith(" hidden>&lt;script&gt;alert(1)&lt;/script&gt;</b>")


def test_plain_text_has_emoji_but_no_markup() -> None:
    assert render_plain("*no* <b>", True) == "*no* &lt;b&gt;"
    assert "<svg" in render_plain(":wrench:")
    assert render_plain(":wrench:", False) == ":wrench:"


def test_a_rich_text_input_starts_with_its_words() -> None:
    run = {"type": "rich_text_section", "elements": [{"type": "text", "text": "one "}]}
    items = {
        "type": "rich_text_list",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "a"}]}],
    }
    assert rich_text_words({"type": "rich_text", "elements": [run, items]}) == "one \na"


def test_rich_text_shows_styles_lists_and_mentions() -> None:
    block = {
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": "hot", "style": {"bold": True, "italic": True}},
                    {"type": "user", "user_id": "U2"},
                    {"type": "link", "url": "javascript:alert(1)", "text": "no"},
                    {"type": "emoji", "name": "wrench"},
                    {"type": "date", "timestamp": 1767222000, "format": "{date_num}"},
                ],
            },
            {
                "type": "rich_text_list",
                "style": "ordered",
                "indent": 1,
                "elements": [
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": EVIL}]}
                ],
            },
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x < 1"}]},
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "said"}]},
        ]
    }
    html = str(rich_text(block, CONTEXT))
    assert "<em><strong>hot</strong></em>" in html
    assert "@Bob &lt;b&gt;" in html
    assert "javascript" not in html
    assert "2026-01-01" in html
    assert '<ol class="rt-list rt-indent-1"><li>&lt;script&gt;' in html
    assert "<pre>x &lt; 1</pre><blockquote>said</blockquote>" in html


def test_markdown_blocks_keep_html_as_text() -> None:
    written = "# Top\n**bold** <b>raw</b> [x](javascript:alert(1))\n\n|a|b|\n|-|-|\n|1|2|"
    html = str(blocks([{"type": "markdown", "block_id": "m", "text": written}], CONTEXT))
    assert "<h1>Top</h1>" in html
    assert "<strong>bold</strong> &lt;b&gt;raw&lt;/b&gt;" in html
    assert "href" not in html
    assert "<td>2</td>" in html


def test_wall_clock_times_become_unix_seconds_of_the_persons_zone() -> None:
    zone = ZoneInfo("Europe/Amsterdam")
    raw = {"b": {"at": {"local": "2026-03-02T12:00"}, "bad": {"local": "soon"}, "text": "x"}}
    assert settle(raw, zone) == {"b": {"at": 1772449200, "bad": None, "text": "x"}}
    assert settle(None, zone) == {}
    assert settle_choice({"text": {}, "value": "p3"}, zone) == {"text": {}, "value": "p3"}
