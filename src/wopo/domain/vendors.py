"""Vendors: whom we buy from, and who may be given a job as a contractor."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from wopo.domain.columns import enum_field, id_field, json_field, ref, time_field
from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event
from wopo.domain.vendor_holds import HELD, Hold, HoldKind

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
    holds: dict[str, Any] = json_field()
    """What stands against orders, invoices and payments, by kind; read by ``hold``."""
    holds_end_on: date | None = Field(default=None, index=True)
    """The first last day of a hold."""

    @property
    def orderable(self) -> bool:
        """Whether anything may be ordered here."""
        free = HoldKind.ORDERS not in self.holds
        return self.active and self.standing is not Standing.BLOCKED and free

    def hold(self, kind: HoldKind) -> Hold | None:
        """What stands against orders, invoices or payments; none where nothing does."""
        found = self.holds.get(kind)
        return None if found is None else Hold.model_validate(found)

    def set_hold(self, kind: HoldKind, hold: Hold | None) -> None:
        """Put a hold in place, or (none) take it away."""
        kept = {name: found for name, found in self.holds.items() if name != kind}
        if hold is not None:
            kept[kind.value] = hold.model_dump(mode="json")
        self.holds = kept
        held = [found for one in HoldKind if (found := self.hold(one)) is not None]
        self.holds_end_on = min((one.until for one in held if one.until), default=None)

    def check_orderable(self, *, field: str | None = None) -> None:
        """Refuse a blocked or inactive vendor, and one on hold, with ``NOT_ORDERABLE``."""
        if not self.orderable:
            held = self.hold(HoldKind.ORDERS)
            why = "inactive" if not self.active else "blocked"
            if self.active and self.standing is not Standing.BLOCKED and held is not None:
                why = f"on hold for orders{held.told}"
            raise NOT_ORDERABLE(field=field, name=self.name, why=why)

    def check_free(self, kind: HoldKind, *, field: str | None = None) -> None:
        """Refuse with ``HELD`` what a hold stands against."""
        held = self.hold(kind)
        if held is not None:
            raise HELD(field=field, name=self.name, kind=kind.value, told=held.told)


def held_here(vendor: Vendor | None) -> str:
    """What is on hold at a vendor, for a card: ``on hold for orders until 2026-03-20 (reason)``."""
    if vendor is None:
        return ""
    held = [(kind, hold) for kind in HoldKind if (hold := vendor.hold(kind)) is not None]
    return "; ".join(f"on hold for {kind.value}{hold.told}" for kind, hold in held)


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


@event("vendor:held")
class VendorHeld(Event):
    """Orders, invoices or payments of a vendor are stopped, by a person or (nobody) by a check."""

    code: str
    kind: HoldKind
    reason: str
    until: date | None


@event("vendor:freed")
class VendorFreed(Event):
    """A hold is over: lifted with a reason, or its last day has passed."""

    code: str
    kind: HoldKind
    reason: str


@event("vendor:related")
class VendorRelated(Event):
    """A vendor shares facts with an employee or another vendor (A49); ``alike`` names each: kind
    (employee or vendor), id, name, facts."""

    code: str
    alike: list[dict[str, Any]]


@event("vendor:preferred")
class VendorPreferred(Event):
    """The vendor is favoured for a part or a category, or (``preferred`` false) no longer."""

    code: str
    part_id: str | None
    category: str | None
    preferred: bool
