"""The database's side of verification."""

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import and_, func, or_, select
from sqlmodel import SQLModel

from wopo.db.careful import READ_ERRORS, Broken, careful_rows
from wopo.db.seals import SEALED, broken_seals
from wopo.db.uow import SqlStore, implements
from wopo.domain.audit import (
    GENESIS,
    REFUSALS,
    AuditEntry,
    AuditHead,
    RefusalEntry,
    RefusalLink,
    Unreadable,
)
from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.money import plain
from wopo.domain.numbers import NumberSeries
from wopo.domain.part_requests import PartRequest
from wopo.domain.payment_batches import PaymentBatch
from wopo.domain.purchase_orders import PurchaseOrder
from wopo.domain.receipts import Receipt, ReceiptLine
from wopo.domain.stock import StockLevel, StockMovement
from wopo.domain.work_orders import WorkOrder
from wopo.domain.work_requests import WorkRequest
from wopo.usecases.ports.audit import AuditStore, DamagedRow, Received

BATCH = 2_000


def _table(kind: type[SQLModel]) -> Any:
    return kind.__table__  # type: ignore[attr-defined]


ENTRY, ORDER, REFUSED = _table(AuditEntry), _table(PurchaseOrder), _table(RefusalEntry)
NUMBERED: dict[str, Any] = {
    "WR": _table(WorkRequest),
    "WO": _table(WorkOrder),
    "PR": _table(PartRequest),
    "PO": ORDER,
    "GRN": _table(Receipt),
    "EX": _table(ExceptionCase),
    "PB": _table(PaymentBatch),
}
"""Where documents of each series are kept."""


@implements(AuditStore)
class SqlAudit(SqlStore, AuditStore):
    """See ``AuditStore``."""

    read_errors = READ_ERRORS

    def chain(self) -> Iterator[AuditEntry | Unreadable]:
        for row in careful_rows(self.session.connection(), ENTRY, BATCH):
            if isinstance(row, Broken):
                yield Unreadable(row.rowid, row.column, str(row.values.get("hash") or ""))
            else:
                yield cast(AuditEntry, row)

    def broken_seals(self) -> Iterator[tuple[str, str, str]]:
        yield from broken_seals(self.session.connection())

    def stock_apart(self) -> Iterator[tuple[str, str]]:
        level, moved = _table(StockLevel), _table(StockMovement)
        same = and_(level.c.part_id == moved.c.part_id, level.c.location_id == moved.c.location_id)
        quantity = func.coalesce(func.sum(moved.c.quantity), 0)
        value = func.coalesce(func.sum(moved.c.value_minor), 0)
        statement = (
            select(level.c.id, level.c.on_hand, quantity, level.c.value_minor, value)
            .outerjoin(moved, same)
            .group_by(level.c.id, level.c.on_hand, level.c.value_minor)
            .having(or_(level.c.on_hand != quantity, level.c.value_minor != value))
            .order_by(level.c.id)
        )
        for id, on_hand, came, worth, carried in self.session.connection().execute(statement):
            yield (
                id,
                (
                    f"holds {plain(on_hand)} worth {worth}, "
                    f"the movements add up to {plain(came)} worth {carried}"
                ),
            )

    def damaged(self) -> Iterator[DamagedRow]:
        for table in SQLModel.metadata.sorted_tables:
            if table is ENTRY or table in SEALED:
                continue
            for row in careful_rows(self.session.connection(), table, BATCH):
                if isinstance(row, Broken):
                    yield DamagedRow(table.name, row.key(table), row.column)

    def head(self) -> AuditHead:
        found = self.session.get(AuditHead, 1)
        return found if found is not None else AuditHead()

    def hashes_at(self, seqs: Collection[int]) -> dict[int, str]:
        return self._by_number(ENTRY.c.seq, ENTRY.c.hash, seqs)

    def facts_of(self, event: str) -> Iterator[dict[str, Any]]:
        statement = select(ENTRY.c.facts).where(ENTRY.c.event == event).order_by(ENTRY.c.seq)
        yield from self.session.connection().execute(statement).scalars()

    def refusal_links(self) -> Iterator[RefusalLink]:
        statement = (
            select(REFUSED.c.seq, REFUSED.c.prev_seal, REFUSED.c.seal)
            .order_by(REFUSED.c.seq)
            .execution_options(yield_per=BATCH)
        )
        for row in self.session.connection().execute(statement):
            yield RefusalLink(*row)

    def refusal_seals(self, seqs: Collection[int]) -> dict[int, str]:
        return self._by_number(REFUSED.c.seq, REFUSED.c.seal, seqs)

    def _by_number(self, number: Any, found: Any, wanted: Collection[int]) -> dict[int, str]:
        statement = select(number, found).where(number.in_(list(wanted)))
        return {row[0]: row[1] for row in self.session.connection().execute(statement)}

    def refusals_given(self) -> int:
        series = self.session.get(NumberSeries, (REFUSALS, 0))
        return series.last if series else 0

    def last_refusal(self) -> tuple[int, str] | None:
        statement = select(REFUSED.c.seq, REFUSED.c.seal).order_by(REFUSED.c.seq.desc()).limit(1)
        row = self.session.connection().execute(statement).first()
        return (row.seq, row.seal) if row else None

    def seal_before(self, seq: int) -> str:
        return self.refusal_seals([seq - 1]).get(seq - 1, GENESIS)

    def order_pages(self, size: int) -> Iterator[list[str]]:
        last = ""
        while True:
            statement = select(ORDER.c.id).where(ORDER.c.id > last).order_by(ORDER.c.id)
            found = list(self.session.connection().execute(statement.limit(size)).scalars())
            if not found:
                return
            yield found
            self.session.expunge_all()
            last = found[-1]

    def received(self, order_ids: Collection[str]) -> dict[str, Received]:
        part, receipt = _table(ReceiptLine), _table(Receipt)
        statement = (
            select(part.c.purchase_order_line_id, part.c.accepted, part.c.rejected)
            .join(receipt, receipt.c.id == part.c.receipt_id)
            .where(receipt.c.purchase_order_id.in_(list(order_ids)))
        )
        sums: dict[str, Received] = {}
        nothing = Received(Decimal(0), Decimal(0))
        for line_id, accepted, rejected in self.session.connection().execute(statement):
            held = sums.get(line_id, nothing)
            sums[line_id] = Received(held.accepted + accepted, held.rejected + rejected)
        return sums

    def numbers(self, prefix: str, year: int) -> Iterator[str]:
        table = NUMBERED.get(prefix)
        if table is None:
            return
        start = f"{prefix}-{year}-"
        statement = (
            select(table.c.number)
            .where(table.c.number >= start, table.c.number < f"{prefix}-{year}.")
            .order_by(table.c.number)
            .execution_options(yield_per=BATCH)
        )
        yield from self.session.connection().execute(statement).scalars()
