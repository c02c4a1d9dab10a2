"""What is told about a job: its card in the site's channel, its thread, and the people on it.

Nothing here names a cost: everybody in a site's channel reads the same message.
"""

from collections.abc import Iterable

from wopo.domain.labour import LabourEntered
from wopo.domain.money import plain
from wopo.domain.outbox import Mode
from wopo.domain.people import Person, Role
from wopo.domain.work_order_events import (
    ContractMissing,
    NeedAdded,
    NeedChanged,
    NeedRemoved,
    WorkOrderApproved,
    WorkOrderAssigned,
    WorkOrderCancelled,
    WorkOrderChanged,
    WorkOrderClosed,
    WorkOrderCompleted,
    WorkOrderHeld,
    WorkOrderOpened,
    WorkOrderReleased,
    WorkOrderResumed,
    WorkOrderStarted,
)
from wopo.domain.work_orders import AssigneeKind, WorkOrder, WorkOrderState
from wopo.domain.workflow import words
from wopo.usecases.door import Context, Notice, announces
from wopo.usecases.people import direct, home, supervisors
from wopo.usecases.ports.people import PeopleStore

SHOWN_FIELDS = frozenset(
    {"title", "required_by", "estimated_completion", "priority", "location_id", "asset_id"}
)
"""Changes of these fields are told in the thread; others are seen on the card and in Details."""


def card(order: WorkOrder) -> Notice:
    """The one card of a job in its site's channel, kept up to date in place."""
    return Notice("work_order", order.id, f"site:{order.site_id}", Mode.KEEP)


def story(order: WorkOrder, text: str) -> Notice:
    """One line in the job's thread, without any costs."""
    return Notice(
        "story", order.id, f"thread:work_order:{order.id}", Mode.REPLY, facts={"text": text}
    )


def _by(ctx: Context) -> str:
    return f" by {ctx.actor.name}" if ctx.actor else ""


def _job(event_id: str, ctx: Context) -> WorkOrder:
    return ctx.require(WorkOrder, event_id, label="work order")


def _moved(event_id: str, text: str, ctx: Context) -> Iterable[Notice]:
    """The card, a line in the thread, and the Homes of those who work on the job."""
    order = _job(event_id, ctx)
    yield card(order)
    yield story(order, text)
    for person_id in workers(order, ctx):
        yield home(person_id)


def workers(order: WorkOrder, ctx: Context) -> list[str]:
    """The people a job is given to: the person, or the members of the team."""
    if order.assignee_id is None or order.assignee_kind is AssigneeKind.CONTRACTOR:
        return []
    if order.assignee_kind is AssigneeKind.PERSON:
        return [order.assignee_id]
    members = ctx.uow.store(PeopleStore).members(order.assignee_id)
    return [person.id for person in members]


def _tell_workers(order: WorkOrder, text: str, ctx: Context) -> Iterable[Notice]:
    """Those who work on it, except whoever just did it."""
    for person_id in workers(order, ctx):
        if person_id != ctx.actor_id:
            yield direct(person_id, order.id, text)


def _tell_requester(order: WorkOrder, text: str, ctx: Context) -> Iterable[Notice]:
    """Whoever asked for the work, except when they did it themselves."""
    if order.requester_id is not None and order.requester_id != ctx.actor_id:
        yield direct(order.requester_id, order.id, text)


@announces(WorkOrderOpened)
def tell_opened(event: WorkOrderOpened, ctx: Context) -> Iterable[Notice]:
    """The card appears; one that waits for approval is told to the site's supervisors."""
    order = _job(event.subject_id, ctx)
    yield card(order)
    if order.state is WorkOrderState.REQUESTED:
        for person in supervisors(ctx.uow, order.site_id):
            text = f"{order.number} {order.title} waits for your approval."
            yield direct(person.id, order.id, text)
            yield home(person.id)


@announces(WorkOrderChanged)
def tell_changed(event: WorkOrderChanged, ctx: Context) -> Iterable[Notice]:
    """The card always; the thread and the assignee when what they go by is different."""
    order = _job(event.subject_id, ctx)
    yield card(order)
    if "site_id" in event.before:
        yield Notice("work_order", order.id, f"site:{event.before['site_id']}", Mode.KEEP)
    shown = sorted(words(n.removesuffix("_id")) for n in SHOWN_FIELDS & event.after.keys())
    if shown:
        text = f"Changed{_by(ctx)}: {', '.join(shown)}."
        yield story(order, text)
        yield from _tell_workers(order, f"{order.number} {order.title}. {text}", ctx)
    for person_id in workers(order, ctx):
        yield home(person_id)


@announces(WorkOrderApproved)
def tell_approved(event: WorkOrderApproved, ctx: Context) -> Iterable[Notice]:
    """Who approved it; the requester hears it unless it came with their own report."""
    order = _job(event.subject_id, ctx)
    yield card(order)
    if event.by_id is None:
        yield story(order, "Open for the first to take it.")
        return
    yield story(order, f"Approved{_by(ctx)}.")
    if not event.same_commit:
        yield from _tell_requester(
            order, f"{order.number} {order.title} is approved{_by(ctx)}.", ctx
        )


