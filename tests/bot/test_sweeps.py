"""What time brings about, seen in Slack: digests, reminders, late deliveries, each once."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.jobs import JOBS, Clockwork
from bot.services import Services
from tests.conftest import TestClock
from tests.factories.deliveries import Line, issued_order, vendor
from tests.factories.jobs import Company, add
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import Approval
from wopo.domain.purchase_orders import PurchaseOrderLine
from wopo.domain.subscriptions import Rhythm
from wopo.usecases.door import Answer
from wopo.usecases.invoice_papers import BilledLine
from wopo.usecases.invoices import EnterInvoice
from wopo.usecases.receipts import CountedLine, PostReceipt
from wopo.usecases.subscriptions import Subscribe

Do = Callable[..., Answer]
CHANNEL = "CFIN"


@pytest.fixture
def tick(services: Services, clock: TestClock, deliver: Callable[[], int]) -> Callable[[], None]:
    """Every job ticks once, and what it tells is carried out."""

    def run() -> None:
        ticking = Clockwork(services)
        assert [ticking.run(job) for job in JOBS] == [True] * len(JOBS)
        deliver()
        clock.forward(minutes=1)

    return run


@pytest.fixture
def order(transactions: SqlTransactions, company: Company) -> str:
    vendor(transactions)
    return issued_order(transactions, company, Line("10", "12.50"))


def bill_too_much(do: Do, firm: Company, order: str) -> None:
    counted = CountedLine(line_id=f"{order}/1", accepted=Decimal(8))
    do(PostReceipt(order_id=order, lines=(counted,)), by=firm.rec)
    line = BilledLine(order_line_id=f"{order}/1", quantity=Decimal(10), unit_price=Decimal("12.50"))
    facts: dict[str, Any] = {"number": "R-1", "invoice_date": "2026-03-01", "lines": (line,)}
    do(EnterInvoice(order_id=order, **facts), by=firm.fin)


def test_a_daily_channel_gets_one_digest_and_no_cards(
    do: Do,
    company: Company,
    order: str,
    clock: TestClock,
    slack: RecordingSlack,
    tick: Callable[[], None],
) -> None:
    do(Subscribe(channel=CHANNEL, rhythm=Rhythm.DAILY, hour=8), by=company.fin)
    bill_too_much(do, company, order)
    tick()
    assert slack.messages[CHANNEL] == []
    clock.forward(days=1)
    for _ in range(3):
        tick()
    (digest,) = slack.messages[CHANNEL]
    assert digest["text"].startswith("Exceptions: 2 · 50.00 EUR open, 2 new")
    assert "Grainger" in str(digest["blocks"])
    clock.forward(days=3)
    tick()
    assert "This covers 2 missed days too" in str(slack.messages[CHANNEL][1]["blocks"])


def test_an_approver_is_reminded_once_a_day_in_their_working_hours(
    company: Company,
    transactions: SqlTransactions,
    order: str,
    clock: TestClock,
    slack: RecordingSlack,
    tick: Callable[[], None],
) -> None:
    add(
        transactions,
        Approval(
            id="a1",
            purchase_order_id=order,
            revision=2,
            content_hash="x",
            amount_minor=12500,
            currency="EUR",
            eligible_ids=[company.app],
            asked_at=clock(),
        ),
    )
    tick()
    assert slack.messages["DU-app"] == []
    clock.forward(days=1, hours=1)
    for _ in range(3):
        tick()
    (reminder,) = slack.messages["DU-app"]
    assert reminder["text"].startswith("One order waits for you:")
    assert "PO-42 · Grainger · 125.00 EUR" in reminder["text"]
    assert "Home tab" in str(reminder["blocks"])


def test_a_late_line_is_told_once_for_its_promised_day(
    company: Company,
    transactions: SqlTransactions,
    order: str,
    clock: TestClock,
    slack: RecordingSlack,
    tick: Callable[[], None],
) -> None:
    with transactions.write() as uow:
        line = uow.get(PurchaseOrderLine, f"{order}/1")
        assert line is not None
        line.promised_on = date(2026, 3, 3)
        uow.commit()
    tick()
    assert slack.messages["DU-bea"] == []
    clock.forward(days=2)
    for _ in range(3):
        tick()
    (told,) = slack.messages["DU-bea"]
    assert "PO-42 is late" in told["text"]
