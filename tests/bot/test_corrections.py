"""Putting right what was entered: hours, needs, quantities asked for, and what stock says."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from bot.ids import Action, SlashCommand
from bot.metadata import Target
from tests.factories.jobs import Company, Do, row, rows
from tests.factories.shop import Shop, asked, open_shop
from tests.payloads import Payloads
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.labour import LabourEntry
from wopo.domain.part_requests import PartRequestLine
from wopo.domain.stock import StockLevel
from wopo.domain.work_orders import NeedKind, WorkOrderNeed
from wopo.usecases.labour import EnterLabour
from wopo.usecases.work_order_needs import AddNeed

Json = dict[str, Any]
Send = Callable[[Json], Json]
Press = Callable[..., Json]
Sent = Callable[..., Json]


@pytest.fixture
def shop(do: Do, company: Company) -> Shop:
    return open_shop(do, company)


@pytest.fixture
def details(shop: Shop, send: Send, payloads: Payloads, slack: RecordingSlack) -> Press:
    """``details(user)``: the job's Details as this person sees them."""

    def run(user: str = "U-tess") -> Json:
        send(payloads.click(Action.JOB_DETAILS, Target(id=shop.job).pack(), user=user))
        return slack.view()

    return run


@pytest.fixture
def press(send: Send, payloads: Payloads, slack: RecordingSlack) -> Press:
    """``press(text, view, user)``: the first button of this text, and the form it opens."""

    def run(text: str, shown: Json, user: str = "U-tess") -> Json:
        element = next(one for one in buttons(shown) if one["text"]["text"] == text)
        send(payloads.click_in_view(element["action_id"], element["value"], shown, user=user))
        return slack.view()

    return run


@pytest.fixture
def sent(send: Send, payloads: Payloads) -> Sent:
    """``sent(form, user, field=...)``: the form, filled and sent, each time anew."""
    times = iter(range(100))

    def run(form: Json, user: str = "U-tess", **values: Any) -> Json:
        return send(payloads.submit(form, values, user=user, view_id=f"W{next(times)}"))

    return run


def buttons(view: Json) -> list[Json]:
    found = []
    for block in view["blocks"]:
        inside = [*block.get("elements", ()), block.get("accessory") or {}]
        found += [one for one in inside if one.get("type") == "button"]
    return found


def texts(view: Json) -> list[str]:
    return [one["text"]["text"] for one in buttons(view)]


def test_hours_are_put_right_by_a_negative_entry_and_the_right_ones(
    do: Do,
    company: Company,
    shop: Shop,
    details: Press,
    press: Press,
    sent: Sent,
    transactions: SqlTransactions,
) -> None:
    do(EnterLabour(work_order_id=shop.job, hours=Decimal(20)), by=company.tess)
    form = press("Correct", details())
    assert "at most 24 hours" in sent(form, hours="25")["errors"]["hours"]
    sent(form, hours="2", note="Typed a 0 too many")
    entries = rows(transactions, LabourEntry, order="at")
    assert sorted(entry.hours for entry in entries) == [-20, 2, 20]
    assert sum(entry.amount_minor for entry in entries) == 80_00
    form = press("Correct", details())
    sent(form)
    assert sum(entry.hours for entry in rows(transactions, LabourEntry)) == 0
    assert "Correct" not in texts(details())


def test_only_the_worker_and_the_supervisor_are_offered_a_correction(
    do: Do, company: Company, shop: Shop, details: Press
) -> None:
    do(EnterLabour(work_order_id=shop.job, hours=Decimal(2)), by=company.tess)
    assert "Correct" in texts(details("U-tess"))
    assert "Correct" in texts(details("U-sue"))
    assert "Correct" not in texts(details("U-tom"))


def test_a_need_that_is_none_is_struck_out(
    do: Do,
    company: Company,
    shop: Shop,
    details: Press,
    press: Press,
    sent: Sent,
    transactions: SqlTransactions,
) -> None:
    assert "Strike one out" not in texts(details())
    for text in ("Ladder", "Crane"):
        do(AddNeed(work_order_id=shop.job, kind=NeedKind.TOOL, text=text), by=company.tess)
    form = press("Strike one out", details())
    crane = next(need for need in rows(transactions, WorkOrderNeed) if need.text == "Crane")
    sent(form, need_id=crane.id)
    assert [need.text for need in rows(transactions, WorkOrderNeed)] == ["Ladder"]


def test_more_is_asked_for_and_less(
    do: Do,
    company: Company,
    shop: Shop,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    sent: Sent,
    transactions: SqlTransactions,
) -> None:
    line = asked(do, company, shop, shop.seal, 4)
    click = payloads.click(Action.PART_CHANGE, Target(id=line).pack(), user="U-tess")
    send(click)
    form = slack.view()
    assert form["blocks"][1]["element"]["initial_value"] == "4"
    assert "quantity" in sent(form, quantity="-1")["errors"]
    assert "like 1,234.56" in sent(form, quantity="1.234,56")["errors"]["quantity"]
    sent(form, quantity="7")
    assert row(transactions, PartRequestLine, line).quantity == 7
    level = rows(transactions, StockLevel)[0]
    assert (level.on_hand, level.reserved) == (Decimal(5), Decimal(5))
    sent(form, quantity="1")
    assert row(transactions, PartRequestLine, line).quantity == 1
    assert rows(transactions, StockLevel)[0].reserved == 1


def test_stock_is_found_by_words_and_counted_by_its_keeper(
    shop: Shop,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    sent: Sent,
    transactions: SqlTransactions,
) -> None:
    def stock(text: str, user: str) -> Json:
        return send(payloads.command(SlashCommand.PARTS, f"stock {text}", user=user))

    assert "No part has the words goose" in str(stock("goose", "U-tess"))
    seen = stock("seal", "U-tess")
    assert "Store: 5 pcs free" in str(seen)
    assert "62.50" not in str(seen)
    assert buttons(seen) == []
    keeper = stock("seal", "U-rec")
    count = buttons(keeper)[0]
    send(payloads.click(Action.STOCK_COUNT, count["value"], user="U-rec"))
    form = slack.view()
    assert (
        "zero or more"
        in sent(form, "U-rec", location_id=shop.store, counted="-1", reason="Count")["errors"][
            "counted"
        ]
    )
    said = sent(form, "U-rec", location_id=shop.store, counted="3", reason="Two were cracked")
    assert "Seal at Store: 3 pcs on hand" in str(said)
    level = rows(transactions, StockLevel)[0]
    assert (level.on_hand, level.value_minor) == (Decimal(3), 37_50)
