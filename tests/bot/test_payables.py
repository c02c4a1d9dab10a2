"""Bank details confirmed by a second person; a payment batch from its day to the bank's file."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from bot.ids import Action, Callback, SlashCommand
from tests.conftest import TestClock
from tests.factories.deliveries import Line, issued_order, vendor
from tests.factories.jobs import Company, rows
from tests.payloads import Payloads
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.audit import AuditEntry
from wopo.domain.bank_details import BankDetails, BankState
from wopo.domain.invoices import Invoice, InvoiceState
from wopo.domain.payment_batches import BatchState, PaymentBatch
from wopo.usecases.door import Answer
from wopo.usecases.invoice_papers import BilledLine
from wopo.usecases.invoices import EnterInvoice
from wopo.usecases.payables import MakePayable
from wopo.usecases.receipts import CountedLine, PostReceipt
from wopo.usecases.settings import ChangeCompanySettings, SetChannels

Json = dict[str, Any]
Send = Callable[[Json], Json]
Do = Callable[..., Answer]
PO, IBAN = "PO-2026-000042", "DE89 3704 0044 0532 0130 00"


@pytest.fixture
def invoice(transactions: SqlTransactions, company: Company, do: Do) -> str:
    """R-1 of Grainger over 50.00 EUR, received and released; due on 9 March."""
    vendor(transactions)
    issued_order(transactions, company, Line("10", "12.50"))
    count = CountedLine(line_id=f"{PO}/1", accepted=Decimal(10))
    do(PostReceipt(order_id=PO, lines=(count,)), by=company.rec)
    billed = BilledLine(order_line_id=f"{PO}/1", quantity=Decimal(4), unit_price=Decimal("12.50"))
    facts = {"invoice_date": "2026-03-01", "due_date": "2026-03-09", "lines": (billed,)}
    made = do(EnterInvoice(number="R-1", order_id=PO, **facts), by=company.fin)
    do(MakePayable(invoice_id=made.subject_id), by=company.fin)
    do(SetChannels(channels={"finance": "CFIN"}))
    own = {"name": "Harbour Works", "iban": "NL91ABNA0417164300"}
    do(ChangeCompanySettings(changes=own))
    return made.subject_id


@pytest.fixture
def press(send: Send, payloads: Payloads, slack: RecordingSlack) -> Callable[..., Json]:
    """``press(view, action)``: a button of a screen or message; what is shown then."""

    def run(shown: Json, action: Action, *, user: str = "U-fin") -> Json:
        [value] = [
            one["value"]
            for block in shown["blocks"]
            for one in [*block.get("elements", ()), block.get("accessory", {})]
            if one.get("action_id") == action
        ]
        send(payloads.click(action, value, user=user))
        view: Json = slack.view()
        return view

    return run


@pytest.fixture
def bank(
    invoice: str, send: Send, payloads: Payloads, slack: RecordingSlack, deliver: Callable[[], int],
    press: Callable[..., Json],
) -> Callable[..., None]:  # fmt: skip
    """``bank()``: Bea enters Grainger's account, Ann confirms it with the call-back note."""

    def run() -> None:
        send(payloads.command(SlashCommand.WOPO, "bank Grainger", user="U-bea"))
        form = slack.view()
        said = send(payloads.submit(form, {"iban": IBAN, "bic": "cobadeff"}, user="U-bea"))
        assert "until somebody else has called" in str(said["view"]["blocks"])
        deliver()
        [card] = slack.messages["DU-fin"]
        assert "DE89 3704 0044 0532 0130 00 · COBADEFF" in str(card["blocks"])
        confirm = press(card, Action.BANK_CONFIRM, user="U-ann")
        note = {"called": "Ms Young", "known_number": "+44 20 555 01"}
        assert "from now on" in str(send(payloads.submit(confirm, note, user="U-ann"))["view"])
        deliver()
        assert "called Ms Young on +44 20 555 01" in str(card["blocks"])
        assert "button" not in str(card["blocks"])

    return run


