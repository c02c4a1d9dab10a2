"""When to ask again whether something arrived."""

from typing import Any

from bot.answers import acknowledged
from bot.blocks import Block, modal, paragraph
from bot.ids import Callback
from bot.metadata import MAX_METADATA, FormTarget
from bot.modals.case_snoozes import day_inputs, parse_day
from bot.parse import Form
from bot.reader import Reader
from wopo.domain.numbers import short
from wopo.usecases.case_answers import NotYetArrived
from wopo.usecases.views.arrivals import ArrivalView


def build(view: ArrivalView, reader: Reader) -> Block:
    """One tap more is enough."""
    much = f"{reader.number(view.missing)} {view.unit} {view.description}"
    inputs = [
        paragraph(f"{much}\n{short(view.order_number)} · {view.vendor}"),
        *day_inputs(reader, "When shall I ask again?", "Or on another day"),
    ]
    target = FormTarget(id=view.case_id)
    return modal(
        Callback.NOT_YET, "Not yet", inputs, submit="Ask again", metadata=target.pack(MAX_METADATA)
    )


def parse(view: dict[str, Any], locale: str) -> NotYetArrived:
    """The command, or ``FormError``."""
    target = FormTarget.parse(view.get("private_metadata"))
    form = Form(view["state"]["values"], locale)
    day = parse_day(form)
    form.check()
    assert day is not None
    return NotYetArrived(case_id=target.id, ask_on=day, acknowledged=acknowledged(view))
