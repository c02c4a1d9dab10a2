"""Putting an exception off: until tomorrow, Monday or a day."""

from datetime import date, timedelta
from typing import Any

from bot.answers import acknowledged
from bot.blocks import (
    Block,
    date_input,
    field,
    modal,
    option,
    paragraph,
    select,
    text_input,
)
from bot.ids import Callback
from bot.metadata import MAX_METADATA, FormTarget
from bot.parse import Form
from bot.reader import Reader
from wopo.domain.numbers import short
from wopo.usecases.case_snoozes import SnoozeCase
from wopo.usecases.views.exception_cards import CaseView

FOLLOWS = (
    "It comes back by itself. Until then nobody is reminded of it and it is in no inbox; it stays "
    "due as it is, and in every digest."
)


def build(view: CaseView, reader: Reader) -> Block:
    """One pick is enough; a day of one's own counts before it."""
    inputs = [
        paragraph(f"{short(view.number)} {view.title}\n{FOLLOWS}"),
        *day_inputs(reader, "Until when?", "Or until another day"),
        field("reason", "Why?", text_input(multiline=True, longest=900), optional=True),
    ]
    target = FormTarget(id=view.id, seen=view.seen)
    return modal(
        Callback.SNOOZE_CASE, "Snooze", inputs, submit="Snooze", metadata=target.pack(MAX_METADATA)
    )


def day_inputs(reader: Reader, label: str, other: str) -> list[Block]:
    """Tomorrow, Monday, or a day of one's own (``until``), which counts before the ``pick``."""
    tomorrow = reader.today + timedelta(days=1)
    monday = reader.today + timedelta(days=7 - reader.today.weekday())
    days = {"Tomorrow": tomorrow, "Monday": monday}
    if monday == tomorrow:
        del days["Tomorrow"]
    picks = [option(f"{name}, {reader.plain_day(day)}", f"{day}") for name, day in days.items()]
    hint = "Counts instead of the one above"
    return [
        field("pick", label, select(picks, initial=picks[0]["value"])),
        field("until", other, date_input(), optional=True, hint=hint),
    ]


def parse_day(form: Form) -> date | None:
    """The chosen day; none when the form has errors."""
    picked = form.choice("pick", label="The day", required=True)
    until = form.day("until", label="The day")
    return until or (date.fromisoformat(picked) if picked else None)


def parse(view: dict[str, Any], locale: str) -> SnoozeCase:
    """The command, or ``FormError``."""
    target = FormTarget.parse(view.get("private_metadata"))
    form = Form(view["state"]["values"], locale)
    until = parse_day(form)
    reason = form.text("reason", label="The reason")
    form.check()
    assert until is not None
    return SnoozeCase(
        case_id=target.id,
        until=until,
        reason=reason,
        acknowledged=acknowledged(view),
    )
