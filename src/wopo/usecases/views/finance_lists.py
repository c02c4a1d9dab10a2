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


def open_cases(
    uow: UnitOfWork, person: Person, *, at: datetime, offset: int, limit: int
) -> CaseList:
    """Every open exception, the person's own first, then the oldest; four queries."""
    ids = uow.store(ListStore).open_cases(person.id, offset=offset, limit=limit + 1)
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
