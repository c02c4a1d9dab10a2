"""Every element: what Slack sends for what a person enters, and what it checks first."""

from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient

from slack_sandbox.driver import Driver
from slack_sandbox.places import DeskError
from slack_sandbox.server import RunningSandbox
from tests.sandbox.lunch_app import plain
from tests.sandbox.wire import Beside, Json, Socket, open_socket

Ids = dict[str, str]


def option(value: str) -> Json:
    return {"text": {**plain(value.upper()), "emoji": True}, "value": value}


OPTIONS = [option("a"), option("b"), option("c")]
ENTERED: list[tuple[Json, Any, Json]] = [
    ({"type": "static_select", "options": OPTIONS}, "a", {"selected_option": option("a")}),
    (
        {"type": "multi_static_select", "options": OPTIONS},
        ["a", "b"],
        {"selected_options": [option("a"), option("b")]},
    ),
    ({"type": "radio_buttons", "options": OPTIONS}, "b", {"selected_option": option("b")}),
    ({"type": "checkboxes", "options": OPTIONS}, ["c"], {"selected_options": [option("c")]}),
    ({"type": "external_select"}, option("z"), {"selected_option": option("z")}),
    ({"type": "multi_external_select"}, [option("z")], {"selected_options": [option("z")]}),
    ({"type": "users_select"}, "U1", {"selected_user": "U1"}),
    ({"type": "multi_users_select"}, ["U1", "U2"], {"selected_users": ["U1", "U2"]}),
    ({"type": "conversations_select"}, "C1", {"selected_conversation": "C1"}),
    ({"type": "multi_conversations_select"}, ["C1"], {"selected_conversations": ["C1"]}),
    ({"type": "channels_select"}, "C1", {"selected_channel": "C1"}),
    ({"type": "multi_channels_select"}, ["C1"], {"selected_channels": ["C1"]}),
    ({"type": "datepicker"}, "2026-11-24", {"selected_date": "2026-11-24"}),
    (
        {"type": "timepicker", "timezone": "Europe/Paris"},
        "08:30",
        {"selected_time": "08:30", "timezone": "Europe/Paris"},
    ),
    ({"type": "datetimepicker"}, "1795500000", {"selected_date_time": 1795500000}),
    ({"type": "plain_text_input"}, "hello", {"value": "hello"}),
    ({"type": "number_input", "is_decimal_allowed": True}, "1.5", {"value": "1.5"}),
    ({"type": "email_text_input"}, "a@example.com", {"value": "a@example.com"}),
    ({"type": "url_text_input"}, "https://example.com", {"value": "https://example.com"}),
]
EMPTY: dict[str, Any] = {
    "selected_option": None,
    "selected_options": [],
    "selected_user": None,
    "selected_users": [],
    "selected_conversation": None,
    "selected_conversations": [],
    "selected_channel": None,
    "selected_channels": [],
    "selected_date": None,
    "selected_time": None,
    "selected_date_time": None,
    "value": None,
}
REFUSED: list[tuple[Json, Any, str]] = [
    ({"type": "plain_text_input"}, "", "required"),
    ({"type": "plain_text_input", "min_length": 3}, "ab", "at least 3"),
    ({"type": "plain_text_input", "max_length": 3}, "abcd", "at most 3"),
    ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "whole"),
    ({"type": "number_input", "is_decimal_allowed": True}, "NaN", "a number"),
    ({"type": "number_input", "is_decimal_allowed": True, "min_value": "2"}, "1", "at least 2"),
    ({"type": "number_input", "is_decimal_allowed": True, "max_value": "2"}, "3", "at most 2"),
    ({"type": "email_text_input"}, "nobody", "email"),
    ({"type": "url_text_input"}, "example", "URL"),
    (
        {"type": "multi_static_select", "options": OPTIONS, "max_selected_items": 1},
        ["a", "b"],
        "at most 1",
    ),
    ({"type": "checkboxes", "options": OPTIONS}, [], "required"),
]


@pytest.fixture
def socket(sandbox: RunningSandbox, driver: Driver, ids: Ids) -> Iterator[Socket]:
    manifest = {
        "display_information": {"name": "demo"},
        "features": {"slash_commands": [{"command": "/form", "description": "d"}]},
        "oauth_config": {"scopes": {"bot": ["chat:write", "files:read"]}},
        "settings": {"socket_mode_enabled": True, "interactivity": {"is_enabled": True}},
    }
    driver.call("POST", "/sandbox/apps/manifest", {"manifest": manifest})
    with open_socket(sandbox.api_url) as opened:
        yield opened


