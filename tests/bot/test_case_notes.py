"""What people write under an exception's card is kept with the case."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, event

from bot.ids import Action
from bot.metadata import Target
from tests.factories.deliveries import Line, issued_order, vendor
from tests.factories.jobs import Company, rows
from tests.payloads import Payloads
from tests.slack import TEAM, RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.case_notes import MOST_WORDS, CaseNote
from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.outbox import PostedCard
from wopo.domain.people import SlackIdentity
from wopo.usecases.case_answers import KeepComment
from wopo.usecases.door import Answer
from wopo.usecases.exception_cases import AcceptCase
from wopo.usecases.invoice_papers import BilledLine
from wopo.usecases.invoices import EnterInvoice
from wopo.usecases.receipts import CountedLine, PostReceipt
from wopo.usecases.settings import SetChannels
from wopo.usecases.subscriptions import Subscribe

Json = dict[str, Any]
CHANNEL, PO = "CFIN", "PO-2026-000042"
Reply = Callable[..., None]
Do = Callable[..., Answer]


@pytest.fixture
def case(
    transactions: SqlTransactions, company: Company, do: Do, deliver: Callable[[], int]
) -> ExceptionCase:
    """A price above the order's, with its card in the finance channel."""
    vendor(transactions)
    issued_order(transactions, company, Line("10", "12.50"))
    do(Subscribe(channel=CHANNEL), by=company.fin)
    counted = CountedLine(line_id=f"{PO}/1", accepted=Decimal(10))
    do(PostReceipt(order_id=PO, lines=(counted,)), by=company.rec)
    line = BilledLine(order_line_id=f"{PO}/1", quantity=Decimal(10), unit_price=Decimal(14))
    facts: dict[str, Any] = {"invoice_date": "2026-03-01", "order_id": PO, "lines": (line,)}
    do(EnterInvoice(number="R-1", **facts), by=company.fin)
    deliver()
    found: ExceptionCase = rows(transactions, ExceptionCase, order="number")[0]
    return found


@pytest.fixture
def reply(
    case: ExceptionCase,
    payloads: Payloads,
    send: Callable[[Json], Json],
    transactions: SqlTransactions,
) -> Reply:
    """``reply(text)``: a message under the case's card in the channel."""

    def run(text: str, user: str = "U-bea", event_id: str = "", **more: Any) -> None:
        (card,) = rows(transactions, PostedCard, subject_id=case.id, channel=CHANNEL)
        said = {
            "type": "message",
            "channel_type": "channel",
            "channel": card.channel,
            "ts": "9.1",
            "thread_ts": card.ts,
            "user": user,
            "team": TEAM,
            "text": text,
            **more,
        }
        send(payloads.event(said, event_id=event_id))

    return run


def kept(transactions: SqlTransactions) -> list[str]:
    return [note.text for note in rows(transactions, CaseNote, order="id")]


def test_words_are_kept_once_shown_on_the_card_and_in_details(
    case: ExceptionCase,
    reply: Reply,
    send: Callable[[Json], Json],
    payloads: Payloads,
    deliver: Callable[[], int],
    clock: Any,
    slack: RecordingSlack,
    transactions: SqlTransactions,
    company: Company,
) -> None:
    said = "Agreed with <@UFIN> &amp; <https://v.example/q|the quote>, *14*"
    reply(said, event_id="Ev-one")
    reply(said, event_id="Ev-two")
    reply("so be it", user="U-fin", ts="9.2")
    assert kept(transactions) == [
        "Agreed with @somebody & the quote (https://v.example/q), *14*",
        "so be it",
    ]
    notes = rows(transactions, CaseNote, order="id")
    assert [(n.case_id, n.by_id) for n in notes] == [
        (case.id, company.bea),
        (case.id, company.fin),
    ]
    for _ in range(4):
        clock.forward(seconds=2)
        deliver()
    (card,) = [m for m in slack.messages[CHANNEL] if "Price above" in m["text"]]
    assert "Bea Buyer: “Agreed with @somebody &amp; the quote" in str(card["blocks"])
    details = next(
        one
        for block in card["blocks"]
        for one in block.get("elements", [])
        if one.get("action_id") == Action.CASE_DETAILS
    )
    send(payloads.click(details["action_id"], details["value"], user="U-fin", channel=CHANNEL))
    shown = [block["text"]["text"] for block in slack.view()["blocks"] if "text" in block]
    assert shown[1].startswith("Fia Finance: “so be it”\n<!date^")
    assert shown[2].startswith("Bea Buyer: “Agreed with")
    assert "Price above the order" in str(shown[3:])


