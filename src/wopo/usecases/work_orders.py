"""Work orders: opened out of a request or by itself, approved, and changed field by field."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import Field

from wopo.domain.assets import Asset
from wopo.domain.clients import Client
from wopo.domain.cost_centres import CostCentre, Project
from wopo.domain.errors import NOT_ALLOWED, REQUIRED
from wopo.domain.locations import Location
from wopo.domain.lookup import words_of
from wopo.domain.money import NEGATIVE, Money, checked_decimal, minor_digits, plain
from wopo.domain.people import Person, Role
from wopo.domain.work_order_events import WorkOrderChanged, WorkOrderOpened
from wopo.domain.work_order_rights import WORKER_VERBS, may
from wopo.domain.work_orders import (
    NOT_YOURS,
    NOTHING_CHANGED,
    WORK_ORDER,
    AssigneeKind,
    WorkOrder,
    WorkType,
)
from wopo.domain.work_requests import NO_COST_CENTRE, WRONG_PLACE, Priority, not_past
from wopo.domain.workflow import words
from wopo.usecases.attachments import FileFacts, attach
from wopo.usecases.budgets import keep_nte
from wopo.usecases.door import Answer, Command, Context, use_case
from wopo.usecases.locations import path
from wopo.usecases.people import team_ids
from wopo.usecases.ports.lookup import LookupStore
from wopo.usecases.upsert import change
from wopo.usecases.views.names import assignee_name

HOURS_PLACES = 2


class OpenWorkOrder(Command):
    """Open a job that nobody requested: by a supervisor it is approved in the same commit, from
    anybody else it waits for management's approval. Things are named by their ids."""

    title: str = Field(max_length=150)
    location_id: str = ""
    asset_id: str | None = None
    exact_spot: str = Field(default="", max_length=200)
    explanation: str = Field(default="", max_length=4000)
    type: WorkType = WorkType.REPAIR
    instructions: str = Field(default="", max_length=4000)
    priority: Priority = Priority.NORMAL
    required_by: date | None = None
    cost_centre_id: str | None = None
    requester_id: str | None = None
    client_id: str | None = None
    department: str = Field(default="", max_length=80)
    files: tuple[FileFacts, ...] = ()
    source_channel: str | None = None
    source_ts: str | None = None


class ApproveWorkOrder(Command):
    """Management approves a job that waits for it."""

    work_order_id: str


class ChangeWorkOrder(Command):
    """Change the given fields of a job; a field given as none is emptied. ``nte`` is the
    not-to-exceed amount in major units of the cost centre's currency."""

    work_order_id: str
    title: str = Field(default="", max_length=150)
    explanation: str = Field(default="", max_length=4000)
    type: WorkType = WorkType.REPAIR
    instructions: str = Field(default="", max_length=4000)
    requester_id: str | None = None
    client_id: str | None = None
    department: str = Field(default="", max_length=80)
    required_by: date | None = None
    estimated_completion: date | None = None
    location_id: str = ""
    exact_spot: str = Field(default="", max_length=200)
    asset_id: str | None = None
    priority: Priority = Priority.NORMAL
    estimated_hours: Decimal | None = None
    project_id: str | None = None
    cost_centre_id: str = ""
    nte: Decimal | None = None
    charge_back_client_id: str | None = None
    finding_reference: str = Field(default="", max_length=80)
    compliance_deadline: date | None = None
    mandatory: bool = False


PLAIN = (
    "explanation",
    "type",
    "instructions",
    "department",
    "exact_spot",
    "priority",
    "finding_reference",
    "mandatory",
)
"""Fields that any value of their type suits."""
REFERENCES: dict[str, tuple[Any, str]] = {
    "requester_id": (Person, "person"),
    "client_id": (Client, "client"),
    "asset_id": (Asset, "asset"),
    "project_id": (Project, "project"),
    "charge_back_client_id": (Client, "client"),
}
"""Fields that name another thing, or nothing."""
DAYS = {
    "required_by": "The day it is required by,",
    "estimated_completion": "The estimated completion",
    "compliance_deadline": "The compliance deadline",
}
"""Dates, which may not lie in the past when they are set."""


TAKEN_OVER = (
    "exact_spot",
    "explanation",
    "type",
    "instructions",
    "priority",
    "required_by",
    "department",
    "source_channel",
    "source_ts",
)
"""What a new job takes as it was given."""


@dataclass(frozen=True)
class Place:
    """Where work is: the location, its site, and the asset where there is one."""

    location: Location
    site: Location
    asset: Asset | None


