"""The database's side of approvals."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import CompoundSelect, String, and_, bindparam, cast, func, literal, or_, union
from sqlmodel import col, select

from wopo.db.after_the_fact import OVER_JUST_THIS, WITHOUT_ORDER
from wopo.db.sessions import recall
from wopo.db.uow import SqlStore, implements
from wopo.domain.after_the_fact import AfterTheFact, First
from wopo.domain.assets import Asset
from wopo.domain.invoices import Invoice
from wopo.domain.ledger import CostKind, LedgerEntry
from wopo.domain.money import Money
from wopo.domain.part_requests import Allocation, PartRequest, PartRequestLine
from wopo.domain.people import AuthorityLimit, Person, Role
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.receipts import Receipt
from wopo.domain.settings import Duty
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.ports.approvals import ApprovalStore, AssetCost

HELD = f'%"{Role.APPROVER.value}"%'
APPROVERS = (
    select(Person, AuthorityLimit)
    .join(AuthorityLimit, col(AuthorityLimit.person_id) == col(Person.id))
    .where(
        col(Person.active),
        cast(Person.roles, String).like(literal(HELD, literal_execute=True)),
        or_(
            col(AuthorityLimit.cost_centre_id).is_(None),
            col(AuthorityLimit.cost_centre_id).in_(bindparam("centre_ids", expanding=True)),
        ),
    )
    .order_by(col(Person.code), col(AuthorityLimit.id))
)
REQUESTERS = (
    select(PartRequest.requested_by_id)
    .join(PartRequestLine, col(PartRequestLine.part_request_id) == col(PartRequest.id))
    .join(Allocation, col(Allocation.part_request_line_id) == col(PartRequestLine.id))
    .join(PurchaseOrderLine, col(PurchaseOrderLine.id) == col(Allocation.purchase_order_line_id))
    .where(
        col(PurchaseOrderLine.purchase_order_id) == bindparam("order_id"),
        col(PartRequest.requested_by_id).is_not(None),
    )
    .distinct()
)
HANDLERS: CompoundSelect[Any] = union(
    select(literal(Duty.RECEIVER.value), Receipt.received_by_id).where(
        col(Receipt.purchase_order_id) == bindparam("order_id"),
        col(Receipt.received_by_id).is_not(None),
    ),
    select(literal(Duty.INVOICE_ENTERER.value), Invoice.entered_by_id).where(
        col(Invoice.purchase_order_id) == bindparam("order_id"),
        col(Invoice.entered_by_id).is_not(None),
    ),
    # What an order after the fact is written for: over just this, or of the day that was said.
    select(literal(Duty.INVOICE_ENTERER.value), Invoice.entered_by_id)
    .join(PurchaseOrder, col(PurchaseOrder.vendor_id) == col(Invoice.vendor_id))
    .join(AfterTheFact, col(AfterTheFact.purchase_order_id) == col(PurchaseOrder.id))
    .where(
        col(PurchaseOrder.id) == bindparam("order_id"),
        *WITHOUT_ORDER,
        col(Invoice.entered_by_id).is_not(None),
        or_(
            and_(*OVER_JUST_THIS),
            and_(
                col(AfterTheFact.first) == First.INVOICE,
                col(Invoice.invoice_date) == col(AfterTheFact.happened_on),
            ),
        ),
    ),
)
SHARES = (Allocation, PartRequestLine, PurchaseOrderLine)


@implements(ApprovalStore)
class SqlApprovals(SqlStore):
    """See ``ApprovalStore``."""

    def approvers(self, centre_ids: Collection[str]) -> list[tuple[Person, list[AuthorityLimit]]]:
        found: dict[str, tuple[Person, list[AuthorityLimit]]] = {}
        asked = {"centre_ids": list(centre_ids)}
        for person, limit in self.rows(APPROVERS, asked, Person, AuthorityLimit):
            found.setdefault(person.id, (person, []))[1].append(limit)
        return list(found.values())

    def requesters(self, order_id: str) -> set[str]:
        def read() -> list[str]:
            return self.firsts(REQUESTERS, {"order_id": order_id}, *SHARES, PartRequest)

        return set(recall(self.session, Allocation, ("requesters", order_id), read))

    def handlers(self, order_id: str, total: Money) -> Mapping[Duty, frozenset[str]]:
        people: dict[Duty, set[str]] = {}
        asked = {"order_id": order_id, "minor": total.minor, "currency": total.currency}
        kinds = (Receipt, Invoice, PurchaseOrder, AfterTheFact)
        for duty, person_id in self.rows(HANDLERS, asked, *kinds):
            people.setdefault(Duty(duty), set()).add(person_id)
        return {duty: frozenset(ids) for duty, ids in people.items()}

    def asset_costs(
        self, job_ids: Collection[str], kinds: Collection[CostKind], since: date
    ) -> list[AssetCost]:
        own = select(WorkOrder.asset_id).where(col(WorkOrder.id).in_(list(job_ids)))
        statement = (
            select(
                col(Asset.id), col(Asset.name), col(LedgerEntry.currency),
                func.sum(col(LedgerEntry.amount_minor)),
            )
            .select_from(WorkOrder)
            .join(Asset, col(Asset.id) == col(WorkOrder.asset_id))
            .join(LedgerEntry, col(LedgerEntry.work_order_id) == col(WorkOrder.id))
            .where(
                col(WorkOrder.asset_id).in_(own),
                col(LedgerEntry.kind).in_(sorted(kinds)),
                col(LedgerEntry.day) >= since,
            )
            .group_by(col(Asset.id), col(Asset.name), col(LedgerEntry.currency))
            .order_by(col(Asset.name), col(LedgerEntry.currency))
        )  # fmt: skip
        return [
            AssetCost(id, name, currency, int(minor))
            for id, name, currency, minor in self.session.execute(statement)
        ]
