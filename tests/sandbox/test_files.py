"""Files: the three-step upload, private addresses, where a file was shared."""

import urllib.request

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from slack_sandbox.driver import Driver
from slack_sandbox.places import DeskError
from slack_sandbox.settings import DEMO_BOT_TOKEN

Ids = dict[str, str]


def get(url: str, token: str = "") -> tuple[str, bytes]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20) as answer:
        return answer.headers["content-type"], answer.read()


def test_an_upload_is_posted_and_can_be_read(client: WebClient, driver: Driver, ids: Ids) -> None:
    channel = ids["#general"]
    sent = client.files_upload_v2(
        channel=channel, content=b"\x89png", filename="leak.png", initial_comment="look"
    )
    file = client.files_info(file=sent["file"]["id"])["file"]
    message = client.conversations_history(channel=channel)["messages"][0]
    assert (message["subtype"], message["text"]) == ("file_share", "look")
    assert file["shares"]["public"][channel] == [{"ts": message["ts"]}]
    assert file["channels"] == [channel]
    for url in (file["url_private"], file["url_private_download"]):
        assert get(url, DEMO_BOT_TOKEN) == ("image/png", b"\x89png")
    assert driver.desk("file", user_id=ids["ben"], file_id=file["id"])["file"]["size"] == 4


def test_without_a_token_comes_a_page(client: WebClient, ids: Ids) -> None:
    sent = client.files_upload_v2(channel=ids["#general"], content=b"x", filename="a.txt")
    kind, body = get(sent["file"]["url_private"])
    assert kind.startswith("text/html")
    assert b"Sign in" in body


def test_bytes_must_come_before_the_end(client: WebClient) -> None:
    announced = client.files_getUploadURLExternal(filename="a.txt", length=3)
    with pytest.raises(SlackApiError) as error:
        client.files_completeUploadExternal(files=[{"id": announced["file_id"], "title": "a"}])
    assert error.value.response["error"] == "file_not_found"


def test_the_upload_address_says_how_much_came(client: WebClient) -> None:
    announced = client.files_getUploadURLExternal(filename="a.txt", length=3)
    request = urllib.request.Request(announced["upload_url"], b"abc", method="POST")
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert (answer.status, answer.read()) == (200, b"OK - 3")


def test_a_file_in_a_thread(client: WebClient, ids: Ids) -> None:
    channel = ids["#general"]
    parent = client.chat_postMessage(channel=channel, text="p")["ts"]
    client.files_upload_v2(channel=channel, content=b"x", filename="a.txt", thread_ts=parent)
    replies = client.conversations_replies(channel=channel, ts=parent)["messages"]
    assert replies[1]["files"][0]["name"] == "a.txt"


def test_a_file_in_a_dm_is_not_for_others(client: WebClient, driver: Driver, ids: Ids) -> None:
    dm = driver.desk("open_dm", user_id=ids["ada"], other_id=ids["bot"])
    sent = driver.desk(
        "post_message",
        user_id=ids["ada"],
        channel_id=dm["id"],
        text="",
        files=[("a.txt", "text/plain", b"secret")],
    )
    file_id = sent["files"][0]["id"]
    assert client.files_info(file=file_id)["file"]["ims"] == [dm["id"]]
    with pytest.raises(DeskError, match="not yours"):
        driver.desk("file", user_id=ids["ben"], file_id=file_id)
