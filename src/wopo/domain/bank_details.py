"""Vendors' bank details: every change waits until a second person has called the vendor.

A changed account is how most payment fraud begins, so until somebody else has called a number that
was known before, nothing is paid to the vendor (reliability.md, A48).
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from wopo.domain.columns import enum_field, id_field, ref, time_field
from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event
from wopo.domain.workflow import Workflow

BAD_IBAN = Refusal(
    "bank_details.bad_iban",
    "{typed} is no IBAN: {why}. Nothing was changed; copy it once more.",
)
BAD_BIC = Refusal(
    "bank_details.bad_bic",
    "{typed} is no BIC. Nothing was changed; it has 8 or 11 characters, like DEUTDEFF, and may be "
    "left out.",
)
ONE_ACCOUNT = Refusal(
    "bank_details.one_account",
    "An account is given as an IBAN or, where there is none, in words. Nothing was changed; "
    "fill in exactly one of the two.",
)
OWN_CHANGE = Refusal(
    "bank_details.own_change",
    "You entered these bank details of {vendor}, so somebody else must confirm them. "
    "Nothing was changed; ask a colleague to call the vendor.",
    logged=True,
)
THIN_NOTE = Refusal(
    "bank_details.short_note",
    "{label} says too little to find out later whether the call was made. Nothing was changed; "
    "write down {wanted}.",
)

NOTE_LEAST = 3
"""Fewest characters of a part of the call-back note."""


class BankState(StrEnum):
    """waiting -> confirmed | refused; a newer version takes the place of either living one."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    SUPERSEDED = "superseded"


_S = BankState
BANK_DETAILS = Workflow(
    {
        (_S.WAITING, "confirm"): _S.CONFIRMED,
        (_S.WAITING, "refuse"): _S.REFUSED,
        (_S.WAITING, "supersede"): _S.SUPERSEDED,
        (_S.CONFIRMED, "supersede"): _S.SUPERSEDED,
    }
)
LIVE = (BankState.WAITING, BankState.CONFIRMED)


class BankDetails(SQLModel, table=True):
    """One version of where a vendor is paid: an IBAN with or without BIC, or an account in words.

    ``phone_before`` is the vendor's number on file when the change came in: who changes the account
    may have changed the number on the letter too. ``called`` and ``known_number`` are the call-back
    note: who was called, and on which number known before.
    """

    __tablename__ = "bank_details"
    __table_args__ = (
        UniqueConstraint("vendor_id", "version"),
        Index("ix_bank_details_live", "state", "vendor_id"),
    )

    id: str = id_field()
    vendor_id: str = ref("vendor", index=False)
    version: int
    state: BankState = enum_field(BankState, default=BankState.WAITING)
    iban: str = Field(default="", max_length=34)
    bic: str = Field(default="", max_length=11)
    account: str = Field(default="", max_length=300)
    phone_before: str = Field(default="", max_length=60)
    entered_by_id: str | None = ref("person", null=True)
    entered_at: datetime = time_field()
    decided_by_id: str | None = ref("person", null=True)
    decided_at: datetime | None = time_field(null=True)
    called: str = Field(default="", max_length=200)
    known_number: str = Field(default="", max_length=60)
    reason: str = Field(default="", max_length=500)

    @property
    def content(self) -> tuple[str, str, str]:
        """What two versions are compared by."""
        return (self.iban, self.bic, self.account)

    @property
    def masked(self) -> str:
        """The account as it is shown where it need not be copied: ``DE89 … 3000``."""
        return masked(self.iban) if self.iban else self.account

    def move(self, verb: str, *, vendor: str, by_id: str | None, at: datetime) -> None:
        """Make a legal move and remember who decided; else ``ILLEGAL_MOVE``."""
        subject = f"Version {self.version} of {vendor}'s bank details"
        self.state = BANK_DETAILS.move(self.state, verb, subject=subject)
        if verb != "supersede":
            self.decided_by_id, self.decided_at = by_id, at


def checked_iban(typed: str) -> str:
    """The IBAN without blanks in upper case; structure of its country and check digits are right.

    Raises ``BAD_IBAN``. National bank registries are not asked: they are out of date in any list.
    """
    # Loaded here: it holds tables of letters in memory, and few people ever type an account.
    from stdnum import iban as ibans
    from stdnum.exceptions import ValidationError

    try:
        return str(ibans.validate(typed, check_country=False))
    except ValidationError as error:
        why = str(error).rstrip(".").lower()
        raise BAD_IBAN(
            field="iban", typed=typed.strip()[:40] or "An empty text", why=why
        ) from error


def checked_bic(typed: str) -> str:
    """The BIC in upper case; empty for none. Raises ``BAD_BIC``."""
    if not typed.strip():
        return ""
    # Loaded here, as above.
    from stdnum import bic as bics
    from stdnum.exceptions import ValidationError

    try:
        return str(bics.validate(typed))
    except ValidationError as error:
        raise BAD_BIC(field="bic", typed=typed.strip()[:40]) from error


def masked(iban: str) -> str:
    """Enough of an IBAN to tell two apart: ``DE89 … 3000``."""
    return f"{iban[:4]} … {iban[-4:]}" if len(iban) > 8 else iban


def in_force(rows: Iterable[BankDetails]) -> BankDetails | None:
    """Where the vendor is paid, if nothing newer waits; of one vendor's rows."""
    return next((row for row in rows if row.state is BankState.CONFIRMED), None)


def waiting(rows: Iterable[BankDetails]) -> BankDetails | None:
    """The change that nobody has confirmed yet; of one vendor's rows."""
    return next((row for row in rows if row.state is BankState.WAITING), None)


def hold_sentence(row: BankDetails, *, by: str, at: datetime) -> str:
    """Why the vendor is not paid meanwhile (reliability.md, A48)."""
    days = (at.date() - row.entered_at.date()).days
    when = {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")
    return f"Bank details changed {when} by {by}; not yet confirmed."


@event("bank_details:entered")
class BankDetailsEntered(Event):
    """Somebody says that the vendor is paid elsewhere (or, version 1, where); it waits."""

    vendor_id: str
    code: str
    version: int
    before: dict[str, str]
    after: dict[str, str]


@event("bank_details:confirmed")
class BankDetailsConfirmed(Event):
    """A second person called the vendor: this is where it is paid from now on."""

    vendor_id: str
    code: str
    version: int
    called: str
    known_number: str


@event("bank_details:refused")
class BankDetailsRefused(Event):
    """The change is not the vendor's, or was withdrawn; what was in force before stays."""

    vendor_id: str
    code: str
    version: int
    reason: str
