"""The shapes of what can be imported: one row per kind of record, and their names in a mapping."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from wopo.domain.locations import Intake
from wopo.domain.people import Role
from wopo.domain.vendors import Standing
from wopo.domain.work_requests import Priority
from wopo.usecases.imports.invoice_rows import InvoiceLineRow, InvoiceRow
from wopo.usecases.imports.limits import (
    AuthorityLimitRow,
    BudgetRow,
    CostCentreOwnerRow,
    LabourRateRow,
)
from wopo.usecases.imports.rows import (
    Code,
    Currency,
    Exact,
    LongCode,
    Name,
    Positive,
    Quantity,
    Row,
    Sourced,
    Unit,
    text,
)


class CostCentreRow(Row):
    """A cost centre."""

    code: Code
    name: Name
    currency: Currency
    parent: str | None = None


class ProjectRow(Row):
    """A project."""

    code: Code
    name: Name


class ClientRow(Row):
    """An external client."""

    code: Code
    name: Name
    email: str | None = Field(default=None, max_length=200)
    phone: str | None = Field(default=None, max_length=60)


class LocationRow(Row):
    """A site (without parent) or a place inside one."""

    code: Code
    name: Name
    parent: str | None = None
    intake: Intake = Intake.REVIEW
    cost_centre: str | None = None
    holds_stock: bool = False
    address: str = text(500)


class AssetRow(Row):
    """An asset, by the tag on it."""

    KEY = ("tag",)
    tag: Code
    name: Name
    location: str
    cost_centre: str | None = None


class PersonRow(Row):
    """A person with roles."""

    code: Code
    name: Name
    email: str | None = Field(default=None, max_length=200)
    roles: tuple[Role, ...] = ()
    department: str = text(80)
    site: str | None = None
    cost_centre: str | None = None
    manager: str | None = None
    locale: str = Field(default="en", max_length=20)
    timezone: str = Field(default="UTC", max_length=60)
    counter_cap: Quantity | None = None
    phone: str = text(60)
    address: str = text(500)
    iban: str = text(60)
    active: bool = True


class TeamRow(Row):
    """A team and its members, by their codes."""

    code: Code
    name: Name
    members: tuple[str, ...] = ()


class ChannelRow(Row):
    """Which Slack channel serves which purpose: ``site:CODE``, ``invoices``, ``finance``, ..."""

    KEY = ("purpose",)
    purpose: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    channel: Annotated[str, StringConstraints(pattern=r"^[CG][A-Z0-9]{2,}$")]


class FindingRow(Row):
    """What an external audit found: it becomes a work request of its own."""

    KEY = ("audit", "reference")
    audit: Annotated[str, StringConstraints(min_length=1, max_length=39)]
    reference: Code
    title: Annotated[str, StringConstraints(min_length=1, max_length=150)]
    explanation: str = text(4000)
    location: str
    exact_spot: str = text(200)
    asset: str | None = None
    priority: Priority = Priority.NORMAL
    required_by: date | None = None
    compliance_deadline: date | None = None
    mandatory: bool = False
    client: str | None = None
    department: str = text(80)


class VendorRow(Row):
    """A vendor."""

    code: LongCode
    name: Annotated[str, StringConstraints(min_length=1, max_length=150)]
    currency: Currency
    email: str | None = Field(default=None, max_length=200)
    phone: str | None = Field(default=None, max_length=60)
    address: str = text(500)
    tax_id: str | None = Field(default=None, max_length=60)
    payment_terms: str = text(80)
    standing: Standing = Standing.APPROVED
    contractor: bool = False
    numbers_restart_yearly: bool = False
    active: bool = True


class BankDetailsRow(Row):
    """Where a vendor is paid; it waits for a second person like any other change."""

    KEY = ("vendor",)
    vendor: str
    iban: str = text(60)
    bic: str = text(20)
    account: str = text(300)


class PreferredVendorRow(Row):
    """The favoured vendor of a part or of a category."""

    KEY = ("part", "category", "vendor")
    vendor: str
    part: str | None = None
    category: str | None = Field(default=None, max_length=80)


class PartRow(Row):
    """A part of the catalogue."""

    KEY = ("number",)
    number: LongCode
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    unit: Unit
    category: str = text(80)
    service: bool = False
    active: bool = True


class TierRow(Row):
    """From this quantity on: a unit price or a discount in per cent."""

    KEY = ("from_quantity",)
    from_quantity: Quantity = Decimal(0)
    unit_price: Quantity | None = None
    discount_percent: Quantity | None = None


class AgreementRow(Row):
    """A price agreement with its quantity tiers."""

    KEY = ("number",)
    number: LongCode
    vendor: str
    part: str | None = None
    category: str | None = Field(default=None, max_length=80)
    service: str | None = Field(default=None, max_length=200)
    service_contract: bool = False
    currency: Currency
    unit: Unit
    price_per: Positive = Decimal(1)
    minimum_quantity: Quantity | None = None
    lead_time_days: int | None = Field(default=None, ge=0)
    valid_from: date
    valid_to: date | None = None
    payment_terms: str = text(80)
    active: bool = True
    tiers: tuple[Sourced[TierRow], ...] = ()


class StockRow(Row):
    """The opening balance of a part at a location, valued at ``unit_cost``."""

    KEY = ("part", "location")
    part: str
    location: str
    quantity: Quantity
    unit_cost: Quantity = Decimal(0)
    currency: Currency


class ExchangeRateRow(Row):
    """One unit of ``source`` is ``rate`` units of ``target`` from this day on."""

    KEY = ("source", "target", "day")
    source: Currency
    target: Currency
    day: date
    rate: Positive


class UnitConversionRow(Row):
    """One unit of ``source`` is ``factor`` units of ``target`` from this day on: everywhere, or of
    one part."""

    KEY = ("source", "target", "part", "day")
    source: Unit
    target: Unit
    part: str = text(60)
    day: date
    factor: Positive


class SourceStatus(StrEnum):
    """How far an order had come in the system it was imported from."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    ISSUED = "issued"
    COMPLETE = "complete"


