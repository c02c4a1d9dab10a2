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
    tomorrow = reader.today + timedelta(days=1)
    monday = reader.today + timedelta(days=7 - reader.today.weekday())
    days = {"Tomorrow": tomorrow, "Monday": monday}
    if monday == tomorrow:
        del days["Tomorrow"]
    picks = [option(f"{name}, {reader.plain_day(day)}", f"{day}") for name, day in days.items()]
    inputs = [
        paragraph(f"{short(view.number)} {view.title}\n{FOLLOWS}"),
        field("pick", "Until when?", select(picks, initial=picks[0]["value"])),
        field(
            "until",
            "Or until another day",
            date_input(),
            optional=True,
            hint="Counts instead of the one above",
        ),
        field("reason", "Why?", text_input(multiline=True, longest=900), optional=True),
    ]
    target = FormTarget(id=view.id, seen=view.seen)
    return modal(
        Callback.SNOOZE_CASE, "Snooze", inputs, submit="Snooze", metadata=target.pack(MAX_METADATA)
    )


def parse(view: dict[str, Any], locale: str) -> SnoozeCase:
    """The command, or ``FormError``."""
    target = FormTarget.parse(view.get("private_metadata"))
    form = Form(view["state"]["values"], locale)
    picked = form.choice("pick", label="The day", required=True)
    until = form.day("until", label="The day")
    reason = form.text("reason", label="The reason")
    form.check()
    return SnoozeCase(
        case_id=target.id,
        until=until or date.fromisoformat(picked),
        reason=reason,
        acknowledged=acknowledged(view),
    )
