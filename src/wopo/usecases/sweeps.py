"""What time alone brings about: digests, reminders, late deliveries, receipts that stay out.

The scheduler is only a ticker; what is due is computed from the data, and each period is done once:
the unique ``JobRun`` row is the safety. Every sweep may run twice, late, or after days of rest.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.deliveries import (
    ApproverReminded,
    DeliveryLate,
    DigestSent,
    ToldAfterGrace,
    at_work,
)
from wopo.domain.money import Money, plain
from wopo.domain.numbers import short
from wopo.domain.outbox import JobRun, Mode
from wopo.domain.people import Person
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.subscriptions import DIGESTS, Subscription
from wopo.domain.vendors import Vendor
from wopo.usecases.door import Answer, Command, Context, Notice, announces, use_case
from wopo.usecases.exception_notices import cards
from wopo.usecases.ports.sweeps import SweepStore
from wopo.usecases.settings import company

AT_ONCE = 200
"""How many things one run of a sweep tells; what is left comes with the next tick."""
TICKS_KEPT = timedelta(days=7)
MAX_TOLD = 10
"""Orders that one reminder names."""


class SendDigests(Command):
    """Send the digests that are due."""


class RemindApprovers(Command):
    """Remind approvers of what has waited for them, in their working hours, once a day."""


class TellLateDeliveries(Command):
    """Tell of lines whose promised day has passed, once per line and promised day."""


class TellMissingReceipts(Command):
    """Tell of what was billed and not received when the grace period is over."""


class ForgetTicks(Command):
    """Remove the answers kept for ticks that nobody can repeat any more."""


def once(ctx: Context, job: str, period: str, **facts: object) -> None:
    """Write down that this period of a job is done; a second one is refused by the database."""
    ctx.uow.add(JobRun(id=ctx.new_id(), job=job, period=period, at=ctx.at, facts=facts))


@use_case(SendDigests, action="send digests", system=True)
def send_digests(command: SendDigests, ctx: Context) -> Answer:
    """One digest per subscription for the newest moment that is due; it covers those that were
    missed. Moments are the subscription's own (``Subscription.due``), each counts once."""
    sent = 0
    for found in ctx.uow.all(Subscription, active=True, rhythm=list(DIGESTS), order="id"):
        row = ctx.uow.lock(Subscription, found.id)
        if row is not None and row.active and _send_digest(ctx, row):
            sent += 1
    return Answer(message=f"{sent} digests sent.", facts={"sent": sent})


def _send_digest(ctx: Context, row: Subscription) -> bool:
    due = row.due(ctx.at)
    job = f"digest:{row.id}"
    last = ctx.uow.store(SweepStore).last_period(job)
    before = max(datetime.fromisoformat(last[0]), row.made_at) if last else row.made_at
    if due <= before:
        return False
    missed = row.missed(before, due)
    once(ctx, job, due.isoformat(), missed=missed)
    ctx.record(
        DigestSent(
            subject_id=row.id,
            channel=row.channel,
            due=due,
            since=last[1] if last else row.made_at,
            until=ctx.at,
            missed=missed,
        )
    )
    return True


@announces(DigestSent)
def post_digest(event: DigestSent, ctx: Context) -> Iterable[Notice]:
    """The digest goes to its channel; its figures are read when it is sent."""
    facts = {
        "since": event.since.isoformat(),
        "until": event.until.isoformat(),
        "missed": event.missed,
    }
    yield Notice("digest", event.subject_id, f"channel:{event.channel}", Mode.POST, facts)


@use_case(RemindApprovers, action="remind approvers", system=True)
def remind_approvers(command: RemindApprovers, ctx: Context) -> Answer:
    """One reminder per person and day, naming what has waited longest."""
    settings = company(ctx.uow)
    before = ctx.at - timedelta(hours=settings.remind_approvers_after_hours)
    waiting = [
        row
        for row in ctx.uow.all(Approval, state=ApprovalState.WAITING, order=("asked_at", "id"))
        if row.asked_at <= before
    ]
    by_person: dict[str, list[Approval]] = {}
    for row in waiting:
        for person_id in row.eligible_ids:
            by_person.setdefault(person_id, []).append(row)
    if not by_person:
        return Answer(message="Nobody is reminded.", facts={"reminded": 0})
    reminded = 0
    orders = _orders(ctx, waiting)
    for person in ctx.uow.all(Person, id=sorted(by_person), active=True, order="id"):
        day = at_work(person, ctx.at, settings.working_hours)
        if day is not None and _remind(ctx, person, day, by_person[person.id], orders):
            reminded += 1
    return Answer(message=f"{reminded} people reminded.", facts={"reminded": reminded})


def _orders(ctx: Context, waiting: list[Approval]) -> dict[str, tuple[PurchaseOrder, str]]:
    rows = ctx.uow.all(PurchaseOrder, id=sorted({row.purchase_order_id for row in waiting}))
    vendors = ctx.uow.all(Vendor, id=sorted({row.vendor_id for row in rows}))
    names = {vendor.id: vendor.name for vendor in vendors}
    return {row.id: (row, names.get(row.vendor_id, "")) for row in rows}


