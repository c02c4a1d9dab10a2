"""Modals and Home: triggers, the stack, hashes, answers to a submission."""

from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from slack_sandbox.driver import Driver
from slack_sandbox.places import DeskError
from slack_sandbox.server import RunningSandbox
from tests.sandbox.lunch_app import plain
from tests.sandbox.wire import Beside, Json, Socket, open_socket

Ids = dict[str, str]


def modal(title: str = "One", **fields: Any) -> Json:
    return {
        "type": "modal",
        "title": plain(title),
        "submit": plain("Send"),
        "callback_id": "form",
        "blocks": [
            {
                "type": "input",
                "block_id": "name",
                "label": plain("Name"),
                "element": {"type": "plain_text_input", "action_id": "v"},
            },
            {
                "type": "actions",
                "block_id": "more",
                "elements": [{"type": "button", "action_id": "push", "text": plain("More")}],
            },
        ],
        **fields,
    }


HOME = {"type": "home", "blocks": [{"type": "section", "text": plain("Hi")}]}


@pytest.fixture
def settings(settings: dict[str, Any]) -> dict[str, Any]:
    return {**settings, "trigger_ttl": 1.5}


@pytest.fixture
def socket(sandbox: RunningSandbox, driver: Driver, ids: Ids) -> Iterator[Socket]:
    """The demo app, played by the test."""
    manifest = {
        "display_information": {"name": "demo"},
        "features": {
            "app_home": {"home_tab_enabled": True},
            "shortcuts": [{"name": "s", "type": "global", "callback_id": "s", "description": "d"}],
        },
        "oauth_config": {"scopes": {"bot": ["chat:write"]}},
        "settings": {"socket_mode_enabled": True, "interactivity": {"is_enabled": True}},
    }
    driver.call("POST", "/sandbox/apps/manifest", {"manifest": manifest})
    with open_socket(sandbox.api_url) as opened:
        yield opened


class Stage:
    """Ada and the app, taking turns."""

    def __init__(self, driver: Driver, client: WebClient, socket: Socket, ada: str) -> None:
        self.driver, self.client, self.socket, self.ada = driver, client, socket, ada

    def turn(self, reply: Json | None, what: str, **arguments: Any) -> tuple[Json, Any]:
        """Ada does something, the app answers; the payload and what Ada sees."""
        running = Beside(lambda: self.driver.desk(what, user_id=self.ada, **arguments))
        envelope = self.socket.next()
        self.socket.ack(envelope, reply)
        return envelope["payload"], running.result()

    def trigger(self) -> str:
        """A fresh trigger from a shortcut."""
        return str(self.turn(None, "global_shortcut", callback_id="s")[0]["trigger_id"])

    def open(self, **fields: Any) -> Json:
        """Open a modal for Ada."""
        answer = self.client.views_open(trigger_id=self.trigger(), view=modal(**fields))
        view: Json = answer["view"]
        return view

    def click(self, view_id: str) -> Json:
        """Ada clicks the modal's button; the payload."""
        place = {"type": "view", "view_id": view_id}
        return self.turn(None, "block_action", container=place, block_id="more", action_id="push")[
            0
        ]

    def submit(self, view_id: str, reply: Json | None) -> tuple[Json, Any]:
        """Ada submits with a name; the app answers."""
        values = {"name": {"v": "Ann"}}
        return self.turn(reply, "submit_view", view_id=view_id, values=values)

    def stack(self) -> list[str]:
        """Titles of Ada's open modals."""
        return [view["title"]["text"] for view in self.driver.desk("modals", user_id=self.ada)]


@pytest.fixture
def stage(driver: Driver, client: WebClient, socket: Socket, ids: Ids) -> Stage:
    return Stage(driver, client, socket, ids["ada"])


def code(error: pytest.ExceptionInfo[SlackApiError]) -> str:
    return str(error.value.response["error"])


def test_an_opened_view_has_slacks_fields(stage: Stage) -> None:
    view = stage.open(private_metadata="m", external_id="ext")
    assert view["id"][0] == "V"
    assert view["root_view_id"] == view["id"]
    assert view["state"] == {"values": {}}
    assert view["title"]["emoji"] is True
    assert {"hash", "app_id", "bot_id", "team_id", "app_installed_team_id"} <= view.keys()
    assert stage.stack() == ["One"]


