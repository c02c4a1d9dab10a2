"""Who is on call where, and what they approved until somebody looked at it."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from wopo.domain.approvals import Approval
from wopo.domain.delegations import SEES_NO_COSTS
from wopo.domain.locations import Location
from wopo.domain.money import NEGATIVE, Money, checked_decimal, minor_digits, plain
from wopo.domain.on_call import (
    DAYS,
    ENDED,
    MOST_DAYS,
    NOT_YOUR_SITE,
    OVERLAPS,
    YOURSELF,
    ApprovedOnCall,
    EmergencyReview,
    OnCall,
    OnCallEnded,
    OnCallSet,
    next_working_day,
)
from wopo.domain.own_days import check_days, day_there
from wopo.domain.people import Person, Role, may_see_costs
from wopo.usecases.approval_deciders import Circle
from wopo.usecases.approval_routing import reroute_waiting
from wopo.usecases.approval_steps import agree, open_ones
from wopo.usecases.door import Answer, Command, Context, Notice, announces, use_case
from wopo.usecases.order_stories import approval_cards
from wopo.usecases.own_days import turned
from wopo.usecases.people import active_person, direct
from wopo.usecases.ports.people import PeopleStore
from wopo.usecases.settings import company

BEGIN = "on_call_begins"
"""Job of the sweep, once per time on call."""
DUTY = "somebody else is on call"
"""Why others are asked now."""


class SetOnCall(Command):
    """Let a person approve a site's emergencies on these days of theirs, each order up to ``cap``
    in major units of the company's currency."""

    person_id: str
    site_id: str
    starts: date
    ends: date
    cap: Decimal


class EndOnCall(Command):
    """End somebody's time on call now."""

    on_call_id: str


@use_case(SetOnCall, roles={Role.SUPERVISOR, Role.ADMIN}, action="set who is on call")
def set_on_call(command: SetOnCall, ctx: Context) -> Answer:
    """By a supervisor of the site or an administrator, for somebody else: a limit is given, not
    taken. Raises ``DAYS``, ``OVERLAPS``, ``NOT_YOUR_SITE``, ``YOURSELF`` and, for somebody who
    would not see what they approve, ``SEES_NO_COSTS``."""
    site = ctx.require(Location, command.site_id, label="site", field="site_id")
    _check_site(ctx, site)
    person = active_person(ctx, command.person_id, field="person_id")
    if person.id == ctx.actor_id:
        raise YOURSELF(field="person_id", site=site.name)
    if not may_see_costs(person, company(ctx.uow)):
        raise SEES_NO_COSTS(field="person_id", name=person.name)
    today = day_there(ctx.at, person.timezone)
    check_days(command.starts, command.ends, today=today, most=MOST_DAYS, refusal=DAYS)
    currency = company(ctx.uow).currency
    row = OnCall(
        id=ctx.new_id(),
        person_id=person.id,
        site_id=site.id,
        starts=command.starts,
        ends=command.ends,
        timezone=person.timezone,
        cap_minor=_cap(command.cap, currency).minor,
        currency=currency,
        set_by_id=ctx.actor_id,
        set_at=ctx.at,
    )
    _check_alone(ctx, row, person, site)
    ctx.uow.add(row)
    ctx.record(
        OnCallSet(
            subject_id=row.id,
            person_id=person.id,
            site_id=site.id,
            starts=row.starts,
            ends=row.ends,
            cap=row.cap,
        )
    )
    if row.covers(ctx.at):
        ask_anew(ctx, DUTY)
    return Answer(
        subject_id=row.id,
        message=f"{person.name} is on call for {site.name} from {row.starts:%d %b} to "
        f"{row.ends:%d %b %Y}, up to {row.cap} an order.",
    )


def _check_site(ctx: Context, site: Location) -> None:
    person = ctx.person()
    if not person.supervises(site.id) and not person.has(Role.ADMIN):
        raise NOT_YOUR_SITE(field="site_id", site=site.name)


def _check_alone(ctx: Context, row: OnCall, person: Person, site: Location) -> None:
    """Two caps at once would leave open which of them counts."""
    ctx.uow.lock(Person, person.id)
    others = ctx.uow.all(OnCall, person_id=person.id, site_id=site.id, ended_at=None, order="id")
    for one in others:
        if one.meets(row):
            raise OVERLAPS(
                field="starts", name=person.name, site=site.name, starts=one.starts, ends=one.ends
            )


