"""Vendors: whom we buy from, and who may be given a job as a contractor."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from wopo.domain.columns import enum_field, id_field, ref, time_field
from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event

NOT_ORDERABLE = Refusal(
    "vendor.not_orderable",
    "{name} is {why}, so nothing can be ordered there. Nothing was changed; choose another vendor.",
    logged=True,
)
PREFERRED_FOR = Refusal(
    "vendor.preferred_for",
    "A vendor is preferred for one part or for one category. Nothing was changed; "
    "give exactly one of the two.",
)


class Standing(StrEnum):
    """How a vendor is regarded."""

    PREFERRED = "preferred"
    APPROVED = "approved"
    ON_TRIAL = "on_trial"
    BLOCKED = "blocked"


class Vendor(SQLModel, table=True):
    """A supplier of parts or services."""

    __tablename__ = "vendor"

    id: str = id_field()
    code: str = Field(max_length=60, unique=True)
    name: str = Field(max_length=150, index=True)
    email: str | None = Field(default=None, max_length=200)
    phone: str | None = Field(default=None, max_length=60)
    address: str = Field(default="", max_length=500)
    tax_id: str | None = Field(default=None, max_length=60)
    currency: str = Field(max_length=3)
    payment_terms: str = Field(default="", max_length=80)
    standing: Standing = enum_field(Standing, default=Standing.APPROVED)
    contractor: bool = False
    numbers_restart_yearly: bool = False
    """Its invoice numbers begin anew each year, so the same number next year is another one."""
    active: bool = True
    created_at: datetime = time_field()

    @property
    def orderable(self) -> bool:
        """Whether anything may be ordered here."""
        return self.active and self.standing is not Standing.BLOCKED

    def check_orderable(self, *, field: str | None = None) -> None:
        """Refuse a blocked or inactive vendor with ``NOT_ORDERABLE``."""
        if not self.orderable:
            why = "inactive" if not self.active else "blocked"
            raise NOT_ORDERABLE(field=field, name=self.name, why=why)


class PreferredVendor(SQLModel, table=True):
    """The favoured vendor of one part or of one category."""

    __tablename__ = "preferred_vendor"
    __table_args__ = (UniqueConstraint("part_id", "category", "vendor_id"),)

    id: str = id_field()
    vendor_id: str = ref("vendor")
    part_id: str | None = ref("part", null=True)
    category: str | None = Field(default=None, max_length=80, index=True)


@event("vendor:added")
class VendorAdded(Event):
    """There is a new vendor."""

    code: str
    called: str


@event("vendor:changed")
class VendorChanged(Event):
    """Facts about a vendor are different now."""

    code: str
    before: dict[str, object]
    after: dict[str, object]


@event("vendor:preferred")
class VendorPreferred(Event):
    """The vendor is favoured for a part or a category, or (``preferred`` false) no longer."""

    code: str
    part_id: str | None
    category: str | None
    preferred: bool
