"""All open exceptions and all invoices on hold, page by page."""

from dataclasses import dataclass
from datetime import date, datetime

from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.invoices import Invoice
from wopo.domain.money import Money
from wopo.domain.people import Person
from wopo.domain.vendors import Vendor
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.lists import ListStore
from wopo.usecases.views.exception_cards import CaseList, case_lines
from wopo.usecases.views.names import Ref, refs


@dataclass(frozen=True)
class HeldInvoice:
    """An invoice that something holds."""

    id: str
    number: str
    credit: bool
    vendor: Ref
    total: Money
    due: date | None


@dataclass(frozen=True)
class HeldList:
    """A page of them; ``more`` says that there are others behind it."""

    lines: tuple[HeldInvoice, ...]
    more: bool


@dataclass(frozen=True)
class CasePlace:
    """The last exception of a page: whether it is the reader's own, when it was raised, its id."""

    own: bool
    raised_at: datetime
    id: str


def open_cases(
    uow: UnitOfWork, person: Person, *, at: datetime, behind: CasePlace | None, limit: int
) -> CaseList:
    """Every open exception behind that place: the person's own first, then the oldest. At most five
    queries, and no more work for the last page than for the first."""
    store, ids = uow.store(ListStore), []
    last = (behind.raised_at, behind.id) if behind else None
    if behind is None or behind.own:
        ids = store.open_cases(person.id, own=True, behind=last, limit=limit + 1)
        last = None
    if len(ids) <= limit:
        ids += store.open_cases(person.id, own=False, behind=last, limit=limit + 1 - len(ids))
    found = uow.many(ExceptionCase, ids)
    cases = [found[id] for id in ids[:limit]]
    return CaseList(case_lines(uow, cases, at=at), more=len(ids) > limit)


def held_invoices(uow: UnitOfWork, *, offset: int, limit: int) -> HeldList:
    """Invoices on hold, the oldest first; three queries."""
    ids = uow.store(ListStore).held_invoices(offset=offset, limit=limit + 1)
    found = uow.many(Invoice, ids)
    rows = [found[id] for id in ids[:limit]]
    vendors = refs(uow, Vendor, [row.vendor_id for row in rows])
    lines = tuple(
        HeldInvoice(
            row.id, row.number, row.is_credit, vendors[row.vendor_id], row.total, row.due_date
        )
        for row in rows
    )
    return HeldList(lines, more=len(ids) > limit)
