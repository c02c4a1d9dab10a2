"""Messages, modals and Home: what frames the blocks."""

from slack_sandbox.page.messages import message_list
from slack_sandbox.page.views import home_view, modal_stack
from tests.sandbox.page_samples import CONTEXT, Tags, field, plain, section


def message(ts: float, who: str = "U2", **more: object) -> dict:
    author = {"id": who, "name": {"U2": "Bob", "UB": "helper"}[who], "is_bot": who == "UB"}
    return {"ts": f"{ts:.6f}", "user": who, "author": author, "text": "hello", **more}


def listed(*messages: dict, **more: bool) -> Tags:
    return Tags(str(message_list(messages, CONTEXT, "C1", **more)))


def test_messages_of_one_breath_share_a_heading() -> None:
    shown = listed(message(1772449200), message(1772449260), message(1772453000))
    css = [a["class"] for name, a in shown.found if name == "article"]
    assert css == ["message", "message compact", "message"]
    assert "Today" in shown.words


def test_a_message_carries_what_tests_and_the_script_look_for() -> None:
    shown = listed(message(1772449200, "UB", reply_count=2, thread_ts="1772449200.000000"))
    made = shown.one("article")
    assert (made["data-ts"], made["data-channel"]) == ("1772449200.000000", "C1")
    assert "APP" in shown.words
    assert "2 replies" in shown.words
    assert shown.one("a", class_="replies")["href"] == "/client/thread/C1/1772449200.000000?as=U1"


def test_an_ephemeral_says_who_sees_it_and_offers_no_menu() -> None:
    shown = listed(message(1772449200, "UB", is_ephemeral=True))
    assert "Only visible to you" in shown.words
    assert "data-ephemeral" in shown.one("article")
    assert "button" not in shown.names()


def test_files_are_shown_or_offered() -> None:
    picture = {"id": "F1", "title": "leak.jpg", "mimetype": "image/jpeg", "size": 10}
    paper = {"id": "F2", "title": "bill.pdf", "mimetype": "application/pdf", "size": 2_500_000}
    shown = listed(message(1772449200, files=[picture, paper]))
    assert shown.one("img")["alt"] == "leak.jpg"
    assert "2.5 MB" in shown.words


def test_a_thread_counts_its_replies_under_the_parent() -> None:
    shown = listed(message(1772449200), message(1772449201), message(1772449202), in_thread=True)
    assert "2 replies" in shown.words
    assert "Today" not in shown.words


def view(view_id: str, *parts: dict, **more: object) -> dict:
    return {"id": view_id, "title": plain("Form"), "blocks": list(parts), **more}


def test_only_the_top_modal_shows() -> None:
    inside = field("b1", "Why", {"type": "plain_text_input"})
    stack = [view("V1", inside, submit=plain("Send")), view("V2", close=plain("Not now"))]
    shown = Tags(str(modal_stack(stack, CONTEXT)))
    assert "hidden" in shown.one("div", data_view_id="V1")
    assert "hidden" not in shown.one("div", data_view_id="V2")
    assert shown.one("button", aria_label="Back")["data-close"] == "one"
    assert [a["data-close"] for _, a in shown.found if a.get("aria-label") == "Close all"] == [
        "all"
    ]
    assert "Not now" in shown.words
    assert len([1 for _, a in shown.found if a.get("type") == "submit"]) == 1


def test_two_views_with_the_same_ids_do_not_share_dom_ids() -> None:
    inside = field("b1", "Why", {"type": "plain_text_input"})
    shown = Tags(str(modal_stack([view("V1", inside), view("V2", inside)], CONTEXT)))
    ids = [a["id"] for _, a in shown.found if a.get("id")]
    assert len(ids) == len(set(ids))


def test_an_unpublished_home_says_so() -> None:
    assert "helper has not filled" in home_view(None, "helper", CONTEXT)
    assert 'data-view-id="VH"' in home_view(view("VH", section("b", "x")), "helper", CONTEXT)
