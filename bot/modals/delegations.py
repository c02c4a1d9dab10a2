"""The form of ``/wopo delegate``: who decides for me, from when to when."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.blocks import (
    Block,
    button,
    context,
    date_input,
    divider,
    field,
    modal,
    safe,
    search,
    section,
    text_input,
)
from bot.ids import Action, Callback, Options
from bot.metadata import Target
from bot.parse import Form
from bot.reader import Reader
from wopo.usecases.delegations import Delegate
from wopo.usecases.views.delegations import DelegationLine


def build(lines: Sequence[DelegationLine], reader: Reader) -> Block:
    """What stands, each with a way to end it, and the form for another."""
    blocks = [_line(line, reader) for line in lines]
    if not lines:
        blocks = [context("While you are away, somebody else decides about orders for you.")]
    today = reader.today.isoformat()
    return modal(
        Callback.DELEGATE,
        "Stand-in",
        [
            *blocks,
            divider(),
            field("to_id", "Who decides for you?", search(Options.PERSON)),
            field("starts", "First day", date_input(today)),
            field("ends", "Last day", date_input()),
            field(
                "reason",
                "Why?",
                text_input(longest=200),
                optional=True,
                hint="Your stand-in never decides about what they asked for",
            ),
        ],
        submit="Save",
    )


def _line(line: DelegationLine, reader: Reader) -> Block:
    me = reader.me.id if reader.me else ""
    to = "You decide" if line.to.id == me else f"*{safe(line.to.name)}* decides"
    principal = "you" if line.principal.id == me else f"*{safe(line.principal.name)}*"
    days = f"{reader.day(line.starts)} to {reader.day(line.ends)}"
    why = f"\n{safe(line.reason)}" if line.reason else ""
    end = button("End", Action.DELEGATION_END, Target(id=line.id))
    return section(f"{to} for {principal}\n{days}{why}", accessory=end)


def parse(view: dict[str, Any], locale: str) -> Delegate:
    """The command, or ``FormError``."""
    form = Form(view["state"]["values"], locale)
    to_id = form.choice("to_id", label="The stand-in", required=True)
    starts = form.day("starts", label="The first day")
    ends = form.day("ends", label="The last day")
    reason = form.text("reason")
    for name, day in (("starts", starts), ("ends", ends)):
        if day is None:
            form.refuse(name, "Choose a day. Nothing was changed.")
    form.check()
    return Delegate(to_id=to_id, starts=starts or date.min, ends=ends or date.min, reason=reason)
