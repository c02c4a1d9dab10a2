"""Rejecting an order, asking about it, and answering what was asked."""

from collections.abc import Sequence
from typing import Any

from bot.blocks import Block, field, modal, option, paragraph, select, text_input
from bot.ids import Callback
from bot.metadata import MAX_METADATA, Target
from bot.parse import Form
from wopo.usecases.approval_passing import ReassignApproval
from wopo.usecases.approval_questions import AnswerQuestion, AskAboutOrder
from wopo.usecases.approvals import RejectOrder

OTHER = "other"
_REASONS = [
    option("Too expensive", "Too expensive"),
    option("Not needed", "Not needed"),
    option("Take it from stock or another site", "Take it from stock or another site"),
    option("Use the contract vendor", "Use the contract vendor"),
    option("No budget", "No budget"),
    option("Another reason", OTHER),
]
_QUESTIONS = [
    option("Why this vendor?", "Why this vendor?"),
    option("Why this price?", "Why this price?"),
    option("Is it needed now?", "Is it needed now?"),
    option("Is nothing left in stock?", "Is nothing left in stock?"),
    option("Another question", OTHER),
]


def build_reject(target: Target, about: str) -> Block:
    """Why not: picked, with words where it is something else."""
    return modal(
        Callback.REJECT_ORDER,
        "Reject order",
        [
            paragraph(about),
            field("pick", "Why?", select(_REASONS, initial=_REASONS[0]["value"])),
            field(
                "reason",
                "In your words",
                text_input(multiline=True, longest=900),
                optional=True,
                hint="Whoever asked reads this",
            ),
        ],
        submit="Reject",
        metadata=target.pack(MAX_METADATA),
    )


def build_ask(target: Target, about: str) -> Block:
    """What to know before deciding."""
    return modal(
        Callback.ASK_ABOUT_ORDER,
        "Ask about order",
        [
            paragraph(about),
            field("pick", "What do you want to know?", select(_QUESTIONS, initial=OTHER)),
            field(
                "question",
                "In your words",
                text_input(multiline=True, longest=900, focus=True),
                optional=True,
                hint="The decision waits until it is answered",
            ),
        ],
        submit="Ask",
        metadata=target.pack(MAX_METADATA),
    )


def build_answer(target: Target, about: str, question: str) -> Block:
    """The answer; the same decision is asked for again with it."""
    return modal(
        Callback.ANSWER_QUESTION,
        "Answer",
        [
            paragraph(about),
            paragraph(question),
            field("answer", "Your answer", text_input(multiline=True, longest=900, focus=True)),
        ],
        submit="Answer",
        metadata=target.pack(MAX_METADATA),
    )


def build_hand_on(target: Target, about: str, people: Sequence[tuple[str, str]]) -> Block:
    """Who shall decide instead; only those who could."""
    return modal(
        Callback.HAND_ON_DECISION,
        "Hand on decision",
        [
            paragraph(about),
            field("person_id", "To whom?", select([option(name, id) for id, name in people])),
            field(
                "reason",
                "Why?",
                text_input(longest=900),
                optional=True,
                hint="They read it on the order's card",
            ),
        ],
        submit="Hand on",
        metadata=target.pack(MAX_METADATA),
    )


def parse_hand_on(view: dict[str, Any], locale: str) -> ReassignApproval:
    """The command, or ``FormError``."""
    target = Target.parse(view.get("private_metadata"))
    form = Form(view["state"]["values"], locale)
    person = form.choice("person_id", label="The person", required=True)
    reason = form.text("reason")
    form.check()
    return ReassignApproval(
        approval_id=target.id, revision=target.rev, person_id=person, reason=reason
    )


def _said(form: Form, name: str, label: str) -> str:
    picked = form.choice("pick", label=label, required=True)
    written = form.text(name, label=label, required=picked == OTHER)
    form.check()
    return written if picked == OTHER else ". ".join(part for part in (picked, written) if part)


def parse_reject(view: dict[str, Any], locale: str) -> RejectOrder:
    """The command, or ``FormError``."""
    target = Target.parse(view.get("private_metadata"))
    reason = _said(Form(view["state"]["values"], locale), "reason", "The reason")
    return RejectOrder(approval_id=target.id, revision=target.rev, reason=reason)


def parse_ask(view: dict[str, Any], locale: str) -> AskAboutOrder:
    """The command, or ``FormError``."""
    target = Target.parse(view.get("private_metadata"))
    question = _said(Form(view["state"]["values"], locale), "question", "The question")
    return AskAboutOrder(approval_id=target.id, revision=target.rev, question=question)


def parse_answer(view: dict[str, Any], locale: str) -> AnswerQuestion:
    """The command, or ``FormError``."""
    target = Target.parse(view.get("private_metadata"))
    form = Form(view["state"]["values"], locale)
    answer = form.text("answer", label="The answer", required=True)
    form.check()
    return AnswerQuestion(approval_id=target.id, answer=answer)
