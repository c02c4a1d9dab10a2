"""What was entered on a job and is wrong: hours of labour, and needs that are none."""

from typing import Any

from bot.blocks import Block, field, modal, option, paragraph, select, text_input
from bot.ids import Callback
from bot.metadata import MAX_METADATA, UNREADABLE, Target
from bot.parse import Form
from bot.reader import Reader
from wopo.domain.errors import NOT_FOUND
from wopo.domain.numbers import short
from wopo.usecases.labour import CorrectLabour
from wopo.usecases.views.work_orders import WorkOrderView
from wopo.usecases.work_order_needs import RemoveNeed

NEEDS_OFFERED = 100


class EntryTarget(Target):
    """A labour entry and, as ``id``, its job."""

    entry: str


def build_labour(view: WorkOrderView, entry_id: str, reader: Reader) -> Block:
    """The right hours in place of the wrong ones. Raises ``NOT_FOUND`` for an entry that is not
    among the job's newest."""
    entry = next((one for one in view.labour if one.id == entry_id), None)
    if entry is None:
        raise NOT_FOUND(kind="labour entry", wanted=entry_id, nearest="")
    said = f"{entry.person.name}, {reader.day(entry.day)}: {reader.number(entry.hours)} h"
    hint = "Leave empty to take the hours back altogether"
    blocks = [
        paragraph(f"{short(view.number)} {view.title}"),
        paragraph(said),
        field("hours", "Right hours", text_input(focus=True), optional=True, hint=hint),
        field("note", "Why?", text_input(longest=300), optional=True),
    ]
    metadata = EntryTarget(id=view.id, entry=entry.id).pack(MAX_METADATA)
    return modal(
        Callback.CORRECT_LABOUR, "Correct hours", blocks, submit="Correct", metadata=metadata
    )


def parse_labour(view: dict[str, Any], locale: str) -> CorrectLabour:
    """The command, or ``FormError``."""
    target = EntryTarget.parse(view.get("private_metadata"))
    form = Form(view["state"]["values"], locale)
    hours = form.hours("hours", label="Hours")
    form.check()
    given = {} if hours is None else {"hours": hours}
    return CorrectLabour(labour_entry_id=target.entry, note=form.text("note"), **given)


def build_strike(view: WorkOrderView) -> Block:
    """Which need is none. Raises ``UNREADABLE`` where the job has no need any more."""
    if not view.needs:
        raise UNREADABLE()
    needs = [
        option(f"{need.kind.value}: {need.text}", need.id) for need in view.needs[:NEEDS_OFFERED]
    ]
    blocks = [
        paragraph(f"{short(view.number)} {view.title}"),
        field("need_id", "What is not needed?", select(needs)),
    ]
    metadata = Target(id=view.id).pack(MAX_METADATA)
    return modal(Callback.STRIKE_NEED, "Strike out", blocks, submit="Strike out", metadata=metadata)


def parse_strike(view: dict[str, Any], locale: str) -> RemoveNeed:
    """The command, or ``FormError``."""
    form = Form(view["state"]["values"], locale)
    need = form.choice("need_id", label="The need", required=True)
    form.check()
    return RemoveNeed(need_id=need)
