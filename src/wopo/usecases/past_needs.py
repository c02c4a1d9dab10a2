"""Lines that were asked for or ordered before, with the facts that the policy looks at."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from wopo.domain.cost_centres import CostCentre
from wopo.domain.locations import Location
from wopo.domain.money import Money, extend
from wopo.domain.part_requests import (
    LineKind,
    PartRequest,
    PartRequestLine,
    PriceBasis,
    Route,
)
from wopo.domain.parts import Part
from wopo.domain.purchase_orders import OrderKind, PurchaseOrder, PurchaseOrderLine
from wopo.domain.purchasing_conditions import JobFacts, LineFacts
from wopo.domain.vendors import Standing, Vendor
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.exchange_rates import converted_if
from wopo.usecases.part_request_rules import company_limit
from wopo.usecases.part_request_states import LineStanding, standings
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.policy_replay import Bought
from wopo.usecases.settings import company


@dataclass(frozen=True)
class PastNeed:
    """One line as it was asked for, or ordered without a request. ``amount`` is the price of what
    did not come out of stock, in the currency it was known in. The vendor, the price and whether a
    blanket order was called off are those of the line as it is now; ``standing`` is the vendor's.
    ``together``: the facts have the sum of the small needs that it was judged with.
    """

    number: str
    position: int
    description: str
    quantity: Decimal
    unit: str
    route: Route
    rule: str
    day: date
    requested_by_id: str | None
    cost_centre_id: str
    cost_centre: str
    standing: Standing | None
    amount: Money | None
    facts: LineFacts
    together: bool = False


def past_needs(uow: UnitOfWork, lines: Sequence[PartRequestLine]) -> list[PastNeed]:
    """These lines with their facts, in a constant number of queries (a rate is asked once for a
    currency and day)."""
    around = _Around(uow)
    around.learn([(line.part_id, line.vendor_id, line.work_order_id) for line in lines])
    requests = around.rows(PartRequest, [line.part_request_id for line in lines])
    return [
        _asked(around, requests[standing.line.part_request_id], standing)
        for standing in standings(uow, lines)
    ]


def past_orders(uow: UnitOfWork, rows: Sequence[Bought]) -> list[PastNeed]:
    """Order lines that nobody asked for by a request, in a constant number of queries."""
    around = _Around(uow)
    around.learn([(line.part_id, order.vendor_id, line.work_order_id) for line, order in rows])
    around.centres |= around.rows(CostCentre, [line.cost_centre_id for line, _ in rows])
    return [_ordered(around, line, order) for line, order in rows]


_ROUTES = {OrderKind.COUNTER: Route.COUNTER, OrderKind.RELEASE: Route.CALL_OFF}


def _ordered(around: "_Around", line: PurchaseOrderLine, order: PurchaseOrder) -> PastNeed:
    day = order.order_date or order.created_at.date()
    amount = Money(line.net_minor, order.currency)
    kind = LineKind.PART if line.part_id else LineKind.FREE_TEXT
    agreed = line.agreement_id or order.blanket_id
    facts = around.facts(
        LineKind.SERVICE if line.service else kind,
        around.parts.get(line.part_id or ""),
        around.vendors.get(order.vendor_id),
        around.jobs.get(line.work_order_id or ""),
    )
    return PastNeed(
        number=order.number,
        position=line.position,
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        route=_ROUTES.get(order.kind, Route.ORDER),
        rule=order.rule or "no rule",
        day=day,
        requested_by_id=next(iter(order.requested_by_ids), None),
        cost_centre_id=line.cost_centre_id,
        cost_centre=around.centres[line.cost_centre_id].code,
        standing=_standing(around, order.vendor_id),
        amount=amount,
        facts=replace(
            facts,
            basis=PriceBasis.AGREEMENT if agreed else PriceBasis.STATED,
            amount=around.compared(amount, day),
            blanket=order.blanket_id is not None,
        ),
    )


class _Around:
    """The rows around some lines, and amounts in the company's currency."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.uow = uow
        self.limit = company_limit(company(uow))
        self.centres: dict[str, CostCentre] = {}

    def learn(self, ids: Sequence[tuple[str | None, str | None, str | None]]) -> None:
        """Read the parts, vendors and jobs with these ids, with sites and cost centres."""
        self.parts = self.rows(Part, [part for part, _, _ in ids])
        self.vendors = self.rows(Vendor, [vendor for _, vendor, _ in ids])
        self.jobs = self.rows(WorkOrder, [job for _, _, job in ids])
        jobs = self.jobs.values()
        self.sites = self.rows(Location, [job.site_id for job in jobs])
        self.centres |= self.rows(CostCentre, [job.cost_centre_id for job in jobs])

    def rows(self, kind: type[Any], ids: Sequence[str | None]) -> dict[str, Any]:
        """The rows with these ids."""
        return self.uow.many(kind, {id for id in ids if id})

    def facts(
        self, kind: LineKind, part: Part | None, vendor: Vendor | None, job: WorkOrder | None
    ) -> LineFacts:
        """What does not depend on price and quantity."""
        about = JobFacts()
        if job is not None:
            site, centre = self.sites[job.site_id], self.centres[job.cost_centre_id]
            about = JobFacts(job.type, job.priority, site.code, centre.code)
        return LineFacts(
            kind=LineKind.SERVICE if part is not None and part.service else kind,
            from_stock=False,
            basis=PriceBasis.NONE,
            amount=None,
            limit=self.limit,
            part=part.number if part else "",
            category=part.category if part else "",
            vendor=vendor.code if vendor else "",
            job=about,
        )

    def judged(self, line: PartRequestLine, amount: Money | None, day: date) -> Money | None:
        """What the policy went by: a small need's sum with what it belongs to, else its amount."""
        if line.together_minor is not None:
            return Money(line.together_minor, self.limit.currency)
        return self.compared(amount, day)

    def compared(self, amount: Money | None, day: date) -> Money | None:
        """The amount in the company's currency at the rate of its day; none without one."""
        if amount is None or amount.currency == self.limit.currency:
            return amount
        return converted_if(self.uow, amount, self.limit.currency, day)


def _asked(around: _Around, request: PartRequest, standing: LineStanding) -> PastNeed:
    line, facts = standing.line, standing.facts()
    job = around.jobs[line.work_order_id]
    bought = max(line.quantity - facts.issued - facts.reserved, Decimal(0))
    amount, day = _amount(line, bought), request.created_at.date()
    part, vendor = around.parts.get(line.part_id or ""), around.vendors.get(line.vendor_id or "")
    known = around.facts(line.kind, part, vendor, job)
    return PastNeed(
        number=request.number,
        position=line.position,
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        route=line.route,
        rule=line.rule,
        day=day,
        requested_by_id=request.requested_by_id,
        cost_centre_id=job.cost_centre_id,
        cost_centre=around.centres[job.cost_centre_id].code,
        standing=_standing(around, line.vendor_id),
        amount=amount,
        facts=replace(
            known,
            from_stock=not bought,
            basis=line.price_basis if bought else PriceBasis.STOCK,
            amount=around.judged(line, amount, day),
            blanket=any(link.order.blanket_id for link in standing.links),
        ),
        together=line.together_minor is not None,
    )


def _standing(around: _Around, vendor_id: str | None) -> Standing | None:
    vendor = around.vendors.get(vendor_id or "")
    return vendor.standing if vendor else None


def _amount(line: PartRequestLine, bought: Decimal) -> Money | None:
    if line.unit_price is None or line.currency is None or not bought:
        return None
    return extend(bought, line.unit_price, line.currency, per=line.price_per)
