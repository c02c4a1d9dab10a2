"""What is told about parts of a job: its card, its thread, and who asked for them. No costs."""

from collections.abc import Iterable

from wopo.domain.money import plain
from wopo.domain.part_requests import (
    PartLineChanged,
    PartLineMoved,
    PartLinesAdded,
    PartRequestLine,
    PartsArrived,
    PartsComplete,
    PartsRequested,
)
from wopo.domain.stock import StockIssued, StockReleased, StockReserved, StockReturned
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.door import Context, Notice, announces, silent
from wopo.usecases.order_stories import buyer_homes
from wopo.usecases.part_request_states import standings
from wopo.usecases.people import direct, home
from wopo.usecases.work_order_stories import card, story, workers

silent(PartLineChanged, "where the line stands now is told")
silent(StockReserved, "the request line it is for is told")
silent(StockReleased, "the request line it was for is told")
silent(StockIssued, "the request line it is for is told")
silent(StockReturned, "the request line it came from is told")


def _job(job_id: str, ctx: Context) -> WorkOrder:
    return ctx.require(WorkOrder, job_id, label="work order")


def _homes(job: WorkOrder, ctx: Context) -> Iterable[Notice]:
    for person_id in workers(job, ctx):
        yield home(person_id)


def _new_lines(
    ctx: Context, work_order_id: str, line_ids: list[str], what: str
) -> Iterable[Notice]:
    """One line in the thread for all of a request: what was asked and where each stands."""
    job = _job(work_order_id, ctx)
    found = ctx.uow.many(PartRequestLine, line_ids)
    lines = sorted(found.values(), key=lambda line: line.position)
    told = [
        f"{plain(one.line.quantity)} {one.line.unit} {one.line.description}: {one.text}"
        for one in standings(ctx.uow, lines)
    ]
    yield card(job)
    who = ctx.actor.name if ctx.actor else "wopo"
    yield story(job, f"{who} {what}: {'; '.join(told)}.")
    yield from _homes(job, ctx)
    if any(line.unsourced for line in lines):
        yield from buyer_homes(ctx)


@announces(PartsRequested)
def tell_requested(event: PartsRequested, ctx: Context) -> Iterable[Notice]:
    """What was asked for, and where each line stands."""
    yield from _new_lines(ctx, event.work_order_id, event.line_ids, "asked for")


@announces(PartLinesAdded)
def tell_added(event: PartLinesAdded, ctx: Context) -> Iterable[Notice]:
    """What was asked for besides."""
    yield from _new_lines(ctx, event.work_order_id, event.line_ids, "also asked for")


@announces(PartLineMoved)
def tell_moved(event: PartLineMoved, ctx: Context) -> Iterable[Notice]:
    """The job's card shows it; the thread where nothing else tells of it."""
    job = _job(event.work_order_id, ctx)
    yield card(job)
    if event.aloud:
        yield story(job, f"{event.text}.")
    yield from _homes(job, ctx)


@announces(PartsArrived)
def tell_arrived(event: PartsArrived, ctx: Context) -> Iterable[Notice]:
    """The thread, and whoever asked for it."""
    job = _job(event.subject_id, ctx)
    yield story(job, event.text)
    for person_id in event.requester_ids:
        if person_id != ctx.actor_id:
            yield direct(person_id, job.id, f"For {job.number} {job.title}: {event.text}")


@announces(PartsComplete)
def tell_complete(event: PartsComplete, ctx: Context) -> Iterable[Notice]:
    """The job waits for nothing any more."""
    job = _job(event.subject_id, ctx)
    yield card(job)
    yield story(job, event.text)
    yield from _homes(job, ctx)
