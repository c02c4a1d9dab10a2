"""Small builders of Slack's shapes for the tests of the page, and a reader of its HTML."""

from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

from slack_sandbox.page.blocks import blocks
from slack_sandbox.page.context import Context

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(text: str, value: str | None = None, **more: Any) -> Json:
    return {"text": plain(text), "value": value or text.lower(), **more}


def button(text: str, action_id: str, **more: Any) -> Json:
    return {"type": "button", "text": plain(text), "action_id": action_id, **more}


def field(block_id: str, label: str, element: Json, **more: Any) -> Json:
    """An input block whose element has the action id `v`."""
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {"action_id": "v", **element},
        **more,
    }


def section(block_id: str, text: str, **more: Any) -> Json:
    return {"type": "section", "block_id": block_id, "text": mrkdwn(text), **more}


NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CONTEXT = Context(
    reader="U1",
    now=NOON,
    zone=ZoneInfo("Europe/Amsterdam"),
    users={"U1": "Ann Visser", "U2": "Bob <b>"},
    bots={"UB": "helper"},
    channels={"C1": "pumps", "C2": "parts"},
    direct={"D1": "Bob"},
    channel_id="C2",
)


class Tags(HTMLParser):
    """Every start tag with its attributes, and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def one(self, name: str, **wanted: str) -> dict[str, str | None]:
        matches = [
            attributes
            for tag_name, attributes in self.found
            if tag_name == name
            and all(attributes.get(k.replace("_", "-").rstrip("-")) == v for k, v in wanted.items())
        ]
        assert len(matches) == 1, f"{len(matches)} of <{name} {wanted}>"
        return matches[0]

    def names(self) -> set[str]:
        return {name for name, _ in self.found}


def draw(*parts: dict) -> Tags:
    return Tags(str(blocks(parts, CONTEXT)))


def draw_field(element: dict, **more: object) -> Tags:
    return draw(field("b1", "Amount", element, **more))
