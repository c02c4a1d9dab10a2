"""``/wopo subscribe`` and ``/wopo inbox``: what a channel hears, and what waits for a person."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.ids import Action, SlashCommand
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


def test_left_alone_the_channel_hears_of_everything_at_once(
    form: Form, send: Send, payloads: Payloads, transactions: SqlTransactions, company: Company
) -> None:
    answer = send(payloads.submit(form(), {}, user="U-fin"))
    assert "hears of all exceptions, at once" in str(answer["view"]["blocks"])
    made = rows(transactions, Subscription)[0]
    assert (made.channel, made.rhythm, made.made_by_id) == ("C0", Rhythm.AT_ONCE, company.fin)


def test_every_wish_is_kept_shown_again_and_replaced(
    form: Form, send: Send, payloads: Payloads, transactions: SqlTransactions, company: Company
) -> None:
    vendor(transactions)
    values = {
        "kinds": ["PRICE_OVER", "NOT_RECEIVED"],
        "smallest": "1,000.50",
        "cost_centre_ids": [company.ops],
        "vendor_ids": ["gra"],
        "rhythm": "daily",
        "hour": "7",
    }
    send(payloads.submit(form(), values, user="U-fin"))
    made = rows(transactions, Subscription)[0]
    assert (made.kinds, made.smallest_minor) == (["NOT_RECEIVED", "PRICE_OVER"], 1000_50)
    assert (made.cost_centre_ids, made.vendor_ids) == ([company.ops], ["gra"])
    assert (made.rhythm, made.hour) == (Rhythm.DAILY, 7)
    again = form()
    assert "every day at 07:00" in str(again["blocks"][0])
    send(payloads.submit(again, {"smallest": ""}, user="U-fin"))
    after = rows(transactions, Subscription)
    assert [(row.smallest_minor, row.vendor_ids, row.hour) for row in after] == [(0, ["gra"], 7)]


def test_an_amount_that_is_none_is_refused_at_the_field(
    form: Form, send: Send, payloads: Payloads, transactions: SqlTransactions
) -> None:
    answer = send(payloads.submit(form(), {"smallest": "1.234,56"}, user="U-fin"))
    assert "like 1,234.56" in answer["errors"]["smallest"]
    assert rows(transactions, Subscription) == []


def test_ending_it(
    form: Form,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    assert "End it" not in str(form())
    send(payloads.submit(form(), {}, user="U-fin"))
    again = form()
    end = next(b for block in again["blocks"] for b in block.get("elements", []))
    send(payloads.click_in_view(Action.UNSUBSCRIBE, end["value"], again, user="U-fin"))
    assert "no exceptions any more" in str(slack.view()["blocks"])
    assert rows(transactions, Subscription, active=True) == []


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