def place_of(ctx: Context, location_id: str, asset_id: str | None) -> Place:
    """The place that was named, or the asset's place; refused when the two contradict."""
    asset = None
    if asset_id:
        beside = (Location, CostCentre)
        asset = ctx.require(Asset, asset_id, label="asset", field="asset_id", beside=beside)
    if not location_id and asset is None:
        raise REQUIRED(field="location_id", label="The place")
    wanted = location_id or (asset.location_id if asset else "")
    location = ctx.require(Location, wanted, label="location", field="location_id")
    if asset is not None and location_id:
        stands = ctx.require(Location, asset.location_id, label="location")
        if stands.site_id != location.site_id:
            raise WRONG_PLACE(field="asset_id", asset=asset.name, place=location.name)
    site = ctx.require(Location, location.site_id, label="site")
    return Place(location, site, asset)


def who_pays(ctx: Context, place: Place, wanted: str | None) -> CostCentre:
    """The cost centre that was named, else the asset's, else the nearest one up the tree."""
    chosen = wanted or (place.asset.cost_centre_id if place.asset else None)
    if chosen is None:
        above = reversed(path(ctx.uow, place.location))
        chosen = next((level.cost_centre_id for level in above if level.cost_centre_id), None)
    if chosen is None:
        raise NO_COST_CENTRE(field="cost_centre_id", place=place.location.name)
    return ctx.require(CostCentre, chosen, label="cost centre", field="cost_centre_id")


def open_job(
    ctx: Context, place: Place, cost_centre: CostCentre, files: Sequence[FileFacts], **values: Any
) -> WorkOrder:
    """Make the job, index its words, hang its files on it, and record that it was opened."""
    order = WorkOrder(
        id=ctx.new_id(),
        number=ctx.uow.next_number("WO", ctx.at.year),
        site_id=place.site.id,
        location_id=place.location.id,
        asset_id=place.asset.id if place.asset else None,
        cost_centre_id=cost_centre.id,
        created_at=ctx.at,
        **values,
    )
    ctx.uow.add(order)
    words = words_of(order.title)
    ctx.uow.store(LookupStore).set_words("work_order", order.id, words, new=True)
    ctx.record(
        WorkOrderOpened(
            subject_id=order.id,
            number=order.number,
            title=order.title,
            state=order.state.value,
            site_id=order.site_id,
            cost_centre_id=order.cost_centre_id,
            work_request_id=order.work_request_id,
            requester_id=order.requester_id,
        )
    )
    attach(ctx, "work_order", order.id, files)
    return order


def checked_title(title: str) -> str:
    """A title without space around it; an empty one is refused."""
    if not title.strip():
        raise REQUIRED(field="title", label="The title")
    return title.strip()


@use_case(
    OpenWorkOrder,
    roles={Role.SUPERVISOR, Role.ADMIN, Role.BUYER},
    action="open work orders",
    system=True,
)
def open_work_order(command: OpenWorkOrder, ctx: Context) -> Answer:
    """A supervisor's job is approved at once; others wait in "requested"."""
    place = place_of(ctx, command.location_id, command.asset_id)
    not_past(command.required_by, ctx.at.date(), label=DAYS["required_by"], field="required_by")
    centre = who_pays(ctx, place, command.cost_centre_id)
    values: dict[str, Any] = {name: getattr(command, name) for name in TAKEN_OVER}
    values["title"] = checked_title(command.title)
    values["requester_id"] = _known(ctx, "requester_id", command.requester_id) or ctx.actor_id
    values["client_id"] = _known(ctx, "client_id", command.client_id)
    order = open_job(ctx, place, centre, command.files, **values)
    if ctx.actor is not None and ctx.actor.supervises(place.site.id):
        ctx.record(order.approve(by=ctx.actor, at=ctx.at, same_commit=True))
    return Answer(
        subject_id=order.id, number=order.number, message=f"{order.number} {order.title} is open."
    )


@use_case(ApproveWorkOrder, roles={Role.SUPERVISOR}, action="approve work orders")
def approve_work_order(command: ApproveWorkOrder, ctx: Context) -> Answer:
    """Record who approved and when; the job joins the queue of free jobs."""
    order, person = permitted(ctx, command.work_order_id, "approve")
    ctx.record(order.approve(by=person, at=ctx.at))
    return done(order, "is approved")


@use_case(
    ChangeWorkOrder, roles={Role.SUPERVISOR, Role.ADMIN}, action="change work orders", system=True
)
def change_work_order(command: ChangeWorkOrder, ctx: Context) -> Answer:
    """Change what is given and differs; saying what already stands is refused as no change."""
    if ctx.actor is None:
        order = locked(ctx, command.work_order_id)
    else:
        order, _ = permitted(ctx, command.work_order_id, "change")
    WORK_ORDER.move(order.state, "change", subject=order.number)
    values = _changes(command, ctx, order)
    changed = change(order, values)
    if not changed.changed:
        raise NOTHING_CHANGED(number=order.number)
    order.version += 1
    if changed.after.keys() & {"nte_minor", "cost_centre_id"}:
        keep_nte(ctx, order)
    if "title" in changed.after:
        ctx.uow.store(LookupStore).set_words("work_order", order.id, words_of(order.title))
    ctx.record(
        WorkOrderChanged(
            subject_id=order.id, number=order.number, before=changed.before, after=changed.after
        )
    )
    return done(order, "is changed")


