"""Asking the policy about small needs by the sum they belong to, in the form as when it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

from wopo.domain.money import Money
from wopo.domain.numbers import NumberSeries
from wopo.domain.small_needs import LetGo, beside
from wopo.domain.split_orders import Trait
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.door import Context
from wopo.usecases.part_request_plans import Plan
from wopo.usecases.part_request_rules import Rulebook
from wopo.usecases.ports.small_needs import SmallAsked, SmallNeedStore

REQUESTS = "PR"
"""The series that numbers part requests."""


@dataclass(frozen=True)
class Asking:
    """Who asks for what on which job. ``anew``: the line that is decided about again, which does
    not count beside itself; ``kept_minor`` of it was got already, in the company's currency."""

    job: WorkOrder
    person_id: str | None
    anew: str = ""
    kept_minor: int = 0


def hold_requests(ctx: Context) -> None:
    """Whoever else asks for something waits until the end, so that what is asked for at the same
    moment counts together. A new request holds the same row with its number; the job is locked
    before, lines and stock afterwards."""
    ctx.uow.lock(NumberSeries, (REQUESTS, ctx.at.year))


def judged_together(plans: Sequence[Plan], rules: Rulebook, asking: Asking) -> list[Plan]:
    """The plans, those of small needs by the sum they belong to. One query where there are any;
    what no rate compares is no small need."""
    small = [plan.small.minor for plan in plans if plan.small is not None]
    if not small:
        return list(plans)
    own = sum(small) + asking.kept_minor
    known = _known(rules, asking)
    return [_judged(plan, rules, asking, own, known) if plan.small else plan for plan in plans]


def _known(rules: Rulebook, asking: Asking) -> list[SmallAsked]:
    if not rules.splits.days:
        return []
    since = rules.splits.since(datetime.combine(rules.today, time.min, UTC))
    return rules.uow.store(SmallNeedStore).asked_since(since, without=asking.anew)


def _judged(
    plan: Plan, rules: Rulebook, asking: Asking, own: int, known: Sequence[SmallAsked]
) -> Plan:
    earlier = [LetGo(_common(plan, asking, other), other.minor) for other in known]
    together = Money(own + beside(rules.splits, earlier), rules.limit.currency)
    if together == plan.small:
        return plan
    way = rules.way(plan.need, plan.to_buy, plan.offer, plan.vendor, together=together)
    return replace(
        plan,
        ruling=way.ruling,
        offer=way.offer,
        vendor=way.vendor,
        blanket_id=way.blanket_id,
        small=plan.small if way.small else None,
        together=together,
    )


def _common(plan: Plan, asking: Asking, other: SmallAsked) -> frozenset[Trait]:
    common = {
        # Whose vendor is not known has none in common.
        Trait.VENDOR: other.vendor_id is not None and other.vendor_id == plan.offer.vendor_id,
        Trait.REQUESTER: other.requester_id == asking.person_id,
        Trait.JOB: other.job_id == asking.job.id,
        Trait.CENTRE: other.centre_id == asking.job.cost_centre_id,
    }
    return frozenset(trait for trait, holds in common.items() if holds)
