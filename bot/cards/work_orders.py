"""The one card of a job in its site's channel: kept up to date in place, without any costs."""

from bot.blocks import (
    Block,
    actions,
    button,
    context,
    facts,
    given,
    markup,
    message,
    safe,
    section,
)
from bot.cards import Asked, Card
from bot.ids import Action
from bot.metadata import Target
from bot.reader import Reader
from wopo.domain.numbers import short
from wopo.domain.people import Person
from wopo.domain.work_orders import WorkOrderState
from wopo.domain.workflow import words
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.names import Ref
from wopo.usecases.views.work_orders import WorkOrderView, work_order_view

NAME = "work_order"

VERBS: dict[str, tuple[str, Action]] = {
    "approve": ("Approve", Action.JOB_APPROVE),
    "take": ("Take it", Action.JOB_TAKE),
    "start": ("Start", Action.JOB_START),
    "resume": ("Resume", Action.JOB_RESUME),
    "complete": ("Complete", Action.JOB_COMPLETE),
    "hold": ("Put on hold", Action.JOB_HOLD),
    "log_labour": ("Log hours", Action.JOB_LOG_LABOUR),
    "assign": ("Assign", Action.JOB_ASSIGN),
    "release": ("Give back", Action.JOB_RELEASE),
    "close": ("Close", Action.JOB_CLOSE),
    "cancel": ("Cancel job", Action.JOB_CANCEL),
}
"""What each verb of the workflow is called on a button; forms open for those that need more. The
verbs that are not here have buttons of their own elsewhere: ``change`` in Details,
``request_parts`` from ``MORE_VERBS``."""

MORE_VERBS: dict[str, tuple[str, Action]] = {}
"""Buttons of other concepts for a job's verbs, added by their modules."""

_ENDED = {WorkOrderState.CLOSED, WorkOrderState.CANCELLED}
_SIGNS = {
    WorkOrderState.REQUESTED: "⚪",
    WorkOrderState.APPROVED: "🔵",
    WorkOrderState.ASSIGNED: "🔵",
    WorkOrderState.IN_PROGRESS: "🟢",
    WorkOrderState.ON_HOLD: "🟠",
    WorkOrderState.COMPLETED: "✅",
    WorkOrderState.CLOSED: "✔️",
    WorkOrderState.CANCELLED: "✖️",
}


def load(uow: UnitOfWork, asked: Asked) -> WorkOrderView:
    """The job for whoever reads the card; a channel has no reader."""
    me = asked.reader.me
    reader = uow.get(Person, me.id) if me else None
    return work_order_view(uow, asked.subject_id, reader=reader, today=asked.reader.today)


def build(view: WorkOrderView, reader: Reader) -> Block:
    """The card; a job that is over shrinks to one line."""
    if view.state in _ENDED:
        return message(_notification(view), [section(_headline(view)), context(_ending(view))])
    blocks = [section(_headline(view)), *facts(given(_facts(view, reader)))]
    if view.contract_flag and view.kept_back:
        blocks.append(section(f":warning: *Kept back:* {safe(view.contract_flag)}"))
    missing = [need.text for need in view.needs if not need.ready]
    if missing:
        blocks.append(context(f"Still needed: {safe(', '.join(missing))}"))
    if view.files:
        blocks.append(context(f"📎 {len(view.files)} photos and files in Details"))
    return message(_notification(view), [*blocks, *actions(buttons(view, card=NAME))])


def buttons(view: WorkOrderView, *, card: str = "", most: int = 4) -> list[Block]:
    """A button for each of the first verbs, the main one marked, and Details at the end."""
    target = Target(id=view.id, rev=view.version, card=card)
    known = {**VERBS, **MORE_VERBS}
    made = [button(*known[verb], target) for verb in view.verbs if verb in known][: most - 1]
    if made:
        made[0]["style"] = "primary"
    return [*made, button("Details", Action.JOB_DETAILS, target)]


def state_text(view: WorkOrderView) -> str:
    """The state as people read it, with what it waits for."""
    text = words(view.state.value)
    if view.hold_reason:
        text += f": {words(view.hold_reason.value)}"
    if view.waiting_for_parts and "parts" not in text:
        text += ", waiting for parts"
    return text


def place_text(places: tuple[Ref, ...], exact_spot: str) -> str:
    """From the site down to the exact spot."""
    return " › ".join([*(place.name for place in places), *([exact_spot] if exact_spot else [])])


def _headline(view: WorkOrderView) -> str:
    return f"{_SIGNS[view.state]} *{short(view.number)}* {safe(view.title)}"


def _notification(view: WorkOrderView) -> str:
    what = view.asset.name if view.asset else place_text(view.places, "")
    return f"{short(view.number)} · {view.title} · {what} · {state_text(view)}"


def _facts(view: WorkOrderView, reader: Reader) -> list[tuple[str, str]]:
    asset = f"{view.asset.name} ({view.asset_tag})" if view.asset else ""
    due = reader.day(view.required_by)
    return [
        ("State", state_text(view)),
        ("With", view.assignee.name if view.assignee else "nobody yet"),
        ("Asset", asset),
        ("Where", place_text(view.places, view.exact_spot)),
        ("Priority", view.priority.value),
        ("Required by", f"{due} – overdue" if view.overdue else due),
        ("Parts", parts_text(view)),
        ("Asked by", requester_text(view)),
    ]


def parts_text(view: WorkOrderView) -> str:
    """How many part lines stand where."""
    return ", ".join(f"{count} {words(state.value)}" for state, count in view.part_states)


def requester_text(view: WorkOrderView) -> str:
    """Who asked: a client, a person (for the client, where there is one), and the department."""
    who = [ref.name for ref in (view.client, view.requester) if ref]
    return " · ".join(part for part in (*who, view.department) if part)


def _ending(view: WorkOrderView) -> str:
    if view.state is WorkOrderState.CANCELLED:
        return f"Cancelled: {safe(view.cancel_reason or '')}"
    done = f"Done by {safe(view.assignee.name)}" if view.assignee else "Done"
    note = f": {safe(view.completion_note)}" if view.completion_note else ""
    return f"{done}{note} · closed"


def job_line(view_text: str, accessory: Block | None = None) -> Block:
    """One job in a list."""
    block: Block = {"type": "section", "text": markup(view_text)}
    return block | {"accessory": accessory} if accessory else block


CARDS = {NAME: Card(load, build)}
