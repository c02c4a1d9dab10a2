"""Purchase orders: the authority to spend, in revisions of which exactly one is approved."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from wopo.domain.columns import (
    Row,
    decimal_field,
    enum_field,
    id_field,
    json_field,
    minor_field,
    ref,
    time_field,
)


class OrderState(StrEnum):
    """draft -> pending_approval -> approved -> issued -> closed; rejected; cancelled.

    Receipt and billing progress are two derived axes beside it.
    """

    DRAFT = "draft"
    PENDING_APPROVAL = "pending_approval"
    APPROVED = "approved"
    ISSUED = "issued"
    CLOSED = "closed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


SHUT = (OrderState.CLOSED, OrderState.CANCELLED)
"""States in which an order takes no invoice any more."""


class OrderKind(StrEnum):
    """How an order came about."""

    STANDARD = "standard"
    COUNTER = "counter"
    BLANKET = "blanket"
    RELEASE = "release"
    RECURRING = "recurring_service"
    AFTER_THE_FACT = "after_the_fact"


class Progress(StrEnum):
    """How far an order is received or billed."""

    NONE = "none"
    PARTIAL = "partial"
    FULL = "full"
    OVER = "over"

    @classmethod
    def of(cls, lines: Iterable[tuple[Decimal, Decimal]]) -> "Progress":
        """From (done, due) per line; a line counts at most what is due of it, except for over."""
        pairs = list(lines)
        if any(done > due for done, due in pairs):
            return cls.OVER
        if not any(done for done, _ in pairs):
            return cls.NONE
        return cls.FULL if all(done == due for done, due in pairs) else cls.PARTIAL


class PurchaseOrder(SQLModel, table=True):
    """A purchase order (PO). Totals are of the content in its lines.

    The lines hold the approved content once there is one (``approved_revision``), else the draft.
    A change proposed later waits as a revision's content (``pending_revision``) and replaces the
    lines when it is approved. ``asked_at``: when a decision was last asked for.
    """

    __tablename__ = "purchase_order"
    __table_args__ = (
        Index("ix_purchase_order_recent", "state", "created_at"),
        Index("ix_purchase_order_kind", "kind", "state", "created_at"),
        Index("ix_purchase_order_vendor", "vendor_id", "asked_at"),
    )

    id: str = id_field()
    number: str = Field(max_length=40, unique=True)
    kind: OrderKind = enum_field(OrderKind, default=OrderKind.STANDARD)
    state: OrderState = enum_field(OrderState, default=OrderState.DRAFT, index=True)
    vendor_id: str = ref("vendor", index=False)
    currency: str = Field(max_length=3)
    payment_terms: str = Field(default="", max_length=80)
    ship_to_id: str | None = ref("location", null=True)
    buyer_id: str | None = ref("person", null=True)
    requested_by_ids: list[str] = json_field(list)
    revision: int = 1
    approved_revision: int | None = None
    pending_revision: int | None = None
    order_date: date | None = None
    discount_minor: int = minor_field()
    discount_label: str = Field(default="", max_length=120)
    service_frequency: str | None = Field(default=None, max_length=60)
    billing_frequency: str | None = Field(default=None, max_length=60)
    blanket_limit_minor: int | None = minor_field(None, null=True)
    blanket_id: str | None = ref("purchase_order", null=True)
    valid_to: date | None = None
    net_minor: int = minor_field()
    charges_minor: int = minor_field()
    tax_minor: int = minor_field()
    total_minor: int = minor_field()
    receipt_progress: Progress = enum_field(Progress, default=Progress.NONE)
    billing_progress: Progress = enum_field(Progress, default=Progress.NONE)
    rule: str = Field(default="", max_length=60)
    rule_sentence: str = Field(default="", max_length=300)
    without_job: bool = False
    imported: bool = False
    import_flag: str | None = Field(default=None, max_length=500)
    created_at: datetime = time_field()
    asked_at: datetime | None = time_field(null=True, index=True)
    approved_at: datetime | None = time_field(null=True)
    issued_at: datetime | None = time_field(null=True)
    closed_at: datetime | None = time_field(null=True)
    close_reason: str | None = Field(default=None, max_length=500)
    version: int = 0


TO_COME = text("accepted < quantity")
"""Lines of which something is still to come: few, however many there ever were."""
OVER = text("accepted > quantity")
"""Lines of which more came than was ordered: fewer still."""


class PurchaseOrderLine(Row, table=True):
    """One thing ordered, for one job and cost centre, with its running sums.

    ``unit_price`` is per ``price_per`` units. ``net_minor`` = quantity x unit price / basis
    - discount, rounded once. ``share_minor`` = net plus this line's share of the order's charges
    and discount: what the line costs its job and budget. Sums kept in the transaction that changes
    them: ``received`` = accepted + rejected - returned, ``accepted`` net of returns, ``billed``
    over all live invoices (held ones too), ``cleared`` over those that may become payable,
    ``called_off_minor`` of a blanket's line: what its releases took over of ``share_minor``.
    ``proposed``: a later revision adds it and was not approved yet; until then it is struck out.
    """

    __tablename__ = "purchase_order_line"
    __table_args__ = (
        UniqueConstraint("purchase_order_id", "position"),
        Index(
            "ix_purchase_order_line_late",
            "promised_on",
            "id",
            sqlite_where=TO_COME,
        ),
        Index(
            "ix_purchase_order_line_open",
            "part_id",
            "closed_short",
            sqlite_where=TO_COME,
        ),
        Index(
            "ix_purchase_order_line_over",
            "purchase_order_id",
            sqlite_where=OVER,
        ),
    )

    id: str = id_field()
    purchase_order_id: str = ref("purchase_order", index=False)
    position: int
    part_id: str | None = ref("part", null=True)
    service: bool = False
    description: str = Field(max_length=300)
    vendor_item: str | None = Field(default=None, max_length=60)
    quantity: Decimal = decimal_field()
    unit: str = Field(max_length=20)
    unit_price: Decimal = decimal_field()
    price_per: Decimal = decimal_field(Decimal(1))
    discount_minor: int = minor_field()
    discount_label: str = Field(default="", max_length=120)
    tax_code: str = Field(default="", max_length=20)
    tax_percent: Decimal = decimal_field(Decimal(0))
    tax_minor: int = minor_field()
    net_minor: int = minor_field()
    share_minor: int = minor_field()
    work_order_id: str | None = ref("work_order", null=True)
    cost_centre_id: str = ref("cost_centre")
    project_id: str | None = ref("project", null=True)
    agreement_id: str | None = ref("price_agreement", null=True)
    agreed_price: Decimal | None = decimal_field(null=True)
    match_policy: str | None = Field(default=None, max_length=10)
    receiver_id: str | None = ref("person", null=True)
    promised_on: date | None = None
    backordered: bool = False
    backorder_note: str = Field(default="", max_length=200)
    cancelled: bool = False
    proposed: bool = False
    closed_short: bool = False
    received: Decimal = decimal_field(Decimal(0))
    accepted: Decimal = decimal_field(Decimal(0))
    billed: Decimal = decimal_field(Decimal(0))
    billed_minor: int = minor_field()
    cleared: Decimal = decimal_field(Decimal(0))
    cleared_minor: int = minor_field()
    called_off_minor: int = minor_field()

    @property
    def due_quantity(self) -> Decimal:
        """What is to come in all: nothing of a cancelled line, and of one closed short only what
        was accepted until then."""
        if self.cancelled:
            return Decimal(0)
        return min(self.accepted, self.quantity) if self.closed_short else self.quantity


class DeliverySchedule(SQLModel, table=True):
    """One planned delivery of an order line; a line may come in several."""

    __tablename__ = "delivery_schedule"

    id: str = id_field()
    purchase_order_line_id: str = ref("purchase_order_line")
    due_on: date
    quantity: Decimal = decimal_field()


class OrderCharge(SQLModel, table=True):
    """Freight, packing, a fee: by code, net of tax."""

    __tablename__ = "order_charge"
    __table_args__ = (UniqueConstraint("purchase_order_id", "code"),)

    id: str = id_field()
    purchase_order_id: str = ref("purchase_order", index=False)
    code: str = Field(max_length=20)
    label: str = Field(default="", max_length=120)
    amount_minor: int = minor_field()


class RevisionState(StrEnum):
    """What became of one revision."""

    DRAFT = "draft"
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


class OrderRevision(SQLModel, table=True):
    """The whole content of an order at one revision, with the hash an approval binds to.

    ``together``: the other orders that it is decided together with (``split_orders.Together``).
    """

    __tablename__ = "order_revision"
    __table_args__ = (UniqueConstraint("purchase_order_id", "revision"),)

    id: str = id_field()
    purchase_order_id: str = ref("purchase_order", index=False)
    revision: int
    state: RevisionState = enum_field(RevisionState, default=RevisionState.DRAFT)
    content: dict[str, Any] = json_field()
    content_hash: str = Field(max_length=64)
    total_minor: int = minor_field()
    reason: str = Field(default="", max_length=500)
    together: dict[str, Any] = json_field()
    made_by_id: str | None = ref("person", null=True)
    at: datetime = time_field(index=True)
