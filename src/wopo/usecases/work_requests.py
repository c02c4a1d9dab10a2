"""Work requests: reported, reviewed by the site's supervisor, or turned into work at once."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from wopo.domain.clients import Client
from wopo.domain.errors import NOT_ALLOWED, REQUIRED
from wopo.domain.locations import Intake
from wopo.domain.outbox import Mode, PostedCard
from wopo.domain.people import Person, Role
from wopo.domain.work_orders import WorkOrder, WorkType
from wopo.domain.work_requests import (
    ALREADY_DECIDED,
    SAME_MESSAGE,
    WHO_REPORTS,
    Priority,
    RequestOrigin,
    WorkRequest,
    WorkRequestApproved,
    WorkRequestRejected,
    WorkRequestReported,
    WorkRequestState,
    not_past,
    state_words,
)
from wopo.usecases.attachments import FileFacts, attach, attachments_of, files_of
from wopo.usecases.door import Answer, Command, Context, Notice, announces, use_case
from wopo.usecases.people import active_person, direct, home, supervisors
from wopo.usecases.ports.people import PeopleStore
from wopo.usecases.work_orders import Place, checked_title, open_job, place_of, who_pays

SUPERVISOR_REPORTED = "reported by a supervisor"
REVIEWED = "reviewed"
FIRST_COME = "first come, first served"


TAKEN_OVER = (
    "explanation",
    "exact_spot",
    "priority",
    "required_by",
    "finding_reference",
    "compliance_deadline",
    "mandatory",
)
"""What a request takes as it was reported."""
GOES_ALONG = (
    *TAKEN_OVER,
    "title",
    "requester_id",
    "client_id",
    "department",
    "source_channel",
    "source_ts",
)
"""What a job takes over from its request."""


class Need(BaseModel):
    """What somebody reports. Things are named by their ids."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(max_length=150)
    explanation: str = Field(default="", max_length=4000)
    location_id: str = ""
    exact_spot: str = Field(default="", max_length=200)
    asset_id: str | None = None
    priority: Priority = Priority.NORMAL
    required_by: date | None = None
    type: WorkType = WorkType.REPAIR
    finding_reference: str = Field(default="", max_length=80)
    compliance_deadline: date | None = None
    mandatory: bool = False
    files: tuple[FileFacts, ...] = ()


class ReportWork(Need, Command):
    """Report one need: by the acting person, in the name of another person or of a department,
    or for a client. ``source_*`` is the Slack message it was made from."""

    requester_id: str | None = None
    client_id: str | None = None
    department: str = Field(default="", max_length=80)
    cost_centre_id: str | None = None
    source_channel: str | None = None
    source_ts: str | None = None


class ReportFindings(Command):
    """Report several needs at once, as an external audit found them: all or none."""

    audit: str = Field(max_length=80)
    findings: tuple[Need, ...]
    client_id: str | None = None
    department: str = Field(default="", max_length=80)


class ApproveWorkRequest(Command):
    """Turn a request into an approved work order."""

    work_request_id: str
    cost_centre_id: str | None = None
    type: WorkType | None = None
    priority: Priority | None = None


class RejectWorkRequest(Command):
    """Turn a request down, with the reason that is told to whoever asked."""

    work_request_id: str
    reason: str = Field(max_length=1000)


@use_case(ReportWork, action="report work", system=True)
def report_work(command: ReportWork, ctx: Context) -> Answer:
    """Keep the request; where the site or the person says so it is a work order at once."""
    _may_report(ctx)
    _same_message(ctx, command)
    request, order = _report(
        ctx,
        command,
        requester_id=command.requester_id,
        client_id=command.client_id,
        department=command.department,
        cost_centre_id=command.cost_centre_id,
        source_channel=command.source_channel,
        source_ts=command.source_ts,
    )
    return _reported(request, order)


@use_case(ReportFindings, action="report audit findings", system=True)
def report_findings(command: ReportFindings, ctx: Context) -> Answer:
    """Every finding becomes a request of its own, with the audit's name before its reference."""
    _may_report(ctx)
    if not command.findings:
        raise REQUIRED(field="findings", label="A finding")
    numbers = []
    for index, finding in enumerate(command.findings, start=1):
        reference = f"{command.audit} {finding.finding_reference or index}".strip()[:80]
        request, order = _report(
            ctx,
            finding,
            finding_reference=reference,
            client_id=command.client_id,
            department=command.department,
        )
        numbers.append(order.number if order else request.number)
    return Answer(
        number=numbers[0],
        message=f"{len(numbers)} findings of {command.audit} are reported.",
        facts={"numbers": numbers},
    )