class Form:
    """A modal with the given elements, open for Ada."""

    def __init__(self, driver: Driver, client: WebClient, socket: Socket, ids: Ids) -> None:
        self.driver, self.client, self.socket, self.ids = driver, client, socket, ids
        self.view_id = ""

    def open(self, *elements: Json, **block: Any) -> None:
        """Show the form."""
        running = Beside(
            lambda: self.driver.desk(
                "slash_command",
                user_id=self.ids["ada"],
                channel_id=self.ids["#general"],
                command="/form",
                text="",
            )
        )
        envelope = self.socket.next()
        blocks = [
            {
                "type": "input",
                "block_id": f"b{number}",
                "label": plain("L"),
                "element": {"action_id": "v", **element},
                **block,
            }
            for number, element in enumerate(elements)
        ]
        view = {"type": "modal", "title": plain("T"), "submit": plain("S"), "blocks": blocks}
        trigger = envelope["payload"]["trigger_id"]
        opened = self.client.views_open(trigger_id=trigger, view=view)
        self.view_id = opened["view"]["id"]
        self.socket.ack(envelope)
        running.result()

    def submit(self, **arguments: Any) -> Any:
        """Ada submits; the app is not asked to answer."""
        return self.driver.desk(
            "submit_view", user_id=self.ids["ada"], view_id=self.view_id, **arguments
        )

    def submitted(self, **arguments: Any) -> Json:
        """Ada submits and the app answers; the values it got."""
        running = Beside(lambda: self.submit(**arguments))
        envelope = self.socket.next()
        self.socket.ack(envelope)
        assert running.result() == {"closed": True}
        values: Json = envelope["payload"]["view"]["state"]["values"]
        return values


@pytest.fixture
def form(driver: Driver, client: WebClient, socket: Socket, ids: Ids) -> Form:
    return Form(driver, client, socket, ids)


def test_entered_values(form: Form) -> None:
    form.open(*[element for element, _, _ in ENTERED])
    raw = {f"b{number}": {"v": row[1]} for number, row in enumerate(ENTERED)}
    values = form.submitted(values=raw)
    for number, (element, _, wanted) in enumerate(ENTERED):
        assert values[f"b{number}"]["v"] == {"type": element["type"], **wanted}


def test_untouched_optional_inputs_are_null_or_empty(form: Form) -> None:
    form.open(*[element for element, _, _ in ENTERED], {"type": "file_input"}, optional=True)
    values = form.submitted()
    for number, (element, _, wanted) in enumerate(ENTERED):
        key = next(iter(wanted))
        expected = {"type": element["type"], key: EMPTY[key]}
        if "timezone" in wanted:
            expected["timezone"] = wanted["timezone"]
        assert values[f"b{number}"]["v"] == expected
    assert values[f"b{len(ENTERED)}"]["v"] == {"type": "file_input", "files": []}


def test_initial_values_count_as_entered(form: Form) -> None:
    form.open(
        {"type": "plain_text_input", "initial_value": "was"},
        {"type": "static_select", "options": OPTIONS, "initial_option": option("c")},
        {"type": "datepicker", "initial_date": "2026-01-02"},
    )
    values = form.submitted()
    assert values["b0"]["v"]["value"] == "was"
    assert values["b1"]["v"]["selected_option"] == option("c")
    assert values["b2"]["v"]["selected_date"] == "2026-01-02"


@pytest.mark.parametrize(("element", "raw", "sentence"), REFUSED)
def test_slack_checks_before_the_app_hears(
    form: Form, element: Json, raw: Any, sentence: str
) -> None:
    form.open(element)
    result = form.submit(values={"b0": {"v": raw}})
    assert sentence in result["errors"]["b0"]


def test_an_option_that_is_not_offered_cannot_be_chosen(form: Form) -> None:
    form.open({"type": "static_select", "options": OPTIONS})
    with pytest.raises(DeskError, match="not offered"):
        form.submit(values={"b0": {"v": "z"}})


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([("a.pdf", "application/pdf", b"x")], "only jpg"),
        ([("a.jpg", "image/jpeg", b"x"), ("b.jpg", "image/jpeg", b"x")], "at most 1"),
        ([("a.jpg", "image/jpeg", b"x" * 10_000_001)], "10 MB"),
    ],
)
def test_files_slack_does_not_take(form: Form, files: list[Any], sentence: str) -> None:
    form.open({"type": "file_input", "filetypes": ["jpg"], "max_files": 1})
    assert sentence in form.submit(files={"b0": files})["errors"]["b0"]


def test_a_file_of_a_form_can_be_read_by_the_app(form: Form) -> None:
    form.open({"type": "file_input"})
    values = form.submitted(files={"b0": [("a.jpg", "image/jpeg", b"bytes")]})
    file = values["b0"]["v"]["files"][0]
    assert (file["id"][0], file["size"], file["filetype"]) == ("F", 5, "jpg")
    assert form.client.files_info(file=file["id"])["file"]["name"] == "a.jpg"


