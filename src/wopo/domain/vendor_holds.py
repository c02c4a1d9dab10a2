"""Holds: what is stopped at a vendor while something is not settled, each kind by itself."""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from wopo.domain.errors import Refusal


class HoldKind(StrEnum):
    """What a hold stops: ordering, releasing invoices for payment, or paying."""

    ORDERS = "orders"
    INVOICES = "invoices"
    PAYMENTS = "payments"


HELD = Refusal(
    "vendor.held",
    "{name} is on hold for {kind}{told}. Nothing was changed; finance can lift the hold "
    "with /wopo vendor.",
    logged=True,
)
NOT_YOURS = Refusal(
    "vendor.not_yours",
    "The hold on {name} was placed by a check that names you, so somebody else must lift it. "
    "Nothing was changed; ask a colleague in finance.",
    logged=True,
)
FINANCE_LIFTS = Refusal(
    "vendor.finance_lifts",
    "The hold on {name} for {kind} is lifted by finance only. Nothing was changed; ask them.",
    logged=True,
)
UNTIL_PAST = Refusal(
    "vendor.until_past",
    "{day} is past, so the hold would be over at once. Nothing was changed; choose a later day, or "
    "leave it empty for a hold without an end.",
)


class Hold(BaseModel):
    """One hold. ``by_id``: who placed it, none for a check of wopo's own; ``until``: its last day,
    none for no end; ``about_ids``: people it is about, who never lift it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: str
    by_id: str | None = None
    at: datetime
    until: date | None = None
    about_ids: tuple[str, ...] = ()

    def is_checks_about(self, people: Collection[str]) -> bool:
        """Whether a check of wopo's own placed it, and it names all these people: what a person
        placed ends on its day or is lifted by whoever may, so it does not stand for a check's."""
        return self.by_id is None and set(people) <= set(self.about_ids)

    @property
    def told(self) -> str:
        """The end and the reason, to follow "on hold for orders"."""
        until = f" until {self.until}" if self.until else ""
        return f"{until} ({self.reason.rstrip('.')})"
