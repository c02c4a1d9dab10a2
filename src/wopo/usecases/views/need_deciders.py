"""Who would decide about what a job needs, as its form says before it is sent."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property

from wopo.domain.approval_rights import Need, eligible
from wopo.domain.delegations import Delegation, chain_from
from wopo.domain.money import Money
from wopo.domain.on_call import OnCall
from wopo.domain.own_days import day_there
from wopo.domain.part_requests import ORDERED_ROUTES
from wopo.domain.people import Person
from wopo.domain.split_orders import SplitSection
from wopo.domain.work_orders import WorkOrder
from wopo.domain.work_requests import Priority
from wopo.usecases.exchange_rates import rates_for, within
from wopo.usecases.part_request_plans import Plan
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.approvals import ApprovalStore
from wopo.usecases.split_orders import AskedFor, together_with

OrderKey = tuple[str, str, str]
"""What goes on one order: a vendor, a currency and the blanket order it is called off from."""


def order_key(plan: Plan) -> OrderKey:
    """Which order a planned line would go on."""
    return (str(plan.offer.vendor_id), str(plan.offer.currency), plan.blanket_id or "")


class NeedDeciders:
    """The people around a need of a job at a moment, read once; the reader, who asks for it, is
    none of them. Limits and rates are those of the reader's day; stand-ins and people on call have
    days of their own."""

    def __init__(self, uow: UnitOfWork, job: WorkOrder, reader: Person, at: datetime) -> None:
        self.uow, self.job, self.reader, self.at = uow, job, reader, at
        self.today = day_there(at, reader.timezone)
        self.limits = uow.store(ApprovalStore).approvers([job.cost_centre_id])

    def sums(self, plans: Iterable[Plan], section: SplitSection) -> dict[OrderKey, Money]:
        """What whoever decides about each order must cover: all its lines, and what the policy
        decides it together with. One query for each order."""
        found: dict[OrderKey, Money] = {}
        for plan in plans:
            amount = plan.offer.amount(plan.to_buy) if plan.to_buy else None
            if amount is not None and plan.said.route in ORDERED_ROUTES:
                key = order_key(plan)
                found[key] = found.get(key, Money.zero(amount.currency)) + amount
        return {key: amount + self._beside(key, section) for key, amount in found.items()}

    def _beside(self, key: OrderKey, section: SplitSection) -> Money:
        vendor_id, currency, blanket_id = key
        if blanket_id:
            return Money.zero(currency)
        asked = AskedFor(
            vendor_id=vendor_id,
            currency=currency,
            jobs=frozenset({self.job.id}),
            centre_ids=(self.job.cost_centre_id,),
            requesters=frozenset({self.reader.id}),
        )
        return Money(together_with(self.uow, section, asked, self.at).minor, currency)

    def approvers(self, amount: Money) -> tuple[str, ...]:
        """Who would be asked for this much, by name; ``Fay for Mira`` while Mira is away."""
        centres, left_out = frozenset({self.job.cost_centre_id}), frozenset({self.reader.id})
        currencies = {limit.currency for _, limits in self.limits for limit in limits}
        rates = rates_for(self.uow, amount.currency, currencies, self.today)
        ids = eligible(self.limits, Need(amount, centres, self.today, left_out, rates))
        return tuple(self._present(person) for person, _ in self.limits if person.id in ids)

    def on_call(self, amount: Money) -> tuple[str, ...]:
        """Who may approve this much at any hour, where the job is an emergency."""
        return tuple(
            person.name
            for person, cap in self._on_duty
            if within(self.uow, amount, cap, self.today)
        )

    def _present(self, person: Person) -> str:
        if person.away_until is None:
            return person.name
        last = chain_from(self._delegations, person.id, without={self.reader.id})[-1]
        stand_in = self.uow.get(Person, last)
        if stand_in is None or stand_in.id == person.id or not stand_in.active:
            return person.name
        return f"{stand_in.name} for {person.name}"

    @cached_property
    def _delegations(self) -> list[Delegation]:
        rows = self.uow.all(Delegation, ended_at=None, order=("starts", "id"))
        return [row for row in rows if row.covers(self.at)]

    @cached_property
    def _on_duty(self) -> list[tuple[Person, Money]]:
        if self.job.priority is not Priority.EMERGENCY:
            return []
        rows = self.uow.all(OnCall, site_id=self.job.site_id, ended_at=None, order="id")
        caps = {row.person_id: row.cap for row in rows if row.covers(self.at)}
        people = self.uow.many(Person, sorted(caps.keys() - {self.reader.id}))
        return [(one, caps[one.id]) for one in people.values() if one.active]
