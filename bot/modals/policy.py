"""Asking the purchasing policy about a line that somebody thinks of."""

from decimal import Decimal
from typing import Any

from bot.blocks import Block, context, field, modal, search, text_input
from bot.cards.policy import line_blocks
from bot.ids import Callback, Options
from bot.modals.parts import own_words
from bot.parse import Form
from bot.reader import Reader
from wopo.usecases.views.policy_explained import ExplainedLine, Question

TITLE = "Is an order needed?"


def build() -> Block:
    """Every input may stay empty but the thing itself."""
    return modal(
        Callback.POLICY_QUESTION,
        TITLE,
        [
            field("part_id", "Which part?", search(Options.PART), optional=True),
            *own_words(),
            field("quantity", "How many?", text_input(longest=30, initial="1")),
            field(
                "amount",
                "What does it cost?",
                text_input(longest=30),
                optional=True,
                hint="In all, without tax; leave empty for the price that wopo knows",
            ),
            field("work_order_id", "For which job?", search(Options.JOB), optional=True),
        ],
        submit="Ask",
    )


def parse(view: dict[str, Any], locale: str, currency: str) -> Question:
    """The question, or ``FormError``."""
    form = Form(view["state"]["values"], locale)
    part, text = form.choice("part_id"), form.text("description")
    much = form.quantity("quantity", label="The quantity")
    amount = form.money("amount", currency, label="The amount")
    if not part and not text:
        form.refuse("part_id", "Choose a part, or write what is needed.")
    form.check()
    return Question(
        part_id=part,
        description=text,
        service=bool(form.choices("service")),
        quantity=much if much is not None else Decimal(1),
        amount=amount.amount if amount is not None else None,
        work_order_id=form.choice("work_order_id"),
    )


def build_answer(view: ExplainedLine, reader: Reader) -> Block:
    """The answer in place of the form."""
    said = context(f"As {view.policy} says today.")
    return modal(Callback.NOTICE, TITLE, [*line_blocks(view, reader), said])
