"""Answers to an exception: the reason, picked or written."""

from typing import Any

from bot.answers import acknowledged
from bot.blocks import (
    Block,
    context,
    field,
    modal,
    option,
    paragraph,
    safe,
    search,
    select,
    text_input,
)
from bot.ids import Callback, Options
from bot.letters import LONGEST
from bot.metadata import MAX_METADATA, FormTarget
from bot.parse import Form
from wopo.domain.errors import Refusal
from wopo.domain.exception_kinds import Cure
from wopo.domain.matching import MatchCode
from wopo.domain.numbers import short
from wopo.usecases.case_answers import AskCredit
from wopo.usecases.exception_cases import (
    AcceptCase,
    AcknowledgeCase,
    AssignCase,
    DisputeCase,
    NotADuplicate,
    ReopenCase,
)
from wopo.usecases.payables import RejectInvoice
from wopo.usecases.views.exception_cards import CaseView

OWN_WORDS = "own_words"
CHANGED = Refusal(
    "bot.case_changed",
    "{number} is another difference now: {told} Nothing was changed; look at its card again.",
)
Answered = AcceptCase | DisputeCase | AcknowledgeCase | NotADuplicate | RejectInvoice

_FORMS: dict[Cure, tuple[str, str, str, tuple[str, ...]]] = {
    Cure.ACCEPT: (
        "Accept the difference",
        "Accept",
        "The invoice may be paid with this difference. When it grows, the exception opens again.",
        ("Agreed with the vendor", "The order was out of date", "Too small to pursue"),
    ),
    Cure.DISPUTE: (
        "Dispute the invoice",
        "Dispute",
        "The invoice stays on hold until the vendor answers.",
        ("Not what was agreed", "Not delivered", "Goods were rejected", "Charged twice"),
    ),
    Cure.NOT_DUPLICATE: (
        "Not a duplicate",
        "It is another one",
        "It is judged again without the invoice that it looks like.",
        ("Another delivery", "Another month", "The vendor confirmed both"),
    ),
    Cure.ACKNOWLEDGE: (
        "Acknowledge",
        "Acknowledge",
        "Nothing else needs to be done; it is kept with the reason.",
        ("Seen, nothing to do", "Settled with the vendor", "Talked about with the team"),
    ),
    Cure.REJECT_INVOICE: (
        "Reject invoice",
        "Reject",
        "The invoice will not be paid, and all its exceptions end with it.",
        ("The vendor sends a new one", "Entered twice", "Not ours"),
    ),
}


_C = MatchCode
_LIKELY: dict[Cure, dict[str, str]] = {
    Cure.DISPUTE: {
        _C.NOT_RECEIVED: "Not delivered",
        _C.QTY_OVER_RECEIVED: "Not delivered",
        _C.QTY_OVER_ACCEPTED: "Goods were rejected",
        _C.DUPLICATE_INVOICE: "Charged twice",
        _C.POSSIBLE_DUPLICATE: "Charged twice",
    },
    Cure.REJECT_INVOICE: {
        _C.DUPLICATE_INVOICE: "Entered twice",
        _C.POSSIBLE_DUPLICATE: "Entered twice",
        _C.NO_PO: "Not ours",
        _C.VENDOR_MISMATCH: "Not ours",
    },
}
"""What is chosen at first where the kind tells, so that a quick tap keeps no wrong reason."""


class CaseTarget(FormTarget):
    """The case, the way out, and its invoice where the answer is about that."""

    cure: Cure = Cure.ACKNOWLEDGE
    invoice_id: str = ""


def build(view: CaseView, cure: Cure, *, pays_rest: bool = False) -> Block:
    """What follows from the answer, and why it is given: one pick is enough. ``pays_rest``: the
    policy lets what is not in dispute be paid."""
    title, submit, follows, reasons = _FORMS[cure]
    if pays_rest:
        follows = "Only the disputed part is held back until the vendor answers."
    likely = _LIKELY.get(cure, {}).get(view.code, reasons[0])
    picks = [option(reason, reason) for reason in reasons]
    picks.append(option("In my own words", OWN_WORDS))
    target = CaseTarget(
        id=view.id,
        seen=view.seen,
        cure=cure,
        invoice_id=view.invoice.id if view.invoice else "",
    )
    inputs = [
        _about(view),
        field("pick", "Why?", select(picks, initial=likely)),
        field("reason", "In your words", text_input(multiline=True, longest=900), optional=True),
        context(follows),
    ]
    return modal(
        Callback.DECIDE_CASE, title, inputs, submit=submit, metadata=target.pack(MAX_METADATA)
    )


