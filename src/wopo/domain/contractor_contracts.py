"""What must be agreed with a contractor before a job is issued to them: a service contract that is
valid on the job's day and says at what rates they work (domain.md, first failure)."""

from collections.abc import Sequence
from datetime import date, timedelta

from wopo.domain.events import Event, event
from wopo.domain.price_agreements import PriceAgreement, PriceTier

Contract = tuple[PriceAgreement, Sequence[PriceTier]]


def contract_problem(vendor: str, contracts: Sequence[Contract], day: date) -> str | None:
    """Why the contractor may not simply begin on ``day``, in words; none where a contract of
    theirs is valid then and has a rate."""
    valid = [(one, tiers) for one, tiers in contracts if one.valid_on(day)]
    if any(tier.unit_price is not None for _, tiers in valid for tier in tiers):
        return None
    if valid:
        number = valid[0][0].number
        return f"{vendor} has a service contract on {day.isoformat()} ({number}), but without rates"
    near = _nearest([one for one, _ in contracts if one.active], day)
    return f"{vendor} has no service contract valid on {day.isoformat()}{near}"


def _nearest(contracts: Sequence[PriceAgreement], day: date) -> str:
    """When the contract ended or begins that lies nearest to the day."""
    told: list[tuple[timedelta, str]] = []
    for one in contracts:
        if one.valid_to is not None and one.valid_to < day:
            told.append((day - one.valid_to, f"{one.number} ended on {one.valid_to.isoformat()}"))
        elif day < one.valid_from:
            begins = f"{one.number} begins on {one.valid_from.isoformat()}"
            told.append((one.valid_from - day, begins))
    return f" ({min(told)[1]})" if told else ""


@event("work_order:contract_overridden")
class ContractOverridden(Event):
    """A supervisor gave a job to a contractor in spite of what is wrong with their contract on the
    job's ``day``."""

    number: str
    vendor_id: str
    vendor: str
    day: date
    problem: str
    reason: str
    by_id: str
