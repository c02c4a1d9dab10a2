"""Files dropped in Slack: taken in once, answered in their thread, kept whatever happens."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.courier import Courier
from bot.files import NOT_SLACKS, fetch
from bot.ids import Action, Options
from bot.metadata import Target
from bot.services import Services
from tests.conftest import TestClock
from tests.factories import papers
from tests.factories.deliveries import Line, issued_order, vendor
from tests.factories.jobs import Company, rows
from tests.payloads import Payloads
from tests.slack import RecordingSlack, Trouble
from wopo.config import Settings
from wopo.db.uow import SqlTransactions
from wopo.domain.attachments import Attachment
from wopo.domain.errors import DomainError
from wopo.domain.incoming_files import FileState, IncomingFile
from wopo.domain.invoices import Invoice, InvoiceLine, InvoiceState, InvoiceType
from wopo.domain.purchase_orders import PurchaseOrderLine
from wopo.usecases.door import Answer
from wopo.usecases.receipts import CountedLine, PostReceipt
from wopo.usecases.settings import SetChannels

Json = dict[str, Any]
Send = Callable[[Json], Json]
Do = Callable[..., Answer]
Drop = Callable[..., Json]
PO = "PO-2026-000042"


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    return settings.model_copy(update={"files_dir": tmp_path / "files"})


@pytest.fixture
def order(transactions: SqlTransactions, company: Company, do: Do) -> str:
    """PO-42 at Grainger: ten seals, which came, and four belts, which came too."""
    vendor(transactions)
    do(SetChannels(channels={"invoices": "CINV"}))
    lines = (Line("10", "12.50"), Line("4", "30", description="Belt"))
    order = issued_order(transactions, company, *lines)
    counted = tuple(
        CountedLine(line_id=f"{PO}/{place}", accepted=Decimal(much))
        for place, much in ((1, 10), (2, 4))
    )
    do(PostReceipt(order_id=order, lines=counted), by=company.rec)
    return order


@pytest.fixture
def work(courier: Courier, deliver: Callable[[], int], clock: TestClock) -> Callable[[], None]:
    """``work()``: do the slow work that waits, then carry what it says to Slack, a message a second
    in each channel."""

    def run() -> None:
        while courier.deliver_next(tasks=True):
            pass
        while deliver():
            clock.forward(seconds=2)

    return run


@pytest.fixture
def drop(
    order: str, send: Send, payloads: Payloads, slack: RecordingSlack, work: Callable[[], None]
) -> Drop:
    """``drop(bytes, name)``: somebody drops a file; the answer in its thread."""
    count = 0

    def run(
        raw: bytes, name: str = "invoice.xml", *, user: str = "U-fin", channel: str = "CINV",
        times: int = 1, text: str = "", **more: Any,
    ) -> Json:  # fmt: skip
        nonlocal count
        count += 1
        slack.files[f"F{count}"] = raw
        file = {
            "id": f"F{count}", "name": name, "mimetype": "text/plain", "size": len(raw),
            "mode": "hosted", "url_private_download": f"{slack.url}/files/F{count}", **more,
        }  # fmt: skip
        kind = "im" if channel.startswith("D") else "channel"
        event = {
            "type": "message", "subtype": "file_share", "channel": channel, "channel_type": kind,
            "user": user, "ts": f"17000000{count:02d}.000200", "text": text, "files": [file],
        }  # fmt: skip
        for _ in range(times):
            assert send(payloads.event(event)) == {}
        work()
        thread = [
            message
            for message in slack.messages[channel]
            if message.get("thread_ts") == event["ts"]
        ]
        assert len(thread) == 1, thread
        return thread[0]

    return run


SEALS = papers.ubl(papers.ubl_line(1, "10", "12.50", order_line="1"), total="125.00")


def test_a_dropped_invoice_is_entered_judged_and_answered_in_its_thread(
    drop: Drop, transactions: SqlTransactions, company: Company
) -> None:
    said = drop(SEALS)

    assert "Invoice R-1 over 125.00 EUR is matched." in said["text"]
    invoice = rows(transactions, Invoice)[0]
    assert (invoice.state, invoice.entered_by_id) == (InvoiceState.MATCHED, company.fin)
    assert not invoice.imported
    hung = rows(transactions, Attachment)[0]
    assert (hung.subject_id, hung.slack_file_id, hung.name) == (invoice.id, "F1", "invoice.xml")


def test_what_does_not_fit_is_told_with_the_answer(drop: Drop) -> None:
    dear = papers.ubl(papers.ubl_line(1, "10", "14", order_line="1"), total="140.00")

    said = str(drop(dear)["blocks"])

    assert "on hold" in said
    assert "Price above the order" in said


def test_one_file_makes_one_invoice_however_often_it_is_told_or_dropped(
    drop: Drop, transactions: SqlTransactions, slack: RecordingSlack
) -> None:
    drop(SEALS, times=3)
    again = drop(SEALS, "copy.xml")
    other_layout = drop(SEALS.replace(b"><", b">\n<"), "pretty.xml")

    assert "The same file came before (invoice.xml" in again["text"]
    assert "was taken in before; nothing is changed" in other_layout["text"]
    assert [invoice.number for invoice in rows(transactions, Invoice)] == ["R-1"]


def test_a_factur_x_pdf_dropped_in_the_dm_is_read_from_its_xml(
    drop: Drop, transactions: SqlTransactions
) -> None:
    said = drop(papers.factur_x(papers.cii()), "R-1.pdf", channel="DU-fin")

    assert "Invoice R-1 over 156.00 EUR" in said["text"]
    line = rows(transactions, InvoiceLine)[0]
    assert (line.purchase_order_line_id, line.price_per, line.net_minor) == (f"{PO}/1", 100, 123_00)


def test_a_table_of_invoices_is_entered_as_a_whole(
    drop: Drop, transactions: SqlTransactions
) -> None:
    table = (
        "number,vendor,order,currency,invoice_date,description,quantity,unit_price,total\n"
        f"R-1,GRA,{PO},EUR,2026-03-01,Seal,10,12.50,125\n"
        f"R-2,Grainger,{PO},EUR,2026-03-01,Belt,4,30,120\n"
    )

    said = drop(table.encode(), "march.csv")

    assert "Invoice R-1 over 125.00 EUR is matched. Invoice R-2 over 120.00 EUR" in said["text"]
    assert len(rows(transactions, Invoice)) == 2


def test_a_negative_invoice_takes_back_what_it_names(
    drop: Drop, transactions: SqlTransactions
) -> None:
    drop(SEALS)
    back = papers.ubl(
        papers.ubl_line(1, "-10", "12.50", order_line="1"),
        number="R-2",
        total="-125.00",
        head="",
        body="<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>R-1</cbc:ID>"
        "</cac:InvoiceDocumentReference></cac:BillingReference>",
    )

    said = drop(back, "back.xml")

    assert "Credit note R-2 over 125.00 EUR" in said["text"]
    first, second = sorted(rows(transactions, Invoice), key=lambda each: each.sequence)
    assert (second.type, second.total_minor) == (InvoiceType.CREDIT, 125_00)
    assert first.state is InvoiceState.CREDITED


def test_a_line_that_is_not_sure_is_asked_about_and_entered_with_the_answer(
    drop: Drop, send: Send, payloads: Payloads, slack: RecordingSlack, work: Callable[[], None],
    transactions: SqlTransactions,
) -> None:  # fmt: skip
    vague = papers.ubl(papers.ubl_line(1, "10", "12.40", name="Rubber ring"), total="124.00")
    said = drop(vague)
    assert rows(transactions, Invoice) == []
    assert "not sure, so nothing is entered yet" in said["text"]
    assert "Rubber ring at 12.4. Which line of PO-42 is it?" in str(said["blocks"])

    target = Target(id=rows(transactions, IncomingFile)[0].id).pack()
    send(payloads.click(Action.FILE_ANSWER, target, user="U-fin", channel="CINV"))
    form = slack.view()
    refused = send(payloads.submit(form, {}, user="U-fin"))
    assert "Nothing is chosen" in str(refused["errors"]["answer:0:0"])
    done = send(payloads.submit(form, {"answer:0:0": f"{PO}/1"}, user="U-fin"))

    assert "Invoice R-1 over 124.00 EUR" in str(done["view"])
    assert rows(transactions, InvoiceLine)[0].purchase_order_line_id == f"{PO}/1"
    work()
    shown = next(m for m in slack.messages["CINV"] if m.get("thread_ts") and m["ts"] == said["ts"])
    assert "Which line" not in str(shown["blocks"])
    late = send(payloads.click(Action.FILE_ANSWER, target, user="U-fin", channel="CINV"))
    assert late == {}
    assert "is settled" in slack.posted_hooks[-1]["text"]


def test_an_invoice_that_names_no_order_is_tied_to_the_one_that_fits_or_asked_about(
    drop: Drop, transactions: SqlTransactions, company: Company
) -> None:
    fits = papers.ubl(papers.ubl_line(1, "4", "30", name="Belt"), order="NA", total="120.00")
    drop(fits)
    assert rows(transactions, Invoice)[0].purchase_order_id == PO

    issued_order(transactions, company, Line("1", "5"), number="PO-2026-000043")
    vague = papers.ubl(
        papers.ubl_line(1, "1", "7", name="Valve"), order="", number="R-2", total="7.00"
    )
    assert "Invoice R-2 names no order. Which is it?" in str(drop(vague)["blocks"])


@pytest.mark.parametrize(
    ("raw", "name"), [(papers.PNG, "IMG_1.png"), (papers.plain_pdf(), "1.pdf")]
)
def test_a_picture_is_kept_beside_a_form_filled_for_its_order(
    drop: Drop, send: Send, payloads: Payloads, slack: RecordingSlack, work: Callable[[], None],
    transactions: SqlTransactions, raw: bytes, name: str,
) -> None:  # fmt: skip
    said = drop(raw, name, text="please enter, PO-42")
    assert "a person enters its figures" in said["text"]
    row = rows(transactions, IncomingFile)[0]
    assert row.state is FileState.KEPT

    button = payloads.click(Action.FILE_ENTER, Target(id=row.id).pack(), user="U-fin")
    send(button)
    form = slack.view()
    assert ("F1" in str(form["blocks"])) == name.endswith("png")
    send(payloads.submit(form, {"number": "R-9"}, user="U-fin"))

    invoice = rows(transactions, Invoice)[0]
    assert (invoice.number, invoice.total_minor) == ("R-9", 245_00)
    assert [file.slack_file_id for file in rows(transactions, Attachment)] == ["F1"]
    work()
    assert "Entered by hand as R-9" in str(slack.messages["CINV"])
    assert "came before" in drop(raw, "again")["text"]


def test_a_picture_that_names_no_order_asks_whose_it_is_first(
    drop: Drop, send: Send, payloads: Payloads, slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:  # fmt: skip
    drop(papers.PNG, "photo.png")
    target = Target(id=rows(transactions, IncomingFile)[0].id).pack()
    send(payloads.click(Action.FILE_ENTER, target, user="U-fin"))
    form = send(payloads.submit(slack.view(), {"order_id": PO}, user="U-fin"))["view"]
    send(payloads.submit(form, {"number": "R-9"}, user="U-fin"))

    assert [file.slack_file_id for file in rows(transactions, Attachment)] == ["F1"]
    assert slack.of("views.open")[0]["view"]["blocks"][0]["type"] == "image"
    assert Options.BILLED_ORDER in str(slack.of("views.open")[0]["view"])


ENTITY = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Invoice>&e;</Invoice>'
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
    + "]><Invoice>&j;</Invoice>"
).encode()


@pytest.mark.parametrize(
    ("raw", "name", "told"),
    [
        (ENTITY, "x.xml", "document type declaration"),
        (BOMB, "x.xml", "document type declaration"),
        (SEALS.replace(b">10<", b">ten<"), "x.xml", "line 1, element cbc:InvoicedQuantity: 'ten'"),
        (SEALS.replace(b"Grainger", b"Nobody"), "x.xml", "who is no vendor of ours"),
        (b"PK\x03\x04 and so on", "x.zip", "is no file that wopo reads"),
        (b"a,b\n1,2\n", "x.csv", "there is no column"),
        (papers.bomb_pdf(), "x.pdf", "asks for more time or memory"),
    ],
)
def test_what_cannot_be_taken_in_says_why_and_where_and_is_kept(
    drop: Drop, transactions: SqlTransactions, services: Services, raw: bytes, name: str, told: str
) -> None:
    said = drop(raw, name)

    assert told in said["text"]
    assert "The file is kept" in str(said["blocks"])
    assert rows(transactions, Invoice) == []
    row = rows(transactions, IncomingFile)[0]
    assert (row.state, row.claim) == (FileState.REFUSED, None)
    kept = services.settings.files_dir / "incoming" / row.sha256[:2] / row.sha256 / name
    assert kept.read_bytes() == raw


def test_a_refused_file_may_be_dropped_again_when_its_reason_is_gone(
    drop: Drop, transactions: SqlTransactions
) -> None:
    raw = SEALS.replace(b"Grainger", b"Fischer")
    assert "no vendor of ours" in drop(raw)["text"]
    vendor(transactions, "fis", "Fischer")

    assert "Invoice R-1 over 125.00 EUR is on hold" in drop(raw)["text"]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"size": 100_000_000}, "has more than 10 MB"),
        ({"mode": "external", "is_external": True}, "does not lie in Slack itself"),
        ({"url_private_download": "http://169.254.169.254/latest"}, "does not lie in Slack"),
        ({"url_private_download": "https://files.slack.com.evil.example/x"}, "does not lie"),
    ],
)
def test_what_must_not_be_fetched_is_refused_unread(drop: Drop, more: Json, told: str) -> None:
    assert told in drop(SEALS, **more)["text"]


def test_a_file_that_grows_beyond_its_size_is_cut_off(drop: Drop) -> None:
    assert "has more than 10 MB" in drop(b"<" * 10_000_001, size=5)["text"]


def test_the_token_follows_no_redirect_and_a_sign_in_page_is_no_file(
    slack: RecordingSlack, settings: Settings
) -> None:
    slack.files["F1"] = SEALS
    file = {"id": "F1", "name": "a.xml", "url_private": f"{slack.url}/files/F1"}
    slack.trouble("file", Trouble(status=302))
    with pytest.raises(DomainError, match=r"did not hand out a\.xml \(HTTP 302\)"):
        fetch(settings, file)
    other = settings.model_copy(update={"bot_token": settings.signing_secret})
    with pytest.raises(DomainError, match="files:read"):
        fetch(other, file)
    with pytest.raises(DomainError) as refused:
        fetch(settings, {**file, "url_private": f"http://{slack.url[7:].replace('127', '128')}"})
    assert refused.value.code == NOT_SLACKS.code


def test_a_file_of_another_workspace_is_asked_for_by_its_id(
    drop: Drop, transactions: SqlTransactions
) -> None:
    drop(SEALS, url_private_download="", file_access="check_file_info")

    assert [invoice.number for invoice in rows(transactions, Invoice)] == ["R-1"]


def test_a_slack_that_is_down_for_a_while_is_asked_again(
    drop: Drop, slack: RecordingSlack, clock: TestClock, work: Callable[[], None], send: Send,
    payloads: Payloads, transactions: SqlTransactions,
) -> None:  # fmt: skip
    slack.trouble("file", Trouble(status=503))
    with pytest.raises(AssertionError):
        drop(SEALS)
    clock.forward(minutes=1)
    work()

    assert [invoice.number for invoice in rows(transactions, Invoice)] == ["R-1"]


def test_who_hands_in_no_papers_is_told_so_and_nothing_is_read(
    drop: Drop, transactions: SqlTransactions
) -> None:
    assert (
        "finance and buyers hand in" in drop(papers.PNG, user="U-tess", channel="DU-tess")["text"]
    )
    assert rows(transactions, IncomingFile) == []


def test_an_order_response_moves_promises_and_tells_the_buyer(
    drop: Drop, transactions: SqlTransactions, slack: RecordingSlack, company: Company
) -> None:
    said = drop(
        papers.response(
            papers.response_line("1", day="2026-04-01")
            + papers.response_line("2", status="3", quantity="3", day="2026-05-01")
        ),
        user="U-bea",
    )

    assert "Grainger accepts with changes PO-42." in said["text"]
    assert "Belt: 3 pcs confirmed, 4 ordered." in said["text"]
    seal, belt = sorted(rows(transactions, PurchaseOrderLine), key=lambda line: line.position)
    assert (str(seal.promised_on), seal.backordered) == ("2026-04-01", False)
    assert (str(belt.promised_on), belt.backordered) == ("2026-05-01", True)
    assert belt.backorder_note == "1 pcs of 4"
