"""Keeping every request line's state true, and what follows when a job has all its parts."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from wopo.domain.events import Event
from wopo.domain.part_request_states import Bought, StateFacts, derive_state, state_text
from wopo.domain.part_requests import PartLineMoved, PartRequestLine, PartsComplete
from wopo.domain.purchase_order_events import (
    OrderApproved,
    OrderCancelled,
    OrderClosed,
    OrderClosedShort,
    OrderEdited,
    OrderIssued,
    OrderPromised,
    OrderRejected,
    OrderRevised,
    OrderSubmitted,
    OrderWithdrawn,
)
from wopo.domain.purchase_orders import OrderState
from wopo.domain.stock import Reservation
from wopo.domain.work_orders import (
    WAITING_STATES,
    HoldReason,
    WorkOrder,
    WorkOrderState,
    waiting_for_parts,
)
from wopo.usecases.door import Context, reaction
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.part_requests import Link, PartRequestStore


@dataclass
class LineStanding:
    """A request line with what is reserved for it and where it is bought."""

    line: PartRequestLine
    reservations: list[Reservation] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    def facts(self) -> StateFacts:
        """What its state is derived from."""
        zero = Decimal(0)
        return StateFacts(
            quantity=self.line.quantity,
            unit=self.line.unit,
            cancelled=self.line.cancelled,
            reserved=sum((open_reserved(row) for row in self.reservations), zero),
            issued=sum((row.issued for row in self.reservations), zero),
            returned=self.line.returned,
            pocketed=self.line.pocketed,
            bought=[bought(link) for link in self.links],
            route=self.line.route,
            rule=self.line.rule,
        )

    @property
    def text(self) -> str:
        """Where each part of the line stands."""
        return state_text(self.facts())


def open_reserved(row: Reservation) -> Decimal:
    """What of a reservation still lies in stock for the job."""
    return Decimal(0) if row.released else row.quantity - row.issued


def bought(link: Link) -> Bought:
    """A share of an order line, as the rules see it."""
    line, order = link.order_line, link.order
    return Bought(
        order_number=order.number,
        order_state=order.state,
        quantity=link.allocation.quantity,
        received=link.allocation.received,
        promised_on=line.promised_on,
        backordered=line.backordered,
        asked=_asked_for(link),
        ended=(line.cancelled and not _asked_for(link))
        or line.closed_short
        or order.state in (OrderState.CANCELLED, OrderState.CLOSED),
    )


def _asked_for(link: Link) -> bool:
    """Whether a change that waits for a decision would put this line on the order."""
    return link.order_line.proposed and link.order.pending_revision is not None


def standings(uow: UnitOfWork, lines: Iterable[PartRequestLine]) -> list[LineStanding]:
    """These lines with everything their states depend on, in two queries."""
    found = {line.id: LineStanding(line) for line in lines}
    if not found:
        return []
    for row in uow.all(Reservation, part_request_line_id=set(found), order="id"):
        found[row.part_request_line_id].reservations.append(row)
    for link in uow.store(PartRequestStore).links(set(found)):
        found[link.allocation.part_request_line_id].links.append(link)
    return list(found.values())


def standing_of(uow: UnitOfWork, line: PartRequestLine) -> LineStanding:
    """One line with everything its state depends on."""
    return standings(uow, [line])[0]


def refresh_lines(
    ctx: Context,
    lines: Collection[PartRequestLine],
    *,
    aloud: bool = False,
    told_anyway: bool = False,
    new: bool = False,
) -> None:
    """Derive these lines' states again and record which moved; ``told_anyway`` also those that
    stand in the same state with other figures or dates. A job that waited and has everything now
    is told so (not for ``new`` lines, which never waited)."""
    stopped: set[str] = set()
    for standing in standings(ctx.uow, lines):
        line, facts = standing.line, standing.facts()
        before, after = line.state, derive_state(facts)
        if (line.state, line.unsourced) != (after, facts.queued):
            line.state, line.unsourced = after, facts.queued
        if before is after and not told_anyway:
            continue
        ctx.record(
            PartLineMoved(
                subject_id=line.id,
                work_order_id=line.work_order_id,
                before=before,
                after=after,
                text=f"{line.description}: {standing.text}",
                aloud=aloud,
            )
        )
        if before in WAITING_STATES and after not in WAITING_STATES and not new:
            stopped.add(line.work_order_id)
    for job_id in sorted(stopped):
        _maybe_complete(ctx, job_id)


def _maybe_complete(ctx: Context, job_id: str) -> None:
    """End "waiting for parts" when the last one is there; a job held for that goes on by itself
    (domain.md, "States")."""
    lines = ctx.uow.all(PartRequestLine, work_order_id=job_id)
    if waiting_for_parts([line.state for line in lines]):
        return
    job = ctx.require_locked(WorkOrder, job_id, label="work order")
    ctx.record(
        PartsComplete(subject_id=job.id, number=job.number, text="Nothing is missing any more.")
    )
    held = job.state is WorkOrderState.ON_HOLD
    if held and job.hold_reason is HoldReason.WAITING_FOR_PARTS:
        ctx.record(job.resume())


def refresh_order_lines(ctx: Context, order_id: str, *, told_anyway: bool = False) -> None:
    """The states of all request lines that are bought on an order."""
    lines = ctx.uow.store(PartRequestStore).lines_on(order_id)
    if lines:
        refresh_lines(ctx, lines, told_anyway=told_anyway)


def fit_allocations(ctx: Context, order_id: str) -> None:
    """Make shares of order lines fit what the order says now: of a line struck out nothing is
    bought, of one cut short the last asked get less. What is missing then waits for a buyer."""
    lines = ctx.uow.store(PartRequestStore).lines_on(order_id)
    by_line: dict[str, list[Link]] = {}
    for link in ctx.uow.store(PartRequestStore).links({line.id for line in lines}):
        if link.order.id == order_id:
            by_line.setdefault(link.order_line.id, []).append(link)
    for links in by_line.values():
        row = links[0].order_line
        asked = _asked_for(links[0])
        left = Decimal(0) if row.cancelled and not asked else row.quantity
        for link in links:
            share = link.allocation
            fits = max(min(share.quantity, left), share.received)
            if fits != share.quantity:
                share.quantity, share.cancelled = fits, fits == 0
            left -= min(fits, left)
    if lines:
        refresh_lines(ctx, lines)


def _follow(event: Event, ctx: Context) -> None:
    refresh_order_lines(ctx, event.subject_id)


def _refit(event: Event, ctx: Context) -> None:
    fit_allocations(ctx, event.subject_id)


MOVES: tuple[type[Event], ...] = (
    OrderSubmitted,
    OrderRejected,
    OrderWithdrawn,
    OrderIssued,
    OrderClosedShort,
    OrderClosed,
)
CHANGES: tuple[type[Event], ...] = (OrderEdited, OrderRevised, OrderApproved, OrderCancelled)

for _kind in MOVES:
    reaction(_kind)(_follow)
for _kind in CHANGES:
    reaction(_kind)(_refit)


@reaction(OrderPromised)
def follow_promise(event: OrderPromised, ctx: Context) -> None:
    """A new date is told even where the state stays."""
    refresh_order_lines(ctx, event.subject_id, told_anyway=True)
