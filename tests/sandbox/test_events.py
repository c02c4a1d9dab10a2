"""What apps hear of besides messages, and the life of a connection."""

from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from slack_sandbox.driver import Driver, wait_until
from slack_sandbox.server import RunningSandbox
from tests.sandbox.wire import Json, Socket, open_socket

Ids = dict[str, str]


@pytest.fixture
def socket(sandbox: RunningSandbox, ids: Ids) -> Iterator[Socket]:
    with open_socket(sandbox.api_url) as opened:
        yield opened


def event(socket: Socket) -> Json:
    """The next event, acknowledged."""
    envelope = socket.next()
    socket.ack(envelope)
    found: Json = envelope["payload"]["event"]
    return found


def test_somebody_joins(socket: Socket, driver: Driver, client: WebClient, ids: Ids) -> None:
    client.conversations_join(channel=ids["#random"])
    assert event(socket)["user"] == ids["bot"]
    gus = driver.call("POST", "/sandbox/people", {"name": "gus"})
    assert event(socket)["type"] == "team_join"
    driver.desk("join", user_id=gus["id"], channel_id=ids["#random"])
    joined = event(socket)
    assert (joined["type"], joined["user"], joined["channel"], joined["channel_type"]) == (
        "member_joined_channel",
        gus["id"],
        ids["#random"],
        "C",
    )


def test_an_invitation_names_who_invited(socket: Socket, driver: Driver, ids: Ids) -> None:
    driver.desk("invite", user_id=ids["ada"], channel_id=ids["#random"], other_id=ids["bot"])
    joined = event(socket)
    assert (joined["user"], joined["inviter"]) == (ids["bot"], ids["ada"])


def test_a_profile_changes(socket: Socket, driver: Driver, ids: Ids) -> None:
    driver.call("PATCH", f"/sandbox/people/{ids['ben']}", {"deleted": True})
    changed = event(socket)
    assert (changed["type"], changed["user"]["id"], changed["user"]["deleted"]) == (
        "user_change",
        ids["ben"],
        True,
    )


def test_do_not_disturb_says_only_when_it_runs(
    socket: Socket, driver: Driver, client: WebClient, ids: Ids
) -> None:
    driver.desk("pause", user_id=ids["ben"], starts=1_000, ends=5_000)
    told = event(socket)
    assert (told["type"], told["user"]) == ("dnd_updated_user", ids["ben"])
    assert told["dnd_status"] == {
        "dnd_enabled": True, "next_dnd_start_ts": 1_000, "next_dnd_end_ts": 5_000,
    }  # fmt: skip
    asked = client.dnd_teamInfo(users=[ids["ada"], ids["ben"]])["users"]
    never = {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
    assert asked == {ids["ada"]: never, ids["ben"]: told["dnd_status"]}
    assert client.dnd_info(user=ids["ben"])["next_dnd_end_ts"] == 5_000
    for users, code in (("", "no_users_provided"), (f"{ids['ben']},U0", "user_not_visible")):
        with pytest.raises(SlackApiError, match=code):
            client.dnd_teamInfo(users=users)
    driver.desk("pause", user_id=ids["ben"])
    assert event(socket)["dnd_status"] == client.dnd_teamInfo(users=ids["ben"])["users"][
        ids["ben"]
    ] == never  # fmt: skip


def test_a_message_goes(socket: Socket, client: WebClient, ids: Ids) -> None:
    ts = client.chat_postMessage(channel=ids["#general"], text="x")["ts"]
    event(socket)
    client.chat_delete(channel=ids["#general"], ts=ts)
    gone = event(socket)
    assert (gone["subtype"], gone["deleted_ts"]) == ("message_deleted", ts)


def test_the_messages_tab(socket: Socket, driver: Driver, ids: Ids) -> None:
    driver.desk("open_home", user_id=ids["ada"], tab="messages")
    opened = event(socket)
    assert (opened["type"], opened["tab"]) == ("app_home_opened", "messages")


def test_a_private_channel_is_a_group(socket: Socket, driver: Driver, ids: Ids) -> None:
    spec = {"name": "till", "private": True, "members": ["ada", ids["bot"]]}
    till = driver.call("POST", "/sandbox/channels", spec)
    driver.desk("post_message", user_id=ids["ada"], channel_id=till["id"], text="hi")
    assert event(socket)["channel_type"] == "group"


def test_a_bot_hears_nothing_of_channels_it_is_not_in(
    socket: Socket, driver: Driver, ids: Ids
) -> None:
    driver.desk("post_message", user_id=ids["ada"], channel_id=ids["#random"], text="secret")
    driver.desk("post_message", user_id=ids["ada"], channel_id=ids["#general"], text="open")
    assert event(socket)["text"] == "open"


def test_an_event_without_its_scope_does_not_come(
    sandbox: RunningSandbox, driver: Driver, ids: Ids
) -> None:
    manifest = {
        "display_information": {"name": "demo"},
        "oauth_config": {"scopes": {"bot": ["im:history"]}},
        "settings": {
            "socket_mode_enabled": True,
            "event_subscriptions": {"bot_events": ["message.channels", "message.im"]},
        },
    }
    driver.call("POST", "/sandbox/apps/manifest", {"manifest": manifest})
    dm = driver.desk("open_dm", user_id=ids["ada"], other_id=ids["bot"])
    with open_socket(sandbox.api_url) as opened:
        for channel_id, text in ((ids["#general"], "no"), (dm["id"], "yes")):
            driver.desk("post_message", user_id=ids["ada"], channel_id=channel_id, text=text)
        assert event(opened)["text"] == "yes"


class TestRefresh:
    """Slack refreshes connections; an app must open a new one."""

    @pytest.fixture
    def settings(self, settings: dict[str, Any]) -> dict[str, Any]:
        return {**settings, "connection_life": 0.4, "warning_time": 0.2}

    def test_a_warning_then_the_end(self, sandbox: RunningSandbox, driver: Driver) -> None:
        with open_socket(sandbox.api_url) as socket:
            reasons = [socket.next()["reason"] for _ in range(2)]
        assert reasons == ["warning", "refresh_requested"]
        assert wait_until(lambda: driver.sockets() == 0)