@announces(WorkOrderAssigned)
def tell_assigned(event: WorkOrderAssigned, ctx: Context) -> Iterable[Notice]:
    """The thread, whoever has the job now, and whoever had it before."""
    order = _job(event.subject_id, ctx)
    text = f"Taken by {event.assignee}." if event.taken else f"Given to {event.assignee}{_by(ctx)}."
    if event.override_reason:
        text += f" Without a service contract, because: {event.override_reason}"
    yield from _moved(event.subject_id, text, ctx)
    yield from _tell_workers(order, f"{order.number} {order.title} is yours now.", ctx)
    if event.before_id is not None and event.before_id != event.assignee_id:
        yield from _no_longer(order, event.before_id, ctx)


def _no_longer(order: WorkOrder, before_id: str, ctx: Context) -> Iterable[Notice]:
    if ctx.uow.get(Person, before_id) is None:
        return
    yield home(before_id)
    if before_id != ctx.actor_id:
        who = f" ({ctx.actor.name})" if ctx.actor else ""
        text = f"{order.number} {order.title} is no longer yours{who}."
        yield direct(before_id, order.id, text)


@announces(WorkOrderReleased)
def tell_released(event: WorkOrderReleased, ctx: Context) -> Iterable[Notice]:
    """The job is free again."""
    order = _job(event.subject_id, ctx)
    because = f": {event.reason}" if event.reason else ""
    yield card(order)
    yield story(order, f"Put back into the queue{_by(ctx)}{because}.")
    if event.before_id is not None:
        yield from _no_longer(order, event.before_id, ctx)


@announces(ContractMissing)
def tell_contract_missing(event: ContractMissing, ctx: Context) -> Iterable[Notice]:
    """Procurement is asked for a contract; the supervisors know that the job is kept back."""
    order = _job(event.subject_id, ctx)
    yield card(order)
    yield story(order, f"Kept back: {event.problem}.")
    text = f"{order.number} {order.title} is kept back: {event.problem}."
    for buyer in ctx.uow.store(PeopleStore).with_role(Role.BUYER):
        yield direct(buyer.id, order.id, f"{text} Please record a contract.")
    for person in supervisors(ctx.uow, order.site_id):
        if person.id != ctx.actor_id:
            yield direct(person.id, order.id, f"{text} You can override with a reason.")


@announces(WorkOrderStarted)
def tell_started(event: WorkOrderStarted, ctx: Context) -> Iterable[Notice]:
    """Work began."""
    yield from _moved(event.subject_id, f"Started{_by(ctx)}.", ctx)


@announces(WorkOrderHeld)
def tell_held(event: WorkOrderHeld, ctx: Context) -> Iterable[Notice]:
    """Work stopped, and why."""
    note = f" ({event.note})" if event.note else ""
    text = f"On hold{_by(ctx)}: {words(event.reason)}{note}."
    yield from _moved(event.subject_id, text, ctx)


@announces(WorkOrderResumed)
def tell_resumed(event: WorkOrderResumed, ctx: Context) -> Iterable[Notice]:
    """Work goes on."""
    yield from _moved(event.subject_id, f"Work goes on{_by(ctx)}.", ctx)


@announces(WorkOrderCompleted)
def tell_completed(event: WorkOrderCompleted, ctx: Context) -> Iterable[Notice]:
    """The work is done; the requester is told."""
    order = _job(event.subject_id, ctx)
    note = f" {event.note}" if event.note else ""
    yield from _moved(event.subject_id, f"Completed{_by(ctx)}.{note}", ctx)
    yield from _tell_requester(order, f"{order.number} {order.title} is done.{note}", ctx)


@announces(WorkOrderClosed)
def tell_closed(event: WorkOrderClosed, ctx: Context) -> Iterable[Notice]:
    """The card shrinks; the story ends."""
    yield from _moved(event.subject_id, f"Closed{_by(ctx)}.", ctx)


@announces(WorkOrderCancelled)
def tell_cancelled(event: WorkOrderCancelled, ctx: Context) -> Iterable[Notice]:
    """Whoever asked and whoever works on it are told why."""
    order = _job(event.subject_id, ctx)
    yield from _moved(event.subject_id, f"Cancelled{_by(ctx)}: {event.reason}", ctx)
    text = f"{order.number} {order.title} is cancelled{_by(ctx)}: {event.reason}"
    yield from _tell_workers(order, text, ctx)
    yield from _tell_requester(order, text, ctx)


@announces(NeedAdded)
def tell_need_added(event: NeedAdded, ctx: Context) -> Iterable[Notice]:
    """The card lists what is still missing."""
    yield card(_job(event.subject_id, ctx))


@announces(NeedChanged)
def tell_need_changed(event: NeedChanged, ctx: Context) -> Iterable[Notice]:
    """The card lists what is still missing."""
    yield card(_job(event.subject_id, ctx))


@announces(NeedRemoved)
def tell_need_removed(event: NeedRemoved, ctx: Context) -> Iterable[Notice]:
    """The card lists what is still missing."""
    yield card(_job(event.subject_id, ctx))


@announces(LabourEntered)
def tell_labour(event: LabourEntered, ctx: Context) -> Iterable[Notice]:
    """Hours are told, their cost is not."""
    order = _job(event.subject_id, ctx)
    yield card(order)
    if event.corrects_id is None:
        yield story(order, f"{event.person} worked {plain(event.hours)} hours.")
    else:
        yield story(order, f"{plain(-event.hours)} hours of {event.person} were taken back.")