def _changes(command: ChangeWorkOrder, ctx: Context, order: WorkOrder) -> dict[str, Any]:
    given = command.model_fields_set
    values: dict[str, Any] = {name: getattr(command, name) for name in PLAIN if name in given}
    if "title" in given:
        values["title"] = checked_title(command.title)
    for name in given & REFERENCES.keys():
        values[name] = _known(ctx, name, getattr(command, name))
    for name in given & DAYS.keys():
        day = getattr(command, name)
        if day != getattr(order, name):
            not_past(day, ctx.at.date(), label=DAYS[name], field=name)
        values[name] = day
    if "estimated_hours" in given:
        values["estimated_hours"] = _hours(command.estimated_hours)
    values |= _new_place(command, ctx, order, values)
    values |= _new_money(command, ctx, order)
    return values


def _known(ctx: Context, name: str, id: str | None) -> str | None:
    """The id of an existing thing of the field's kind; none for none."""
    kind, label = REFERENCES[name]
    return str(ctx.require(kind, id, label=label, field=name).id) if id else None


def _hours(hours: Decimal | None) -> Decimal | None:
    if hours is None:
        return None
    field = "estimated_hours"
    number = checked_decimal(hours, label="Estimated hours", places=HOURS_PLACES, field=field)
    if number < 0:
        raise NEGATIVE(field=field, label="Estimated hours", bound="0 or more", typed=plain(number))
    return number


def _new_place(
    command: ChangeWorkOrder, ctx: Context, order: WorkOrder, values: dict[str, Any]
) -> dict[str, Any]:
    """A new place takes the site along; a new asset must stand at the job's site."""
    if not {"location_id", "asset_id"} & command.model_fields_set:
        return {}
    location_id = command.location_id or order.location_id
    place = place_of(ctx, location_id, values.get("asset_id", order.asset_id))
    return {"location_id": place.location.id, "site_id": place.site.id}


def _new_money(command: ChangeWorkOrder, ctx: Context, order: WorkOrder) -> dict[str, Any]:
    """The not-to-exceed amount is in the cost centre's currency; a change of currency empties it
    unless it is given anew."""
    values: dict[str, Any] = {}
    before = ctx.require(CostCentre, order.cost_centre_id, label="cost centre")
    centre = before
    if "cost_centre_id" in command.model_fields_set:
        centre = ctx.require(
            CostCentre, command.cost_centre_id, label="cost centre", field="cost_centre_id"
        )
        values["cost_centre_id"] = centre.id
    if "nte" in command.model_fields_set:
        values["nte_minor"] = _nte(command.nte, centre.currency)
    elif centre.currency != before.currency:
        values["nte_minor"] = None
    return values


def _nte(amount: Decimal | None, currency: str) -> int | None:
    if amount is None:
        return None
    label = "The not-to-exceed amount"
    places = minor_digits(currency)
    value = checked_decimal(amount, label=label, places=places, field="nte")
    if value <= 0:
        raise NEGATIVE(field="nte", label=label, bound="more than 0", typed=plain(value))
    return Money.of(value, currency).minor


def locked(ctx: Context, work_order_id: str) -> WorkOrder:
    """The job, read anew and held until the end."""
    return ctx.require_locked(WorkOrder, work_order_id, label="work order")


def permitted(ctx: Context, work_order_id: str, verb: str) -> tuple[WorkOrder, Person]:
    """The locked job and the acting person, who must have the right to this verb on it."""
    order, person = locked(ctx, work_order_id), ctx.person()
    if not person.only_reads() and may(order, person, verb, teams=team_ids(ctx.uow, person.id)):
        return order, person
    if verb in WORKER_VERBS and order.assignee_id is not None and not person.only_reads():
        who = assignee_name(ctx.uow, order)
        raise NOT_YOURS(number=order.number, who=who, verb=words(verb))
    site = ctx.uow.get(Location, order.site_id)
    raise NOT_ALLOWED(
        action=f"{words(verb)} {order.number}",
        who=f"a supervisor of {site.name if site else 'its site'}",
    )


def is_with(order: WorkOrder, person: Person) -> bool:
    """Whether the job is given to just this person."""
    return order.assignee_kind is AssigneeKind.PERSON and order.assignee_id == person.id


def done(order: WorkOrder, what: str) -> Answer:
    """The answer after a move."""
    return Answer(
        subject_id=order.id,
        number=order.number,
        message=f"{order.number} {order.title} {what}.",
        facts={"state": order.state.value},
    )
