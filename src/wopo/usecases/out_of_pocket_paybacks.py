"""Paying out-of-pocket purchases back, each once, and who is told of one."""

from collections.abc import Iterable

from wopo.domain.cost_centres import CostCentreOwnerSet
from wopo.domain.delegations import DelegationEnded, DelegationMade
from wopo.domain.events import Event
from wopo.domain.money import by_currency
from wopo.domain.numbers import short
from wopo.domain.out_of_pocket import (
    NOTHING_TO_PAY,
    OutOfPocket,
    Payback,
    PocketApproved,
    PocketDeclared,
    PocketEnded,
    PocketRerouted,
    PocketsPaidBack,
    PocketState,
    PocketStepDecided,
    move,
)
from wopo.domain.outbox import Mode
from wopo.domain.people import (
    AuthoritySet,
    Person,
    PersonChanged,
    PersonDeactivated,
    PersonReactivated,
    Role,
)
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.door import Answer, Command, Context, Notice, announces, reaction, use_case
from wopo.usecases.out_of_pocket_decisions import reroute_waiting
from wopo.usecases.people import direct, home
from wopo.usecases.ports.outbox import TASK
from wopo.usecases.ports.people import PeopleStore
from wopo.usecases.work_order_stories import story

CARD = "out_of_pocket"
ATTACH_PAYBACK = "attach_payback"
MOST = 200
"""Purchases on one file: what is held and written within the seconds that a click has."""


class PayBack(Command):
    """Put approved purchases that were not paid back yet on one file for payroll, at most
    ``MOST``."""


@use_case(PayBack, roles={Role.FINANCE}, action="pay purchases back", system=True)
def pay_back(command: PayBack, ctx: Context) -> Answer:
    """The file (RB) and all that is on it; nothing is ever on two. Raises ``NOTHING_TO_PAY``."""
    found = ctx.uow.all(
        OutOfPocket, state=PocketState.APPROVED, order=("person_id", "number"), limit=MOST + 1
    )
    purchases = [ctx.require_locked(OutOfPocket, one.id, label="purchase") for one in found[:MOST]]
    purchases = [one for one in purchases if one.state is PocketState.APPROVED]
    if not purchases:
        raise NOTHING_TO_PAY()
    payback = Payback(
        id=ctx.new_id(),
        number=ctx.uow.next_number("RB", ctx.at.year),
        made_by_id=ctx.actor_id,
        at=ctx.at,
    )
    ctx.uow.add(payback)
    for one in purchases:
        move(one, "pay_back")
        one.payback_id = payback.id
    totals = by_currency(one.amount for one in purchases)
    ctx.record(
        PocketsPaidBack(
            subject_id=payback.id,
            number=payback.number,
            purchase_ids=[one.id for one in purchases],
            numbers=[one.number for one in purchases],
            totals=totals,
        )
    )
    many = f"{len(purchases)} purchase{'' if len(purchases) == 1 else 's'}"
    more = " More wait: make another file." if len(found) > MOST else ""
    return Answer(
        subject_id=payback.id,
        number=payback.number,
        message=f"{payback.number}: {many}, {', '.join(str(total) for total in totals)}.{more}",
    )


def _purchase(event: Event, ctx: Context) -> OutOfPocket:
    return ctx.require(OutOfPocket, event.subject_id, label="out-of-pocket purchase")


def cards(purchase: OutOfPocket, others: Iterable[str] = ()) -> Iterable[Notice]:
    """Every copy of its card, and the Homes that list it."""
    whose = [purchase.person_id, *purchase.eligible_ids, *others]
    for person_id in dict.fromkeys(whose):
        yield Notice(CARD, purchase.id, f"person:{person_id}", Mode.KEEP)
        yield home(person_id)


