"""The small forms of a job: assign, give back, hold, complete, cancel, hours, needs."""

from decimal import Decimal
from typing import Any

from bot.answers import acknowledged
from bot.blocks import (
    Block,
    context,
    date_input,
    field,
    modal,
    option,
    paragraph,
    safe,
    search,
    select,
    text_input,
)
from bot.ids import Callback, Options
from bot.metadata import MAX_METADATA, Target
from bot.parse import Form
from bot.reader import Reader
from wopo.domain.numbers import short
from wopo.domain.work_orders import AssigneeKind, HoldReason, NeedKind
from wopo.domain.workflow import words
from wopo.usecases.labour import EnterLabour
from wopo.usecases.views.work_orders import WorkOrderView
from wopo.usecases.work_order_assignment import AssignWorkOrder, ReleaseJob
from wopo.usecases.work_order_finish import FinishWork
from wopo.usecases.work_order_moves import CancelWorkOrder, HoldWork
from wopo.usecases.work_order_needs import AddNeed

State = dict[str, Any]


def _form(
    callback: Callback, title: str, view: WorkOrderView, inputs: list[Block], *, submit: str
) -> Block:
    about = paragraph(f"{short(view.number)} {view.title}")
    metadata = Target(id=view.id, rev=view.version).pack(MAX_METADATA)
    return modal(callback, title, [about, *inputs], submit=submit, metadata=metadata)


def _read(view: State, locale: str) -> tuple[Target, Form]:
    return Target.parse(view.get("private_metadata")), Form(view["state"]["values"], locale)


def build_assign(view: WorkOrderView) -> Block:
    """To whom: people, teams and contractors in one search."""
    inputs = [
        field("assignee_id", "Who does it?", search(Options.ASSIGNEE)),
        field(
            "override_reason",
            "Why without a contract?",
            text_input(longest=500),
            optional=True,
            hint="Only for a contractor without a contract and rates on the job's day",
        ),
    ]
    return _form(Callback.ASSIGN_JOB, "Assign", view, inputs, submit="Assign")


def parse_assign(view: State, locale: str) -> AssignWorkOrder:
    """The command, or ``FormError``."""
    target, form = _read(view, locale)
    chosen = form.choice("assignee_id", label="Who does it", required=True)
    form.check()
    kind, _, assignee_id = chosen.partition(":")
    return AssignWorkOrder(
        work_order_id=target.id,
        kind=AssigneeKind(kind),
        assignee_id=assignee_id,
        override_reason=form.text("override_reason"),
        acknowledged=acknowledged(view),
    )


def build_release(view: WorkOrderView) -> Block:
    """Why a job goes back into the queue."""
    inputs = [field("reason", "Why?", text_input(multiline=True, longest=500), optional=True)]
    return _form(Callback.RELEASE_JOB, "Give back", view, inputs, submit="Give back")


def parse_release(view: State, locale: str) -> ReleaseJob:
    """The command."""
    target, form = _read(view, locale)
    return ReleaseJob(work_order_id=target.id, reason=form.text("reason"))


def build_hold(view: WorkOrderView) -> Block:
    """What the job waits for: picked, with a note where it is something else."""
    reasons = [option(words(reason.value).capitalize(), reason.value) for reason in HoldReason]
    first = HoldReason.WAITING_FOR_PARTS if view.waiting_for_parts else None
    inputs = [
        field("reason", "What does it wait for?", select(reasons, initial=first)),
        field("note", "Note", text_input(longest=200), optional=True),
    ]
    return _form(Callback.HOLD_JOB, "Put on hold", view, inputs, submit="Hold")


def parse_hold(view: State, locale: str) -> HoldWork:
    """The command, or ``FormError``."""
    target, form = _read(view, locale)
    reason = form.choice("reason", label="The reason", required=True)
    form.check()
    return HoldWork(work_order_id=target.id, reason=HoldReason(reason), note=form.text("note"))


def build_complete(view: WorkOrderView, reader: Reader) -> Block:
    """What was done, and the hours in the same form."""
    inputs = [
        field(
            "note",
            "What was done?",
            text_input(multiline=True, longest=2000, focus=True),
            optional=True,
        ),
        field(
            "hours",
            "Your hours today",
            text_input(placeholder=reader.number(_SAMPLE)),
            optional=True,
            hint="Leave empty when they are entered already",
        ),
    ]
    if view.waiting_for_parts:
        inputs.append(context(":warning: The job still waits for parts."))
    return _form(Callback.COMPLETE_JOB, "Complete", view, inputs, submit="Done")


_SAMPLE = Decimal("1.5")


def parse_complete(view: State, locale: str) -> FinishWork:
    """The command, or ``FormError``."""
    target, form = _read(view, locale)
    hours = form.hours("hours", label="Hours")
    form.check()
    return FinishWork(
        work_order_id=target.id,
        note=form.text("note"),
        hours=hours,
        acknowledged=acknowledged(view),
    )


def build_cancel(view: WorkOrderView) -> Block:
    """Why the job will not be done."""
    inputs = [field("reason", "Why?", text_input(multiline=True, longest=500, focus=True))]
    return _form(Callback.CANCEL_JOB, "Cancel job", view, inputs, submit="Cancel job")


def parse_cancel(view: State, locale: str) -> CancelWorkOrder:
    """The command, or ``FormError``."""
    target, form = _read(view, locale)
    reason = form.text("reason", label="The reason", required=True)
    form.check()
    return CancelWorkOrder(work_order_id=target.id, reason=reason)


def build_labour(view: WorkOrderView, reader: Reader) -> Block:
    """Hours of one day."""
    inputs = [
        field("hours", "Hours", text_input(placeholder=reader.number(_SAMPLE), focus=True)),
        field("day", "Day", date_input(reader.today.isoformat())),
        field("note", "Note", text_input(longest=300), optional=True),
    ]
    if "assign" in view.verbs:
        inputs.insert(
            2,
            field(
                "person_id",
                "Whose",
                search(Options.PERSON),
                optional=True,
                hint="Leave empty for your own",
            ),
        )
    return _form(Callback.LOG_LABOUR, "Log hours", view, inputs, submit="Enter")


def parse_labour(view: State, locale: str) -> EnterLabour:
    """The command, or ``FormError``."""
    target, form = _read(view, locale)
    hours = form.hours("hours", label="Hours", required=True)
    day = form.day("day", label="The day")
    form.check()
    return EnterLabour(
        work_order_id=target.id,
        hours=hours if hours is not None else Decimal(0),
        day=day,
        person_id=form.choice("person_id") or None,
        note=form.text("note"),
    )


def build_need(view: WorkOrderView) -> Block:
    """Something that must be at hand. Bought parts are requested, not written down here."""
    kinds = [option(kind.value.capitalize(), kind.value) for kind in NeedKind]
    inputs = [
        field("kind", "Kind", select(kinds, initial=NeedKind.TOOL)),
        field("text", "What?", text_input(longest=300, focus=True)),
    ]
    about = safe(short(view.number))
    inputs.append(context(f"It stands on the card of {about} until it is ready."))
    return _form(Callback.ADD_NEED, "Add a need", view, inputs, submit="Add")


def parse_need(view: State, locale: str) -> AddNeed:
    """The command, or ``FormError``."""
    target, form = _read(view, locale)
    text = form.text("text", label="What is needed", required=True)
    kind = form.choice("kind", label="The kind", required=True)
    form.check()
    return AddNeed(work_order_id=target.id, kind=NeedKind(kind), text=text)
