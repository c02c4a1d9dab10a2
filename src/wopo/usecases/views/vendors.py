"""What is seen of a vendor: standing, holds, contracts, how it delivers, and what is open there."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from wopo.domain.errors import NOT_FOUND
from wopo.domain.money import Money
from wopo.domain.parts import Part
from wopo.domain.people import Person
from wopo.domain.price_agreements import PriceAgreement, PriceTier
from wopo.domain.purchase_orders import OrderState
from wopo.domain.vendor_holds import HoldKind
from wopo.domain.vendors import PreferredVendor, Standing, Vendor, held_here
from wopo.usecases.attachments import CONTRACT, attachments_of
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.vendors import VendorRecord, VendorStore
from wopo.usecases.views.names import Ref, refs_of
from wopo.usecases.views.work_orders import FileView

RECORD_OVER = timedelta(days=365)
MOST_CONTRACTS = 8
MOST_ORDERS = 8


@dataclass(frozen=True)
class HoldLine:
    """One hold; ``by`` is none where a check of wopo's own placed it."""

    kind: HoldKind
    reason: str
    by: Ref | None
    at: datetime
    until: date | None


@dataclass(frozen=True)
class ContractLine:
    """An agreement in force or to come: for what, until when, from which quantity, at which
    steps."""

    id: str
    number: str
    subject: str
    service_contract: bool
    valid_from: date
    valid_to: date | None
    minimum: Decimal | None
    unit: str
    price_per: Decimal
    currency: str
    tiers: tuple[tuple[Decimal, Decimal | None, Decimal | None], ...]
    """From which quantity: a unit price, a discount in per cent."""
    files: tuple[FileView, ...]


@dataclass(frozen=True)
class OrderLine:
    """An order that is not over."""

    id: str
    number: str
    state: OrderState
    total: Money


@dataclass(frozen=True)
class VendorView:
    """One vendor. ``more_contracts``, ``more_orders``: there are others."""

    id: str
    code: str
    name: str
    standing: Standing
    active: bool
    contractor: bool
    email: str
    phone: str
    payment_terms: str
    preferred_for: tuple[str, ...]
    holds: tuple[HoldLine, ...]
    record: VendorRecord
    contracts: tuple[ContractLine, ...]
    more_contracts: bool
    orders: tuple[OrderLine, ...]
    more_orders: bool


def vendor_view(uow: UnitOfWork, vendor_id: str, *, today: date) -> VendorView:
    """A vendor as it is now. Raises ``NOT_FOUND``. Eight queries."""
    vendor = uow.get(Vendor, vendor_id)
    if vendor is None:
        raise NOT_FOUND(kind="vendor", wanted=vendor_id, nearest="")
    store = uow.store(VendorStore)
    contracts = store.contracts(vendor.id, today, MOST_CONTRACTS + 1)
    orders = store.open_orders(vendor.id, MOST_ORDERS + 1)
    favoured = uow.all(PreferredVendor, vendor_id=vendor.id, order="id", limit=MOST_CONTRACTS)
    holds = {kind: hold for kind in HoldKind if (hold := vendor.hold(kind)) is not None}
    names = refs_of(
        uow,
        {
            Person: [hold.by_id for hold in holds.values()],
            Part: [*(row.part_id for row in contracts), *(row.part_id for row in favoured)],
        },
    )
    return VendorView(
        id=vendor.id,
        code=vendor.code,
        name=vendor.name,
        standing=vendor.standing,
        active=vendor.active,
        contractor=vendor.contractor,
        email=vendor.email or "",
        phone=vendor.phone or "",
        payment_terms=vendor.payment_terms,
        preferred_for=tuple(_subject(row.part_id, row.category, "", names) for row in favoured),
        holds=tuple(
            HoldLine(kind, hold.reason, names.get(hold.by_id or ""), hold.at, hold.until)
            for kind, hold in holds.items()
        ),
        record=store.record(vendor.id, today - RECORD_OVER),
        contracts=_contracts(uow, contracts[:MOST_CONTRACTS], names),
        more_contracts=len(contracts) > MOST_CONTRACTS,
        orders=tuple(
            OrderLine(row.id, row.number, row.state, Money(row.total_minor, row.currency))
            for row in orders[:MOST_ORDERS]
        ),
        more_orders=len(orders) > MOST_ORDERS,
    )


def _subject(
    part_id: str | None, category: str | None, service: str | None, names: dict[str, Ref]
) -> str:
    part = names.get(part_id or "")
    return part.name if part else category or service or ""


def _contracts(
    uow: UnitOfWork, rows: list[PriceAgreement], names: dict[str, Ref]
) -> tuple[ContractLine, ...]:
    ids = [row.id for row in rows]
    steps: dict[str, list[tuple[Decimal, Decimal | None, Decimal | None]]] = {}
    for tier in uow.all(PriceTier, agreement_id=ids, order="from_quantity") if ids else ():
        step = (tier.from_quantity, tier.unit_price, tier.discount_percent)
        steps.setdefault(tier.agreement_id, []).append(step)
    files: dict[str, list[FileView]] = {}
    for file in attachments_of(uow, CONTRACT, ids) if ids else ():
        shown = FileView(file.id, file.name, file.mimetype, file.url, file.slack_file_id)
        files.setdefault(file.subject_id, []).append(shown)
    return tuple(
        ContractLine(
            id=row.id,
            number=row.number,
            subject=_subject(row.part_id, row.category, row.service, names),
            service_contract=row.service_contract,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            minimum=row.minimum_quantity,
            unit=row.unit,
            price_per=row.price_per,
            currency=row.currency,
            tiers=tuple(steps.get(row.id, ())),
            files=tuple(files.get(row.id, ())),
        )
        for row in rows
    )


@dataclass(frozen=True)
class SellerFacts:
    """What an approver sees of the vendor; ``held``: what is on hold there."""

    standing: Standing
    held: str
    record: VendorRecord


def seller_facts(uow: UnitOfWork, vendor: Vendor, today: date) -> SellerFacts:
    """Standing, holds and record; one query."""
    record = uow.store(VendorStore).record(vendor.id, today - RECORD_OVER)
    return SellerFacts(vendor.standing, held_here(vendor), record)
