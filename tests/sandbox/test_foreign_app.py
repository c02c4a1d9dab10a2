"""A foreign Bolt app, over a real socket and over signed HTTP, does its whole work here."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from slack_sdk import WebClient

from slack_sandbox.driver import Driver, wait_until
from slack_sandbox.server import RunningSandbox
from tests.sandbox import lunch_app

Ids = dict[str, str]


@dataclass
class Lunch:
    """The running app and what it heard."""

    app_id: str
    bot_user_id: str
    client: WebClient
    heard: list[dict[str, Any]]

    def first(self, kind: str) -> dict[str, Any]:
        """The first payload of a type."""
        return next(body for body in self.heard if body.get("type") == kind)


@pytest.fixture
def settings(settings: dict[str, Any]) -> dict[str, Any]:
    """Slack's own three seconds: a real app on a busy machine needs them."""
    return {**settings, "ack_timeout": 3.0}


@pytest.fixture(params=["socket", "http"])
def lunch(
    request: pytest.FixtureRequest, sandbox: RunningSandbox, driver: Driver, ids: Ids
) -> Iterator[Lunch]:
    heard: list[dict[str, Any]] = []
    manifest = copy.deepcopy(lunch_app.MANIFEST)
    app = driver.call("POST", "/sandbox/apps/manifest", {"manifest": manifest})
    body = {"user_id": app["bot_user_id"]}
    driver.call("POST", f"/sandbox/channels/{ids['#general']}/members", body)
    bolt = lunch_app.build(
        sandbox.api_url, app["bot_token"], heard, signing_secret=app["signing_secret"]
    )
    found = Lunch(app["id"], app["bot_user_id"], bolt.client, heard)
    if request.param == "socket":
        with lunch_app.by_socket(bolt, app["app_token"]):
            wait_until(lambda: driver.sockets() == 1)
            yield found
        return
    with lunch_app.by_http(bolt) as url:
        settings = manifest["settings"]
        settings["socket_mode_enabled"] = False
        settings["event_subscriptions"]["request_url"] = url
        settings["interactivity"]["request_url"] = url
        manifest["features"]["slash_commands"][0]["url"] = url
        again = driver.call("POST", "/sandbox/apps/manifest", {"manifest": manifest})
        assert again["event_url_verified"] is True
        yield found


def test_command_form_message_button_update(lunch: Lunch, driver: Driver, ids: Ids) -> None:
    ada, channel = ids["ada"], ids["#general"]
    run = driver.desk(
        "slash_command", user_id=ada, channel_id=channel, command="/lunch", text="now"
    )
    assert run == {"ok": True}
    view = driver.desk("modals", user_id=ada)[0]
    place = {"type": "view", "view_id": view["id"]}
    ask = {"user_id": ada, "container": place, "block_id": "dish", "action_id": "dish"}
    assert driver.desk("options", **ask)["min_query_length"] == 1
    offered = driver.desk("options", **ask, typed="s")["options"]
    assert [option["value"] for option in offered] == ["soup", "salad", "stew"]

    def submit(dish: str | None) -> Any:
        values = {"dish": {"dish": dish}}
        files = {"photo": [("a.png", "image/png", b"png")]}
        return driver.desk(
            "submit_view", user_id=ada, view_id=view["id"], values=values, files=files
        )

    assert submit(None) == {"errors": {"dish": "Please complete this required field."}}
    assert submit("stew") == {"errors": {"dish": "Stew is out."}}
    assert submit("soup") == {"closed": True}
    assert driver.desk("modals", user_id=ada) == []
    message = driver.desk("messages", user_id=ada, channel_id=channel)[-1]
    assert message["text"] == f"soup for <@{ada}>"
    clicked = driver.desk(
        "block_action",
        user_id=ada,
        container={"type": "message", "channel_id": channel, "ts": message["ts"]},
        block_id="did",
        action_id="eaten",
    )
    assert clicked == {"ok": True}
    after = driver.desk("messages", user_id=ada, channel_id=channel)[-1]
    assert (after["ts"], after["text"]) == (message["ts"], "soup was good")
    assert "blocks" not in after


def test_payloads_have_slacks_shapes(lunch: Lunch, driver: Driver, ids: Ids) -> None:
    test_command_form_message_button_update(lunch, driver, ids)
    command = next(body for body in lunch.heard if "command" in body)
    assert all(isinstance(value, str) for value in command.values())
    assert command["text"] == "now"
    suggestion = lunch.first("block_suggestion")
    assert (suggestion["value"], suggestion["view"]["callback_id"]) == ("s", "order")
    submission = lunch.first("view_submission")
    values = submission["view"]["state"]["values"]
    assert values["note"]["note"] == {"type": "plain_text_input", "value": None}
    assert values["dish"]["dish"]["selected_option"]["value"] == "stew"
    photo = values["photo"]["photo"]
    assert photo["files"][0]["name"] == "a.png"
    assert submission["response_urls"] == []
    action = lunch.first("block_actions")
    assert action["container"]["is_ephemeral"] is False
    assert action["message"]["blocks"][1]["block_id"] == "did"
    assert action["state"] == {"values": {}}
    entry = action["actions"][0]
    assert (entry["type"], entry["value"], entry["block_id"]) == ("button", "soup", "did")
    assert entry["text"]["emoji"] is True


