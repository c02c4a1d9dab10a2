"""Answers that leave a case open: a credit note was asked for, goods did arrive or not, the case is
somebody else's; and what is said about it in the thread of its card."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from pydantic import Field

from wopo.domain.case_notes import (
    ASK_DAY,
    CUT_SHORT,
    MOST_WORDS,
    CaseNote,
    ExceptionNoted,
    NoteKind,
)
from wopo.domain.errors import NOT_ALLOWED, REQUIRED, Refusal
from wopo.domain.exception_cases import OPEN_CASES, ExceptionCase
from wopo.domain.exception_kinds import Cure
from wopo.domain.matching import MatchCode
from wopo.domain.money import format_number, plain
from wopo.domain.purchase_orders import PurchaseOrderLine
from wopo.domain.receipts import left_of
from wopo.usecases.door import Answer, Command, Context, use_case
from wopo.usecases.exception_cases import DECIDERS, Held, case_answer, hold_open
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.receipts import CountedLine, PostReceipt, post_receipt

ARRIVAL_CODES = (
    MatchCode.NOT_RECEIVED.value,
    MatchCode.QTY_OVER_RECEIVED.value,
    MatchCode.QTY_OVER_ACCEPTED.value,
)
"""Kinds that one word of the receiver settles (matching.md 9), in the order in which they are asked
about: where several are open about one line, the first asks for all."""
OTHER_COUNT = Refusal(
    "exception.other_count",
    "{number}: {missing} {unit} are missing by now, not {shown}. Nothing was changed; "
    "look at the question again.",
)


class AskCredit(Command):
    """The vendor was asked for a credit note, with this letter."""

    case_id: str
    letter: str = Field(max_length=3000)


class KeepComment(Command):
    """Somebody wrote this in the thread of the case's card."""

    case_id: str
    text: str


class ConfirmArrival(Command):
    """All that the question named did arrive. ``shown`` is the quantity that it named, written
    plainly (``2.5``)."""

    case_id: str
    shown: str


class NotYetArrived(Command):
    """It has not arrived yet; ask me again on a day."""

    case_id: str
    ask_on: date


class NotMine(Command):
    """Somebody else receives this."""

    case_id: str


@use_case(AskCredit, roles=DECIDERS, action="ask vendors for credit notes")
def ask_credit(command: AskCredit, ctx: Context) -> Answer:
    """Keep the letter with the case; it closes by itself when the credit note comes."""
    held = hold_open(ctx, command.case_id)
    held.case.check_way_out(Cure.ASK_CREDIT)
    if not command.letter.strip():
        raise REQUIRED(field="letter", label="The letter")
    note(ctx, held.case, NoteKind.CREDIT_ASKED, command.letter.strip())
    return case_answer(held.case, "waits for the vendor's credit note")


@use_case(KeepComment, action="write about exceptions")
def keep_comment(command: KeepComment, ctx: Context) -> Answer:
    """Keep it with the case, whatever its state is by then. Raises ``REQUIRED`` for no words."""
    case = ctx.require(ExceptionCase, command.case_id, label="exception")
    text = command.text.strip()
    if not text:
        raise REQUIRED(field="text", label="The comment")
    if len(text) > MOST_WORDS:
        text = text[: MOST_WORDS - len(CUT_SHORT)] + CUT_SHORT
    note(ctx, case, NoteKind.COMMENT, text)
    return case_answer(case, "has a comment more")


@use_case(ConfirmArrival, action="say whether goods arrived")
def confirm_arrival(command: ConfirmArrival, ctx: Context) -> Answer:
    """Book what was missing; the case closes by itself. Raises ``OTHER_COUNT`` when it is another
    quantity by now."""
    held, line = _asked(ctx, command.case_id)
    missing = missing_of(line)
    if plain(missing) != command.shown:
        raise OTHER_COUNT(
            number=held.case.number,
            missing=format_number(missing),
            unit=line.unit,
            shown=command.shown or "none",
        )
    counted = CountedLine(line_id=line.id, accepted=missing)
    receipt = PostReceipt(order_id=line.purchase_order_id, lines=(counted,))
    return post_receipt(receipt, ctx)