@pytest.fixture
def payables(send: Send, payloads: Payloads, slack: RecordingSlack) -> Callable[[], Json]:
    def run() -> Json:
        assert send(payloads.command(SlashCommand.WOPO, "payables", user="U-fin")) == {}
        view: Json = slack.view()
        return view

    return run


def test_until_a_second_person_has_called_the_vendor_is_held_with_why(
    invoice: str, send: Send, payloads: Payloads, slack: RecordingSlack,
    payables: Callable[[], Json], transactions: SqlTransactions, press: Callable[..., Json],
) -> None:  # fmt: skip
    assert "No bank details are confirmed." in str(payables()["blocks"])
    send(payloads.command(SlashCommand.WOPO, "bank", user="U-bea"))
    form = slack.view()
    typed = {"vendor_id": "gra", "iban": "DE89370400440532013001"}
    assert "is no IBAN" in send(payloads.submit(form, typed, user="U-bea"))["errors"]["iban"]
    send(payloads.submit(form, typed | {"iban": IBAN}, user="U-bea"))
    held = payables()
    assert "Bank details changed today by Bea Buyer; not yet confirmed." in str(held["blocks"])
    assert "submit" not in held
    home = payloads.event({"type": "app_home_opened", "user": "U-fin", "tab": "home"})
    send(home)
    confirm = press(slack.view(), Action.BANK_CONFIRM)
    blank = send(payloads.submit(confirm, {"called": " ", "known_number": "5"}, user="U-fin"))
    assert list(blank["errors"]) == ["called"]
    send(home)
    refuse = press(slack.view(), Action.BANK_REFUSE)
    send(payloads.submit(refuse, {"reason": "They know nothing of it"}, user="U-fin"))
    [row] = rows(transactions, BankDetails)
    assert (row.state, row.reason) == (BankState.REFUSED, "They know nothing of it")


def test_a_batch_is_made_its_file_goes_to_its_maker_and_paying_it_pays_the_invoice(
    bank: Callable[[], None], payables: Callable[[], Json], send: Send, payloads: Payloads,
    slack: RecordingSlack, deliver: Callable[[], int], work: Callable[[], None], invoice: str,
    transactions: SqlTransactions, press: Callable[..., Json],
) -> None:  # fmt: skip
    bank()
    view = payables()
    assert "*50.00 EUR* in 1 document" in str(view["blocks"])
    said = send(payloads.submit(view, {"execute_on": "2026-03-04"}, user="U-fin"))
    assert "PB-2026-000001 pays 50.00 EUR to 1 vendor" in str(said["view"]["blocks"])
    work()
    deliver()
    [shared] = slack.of("files.completeUploadExternal")
    assert shared["channel_id"] == "DU-fin"
    assert "pain.001.001.09" in shared["initial_comment"]
    table, sepa = slack.uploads.values()
    assert b"PB-2026-000001,1,1,GRA,Grainger,DE89370400440532013000,COBADEFF" in table
    assert b'<InstdAmt Ccy="EUR">50.00</InstdAmt>' in sepa
    exported = [e for e in rows(transactions, AuditEntry) if e.event == "payment_batch:exported"]
    assert [sorted(e.facts["files"]) for e in exported] == [
        ["PB-2026-000001.csv", "PB-2026-000001.xml"]
    ]
    [card] = slack.messages["CFIN"]
    assert "50.00 EUR · 1 payment · made" in str(card["blocks"])
    assert "DE89" not in str(card["blocks"])
    form = press(card, Action.BATCH_PAID)
    done = send(payloads.submit(form, {"reference": "ST-7"}, user="U-fin"))
    assert "is paid, and 1 document with it" in str(done["view"]["blocks"])
    deliver()
    [row] = rows(transactions, Invoice)
    assert row.state is InvoiceState.PAID
    assert "paid by Fia Finance" in str(card["blocks"])
    assert "button" not in str(card["blocks"])