def test_a_text_answer_to_a_command_is_ephemeral(lunch: Lunch, driver: Driver, ids: Ids) -> None:
    channel = ids["#general"]
    driver.desk(
        "slash_command", user_id=ids["ada"], channel_id=channel, command="/lunch", text="help"
    )
    shown = driver.desk("messages", user_id=ids["ada"], channel_id=channel)[-1]
    assert (shown["text"], shown["is_ephemeral"]) == ("Type /lunch and choose.", True)
    assert driver.desk("messages", user_id=ids["ben"], channel_id=channel) == []


def test_shortcuts(lunch: Lunch, driver: Driver, ids: Ids) -> None:
    ada, channel = ids["ada"], ids["#general"]
    assert [s["callback_id"] for s in driver.desk("shortcuts", user_id=ada)["global"]] == ["hungry"]
    driver.desk("global_shortcut", user_id=ada, callback_id="hungry")
    assert driver.desk("modals", user_id=ada)[0]["callback_id"] == "order"
    shortcut = lunch.first("shortcut")
    assert "channel" not in shortcut
    assert "response_url" not in shortcut
    said = driver.desk("post_message", user_id=ada, channel_id=channel, text="soup")
    driver.desk(
        "message_shortcut", user_id=ada, callback_id="this", channel_id=channel, ts=said["ts"]
    )
    assert lunch.first("message_action")["message"]["text"] == "soup"
    assert driver.desk("messages", user_id=ada, channel_id=channel)[-1]["text"] == "Ordering soup"


def test_home_is_published_when_opened(lunch: Lunch, driver: Driver, ids: Ids) -> None:
    ada = ids["ada"]
    assert driver.desk("open_home", user_id=ada, app_id=lunch.app_id) is None
    view = wait_until(lambda: driver.desk("home", user_id=ada, app_id=lunch.app_id))
    assert view["blocks"][0]["text"]["text"] == "Hungry?"
    again = driver.desk("open_home", user_id=ada, app_id=lunch.app_id)
    assert again["id"] == view["id"]
    events = [b["event"] for b in lunch.heard if b.get("type") == "event_callback"]
    assert events[0]["tab"] == "home"
    assert events[0]["channel"].startswith("D")
    assert "view" not in events[0]


def test_a_mention_is_answered_in_a_thread(lunch: Lunch, driver: Driver, ids: Ids) -> None:
    ada, channel = ids["ada"], ids["#general"]
    said = driver.desk(
        "post_message", user_id=ada, channel_id=channel, text="@lunch are you there?"
    )

    def thread() -> Any:
        found = driver.desk("thread", user_id=ada, channel_id=channel, thread_ts=said["ts"])
        return found[1:]

    assert wait_until(thread)[0]["text"] == "Yes?"


def test_a_dm_with_a_file_is_heard(lunch: Lunch, driver: Driver, ids: Ids) -> None:
    dm = driver.desk("open_dm", user_id=ids["ada"], other_id=lunch.bot_user_id)
    driver.desk(
        "post_message",
        user_id=ids["ada"],
        channel_id=dm["id"],
        text="look",
        files=[("leak.jpg", "image/jpeg", b"bytes")],
    )
    wait_until(lambda: {"said": "look"} in lunch.heard)
    event = lunch.first("event_callback")["event"]
    assert (event["subtype"], event["channel_type"]) == ("file_share", "im")
    assert event["files"][0]["name"] == "leak.jpg"


def test_closing_tells_the_app(lunch: Lunch, driver: Driver, ids: Ids) -> None:
    driver.desk("global_shortcut", user_id=ids["ada"], callback_id="hungry")
    view = driver.desk("modals", user_id=ids["ada"])[0]
    driver.desk("close_view", user_id=ids["ada"], view_id=view["id"])
    closed = lunch.first("view_closed")
    assert closed["is_cleared"] is False
    assert "trigger_id" not in closed
    assert closed["view"]["state"] == {"values": {}}


def test_an_unhandled_button_shows_an_error(lunch: Lunch, driver: Driver, ids: Ids) -> None:
    button = {"type": "button", "action_id": "nobody", "text": lunch_app.plain("?")}
    posted = lunch.client.chat_postMessage(
        channel=ids["#general"],
        text="x",
        blocks=[{"type": "actions", "block_id": "b", "elements": [button]}],
    )
    result = driver.desk(
        "block_action",
        user_id=ids["ada"],
        container={"type": "message", "channel_id": ids["#general"], "ts": posted["ts"]},
        block_id="b",
        action_id="nobody",
    )
    assert "did not respond" in result["failed"]
    assert driver.desk("notices", user_id=ids["ada"])[-1]["text"] == result["failed"]
