"""The database's side of finding what is due at vendors."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from wopo.db.uow import SqlStore, implements
from wopo.domain.contact_keys import ContactKey, Owner
from wopo.domain.people import Person
from wopo.domain.price_agreements import PriceAgreement
from wopo.domain.purchase_orders import (
    DeliverySchedule,
    OrderState,
    PurchaseOrder,
    PurchaseOrderLine,
)
from wopo.domain.receipts import Receipt, ReceiptKind, ReceiptLine, ReceiptState
from wopo.domain.vendors import Vendor
from wopo.usecases.ports.vendors import Alike, VendorRecord, VendorStore

OPEN_ORDERS = (
    OrderState.DRAFT,
    OrderState.PENDING_APPROVAL,
    OrderState.APPROVED,
    OrderState.ISSUED,
)


@implements(VendorStore)
class SqlVendors(SqlStore, VendorStore):
    """See ``VendorStore``."""

    def holds_over(self, day: date, limit: int) -> list[Vendor]:
        statement = (
            select(Vendor)
            .where(col(Vendor.holds_end_on) < day)
            .order_by(col(Vendor.holds_end_on), col(Vendor.id))
            .limit(limit)
        )
        return list(self.session.execute(statement).scalars())

    def alike(self, vendor_id: str, keys: Collection[str]) -> list[Alike]:
        name = func.coalesce(col(Person.name), col(Vendor.name))
        statement = (
            select(col(ContactKey.owner), col(ContactKey.owner_id), name, col(ContactKey.fact))
            .select_from(ContactKey)
            .outerjoin(Person, and_(
                col(Person.id) == col(ContactKey.owner_id), col(ContactKey.owner) == Owner.PERSON
            ))
            .outerjoin(Vendor, and_(
                col(Vendor.id) == col(ContactKey.owner_id), col(ContactKey.owner) == Owner.VENDOR
            ))
            .where(col(ContactKey.key).in_(list(keys)), col(ContactKey.owner_id) != vendor_id)
            .order_by(name, col(ContactKey.owner_id), col(ContactKey.fact))
        )  # fmt: skip
        return [Alike._make(row) for row in self.session.execute(statement)]

    def record(self, vendor_id: str, since: date) -> VendorRecord:
        line = PurchaseOrderLine
        planned = (
            select(func.max(col(DeliverySchedule.due_on)))
            .where(col(DeliverySchedule.purchase_order_line_id) == col(line.id))
            .scalar_subquery()
        )
        due = func.coalesce(col(line.promised_on), planned)
        statement = (
            select(
                func.count(),
                _number(due.is_not(None)),
                _number(col(Receipt.received_on) <= due),
                _number(col(ReceiptLine.rejected) == 0),
            )
            .select_from(PurchaseOrder)
            .join(line, col(line.purchase_order_id) == col(PurchaseOrder.id))
            .join(ReceiptLine, col(ReceiptLine.purchase_order_line_id) == col(line.id))
            .join(Receipt, col(Receipt.id) == col(ReceiptLine.receipt_id))
            .where(
                col(PurchaseOrder.vendor_id) == vendor_id,
                col(Receipt.received_on) >= since,
                col(Receipt.state) == ReceiptState.POSTED,
                col(Receipt.kind).in_((ReceiptKind.GOODS, ReceiptKind.SERVICE)),
            )
        )
        row = self.session.execute(statement).one()
        return VendorRecord(since, *(int(value or 0) for value in row))

    def open_orders(self, vendor_id: str, limit: int) -> list[PurchaseOrder]:
        statement = (
            select(PurchaseOrder)
            .where(
                col(PurchaseOrder.vendor_id) == vendor_id,
                col(PurchaseOrder.state).in_(OPEN_ORDERS),
            )
            .order_by(col(PurchaseOrder.created_at).desc(), col(PurchaseOrder.id))
            .limit(limit)
        )
        return list(self.session.execute(statement).scalars())

    def contracts(self, vendor_id: str, day: date, limit: int) -> list[PriceAgreement]:
        agreement = PriceAgreement
        ends = col(agreement.valid_to)
        statement = (
            select(agreement)
            .where(
                col(agreement.vendor_id) == vendor_id,
                col(agreement.active),
                or_(ends.is_(None), ends >= day),
            )
            .order_by(case((ends.is_(None), 1), else_=0), ends, col(agreement.number))
            .limit(limit)
        )
        return list(self.session.execute(statement).scalars())

    def to_renew(self, first: date, last: date, limit: int) -> list[PriceAgreement]:
        agreement, later = PriceAgreement, aliased(PriceAgreement)
        same = [
            or_(mine == other, and_(mine.is_(None), other.is_(None)))
            for mine, other in (
                (col(getattr(agreement, name)), col(getattr(later, name)))
                for name in ("part_id", "category", "service")
            )
        ]
        follows = exists().where(
            col(later.vendor_id) == col(agreement.vendor_id),
            col(later.active),
            col(later.valid_from) > col(agreement.valid_from),
            or_(col(later.valid_to).is_(None), col(later.valid_to) > col(agreement.valid_to)),
            *same,
        )
        told = col(agreement.reminded_for)
        statement = (
            select(agreement)
            .where(
                col(agreement.valid_to).between(first, last),
                col(agreement.active),
                ~follows,
                or_(told.is_(None), told != col(agreement.valid_to)),
            )
            .order_by(col(agreement.valid_to), col(agreement.number))
            .limit(limit)
        )
        return list(self.session.execute(statement).scalars())

    def buyers(self, vendor_ids: Collection[str]) -> dict[str, str]:
        newest = (
            select(
                col(PurchaseOrder.vendor_id), func.max(col(PurchaseOrder.created_at)).label("at")
            )
            .where(
                col(PurchaseOrder.vendor_id).in_(list(vendor_ids)),
                col(PurchaseOrder.buyer_id).is_not(None),
            )
            .group_by(col(PurchaseOrder.vendor_id))
            .subquery()
        )
        statement = select(col(PurchaseOrder.vendor_id), col(PurchaseOrder.buyer_id)).join(
            newest,
            and_(
                newest.c.vendor_id == col(PurchaseOrder.vendor_id),
                newest.c.at == col(PurchaseOrder.created_at),
            ),
        )
        return {row[0]: row[1] for row in self.session.execute(statement) if row[1]}


def _number(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))
