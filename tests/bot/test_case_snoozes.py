"""Snooze on an exception's card, and the messages that call cases to mind."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from bot.ids import Action, SlashCommand
from bot.jobs import JOBS, Clockwork
from bot.services import Services
from tests.conftest import TestClock
from tests.factories.deliveries import Line, issued_order, vendor
from tests.factories.jobs import Company, rows
from tests.payloads import Payloads
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.case_snoozes import CaseSnooze
from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.people import Person
from wopo.usecases.door import Answer
from wopo.usecases.exception_cases import TakeCase
from wopo.usecases.invoice_papers import BilledLine
from wopo.usecases.invoices import EnterInvoice
from wopo.usecases.receipts import CountedLine, PostReceipt
from wopo.usecases.subscriptions import Subscribe

Json = dict[str, Any]
Send = Callable[[Json], Json]
Do = Callable[..., Answer]
CHANNEL, PO = "CFIN", "PO-2026-000042"


@pytest.fixture
def tick(services: Services, clock: TestClock, deliver: Callable[[], int]) -> Callable[[], None]:
    """Every job ticks once, and what it tells is carried out."""

    def run() -> None:
        ticking = Clockwork(services)
        assert all(ticking.run(job) for job in JOBS)
        for _ in range(6):
            deliver()
            clock.forward(seconds=10)

    return run


Tick = Callable[[], None]


@pytest.fixture
def case(transactions: SqlTransactions, company: Company, do: Do, tick: Tick) -> ExceptionCase:
    """One of ten was torn and billed all the same; Fia has taken it, finance's channel shows it."""
    vendor(transactions)
    issued_order(transactions, company, Line("10", "12.50"))
    do(Subscribe(channel=CHANNEL), by=company.fin)
    counted = CountedLine(
        line_id=f"{PO}/1", accepted=Decimal(9), rejected=Decimal(1), reject_reason="Torn"
    )
    do(PostReceipt(order_id=PO, lines=(counted,)), by=company.rec)
    line = BilledLine(order_line_id=f"{PO}/1", quantity=Decimal(10), unit_price=Decimal("12.50"))
    facts: dict[str, Any] = {"invoice_date": "2026-03-01", "order_id": PO, "lines": (line,)}
    do(EnterInvoice(number="R-1", **facts), by=company.fin)
    (found,) = rows(transactions, ExceptionCase)
    do(TakeCase(case_id=found.id), by=company.fin)
    tick()
    return ExceptionCase(**dict(found))


@pytest.fixture
def form(
    case: ExceptionCase, send: Send, payloads: Payloads, slack: RecordingSlack
) -> Callable[[], Json]:
    """``form()``: what Snooze on the card opens."""

    def run() -> Json:
        (card,) = slack.messages[CHANNEL]
        button = next(
            one
            for block in card["blocks"]
            for one in block.get("elements", [])
            if one.get("action_id") == Action.CASE_SNOOZE
        )
        send(payloads.click(Action.CASE_SNOOZE, button["value"], user="U-fin", channel=CHANNEL))
        return slack.view()

    return run


def test_one_pick_puts_it_off_and_the_card_says_so(
    case: ExceptionCase,
    form: Callable[[], Json],
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    clock: TestClock,
    tick: Tick,
) -> None:
    def inbox() -> str:
        return str(send(payloads.command(SlashCommand.WOPO, "inbox", user="U-fin")))

    opened = form()
    options = opened["blocks"][1]["element"]["options"]
    assert [one["text"]["text"] for one in options] == [
        "Tomorrow, Mar 3, 2026",
        "Monday, Mar 9, 2026",
    ]
    assert "EX-1" in inbox()
    assert send(payloads.submit(opened, {"reason": "vendor is *asked*"}, user="U-fin")) == {}
    assert "EX-1" not in inbox()
    tick()
    (card,) = slack.messages[CHANNEL]
    assert ":zzz: Snoozed until Mar 3, 2026 by Fia Finance: vendor is ∗asked∗" in str(card)
    assert "due <!date" in str(card)
    clock.forward(days=1, hours=4)
    assert "EX-1" in inbox()
    tick()
    (card,) = slack.messages[CHANNEL]
    assert "zzz" not in str(card)


def test_a_day_of_ones_own_counts_and_a_past_one_is_refused_there(
    form: Callable[[], Json], send: Send, payloads: Payloads, transactions: SqlTransactions
) -> None:
    opened = form()
    said = send(payloads.submit(opened, {"until": "2026-03-02"}, user="U-fin"))
    assert "not after today" in said["errors"]["until"]
    assert send(payloads.submit(opened, {"until": "2026-03-20"}, user="U-fin", hash="h2")) == {}
    assert [str(row.until) for row in rows(transactions, CaseSnooze)] == ["2026-03-20"]


def test_its_owner_is_reminded_and_then_the_manager_told(
    case: ExceptionCase,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    clock: TestClock,
    tick: Tick,
    company: Company,
    transactions: SqlTransactions,
) -> None:
    with transactions.write() as uow:
        fia = uow.get(Person, company.fin)
        assert fia is not None
        fia.manager_id = company.app
        uow.commit()
    before = len(slack.messages["DU-fin"])
    clock.forward(days=1)
    tick()
    tick()
    (reminder,) = slack.messages["DU-fin"][before:]
    assert reminder["text"].splitlines() == [
        "One exception waits for you",
        "EX-1 More billed than accepted",
    ]
    look = next(block["accessory"] for block in reminder["blocks"] if "accessory" in block)
    send(payloads.click(look["action_id"], look["value"], user="U-fin", channel="DU-fin"))
    assert "EX-1" in slack.posted_hooks[-1]["text"]
    told = len(slack.messages["DU-app"])
    clock.forward(days=7)
    tick()
    clock.forward(days=1)
    tick()
    (escalated,) = slack.messages["DU-app"][told:]
    assert escalated["text"].splitlines()[0] == "One exception is overdue for long"
    assert "(overdue)" in escalated["text"]
    assert "told once" in str(escalated["blocks"])