def test_another_day_is_another_plan_and_an_old_one_makes_nothing(
    bank: Callable[[], None], payables: Callable[[], Json], send: Send, payloads: Payloads,
    slack: RecordingSlack, transactions: SqlTransactions, company: Company, do: Do,
) -> None:  # fmt: skip
    bank()
    old = payables()
    click = payloads.click_in_view(Action.PAYABLES_UP_TO, "", old, user="U-fin")
    click["actions"][0] |= {"type": "datepicker", "selected_date": "2026-03-08"}
    send(click)
    assert "Nothing can be paid up to that day." in str(slack.view()["blocks"])
    [row] = rows(transactions, Invoice)
    with transactions.write() as uow:
        uow.lock(Invoice, row.id).state = InvoiceState.ON_HOLD
        uow.commit()
    refused = send(payloads.submit(old, {}, user="U-fin"))
    assert "changed since it was shown" in refused["errors"]["execute_on"]
    assert rows(transactions, PaymentBatch) == []


def test_a_batch_is_cancelled_with_a_reason_and_its_files_can_be_had_again(
    bank: Callable[[], None], payables: Callable[[], Json], send: Send, payloads: Payloads,
    slack: RecordingSlack, deliver: Callable[[], int], work: Callable[[], None],
    transactions: SqlTransactions, press: Callable[..., Json], company: Company, do: Do,
) -> None:  # fmt: skip
    bank()
    send(payloads.submit(payables(), {}, user="U-fin"))
    work()
    shown = press(payables(), Action.BATCH_SHOW)
    assert shown["callback_id"] == Callback.PAYMENT_BATCH
    assert "Grainger: 50.00 EUR (R-1)" in str(shown["blocks"])
    press(shown, Action.BATCH_FILES)
    work()
    assert len(slack.of("files.completeUploadExternal")) == 2
    assert list(slack.uploads.values())[:2] == list(slack.uploads.values())[2:]
    form = press(shown, Action.BATCH_CANCEL)
    assert list(send(payloads.submit(form, {"reason": " "}, user="U-fin"))["errors"]) == ["reason"]
    send(payloads.submit(form, {"reason": "wrong day"}, user="U-fin"))
    deliver()
    [made] = rows(transactions, PaymentBatch)
    assert made.state is BatchState.CANCELLED
    assert "cancelled by Fia Finance: wrong day" in str(slack.messages["CFIN"][0]["blocks"])


def test_a_changed_account_stops_the_batch_and_its_maker_is_told(
    bank: Callable[[], None], payables: Callable[[], Json], send: Send, payloads: Payloads,
    slack: RecordingSlack, deliver: Callable[[], int], work: Callable[[], None],
    clock: TestClock,
) -> None:  # fmt: skip
    bank()
    send(payloads.submit(payables(), {}, user="U-fin"))
    send(payloads.command(SlashCommand.WOPO, "bank Grainger", user="U-bea"))
    form = slack.view()
    send(payloads.submit(form, {"account": "Cheque to the office"}, user="U-bea"))
    work()
    for _ in range(3):  # A channel takes one message a second.
        deliver()
        clock.forward(seconds=2)
    assert slack.of("files.completeUploadExternal") == []
    assert "stop it there" in str(slack.messages["DU-fin"])
    assert "cancelled: Nothing is left in it." in str(slack.messages["CFIN"])


@pytest.mark.parametrize("word", ["payables", "bank Grainger"])
def test_technicians_see_neither_payments_nor_accounts(
    invoice: str, send: Send, payloads: Payloads, slack: RecordingSlack, word: str
) -> None:
    refused = send(payloads.command(SlashCommand.WOPO, word, user="U-tess"))
    assert "do not have the right" in refused["text"]
    home = payloads.event({"type": "app_home_opened", "user": "U-tess", "tab": "home"})
    send(home)
    assert "Payables" not in str(slack.view())


def test_the_letterhead_takes_no_account_that_is_none(
    invoice: str, send: Send, payloads: Payloads, slack: RecordingSlack
) -> None:
    send(payloads.command(SlashCommand.WOPO, "letterhead", user="U-ann"))
    view = slack.view()
    assert (
        "is no IBAN"
        in send(payloads.submit(view, {"iban": "DE00"}, user="U-ann"))["errors"]["iban"]
    )
    assert "saved" in str(send(payloads.submit(view, {"iban": IBAN}, user="U-ann"))["view"])
