"""The forms of ``/wopo oncall`` and of an objection to what was approved on call."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from bot.blocks import (
    Block,
    button,
    context,
    date_input,
    divider,
    field,
    modal,
    paragraph,
    safe,
    search,
    section,
    text_input,
)
from bot.ids import Action, Callback, Options
from bot.metadata import MAX_METADATA, Target
from bot.parse import Form
from bot.reader import Reader
from wopo.usecases.on_call import SetOnCall
from wopo.usecases.on_call_reviews import ReviewEmergency
from wopo.usecases.views.on_call import OnCallLine


def build(lines: Sequence[OnCallLine], reader: Reader) -> Block:
    """Who is on call, and the form for the next one."""
    blocks = [_line(line, reader) for line in lines]
    if not lines:
        blocks = [context("Nobody is on call. On call, emergencies are approved at any hour.")]
    return modal(
        Callback.ON_CALL,
        "On call",
        [
            *blocks,
            divider(),
            field("person_id", "Who?", search(Options.PERSON)),
            field("site_id", "Which site?", search(Options.SITE)),
            field("starts", "First day", date_input(reader.today.isoformat())),
            field("ends", "Last day", date_input()),
            field("cap", "Up to, per order", text_input(longest=20), hint="For emergency jobs"),
        ],
        submit="Save",
    )


def _line(line: OnCallLine, reader: Reader) -> Block:
    days = f"{reader.day(line.starts)} to {reader.day(line.ends)}"
    text = f"*{safe(line.person.name)}* · {safe(line.site.name)}\n{days}, {reader.money(line.cap)}"
    return section(text, accessory=button("End", Action.ON_CALL_END, Target(id=line.id)))


def parse(view: dict[str, Any], locale: str) -> SetOnCall:
    """The command, or ``FormError``."""
    form = Form(view["state"]["values"], locale)
    person_id = form.choice("person_id", label="The person", required=True)
    site_id = form.choice("site_id", label="The site", required=True)
    days = {name: form.day(name, label="The day") for name in ("starts", "ends")}
    cap = form.price("cap", label="The cap", required=True)
    for name, day in days.items():
        if day is None:
            form.refuse(name, "Choose a day. Nothing was changed.")
    form.check()
    return SetOnCall(
        person_id=person_id,
        site_id=site_id,
        starts=days["starts"] or date.min,
        ends=days["ends"] or date.min,
        cap=cap or Decimal(0),
    )


def build_objection(target: Target, about: str) -> Block:
    """What is wrong with it."""
    return modal(
        Callback.OBJECT_REVIEW,
        "Object",
        [
            paragraph(about),
            field(
                "note",
                "What is wrong?",
                text_input(multiline=True, longest=900, focus=True),
                hint="Whoever approved it, the buyer and finance read this",
            ),
        ],
        submit="Object",
        metadata=target.pack(MAX_METADATA),
    )


def parse_objection(view: dict[str, Any], locale: str) -> ReviewEmergency:
    """The command, or ``FormError``."""
    form = Form(view["state"]["values"], locale)
    note = form.text("note", label="What is wrong", required=True)
    form.check()
    target = Target.parse(view.get("private_metadata"))
    return ReviewEmergency(review_id=target.id, objects=True, note=note)
