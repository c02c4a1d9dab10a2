"""The database's side of the auditor's tests: one streamed statement each, and for every page of
its rows who asked for and who approved those orders."""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Executable, and_, func, or_, select
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col

from wopo.db.audit_tests_sums import AuditSums
from wopo.db.uow import implements
from wopo.domain.approvals import AUTHORITY, Approval, ApprovalState
from wopo.domain.audit_tests import Period
from wopo.domain.duplicates import NEAR_DAYS, Paper
from wopo.domain.exception_cases import ExceptionCase, Resolution
from wopo.domain.invoices import CLEARED, Invoice, InvoiceState
from wopo.domain.part_requests import Allocation, PartRequest, PartRequestLine
from wopo.domain.purchase_orders import (
    OrderRevision,
    OrderState,
    PurchaseOrder,
    PurchaseOrderLine,
)
from wopo.domain.receipts import Receipt, ReceiptKind, ReceiptState
from wopo.domain.vendors import Vendor
from wopo.usecases.ports.audit_tests import (
    Accepted,
    AuditTestStore,
    Bill,
    Decision,
    Delivery,
    Ids,
    Judged,
    Ordered,
)

PAGE = 500
"""Rows for which people and cost centres are read together."""
BY_PEOPLE = (Resolution.ACCEPTED, Resolution.NOT_A_DUPLICATE, Resolution.ACKNOWLEDGED)
T = TypeVar("T")
R = TypeVar("R")

PO, V, A, INV = PurchaseOrder, Vendor, Approval, Invoice


def decided() -> ColumnElement[bool]:
    """Approvals that people gave, those included that a later revision made void (a decision that
    was given back with a question is none)."""
    return and_(
        col(A.decided_by_id).is_not(None),
        col(A.imported).is_(False),
        or_(
            col(A.state) == ApprovalState.APPROVED,
            and_(col(A.state) == ApprovalState.VOID, col(A.question).is_(None)),
        ),
    )


def within(column: Any, period: Period) -> ColumnElement[bool]:
    """Whether a moment lies in the period."""
    return and_(col(column) >= period.start, col(column) < period.end)


class _People(NamedTuple):
    """Who asked for, who approved, and whom it is charged to, by order id."""

    requesters: dict[str, Ids]
    approvers: dict[str, Ids]
    centres: dict[str, Ids]


def _pages(rows: Iterable[T], size: int = PAGE) -> Iterator[list[T]]:
    left = iter(rows)
    while page := list(islice(left, size)):
        yield page


