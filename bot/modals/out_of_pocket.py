"""Declaring what one paid for a job, and rejecting it with a reason."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from bot.answers import acknowledged
from bot.blocks import (
    Block,
    context,
    cut,
    date_input,
    field,
    modal,
    option,
    paragraph,
    photos,
    safe,
    search,
    select,
    text_input,
)
from bot.ids import Callback, Options
from bot.metadata import MAX_METADATA, Carried, Target
from bot.modals.work_requests import file_facts
from bot.parse import Form
from bot.reader import Reader
from wopo.domain.money import Money
from wopo.domain.numbers import short
from wopo.usecases.out_of_pocket import DeclareOutOfPocket
from wopo.usecases.out_of_pocket_decisions import RejectOutOfPocket
from wopo.usecases.views.names import Ref

_REJECTIONS = (
    "It was not for this job",
    "The vendor would have had it",
    "It was not needed",
    "The receipt can't be read",
)


class PocketTarget(Carried):
    """The job, and the need of it that was bought (empty: none of those that were asked for)."""

    id: str
    line: str = ""


def build(
    job: tuple[str, str, str],
    reasons: Sequence[str],
    allowed: Money,
    reader: Reader,
    need: Ref | None = None,
) -> Block:
    """Seven inputs, of which four may stay as they are. ``job``: id, number, title. For a ``need``
    that was asked for, part and quantity are its own."""
    job_id, number, title = job
    what = cut(need.name, 150) if need else ""
    known = [] if need else _part_inputs()
    limit = safe(allowed.format(reader.locale))
    return modal(
        Callback.OUT_OF_POCKET,
        "Paid from my pocket",
        [
            paragraph(f"For {short(number)} {title}"),
            field(
                "amount",
                "How much did you pay?",
                text_input(longest=30, placeholder="40"),
                hint="The total on the receipt, with tax",
            ),
            field("description", "What, and where?", text_input(longest=150, initial=what)),
            *known,
            field(
                "bought_on",
                "Bought on",
                date_input(reader.today.isoformat()),
                optional=True,
            ),
            field("reason", "Why not on an order?", select([_option(text) for text in reasons])),
            photos(label="Photo of the receipt") | {"optional": False},
            context(
                "*What happens next:* somebody with the authority decides, then finance pays it "
                f"back. For more than {limit} better get a number first: `/po counter`"
            ),
        ],
        submit="Send",
        metadata=PocketTarget(id=job_id, line=need.id if need else "").pack(MAX_METADATA),
    )


def _part_inputs() -> list[Block]:
    part = search(Options.PART, placeholder="Type a name or number") | {"min_query_length": 1}
    return [
        field("part_id", "Is it a part we know?", part, optional=True),
        field("quantity", "How many of it?", text_input(initial="1", longest=20)),
    ]


def _option(text: str) -> Block:
    return option(text, text[:75])


def parse(view: dict[str, Any], locale: str, currency: str) -> DeclareOutOfPocket:
    """The command, or ``FormError``; the amount is read in the cost centre's currency."""
    target = PocketTarget.parse(view.get("private_metadata"))
    form = Form(view["state"]["values"], locale)
    amount = form.money("amount", currency, label="The amount", required=True)
    what = form.text("description", label="What was bought", required=True)
    quantity = None if target.line else form.quantity("quantity", label="The quantity")
    bought_on = form.day("bought_on", label="The day")
    reason = form.choice("reason", label="The reason", required=True)
    files = tuple(file_facts(file) for file in form.files("files"))
    form.check()
    return DeclareOutOfPocket(
        work_order_id=target.id,
        amount=amount.amount if amount is not None else Decimal(0),
        currency=amount.currency if amount is not None else "",
        description=what,
        part_id=form.choice("part_id") or None,
        line_id=target.line or None,
        quantity=quantity or Decimal(1),
        reason=reason,
        bought_on=bought_on,
        files=files,
        acknowledged=acknowledged(view),
    )


def build_reject(target: Target, about: str) -> Block:
    """Why not: picked, with words where it is something else."""
    reasons = [_option(text) for text in _REJECTIONS]
    return modal(
        Callback.REJECT_POCKET,
        "Not paid back",
        [
            paragraph(about),
            field("pick", "Why?", select(reasons, initial=_REJECTIONS[0])),
            field("reason", "In your words", text_input(longest=400), optional=True),
        ],
        submit="Reject",
        metadata=target.pack(MAX_METADATA),
    )


def parse_reject(view: dict[str, Any], locale: str) -> RejectOutOfPocket:
    """The command; the words typed win over the reason picked."""
    target = Target.parse(view.get("private_metadata"))
    form = Form(view["state"]["values"], locale)
    reason = form.text("reason") or form.choice("pick")
    return RejectOutOfPocket(purchase_id=target.id, reason=reason)
