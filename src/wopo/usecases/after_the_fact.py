"""Orders after the fact: saying so, and telling finance of a month's."""

from collections.abc import Iterable
from datetime import date, timedelta

from pydantic import Field

from wopo.domain.after_the_fact import (
    MAY_BE,
    NOT_PAST,
    OTHER_KIND,
    AfterTheFact,
    AfterTheFactReported,
    First,
    SaidAfterTheFact,
)
from wopo.domain.approval_rights import checked_reason
from wopo.domain.numbers import short
from wopo.domain.order_life import PURCHASE_ORDER
from wopo.domain.outbox import JobRun, Mode
from wopo.domain.purchase_orders import OrderKind
from wopo.domain.workflow import words
from wopo.usecases.door import Answer, Command, Context, Notice, announces, silent, use_case
from wopo.usecases.order_documents import hold_order
from wopo.usecases.purchase_orders import may_submit
from wopo.usecases.sweeps import once
from wopo.usecases.views.after_the_fact import month_report, report_text

silent(SaidAfterTheFact, "whoever decides reads it on the card, finance in the monthly report")
JOB = "after_the_fact"


class SayAfterTheFact(Command):
    """The delivery or the invoice came before this order: on which day, and why the order comes
    after."""

    order_id: str
    happened_on: date
    first: First
    reason: str = Field(max_length=200)


class ReportAfterTheFact(Command):
    """Tell finance of last month's orders after the fact, once."""


@use_case(SayAfterTheFact, action="say that an order is after the fact")
def say(command: SayAfterTheFact, ctx: Context) -> Answer:
    """Make a draft an after-the-fact order, or correct what was said of one. Raises ``NOT_PAST``,
    ``OTHER_KIND``."""
    document = hold_order(ctx, command.order_id)
    order, number = document.order, short(document.order.number)
    may_submit(ctx, document)
    PURCHASE_ORDER.move(order.state, "edit", subject=number)
    if order.kind not in MAY_BE:
        raise OTHER_KIND(number=number, kind=f"a {words(order.kind.value)} order")
    if command.happened_on > ctx.today:
        raise NOT_PAST(field="happened_on", day=command.happened_on, number=number)
    reason = checked_reason(command.reason)
    row = ctx.uow.find(AfterTheFact, purchase_order_id=order.id)
    if row is None:
        row = AfterTheFact(
            id=ctx.new_id(),
            purchase_order_id=order.id,
            happened_on=command.happened_on,
            first=command.first,
            reason=reason,
            at=ctx.at,
        )
        ctx.uow.add(row)
    row.happened_on, row.first, row.reason = command.happened_on, command.first, reason
    row.said_by_id, row.at = ctx.actor_id, ctx.at
    order.kind = OrderKind.AFTER_THE_FACT
    order.version += 1
    ctx.record(
        SaidAfterTheFact(
            subject_id=order.id,
            number=order.number,
            happened_on=row.happened_on,
            first=row.first,
            reason=reason,
        )
    )
    return Answer(
        subject_id=order.id,
        number=order.number,
        message=f"{number} is an after-the-fact order now. Send it for approval.",
    )


@use_case(ReportAfterTheFact, action="report orders after the fact", system=True)
def report(command: ReportAfterTheFact, ctx: Context) -> Answer:
    """The post for finance, in the first days of a month about the one before; a month without
    such orders is told as well, since it is good news."""
    last = ctx.at.date().replace(day=1) - timedelta(days=1)
    month = f"{last:%Y-%m}"
    if ctx.uow.find(JobRun, job=JOB, period=month) is not None:
        return Answer(message=f"{month} is told already.", facts={"told": 0})
    found = month_report(ctx.uow, last.year, last.month)
    once(ctx, JOB, month)
    if found.orders:
        ctx.record(
            AfterTheFactReported(subject_id=month, text=report_text(found), count=len(found.late))
        )
    return Answer(message=f"{month}: {len(found.late)} orders after the fact.", facts={"told": 1})


@announces(AfterTheFactReported)
def tell_finance(event: AfterTheFactReported, ctx: Context) -> Iterable[Notice]:
    """One post in finance's channel."""
    facts = {"text": event.text}
    yield Notice("direct", event.subject_id, "setting:finance", Mode.POST, facts)