def test_a_trigger_is_good_once(stage: Stage) -> None:
    trigger = stage.trigger()
    stage.client.views_open(trigger_id=trigger, view=modal())
    with pytest.raises(SlackApiError) as error:
        stage.client.views_open(trigger_id=trigger, view=modal())
    assert code(error) == "exchanged_trigger_id"


def test_a_trigger_dies_soon(stage: Stage) -> None:
    trigger = stage.trigger()
    stage.driver.fault("delay", method="views.open", seconds=1.6, count=1)
    with pytest.raises(SlackApiError) as error:
        stage.client.views_open(trigger_id=trigger, view=modal())
    assert code(error) == "expired_trigger_id"


def test_a_bad_view_is_refused_with_pointers_and_the_trigger_stays_good(stage: Stage) -> None:
    trigger = stage.trigger()
    with pytest.raises(SlackApiError) as error:
        stage.client.views_open(trigger_id=trigger, view=modal("x" * 25))
    assert code(error) == "invalid_arguments"
    assert error.value.response["response_metadata"]["messages"] == [
        "[ERROR] failed to match all allowed schemas [json-pointer:/view]",
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]",
    ]
    assert stage.client.views_open(trigger_id=trigger, view=modal())["ok"]


def test_a_view_may_be_too_large(stage: Stage) -> None:
    sections = [{"type": "section", "text": plain("x" * 3000)}] * 90
    with pytest.raises(SlackApiError) as error:
        stage.client.views_open(trigger_id=stage.trigger(), view=modal(blocks=sections))
    assert code(error) == "view_too_large"


def test_three_views_and_no_more(stage: Stage) -> None:
    top = stage.open()["id"]
    for title in ("Two", "Three"):
        payload = stage.click(top)
        pushed = stage.client.views_push(trigger_id=payload["trigger_id"], view=modal(title))
        assert pushed["view"]["previous_view_id"] == top
        top = pushed["view"]["id"]
    assert stage.stack() == ["One", "Two", "Three"]
    payload = stage.click(top)
    with pytest.raises(SlackApiError) as error:
        stage.client.views_push(trigger_id=payload["trigger_id"], view=modal("Four"))
    assert code(error) == "push_limit_reached"


def test_hashes_guard_a_redraw(stage: Stage) -> None:
    view = stage.open()
    new = stage.client.views_update(view_id=view["id"], view=modal("Two"), hash=view["hash"])
    assert new["view"]["hash"] != view["hash"]
    with pytest.raises(SlackApiError) as error:
        stage.client.views_update(view_id=view["id"], view=modal("Three"), hash=view["hash"])
    assert code(error) == "hash_conflict"
    assert stage.stack() == ["Two"]


def test_a_closed_view_is_not_found(stage: Stage) -> None:
    view = stage.open()
    stage.driver.desk("close_view", user_id=stage.ada, view_id=view["id"])
    with pytest.raises(SlackApiError) as error:
        stage.client.views_update(view_id=view["id"], view=modal())
    assert code(error) == "not_found"


def test_external_ids_are_unique_and_find_the_view(stage: Stage, ids: Ids) -> None:
    stage.open(external_id="ext")
    stage.client.views_update(external_id="ext", view=modal("Two", external_id="ext"))
    assert stage.stack() == ["Two"]
    with pytest.raises(SlackApiError) as error:
        stage.client.views_publish(user_id=ids["ben"], view={**HOME, "external_id": "ext"})
    assert code(error) == "duplicate_external_id"


def test_an_empty_answer_closes(stage: Stage) -> None:
    payload, result = stage.submit(stage.open()["id"], None)
    assert payload["type"] == "view_submission"
    assert payload["view"]["state"]["values"] == {
        "name": {"v": {"type": "plain_text_input", "value": "Ann"}}
    }
    assert result == {"closed": True}
    assert stage.stack() == []


def test_closing_the_top_shows_the_one_below(stage: Stage) -> None:
    payload = stage.click(stage.open()["id"])
    top = stage.client.views_push(trigger_id=payload["trigger_id"], view=modal("Two"))["view"]
    assert stage.submit(top["id"], None)[1] == {"closed": True}
    assert stage.stack() == ["One"]


