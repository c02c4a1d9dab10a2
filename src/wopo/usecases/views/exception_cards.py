"""What screens show of exceptions: the card with its documents side by side, and lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from wopo.domain.case_notes import CaseNote, NoteKind
from wopo.domain.case_snoozes import CaseSnooze
from wopo.domain.errors import NOT_FOUND
from wopo.domain.exception_cases import CASE, OPEN_CASES, CaseState, ExceptionCase, Resolution
from wopo.domain.exception_kinds import AUDIENCE, Cure, Measure, OwnerKind, kind_of
from wopo.domain.invoices import Invoice, InvoiceLine
from wopo.domain.money import Money
from wopo.domain.people import Person
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.receipts import Receipt, ReceiptLine, ReceiptState
from wopo.domain.vendors import Vendor
from wopo.usecases.exception_cases import HANDLERS, reopenable, within_authority
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.lists import ListStore
from wopo.usecases.views.names import Ref, refs, refs_of


@dataclass(frozen=True)
class OrderSide:
    """What was ordered; of one line where the exception is about a line."""

    id: str
    number: str
    total: Money
    quantity: Decimal | None = None
    unit: str = ""
    unit_price: Decimal | None = None
    price_per: Decimal = Decimal(1)
    net: Money | None = None
    billed: Decimal = Decimal(0)
    """By all its invoices so far."""


@dataclass(frozen=True)
class ReceiptSide:
    """What came: quantities of the line, and the receipts that count."""

    numbers: tuple[str, ...]
    received: Decimal | None = None
    accepted: Decimal | None = None
    last_on: date | None = None


@dataclass(frozen=True)
class InvoiceSide:
    """What is billed; of one line where the exception is about a line."""

    id: str
    number: str
    credit: bool
    day: date
    total: Money
    quantity: Decimal | None = None
    unit: str = ""
    unit_price: Decimal | None = None
    price_per: Decimal = Decimal(1)
    net: Money | None = None


@dataclass(frozen=True)
class NoteView:
    """What somebody said about the case."""

    said: NoteKind
    text: str
    by: Ref | None
    at: datetime
    ask_on: date | None = None
    """The day on which they want to be asked again."""


@dataclass(frozen=True)
class SnoozeView:
    """Until which day a case is put off, by whom and why; from that day on it is not."""

    until: date
    reason: str
    by: Ref | None


@dataclass(frozen=True)
class CaseView:
    """An exception for whoever reads its card. ``told`` has figures in money unless ``measure`` is
    a quantity. ``verbs``: ``take``, ``assign``, ``reopen``, as its state allows."""

    id: str
    number: str
    code: str
    title: str
    told: str
    also: tuple[str, ...]
    measure: Measure
    state: CaseState
    amount: Money
    percent: str
    vendor: Ref | None
    line: str
    line_id: str | None
    order: OrderSide | None
    receipts: ReceiptSide | None
    invoice: InvoiceSide | None
    owner: Ref | None
    owner_kind: str
    raised_at: datetime
    due_at: datetime | None
    verbs: tuple[str, ...]
    cures: tuple[Cure, ...]
    notes: tuple[NoteView, ...]
    """The newest first, at most three."""
    snooze: SnoozeView | None
    resolution: Resolution | None
    resolved_by: Ref | None
    resolved_at: datetime | None
    reason: str
    seen: str
    """The difference as shown, so that an answer to another one is noticed."""


@dataclass(frozen=True)
class CaseLine:
    """An exception in a list."""

    id: str
    number: str
    title: str
    told: str
    measure: Measure
    amount: Money
    vendor: Ref | None
    owner: Ref | None
    raised_at: datetime
    overdue: bool
    taken: bool
    """Whether its owner took it, or was given it."""
    seen: str
    acceptable: bool
    snoozed_until: date | None
    """None once the day has come."""


@dataclass(frozen=True)
class CaseList:
    """A limited list; ``more`` says that there are others behind it."""

    lines: tuple[CaseLine, ...]
    more: bool


def case_view(uow: UnitOfWork, case_id: str) -> CaseView:
    """The exception with its three documents. Raises ``NOT_FOUND``. At most twelve queries."""
    case = uow.get(ExceptionCase, case_id)
    if case is None:
        raise NOT_FOUND(kind="exception", wanted=case_id, nearest="")
    line_id = case.purchase_order_line_id
    line = uow.get(PurchaseOrderLine, line_id) if line_id else None
    notes = notes_of(uow, case.id, limit=3)
    snooze = _snoozes(uow, [case]).get(case.id)
    by_id = snooze.by_id if snooze else None
    people = refs(uow, Person, [case.owner_id, case.resolved_by_id, by_id])
    vendors = refs(uow, Vendor, [case.vendor_id])
    return CaseView(
        id=case.id,
        number=case.number,
        code=case.code,
        title=case.title,
        told=case.told,
        also=tuple(str(text) for text in case.facts.get("also", ())),
        measure=kind_of(case.code).measure,
        state=case.state,
        amount=case.amount,
        percent=str(case.facts.get("percent", "")),
        vendor=vendors.get(case.vendor_id or ""),
        line=str(case.facts.get("line", "")),
        line_id=case.purchase_order_line_id,
        order=_order(uow, case, line),
        receipts=_receipts(uow, case, line),
        invoice=_invoice(uow, case),
        owner=people.get(case.owner_id or ""),
        owner_kind=case.owner_kind,
        raised_at=case.raised_at,
        due_at=case.due_at,
        verbs=verbs_of(case, uow.get(Invoice, case.invoice_id) if case.invoice_id else None),
        cures=case.cures(),
        notes=notes,
        snooze=SnoozeView(snooze.until, snooze.reason, people.get(by_id or "")) if snooze else None,
        resolution=case.resolution,
        resolved_by=people.get(case.resolved_by_id or ""),
        resolved_at=case.resolved_at,
        reason=case.reason or "",
        seen=_seen(case),
    )


def notes_of(uow: UnitOfWork, case_id: str, *, limit: int) -> tuple[NoteView, ...]:
    """What was said about the case, the newest first; two queries."""
    notes = uow.all(CaseNote, case_id=case_id, order=("-at", "-id"), limit=limit)
    people = refs(uow, Person, [note.by_id for note in notes])
    return tuple(
        NoteView(note.said, note.text, people.get(note.by_id or ""), note.at, note.ask_on)
        for note in notes
    )


def _snoozes(uow: UnitOfWork, cases: Sequence[ExceptionCase]) -> dict[str, CaseSnooze]:
    """The snoozes that nothing has ended yet, by case; the day may have come."""
    by_id = {case.id: case for case in cases}
    rows = uow.all(CaseSnooze, case_id=sorted(by_id)) if by_id else []
    return {row.case_id: row for row in rows if row.hides(by_id[row.case_id], date.min)}


def verbs_of(case: ExceptionCase, invoice: Invoice | None) -> tuple[str, ...]:
    """What people may do with the case itself, by its state."""
    allowed = CASE.allowed(case.state)
    again = ("reopen",) if "reopen" in allowed and reopenable(case, invoice) else ()
    return (*(verb for verb in ("take", "assign") if verb in allowed), *again)


def _order(
    uow: UnitOfWork, case: ExceptionCase, line: PurchaseOrderLine | None
) -> OrderSide | None:
    order = uow.get(PurchaseOrder, case.purchase_order_id) if case.purchase_order_id else None
    if order is None:
        return None
    total = Money(order.total_minor, order.currency)
    if line is None:
        return OrderSide(order.id, order.number, total)
    return OrderSide(
        order.id,
        order.number,
        total,
        line.quantity,
        line.unit,
        line.unit_price,
        line.price_per,
        Money(line.net_minor, order.currency),
        line.billed,
    )


def _receipts(
    uow: UnitOfWork, case: ExceptionCase, line: PurchaseOrderLine | None
) -> ReceiptSide | None:
    if case.purchase_order_id is None:
        return None
    counted = uow.all(
        Receipt,
        purchase_order_id=case.purchase_order_id,
        state=ReceiptState.POSTED,
        order="number",
    )
    if line is not None and counted:
        rows = uow.all(ReceiptLine, purchase_order_line_id=line.id)
        concerned = {row.receipt_id for row in rows}
        counted = [receipt for receipt in counted if receipt.id in concerned]
    return ReceiptSide(
        numbers=tuple(receipt.number for receipt in counted),
        received=line.received if line else None,
        accepted=line.accepted if line else None,
        last_on=max((receipt.received_on for receipt in counted), default=None),
    )


def _invoice(uow: UnitOfWork, case: ExceptionCase) -> InvoiceSide | None:
    invoice = uow.get(Invoice, case.invoice_id) if case.invoice_id else None
    if invoice is None:
        return None
    side = InvoiceSide(
        invoice.id, invoice.number, invoice.is_credit, invoice.invoice_date, invoice.total
    )
    if case.purchase_order_line_id is None:
        return side
    rows = uow.all(
        InvoiceLine,
        invoice_id=invoice.id,
        purchase_order_line_id=case.purchase_order_line_id,
        order="position",
    )
    if not rows:
        return side
    return InvoiceSide(
        side.id,
        side.number,
        side.credit,
        side.day,
        side.total,
        sum((row.quantity for row in rows), Decimal(0)),
        rows[0].unit,
        rows[0].unit_price,
        rows[0].price_per,
        Money(sum(row.net_minor for row in rows), invoice.currency),
    )


def _seen(case: ExceptionCase) -> str:
    """What tells one difference of a case from the next."""
    return f"{case.amount_minor}:{case.variance.normalize()}"


def my_cases(uow: UnitOfWork, person: Person, *, at: datetime, limit: int = 5) -> CaseList:
    """Open exceptions that are the person's own, then those of their desk that nobody took; the
    oldest first; ``at`` is on the person's own day, on which nothing is shown that is put off
    longer. At most five queries."""
    if not person.has(*HANDLERS):
        return CaseList((), more=False)
    store, today = uow.store(ListStore), at.date()
    own = store.own_cases(person.id, today=today, limit=limit + 1)
    desks = [owner.value for owner in OwnerKind if person.has(*AUDIENCE[owner])]
    free: list[str] = []
    if desks and len(own) <= limit:
        free = store.free_cases(desks, today=today, limit=limit + 1 + len(own))
    ids = list(dict.fromkeys([*own, *free]))
    rows = uow.many(ExceptionCase, ids[:limit])
    lines = case_lines(uow, [rows[id] for id in ids[:limit]], at=at)
    return CaseList(lines, more=len(ids) > limit)


MOST_OWN = 500
"""Exceptions of one person that are accepted together."""


def acceptable(uow: UnitOfWork, person: Person, *, at: datetime) -> tuple[CaseLine, ...]:
    """The person's own open exceptions that may be accepted and are within their limits, the oldest
    first; a constant number of queries."""
    ids = uow.store(ListStore).own_cases(person.id, today=at.date(), limit=MOST_OWN)
    rows = uow.many(ExceptionCase, ids)
    own = [rows[id] for id in ids if Cure.ACCEPT in rows[id].cures()]
    return case_lines(uow, within_authority(uow, person.id, own, at.date()), at=at)


def still_open(uow: UnitOfWork, ids: Sequence[str], *, at: datetime) -> tuple[CaseLine, ...]:
    """Those of these exceptions that are still open, in this order; three queries."""
    rows = uow.many(ExceptionCase, ids)
    cases = [rows[id] for id in ids if id in rows and rows[id].state in OPEN_CASES]
    return case_lines(uow, cases, at=at)


def case_lines(
    uow: UnitOfWork, cases: Sequence[ExceptionCase], *, at: datetime
) -> tuple[CaseLine, ...]:
    """Exceptions as lines of a list; two queries."""
    snoozes = _snoozes(uow, cases)
    vendors, owners = [case.vendor_id for case in cases], [case.owner_id for case in cases]
    names = refs_of(uow, {Vendor: vendors, Person: owners})
    return tuple(
        CaseLine(
            id=case.id,
            number=case.number,
            title=case.title,
            told=case.told,
            measure=kind_of(case.code).measure,
            amount=case.amount,
            vendor=names.get(case.vendor_id or ""),
            owner=names.get(case.owner_id or ""),
            raised_at=case.raised_at,
            overdue=case.due_at is not None and case.due_at < at,
            taken=case.state is CaseState.ASSIGNED,
            seen=_seen(case),
            acceptable=Cure.ACCEPT in case.cures(),
            snoozed_until=_later(snoozes.get(case.id), at),
        )
        for case in cases
    )


def _later(snooze: CaseSnooze | None, at: datetime) -> date | None:
    return snooze.until if snooze and snooze.until > at.date() else None
