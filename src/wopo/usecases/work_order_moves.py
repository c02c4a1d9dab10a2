"""The life of a job from "start" to "closed" or "cancelled"."""

from pydantic import Field

from wopo.domain.people import Role
from wopo.domain.work_orders import (
    PERMIT_MISSING,
    HoldReason,
    NeedKind,
    WorkOrder,
    WorkOrderNeed,
)
from wopo.domain.workflow import words
from wopo.usecases.contractor_contracts import check_contract
from wopo.usecases.door import Answer, Command, Context, use_case
from wopo.usecases.ports.work_orders import WorkOrderStore
from wopo.usecases.work_orders import done, permitted

WORKERS = frozenset(Role) - {Role.AUDITOR}


class StartWork(Command):
    """Begin to work on a job."""

    work_order_id: str


class HoldWork(Command):
    """Stop working for a reason from the list; "other" needs a note."""

    work_order_id: str
    reason: HoldReason
    note: str = Field(default="", max_length=200)


class ResumeWork(Command):
    """Go on working."""

    work_order_id: str


class CompleteWork(Command):
    """The work is done."""

    work_order_id: str
    note: str = Field(default="", max_length=2000)


class CloseWorkOrder(Command):
    """The money is done."""

    work_order_id: str


class CancelWorkOrder(Command):
    """The job will not be done."""

    work_order_id: str
    reason: str = Field(max_length=500)


@use_case(StartWork, roles=WORKERS, action="start jobs")
def start_work(command: StartWork, ctx: Context) -> Answer:
    """Legal for whoever has the job; a permit that is not ready asks once."""
    order, _ = permitted(ctx, command.work_order_id, "start")
    event = order.start(at=ctx.at)
    check_contract(ctx, order)
    _permits(ctx, order)
    ctx.record(event)
    return done(order, "is started")


def _permits(ctx: Context, order: WorkOrder) -> None:
    needs = ctx.uow.all(WorkOrderNeed, work_order_id=order.id, order="text")
    missing = [need for need in needs if need.kind is NeedKind.PERMIT and not need.ready]
    if missing and "permits" not in ctx.acknowledged:
        permits = ", ".join(need.text for need in missing)
        raise PERMIT_MISSING("permits", number=order.number, permits=permits)


@use_case(HoldWork, roles=WORKERS, action="put jobs on hold")
def hold_work(command: HoldWork, ctx: Context) -> Answer:
    """Work stops and everybody sees why."""
    order, _ = permitted(ctx, command.work_order_id, "hold")
    ctx.record(order.hold(command.reason, command.note))
    return done(order, f"is on hold: {words(command.reason.value)}")


@use_case(ResumeWork, roles=WORKERS, action="resume jobs")
def resume_work(command: ResumeWork, ctx: Context) -> Answer:
    """Work goes on."""
    order, _ = permitted(ctx, command.work_order_id, "resume")
    ctx.record(order.resume())
    return done(order, "goes on")


@use_case(CompleteWork, roles=WORKERS, action="complete jobs")
def complete_work(command: CompleteWork, ctx: Context) -> Answer:
    """The work is done; the money may still be open."""
    order, _ = permitted(ctx, command.work_order_id, "complete")
    ctx.record(order.complete(command.note, at=ctx.at))
    return done(order, "is completed")


@use_case(
    CloseWorkOrder, roles={Role.SUPERVISOR, Role.FINANCE, Role.ADMIN}, action="close work orders"
)
def close_work_order(command: CloseWorkOrder, ctx: Context) -> Answer:
    """Only when nothing of the job's money is open; what is open is named."""
    order, _ = permitted(ctx, command.work_order_id, "close")
    still_open = ctx.uow.store(WorkOrderStore).still_open(order.id)
    ctx.record(order.close(still_open=still_open, at=ctx.at))
    return done(order, "is closed")


@use_case(CancelWorkOrder, roles=WORKERS, action="cancel work orders")
def cancel_work_order(command: CancelWorkOrder, ctx: Context) -> Answer:
    """Before completion, and never while an order binds us; the orders are named."""
    order, _ = permitted(ctx, command.work_order_id, "cancel")
    binding = ctx.uow.store(WorkOrderStore).binding_orders(order.id)
    ctx.record(order.cancel(command.reason, binding=binding, at=ctx.at))
    return done(order, "is cancelled")
