"""Adding an order to those it belongs together with, when it is asked for."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from wopo.domain.cost_centres import CostCentre
from wopo.domain.money import Money
from wopo.domain.order_content import OrderContent
from wopo.domain.purchase_orders import OrderRevision, PurchaseOrder
from wopo.domain.split_orders import ALONE, Near, SplitSection, Together, Trait, counted, together
from wopo.usecases.door import Context
from wopo.usecases.exchange_rates import converted_if, rate_if_known
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.split_orders import AskedOrder, SplitStore


def write_together(
    ctx: Context,
    section: SplitSection,
    order: PurchaseOrder,
    revision: OrderRevision,
    content: OrderContent,
) -> None:
    """Write on the revision what it is decided together with, as the policy's section says."""
    wanted = asked_for(order, content, revision.total_minor)
    found = together_with(ctx.uow, section, wanted, content, ctx.at)
    if found.count:
        revision.together = found.model_dump(mode="json")


def asked_for(order: PurchaseOrder, content: OrderContent, minor: int) -> AskedOrder:
    """An order as it counts once it is asked for with this content, which comes to ``minor``."""
    return AskedOrder(
        id=order.id,
        number=order.number,
        vendor_id=content.vendor_id,
        requested_by_ids=list(order.requested_by_ids),
        currency=content.currency,
        minor=minor,
        job_ids={line.work_order_id for line in content.lines if line.work_order_id},
        centre_ids={line.cost_centre_id for line in content.lines},
    )


def together_with(
    uow: UnitOfWork,
    section: SplitSection,
    wanted: AskedOrder,
    content: OrderContent,
    at: datetime,
    *,
    before: Sequence[AskedOrder] = (),
) -> Together:
    """What an order that is asked for now is decided together with; ``before``: what the same
    request asks for before it, the newest first. One query."""
    if not section.days or not counted(content):
        return ALONE
    found = uow.store(SplitStore).asked_since(
        section.since(at),
        without=wanted.id,
        vendor_id=wanted.vendor_id if section.reach else None,
        job_ids=sorted(wanted.job_ids) if section.reach is Trait.JOB else (),
    )
    centre_id = content.lines[0].cost_centre_id
    near = [_near(uow, wanted, other, centre_id, at.date()) for other in (*before, *found)]
    return together(section, near)


def _near(
    uow: UnitOfWork, wanted: AskedOrder, other: AskedOrder, centre_id: str, day: date
) -> Near:
    common = {
        Trait.VENDOR: other.vendor_id == wanted.vendor_id,
        Trait.REQUESTER: not set(wanted.requested_by_ids).isdisjoint(other.requested_by_ids),
        Trait.JOB: not other.job_ids.isdisjoint(wanted.job_ids),
        Trait.CENTRE: not other.centre_ids.isdisjoint(wanted.centre_ids),
    }
    amount = Money(other.minor, other.currency)
    return Near(
        id=other.id,
        number=other.number,
        common=frozenset(trait for trait, holds in common.items() if holds),
        amount=_comparable(uow, amount, wanted.currency, centre_id, day),
    )


def _comparable(
    uow: UnitOfWork, amount: Money, currency: str, centre_id: str, day: date
) -> Money | None:
    """The amount in the order's currency, by a rate between the two, else by what both are worth
    in the cost centre's currency; none where there is neither."""
    direct = converted_if(uow, amount, currency, day)
    if direct is not None:
        return direct
    centre = uow.get(CostCentre, centre_id)
    if centre is None:
        return None
    theirs = converted_if(uow, amount, centre.currency, day)
    rate = rate_if_known(uow, currency, centre.currency, day)
    if theirs is None or rate is None:
        return None
    return Money.of(Decimal(theirs.amount) / rate, currency)