def _about(view: CaseView) -> Block:
    return paragraph(f"{short(view.number)} {view.title}\n{view.told}")


def build_assign(view: CaseView) -> Block:
    """Who takes care of it from now on."""
    inputs = [
        _about(view),
        field(
            "person_id",
            "Who takes care of it?",
            search(Options.PERSON, placeholder="Name"),
            hint="Somebody of finance or buying, a receiver or a supervisor",
        ),
    ]
    target = CaseTarget(id=view.id, seen=view.seen)
    return modal(
        Callback.ASSIGN_CASE,
        "Give to somebody",
        inputs,
        submit="Give",
        metadata=target.pack(MAX_METADATA),
    )


def parse_assign(view: dict[str, Any], locale: str) -> AssignCase:
    """The command, or ``FormError``."""
    target = CaseTarget.parse(view.get("private_metadata"))
    form = Form(view["state"]["values"], locale)
    person = form.choice("person_id", label="The person", required=True)
    form.check()
    return AssignCase(case_id=target.id, person_id=person, acknowledged=acknowledged(view))


def build_reopen(view: CaseView, ended: str) -> Block:
    """Why the decision is taken back."""
    inputs = [
        _about(view),
        context(safe(ended)),
        field(
            "reason",
            "Why is it open again?",
            text_input(multiline=True, longest=900, focus=True),
            hint="The invoice is on hold until it is answered anew",
        ),
    ]
    target = CaseTarget(id=view.id, seen=view.seen)
    return modal(
        Callback.REOPEN_CASE,
        "Reopen",
        inputs,
        submit="Reopen",
        metadata=target.pack(MAX_METADATA),
    )


def parse_reopen(view: dict[str, Any], locale: str) -> ReopenCase:
    """The command, or ``FormError``."""
    target = CaseTarget.parse(view.get("private_metadata"))
    form = Form(view["state"]["values"], locale)
    reason = form.text("reason", label="The reason", required=True)
    form.check()
    return ReopenCase(case_id=target.id, reason=reason, acknowledged=acknowledged(view))


def build_letter(view: CaseView, letter: str) -> Block:
    """The letter as it would be sent."""
    inputs = [
        _about(view),
        field(
            "letter",
            "Letter to the vendor",
            text_input(initial=letter, multiline=True, longest=LONGEST),
            hint="You get it as a message to forward; it is kept with the exception",
        ),
    ]
    target = CaseTarget(id=view.id, seen=view.seen)
    return modal(
        Callback.ASK_CREDIT,
        "Ask for credit note",
        inputs,
        submit="Keep as asked",
        metadata=target.pack(MAX_METADATA),
    )


def parse_letter(view: dict[str, Any], locale: str) -> AskCredit:
    """The command, or ``FormError``."""
    target = CaseTarget.parse(view.get("private_metadata"))
    form = Form(view["state"]["values"], locale)
    letter = form.text("letter", label="The letter", required=True)
    form.check()
    return AskCredit(case_id=target.id, letter=letter, acknowledged=acknowledged(view))


def parse(view: dict[str, Any], locale: str) -> Answered:
    """The command, or ``FormError``: own words need words."""
    target = CaseTarget.parse(view.get("private_metadata"))
    form = Form(view["state"]["values"], locale)
    picked = form.choice("pick", label="The reason", required=True)
    written = form.text("reason", label="The reason", required=picked == OWN_WORDS)
    form.check()
    reason = written if picked == OWN_WORDS else ". ".join(p for p in (picked, written) if p)
    yes = acknowledged(view)
    match target.cure:
        case Cure.ACCEPT:
            return AcceptCase(case_id=target.id, reason=reason, acknowledged=yes)
        case Cure.DISPUTE:
            return DisputeCase(case_id=target.id, reason=reason, acknowledged=yes)
        case Cure.NOT_DUPLICATE:
            return NotADuplicate(case_id=target.id, reason=reason, acknowledged=yes)
        case Cure.REJECT_INVOICE:
            return RejectInvoice(invoice_id=target.invoice_id, reason=reason, acknowledged=yes)
        case _:
            return AcknowledgeCase(case_id=target.id, reason=reason, acknowledged=yes)