def _may_report(ctx: Context) -> None:
    if ctx.actor is not None and ctx.actor.only_reads():
        raise NOT_ALLOWED(action="report work", who="everybody but an auditor")


def _same_message(ctx: Context, command: ReportWork) -> None:
    if command.source_ts is None or "same_message" in ctx.acknowledged:
        return
    earlier = ctx.uow.find(
        WorkRequest, source_ts=command.source_ts, source_channel=command.source_channel
    )
    if earlier is not None:
        raise SAME_MESSAGE("same_message", number=earlier.number, work_request_id=earlier.id)


def _report(
    ctx: Context,
    need: Need,
    *,
    requester_id: str | None = None,
    client_id: str | None = None,
    cost_centre_id: str | None = None,
    **values: Any,
) -> tuple[WorkRequest, WorkOrder | None]:
    title = checked_title(need.title)
    place = place_of(ctx, need.location_id, need.asset_id)
    today = ctx.at.date()
    not_past(need.required_by, today, label="The day", field="required_by")
    not_past(need.compliance_deadline, today, label="The deadline", field="compliance_deadline")
    requester = _requester(ctx, requester_id, client_id)
    request = WorkRequest(
        id=ctx.new_id(),
        number=ctx.uow.next_number("WR", ctx.at.year),
        origin=RequestOrigin.EXTERNAL if client_id else RequestOrigin.INTERNAL,
        requester_id=requester.id if requester else None,
        client_id=client_id,
        entered_by_id=ctx.actor_id,
        site_id=place.site.id,
        location_id=place.location.id,
        asset_id=place.asset.id if place.asset else None,
        created_at=ctx.at,
        **{
            **{name: getattr(need, name) for name in TAKEN_OVER},
            "title": title,
            **values,
            "department": values.get("department") or (requester.department if requester else ""),
        },
    )
    ctx.uow.add(request)
    ctx.uow.flush()
    why = _not_reviewed(ctx, place)
    ctx.record(_event(request, review=why is None))
    attach(ctx, "work_request", request.id, need.files)
    if why is None:
        return request, None
    by = ctx.actor if why == SUPERVISOR_REPORTED else None
    order = _become(ctx, request, place, by=by, why=why, type=need.type, centre=cost_centre_id)
    return request, order


def _requester(ctx: Context, requester_id: str | None, client_id: str | None) -> Person | None:
    """Who asks: the client, the named person, or whoever reports."""
    if client_id:
        if requester_id:
            raise WHO_REPORTS(field="client_id")
        ctx.require(Client, client_id, label="client", field="client_id")
        return None
    if requester_id:
        return active_person(ctx, requester_id, field="requester_id")
    return ctx.actor


def _not_reviewed(ctx: Context, place: Place) -> str | None:
    """Why the request needs no review; none when a supervisor must decide."""
    if ctx.actor is not None and ctx.actor.supervises(place.site.id):
        return SUPERVISOR_REPORTED
    return FIRST_COME if place.site.intake is Intake.FIRST_COME else None


def _event(request: WorkRequest, *, review: bool) -> WorkRequestReported:
    return WorkRequestReported(
        subject_id=request.id,
        number=request.number,
        title=request.title,
        site_id=request.site_id,
        requester_id=request.requester_id,
        client_id=request.client_id,
        finding_reference=request.finding_reference,
        review=review,
    )


def _become(
    ctx: Context,
    request: WorkRequest,
    place: Place,
    *,
    by: Person | None,
    why: str,
    type: WorkType,
    centre: str | None,
) -> WorkOrder:
    """The request becomes an approved work order in this commit; its files go along."""
    files = files_of(attachments_of(ctx.uow, "work_request", [request.id]))
    order = open_job(
        ctx,
        place,
        who_pays(ctx, place, centre),
        files,
        work_request_id=request.id,
        type=type,
        **{name: getattr(request, name) for name in GOES_ALONG},
    )
    ctx.record(request.approve(work_order_id=order.id, by=by, at=ctx.at, why=why))
    approval = order.approve(by=by, at=ctx.at, same_commit=True) if by else order.admit(at=ctx.at)
    ctx.record(approval)
    return order


def _reported(request: WorkRequest, order: WorkOrder | None) -> Answer:
    facts = {"work_request_id": request.id, "work_request": request.number}
    if order is None:
        return Answer(
            subject_id=request.id,
            number=request.number,
            message=f"{request.number} {request.title} is reported; the supervisor decides.",
            facts={**facts, "state": request.state.value},
        )
    return Answer(
        subject_id=request.id,
        number=order.number,
        message=f"{order.number} {order.title} is open.",
        facts={**facts, "state": request.state.value, "work_order_id": order.id},
    )


