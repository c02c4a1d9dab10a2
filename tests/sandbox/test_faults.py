"""Trouble on request, and its repeatable dice."""

import http.client
import time
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from slack_sandbox.driver import Driver, wait_until
from slack_sandbox.faults import Fault, Faults
from slack_sandbox.places import DeskError
from slack_sandbox.server import RunningSandbox
from tests.sandbox.wire import open_socket

Ids = dict[str, str]


def post(client: WebClient, ids: Ids, text: str = "x") -> Any:
    return client.chat_postMessage(channel=ids["#general"], text=text)


def texts(driver: Driver, ids: Ids) -> list[str]:
    found = driver.desk("messages", user_id=ids["ada"], channel_id=ids["#general"])
    return [message["text"] for message in found]


def test_too_many_requests(client: WebClient, driver: Driver, ids: Ids) -> None:
    driver.fault("ratelimited", method="chat.postMessage", retry_after=7, count=1)
    with pytest.raises(SlackApiError) as error:
        post(client, ids)
    answer = error.value.response
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert answer.data == {"ok": False, "error": "ratelimited"}
    assert post(client, ids)["ok"]
    assert driver.call("GET", "/sandbox/faults") == []


def test_server_error_before_and_after(client: WebClient, driver: Driver, ids: Ids) -> None:
    driver.fault("server_error", method="chat.*", count=1)
    with pytest.raises(SlackApiError) as error:
        post(client, ids, "lost")
    assert error.value.response.status_code == 500
    driver.fault("server_error", method="chat.*", count=1, after=True)
    with pytest.raises(SlackApiError):
        post(client, ids, "kept")
    assert texts(driver, ids) == ["kept"]


def test_accepted_and_then_no_answer(client: WebClient, driver: Driver, ids: Ids) -> None:
    client.retry_handlers.clear()
    driver.fault("accept_then_drop", method="chat.postMessage", count=1)
    with pytest.raises((OSError, http.client.HTTPException)):
        post(client, ids, "kept")
    assert texts(driver, ids) == ["kept"]


def test_delay(client: WebClient, driver: Driver, ids: Ids) -> None:
    driver.fault("delay", method="chat.postMessage", seconds=0.3, count=1)
    started = time.monotonic()
    post(client, ids)
    assert time.monotonic() - started >= 0.3


def test_late_history_hides_from_apps_not_from_people(
    client: WebClient, driver: Driver, ids: Ids
) -> None:
    driver.fault("late_history", method="chat.postMessage", seconds=0.5, count=1)
    post(client, ids, "late")
    assert client.conversations_history(channel=ids["#general"])["messages"] == []
    assert texts(driver, ids) == ["late"]
    assert (
        wait_until(lambda: client.conversations_history(channel=ids["#general"])["messages"])[0][
            "text"
        ]
        == "late"
    )


def test_an_event_comes_twice(sandbox: RunningSandbox, driver: Driver, ids: Ids) -> None:
    driver.fault("duplicate_event", method="message", count=1)
    with open_socket(sandbox.api_url) as socket:
        driver.desk("post_message", user_id=ids["ada"], channel_id=ids["#general"], text="hi")
        twins = [socket.next(), socket.next()]
        for envelope in twins:
            socket.ack(envelope)
    assert len({envelope["payload"]["event_id"] for envelope in twins}) == 1
    assert sorted(envelope["retry_attempt"] for envelope in twins) == [0, 1]


def test_a_socket_dropped_after_an_envelope(
    sandbox: RunningSandbox, driver: Driver, ids: Ids
) -> None:
    driver.fault("drop_socket", method="events_api", count=1)
    with open_socket(sandbox.api_url) as first:
        driver.desk("post_message", user_id=ids["ada"], channel_id=ids["#general"], text="hi")
        lost = first.next()
        with open_socket(sandbox.api_url) as second:
            again = second.next()
            second.ack(again)
    assert again["payload"]["event_id"] == lost["payload"]["event_id"]
    assert again["retry_attempt"] >= 1


def test_down_and_up_again(client: WebClient, driver: Driver, ids: Ids) -> None:
    client.retry_handlers.clear()
    fault = driver.fault("down")
    with pytest.raises((OSError, http.client.HTTPException)):
        post(client, ids)
    driver.call("DELETE", f"/sandbox/faults?id={fault['id']}")
    assert post(client, ids)["ok"]
    assert texts(driver, ids) == ["x"]


def test_a_fault_keeps_to_its_channel(client: WebClient, driver: Driver, ids: Ids) -> None:
    driver.fault("server_error", channel="C0ELSEWHERE")
    assert post(client, ids)["ok"]
    driver.fault("server_error", channel=ids["#general"])
    with pytest.raises(SlackApiError):
        post(client, ids)


def test_a_misspelt_fault_is_refused(driver: Driver) -> None:
    with pytest.raises(DeskError, match="kind"):
        driver.fault("earthquake")
    with pytest.raises(DeskError, match="chanel"):
        driver.fault("delay", chanel="C1")


def test_dice_are_repeatable() -> None:
    def strikes(seed: int) -> list[bool]:
        faults = Faults(seed=0)
        faults.add(Fault(kind="delay", probability=0.5, seed=seed))
        return [faults.take(["delay"], "chat.postMessage") is not None for _ in range(40)]

    assert strikes(1) == strikes(1)
    assert strikes(1) != strikes(2)
    assert 5 < sum(strikes(1)) < 35


class TestPostRate:
    """With a rate set, a flood of one channel is stopped as Slack stops it."""

    @pytest.fixture
    def settings(self, settings: dict[str, Any]) -> dict[str, Any]:
        return {**settings, "post_rate": 1.0, "post_burst": 2}

    def test_a_burst_passes_a_flood_does_not(self, client: WebClient, ids: Ids) -> None:
        post(client, ids)
        post(client, ids)
        with pytest.raises(SlackApiError) as error:
            post(client, ids)
        assert error.value.response.headers["Retry-After"] == "1"
        assert client.chat_postMessage(channel=ids["ada"], text="elsewhere")["ok"]