def card(client: WebClient, ids: Ids, *elements: Json) -> Json:
    """A message with elements; its container."""
    blocks = [{"type": "actions", "block_id": "b", "elements": list(elements)}]
    posted = client.chat_postMessage(channel=ids["#general"], text="x", blocks=blocks)
    return {"type": "message", "channel_id": ids["#general"], "ts": posted["ts"]}


def test_choices_in_a_message(client: WebClient, driver: Driver, socket: Socket, ids: Ids) -> None:
    place = card(
        client,
        ids,
        {"type": "overflow", "action_id": "o", "options": OPTIONS},
        {"type": "datepicker", "action_id": "d"},
    )
    for action_id, choice, wanted in (
        ("o", "b", {"selected_option": option("b")}),
        ("d", "2026-11-24", {"selected_date": "2026-11-24"}),
    ):
        arguments = {"block_id": "b", "action_id": action_id, "choice": choice}
        running = Beside(
            lambda arguments=arguments: driver.desk(
                "block_action", user_id=ids["ada"], container=place, **arguments
            )
        )
        envelope = socket.next()
        socket.ack(envelope)
        assert running.result() == {"ok": True}
        action = envelope["payload"]["actions"][0]
        assert wanted.items() <= action.items()
        assert "options" not in action
    state = envelope["payload"]["state"]["values"]
    assert state == {"b": {"d": {"type": "datepicker", "selected_date": "2026-11-24"}}}


def test_a_multi_select_sends_one_payload_per_item(
    client: WebClient, driver: Driver, socket: Socket, ids: Ids
) -> None:
    element = {"type": "multi_static_select", "action_id": "m", "options": OPTIONS}
    place = card(client, ids, element)
    running = Beside(
        lambda: driver.desk(
            "block_action",
            user_id=ids["ada"],
            container=place,
            block_id="b",
            action_id="m",
            choice=["a", "b"],
        )
    )
    chosen = []
    for _ in range(2):
        envelope = socket.next()
        socket.ack(envelope)
        action = envelope["payload"]["actions"][0]
        chosen.append([o["value"] for o in action["selected_options"]])
    assert running.result() == {"ok": True}
    assert chosen == [["a"], ["a", "b"]]


def test_an_input_without_dispatch_says_nothing(form: Form, driver: Driver, ids: Ids) -> None:
    form.open({"type": "plain_text_input"})
    place = {"type": "view", "view_id": form.view_id}
    arguments = {"block_id": "b0", "action_id": "v", "choice": "typed"}
    result = driver.desk("block_action", user_id=ids["ada"], container=place, **arguments)
    assert result == {"ok": True}
    assert form.submitted()["b0"]["v"]["value"] == "typed"


def test_a_button_that_is_gone(client: WebClient, driver: Driver, ids: Ids) -> None:
    place = card(client, ids, {"type": "button", "action_id": "b", "text": plain("x")})
    client.chat_update(channel=ids["#general"], ts=place["ts"], text="done")
    with pytest.raises(DeskError, match="any more"):
        driver.desk(
            "block_action", user_id=ids["ada"], container=place, block_id="b", action_id="b"
        )


def test_options_of_local_selects(client: WebClient, driver: Driver, ids: Ids) -> None:
    place = card(
        client,
        ids,
        {"type": "static_select", "action_id": "s", "options": OPTIONS},
        {"type": "users_select", "action_id": "u"},
        {"type": "channels_select", "action_id": "c"},
    )
    found = {}
    for action_id, typed in (("s", "b"), ("u", "ada"), ("c", "rand")):
        arguments = {"block_id": "b", "action_id": action_id, "typed": typed}
        offered = driver.desk("options", user_id=ids["ada"], container=place, **arguments)
        found[action_id] = [o["value"] for o in offered["options"]]
    assert found == {"s": ["b"], "u": [ids["ada"]], "c": [ids["#random"]]}


def test_options_slack_cannot_show_are_an_error(
    client: WebClient, driver: Driver, socket: Socket, ids: Ids
) -> None:
    place = card(client, ids, {"type": "external_select", "action_id": "e", "min_query_length": 0})
    running = Beside(
        lambda: driver.desk(
            "options", user_id=ids["ada"], container=place, block_id="b", action_id="e"
        )
    )
    envelope = socket.next()
    socket.ack(envelope, {"options": [{"text": plain("x" * 76), "value": "1"}]})
    assert "/options/0/text/text" in running.result()["failed"]