@use_case(ApproveWorkRequest, roles={Role.SUPERVISOR}, action="review work requests")
def approve_work_request(command: ApproveWorkRequest, ctx: Context) -> Answer:
    """The supervisor of the site turns the request into an approved work order."""
    request, person = _to_decide(ctx, command.work_request_id)
    if command.priority is not None:
        request.priority = command.priority
    order = _become(
        ctx,
        request,
        place_of(ctx, request.location_id, request.asset_id),
        by=person,
        why=REVIEWED,
        type=command.type or WorkType.REPAIR,
        centre=command.cost_centre_id,
    )
    return _reported(request, order)


@use_case(RejectWorkRequest, roles={Role.SUPERVISOR}, action="review work requests")
def reject_work_request(command: RejectWorkRequest, ctx: Context) -> Answer:
    """The supervisor of the site turns the request down."""
    request, person = _to_decide(ctx, command.work_request_id)
    ctx.record(request.reject(command.reason, by=person, at=ctx.at))
    return Answer(
        subject_id=request.id,
        number=request.number,
        message=f"{request.number} {request.title} is rejected.",
        facts={"state": request.state.value},
    )


def _to_decide(ctx: Context, work_request_id: str) -> tuple[WorkRequest, Person]:
    person = ctx.person()
    request = ctx.require_locked(WorkRequest, work_request_id, label="work request")
    if not person.supervises(request.site_id):
        raise NOT_ALLOWED(action=f"decide {request.number}", who="a supervisor of that site")
    if request.state is not WorkRequestState.NEW:
        decider = ctx.uow.get(Person, request.decided_by_id) if request.decided_by_id else None
        when = request.decided_at.strftime("%d %b %Y %H:%M UTC") if request.decided_at else ""
        raise ALREADY_DECIDED(
            number=request.number,
            state=state_words(request.state),
            who=decider.name if decider else "by the site's setting",
            when=when,
        )
    return request, person


@announces(WorkRequestReported)
def tell_reported(event: WorkRequestReported, ctx: Context) -> Iterable[Notice]:
    """Each supervisor of the site gets a card to decide on; without one an administrator hears."""
    if not event.review:
        return
    reviewers = supervisors(ctx.uow, event.site_id)
    for person in reviewers:
        yield Notice("work_request", event.subject_id, f"person:{person.id}", Mode.KEEP)
        yield home(person.id)
    if not reviewers:
        text = f"{event.number} {event.title} waits, but its site has no supervisor."
        for person in ctx.uow.store(PeopleStore).with_role(Role.ADMIN):
            yield direct(person.id, event.subject_id, text)


@announces(WorkRequestApproved)
def tell_approved(event: WorkRequestApproved, ctx: Context) -> Iterable[Notice]:
    """All copies of the card are rewritten and the requester hears what became of it."""
    order = ctx.uow.get(WorkOrder, event.work_order_id)
    request = ctx.uow.get(WorkRequest, event.subject_id)
    if request is None or order is None:
        return
    if event.why == REVIEWED:
        yield from _rewrite(request, ctx)
    yield from _tell_requester(request, f"is approved: it is now {order.number}", ctx)


@announces(WorkRequestRejected)
def tell_rejected(event: WorkRequestRejected, ctx: Context) -> Iterable[Notice]:
    """All copies of the card are rewritten and the requester hears the reason."""
    request = ctx.uow.get(WorkRequest, event.subject_id)
    if request is not None:
        yield from _rewrite(request, ctx)
        yield from _tell_requester(request, f"is rejected: {event.reason}", ctx)


def _rewrite(request: WorkRequest, ctx: Context) -> Iterable[Notice]:
    """Whoever was shown the card, and whoever would be shown it now."""
    shown = {f"person:{person.id}" for person in supervisors(ctx.uow, request.site_id)}
    cards = ctx.uow.all(PostedCard, card="work_request", subject_id=request.id)
    for audience in sorted(shown | {card.audience for card in cards}):
        yield Notice("work_request", request.id, audience, Mode.KEEP)
        yield home(audience.removeprefix("person:"))


def _tell_requester(request: WorkRequest, what: str, ctx: Context) -> Iterable[Notice]:
    """Whoever asked, unless they did it themselves; for a client whoever entered it."""
    who = request.requester_id or request.entered_by_id
    if who is not None and who != ctx.actor_id:
        by = f" ({ctx.actor.name})" if ctx.actor else ""
        yield direct(who, request.id, f"{request.number} {request.title} {what}{by}.")
