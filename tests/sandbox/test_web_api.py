"""Tokens, scopes, people, conversations and the ways to send arguments."""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from slack_sandbox.driver import Driver
from slack_sandbox.places import DeskError
from slack_sandbox.server import RunningSandbox
from slack_sandbox.settings import DEMO_APP_TOKEN, DEMO_BOT_TOKEN

Ids = dict[str, str]


def post(url: str, body: bytes, **headers: str) -> dict[str, Any]:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    request = urllib.request.Request(url, body, named, method="POST")
    with urllib.request.urlopen(request, timeout=20) as answer:
        found: dict[str, Any] = json.loads(answer.read())
        return found


@pytest.mark.parametrize(
    ("token", "error"),
    [
        ("", "not_authed"),
        ("xoxb-wrong", "invalid_auth"),
        (DEMO_APP_TOKEN, "not_allowed_token_type"),
    ],
)
def test_wrong_tokens(sandbox: RunningSandbox, token: str, error: str) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = post(f"{sandbox.api_url}auth.test", b"", **headers)
    assert answer == {"ok": False, "error": error}


def test_arguments_come_as_json_form_query_and_token_field(
    sandbox: RunningSandbox, ids: Ids
) -> None:
    bearer = {"Authorization": f"Bearer {DEMO_BOT_TOKEN}"}
    url = f"{sandbox.api_url}users.info"
    form = f"user={ids['ada']}&token={DEMO_BOT_TOKEN}".encode()
    body = json.dumps({"user": ids["ada"]}).encode()
    answers = [
        post(url, form, Content_Type="application/x-www-form-urlencoded"),
        post(url, body, Content_Type="application/json; charset=utf-8", **bearer),
        post(f"{url}?user={ids['ada']}", b"", **bearer),
    ]
    assert [answer["user"]["name"] for answer in answers] == ["ada"] * 3
    broken = post(url, b"{", Content_Type="application/json", **bearer)
    assert broken["error"] == "invalid_json"


def test_unknown_method(client: WebClient) -> None:
    with pytest.raises(SlackApiError) as error:
        client.api_call("chat.shout")
    assert error.value.response["error"] == "unknown_method"


def test_a_missing_scope_says_what_is_needed(driver: Driver, sandbox: RunningSandbox) -> None:
    manifest = {
        "display_information": {"name": "narrow"},
        "oauth_config": {"scopes": {"bot": ["chat:write"]}},
    }
    app = driver.call("POST", "/sandbox/apps/manifest", {"manifest": manifest})
    narrow = WebClient(app["bot_token"], base_url=sandbox.api_url)
    with pytest.raises(SlackApiError) as error:
        narrow.users_list()
    assert error.value.response.data == {
        "ok": False,
        "error": "missing_scope",
        "needed": "users:read",
        "provided": "chat:write",
    }


def test_people_as_slack_tells_them(client: WebClient, driver: Driver, ids: Ids) -> None:
    user = client.users_info(user=ids["ada"])["user"]
    assert user["is_admin"] is True
    assert user["profile"]["email"] == "ada@example.com"
    assert client.users_lookupByEmail(email="Ben@Example.com")["user"]["id"] == ids["ben"]
    driver.call("PATCH", f"/sandbox/people/{ids['ben']}", {"deleted": True})
    assert client.users_info(user=ids["ben"])["user"]["deleted"] is True
    with pytest.raises(SlackApiError) as error:
        client.users_lookupByEmail(email="ben@example.com")
    assert error.value.response["error"] == "users_not_found"
    with pytest.raises(SlackApiError) as error:
        client.chat_postMessage(channel=ids["ben"], text="x")
    assert error.value.response["error"] == "user_disabled"
    assert ids["ben"] not in [user["id"] for user in driver.desk("people")]


def test_guests_and_strangers_are_marked(client: WebClient, driver: Driver) -> None:
    guest = driver.call("POST", "/sandbox/people", {"name": "gus", "is_ultra_restricted": True})
    other = driver.call("POST", "/sandbox/people", {"name": "fay", "team_id": "T0ELSEWHERE"})
    assert client.users_info(user=guest["id"])["user"]["is_ultra_restricted"] is True
    assert client.users_info(user=other["id"])["user"]["team_id"] == "T0ELSEWHERE"
    assert driver.desk("channels", user_id=guest["id"]) == []


def test_conversations_are_listed_joined_and_read(client: WebClient, ids: Ids) -> None:
    names = {c["name"]: c["is_member"] for c in client.conversations_list()["channels"]}
    assert names == {"general": True, "random": False}
    with pytest.raises(SlackApiError) as error:
        client.conversations_history(channel=ids["#random"])
    assert error.value.response["error"] == "not_in_channel"
    client.conversations_join(channel=ids["#random"])
    assert ids["bot"] in client.conversations_members(channel=ids["#random"])["members"]
    mine = client.users_conversations()["channels"]
    assert {c["name"] for c in mine} == {"general", "random"}
    info = client.conversations_info(channel=ids["#random"], include_num_members=True)
    assert info["channel"]["num_members"] == 4


def test_lists_are_paged(client: WebClient) -> None:
    first = client.users_list(limit=3)
    rest = client.users_list(limit=3, cursor=first["response_metadata"]["next_cursor"])
    assert len(first["members"]) == 3
    assert [u["name"] for u in rest["members"]] == ["cleo"]
    assert rest["response_metadata"]["next_cursor"] == ""


def test_every_call_is_logged(client: WebClient, driver: Driver, ids: Ids) -> None:
    client.chat_postMessage(channel=ids["#general"], text="x")
    entry = driver.requests("chat.postMessage")[0]
    assert entry["params"]["text"] == "x"
    assert (entry["ok"], entry["status"], entry["app_id"]) == (True, 200, ids["app"])
    driver.call("DELETE", "/sandbox/requests")
    assert driver.requests() == []


def test_reset_brings_the_first_day_back(client: WebClient, driver: Driver, ids: Ids) -> None:
    client.chat_postMessage(channel=ids["#general"], text="x")
    driver.call("POST", "/sandbox/people", {"name": "new"})
    driver.call("POST", "/sandbox/reset")
    assert [user["name"] for user in driver.desk("people")] == ["ada", "ben", "cleo"]
    assert client.conversations_history(channel=ids["#general"])["messages"] == []


def test_the_desk_says_no_in_words(driver: Driver, ids: Ids) -> None:
    outsider = driver.call("POST", "/sandbox/people", {"name": "out"})
    with pytest.raises(DeskError, match="is not in channel"):
        driver.desk("post_message", user_id=outsider["id"], channel_id=ids["#general"], text="x")
    with pytest.raises(DeskError, match="arguments of post_message"):
        driver.desk("post_message", user_id=outsider["id"])
    with pytest.raises(DeskError, match="there is no fly at the desk"):
        driver.desk("fly")


def test_blocks_can_be_checked_without_posting(client: WebClient) -> None:
    with pytest.raises(SlackApiError) as error:
        client.api_call("blocks.validate", json={"blocks": [{"type": "section"}]})
    assert error.value.response["errors"][0]["pointer"] == "/0"
    fine = json.dumps({"type": "home", "blocks": []})
    assert client.api_call("blocks.validate", params={"view": fine})["ok"]
