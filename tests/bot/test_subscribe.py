"""``/wopo subscribe`` and ``/wopo inbox``: what a channel hears, and what waits for a person."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.ids import Options, SlashCommand
from tests.factories.deliveries import Line, issued_order, vendor
from tests.factories.jobs import Company, free_job, rows, started_job
from tests.payloads import Payloads
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.subscriptions import Rhythm, Subscription
from wopo.usecases.door import Answer

Json = dict[str, Any]
Send = Callable[[Json], Json]
Do = Callable[..., Answer]


@pytest.fixture
def form(
    company: Company, send: Send, payloads: Payloads, slack: RecordingSlack
) -> Callable[..., Json]:
    """``form()``: what the command opens in a channel."""

    def run(user: str = "U-fin") -> Json:
        assert send(payloads.command(SlashCommand.WOPO, "subscribe", user=user)) == {}
        return slack.view()

    return run


Form = Callable[..., Json]


@pytest.fixture
def press(send: Send, payloads: Payloads, slack: RecordingSlack) -> Callable[..., Json]:
    """``press(view, text, nth)``: a button of the list; the screen that is shown then."""

    def run(view: Json, text: str, nth: int = 0) -> Json:
        found = [
            one
            for block in view["blocks"]
            for one in block.get("elements", [])
            if one.get("text", {}) != {} and one["type"] == "button"
        ]
        button = [one for one in found if one["text"]["text"] == text][nth]
        send(payloads.click_in_view(button["action_id"], button["value"], view, user="U-fin"))
        return slack.view()

    return run


Press = Callable[..., Json]


def test_left_alone_the_channel_hears_of_everything_at_once(
    form: Form, send: Send, payloads: Payloads, transactions: SqlTransactions, company: Company
) -> None:
    opened = form()
    assert "no digest is posted" in str(opened["blocks"])
    answer = send(payloads.submit(opened, {}, user="U-fin"))
    assert "hears of all exceptions, at once" in str(answer["view"]["blocks"])
    made = rows(transactions, Subscription)[0]
    assert (made.channel, made.rhythm, made.made_by_id) == ("C0", Rhythm.AT_ONCE, company.fin)


def test_every_wish_is_kept_shown_again_and_changed(
    form: Form,
    press: Press,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
    company: Company,
) -> None:
    vendor(transactions)
    values = {
        "kinds": ["PRICE_OVER", "NOT_RECEIVED"],
        "smallest": "1,000.50",
        "cost_centre_ids": [company.ops],
        "vendor_ids": ["gra"],
        "site_ids": [company.north],
        "owner_ids": [company.bea],
        "rhythm": "weekly:2",
        "hour": "7",
        "timezone": "Europe/Berlin",
    }
    send(payloads.submit(form(), values, user="U-fin"))
    made = rows(transactions, Subscription)[0]
    assert (made.kinds, made.smallest_minor) == (["NOT_RECEIVED", "PRICE_OVER"], 1000_50)
    assert (made.cost_centre_ids, made.vendor_ids) == ([company.ops], ["gra"])
    assert (made.site_ids, made.owner_ids) == ([company.north], [company.bea])
    assert (made.rhythm, made.weekday, made.hour) == (Rhythm.WEEKLY, 2, 7)
    listed = form()
    assert "every Wednesday at 07:00 (Europe/Berlin)" in str(listed["blocks"][0])
    again = press(listed, "Change")
    below = {"previous_view_id": "VLIST"}
    assert send(payloads.submit(again | below, {"smallest": ""}, user="U-fin")) == {}
    after = rows(transactions, Subscription)
    assert [(row.smallest_minor, row.vendor_ids, row.weekday) for row in after] == [(0, ["gra"], 2)]
    assert slack.of("views.update")[-1]["view_id"] == "VLIST"
    assert "1,000.50" not in str(slack.view())


def test_another_is_added_and_one_of_two_ended(
    form: Form,
    press: Press,
    send: Send,
    payloads: Payloads,
    transactions: SqlTransactions,
) -> None:
    send(payloads.submit(form(), {"kinds": ["NO_PO"]}, user="U-fin"))
    another = press(form(), "Add another")
    said = send(payloads.submit(another, {"kinds": ["NO_PO"]}, user="U-fin"))
    assert "no approved order, at once already" in said["errors"]["kinds"]
    send(payloads.submit(another, {"kinds": ["NO_PO"], "rhythm": "hourly"}, user="U-fin"))
    listed = form()
    assert [block["text"]["text"] for block in listed["blocks"] if block["type"] == "section"] == [
        "*No approved order*\nat once",
        "*No approved order*\nevery hour",
    ]
    left = press(listed, "End")
    assert "every hour" in str(left) and "at once\n" not in str(left)
    assert [row.rhythm for row in rows(transactions, Subscription, active=True)] == [Rhythm.HOURLY]


def test_time_zones_are_found_and_the_own_one_comes_first(
    company: Company, send: Send, payloads: Payloads
) -> None:
    def found(typed: str) -> list[str]:
        answer = send(payloads.options(Options.TIMEZONE, typed, user="U-fin"))
        return [one["value"] for one in answer["options"]]

    assert found("")[0] == "UTC" and len(found("")) == 100
    assert found("new york") == ["America/New_York"]
    sites = send(payloads.options(Options.SITE, "", user="U-fin"))["options"]
    assert {one["value"] for one in sites} == {company.north, company.harbour}


def test_an_amount_that_is_none_is_refused_at_the_field(
    form: Form, send: Send, payloads: Payloads, transactions: SqlTransactions
) -> None:
    answer = send(payloads.submit(form(), {"smallest": "1.234,56"}, user="U-fin"))
    assert "like 1,234.56" in answer["errors"]["smallest"]
    assert rows(transactions, Subscription) == []


def test_technicians_are_told_who_may_and_a_dm_is_no_channel(
    company: Company, send: Send, payloads: Payloads, slack: RecordingSlack
) -> None:
    said = send(payloads.command(SlashCommand.WOPO, "subscribe", user="U-tess"))
    assert "do not have the right to subscribe channels" in said["text"]
    body = payloads.command(SlashCommand.WOPO, "subscribe", user="U-fin")
    said = send(body | {"channel_id": "D1", "channel_name": "directmessage"})
    assert "This is no channel" in said["text"]
    assert slack.of("views.open") == []


def test_inbox_shows_each_what_waits_for_them(
    do: Do,
    company: Company,
    transactions: SqlTransactions,
    send: Send,
    payloads: Payloads,
) -> None:
    vendor(transactions)
    issued_order(transactions, company, Line("10", "12.50"))
    started_job(do, company, title="Seal drips")
    free_job(do, company, title="Belt squeaks")

    def inbox(user: str) -> str:
        return str(send(payloads.command(SlashCommand.WOPO, "inbox", user=user)))

    assert "Seal drips" in inbox("U-tess")
    assert "Belt squeaks" not in inbox("U-tess")
    assert "PO-42" in inbox("U-rec")
    assert "Nothing waits for you" in inbox("U-rob")


def test_help_lists_the_words(company: Company, send: Send, payloads: Payloads) -> None:
    said = str(send(payloads.command(SlashCommand.WOPO, "help", user="U-rob")))
    for word in ("/wopo subscribe", "/wopo inbox", "/receive", "/invoice"):
        assert word in said
