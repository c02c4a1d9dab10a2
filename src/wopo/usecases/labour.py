"""Labour: hours entered on a job, and taken back by a negative entry."""

from datetime import date
from decimal import Decimal

from pydantic import Field

from wopo.domain.cost_centres import CostCentre
from wopo.domain.errors import NOT_ALLOWED, Refusal
from wopo.domain.labour import (
    CORRECTED,
    DAY_FULL,
    FUTURE_DAY,
    HOURS_A_DAY,
    IS_CORRECTION,
    NO_RATE,
    LabourEntered,
    LabourEntry,
    checked_hours,
    labour_cost,
)
from wopo.domain.money import plain
from wopo.domain.people import LabourRate, Person, Role, rate_on
from wopo.domain.work_orders import WORK_ORDER, WorkOrder
from wopo.usecases.door import Answer, Command, Context, use_case
from wopo.usecases.people import active_person
from wopo.usecases.ports.work_orders import WorkOrderStore
from wopo.usecases.work_orders import locked, permitted

NO_EXCHANGE_RATE = Refusal(
    "labour.no_exchange_rate",
    "There is no {source} to {target} rate for {day}. Nothing was changed; "
    "ask finance to enter one, the hours can be entered afterwards.",
    logged=True,
)


class EnterLabour(Command):
    """Enter hours worked on a job on a day; by default of the acting person, today."""

    work_order_id: str
    hours: Decimal
    day: date | None = None
    person_id: str | None = None
    note: str = Field(default="", max_length=300)


class CorrectLabour(Command):
    """Take an entry back by a negative one and, when ``hours`` is more than 0, enter the right
    hours at the rate of that day."""

    labour_entry_id: str
    hours: Decimal = Decimal(0)
    note: str = Field(default="", max_length=300)


@use_case(EnterLabour, roles=frozenset(Role) - {Role.AUDITOR}, action="enter hours")
def enter_labour(command: EnterLabour, ctx: Context) -> Answer:
    """Cost = hours x the person's rate valid that day, in the cost centre's currency."""
    order, actor = permitted(ctx, command.work_order_id, "log_labour")
    WORK_ORDER.move(order.state, "log_labour", subject=order.number)
    person = actor
    if command.person_id and command.person_id != actor.id:
        if not actor.supervises(order.site_id):
            raise NOT_ALLOWED(action="enter hours of others", who="the supervisor of the site")
        person = active_person(ctx, command.person_id, field="person_id")
    hours, day = checked_hours(command.hours), command.day or ctx.today
    if day > ctx.today:
        raise FUTURE_DAY(field="day", day=day.isoformat())
    entry = _enter(ctx, order, person, hours, day=day, note=command.note)
    return _answer(order, entry, f"{plain(hours)} hours of {person.name} are entered")


def _enter(
    ctx: Context, order: WorkOrder, person: Person, hours: Decimal, *, day: date, note: str
) -> LabourEntry:
    ctx.uow.lock(Person, person.id)
    already = ctx.uow.store(WorkOrderStore).hours_on(person.id, day)
    if already + hours > HOURS_A_DAY:
        raise DAY_FULL(
            field="hours",
            name=person.name,
            day=day.isoformat(),
            already=plain(already),
            hours=plain(hours),
        )
    rate = rate_on(ctx.uow.all(LabourRate, person_id=person.id), day)
    if rate is None:
        raise NO_RATE(field="hours", name=person.name, day=day.isoformat())
    centre = ctx.require(CostCentre, order.cost_centre_id, label="cost centre")
    exchange = _exchange(ctx, rate.currency, centre.currency, day)
    amount = labour_cost(hours, rate.per_hour, centre.currency, exchange=exchange)
    entry = LabourEntry(
        id=ctx.new_id(),
        work_order_id=order.id,
        person_id=person.id,
        day=day,
        hours=hours,
        rate=rate.per_hour,
        rate_currency=rate.currency,
        exchange_rate=exchange,
        amount_minor=amount.minor,
        currency=amount.currency,
        cost_centre_id=centre.id,
        entered_by_id=ctx.actor_id,
        at=ctx.at,
        note=note.strip(),
    )
    _keep(ctx, order, entry, person)
    return entry


def _exchange(ctx: Context, source: str, target: str, day: date) -> Decimal:
    """The newest dated rate; without one nothing is guessed."""
    if source == target:
        return Decimal(1)
    rate = ctx.uow.store(WorkOrderStore).exchange_rate(source, target, day)
    if rate is None:
        raise NO_EXCHANGE_RATE(field="day", source=source, target=target, day=day.isoformat())
    return rate


def _keep(ctx: Context, order: WorkOrder, entry: LabourEntry, person: Person) -> None:
    ctx.uow.add(entry)
    ctx.uow.flush()
    ctx.record(
        LabourEntered(
            subject_id=order.id,
            number=order.number,
            work_order_id=order.id,
            labour_entry_id=entry.id,
            person_id=person.id,
            person=person.name,
            day=entry.day,
            hours=entry.hours,
            amount=entry.amount,
            cost_centre_id=entry.cost_centre_id,
            corrects_id=entry.corrects_id,
        )
    )


@use_case(CorrectLabour, roles=frozenset(Role) - {Role.AUDITOR}, action="correct hours")
def correct_labour(command: CorrectLabour, ctx: Context) -> Answer:
    """The negative entry takes back exactly what the wrong one cost, to the same cost centre."""
    wrong = ctx.require(LabourEntry, command.labour_entry_id, label="labour entry")
    order = locked(ctx, wrong.work_order_id)
    actor = ctx.person()
    if wrong.person_id != actor.id and not actor.supervises(order.site_id):
        raise NOT_ALLOWED(action="correct hours of others", who="the supervisor of the site")
    WORK_ORDER.move(order.state, "log_labour", subject=order.number)
    if wrong.corrects_id is not None:
        raise IS_CORRECTION()
    if ctx.uow.find(LabourEntry, corrects_id=wrong.id) is not None:
        raise CORRECTED(hours=plain(wrong.hours))
    person = ctx.require(Person, wrong.person_id, label="person")
    back = LabourEntry(
        **wrong.model_dump(exclude={"id", "hours", "amount_minor", "at", "note", "entered_by_id"})
        | {"corrects_id": wrong.id},
        id=ctx.new_id(),
        hours=-wrong.hours,
        amount_minor=-wrong.amount_minor,
        at=ctx.at,
        note=command.note.strip() or "correction",
        entered_by_id=ctx.actor_id,
    )
    _keep(ctx, order, back, person)
    if command.hours == 0:
        return _answer(order, back, f"{plain(wrong.hours)} hours are taken back")
    hours = checked_hours(command.hours)
    entry = _enter(ctx, order, person, hours, day=wrong.day, note=command.note)
    return _answer(order, entry, f"{plain(wrong.hours)} hours are now {plain(hours)}")


def _answer(order: WorkOrder, entry: LabourEntry, what: str) -> Answer:
    return Answer(
        subject_id=order.id,
        number=order.number,
        message=f"{order.number}: {what}.",
        facts={"labour_entry_id": entry.id},
    )