class OrderLineRow(Row):
    """One line of an order, with what came of it in all and what of that was rejected."""

    KEY = ("position",)
    position: int = Field(ge=1)
    part: str | None = None
    description: str = text(300)
    vendor_item: str | None = Field(default=None, max_length=60)
    buyer_item: str | None = Field(default=None, max_length=60)
    service: bool = False
    quantity: Positive
    unit: Unit
    unit_price: Quantity
    price_per: Positive = Decimal(1)
    discount: Quantity = Decimal(0)
    tax: Quantity | None = None
    tax_percent: Quantity = Decimal(0)
    line_total: Exact | None = None
    due: date | None = None
    received: Quantity = Decimal(0)
    rejected: Quantity = Decimal(0)
    cost_centre: str | None = None
    source_line: str = text(60)


class OrderRow(Row):
    """A purchase order of another system, with its lines and what was received on them.

    ``tax`` and ``freight`` are of the whole order; ``net_total`` and ``total`` are what the source
    says they come to, compared with what they do come to.
    """

    KEY = ("number",)
    number: Code
    vendor: str
    currency: Currency
    status: SourceStatus
    order_date: date
    ship_date: date | None = None
    received_on: date | None = None
    receipt_number: str | None = Field(default=None, max_length=40)
    delivery_note: str = text(60)
    ship_to: str | None = None
    buyer: str | None = None
    payment_terms: str = text(80)
    cost_centre: str
    tax: Quantity = Decimal(0)
    freight: Quantity = Decimal(0)
    charges: tuple[tuple[str, Decimal], ...] = ()
    discount: Quantity = Decimal(0)
    net_total: Exact | None = None
    total: Exact | None = None
    note: str = text(500)
    warnings: tuple[str, ...] = ()
    """What its reader found contradictory in it."""
    lines: tuple[Sourced[OrderLineRow], ...] = ()


Target = Literal[
    "cost_centres",
    "projects",
    "clients",
    "locations",
    "assets",
    "people",
    "cost_centre_owners",
    "teams",
    "labour_rates",
    "authority_limits",
    "budgets",
    "channels",
    "vendors",
    "bank_details",
    "parts",
    "preferred_vendors",
    "agreements",
    "stock",
    "exchange_rates",
    "unit_conversions",
    "findings",
    "orders",
    "invoices",
]

ROWS: dict[str, type[Row]] = {
    "cost_centres": CostCentreRow,
    "projects": ProjectRow,
    "clients": ClientRow,
    "locations": LocationRow,
    "assets": AssetRow,
    "people": PersonRow,
    "cost_centre_owners": CostCentreOwnerRow,
    "teams": TeamRow,
    "labour_rates": LabourRateRow,
    "authority_limits": AuthorityLimitRow,
    "budgets": BudgetRow,
    "channels": ChannelRow,
    "vendors": VendorRow,
    "bank_details": BankDetailsRow,
    "parts": PartRow,
    "preferred_vendors": PreferredVendorRow,
    "agreements": AgreementRow,
    "stock": StockRow,
    "exchange_rates": ExchangeRateRow,
    "unit_conversions": UnitConversionRow,
    "findings": FindingRow,
    "orders": OrderRow,
    "invoices": InvoiceRow,
}
"""What can be imported: the name a mapping uses, and the shape of one record."""

CHILDREN: dict[str, tuple[str, type[Row]]] = {
    "orders": ("lines", OrderLineRow),
    "invoices": ("lines", InvoiceLineRow),
    "agreements": ("tiers", TierRow),
}
"""Kinds whose records have rows of their own under them."""
