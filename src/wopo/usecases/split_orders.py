"""Adding an order to those it belongs together with, when it is asked for."""

from datetime import date
from decimal import Decimal

from wopo.domain.cost_centres import CostCentre
from wopo.domain.money import Money
from wopo.domain.order_content import OrderContent
from wopo.domain.purchase_orders import OrderRevision, PurchaseOrder
from wopo.domain.split_orders import Near, SplitSection, Trait, counted, together
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
    if not counted(content) or not section.days:
        return
    jobs = {line.work_order_id for line in content.lines if line.work_order_id}
    found = ctx.uow.store(SplitStore).asked_since(
        section.since(ctx.at),
        without=order.id,
        vendor_id=content.vendor_id if section.reach else None,
        job_ids=sorted(jobs) if section.reach is Trait.JOB else (),
    )
    near = (_near(ctx, order, content, other) for other in found)
    found_together = together(section, near)
    if found_together.count:
        revision.together = found_together.model_dump(mode="json")


def _near(ctx: Context, order: PurchaseOrder, content: OrderContent, other: AskedOrder) -> Near:
    jobs = {line.work_order_id for line in content.lines}
    centres = {line.cost_centre_id for line in content.lines}
    common = {
        Trait.VENDOR: other.vendor_id == content.vendor_id,
        Trait.REQUESTER: not set(order.requested_by_ids).isdisjoint(other.requested_by_ids),
        Trait.JOB: not other.job_ids.isdisjoint(jobs),
        Trait.CENTRE: not other.centre_ids.isdisjoint(centres),
    }
    amount = Money(other.minor, other.currency)
    return Near(
        id=other.id,
        number=other.number,
        common=frozenset(trait for trait, holds in common.items() if holds),
        amount=_comparable(ctx.uow, amount, content, ctx.at.date()),
    )


def _comparable(uow: UnitOfWork, amount: Money, content: OrderContent, day: date) -> Money | None:
    """The amount in the order's currency, by a rate between the two, else by what both are worth
    in the cost centre's currency; none where there is neither."""
    direct = converted_if(uow, amount, content.currency, day)
    if direct is not None:
        return direct
    centre = uow.get(CostCentre, content.lines[0].cost_centre_id)
    if centre is None:
        return None
    theirs = converted_if(uow, amount, centre.currency, day)
    rate = rate_if_known(uow, content.currency, centre.currency, day)
    if theirs is None or rate is None:
        return None
    return Money.of(Decimal(theirs.amount) / rate, content.currency)
