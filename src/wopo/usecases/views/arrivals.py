"""What the question "did it arrive?" shows to the person named as receiver."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from wopo.domain.case_notes import CaseNote, NoteKind
from wopo.domain.exception_cases import CaseState, ExceptionCase
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.vendors import Vendor
from wopo.usecases.case_answers import missing_of
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.approval_lines import JobRef
from wopo.usecases.views.approvals import jobs_of


@dataclass(frozen=True)
class ArrivalView:
    """One question. ``said`` is what the reader answered last, ``open`` whether it still waits."""

    case_id: str
    number: str
    order_id: str
    order_number: str
    line_id: str
    vendor: str
    description: str
    unit: str
    service: bool
    missing: Decimal
    billed: Decimal
    accepted: Decimal
    job: JobRef | None
    said: NoteKind | None
    said_at: datetime | None
    ask_on: date | None
    """The day on which the reader is asked again; none when that was done, or not wanted."""
    open: bool


def arrival_view(uow: UnitOfWork, case_id: str, *, reader_id: str) -> ArrivalView | None:
    """The question for whoever is asked; none when the case names no order line. Six queries."""
    case = uow.get(ExceptionCase, case_id)
    if case is None or case.purchase_order_line_id is None:
        return None
    line = uow.get(PurchaseOrderLine, case.purchase_order_line_id)
    order = uow.get(PurchaseOrder, line.purchase_order_id) if line is not None else None
    vendor = uow.get(Vendor, order.vendor_id) if order is not None else None
    if line is None or order is None or vendor is None:
        return None
    answers = (NoteKind.NOT_ARRIVED, NoteKind.NOT_MINE)
    notes = uow.all(
        CaseNote,
        case_id=case.id,
        by_id=reader_id,
        said=list(answers),
        order=("-at", "-id"),
        limit=1,
    )
    said = notes[0] if notes else None
    missing = missing_of(line)
    not_mine = said is not None and said.said is NoteKind.NOT_MINE
    return ArrivalView(
        case_id=case.id,
        number=case.number,
        order_id=order.id,
        order_number=order.number,
        line_id=line.id,
        vendor=vendor.name,
        description=line.description,
        unit=line.unit,
        service=line.service,
        missing=missing,
        billed=line.billed,
        accepted=line.accepted,
        job=jobs_of(uow, [line.work_order_id]).get(line.work_order_id or ""),
        said=said.said if said else None,
        said_at=said.at if said else None,
        ask_on=said.ask_on if said and said.waits else None,
        open=case.state is not CaseState.RESOLVED and bool(missing) and not not_mine,
    )
