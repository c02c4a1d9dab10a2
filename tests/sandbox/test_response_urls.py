"""Response URLs: five posts, replacing, deleting, ephemerals."""

from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient

from slack_sandbox.driver import Driver
from slack_sandbox.server import RunningSandbox
from tests.sandbox.lunch_app import plain
from tests.sandbox.wire import Beside, Json, Socket, open_socket, post_json

Ids = dict[str, str]
BUTTON = {"type": "button", "action_id": "b", "text": plain("Go")}
BLOCKS = [{"type": "actions", "block_id": "a", "elements": [BUTTON]}]


@pytest.fixture
def socket(sandbox: RunningSandbox, ids: Ids) -> Iterator[Socket]:
    with open_socket(sandbox.api_url) as opened:
        yield opened


def shown(driver: Driver, ids: Ids, name: str = "ada") -> list[str]:
    """What a person sees in #general."""
    found = driver.desk("messages", user_id=ids[name], channel_id=ids["#general"])
    return [message["text"] for message in found]


def click(driver: Driver, socket: Socket, ids: Ids, kind: str, ts: str) -> Json:
    """Ada clicks the button; the payload."""
    place = {"type": kind, "channel_id": ids["#general"], "ts": ts}
    running = Beside(
        lambda: driver.desk(
            "block_action", user_id=ids["ada"], container=place, block_id="a", action_id="b"
        )
    )
    while True:
        envelope = socket.next()
        socket.ack(envelope)
        if envelope["type"] == "interactive":
            break
    assert running.result() == {"ok": True}
    payload: Json = envelope["payload"]
    return payload


@pytest.fixture
def message(client: WebClient, driver: Driver, socket: Socket, ids: Ids) -> Json:
    """The payload of a click on a message everybody sees."""
    posted = client.chat_postMessage(channel=ids["#general"], text="card", blocks=BLOCKS)
    return click(driver, socket, ids, "message", posted["ts"])


@pytest.fixture
def whisper(client: WebClient, driver: Driver, socket: Socket, ids: Ids) -> Json:
    """The payload of a click on an ephemeral message."""
    posted = client.chat_postEphemeral(
        channel=ids["#general"], user=ids["ada"], text="card", blocks=BLOCKS
    )
    return click(driver, socket, ids, "ephemeral", posted["message_ts"])


def test_five_posts_and_no_more(message: Json, driver: Driver, ids: Ids) -> None:
    for number in range(5):
        assert post_json(message["response_url"], {"text": str(number)}) == (200, "ok")
    status, text = post_json(message["response_url"], {"text": "6"})
    assert (status, "used_url" in text) == (404, True)
    assert shown(driver, ids) == ["card", "0", "1", "2", "3", "4"]
    assert shown(driver, ids, "ben") == ["card"]


def test_an_unknown_url_has_expired(base_url: str) -> None:
    status, text = post_json(f"{base_url}/actions/T1/1/nothing", {"text": "x"})
    assert (status, "expired_url" in text) == (404, True)


class TestHalfAnHour:
    """The half hour, made short."""

    @pytest.fixture
    def settings(self, settings: dict[str, Any]) -> dict[str, Any]:
        return {**settings, "hook_ttl": 0.0}

    def test_is_over(self, message: Json) -> None:
        status, text = post_json(message["response_url"], {"text": "x"})
        assert (status, "expired_url" in text) == (404, True)


def test_replacing_the_original(message: Json, driver: Driver, ids: Ids) -> None:
    post_json(message["response_url"], {"text": "done", "replace_original": True})
    seen = driver.desk("messages", user_id=ids["ben"], channel_id=ids["#general"])
    assert [m["text"] for m in seen] == ["done"]
    assert "blocks" not in seen[0]


def test_deleting_the_original(message: Json, driver: Driver, ids: Ids) -> None:
    post_json(message["response_url"], {"delete_original": True})
    assert shown(driver, ids) == []


def test_in_channel_is_for_all_and_may_go_into_the_thread(
    message: Json, driver: Driver, ids: Ids
) -> None:
    url, parent = message["response_url"], message["message"]["ts"]
    post_json(url, {"text": "all", "response_type": "in_channel"})
    body = {"text": "below", "response_type": "in_channel", "thread_ts": parent}
    post_json(url, {**body, "replace_original": False})
    assert shown(driver, ids, "ben") == ["card", "all"]
    found = driver.desk("thread", user_id=ids["ben"], channel_id=ids["#general"], thread_ts=parent)
    assert [m["text"] for m in found] == ["card", "below"]


def test_a_click_on_an_ephemeral_carries_no_message(whisper: Json) -> None:
    assert whisper["container"]["is_ephemeral"] is True
    assert "message" not in whisper


def test_an_ephemeral_changes_and_goes_by_its_response_url_only(
    whisper: Json, driver: Driver, ids: Ids
) -> None:
    url = whisper["response_url"]
    post_json(url, {"text": "done", "replace_original": True})
    assert shown(driver, ids) == ["done"]
    post_json(url, {"delete_original": True})
    assert shown(driver, ids) == []


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "no_text"),
        ({"text": "x", "blocks": [{"type": "section"}]}, "invalid_blocks"),
    ],
)
def test_bad_posts_are_refused(message: Json, body: Json, error: str) -> None:
    status, text = post_json(message["response_url"], body)
    assert (status, error in text) == (400, True)


def test_faults_strike_here_too(message: Json, driver: Driver, ids: Ids) -> None:
    driver.fault("server_error", method="response_url", count=1, after=True)
    assert post_json(message["response_url"], {"text": "kept"})[0] == 500
    assert shown(driver, ids) == ["card", "kept"]
    driver.fault("ratelimited", method="response_url", count=1)
    assert post_json(message["response_url"], {"text": "lost"})[0] == 429
    assert shown(driver, ids) == ["card", "kept"]
