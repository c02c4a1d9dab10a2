"""Posting, updating, ephemerals: the rules an app trips over in a real workspace."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from slack_sandbox.driver import Driver

Ids = dict[str, str]
BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}}]


def refusal(error: pytest.ExceptionInfo[SlackApiError]) -> str:
    return str(error.value.response["error"])


def test_a_posted_message_has_the_shape_slack_gives_it(
    client: WebClient, ids: Ids, driver: Driver
) -> None:
    blocks = [
        {
            "type": "actions",
            "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Go"}}],
        }
    ]
    posted = client.chat_postMessage(channel=ids["#general"], text="hi", blocks=blocks)
    message = posted["message"]
    assert posted["channel"] == ids["#general"]
    assert message["ts"] == posted["ts"]
    assert {"bot_id", "app_id", "team", "bot_profile"} <= message.keys()
    block = message["blocks"][0]
    assert len(block["block_id"]) == 5
    assert block["elements"][0]["text"]["emoji"] is True
    assert block["elements"][0]["action_id"]
    shown = driver.desk("messages", user_id=ids["ada"], channel_id=ids["#general"])
    assert shown[-1]["text"] == "hi"
    assert shown[-1]["author"]["is_bot"] is True


def test_ids_have_slacks_prefixes(client: WebClient, ids: Ids) -> None:
    who = client.auth_test()
    assert who["team_id"][0] == "T"
    assert who["user_id"][0] == "U"
    assert who["bot_id"][0] == "B"
    assert ids["#general"][0] == "C"
    assert client.conversations_open(users=ids["ada"])["channel"]["id"][0] == "D"


def test_ts_never_repeats_and_grows(client: WebClient, ids: Ids) -> None:
    stamps = [
        client.chat_postMessage(channel=ids["#general"], text=str(n))["ts"] for n in range(20)
    ]
    assert len(set(stamps)) == 20
    assert stamps == sorted(stamps)
    assert all(len(stamp.split(".")[1]) == 6 for stamp in stamps)


def test_invalid_blocks_come_back_with_a_pointer_inside_http_200(
    client: WebClient, ids: Ids
) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]
    with pytest.raises(SlackApiError) as error:
        client.chat_postMessage(channel=ids["#general"], text="t", blocks=blocks)
    answer = error.value.response
    line = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    assert answer.status_code == 200
    assert answer.data == {
        "ok": False,
        "error": "invalid_blocks",
        "errors": [line],
        "response_metadata": {"messages": [f"[ERROR] {line}"]},
    }


def test_blocks_without_text_are_posted_with_a_warning(client: WebClient, ids: Ids) -> None:
    with pytest.warns(UserWarning, match="text"):
        posted = client.chat_postMessage(channel=ids["#general"], blocks=BLOCKS)
    assert posted["response_metadata"]["warnings"] == ["missing_text_in_message"]


@pytest.mark.parametrize(
    ("channel", "error"),
    [("#random", "not_in_channel"), ("C0NOWHERE", "channel_not_found")],
)
def test_where_the_bot_cannot_post(client: WebClient, ids: Ids, channel: str, error: str) -> None:
    with pytest.raises(SlackApiError) as refused:
        client.chat_postMessage(channel=ids.get(channel, channel), text="x")
    assert refusal(refused) == error


def test_a_private_channel_is_unknown_to_an_outsider(client: WebClient, driver: Driver) -> None:
    secret = driver.call("POST", "/sandbox/channels", {"name": "secret", "private": True})
    with pytest.raises(SlackApiError) as error:
        client.chat_postMessage(channel=secret["id"], text="x")
    assert refusal(error) == "channel_not_found"


def test_an_archived_channel_takes_nothing(client: WebClient, driver: Driver, ids: Ids) -> None:
    driver.call("POST", f"/sandbox/channels/{ids['#general']}/archive")
    with pytest.raises(SlackApiError) as error:
        client.chat_postMessage(channel=ids["#general"], text="x")
    assert refusal(error) == "is_archived"


def test_nothing_to_say(client: WebClient, ids: Ids) -> None:
    with pytest.raises(SlackApiError) as error:
        client.api_call("chat.postMessage", json={"channel": ids["#general"]})
    assert refusal(error) == "no_text"


def test_posting_to_a_person_goes_to_the_dm(client: WebClient, ids: Ids) -> None:
    posted = client.chat_postMessage(channel=ids["ada"], text="psst")
    assert posted["channel"] == client.conversations_open(users=ids["ada"])["channel"]["id"]


def test_update_with_text_only_takes_the_blocks_away_and_keeps_metadata(
    client: WebClient, ids: Ids
) -> None:
    metadata = {"event_type": "thing", "event_payload": {"id": "7"}}
    channel = ids["#general"]
    posted = client.chat_postMessage(channel=channel, text="a", blocks=BLOCKS, metadata=metadata)
    updated = client.chat_update(channel=channel, ts=posted["ts"], text="b")
    assert "blocks" not in updated["message"]
    plain = client.conversations_history(channel=channel)["messages"][0]
    assert plain["text"] == "b"
    assert "metadata" not in plain
    full = client.conversations_history(channel=channel, include_all_metadata=True)
    assert full["messages"][0]["metadata"] == metadata


def test_update_refusals(client: WebClient, driver: Driver, ids: Ids) -> None:
    channel = ids["#general"]
    theirs = driver.desk("post_message", user_id=ids["ada"], channel_id=channel, text="mine")
    whisper = client.chat_postEphemeral(channel=channel, user=ids["ada"], text="psst")
    mine = client.chat_postMessage(channel=channel, text="m")["ts"]
    for ts, text, code in (
        (theirs["ts"], "x", "cant_update_message"),
        ("1.000000", "x", "message_not_found"),
        (whisper["message_ts"], "x", "message_not_found"),
        (mine, "x" * 4001, "msg_too_long"),
    ):
        with pytest.raises(SlackApiError) as error:
            client.chat_update(channel=channel, ts=ts, text=text)
        assert refusal(error) == code


def test_delete_takes_only_ones_own(client: WebClient, driver: Driver, ids: Ids) -> None:
    channel = ids["#general"]
    mine = client.chat_postMessage(channel=channel, text="m")["ts"]
    client.chat_delete(channel=channel, ts=mine)
    assert all(m["ts"] != mine for m in client.conversations_history(channel=channel)["messages"])
    theirs = driver.desk("post_message", user_id=ids["ada"], channel_id=channel, text="t")
    with pytest.raises(SlackApiError) as error:
        client.chat_delete(channel=channel, ts=theirs["ts"])
    assert refusal(error) == "cant_delete_message"


def test_an_ephemeral_is_for_one_person_in_the_channel(
    client: WebClient, driver: Driver, ids: Ids
) -> None:
    channel = ids["#general"]
    client.chat_postEphemeral(channel=channel, user=ids["ada"], text="psst")
    for name, seen in (("ada", True), ("ben", False)):
        shown = driver.desk("messages", user_id=ids[name], channel_id=channel)
        assert any(m["text"] == "psst" and m["is_ephemeral"] for m in shown) is seen
    assert client.conversations_history(channel=channel)["messages"] == []
    driver.call("DELETE", f"/sandbox/channels/{channel}/members", {"user_id": ids["ben"]})
    with pytest.raises(SlackApiError) as error:
        client.chat_postEphemeral(channel=channel, user=ids["ben"], text="psst")
    assert refusal(error) == "user_not_in_channel"


def test_a_reply_changes_its_parent(client: WebClient, driver: Driver, ids: Ids) -> None:
    channel = ids["#general"]
    parent = client.chat_postMessage(channel=channel, text="p")["ts"]
    reply = client.chat_postMessage(channel=channel, text="r", thread_ts=parent)["ts"]
    found = client.conversations_replies(channel=channel, ts=parent)["messages"]
    assert [m["text"] for m in found] == ["p", "r"]
    head = found[0]
    assert (head["thread_ts"], head["reply_count"], head["latest_reply"]) == (parent, 1, reply)
    assert [m["text"] for m in client.conversations_history(channel=channel)["messages"]] == ["p"]
    with pytest.raises(SlackApiError) as error:
        client.chat_postMessage(channel=channel, text="r", thread_ts="1.000000")
    assert refusal(error) == "thread_not_found"


def test_permalink_names_the_message(client: WebClient, ids: Ids) -> None:
    ts = client.chat_postMessage(channel=ids["#general"], text="p")["ts"]
    link = client.chat_getPermalink(channel=ids["#general"], message_ts=ts)["permalink"]
    assert link.endswith(f"/archives/{ids['#general']}/p{ts.replace('.', '')}")


def test_history_is_paged_newest_first(client: WebClient, ids: Ids) -> None:
    channel = ids["#general"]
    for number in range(5):
        client.chat_postMessage(channel=channel, text=str(number))
    texts = []
    cursor = None
    while cursor != "":
        page = client.conversations_history(channel=channel, limit=2, cursor=cursor)
        texts += [m["text"] for m in page["messages"]]
        cursor = page["response_metadata"]["next_cursor"]
    assert texts == ["4", "3", "2", "1", "0"]


def test_what_people_type_is_stored_as_slack_stores_it(driver: Driver, ids: Ids) -> None:
    sent = driver.desk(
        "post_message",
        user_id=ids["ada"],
        channel_id=ids["#general"],
        text="@ben see #general & https://example.com <now>",
    )
    assert sent["text"] == (
        f"<@{ids['ben']}> see <#{ids['#general']}|general> &amp; <https://example.com> &lt;now&gt;"
    )
    parts = sent["blocks"][0]["elements"][0]["elements"]
    assert [p["type"] for p in parts] == ["user", "text", "channel", "text", "link", "text"]
    assert sent["client_msg_id"]


def test_unread_counts_until_somebody_looks(client: WebClient, driver: Driver, ids: Ids) -> None:
    channel = ids["#general"]

    def unread() -> int:
        seen = driver.desk("channels", user_id=ids["ada"])
        return int(next(c["unread"] for c in seen if c["id"] == channel))

    client.chat_postMessage(channel=channel, text="a")
    client.chat_postMessage(channel=channel, text="b")
    assert unread() == 2
    driver.desk("messages", user_id=ids["ada"], channel_id=channel)
    assert unread() == 0


def test_reactions_pins_and_bookmarks(client: WebClient, ids: Ids) -> None:
    channel = ids["#general"]
    ts = client.chat_postMessage(channel=channel, text="a")["ts"]
    client.reactions_add(channel=channel, timestamp=ts, name="eyes")
    with pytest.raises(SlackApiError) as error:
        client.reactions_add(channel=channel, timestamp=ts, name="eyes")
    assert refusal(error) == "already_reacted"
    message = client.conversations_history(channel=channel)["messages"][0]
    assert message["reactions"] == [{"name": "eyes", "users": [ids["bot"]], "count": 1}]
    client.pins_add(channel=channel, timestamp=ts)
    assert client.pins_list(channel=channel)["items"][0]["message"]["ts"] == ts
    client.bookmarks_add(channel_id=channel, title="T", type="link", link="https://x")
    assert client.bookmarks_list(channel_id=channel)["bookmarks"][0]["link"] == "https://x"
