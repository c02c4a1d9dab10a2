"""What a job needs at hand: parts, tools, equipment, documents and permits."""

from pydantic import Field

from wopo.domain.errors import REQUIRED
from wopo.domain.people import Role
from wopo.domain.work_order_events import NeedAdded, NeedChanged, NeedRemoved
from wopo.domain.work_order_rights import may
from wopo.domain.work_orders import (
    NOT_YOURS,
    OPEN_STATES,
    WORK_ORDER,
    NeedKind,
    WorkOrder,
    WorkOrderNeed,
)
from wopo.usecases.door import Answer, Command, Context, use_case
from wopo.usecases.people import team_ids
from wopo.usecases.views.names import assignee_name
from wopo.usecases.work_orders import locked

WORKERS = frozenset(Role) - {Role.AUDITOR}


class AddNeed(Command):
    """Write down something the job needs."""

    work_order_id: str
    kind: NeedKind
    text: str = Field(max_length=300)


class SetNeedReady(Command):
    """Say that a need is at hand, or is not after all."""

    need_id: str
    ready: bool = True


class RemoveNeed(Command):
    """Strike a need out."""

    need_id: str


@use_case(AddNeed, roles=WORKERS, action="write down needs")
def add_need(command: AddNeed, ctx: Context) -> Answer:
    """For the supervisor and for whoever has the job."""
    order = _open(ctx, command.work_order_id)
    text = command.text.strip()
    if not text:
        raise REQUIRED(field="text", label="What is needed")
    need = WorkOrderNeed(
        id=ctx.new_id(),
        work_order_id=order.id,
        kind=command.kind,
        text=text,
        added_by_id=ctx.actor_id,
    )
    ctx.uow.add(need)
    ctx.record(
        NeedAdded(
            subject_id=order.id,
            number=order.number,
            need_id=need.id,
            kind=need.kind.value,
            text=need.text,
        )
    )
    return _answer(order, need, "is written down")


@use_case(SetNeedReady, roles=WORKERS, action="tick off needs")
def set_need_ready(command: SetNeedReady, ctx: Context) -> Answer:
    """Saying it twice changes nothing."""
    need = ctx.require(WorkOrderNeed, command.need_id, label="need")
    order = _open(ctx, need.work_order_id)
    if need.ready != command.ready:
        need.ready = command.ready
        ctx.record(
            NeedChanged(
                subject_id=order.id,
                number=order.number,
                need_id=need.id,
                text=need.text,
                ready=need.ready,
            )
        )
    return _answer(order, need, "is ready" if need.ready else "is not ready")


@use_case(RemoveNeed, roles=WORKERS, action="strike out needs")
def remove_need(command: RemoveNeed, ctx: Context) -> Answer:
    """The audit trail remembers it."""
    need = ctx.require(WorkOrderNeed, command.need_id, label="need")
    order = _open(ctx, need.work_order_id)
    ctx.uow.delete(need)
    ctx.record(
        NeedRemoved(subject_id=order.id, number=order.number, need_id=need.id, text=need.text)
    )
    return _answer(order, need, "is struck out")


def _open(ctx: Context, work_order_id: str) -> WorkOrder:
    """The locked job, still to be done, of which the acting person may change the needs."""
    order, person = locked(ctx, work_order_id), ctx.person()
    teams = team_ids(ctx.uow, person.id)
    rights = ("change", "request_parts")
    if not any(may(order, person, verb, teams=teams) for verb in rights):
        who = assignee_name(ctx.uow, order)
        raise NOT_YOURS(number=order.number, who=who, verb="change the needs of")
    if order.state not in OPEN_STATES:
        WORK_ORDER.move(order.state, "change", subject=order.number)
    return order


def _answer(order: WorkOrder, need: WorkOrderNeed, what: str) -> Answer:
    return Answer(
        subject_id=order.id,
        number=order.number,
        message=f"{need.text} {what}.",
        facts={"need_id": need.id},
    )
