"""A purchase order as the paper that goes to the vendor: what is in force, with both addresses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wopo.domain.errors import NOT_FOUND
from wopo.domain.locations import Location
from wopo.domain.money import Money
from wopo.domain.parts import Part
from wopo.domain.people import Person
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.vendors import Vendor
from wopo.usecases.order_documents import load_order
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.settings import company


@dataclass(frozen=True)
class PaperParty:
    """Somebody on the paper; ``address`` may have several lines."""

    name: str
    address: str = ""
    code: str = ""
    tax_id: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class PaperLine:
    """One ordered line. ``net`` is before tax and with its own discount."""

    position: int
    item: str
    part: str
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    price_per: Decimal
    discount: Money
    discount_label: str
    net: Money
    tax_percent: Decimal
    tax: Money
    schedule: tuple[tuple[date, Decimal], ...]


@dataclass(frozen=True)
class PaperTax:
    """One rate's part of the tax, and what it is reckoned on."""

    percent: Decimal
    taxable: Money
    tax: Money


@dataclass(frozen=True)
class OrderPaper:
    """Everything that the vendor reads; amounts are of ``currency``."""

    id: str
    number: str
    revision: int
    day: date
    currency: str
    company: PaperParty
    terms: str
    vendor: PaperParty
    ship_to: PaperParty | None
    buyer: PaperParty | None
    payment_terms: str
    valid_to: date | None
    blanket_limit: Money | None
    lines: tuple[PaperLine, ...]
    charges: tuple[tuple[str, str, Money], ...]
    """Code, label and amount of each."""
    discount: Money
    discount_label: str
    net: Money
    taxes: tuple[PaperTax, ...]
    tax: Money
    total: Money

    def texts(self) -> str:
        """Every free text on it, to know which scripts it needs."""
        parties = (self.company, self.vendor, self.ship_to, self.buyer)
        said = [each.name + each.address for each in parties if each is not None]
        said += [line.description + line.item + line.unit for line in self.lines]
        said += [label for _, label, _ in self.charges]
        return " ".join([*said, self.terms, self.payment_terms, self.discount_label])


def order_paper(uow: UnitOfWork, order_id: str) -> OrderPaper:
    """The order as it goes out. Raises ``NOT_FOUND``. At most ten queries."""
    order = uow.get(PurchaseOrder, order_id)
    if order is None:
        raise NOT_FOUND(kind="purchase order", wanted=order_id, nearest="")
    document = load_order(uow, order)
    settings = company(uow)

    def money(minor: int) -> Money:
        return Money(minor, order.currency)

    part_ids = {line.part_id for line in document.live if line.part_id}
    parts = {part.id: part.number for part in uow.all(Part, id=part_ids)} if part_ids else {}
    return OrderPaper(
        id=order.id,
        number=order.number,
        revision=order.approved_revision or order.revision,
        day=order.order_date or (order.issued_at or order.created_at).date(),
        currency=order.currency,
        company=PaperParty(
            name=settings.name,
            address=settings.address,
            tax_id=settings.tax_id,
            email=settings.email,
            phone=settings.phone,
        ),
        terms=settings.order_terms,
        vendor=_vendor(uow, order.vendor_id),
        ship_to=_ship_to(uow, order.ship_to_id, settings.name),
        buyer=_buyer(uow, order.buyer_id),
        payment_terms=order.payment_terms,
        valid_to=order.valid_to,
        blanket_limit=money(order.blanket_limit_minor) if order.blanket_limit_minor else None,
        lines=tuple(
            PaperLine(
                position=line.position,
                item=line.vendor_item or "",
                part=parts.get(line.part_id or "", ""),
                description=line.description,
                quantity=line.quantity,
                unit=line.unit,
                unit_price=line.unit_price,
                price_per=line.price_per,
                discount=money(line.discount_minor),
                discount_label=line.discount_label,
                net=money(line.net_minor),
                tax_percent=line.tax_percent,
                tax=money(line.tax_minor),
                schedule=tuple(
                    (each.due_on, each.quantity)
                    for each in document.schedules
                    if each.purchase_order_line_id == line.id
                ),
            )
            for line in document.live
        ),
        charges=tuple(
            (charge.code, charge.label or charge.code.capitalize(), money(charge.amount_minor))
            for charge in sorted(document.charges, key=lambda charge: charge.code)
        ),
        discount=money(order.discount_minor),
        discount_label=order.discount_label,
        net=money(order.net_minor),
        taxes=_taxes(document.live, order.currency),
        tax=money(order.tax_minor),
        total=money(order.total_minor),
    )


def _vendor(uow: UnitOfWork, vendor_id: str) -> PaperParty:
    vendor = uow.get(Vendor, vendor_id)
    if vendor is None:
        raise NOT_FOUND(kind="vendor", wanted=vendor_id, nearest="")
    return PaperParty(
        name=vendor.name,
        address=vendor.address,
        code=vendor.code,
        tax_id=vendor.tax_id or "",
        email=vendor.email or "",
        phone=vendor.phone or "",
    )


def _ship_to(uow: UnitOfWork, location_id: str | None, company_name: str) -> PaperParty | None:
    """The place's address, else that of the site it lies in."""
    place = uow.get(Location, location_id) if location_id else None
    if place is None:
        return None
    site = uow.get(Location, place.site_id)
    address = place.address or (site.address if site else "")
    inside = [place.name] if site is None or site.id == place.id else [place.name, site.name]
    return PaperParty(name=company_name, address="\n".join([", ".join(inside), address]).strip())


def _buyer(uow: UnitOfWork, person_id: str | None) -> PaperParty | None:
    person = uow.get(Person, person_id) if person_id else None
    return PaperParty(name=person.name, email=person.email or "") if person else None


def _taxes(lines: Sequence[PurchaseOrderLine], currency: str) -> tuple[PaperTax, ...]:
    """By rate; a line's share holds its part of the charges and of the discount."""
    rates = sorted({line.tax_percent for line in lines if line.tax_minor or line.tax_percent})
    return tuple(
        PaperTax(
            rate,
            Money(sum(line.share_minor for line in lines if line.tax_percent == rate), currency),
            Money(sum(line.tax_minor for line in lines if line.tax_percent == rate), currency),
        )
        for rate in rates
    )
