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
    option,
    safe,
    search,
    section,
    text_input,
)
from bot.ids import Action, Callback, Options
from bot.metadata import Target
from bot.parse import Form
from bot.reader import Reader
from wopo.usecases.absences import AllowAbsence
from wopo.usecases.delegations import Delegate
from wopo.usecases.views.delegations import DelegationLine
from wopo.usecases.views.names import Ref


def build(lines: Sequence[DelegationLine], away: Ref | None, reader: Reader) -> Block:
    """What stands, each with a way to end it, and the form for another; ``away``: who decides
    while Slack says so."""
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
            _away(away),
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


def _away(away: Ref | None) -> Block:
    said = f"*{safe(away.name)}* decides for you" if away else "Nobody decides for you"
    change = button("Change", Action.ABSENCE, "absence")
    return section(
        f"{said} while your Slack status or Do Not Disturb says you are away", accessory=change
    )


def build_away(away: Ref | None) -> Block:
    """Who decides while the status or Do Not Disturb says so; nobody: neither is looked at."""
    initial = option(away.name, away.id) if away else None
    return modal(
        Callback.ABSENCE,
        "When I am away",
        [
            field(
                "away_to_id",
                "Who decides then?",
                search(Options.PERSON, initial=initial),
                optional=True,
                hint="Vacation, sick, out of office, or Do Not Disturb for a whole working day; "
                "14 days at most",
            )
        ],
        submit="Save",
    )


def parse_away(view: dict[str, Any], locale: str) -> AllowAbsence:
    """The command."""
    return AllowAbsence(to_id=Form(view["state"]["values"], locale).choice("away_to_id"))


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
