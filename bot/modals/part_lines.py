"""A job's parts as a screen, giving parts back, asking for more or less, and taking a need back."""

from typing import Any

from bot.blocks import Block, field, modal, paragraph, search, text_input
from bot.cards.parts import list_blocks
from bot.ids import Callback, Options
from bot.metadata import MAX_METADATA, Carried, Target
from bot.parse import Form
from bot.reader import Reader
from wopo.domain.numbers import short
from wopo.usecases.part_request_changes import CancelPartLine, ChangePartLine
from wopo.usecases.stock_issues import ReturnParts
from wopo.usecases.views.names import Ref
from wopo.usecases.views.part_requests import JobPartsView, PartLineView


class LineTarget(Carried):
    """A need and its job."""

    id: str
    job: str


def build_list(view: JobPartsView, reader: Reader) -> Block:
    """Every need of the job with where it stands."""
    return modal(
        Callback.PART_LINES,
        f"Parts of {short(view.job.name)}",
        [paragraph(view.title), *list_blocks(view, reader)],
        metadata=Target(id=view.job.id).pack(MAX_METADATA),
    )


def _about(job: Ref, line: PartLineView, reader: Reader) -> Block:
    much = f"{reader.number(line.quantity)} {line.unit} {line.description}"
    return paragraph(f"{much} · {short(job.name)} · {line.text}")


def build_return(job: Ref, line: PartLineView, reader: Reader) -> Block:
    """How much goes back into stock; all of it, unless said otherwise."""
    return modal(
        Callback.RETURN_PART,
        "Give back",
        [
            _about(job, line, reader),
            field("quantity", "How many?", text_input(initial=reader.number(line.issued))),
            field(
                "location_id",
                "Where to?",
                search(Options.STORE),
                optional=True,
                hint="Leave empty for where it came from",
            ),
        ],
        submit="Give back",
        metadata=LineTarget(id=line.id, job=job.id).pack(MAX_METADATA),
    )


def parse_return(view: dict[str, Any], locale: str) -> ReturnParts:
    """The command, or ``FormError``."""
    target = LineTarget.parse(view.get("private_metadata"))
    form = Form(view["state"]["values"], locale)
    quantity = form.quantity("quantity", label="The quantity")
    form.check()
    assert quantity is not None
    place = form.choice("location_id") or None
    return ReturnParts(line_id=target.id, quantity=quantity, location_id=place)


def build_change(job: Ref, line: PartLineView, reader: Reader) -> Block:
    """How many are needed in all."""
    much = text_input(initial=reader.number(line.quantity), longest=40, focus=True)
    hint = f"In {line.unit}. More goes the way of a new request; less is taken off what waits"
    return modal(
        Callback.CHANGE_PART_LINE,
        "Change quantity",
        [_about(job, line, reader), field("quantity", "How many in all?", much, hint=hint)],
        submit="Change",
        metadata=LineTarget(id=line.id, job=job.id).pack(MAX_METADATA),
    )


def parse_change(view: dict[str, Any], locale: str) -> ChangePartLine:
    """The command, or ``FormError``."""
    target = LineTarget.parse(view.get("private_metadata"))
    form = Form(view["state"]["values"], locale)
    quantity = form.quantity("quantity", label="The quantity")
    form.check()
    assert quantity is not None
    return ChangePartLine(line_id=target.id, quantity=quantity)


def build_cancel(job: Ref, line: PartLineView, reader: Reader) -> Block:
    """Why it is not needed any more."""
    return modal(
        Callback.CANCEL_PART_LINE,
        "Not needed",
        [
            _about(job, line, reader),
            field("reason", "Why?", text_input(longest=300, focus=True), optional=True),
        ],
        submit="Take it back",
        metadata=LineTarget(id=line.id, job=job.id).pack(MAX_METADATA),
    )


def parse_cancel(view: dict[str, Any], locale: str) -> CancelPartLine:
    """The command."""
    target = LineTarget.parse(view.get("private_metadata"))
    form = Form(view["state"]["values"], locale)
    return CancelPartLine(line_id=target.id, reason=form.text("reason"))
