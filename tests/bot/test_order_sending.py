"""Orders on their way to vendors: by a real mail server, once, and as files to their buyer."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from io import BytesIO
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from pypdf import PdfReader

from bot.ids import Action
from bot.mail import mail_check
from bot.metadata import Target
from bot.services import Services
from tests.conftest import TestClock
from tests.factories.deliveries import Line, issued_order, vendor
from tests.factories.jobs import Company, rows
from tests.payloads import Payloads
from tests.slack import RecordingSlack
from wopo.config import Settings
from wopo.db.uow import SqlTransactions
from wopo.domain.audit import AuditEntry
from wopo.domain.outbox import Delivery, OutboxRow
from wopo.domain.purchase_orders import OrderState, PurchaseOrder
from wopo.domain.vendors import Vendor
from wopo.readers.documents import document_of
from wopo.usecases.door import Answer
from wopo.usecases.health import outbox_check
from wopo.usecases.order_changes import IssueOrder
from wopo.usecases.outbox import RetryDeliveries
from wopo.usecases.settings import ChangeCompanySettings

Json = dict[str, Any]
Do = Callable[..., Answer]
PO = "PO-2026-000042"


@dataclass
class MailServer:
    """What arrived; ``answers`` are given to the next messages instead of taking them: a reply, or
    ``hang up`` once the message is there."""

    port: int = 0
    arrived: list[Envelope] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250") or answer == "hang up":
            self.arrived.append(envelope)
        if answer == "hang up":
            server.transport.abort()
            await asyncio.sleep(0)
        return answer


@pytest.fixture
def mail() -> Iterator[MailServer]:
    """A real SMTP server on a free port of this machine."""
    server = MailServer()
    loop = asyncio.new_event_loop()
    listening = loop.run_until_complete(
        loop.create_server(lambda: SMTP(server, loop=loop), "127.0.0.1", 0)
    )
    server.port = listening.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield server
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    listening.close()
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


@pytest.fixture
def settings(settings: Settings, mail: MailServer) -> Settings:
    return settings.model_copy(
        update={
            "smtp_host": "127.0.0.1",
            "smtp_port": mail.port,
            "smtp_security": "none",
            "smtp_from": "purchasing@harbour.example",
        }
    )


@pytest.fixture
def order(transactions: SqlTransactions, company: Company, do: Do) -> str:
    """PO-42 at Grainger, approved and not yet issued."""
    vendor(transactions)
    issued_order(transactions, company, Line("10", "12.50"))
    with transactions.write() as uow:
        uow.lock(Vendor, "gra").email = "orders@grainger.example"
        uow.lock(PurchaseOrder, PO).state = OrderState.APPROVED
        uow.commit()
    do(ChangeCompanySettings(changes={"name": "Harbour Works", "address": "Quay 1"}))
    return PO


@pytest.fixture
def issue(order: str, do: Do, company: Company, work: Callable[[], None]) -> Callable[[], None]:
    """``issue()``: Bea sends the order out, and the slow work is done."""

    def run() -> None:
        do(IssueOrder(order_id=order), by=company.bea)
        work()

    return run


def mailed(transactions: SqlTransactions) -> list[OutboxRow]:
    found = rows(transactions, OutboxRow)
    return [row for row in found if row.audience == "task:mail_order"]


def test_an_issued_order_goes_to_its_vendor_with_pdf_and_ubl_and_to_its_buyer(
    issue: Callable[[], None], mail: MailServer, slack: RecordingSlack, transactions: Any
) -> None:
    issue()

    [envelope] = mail.arrived
    assert (envelope.mail_from, envelope.rcpt_tos) == (
        "purchasing@harbour.example",
        ["orders@grainger.example"],
    )
    read = message_from_bytes(envelope.content, policy=default)
    pdf, xml = read.iter_attachments()
    assert (pdf.get_filename(), pdf.get_content()[:5]) == (f"{PO}.pdf", b"%PDF-")
    sent = document_of(xml.get_content(), "order.xml")
    assert (sent.number, sent.totals.with_tax, sent.lines[0].quantity) == (PO, 125, 10)
    [shared] = slack.of("files.completeUploadExternal")
    assert (shared["channel_id"], len(slack.uploads)) == ("DU-bea", 2)
    assert "It goes to orders@grainger.example by e-mail." in shared["initial_comment"]
    noted = [entry for entry in rows(transactions, AuditEntry) if entry.event.endswith(":mailed")]
    assert [entry.facts["to"] for entry in noted] == ["orders@grainger.example"]


def test_a_server_that_says_later_is_asked_again_and_the_order_arrives_once(
    issue: Callable[[], None], work: Callable[[], None], mail: MailServer, clock: TestClock,
    transactions: SqlTransactions,
) -> None:  # fmt: skip
    mail.answers = ["451 try later"]
    issue()
    assert mail.arrived == []
    assert "451 try later" in (mailed(transactions)[0].problem or "")

    clock.forward(minutes=1)
    work()

    assert len(mail.arrived) == 1
    assert mailed(transactions)[0].state is Delivery.SENT


def test_what_the_server_refuses_is_told_to_the_buyer_and_is_a_dead_letter(
    issue: Callable[[], None], mail: MailServer, deliver: Callable[[], int], slack: RecordingSlack,
    transactions: SqlTransactions, clock: TestClock, do: Do, work: Callable[[], None],
) -> None:  # fmt: skip
    mail.answers = ["550 no such mailbox"]
    issue()
    deliver()

    assert mailed(transactions)[0].state is Delivery.DEAD
    said = str(slack.messages["DU-bea"])
    assert "PO-42 did not reach orders@grainger.example by e-mail" in said
    assert "550 no such mailbox" in said
    with transactions.read() as uow:
        assert "550 no such mailbox" in outbox_check(uow, clock()).sentence

    do(RetryDeliveries())
    work()
    assert mailed(transactions)[0].state is Delivery.SENT


def test_a_line_that_breaks_after_the_message_is_left_to_a_person(
    issue: Callable[[], None], work: Callable[[], None], mail: MailServer, clock: TestClock,
    transactions: SqlTransactions,
) -> None:  # fmt: skip
    mail.answers = ["hang up"]
    issue()
    clock.forward(hours=3)
    work()

    assert len(mail.arrived) == 1
    assert mailed(transactions)[0].state is Delivery.UNKNOWN


def test_a_worker_that_died_while_sending_sends_no_second_order(
    order: str, do: Do, company: Company, work: Callable[[], None], mail: MailServer,
    clock: TestClock, transactions: SqlTransactions,
) -> None:  # fmt: skip
    do(IssueOrder(order_id=order), by=company.bea)
    with transactions.write() as uow:
        row = uow.find(OutboxRow, audience="task:mail_order")
        row.state, row.claimed_by, row.claimed_at = Delivery.SENDING, "gone", clock()
        uow.commit()
    clock.forward(hours=1)
    work()

    assert mail.arrived == []
    assert mailed(transactions)[0].state is Delivery.UNKNOWN


def test_it_is_sent_again_by_the_button_and_says_that_it_is_the_same_order(
    issue: Callable[[], None], work: Callable[[], None], mail: MailServer, payloads: Payloads,
    send: Callable[[Json], Json],
) -> None:  # fmt: skip
    issue()
    send(payloads.click(Action.ORDER_SEND, Target(id=PO).pack(), user="U-bea"))
    work()

    assert len(mail.arrived) == 2
    read = message_from_bytes(mail.arrived[1].content, policy=default)
    body = read.get_body()
    assert body is not None
    assert "please do not deliver it twice" in body.get_content().replace("\n", " ")


def test_without_a_mail_server_or_an_address_the_buyer_is_asked_to_pass_it_on(
    issue: Callable[[], None], services: Services, mail: MailServer, slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:  # fmt: skip
    services.settings = services.settings.model_copy(update={"smtp_host": ""})
    issue()

    assert mail.arrived == []
    assert mailed(transactions)[0].state is Delivery.SKIPPED
    [shared] = slack.of("files.completeUploadExternal")
    assert "Please pass it on: no mail server is set up." in shared["initial_comment"]


def test_the_letterhead_of_the_form_stands_on_the_next_order(
    issue: Callable[[], None], mail: MailServer, payloads: Payloads, slack: RecordingSlack,
    send: Callable[[Json], Json],
) -> None:  # fmt: skip
    assert send(payloads.command("/wopo", "letterhead", user="U-ann")) == {}
    values = {"address": "Quay 9\n1000 Port", "order_terms": "Free to the gate."}
    done = send(payloads.submit(slack.view(), values, user="U-ann"))
    assert "settings are saved" in str(done["view"])
    refused = send(payloads.command("/wopo", "letterhead", user="U-bea"))
    assert "administrator" in refused["text"]
    issue()

    pdf = next(iter(message_from_bytes(mail.arrived[0].content, policy=default).iter_attachments()))
    text = PdfReader(BytesIO(pdf.get_content())).pages[0].extract_text()
    assert "Harbour Works" in text
    assert "Quay 9" in text
    assert "Free to the gate." in text


def test_the_doctor_asks_the_mail_server(settings: Settings, mail: MailServer) -> None:
    assert mail_check(settings).ok
    gone = mail_check(settings.model_copy(update={"smtp_port": 1}))
    assert not gone.ok
    assert "127.0.0.1:1 can't be used" in gone.sentence
    secret = settings.model_copy(update={"smtp_security": "starttls"})
    assert "STARTTLS" in mail_check(secret).sentence
