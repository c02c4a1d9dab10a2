"""Sockets, envelopes, retries, signatures: how payloads reach an app, and what if they do not."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from slack_sdk import WebClient

from slack_sandbox.driver import Driver, wait_until
from slack_sandbox.server import RunningSandbox
from slack_sandbox.settings import DEMO_SIGNING_SECRET
from tests.sandbox.wire import Beside, HttpApp, http_app, open_socket

Ids = dict[str, str]


@pytest.fixture
def say(driver: Driver, ids: Ids) -> Callable[[str], Any]:
    """Ada says something where the bot is."""

    def speak(text: str) -> Any:
        return driver.desk(
            "post_message", user_id=ids["ada"], channel_id=ids["#general"], text=text
        )

    return speak


def command(driver: Driver, ids: Ids) -> Beside:
    """Ada runs the demo app's command, beside the test."""
    return Beside(
        lambda: driver.desk(
            "slash_command",
            user_id=ids["ada"],
            channel_id=ids["#general"],
            command="/demo",
            text="",
        )
    )


@pytest.fixture
def demo(driver: Driver, ids: Ids) -> None:
    """The demo app gets a command and ears."""
    install(driver, socket=True, url="")


def install(driver: Driver, *, socket: bool, url: str) -> Any:
    """The demo app by manifest, in either mode."""
    manifest = {
        "display_information": {"name": "demo"},
        "features": {"slash_commands": [{"command": "/demo", "description": "d", "url": url}]},
        "oauth_config": {"scopes": {"bot": ["chat:write", "channels:history"]}},
        "settings": {
            "event_subscriptions": {"bot_events": ["message.channels"], "request_url": url},
            "interactivity": {"is_enabled": True, "request_url": url},
            "socket_mode_enabled": socket,
        },
    }
    return driver.call("POST", "/sandbox/apps/manifest", {"manifest": manifest})


def test_an_event_envelope(sandbox: RunningSandbox, say: Callable[[str], Any], ids: Ids) -> None:
    with open_socket(sandbox.api_url) as socket:
        sent = say("hello")
        envelope = socket.next()
        socket.ack(envelope)
    assert envelope["type"] == "events_api"
    assert envelope["accepts_response_payload"] is False
    assert (envelope["retry_attempt"], envelope["retry_reason"]) == (0, "")
    payload = envelope["payload"]
    assert payload["event_id"].startswith("Ev")
    assert payload["authorizations"][0]["user_id"] == ids["bot"]
    event = payload["event"]
    assert (event["type"], event["channel_type"], event["text"], event["ts"]) == (
        "message",
        "channel",
        "hello",
        sent["ts"],
    )


def test_the_bot_hears_its_own_messages(
    sandbox: RunningSandbox, client: WebClient, ids: Ids
) -> None:
    with open_socket(sandbox.api_url) as socket:
        posted = client.chat_postMessage(channel=ids["#general"], text="me")
        envelope = socket.next()
        socket.ack(envelope)
        client.chat_update(channel=ids["#general"], ts=posted["ts"], text="me again")
        changed = socket.next()
        socket.ack(changed)
    assert envelope["payload"]["event"]["bot_id"]
    assert changed["payload"]["event"]["subtype"] == "message_changed"
    assert changed["payload"]["event"]["previous_message"]["text"] == "me"


def test_an_event_nobody_acknowledges_comes_again_three_times(
    driver: Driver, settings: dict[str, Any], sandbox: RunningSandbox, say: Callable[[str], Any]
) -> None:
    with open_socket(sandbox.api_url) as socket:
        say("hello")
        attempts = [socket.next(5) for _ in range(4)]
        socket.ack(attempts[-1])
    assert [e["retry_attempt"] for e in attempts] == [0, 1, 2, 3]
    assert [e["retry_reason"] for e in attempts] == ["", "timeout", "timeout", "timeout"]
    assert len({e["payload"]["event_id"] for e in attempts}) == 1


def test_an_event_waits_for_the_socket(
    sandbox: RunningSandbox, say: Callable[[str], Any], driver: Driver
) -> None:
    say("early")
    with open_socket(sandbox.api_url) as socket:
        envelope = socket.next()
        socket.ack(envelope)
    assert envelope["payload"]["event"]["text"] == "early"
    assert envelope["retry_reason"] == "connection_failed"


def test_payloads_go_to_any_one_of_several_sockets(
    sandbox: RunningSandbox, say: Callable[[str], Any]
) -> None:
    with open_socket(sandbox.api_url) as first, open_socket(sandbox.api_url) as second:
        for number in range(12):
            say(str(number))
        heard: dict[str, list[str]] = {"first": [], "second": []}
        for name, socket in (("first", first), ("second", second)):
            while True:
                try:
                    envelope = socket.next(0.5)
                except TimeoutError:
                    break
                socket.ack(envelope)
                if envelope["retry_attempt"] == 0:
                    heard[name].append(envelope["payload"]["event"]["text"])
    assert heard["first"]
    assert heard["second"]
    assert sorted(heard["first"] + heard["second"], key=int) == [str(n) for n in range(12)]