@implements(AuditTestStore)
class SqlAuditTests(AuditSums, AuditTestStore):
    """See ``AuditTestStore``."""

    def decisions(self, period: Period) -> Iterator[Decision]:
        statement = (
            select(
                col(A.id), col(PO.id), col(PO.number), col(V.name), col(A.amount_minor),
                col(A.currency), col(A.asked_at), col(A.decided_at), col(A.decided_by_id),
                col(A.waiver),
                or_(col(A.wanted) == AUTHORITY, col(A.on_call_id).is_not(None)),
                func.coalesce(col(A.decided_for_id), col(A.decided_by_id)), col(A.on_call_id),
                col(PO.requested_by_ids), col(A.revision),
            )
            .select_from(A)
            .join(PO, col(PO.id) == col(A.purchase_order_id))
            .join(V, col(V.id) == col(PO.vendor_id))
            .where(decided(), within(A.decided_at, period))
            .order_by(col(A.decided_at), col(A.id))
        )  # fmt: skip
        for page in _pages(self.stream(statement)):
            ids = sorted({row[1] for row in page})
            people, revisions = self._people(ids), self._revisions(ids)
            for row in page:
                *facts, asked, revision = row
                maker, approved = revisions.get((row[1], revision), (None, frozenset()))
                requesters = {*asked, *people.requesters.get(row[1], ()), maker} - {None}
                centres = approved or people.centres.get(row[1], frozenset())
                yield Decision._make((*facts, frozenset(requesters), centres))

    def _revisions(self, ids: list[str]) -> dict[tuple[str, int], tuple[str | None, Ids]]:
        """By order and revision who made it, and the cost centres of what was asked for then, which
        later revisions may have changed. Contents are long: a page's at a time, never sorted."""
        made = OrderRevision
        rows = self.session.execute(
            select(
                col(made.purchase_order_id), col(made.revision), col(made.made_by_id),
                col(made.content),
            ).where(col(made.purchase_order_id).in_(ids))
        )  # fmt: skip
        return {
            (order_id, revision): (
                maker,
                frozenset(line["cost_centre_id"] for line in (content or {}).get("lines", ())),
            )
            for order_id, revision, maker, content in rows
        }

    def deliveries(self, period: Period) -> Iterator[Delivery]:
        statement = (
            select(
                col(Receipt.id), col(Receipt.number), col(Receipt.received_by_id),
                col(Receipt.received_on), col(Receipt.flag), col(PO.id), col(PO.number),
                col(V.name), col(PO.order_date), col(PO.created_at),
                or_(col(PO.imported), col(Receipt.imported)), col(PO.requested_by_ids),
            )
            .select_from(Receipt)
            .join(PO, col(PO.id) == col(Receipt.purchase_order_id))
            .join(V, col(V.id) == col(PO.vendor_id))
            .where(
                col(Receipt.kind).in_((ReceiptKind.GOODS, ReceiptKind.SERVICE)),
                col(Receipt.state) == ReceiptState.POSTED,
                col(Receipt.received_on).between(period.first, period.last),
            )
            .order_by(col(Receipt.received_on), col(Receipt.id))
        )  # fmt: skip
        for row, people in self._with_people(statement, lambda row: row[5]):
            *facts, asked = row
            requesters = frozenset(asked) | people.requesters.get(row[5], frozenset())
            yield Delivery._make((*facts, requesters, people.approvers.get(row[5], frozenset())))

    def bills(self, period: Period) -> Iterator[Bill]:
        statement = (
            select(
                col(INV.id), col(INV.number), col(INV.vendor_id), col(V.name),
                col(INV.invoice_date), col(INV.total_minor), col(INV.currency),
                col(INV.decided_by_id), col(INV.decided_at), col(PO.id), col(PO.number),
                col(PO.order_date), col(PO.created_at), col(PO.imported),
            )
            .select_from(INV)
            .join(V, col(V.id) == col(INV.vendor_id))
            .outerjoin(PO, col(PO.id) == col(INV.purchase_order_id))
            .where(
                within(INV.entered_at, period),
                col(INV.state) != InvoiceState.REJECTED,
                col(INV.type) == "invoice",
            )
            .order_by(col(INV.vendor_id), col(INV.invoice_date), col(INV.sequence))
        )  # fmt: skip
        for row, people in self._with_people(statement, lambda row: row[9]):
            yield Bill._make((*row, people.approvers.get(row[9], frozenset())))

    def accepted(self, period: Period) -> Iterator[Accepted]:
        case = ExceptionCase
        statement = (
            select(
                col(case.id), col(case.number), col(case.code), col(case.resolved_by_id),
                col(case.resolved_at), col(case.resolution), col(case.amount_minor),
                col(case.currency), col(case.purchase_order_id), col(case.invoice_id), col(V.name),
            )
            .outerjoin(V, col(V.id) == col(case.vendor_id))
            .where(
                within(case.resolved_at, period),
                col(case.resolved_by_id).is_not(None),
                col(case.resolution).in_(BY_PEOPLE),
            )
            .order_by(col(case.resolved_by_id), col(case.resolved_at), col(case.id))
        )  # fmt: skip
        for row, people in self._with_people(statement, lambda row: row[8]):
            yield Accepted._make((*row, people.approvers.get(row[8], frozenset())))

    def judged(self, period: Period) -> Iterator[Judged]:
        statement = (
            select(
                col(INV.id), col(INV.number), col(INV.vendor_id), col(V.name),
                col(INV.invoice_date), col(INV.purchase_order_id),
            )
            .join(V, col(V.id) == col(INV.vendor_id))
            .where(within(INV.entered_at, period), col(INV.state).in_(CLEARED))
            .order_by(col(INV.vendor_id), col(INV.invoice_date), col(INV.sequence))
        )  # fmt: skip
        for page in _pages(self.stream(statement)):
            # Verdicts are long: a page's at a time, never sorted.
            ids = [row[0] for row in page]
            kept = select(col(INV.id), col(INV.verdict)).where(col(INV.id).in_(ids))
            verdicts = {row[0]: row[1] for row in self.session.execute(kept)}
            for *facts, order_id in page:
                yield Judged._make((*facts, verdicts[facts[0]], order_id))

    def entered(self, period: Period) -> Iterator[Invoice]:
        statement = (
            select(INV)
            .where(within(INV.entered_at, period), col(INV.state) != InvoiceState.REJECTED)
            .order_by(col(INV.sequence))
        )
        return (row[0] for row in self.stream(statement))

    def papers(self, period: Period) -> Iterator[Paper]:
        live = col(INV.state) != InvoiceState.REJECTED
        days = func.min(col(INV.invoice_date)), func.max(col(INV.invoice_date))
        first, last = self.session.execute(
            select(*days).where(within(INV.entered_at, period), live)
        ).one()
        if first is None:
            return
        near = timedelta(days=NEAR_DAYS)
        claimed = func.coalesce(col(INV.stated_total_minor), col(INV.total_minor))
        statement = (
            select(
                col(INV.id), col(INV.sequence), col(INV.type), col(INV.vendor_id),
                col(INV.number), col(INV.number_key), col(INV.number_core),
                col(INV.invoice_date), col(INV.currency), claimed, col(INV.not_duplicate_of),
                col(INV.purchase_order_id),
            )
            .where(col(INV.invoice_date).between(first - near, last + near), live)
            .order_by(col(INV.vendor_id), claimed, col(INV.invoice_date), col(INV.sequence))
        )  # fmt: skip
        for *facts, told_apart, order_id in self.stream(statement):
            yield Paper._make((*facts, bool(told_apart), order_id))

    def ordered(self, period: Period, *, by_vendor: bool) -> Iterator[tuple[str, Ordered]]:
        statement = (
            select(
                col(PO.id), col(PO.number), col(PO.vendor_id), col(V.name), col(PO.total_minor),
                col(PO.currency), col(PO.created_at), col(PO.requested_by_ids),
            )
            .join(V, col(V.id) == col(PO.vendor_id))
            .where(
                within(PO.created_at, period),
                col(PO.imported).is_(False),
                col(PO.state).not_in((OrderState.REJECTED, OrderState.CANCELLED)),
            )
            .order_by(*([col(PO.vendor_id)] if by_vendor else []), col(PO.created_at), col(PO.id))
        )  # fmt: skip
        for row, people in self._with_people(statement, lambda row: row[0]):
            *facts, asked = row
            requesters = frozenset(asked) | people.requesters.get(row[0], frozenset())
            order = Ordered._make((*facts, requesters))
            for key in (order.vendor_id,) if by_vendor else sorted(requesters):
                yield key, order

    def _with_people(
        self, statement: Executable, order_id: Callable[[Any], str | None]
    ) -> Iterator[tuple[Any, _People]]:
        """Each row with the people of its order, three statements per page."""
        for page in _pages(self.stream(statement)):
            ids = sorted({id for row in page if (id := order_id(row)) is not None})
            people = self._people(ids) if ids else _People({}, {}, {})
            for row in page:
                yield row, people

    def _people(self, ids: list[str]) -> _People:
        line = PurchaseOrderLine
        asked = (
            select(col(line.purchase_order_id), col(PartRequest.requested_by_id))
            .join(Allocation, col(Allocation.purchase_order_line_id) == col(line.id))
            .join(PartRequestLine, col(PartRequestLine.id) == col(Allocation.part_request_line_id))
            .join(PartRequest, col(PartRequest.id) == col(PartRequestLine.part_request_id))
            .where(
                col(line.purchase_order_id).in_(ids), col(PartRequest.requested_by_id).is_not(None)
            )
        )
        approved = select(col(A.purchase_order_id), col(A.decided_by_id)).where(
            col(A.purchase_order_id).in_(ids), decided()
        )
        centres = select(col(line.purchase_order_id), col(line.cost_centre_id)).where(
            col(line.purchase_order_id).in_(ids), col(line.proposed).is_(False)
        )
        return _People(*(self._sets(found) for found in (asked, approved, centres)))

    def _sets(self, statement: Executable) -> dict[str, Ids]:
        found: dict[str, set[str]] = {}
        for key, value in self.session.execute(statement):
            found.setdefault(key, set()).add(value)
        return {key: frozenset(values) for key, values in found.items()}