def test_errors_keep_the_form_open(stage: Stage) -> None:
    reply = {"response_action": "errors", "errors": {"name": "Too short."}}
    view = stage.open()
    assert stage.submit(view["id"], reply)[1] == {"errors": {"name": "Too short."}}
    assert stage.stack() == ["One"]


@pytest.mark.parametrize("block", ["more", "nowhere"])
def test_errors_attach_to_inputs_only(stage: Stage, block: str) -> None:
    reply = {"response_action": "errors", "errors": {block: "No."}}
    result = stage.submit(stage.open()["id"], reply)[1]
    assert "invalid_errors" in result["failed"]
    assert stage.stack() == ["One"]


def test_update_push_and_clear(stage: Stage) -> None:
    view = stage.open()
    updated = stage.submit(view["id"], {"response_action": "update", "view": modal("Two")})[1]
    assert updated["updated"]["id"] == view["id"]
    assert updated["updated"]["state"]["values"]["name"]["v"]["value"] == "Ann"
    pushed = stage.submit(view["id"], {"response_action": "push", "view": modal("Three")})[1]
    assert stage.stack() == ["Two", "Three"]
    cleared = stage.submit(pushed["pushed"]["id"], {"response_action": "clear"})[1]
    assert cleared == {"cleared": True}
    assert stage.stack() == []


def test_an_answer_slack_would_refuse_is_told(stage: Stage) -> None:
    reply = {"response_action": "update", "view": modal("x" * 25)}
    result = stage.submit(stage.open()["id"], reply)[1]
    assert "json-pointer:/view/title/text" in result["failed"]
    assert stage.stack() == ["One"]


def test_no_answer_keeps_the_form_and_tells(stage: Stage) -> None:
    view = stage.open()
    running = Beside(
        lambda: stage.driver.desk(
            "submit_view", user_id=stage.ada, view_id=view["id"], values={"name": {"v": "Ann"}}
        )
    )
    stage.socket.next()
    assert "did not respond" in running.result()["failed"]
    assert stage.stack() == ["One"]


def test_the_cross_closes_the_whole_stack_and_tells_each(stage: Stage) -> None:
    payload = stage.click(stage.open(notify_on_close=True)["id"])
    top = stage.client.views_push(
        trigger_id=payload["trigger_id"], view=modal("Two", notify_on_close=True)
    )["view"]
    running = Beside(
        lambda: stage.driver.desk("close_view", user_id=stage.ada, view_id=top["id"], clear=True)
    )
    told = []
    for _ in range(2):
        envelope = stage.socket.next()
        stage.socket.ack(envelope)
        told.append(envelope["payload"])
    assert running.result() == {"cleared": True}
    assert [p["view"]["title"]["text"] for p in told] == ["Two", "One"]
    assert all(p["is_cleared"] for p in told)
    assert stage.stack() == []


def test_block_actions_in_a_modal(stage: Stage) -> None:
    view = stage.open()
    payload = stage.click(view["id"])
    assert payload["container"] == {"type": "view", "view_id": view["id"]}
    assert payload["view"]["state"]["values"]["name"]["v"]["value"] is None
    assert not {"channel", "message", "response_url"} & payload.keys()


def test_home_is_published_and_guarded(stage: Stage, ids: Ids) -> None:
    first = stage.client.views_publish(user_id=ids["ben"], view=HOME)["view"]
    second = stage.client.views_publish(user_id=ids["ben"], view=HOME, hash=first["hash"])["view"]
    assert first["id"] == second["id"]
    with pytest.raises(SlackApiError) as error:
        stage.client.views_publish(user_id=ids["ben"], view=HOME, hash=first["hash"])
    assert code(error) == "hash_conflict"
    assert stage.driver.desk("home", user_id=ids["ben"])["hash"] == second["hash"]
    assert stage.driver.desk("home", user_id=ids["ada"]) is None


def test_somebody_elses_view_is_out_of_reach(stage: Stage, ids: Ids) -> None:
    view = stage.open()
    with pytest.raises(DeskError, match="somebody else's"):
        stage.driver.desk("submit_view", user_id=ids["ben"], view_id=view["id"])
