"""Asking the purchasing policy about a need: the facts of its line and its job, and blanket orders
that cover it."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from wopo.domain.cost_centres import CostCentre
from wopo.domain.errors import DomainError
from wopo.domain.locations import Location
from wopo.domain.money import Money
from wopo.domain.numbers import short
from wopo.domain.part_requests import LineKind, PriceBasis, Route
from wopo.domain.parts import Part
from wopo.domain.pricing import Offer, Wanted, same_text
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.purchasing_conditions import JobFacts, LineFacts
from wopo.domain.purchasing_policy import SHIPPED_POLICY
from wopo.domain.purchasing_rules import RoutesSection, Ruling
from wopo.domain.settings import CompanySettings
from wopo.domain.split_orders import SplitSection
from wopo.domain.vendors import Vendor
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.blanket_orders import left_on
from wopo.usecases.exchange_rates import convert
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.blanket_orders import BlanketStore
from wopo.usecases.purchasing_policy import policy_on
from wopo.usecases.settings import company


@dataclass(frozen=True)
class Need:
    """A checked line."""

    kind: LineKind
    part: Part | None
    description: str
    quantity: Decimal
    unit: str
    needed_by: date | None

    def wanted(self, quantity: Decimal, day: date) -> Wanted:
        """What the price book is asked for: prices are those of the day of the request."""
        words = self.description if self.part is None or self.kind is LineKind.SERVICE else None
        return Wanted(
            quantity,
            self.unit,
            day,
            part_id=self.part.id if self.part else None,
            category=self.part.category if self.part else "",
            service=words if self.kind is not LineKind.PART else None,
        )


@dataclass(frozen=True)
class Way:
    """What the policy says about buying something: the ruling, the offer it goes by, and the
    blanket order it is called off from, where there is one. ``small``: what it costs, in the
    company's currency, where nobody is asked about it because that is little."""

    ruling: Ruling
    offer: Offer
    vendor: Vendor | None
    blanket_id: str | None = None
    small: Money | None = None


@dataclass
class Blankets:
    """The open blanket orders of a day, read when the first need asks, and what is left of each
    beside what this request calls off."""

    uow: UnitOfWork
    today: date
    _left: dict[str, Money] = field(default_factory=dict)

    @cached_property
    def _orders(self) -> list[PurchaseOrder]:
        return self.uow.store(BlanketStore).open_on(self.today)

    @cached_property
    def _lines(self) -> dict[str, list[PurchaseOrderLine]]:
        found: dict[str, list[PurchaseOrderLine]] = {order.id: [] for order in self._orders}
        ids = sorted(found)
        for line in self.uow.all(PurchaseOrderLine, purchase_order_id=ids) if ids else ():
            found[line.purchase_order_id].append(line)
        return found

    def covering(
        self, need: Need, quantity: Decimal, offer: Offer
    ) -> tuple[PurchaseOrder, Offer] | None:
        """The blanket order that has enough left for this, and the price it goes by: one with the
        vendor of a known price, else one that has a line for the very thing."""
        for blanket, own in self._candidates(need, offer):
            amount = own.amount(quantity)
            if amount is not None and not self._left_of(blanket) < amount:
                return blanket, own
        return None

    def _candidates(self, need: Need, offer: Offer) -> list[tuple[PurchaseOrder, Offer]]:
        terms = (offer.vendor_id, offer.currency)
        if offer.unit_price is not None:
            same = [o for o in self._orders if (o.vendor_id, o.currency) == terms]
            same.sort(key=lambda order: self._line_for(order, need) is None)
            if same or offer.basis is PriceBasis.AGREEMENT:
                return [(order, offer) for order in same]
        found = []
        for order in self._orders:
            line = self._line_for(order, need)
            if line is not None:
                found.append((order, _offer_of(order, line)))
        return found

    def _line_for(self, order: PurchaseOrder, need: Need) -> PurchaseOrderLine | None:
        for line in self._lines[order.id]:
            same = (
                line.part_id == need.part.id
                if need.part
                else line.part_id is None and same_text(line.description, need.description)
            )
            if same and line.unit == need.unit and not line.cancelled:
                return line
        return None

    def _left_of(self, blanket: PurchaseOrder) -> Money:
        if blanket.id not in self._left:
            self._left[blanket.id] = left_on(self.uow, blanket, self._lines[blanket.id])
        return self._left[blanket.id]

    def take(self, blanket: PurchaseOrder, amount: Money) -> None:
        """Count what a line of this request calls off."""
        self._left[blanket.id] = self._left_of(blanket) - amount


def _offer_of(order: PurchaseOrder, line: PurchaseOrderLine) -> Offer:
    return Offer(
        PriceBasis.AGREEMENT,
        order.vendor_id,
        line.unit_price,
        line.price_per,
        order.currency,
        agreement_number=short(order.number),
        payment_terms=order.payment_terms,
    )


