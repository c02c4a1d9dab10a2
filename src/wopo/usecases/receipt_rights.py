"""Who may book the arrival of an order: the receiver, the person named on its lines, and within a
limit whoever asked for it; never whoever approved it, unless the company waives that pair."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.errors import DomainError
from wopo.domain.money import Money
from wopo.domain.order_life import is_open
from wopo.domain.people import Person, Role
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.receipts import MAY_NOT_RECEIVE
from wopo.domain.settings import CompanySettings, Duty
from wopo.domain.waivers import SAME_PERSON, WaiverUsed, kept_apart, waived
from wopo.usecases.door import Context
from wopo.usecases.exchange_rates import within
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.settings import company

RECEIVERS = (Role.RECEIVER,)
WHO = "a receiver, or the person named on the line"


@dataclass(frozen=True)
class Permission:
    """That somebody may receive, with what must be recorded about it."""

    flag: str | None = None
    waivers: tuple[WaiverUsed, ...] = ()


def approver_ids(uow: UnitOfWork, order: PurchaseOrder) -> set[str]:
    """Who approved any revision of the order in wopo, and in whose place."""
    rows = uow.all(Approval, purchase_order_id=order.id, state=ApprovalState.APPROVED)
    deciders = [(row.decided_by_id, row.decided_for_id) for row in rows if not row.imported]
    return {id for pair in deciders for id in pair if id}


def may_receive(
    ctx: Context, order: PurchaseOrder, lines: Sequence[PurchaseOrderLine]
) -> Permission:
    """The acting person's permission for these lines, with flag and waivers.

    Raises ``MAY_NOT_RECEIVE``, ``SAME_PERSON`` (domain.md, invariant 2; A22).
    """
    return permission(ctx.uow, ctx.person(), order, lines, ctx.at.date())


def receives(
    uow: UnitOfWork,
    person: Person,
    order: PurchaseOrder,
    lines: Sequence[PurchaseOrderLine],
    day: date,
) -> bool:
    """Whether the person may book something of what is still to come."""
    still = [line for line in lines if is_open(line)]
    own = [line for line in still if line.receiver_id == person.id or line.service]
    for some in (still, own):
        try:
            permission(uow, person, order, some, day)
        except DomainError as error:
            if error.code not in (MAY_NOT_RECEIVE.code, SAME_PERSON.code):
                raise
        else:
            return bool(some)
    return False


def permission(
    uow: UnitOfWork,
    person: Person,
    order: PurchaseOrder,
    lines: Sequence[PurchaseOrderLine],
    day: date,
) -> Permission:
    """A person's permission for these lines; see ``may_receive``."""
    settings = company(uow)
    waivers = kept_apart(
        settings,
        person_id=person.id,
        duty=Duty.RECEIVER,
        others={Duty.APPROVER: approver_ids(uow, order)},
        subject_id=order.id,
        number=order.number,
        action="receive it",
        who=WHO,
    )
    asked = person.id in order.requested_by_ids
    if asked:
        flag, more = _as_requester(uow, order, person, settings, day)
        return Permission(flag, (*waivers, *more))
    named = all(line.receiver_id == person.id for line in lines)
    if not named and not person.has(*RECEIVERS) and not _confirms_service(person, lines):
        raise MAY_NOT_RECEIVE(number=order.number, why="you are no receiver", who=WHO)
    return Permission(waivers=tuple(waivers))


def _confirms_service(person: Person, lines: Sequence[PurchaseOrderLine]) -> bool:
    """A service is confirmed by a supervisor as well."""
    return all(line.service for line in lines) and person.has(Role.SUPERVISOR)


def _as_requester(
    uow: UnitOfWork, order: PurchaseOrder, person: Person, settings: CompanySettings, day: date
) -> tuple[str, list[WaiverUsed]]:
    limit = Money(settings.requester_may_receive_up_to_minor, settings.currency)
    total = Money(order.total_minor, order.currency)
    if within(uow, total, limit, day):
        return f"received by the requester, {person.name} (allowed up to {limit})", []
    if waived(settings, Duty.REQUESTER, Duty.RECEIVER):
        used = kept_apart(
            settings,
            person_id=person.id,
            duty=Duty.RECEIVER,
            others={Duty.REQUESTER: order.requested_by_ids},
            subject_id=order.id,
            number=order.number,
            action="receive it",
            who=WHO,
        )
        return f"received by the requester, {person.name} (waiver)", used
    raise MAY_NOT_RECEIVE(
        number=order.number,
        why=f"you asked for it, and requesters may receive only up to {limit}",
        who="somebody else, a receiver for example,",
    )