@use_case(NotYetArrived, action="say whether goods arrived")
def not_yet_arrived(command: NotYetArrived, ctx: Context) -> Answer:
    """Whoever works on the case reads it; the question stays open, and is asked anew on the day.
    Raises ``ASK_DAY``."""
    held, _ = _asked(ctx, command.case_id)
    if command.ask_on <= ctx.today:
        raise ASK_DAY(field="until", day=command.ask_on)
    note(ctx, held.case, NoteKind.NOT_ARRIVED, ask_on=command.ask_on)
    return case_answer(held.case, f"stays open; you are asked again on {command.ask_on:%d %b %Y}")


@use_case(NotMine, action="say whether goods arrived")
def not_mine(command: NotMine, ctx: Context) -> Answer:
    """The order's buyer is asked instead, who knows whom it is for."""
    held, _ = _asked(ctx, command.case_id)
    assert held.order is not None
    buyer = held.order.buyer_id
    for case in [held.case, *_about_the_same(ctx.uow, held.case, ARRIVAL_CODES)]:
        before = case.owner_id
        case.pass_on(buyer if buyer != ctx.actor_id else None, at=ctx.at)
        note(ctx, case, NoteKind.NOT_MINE, before_id=before)
    return case_answer(held.case, "goes to the order's buyer")


def _asked(ctx: Context, case_id: str) -> tuple[Held, PurchaseOrderLine]:
    """The open case and its line; only the person named as receiver was asked."""
    held = hold_open(ctx, case_id)
    line = held.lines.get(held.case.purchase_order_line_id or "")
    if line is None or line.receiver_id != ctx.person().id:
        raise NOT_ALLOWED(
            action="answer for the receiver", who="the person named as receiver on the line"
        )
    return held, line


def note(
    ctx: Context,
    case: ExceptionCase,
    said: NoteKind,
    text: str = "",
    *,
    before_id: str | None = None,
    ask_on: date | None = None,
) -> None:
    """Keep what the acting person said."""
    ctx.uow.add(
        CaseNote(
            id=ctx.new_id(),
            case_id=case.id,
            said=said,
            text=text,
            by_id=ctx.actor_id,
            at=ctx.at,
            ask_on=ask_on,
        )
    )
    ctx.record(
        ExceptionNoted(
            subject_id=case.id,
            number=case.number,
            code=case.code,
            said=said,
            text=text,
            owner_id=case.owner_id,
            before_id=before_id,
            quiet=case.quiet(ctx.at),
            ask_on=ask_on,
        )
    )


def missing_of(line: PurchaseOrderLine) -> Decimal:
    """What is billed of an order line and not accepted, as far as it is still to come."""
    return max(min(line.billed - line.accepted, left_of(line)), Decimal(0))


def asked_to(uow: UnitOfWork, case: ExceptionCase) -> str | None:
    """Who is asked whether it arrived: the person named as receiver on the line, while something
    of it is missing and nobody passed it on; about one line of an invoice only once."""
    if case.code not in ARRIVAL_CODES or case.purchase_order_line_id is None:
        return None
    line = uow.get(PurchaseOrderLine, case.purchase_order_line_id)
    if line is None or line.receiver_id is None or not missing_of(line):
        return None
    if uow.count(CaseNote, case_id=case.id, said=NoteKind.NOT_MINE, by_id=line.receiver_id):
        return None
    earlier = ARRIVAL_CODES[: ARRIVAL_CODES.index(case.code)]
    return None if _about_the_same(uow, case, earlier) else line.receiver_id


def _about_the_same(
    uow: UnitOfWork, case: ExceptionCase, codes: Sequence[str]
) -> list[ExceptionCase]:
    """Other open cases of these kinds about the same line of the same invoice."""
    if not codes:
        return []
    found = uow.all(
        ExceptionCase,
        invoice_id=case.invoice_id,
        purchase_order_line_id=case.purchase_order_line_id,
        code=list(codes),
        state=list(OPEN_CASES),
        order="id",
    )
    return [other for other in found if other.id != case.id]
