"""What time brings about, seen in Slack: digests, reminders, late deliveries, each once."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.blocks import CHART, cut
from bot.cards.digests import MOST_LETTERS, build_digest
from bot.jobs import JOBS, Clockwork
from bot.reader import Reader
from bot.services import Services
from slack_sandbox.blockkit import validate_message
from tests.conftest import TestClock
from tests.factories.deliveries import Line, issued_order, vendor
from tests.factories.jobs import Company, add
from tests.payloads import Payloads
from tests.slack import RecordingSlack, Trouble
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import Approval
from wopo.domain.exception_kinds import KINDS
from wopo.domain.purchase_orders import PurchaseOrderLine
from wopo.domain.subscriptions import Rhythm
from wopo.usecases.door import Answer
from wopo.usecases.invoice_papers import BilledLine
from wopo.usecases.invoices import EnterInvoice
from wopo.usecases.receipts import CountedLine, PostReceipt
from wopo.usecases.subscriptions import Subscribe
from wopo.usecases.views.digests import DigestView, Moves, Total

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


def pictures(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [block for block in message["blocks"] if block["type"] == CHART]


def test_a_daily_channel_gets_one_digest_and_no_cards(
    do: Do,
    company: Company,
    order: str,
    clock: TestClock,
    slack: RecordingSlack,
    send: Callable[[dict[str, Any]], dict[str, Any]],
    payloads: Payloads,
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
    assert digest["text"].splitlines() == [
        "All exceptions: 2 · 50.00 EUR open, 2 new",
        "More billed than received: 1, More billed than accepted: 1",
        "1-3 days: 2 · 50.00 EUR",
    ]
    (picture,) = pictures(digest)
    assert [
        (one["name"], [p["value"] for p in one["data"]]) for one in picture["chart"]["series"]
    ] == [
        ("More billed than re…", [0, 1, 0, 0]),
        ("More billed than ac…", [0, 1, 0, 0]),
    ]
    look = next(block["accessory"] for block in digest["blocks"] if "accessory" in block)
    send(payloads.click(look["action_id"], look["value"], user="U-fin", channel=CHANNEL))
    assert "More billed than" in slack.posted_hooks[-1]["text"]
    clock.forward(days=3)
    tick()
    second = slack.messages[CHANNEL][1]
    assert "This covers 2 missed days too" in str(second["blocks"])
    assert "open, nothing changed since the last one" in second["text"]


def test_a_day_with_nothing_to_tell_posts_nothing(
    do: Do, company: Company, clock: TestClock, slack: RecordingSlack, tick: Callable[[], None]
) -> None:
    do(Subscribe(channel=CHANNEL, rhythm=Rhythm.DAILY, hour=8), by=company.fin)
    clock.forward(days=1)
    tick()
    assert slack.messages[CHANNEL] == []


def test_a_workspace_that_takes_no_picture_gets_the_rest(
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
    clock.forward(days=1)
    slack.trouble("chat.postMessage", Trouble(error="invalid_blocks", channel=CHANNEL))
    tick()
    (digest,) = slack.messages[CHANNEL]
    assert pictures(digest) == []
    assert "By age: 1-3 days: 2" in str(digest["blocks"])
    assert "Show" in str(digest["blocks"])


def test_no_two_kinds_look_alike_in_a_picture() -> None:
    names = [cut(kind.title, MOST_LETTERS) for kind in KINDS.values()]
    assert len(set(names)) == len(names)


def test_a_picture_has_six_series_at_most() -> None:
    kinds = [Total(f"kind {n}", 4, (), (1, 1, 1, 1)) for n in range(9)]
    moves = Moves(0, 0, 0, 0)
    view = DigestView("All", Rhythm.DAILY, "daily", 0, kinds[0], tuple(kinds), (), (), moves)
    message = build_digest(view, Reader())
    series = pictures(message)[0]["chart"]["series"]
    assert [one["name"] for one in series][-2:] == ["kind 4", "Other kinds"]
    assert [point["value"] for point in series[-1]["data"]] == [4, 4, 4, 4]
    assert validate_message(message) == []


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
