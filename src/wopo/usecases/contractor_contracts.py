"""Checking a contractor's contracts and rates for a job's day, and telling of an override."""

from collections.abc import Iterable

from wopo.domain.contractor_contracts import ContractOverridden, contract_problem
from wopo.domain.people import Role
from wopo.domain.price_agreements import PriceAgreement, PriceTier
from wopo.domain.vendors import Vendor
from wopo.domain.work_orders import KEPT_BACK, AssigneeKind, WorkOrder
from wopo.usecases.door import Context, Notice, announces
from wopo.usecases.people import direct
from wopo.usecases.ports.people import PeopleStore


def problem_of(ctx: Context, vendor: Vendor, order: WorkOrder) -> str | None:
    """What is wrong with the contractor's contracts on the job's day. Two queries."""
    contracts = ctx.uow.all(
        PriceAgreement, vendor_id=vendor.id, service_contract=True, active=True, order="number"
    )
    ids = [contract.id for contract in contracts]
    tiers: dict[str, list[PriceTier]] = {id: [] for id in ids}
    for tier in ctx.uow.all(PriceTier, agreement_id=ids) if ids else ():
        tiers[tier.agreement_id].append(tier)
    pairs = [(contract, tiers[contract.id]) for contract in contracts]
    return contract_problem(vendor.name, pairs, order.day(ctx.at.date()))


def check_contract(ctx: Context, order: WorkOrder) -> None:
    """Refuse to begin a contractor's job whose contract ended, or lost its rates, since it was
    given to them; an override still holds."""
    if order.assignee_kind is not AssigneeKind.CONTRACTOR or order.contract_override is not None:
        return
    vendor = ctx.require(Vendor, order.assignee_id, label="contractor")
    problem = problem_of(ctx, vendor, order)
    if problem is not None:
        raise KEPT_BACK(number=order.number, problem=problem)


@announces(ContractOverridden)
def tell_overridden(event: ContractOverridden, ctx: Context) -> Iterable[Notice]:
    """Procurement hears what was let through, since it has to be put right afterwards."""
    text = (
        f"{event.number} is given to {event.vendor} all the same ({event.reason}): "
        f"{event.problem}. Please put the contract right."
    )
    for buyer in ctx.uow.store(PeopleStore).with_role(Role.BUYER):
        yield direct(buyer.id, event.subject_id, text)
