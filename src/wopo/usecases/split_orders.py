"""Adding an order to those it belongs together with, when it is asked for."""

from dataclasses import dataclass
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


@dataclass(frozen=True)
class AskedFor:
    """What others may have in common with an order that is asked for; ``order_id`` is empty as long
    as there is none."""

    vendor_id: str
    currency: str
    jobs: frozenset[str]
    centre_ids: tuple[str, ...]
    requesters: frozenset[str]
    order_id: str = ""


def write_together(
    ctx: Context,
    section: SplitSection,
    order: PurchaseOrder,
    revision: OrderRevision,
    content: OrderContent,
) -> None:
    """Write on the revision what it is decided together with, as the policy's section says."""
    if not counted(content):
        return
    wanted = AskedFor(
        vendor_id=content.vendor_id,
        currency=content.currency,
        jobs=frozenset(line.work_order_id for line in content.lines if line.work_order_id),
        centre_ids=tuple(line.cost_centre_id for line in content.lines),
        requesters=frozenset(order.requested_by_ids),
        order_id=order.id,
    )
    found = together_with(ctx.uow, section, wanted, ctx.at)
    if found.count:
        revision.together = found.model_dump(mode="json")


def together_with(
    uow: UnitOfWork, section: SplitSection, wanted: AskedFor, at: datetime
) -> Together:
    """What an order that is asked for now is decided together with. One query."""
    if not section.days:
        return ALONE
    found = uow.store(SplitStore).asked_since(
        section.since(at),
        without=wanted.order_id,
        vendor_id=wanted.vendor_id if section.reach else None,
        job_ids=sorted(wanted.jobs) if section.reach is Trait.JOB else (),
    )
    return together(section, [_near(uow, wanted, other, at.date()) for other in found])


def _near(uow: UnitOfWork, wanted: AskedFor, other: AskedOrder, day: date) -> Near:
    common = {
        Trait.VENDOR: other.vendor_id == wanted.vendor_id,
        Trait.REQUESTER: not wanted.requesters.isdisjoint(other.requested_by_ids),
        Trait.JOB: not other.job_ids.isdisjoint(wanted.jobs),
        Trait.CENTRE: not other.centre_ids.isdisjoint(wanted.centre_ids),
    }
    amount = Money(other.minor, other.currency)
    return Near(
        id=other.id,
        number=other.number,
        common=frozenset(trait for trait, holds in common.items() if holds),
        amount=_comparable(uow, amount, wanted, day),
    )


def _comparable(uow: UnitOfWork, amount: Money, wanted: AskedFor, day: date) -> Money | None:
    """The amount in the order's currency, by a rate between the two, else by what both are worth
    in the cost centre's currency; none where there is neither."""
    direct = converted_if(uow, amount, wanted.currency, day)
    if direct is not None:
        return direct
    centre = uow.get(CostCentre, wanted.centre_ids[0])
    if centre is None:
        return None
    theirs = converted_if(uow, amount, centre.currency, day)
    rate = rate_if_known(uow, wanted.currency, centre.currency, day)
    if theirs is None or rate is None:
        return None
    return Money.of(Decimal(theirs.amount) / rate, wanted.currency)
