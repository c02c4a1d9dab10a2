"""Why somebody may not decide although they stand in or are on call."""

from wopo.domain.approval_rights import NOBODY
from wopo.domain.approvals import Approval
from wopo.domain.delegations import ASKED_FOR_IT, OUTSIDE_DAYS, Delegation, chain_to
from wopo.domain.locations import Location
from wopo.domain.numbers import short
from wopo.domain.on_call import ABOVE_CAP, NO_EMERGENCY, OnCall
from wopo.domain.people import Person
from wopo.usecases.approval_deciders import Circle
from wopo.usecases.delegations import chain_words
from wopo.usecases.door import Context


def check_duty(ctx: Context, circle: Circle, approval: Approval) -> None:
    """Raises ``ABOVE_CAP`` or ``NO_EMERGENCY`` for who is on call now, but not for this: about the
    order's own site where they are on call for that too."""
    number = short(circle.order.number)
    rows = ctx.uow.all(OnCall, person_id=ctx.person().id, ended_at=None, order="id")
    duties = {row.site_id: row for row in rows if row.covers(circle.at)}
    if not duties:
        return
    who = names(ctx, approval.eligible_ids)
    duty = duties.get(circle.emergency_site or "")
    if duty is not None:
        raise ABOVE_CAP(cap=duty.cap, number=number, amount=circle.need.amount, who=who)
    site = ctx.require(Location, next(iter(duties)), label="site").name
    raise NO_EMERGENCY(site=site, number=number, who=who)


def check_place(ctx: Context, circle: Circle, approval: Approval, who: str) -> None:
    """Raises ``ASKED_FOR_IT`` for who is left out and would decide in another's place: the chain is
    shown (A26)."""
    able = circle.of(approval.wanted).able
    chain = chain_to(circle.delegations, able, ctx.person().id)
    if chain is not None:
        shown = chain_words(ctx.uow, chain)
        raise ASKED_FOR_IT(number=short(circle.order.number), chain=shown, who=who)


def check_days(ctx: Context, circle: Circle, approval: Approval) -> None:
    """Raises ``OUTSIDE_DAYS`` for who stood in before, or will later (A26)."""
    able = circle.of(approval.wanted).able
    rows = ctx.uow.all(Delegation, to_id=ctx.person().id, order="-ends", limit=10)
    told = [row for row in rows if row.from_id in able]
    if told:
        row = told[0]
        chain = chain_words(ctx.uow, [row.from_id, row.to_id])
        raise OUTSIDE_DAYS(
            chain=f"{chain} from {row.starts} to {row.ends}{', ended' if row.ended_at else ''}",
            number=short(circle.order.number),
            who=names(ctx, approval.eligible_ids),
        )


def names(ctx: Context, person_ids: list[str]) -> str:
    """The people's names, or that there is nobody."""
    people = ctx.uow.all(Person, id=person_ids, order="code") if person_ids else []
    return ", ".join(person.name for person in people) or NOBODY