def _cap(typed: Decimal, currency: str) -> Money:
    value = checked_decimal(typed, label="The cap", places=minor_digits(currency), field="cap")
    if value <= 0:
        raise NEGATIVE(field="cap", label="The cap", bound="more than 0", typed=plain(value))
    return Money.of(value, currency)


@use_case(EndOnCall, roles={Role.SUPERVISOR, Role.ADMIN}, action="set who is on call")
def end_on_call(command: EndOnCall, ctx: Context) -> Answer:
    """By a supervisor of the site or an administrator. Raises ``ENDED``."""
    row = ctx.require_locked(OnCall, command.on_call_id, label="time on call")
    _check_site(ctx, ctx.require(Location, row.site_id, label="site"))
    if row.is_over(ctx.at):
        raise ENDED()
    _end(ctx, row)
    ask_anew(ctx, DUTY)
    return Answer(subject_id=row.id, message="That time on call has ended.")


def _end(ctx: Context, row: OnCall) -> None:
    row.ended_at = ctx.at
    ctx.record(OnCallEnded(subject_id=row.id, person_id=row.person_id, site_id=row.site_id))


def follow_on_call(ctx: Context) -> tuple[int, int]:
    """How many times on call have begun, each counted once, and how many are over and end now; the
    caller asks anew about what waits."""
    rows = ctx.uow.all(OnCall, ended_at=None, order=("starts", "id"))
    fresh, over = turned(ctx, rows, BEGIN)
    for row in over:
        _end(ctx, row)
    return len(fresh), len(over)


def ask_anew(ctx: Context, reason: str) -> None:
    """What waits is asked of whoever stands in or is on call now."""
    ctx.uow.flush()
    reroute_waiting(ctx, reason)


@announces(OnCallSet)
def tell_set(event: OnCallSet, ctx: Context) -> Iterable[Notice]:
    """The person hears where, when and how much."""
    site = ctx.require(Location, event.site_id, label="site")
    text = (
        f"You are on call for {site.name} from {event.starts:%d %b} to {event.ends:%d %b %Y}: at "
        f"any hour you may approve orders for emergency jobs there, up to {event.cap} each. "
        "Others review them on the next working day."
    )
    yield direct(event.person_id, event.subject_id, text)


@announces(OnCallEnded)
def tell_end(event: OnCallEnded, ctx: Context) -> Iterable[Notice]:
    """The person hears that it is over."""
    site = ctx.require(Location, event.site_id, label="site")
    text = f"You are no longer on call for {site.name}."
    yield direct(event.person_id, event.subject_id, text)


def approve_on_call(ctx: Context, circle: Circle, approval: Approval, duty: OnCall) -> None:
    """Make every decision that is still open about the revision; whoever would have made each
    reviews it from the next working day on."""
    rows = open_ones(ctx, approval) or [approval]
    due_on = next_working_day(ctx.today)
    reviews = [_decide(ctx, circle, row, duty, due_on) for row in rows]
    ctx.uow.add(*reviews)
    ctx.record(
        ApprovedOnCall(
            subject_id=approval.id,
            order_id=circle.order.id,
            number=circle.order.number,
            amount=circle.amount,
            cap=duty.cap,
            by_id=ctx.person().id,
            review_ids=[review.id for review in reviews],
            due_on=due_on,
        )
    )


def _decide(
    ctx: Context, circle: Circle, row: Approval, duty: OnCall, due_on: date
) -> EmergencyReview:
    person_id = ctx.person().id
    agree(ctx, circle, row)
    row.on_call_id = duty.id
    whom, _ = circle.stand_ins_of(circle.of(row.wanted).whom())
    asked = [id for id in whom if id != person_id] or [
        one.id
        for one in ctx.uow.store(PeopleStore).with_role(Role.FINANCE)
        if one.id not in (circle.excluded | {person_id})
    ]
    return EmergencyReview(
        id=ctx.new_id(),
        approval_id=row.id,
        purchase_order_id=row.purchase_order_id,
        asked_ids=asked,
        due_on=due_on,
        made_at=ctx.at,
    )


@announces(ApprovedOnCall)
def tell_approved(event: ApprovedOnCall, ctx: Context) -> Iterable[Notice]:
    """Every copy of every card of the decision says so; the reviewers are asked in the morning."""
    reviews = ctx.uow.all(EmergencyReview, id=event.review_ids)
    rows = ctx.uow.many(Approval, [review.approval_id for review in reviews])
    for row in rows.values():
        yield from approval_cards(row.id, [*row.eligible_ids, event.by_id])