def test_ten_sockets_and_no_more(sandbox: RunningSandbox) -> None:
    with ExitStack() as stack:
        for _ in range(10):
            stack.enter_context(open_socket(sandbox.api_url))
        with pytest.raises(AssertionError), open_socket(sandbox.api_url):
            pytest.fail("an eleventh socket said hello")


def test_a_socket_is_asked_to_go(sandbox: RunningSandbox, driver: Driver) -> None:
    with open_socket(sandbox.api_url) as socket:
        driver.call("POST", "/sandbox/disconnect", {"reason": "refresh_requested"})
        frame = socket.next()
    assert (frame["type"], frame["reason"]) == ("disconnect", "refresh_requested")
    assert wait_until(lambda: driver.sockets() == 0)


@pytest.mark.usefixtures("demo")
def test_a_command_nobody_acknowledges_shows_an_error(
    sandbox: RunningSandbox, driver: Driver, ids: Ids
) -> None:
    with open_socket(sandbox.api_url) as socket:
        started = time.monotonic()
        running = command(driver, ids)
        envelope = socket.next()
        result = running.result()
    assert envelope["accepts_response_payload"] is True
    assert result == {"failed": '/demo failed with the error "operation_timeout"'}
    assert 0.9 < time.monotonic() - started < 3
    notes = driver.desk("notices", user_id=ids["ada"])
    assert notes[-1]["text"] == result["failed"]


@pytest.mark.usefixtures("demo")
def test_a_command_without_a_socket_fails_at_once(driver: Driver, ids: Ids) -> None:
    result = command(driver, ids).result()
    assert result == {"failed": '/demo failed with the error "dispatch_failed"'}


@pytest.mark.usefixtures("demo")
def test_an_acknowledgement_may_carry_the_answer(
    sandbox: RunningSandbox, driver: Driver, ids: Ids
) -> None:
    with open_socket(sandbox.api_url) as socket:
        running = command(driver, ids)
        socket.ack(socket.next(), {"response_type": "in_channel", "text": "here"})
        assert running.result() == {"ok": True}
    seen = driver.desk("messages", user_id=ids["ben"], channel_id=ids["#general"])
    assert [m["text"] for m in seen] == ["/demo", "here"]


def signed(app: HttpApp, number: int) -> bool:
    """Whether a request carries the right v0 signature."""
    headers, body = app.requests[number]
    base = b"v0:" + headers["x-slack-request-timestamp"].encode() + b":" + body
    wanted = hmac.new(DEMO_SIGNING_SECRET.encode(), base, hashlib.sha256).hexdigest()
    return hmac.compare_digest(headers["x-slack-signature"], f"v0={wanted}")


def test_http_events_are_signed_and_retried(
    driver: Driver, ids: Ids, say: Callable[[str], Any]
) -> None:
    with http_app() as app:
        installed = install(driver, socket=False, url=app.url)
        assert installed["event_url_verified"] is False
        assert json.loads(app.requests[0][1])["type"] == "url_verification"
        app.reply = lambda count: (500 if count < 4 else 200, {}, b"")
        say("hello")
        wait_until(lambda: len(app.requests) == 4)
    assert all(signed(app, number) for number in range(4))
    retries = [headers.get("x-slack-retry-num") for headers, _ in app.requests[1:]]
    reasons = [headers.get("x-slack-retry-reason") for headers, _ in app.requests[1:]]
    assert retries == [None, "1", "2"]
    assert reasons == [None, "http_error", "http_error"]


def test_http_no_retry_is_obeyed(driver: Driver, ids: Ids, say: Callable[[str], Any]) -> None:
    with http_app() as app:
        install(driver, socket=False, url=app.url)
        app.reply = lambda count: (
            (500, {"X-Slack-No-Retry": "1"}, b"")
            if count == 2
            else (
                200,
                {},
                b"",
            )
        )
        say("first")
        say("second")
        wait_until(lambda: len(app.requests) >= 3)
    texts = [json.loads(body)["event"]["text"] for _, body in app.requests[1:]]
    assert sorted(texts) == ["first", "second"]
    assert all("x-slack-retry-num" not in headers for headers, _ in app.requests)


def test_http_command_answer(driver: Driver, ids: Ids) -> None:
    with http_app() as app:
        install(driver, socket=False, url=app.url)
        app.reply = lambda _: (200, {"Content-Type": "text/plain"}, b"just text")
        assert command(driver, ids).result() == {"ok": True}
    assert app.requests[-1][0]["content-type"] == "application/x-www-form-urlencoded"
    seen = driver.desk("messages", user_id=ids["ada"], channel_id=ids["#general"])
    assert (seen[-1]["text"], seen[-1]["is_ephemeral"]) == ("just text", True)