def test_the_card_above_is_looked_up_once(
    reply: Reply, engine: Engine, transactions: SqlTransactions
) -> None:
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    reply("as agreed")
    begun = next(at for at, one in enumerate(asked) if one.startswith("INSERT"))
    assert len([one for one in asked[:begun] if "posted_card.ts = " in one]) == 1
    assert kept(transactions) == ["as agreed"]


def test_people_are_called_by_their_names(
    case: ExceptionCase, reply: Reply, transactions: SqlTransactions, do: Do, company: Company
) -> None:
    with transactions.write() as uow:
        identity = uow.all(SlackIdentity, person_id=company.fin)[0]
        identity.user_id = "UFIN"
        uow.commit()
    reply("ask <@UFIN>, <#C12|finance> or <!here>: <mailto:a@b.example|a@b.example>")
    assert kept(transactions) == ["ask @Fia Finance, #finance or @here: a@b.example"]


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B9"},
        {"subtype": "bot_message"},
        {"subtype": "message_changed", "message": {"text": "other"}},
        {"subtype": "message_deleted"},
        {"thread_ts": None},
        {"thread_ts": "1.1"},
        {"user": "U-stranger"},
        {"text": "  "},
    ],
    ids=str,
)
def test_bots_edits_strangers_and_other_threads_are_left_alone(
    more: Json, reply: Reply, slack: RecordingSlack, transactions: SqlTransactions
) -> None:
    reply("as agreed")
    before = len(slack.messages[CHANNEL])
    reply(**{"text": "something else", "ts": "9.2", **more})
    assert kept(transactions) == ["as agreed"]
    assert len(slack.messages[CHANNEL]) == before


def test_words_beside_a_photo_are_kept_where_papers_are_read_too(
    reply: Reply, transactions: SqlTransactions, do: Do
) -> None:
    photo = {"id": "F1", "name": "a.jpg", "mimetype": "image/jpeg", "size": 9, "mode": "hosted"}
    reply("see the photo", files=[photo], subtype="file_share")
    do(SetChannels(channels={"invoices": CHANNEL}))
    reply("see the paper", files=[photo], subtype="file_share", ts="9.3", user="U-fin")
    assert kept(transactions) == ["see the photo", "see the paper"]


def test_a_closed_case_takes_comments_and_a_long_one_is_cut(
    case: ExceptionCase, transactions: SqlTransactions, do: Do, company: Company
) -> None:
    do(AcceptCase(case_id=case.id, reason="agreed"), by=company.fin)
    do(KeepComment(case_id=case.id, text="x" * 5000), by=company.rob)
    (text,) = kept(transactions)
    assert len(text) == MOST_WORDS and text.endswith("… (cut)")


def test_a_case_without_an_invoice_has_details_too(
    case: ExceptionCase,
    send: Callable[[Json], Json],
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    with transactions.write() as uow:
        row = uow.get(ExceptionCase, case.id)
        assert row is not None
        row.invoice_id = None
        uow.commit()
    value = Target(id=case.id).pack()
    send(payloads.click(Action.CASE_DETAILS, value, user="U-fin", channel=CHANNEL))
    assert "is kept here" in str(slack.view()["blocks"])
