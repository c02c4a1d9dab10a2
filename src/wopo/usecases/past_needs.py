"""Lines that were asked for before, with the facts that the purchasing policy looks at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from wopo.domain.cost_centres import CostCentre
from wopo.domain.errors import DomainError
from wopo.domain.exchange_rates import NO_RATE
from wopo.domain.locations import Location
from wopo.domain.money import Money, extend
from wopo.domain.part_requests import (
    LineKind,
    PartRequest,
    PartRequestLine,
    PriceBasis,
)
from wopo.domain.parts import Part
from wopo.domain.purchasing_rules import JobFacts, LineFacts, RoutesSection, Ruling
from wopo.domain.vendors import Vendor
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.exchange_rates import convert
from wopo.usecases.part_request_rules import company_limit
from wopo.usecases.part_request_states import LineStanding, standings
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.settings import company


@dataclass(frozen=True)
class PastNeed:
    """One line as it was asked for. ``bought``: what did not come out of stock; ``amount`` is its
    price in the currency it was known in. The vendor, the price and whether a blanket order was
    called off are those of the line as it is now."""

    line: PartRequestLine
    number: str
    day: date
    requested_by_id: str | None
    cost_centre_id: str
    bought: Decimal
    amount: Money | None
    facts: LineFacts

    def ruled(self, section: RoutesSection) -> Ruling:
        """What a policy says about it; what lay in stock is bought where it says so."""
        found = section.decide(self.facts)
        if found is None:
            return section.bought(_as_bought(self.facts))
        return found


def _as_bought(facts: LineFacts) -> LineFacts:
    return LineFacts(
        facts.kind,
        False,
        PriceBasis.NONE,
        None,
        facts.limit,
        part=facts.part,
        category=facts.category,
        job=facts.job,
    )


def past_needs(uow: UnitOfWork, lines: Sequence[PartRequestLine]) -> list[PastNeed]:
    """These lines with their facts, in a constant number of queries (a rate is asked once for a
    currency and day)."""
    reader = _Reader(uow, lines)
    return [reader.need(standing) for standing in standings(uow, lines)]


class _Reader:
    """The rows around some lines, and amounts in the company's currency."""

    def __init__(self, uow: UnitOfWork, lines: Sequence[PartRequestLine]) -> None:
        self.uow = uow
        self.limit = company_limit(company(uow))
        self.requests = self._rows(PartRequest, [line.part_request_id for line in lines])
        self.jobs = self._rows(WorkOrder, [line.work_order_id for line in lines])
        self.parts = self._rows(Part, [line.part_id for line in lines])
        self.vendors = self._rows(Vendor, [line.vendor_id for line in lines])
        jobs = self.jobs.values()
        self.sites = self._rows(Location, [job.site_id for job in jobs])
        self.centres = self._rows(CostCentre, [job.cost_centre_id for job in jobs])

    def _rows(self, kind: type[Any], ids: Sequence[str | None]) -> dict[str, Any]:
        return self.uow.many(kind, {id for id in ids if id})

    def need(self, standing: LineStanding) -> PastNeed:
        line = standing.line
        request, job = self.requests[line.part_request_id], self.jobs[line.work_order_id]
        facts = standing.facts()
        bought = max(line.quantity - facts.issued - facts.reserved, Decimal(0))
        amount = _amount(line, bought)
        day = request.created_at.date()
        return PastNeed(
            line=line,
            number=request.number,
            day=day,
            requested_by_id=request.requested_by_id,
            cost_centre_id=job.cost_centre_id,
            bought=bought,
            amount=amount,
            facts=self._facts(standing, job, bought, self._compared(amount, day)),
        )

    def _facts(
        self, standing: LineStanding, job: WorkOrder, bought: Decimal, amount: Money | None
    ) -> LineFacts:
        line = standing.line
        part, vendor = self.parts.get(line.part_id or ""), self.vendors.get(line.vendor_id or "")
        return LineFacts(
            LineKind.SERVICE if part is not None and part.service else line.kind,
            not bought,
            line.price_basis if bought else PriceBasis.STOCK,
            amount,
            self.limit,
            part=part.number if part else "",
            category=part.category if part else "",
            vendor=vendor.code if vendor else "",
            blanket=any(link.order.blanket_id for link in standing.links),
            job=JobFacts(
                job.type,
                job.priority,
                self.sites[job.site_id].code,
                self.centres[job.cost_centre_id].code,
            ),
        )

    def _compared(self, amount: Money | None, day: date) -> Money | None:
        if amount is None or amount.currency == self.limit.currency:
            return amount
        try:
            return convert(self.uow, amount, self.limit.currency, day)
        except DomainError as error:
            if error.code != NO_RATE.code:
                raise
            return None


def _amount(line: PartRequestLine, bought: Decimal) -> Money | None:
    if line.unit_price is None or line.currency is None or not bought:
        return None
    return extend(bought, line.unit_price, line.currency, per=line.price_per)
