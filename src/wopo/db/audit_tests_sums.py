"""The auditor's tests that one aggregate or one join answers."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, and_, case, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from wopo.db.uow import SqlStore
from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.audit import AuditEntry
from wopo.domain.audit_tests import Period
from wopo.domain.bank_details import BankDetails
from wopo.domain.contact_keys import ContactKey, Owner
from wopo.domain.invoices import Invoice
from wopo.domain.ledger import CostKind, LedgerEntry
from wopo.domain.people import Person
from wopo.domain.purchase_orders import (
    OrderRevision,
    OrderState,
    PurchaseOrder,
    PurchaseOrderLine,
)
from wopo.domain.vendors import Vendor
from wopo.usecases.ports.audit_tests import (
    Committed,
    FirstOrder,
    PaidAfterChange,
    Recorded,
    Shared,
    Unapproved,
)

BATCH = 1_000
IN_FORCE = (OrderState.APPROVED, OrderState.ISSUED, OrderState.CLOSED)
PO, V = PurchaseOrder, Vendor


class AuditSums(SqlStore):
    """See ``AuditTestStore``."""

    def stream(self, statement: Executable) -> Iterator[Any]:
        """Rows as they come, so that memory stays flat."""
        yield from self.session.execute(statement, execution_options={"yield_per": BATCH})

    def unapproved(self, period: Period) -> Iterator[Unapproved]:
        about = and_(
            col(Approval.purchase_order_id) == col(PO.id),
            col(Approval.revision) == col(PO.approved_revision),
            col(Approval.content_hash) == col(OrderRevision.content_hash),
        )
        # Not in the join: SQLite would take the index over states, all approvals for each order.
        holds = col(Approval.state) == ApprovalState.APPROVED
        total = func.max(col(OrderRevision.total_minor))
        made = func.count(case((holds, col(Approval.id))))
        needed = func.max(case((holds, col(Approval.decisions))))
        statement = (
            select(
                col(PO.id), col(PO.number), col(V.name), col(PO.approved_at), col(PO.total_minor),
                total, made, needed, col(PO.currency),
            )
            .select_from(PO)
            .join(V, col(V.id) == col(PO.vendor_id))
            .outerjoin(OrderRevision, and_(
                col(OrderRevision.purchase_order_id) == col(PO.id),
                col(OrderRevision.revision) == col(PO.approved_revision),
            ))
            .outerjoin(Approval, about)
            .where(
                col(PO.state).in_(IN_FORCE),
                col(PO.imported).is_(False),
                col(PO.approved_at) >= period.start,
                col(PO.approved_at) < period.end,
            )
            .group_by(
                col(PO.id), col(PO.number), col(V.name), col(PO.approved_at), col(PO.total_minor),
                col(PO.currency),
            )
            .having(
                or_(
                    made < func.coalesce(needed, 1), total.is_(None),
                    total != col(PO.total_minor),
                )
            )
            .order_by(col(PO.approved_at), col(PO.id))
        )  # fmt: skip
        for *facts, said, done, wanted, currency in self.stream(statement):
            approved = said if done and done >= wanted else None
            yield Unapproved._make((*facts, approved, done, wanted or 1, currency))

    def first_orders(self, period: Period) -> Iterator[FirstOrder]:
        first = (
            select(col(PO.vendor_id), func.min(col(PO.created_at)).label("at"))
            .where(col(PO.imported).is_(False))
            .group_by(col(PO.vendor_id))
            .having(
                func.min(col(PO.created_at)) >= period.start,
                func.min(col(PO.created_at)) < period.end,
            )
            .subquery()
        )
        statement = (
            select(
                col(V.name), col(V.code), col(V.created_at), first.c.at, func.min(col(PO.id))
            )
            .join(first, first.c.vendor_id == col(V.id))
            .join(PO, and_(col(PO.vendor_id) == col(V.id), col(PO.created_at) == first.c.at))
            .group_by(col(V.name), col(V.code), col(V.created_at), first.c.at)
            .order_by(first.c.at, col(V.code))
        )  # fmt: skip
        return (FirstOrder(*row) for row in self.stream(statement))

    def paid_after_change(self, period: Period) -> Iterator[PaidAfterChange]:
        statement = (
            select(
                col(Invoice.id), col(Invoice.number), col(V.name), col(Invoice.paid_on),
                col(BankDetails.version), col(BankDetails.decided_at), col(Invoice.total_minor),
                col(Invoice.currency), col(Invoice.purchase_order_id),
            )
            .join(V, col(V.id) == col(Invoice.vendor_id))
            .join(BankDetails, col(BankDetails.vendor_id) == col(Invoice.vendor_id))
            .where(
                col(Invoice.paid_on).between(period.first, period.last),
                col(BankDetails.version) > 1,
                col(BankDetails.called) != "",
            )
            .order_by(col(Invoice.paid_on), col(Invoice.id), col(BankDetails.version))
        )  # fmt: skip
        return (PaidAfterChange(*row) for row in self.stream(statement))

    def committed(self, before: datetime, until: datetime) -> Iterator[Committed]:
        amount = func.sum(col(LedgerEntry.amount_minor))
        statement = (
            select(
                col(PO.id), col(PO.number), col(V.name), col(PO.approved_at), amount,
                col(LedgerEntry.currency),
            )
            .select_from(PO)
            .join(V, col(V.id) == col(PO.vendor_id))
            .join(PurchaseOrderLine, col(PurchaseOrderLine.purchase_order_id) == col(PO.id))
            .join(LedgerEntry, and_(
                col(LedgerEntry.purchase_order_line_id) == col(PurchaseOrderLine.id),
                col(LedgerEntry.kind) == CostKind.COMMITTED,
            ))
            .where(col(PO.approved_at) < before, col(LedgerEntry.at) < until)
            .group_by(
                col(PO.id), col(PO.number), col(V.name), col(PO.approved_at),
                col(LedgerEntry.currency),
            )
            .having(amount > 0)
            .order_by(col(PO.approved_at), col(PO.id))
        )  # fmt: skip
        return (Committed(*row) for row in self.stream(statement))

    def shared(self, period: Period) -> Iterator[Shared]:
        mine, other, seller = aliased(ContactKey), aliased(ContactKey), aliased(Vendor)
        twice = and_(col(other.owner) == Owner.VENDOR, col(other.owner_id) <= mine.owner_id)
        statement = (
            select(
                col(mine.fact), col(V.id), col(V.code), col(V.name), col(other.owner),
                func.coalesce(col(Person.name), seller.name), col(other.owner_id),
            )
            .select_from(mine)
            .join(V, col(V.id) == mine.owner_id)
            .join(other, and_(
                col(other.key) == mine.key, col(other.owner_id) != mine.owner_id, ~twice
            ))
            .outerjoin(Person, and_(
                col(Person.id) == other.owner_id, col(other.owner) == Owner.PERSON
            ))
            .outerjoin(seller, and_(
                col(seller.id) == other.owner_id, col(other.owner) == Owner.VENDOR
            ))
            .where(col(mine.owner) == Owner.VENDOR, col(V.created_at) < period.end)
            .order_by(col(V.code), col(other.owner_id), col(mine.fact))
        )  # fmt: skip
        for fact, *facts, kind, name, id in self.stream(statement):
            yield Shared._make((fact.value, *facts, kind.value, name, id))

    def recorded(self, *events: str) -> Iterator[Recorded]:
        statement = (
            select(
                col(AuditEntry.at), col(AuditEntry.subject_id), col(AuditEntry.actor_id),
                col(AuditEntry.facts),
            )
            .where(col(AuditEntry.event).in_(events))
            .order_by(col(AuditEntry.seq))
        )  # fmt: skip
        return (Recorded(*row) for row in self.stream(statement))
