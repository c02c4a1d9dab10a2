"""``/wopo vendor``: the screen, its form with refusals at their fields, and a contract's files."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.ids import Action, SlashCommand
from bot.metadata import Target
from tests.conftest import TestClock
from tests.factories.deliveries import Line, issued_order, vendor
from tests.factories.jobs import Company, add, row, rows
from tests.payloads import Payloads
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.attachments import Attachment
from wopo.domain.price_agreements import PriceAgreement, PriceTier
from wopo.domain.vendor_holds import HoldKind
from wopo.domain.vendors import Standing, Vendor
from wopo.usecases.door import Answer
from wopo.usecases.receipts import CountedLine, PostReceipt

Json = dict[str, Any]
Send = Callable[[Json], Json]


@pytest.fixture
def known(
    company: Company, transactions: SqlTransactions, clock: TestClock, do: Callable[..., Answer]
) -> str:
    """Grainger with a contract, an open order, and one delivery without a day."""
    seller = vendor(transactions)
    order = issued_order(transactions, company, Line("10", "12.50"))
    add(
        transactions,
        PriceAgreement(
            id="c7", number="C-7", vendor_id=seller, category="seals", currency="EUR", unit="pcs",
            valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31), minimum_quantity=Decimal(5),
        ),
        PriceTier(id="t1", agreement_id="c7", from_quantity=Decimal(0), unit_price=Decimal(12)),
    )  # fmt: skip
    count = CountedLine(line_id=f"{order}/1", accepted=Decimal(4))
    do(PostReceipt(order_id=order, lines=(count,)), by=company.rec)
    return seller


def texts(view: Json) -> str:
    return str(view["blocks"])


def test_the_screen_shows_standing_contracts_record_and_open_orders(
    known: str, send: Send, payloads: Payloads, slack: RecordingSlack
) -> None:
    send(payloads.command(SlashCommand.WOPO, "vendor grainger", user="U-bea"))
    told = texts(slack.view())
    for part in ("*Grainger* (GRA)", "Approved", "*C-7* · seals · until Dec 31, 2026",
                 "at least 5 pcs", "12.00 EUR", "100 % without complaint (1 delivery in a year)",
                 "*PO-42* · 125.00 EUR · issued", "Standing and holds"):  # fmt: skip
        assert part in told, part


def test_technicians_look_at_no_vendor_and_auditors_change_none(
    known: str, send: Send, payloads: Payloads, slack: RecordingSlack
) -> None:
    answer = send(payloads.command(SlashCommand.WOPO, "vendor GRA", user="U-tess"))
    assert "the right to look at vendors" in str(answer)
    send(payloads.command(SlashCommand.WOPO, "vendor GRA", user="U-aud"))
    assert "Standing and holds" not in texts(slack.view())


def test_a_hold_is_placed_by_the_form_and_shown_below(
    known: str, send: Send, payloads: Payloads, slack: RecordingSlack,
    transactions: SqlTransactions, clock: TestClock,
) -> None:  # fmt: skip
    send(payloads.click(Action.VENDOR_CHANGE, Target(id=known).pack(), user="U-bea"))
    form = slack.view() | {"previous_view_id": "V0"}
    given = {"standing": "on_trial", "holds": ["orders", "payments"]}
    refused = send(payloads.submit(form, given, user="U-bea"))
    assert "The reason" in refused["errors"]["reason"]
    until = (clock() + timedelta(days=18)).date()
    more = {"reason": "Two late deliveries", "until": until.isoformat()}
    assert send(payloads.submit(form, {**given, **more}, user="U-bea")) == {}
    found = row(transactions, Vendor, known)
    hold = found.hold(HoldKind.ORDERS)
    assert (found.standing, hold and hold.until) == (Standing.ON_TRIAL, until)
    told = texts(slack.of("views.update")[-1]["view"])
    assert ":no_entry: *Orders on hold* until Mar 20, 2026: Two late deliveries (Bea Buyer)" in told
    card = send(payloads.command(SlashCommand.PO, "42", user="U-bea"))
    assert (
        ":no_entry: Grainger is on hold for orders until 2026-03-20 (Two late deliveries)"
        in str(card)
    )
    send(payloads.click(Action.VENDOR_CHANGE, Target(id=known).pack(), user="U-bea"))
    form = slack.view()
    given = {"standing": "on_trial", "holds": ["orders"], "reason": "Paid"}
    refused = send(payloads.submit(form, given, user="U-bea"))
    assert "is lifted by finance only" in refused["errors"]["holds"]


def test_a_contract_keeps_its_files(
    known: str, send: Send, payloads: Payloads, slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:  # fmt: skip
    target = Target(id="c7", seen=known).pack()
    send(payloads.click(Action.CONTRACT_FILES, target, user="U-bea"))
    file = {"id": "F1", "name": "c7.pdf", "mimetype": "application/pdf", "size": 9}
    form = slack.view() | {"previous_view_id": "V0"}
    assert send(payloads.submit(form, {"files": [file]}, user="U-bea")) == {}
    assert [kept.subject_id for kept in rows(transactions, Attachment)] == ["c7"]
    assert "c7.pdf" in texts(slack.of("views.update")[-1]["view"])