def _to_finance(purchase: OutOfPocket) -> Iterable[Notice]:
    if not purchase.eligible_ids:
        text = (
            f"Nobody has the authority to decide about {short(purchase.number)}, an out-of-pocket "
            "purchase, so it waits."
        )
        yield Notice("direct", purchase.id, "setting:finance", facts={"text": text})


@announces(PocketDeclared)
def tell_declared(event: PocketDeclared, ctx: Context) -> Iterable[Notice]:
    """Whoever decides gets the card; where nobody can, finance hears of it."""
    purchase = _purchase(event, ctx)
    yield from cards(purchase)
    yield from _to_finance(purchase)


@announces(PocketRerouted)
def tell_rerouted(event: PocketRerouted, ctx: Context) -> Iterable[Notice]:
    """The copies of those who were asked before say who decides now."""
    purchase = _purchase(event, ctx)
    yield from cards(purchase, event.before_ids)
    yield from _to_finance(purchase)


@announces(PocketStepDecided)
def tell_step(event: PocketStepDecided, ctx: Context) -> Iterable[Notice]:
    """It is the next one's turn; the copies of those who had it say so."""
    purchase = _purchase(event, ctx)
    yield from cards(purchase, [*event.before_ids, event.by_id])
    yield from _to_finance(purchase)


@announces(PocketApproved)
def tell_approved(event: PocketApproved, ctx: Context) -> Iterable[Notice]:
    """The person and the job's thread hear of it; finance's Homes list it."""
    purchase = _purchase(event, ctx)
    job = ctx.require(WorkOrder, purchase.work_order_id, label="work order")
    person = ctx.require(Person, purchase.person_id, label="person")
    yield from cards(purchase, [event.by_id])
    yield story(job, f"{person.name} bought {purchase.description} out of pocket; it is approved.")
    for finance in ctx.uow.store(PeopleStore).with_role(Role.FINANCE):
        yield home(finance.id)


@announces(PocketEnded)
def tell_ended(event: PocketEnded, ctx: Context) -> Iterable[Notice]:
    """The copies say so, with the reason."""
    yield from cards(_purchase(event, ctx), [ctx.actor_id] if ctx.actor_id else ())


@announces(PocketsPaidBack)
def tell_paid_back(event: PocketsPaidBack, ctx: Context) -> Iterable[Notice]:
    """Each person once, with what comes to them; the file for whoever made it."""
    payback = ctx.require(Payback, event.subject_id, label="file")
    purchases = ctx.uow.all(OutOfPocket, id=event.purchase_ids, order="number")
    for person_id in dict.fromkeys(one.person_id for one in purchases):
        own = [one for one in purchases if one.person_id == person_id]
        sums = ", ".join(str(total) for total in by_currency(one.amount for one in own))
        numbers = ", ".join(short(one.number) for one in own)
        yield direct(person_id, payback.id, f"{sums} is paid back to you: {numbers}.")
    for one in purchases:
        yield Notice(CARD, one.id, f"person:{one.person_id}", Mode.KEEP)
    for finance in ctx.uow.store(PeopleStore).with_role(Role.FINANCE):
        yield home(finance.id)
    if payback.made_by_id:
        facts = {"person_id": payback.made_by_id}
        yield Notice("task", payback.id, f"{TASK}{ATTACH_PAYBACK}", facts=facts)


def deciders_changed(_event: Event, ctx: Context) -> None:
    """Limits, people or stand-ins changed: what waits is asked of those who can decide now."""
    ctx.uow.flush()
    reroute_waiting(ctx)


for _event in (
    AuthoritySet,
    PersonDeactivated,
    PersonReactivated,
    CostCentreOwnerSet,
    DelegationMade,
    DelegationEnded,
):
    reaction(_event)(deciders_changed)


@reaction(PersonChanged)
def roles_changed(event: PersonChanged, ctx: Context) -> None:
    """Only roles, and who is above whom, decide who may approve; a new name or language asks nobody
    anew."""
    if {"roles", "manager_id"} & set(event.after):
        reroute_waiting(ctx)
