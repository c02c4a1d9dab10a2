"""Giving jobs to people, teams and contractors; taking them from the queue; giving them back."""

from pydantic import Field

from wopo.domain.contractor_contracts import ContractOverridden
from wopo.domain.errors import REQUIRED
from wopo.domain.people import Person, Role, Team
from wopo.domain.vendors import Standing, Vendor
from wopo.domain.work_order_events import ContractMissing, WorkOrderChanged
from wopo.domain.work_orders import (
    ALREADY_YOURS,
    NO_CONTRACTOR,
    OPEN_STATES,
    TAKEN,
    WORK_ORDER,
    AssigneeKind,
    WorkOrder,
)
from wopo.usecases.contractor_contracts import problem_of
from wopo.usecases.door import Answer, Command, Context, reaction, use_case
from wopo.usecases.people import active_person
from wopo.usecases.views.names import assignee_name
from wopo.usecases.work_orders import done, is_with, locked, permitted


class AssignWorkOrder(Command):
    """Give a job to a person, a team or a contractor (by id). ``override_reason`` lets a
    supervisor give it to a contractor who has no contract with rates on the job's day."""

    work_order_id: str
    kind: AssigneeKind
    assignee_id: str
    override_reason: str = Field(default="", max_length=500)


class TakeJob(Command):
    """Take a free job from the queue: first come, first served."""

    work_order_id: str


class ReleaseJob(Command):
    """Put a job that was not begun back into the queue of free jobs."""

    work_order_id: str
    reason: str = Field(default="", max_length=500)


@use_case(AssignWorkOrder, roles={Role.SUPERVISOR, Role.ADMIN}, action="give jobs to people")
def assign_work_order(command: AssignWorkOrder, ctx: Context) -> Answer:
    """Give the job; one for a contractor without a contract that day is kept back instead."""
    order, person = permitted(ctx, command.work_order_id, "assign")
    WORK_ORDER.move(order.state, "assign", subject=order.number)
    if command.kind is AssigneeKind.CONTRACTOR:
        return _to_contractor(command, ctx, order, person)
    name = _name(command, ctx)
    _clear_contract(order)
    ctx.record(order.assign(command.kind, command.assignee_id, name))
    return done(order, f"is given to {name}")


def _name(command: AssignWorkOrder, ctx: Context) -> str:
    if command.kind is AssigneeKind.TEAM:
        return ctx.require(Team, command.assignee_id, label="team", field="assignee_id").name
    return active_person(ctx, command.assignee_id, field="assignee_id").name


def _to_contractor(
    command: AssignWorkOrder, ctx: Context, order: WorkOrder, person: Person
) -> Answer:
    vendor = _contractor(ctx, command.assignee_id)
    problem = problem_of(ctx, vendor, order)
    override = command.override_reason.strip()
    _clear_contract(order)
    order.contract_flag = problem
    if problem is not None and not (override and person.supervises(order.site_id)):
        return _keep_back(ctx, order, vendor, problem)
    if problem is not None:
        order.contract_override, order.contract_override_by_id = override, person.id
        ctx.record(
            ContractOverridden(
                subject_id=order.id,
                number=order.number,
                vendor_id=vendor.id,
                vendor=vendor.name,
                day=order.day(ctx.at.date()),
                problem=problem,
                reason=override,
                by_id=person.id,
            )
        )
    ctx.record(order.assign(command.kind, vendor.id, vendor.name, override=order.contract_override))
    return done(order, f"is given to {vendor.name}")


def _contractor(ctx: Context, vendor_id: str) -> Vendor:
    vendor = ctx.require(Vendor, vendor_id, label="contractor", field="assignee_id")
    problem = None
    if not vendor.contractor:
        problem = "is not marked as a contractor"
    elif not vendor.active:
        problem = "is no longer active"
    elif vendor.standing is Standing.BLOCKED:
        problem = "is blocked"
    if problem is not None:
        raise NO_CONTRACTOR(field="assignee_id", vendor=vendor.name, problem=problem)
    return vendor


def _keep_back(ctx: Context, order: WorkOrder, vendor: Vendor, problem: str) -> Answer:
    """Remember who is wanted, tell procurement, and do not issue the job. One that was begun by
    somebody else stays with them."""
    if order.started_at is not None:
        raise NO_CONTRACTOR(
            field="override_reason",
            vendor=vendor.name,
            problem=problem.removeprefix(f"{vendor.name} "),
        )
    if WORK_ORDER.can(order.state, "release"):
        ctx.record(order.release("a contractor is wanted"))
    order.contract_flag = problem
    order.assignee_kind, order.assignee_id = AssigneeKind.CONTRACTOR, vendor.id
    order.version += 1
    ctx.record(_missing(order, vendor, problem))
    return Answer(
        subject_id=order.id,
        number=order.number,
        message=f"{order.number} is kept back: {problem}. Procurement is told; "
        "a supervisor can override with a reason.",
        facts={"state": order.state.value, "kept_back": True},
    )


def _clear_contract(order: WorkOrder) -> None:
    order.contract_flag = order.contract_override = order.contract_override_by_id = None


@use_case(TakeJob, roles={Role.TECHNICIAN, Role.SUPERVISOR}, action="take jobs")
def take_job(command: TakeJob, ctx: Context) -> Answer:
    """The first to take a free job has it; whoever comes later is told who that was."""
    order, person = locked(ctx, command.work_order_id), ctx.person()
    if is_with(order, person) and order.state in OPEN_STATES:
        raise ALREADY_YOURS(number=order.number)
    if order.assignee_id is not None:
        raise TAKEN(number=order.number, who=assignee_name(ctx.uow, order))
    order, person = permitted(ctx, command.work_order_id, "take")
    ctx.record(order.assign(AssigneeKind.PERSON, person.id, person.name, taken=True))
    return done(order, "is yours")


@use_case(
    ReleaseJob,
    roles={Role.TECHNICIAN, Role.SUPERVISOR, Role.ADMIN},
    action="put jobs back into the queue",
)
def release_job(command: ReleaseJob, ctx: Context) -> Answer:
    """Only before the work begins; afterwards a supervisor gives the job to somebody else."""
    order, person = permitted(ctx, command.work_order_id, "release")
    if not person.supervises(order.site_id) and not command.reason.strip():
        raise REQUIRED(field="reason", label="The reason")
    ctx.record(order.release(command.reason.strip()))
    return done(order, "is free again")


@reaction(WorkOrderChanged)
def check_contract_again(event: WorkOrderChanged, ctx: Context) -> None:
    """A job moved to another day may fall out of its contractor's contract, or into it."""
    if not {"required_by", "estimated_completion"} & event.after.keys():
        return
    order = ctx.uow.get(WorkOrder, event.subject_id)
    if order is None or order.assignee_kind is not AssigneeKind.CONTRACTOR or order.started_at:
        return
    vendor = ctx.require(Vendor, order.assignee_id, label="contractor")
    before, problem = order.contract_flag, problem_of(ctx, vendor, order)
    if problem == before:
        return
    _clear_contract(order)
    order.contract_flag = problem
    if problem is not None:
        ctx.record(_missing(order, vendor, problem))


def _missing(order: WorkOrder, vendor: Vendor, problem: str) -> ContractMissing:
    return ContractMissing(
        subject_id=order.id,
        number=order.number,
        vendor_id=vendor.id,
        vendor=vendor.name,
        problem=problem,
    )