@dataclass
class Rulebook:
    """The policy's routes as they hold today for one job."""

    uow: UnitOfWork
    settings: CompanySettings
    today: date
    section: RoutesSection
    job: JobFacts
    blankets: Blankets
    splits: SplitSection = SHIPPED_POLICY.splits

    def way(
        self,
        need: Need,
        quantity: Decimal,
        offer: Offer,
        vendor: Vendor | None,
        *,
        together: Money | None = None,
    ) -> Way:
        """What the policy says about buying ``quantity`` of a need at an offer; ``together``: as if
        it cost so much, in the company's currency."""
        facts, cover = self.facts(need, quantity, offer, vendor)
        if together is not None:
            facts = replace(facts, amount=together)
        way = self._way(self.section.bought(facts), offer, vendor, quantity, cover)
        return replace(way, small=facts.amount) if self.section.small(facts) else way

    def ordered(self, need: Need, quantity: Decimal, offer: Offer, vendor: Vendor) -> Way:
        """The same where a buyer decided that it is ordered."""
        facts, cover = self.facts(need, quantity, offer, vendor)
        return self._way(self.section.ordered(facts), offer, vendor, quantity, cover)

    def _way(
        self,
        ruling: Ruling,
        offer: Offer,
        vendor: Vendor | None,
        quantity: Decimal,
        cover: tuple[PurchaseOrder, Offer] | None,
    ) -> Way:
        if cover is None or ruling.route is not Route.CALL_OFF:
            return Way(ruling, offer, vendor)
        blanket, own = cover
        amount = own.amount(quantity)
        if amount is not None:
            self.blankets.take(blanket, amount)
        if own.vendor_id != offer.vendor_id:
            vendor = self.uow.get(Vendor, blanket.vendor_id)
        return Way(ruling, own, vendor, blanket.id)

    def from_stock(self, need: Need) -> Ruling | None:
        """The rule for what lies in stock; none where the policy leaves it there."""
        return self.section.decide(replace(self._line(need), from_stock=True))

    def facts(
        self, need: Need, quantity: Decimal, offer: Offer, vendor: Vendor | None
    ) -> tuple[LineFacts, tuple[PurchaseOrder, Offer] | None]:
        """What the rules look at, and the blanket order that covers it at which offer."""
        cover = None
        if self.section.asks_for("blanket"):
            cover = self.blankets.covering(need, quantity, offer)
        shown = cover[1] if cover and offer.unit_price is None else offer
        if cover and vendor is None and self.section.asks_for("vendor"):
            vendor = self.uow.get(Vendor, cover[0].vendor_id)
        facts = replace(
            self._line(need),
            basis=shown.basis,
            amount=self.compared(shown.amount(quantity)),
            vendor=vendor.code if vendor else "",
            blanket=cover is not None,
        )
        return facts, cover

    def _line(self, need: Need) -> LineFacts:
        return LineFacts(
            kind=need.kind,
            from_stock=False,
            basis=PriceBasis.NONE,
            amount=None,
            limit=self.limit,
            part=need.part.number if need.part else "",
            category=need.part.category if need.part else "",
            job=self.job,
        )

    @property
    def limit(self) -> Money:
        """Above this amount the company wants an approved order."""
        return company_limit(self.settings)

    def compared(self, amount: Money | None) -> Money | None:
        """The amount in the company's currency by the rate of the day; without one the strict
        answer holds, as for an amount nobody knows."""
        if amount is None or amount.currency == self.limit.currency:
            return amount
        try:
            return convert(self.uow, amount, self.limit.currency, self.today)
        except DomainError:
            return None

    def stricter(self, first: str, second: str) -> str:
        """Which of two rules' names stands higher."""
        return self.section.stricter(first, second)


def company_limit(settings: CompanySettings) -> Money:
    """The amount above which the company wants an approved order."""
    return Money(settings.order_needed_above_minor, settings.currency)


def rulebook(uow: UnitOfWork, job: WorkOrder, today: date) -> Rulebook:
    """The rules as they hold today for a job."""
    document = policy_on(uow, today).document
    facts = job_facts(uow, document.routes, job)
    blankets = Blankets(uow, today)
    return Rulebook(uow, company(uow), today, document.routes, facts, blankets, document.splits)


def job_facts(uow: UnitOfWork, section: RoutesSection, job: WorkOrder) -> JobFacts:
    """What the rules look at of a job; codes only where some rule asks for them."""
    site = uow.get(Location, job.site_id) if section.asks_for("site") else None
    centre = uow.get(CostCentre, job.cost_centre_id) if section.asks_for("cost_centre") else None
    return JobFacts(
        job.type, job.priority, site.code if site else "", centre.code if centre else ""
    )