def _remind(
    ctx: Context,
    person: Person,
    day: date,
    waiting: list[Approval],
    orders: dict[str, tuple[PurchaseOrder, str]],
) -> bool:
    ctx.uow.lock(Person, person.id)
    job, period = f"remind:{person.id}", day.isoformat()
    if ctx.uow.store(SweepStore).done(job, [period]):
        return False
    once(ctx, job, period, approvals=len(waiting))
    ctx.record(
        ApproverReminded(
            subject_id=person.id,
            approval_ids=[row.id for row in waiting],
            text=_reminder(ctx, waiting, orders, person.locale),
        )
    )
    return True


def _reminder(
    ctx: Context,
    waiting: list[Approval],
    orders: dict[str, tuple[PurchaseOrder, str]],
    locale: str,
) -> str:
    told = []
    for row in waiting[:MAX_TOLD]:
        order, vendor = orders[row.purchase_order_id]
        amount = Money(row.amount_minor, row.currency).format(locale)
        days = (ctx.at - row.asked_at).days
        since = f"since {days} day{'' if days == 1 else 's'}" if days else "since today"
        told.append(f"{short(order.number)} · {vendor} · {amount} ({since})")
    more = len(waiting) - len(told)
    tail = f"\nand {more} more" if more > 0 else ""
    count = "One order waits" if len(waiting) == 1 else f"{len(waiting)} orders wait"
    return f"{count} for you:\n" + "\n".join(told) + tail


@announces(ApproverReminded)
def post_reminder(event: ApproverReminded, ctx: Context) -> Iterable[Notice]:
    """The reminder goes to the person alone."""
    facts = {"text": event.text, "approval_ids": event.approval_ids}
    audience = f"person:{event.subject_id}"
    yield Notice("reminder", event.subject_id, audience, Mode.POST, facts)


@use_case(TellLateDeliveries, action="tell of late deliveries", system=True)
def tell_late_deliveries(command: TellLateDeliveries, ctx: Context) -> Answer:
    """Each line whose promised day passed, once for that day; a new promise counts anew."""
    late = ctx.uow.store(SweepStore).late_lines(ctx.at.date(), AT_ONCE)
    for order, line in late:
        assert line.promised_on is not None
        once(ctx, f"late:{line.id}", line.promised_on.isoformat())
        ctx.record(_late(order, line, line.promised_on))
    return Answer(message=f"{len(late)} late lines told.", facts={"late": len(late)})


def _late(order: PurchaseOrder, line: PurchaseOrderLine, promised: date) -> DeliveryLate:
    return DeliveryLate(
        subject_id=order.id,
        number=order.number,
        line_id=line.id,
        description=line.description,
        promised_on=promised,
        missing=f"{plain(line.quantity - line.accepted)} {line.unit}",
        work_order_id=line.work_order_id,
    )


@announces(DeliveryLate)
def tell_late(event: DeliveryLate, ctx: Context) -> Iterable[Notice]:
    """The job's thread reads what it still waits for, the buyer which order to ask about."""
    what = f"{event.missing} {event.description}"
    if event.work_order_id is not None:
        text = f"Late: {what} was promised for {event.promised_on} and has not come."
        job = event.work_order_id
        yield Notice("story", job, f"thread:work_order:{job}", Mode.REPLY, {"text": text})
    order = ctx.require(PurchaseOrder, event.subject_id, label="purchase order")
    if order.buyer_id is not None:
        text = f"{short(event.number)} is late: {what}, promised for {event.promised_on}."
        audience = f"person:{order.buyer_id}"
        yield Notice("order_story", order.id, audience, Mode.POST, {"text": text})


@use_case(TellMissingReceipts, action="tell of missing receipts", system=True)
def tell_missing_receipts(command: TellMissingReceipts, ctx: Context) -> Answer:
    """Cases of "not received" whose grace period is over, once each."""
    due = ctx.uow.store(SweepStore).quiet_over(ctx.at, AT_ONCE)
    for case in due:
        once(ctx, "not_received", case.id)
        ctx.record(ToldAfterGrace(subject_id=case.id, number=case.number, owner_id=case.owner_id))
    return Answer(message=f"{len(due)} missing receipts told.", facts={"told": len(due)})


@announces(ToldAfterGrace)
def post_after_grace(event: ToldAfterGrace, ctx: Context) -> Iterable[Notice]:
    """The case's card is posted now."""
    yield from cards(event.subject_id, event.owner_id, ctx)


@use_case(ForgetTicks, action="forget old ticks", system=True)
def forget_ticks(command: ForgetTicks, ctx: Context) -> Answer:
    """Answers to ticks guard one minute each; those of people, files and Slack are kept for ever,
    because a repeat of theirs could order or pay twice (ADR 9)."""
    gone = ctx.uow.store(SweepStore).forget_ticks(ctx.at - TICKS_KEPT)
    return Answer(message=f"{gone} old ticks forgotten.", facts={"forgotten": gone})
