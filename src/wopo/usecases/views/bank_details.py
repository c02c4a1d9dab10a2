"""What screens show of vendors' bank details; for finance, buyers and administrators only."""

from dataclasses import dataclass
from datetime import datetime

from wopo.domain.bank_details import BankDetails, BankState, in_force, waiting
from wopo.domain.errors import NOT_FOUND
from wopo.domain.people import Person
from wopo.domain.vendors import Vendor
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.names import Ref, refs


@dataclass(frozen=True)
class BankVersion:
    """One version of a vendor's bank details and what came of it."""

    id: str
    version: int
    state: BankState
    iban: str
    bic: str
    account: str
    masked: str
    phone_before: str
    entered_by: Ref | None
    entered_at: datetime
    decided_by: Ref | None
    decided_at: datetime | None
    called: str
    known_number: str
    reason: str


@dataclass(frozen=True)
class BankView:
    """A vendor's bank details: in force, waiting, and the version that was asked for."""

    vendor: Ref
    asked: BankVersion | None
    in_force: BankVersion | None
    waiting: BankVersion | None


def bank_view(uow: UnitOfWork, vendor_id: str, *, asked: str = "") -> BankView:
    """The vendor's bank details. Raises ``NOT_FOUND``. Three queries."""
    vendor = uow.get(Vendor, vendor_id)
    if vendor is None:
        raise NOT_FOUND(kind="vendor", wanted=vendor_id, nearest="")
    rows = uow.all(BankDetails, vendor_id=vendor.id, order="version")
    ids = [id for row in rows for id in (row.entered_by_id, row.decided_by_id)]
    people = refs(uow, Person, ids)

    def shown(row: BankDetails | None) -> BankVersion | None:
        return _version(row, people) if row is not None else None

    return BankView(
        vendor=Ref(vendor.id, vendor.name),
        asked=shown(next((row for row in rows if row.id == asked), None)),
        in_force=shown(in_force(rows)),
        waiting=shown(waiting(rows)),
    )


def view_of(uow: UnitOfWork, bank_details_id: str) -> BankView:
    """The vendor's bank details around one version. Raises ``NOT_FOUND``."""
    row = uow.get(BankDetails, bank_details_id)
    if row is None:
        raise NOT_FOUND(kind="bank details", wanted=bank_details_id, nearest="")
    return bank_view(uow, row.vendor_id, asked=row.id)


def _version(row: BankDetails, people: dict[str, Ref]) -> BankVersion:
    return BankVersion(
        id=row.id,
        version=row.version,
        state=row.state,
        iban=row.iban,
        bic=row.bic,
        account=row.account,
        masked=row.masked,
        phone_before=row.phone_before,
        entered_by=people.get(row.entered_by_id or ""),
        entered_at=row.entered_at,
        decided_by=people.get(row.decided_by_id or ""),
        decided_at=row.decided_at,
        called=row.called,
        known_number=row.known_number,
        reason=row.reason,
    )


@dataclass(frozen=True)
class WaitingLine:
    """A change that waits for a second person."""

    id: str
    vendor: Ref
    masked: str
    entered_by: Ref | None
    entered_at: datetime


def to_confirm(uow: UnitOfWork, person_id: str, *, limit: int) -> list[WaitingLine]:
    """Changes that this person may confirm, not having entered them; the oldest first. Three
    queries."""
    found = uow.all(BankDetails, state=BankState.WAITING, order=("entered_at", "id"))
    rows = [row for row in found if row.entered_by_id != person_id][:limit]
    vendors = refs(uow, Vendor, [row.vendor_id for row in rows])
    people = refs(uow, Person, [row.entered_by_id for row in rows])
    return [
        WaitingLine(
            row.id,
            vendors[row.vendor_id],
            row.masked,
            people.get(row.entered_by_id or ""),
            row.entered_at,
        )
        for row in rows
    ]
