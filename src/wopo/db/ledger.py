"""The database's side of the ledger's sums."""

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, func, null, select, type_coerce, union_all
from sqlmodel import SQLModel

from wopo.db.prepared import rows
from wopo.db.uow import SqlStore, implements
from wopo.domain.columns import ScaledDecimal
from wopo.domain.ledger import Dimensions, LedgerEntry
from wopo.domain.receipts import Receipt, ReceiptKind, ReceiptLine, ReceiptState
from wopo.usecases.ports.ledger import LedgerStore, Standing


def _table(kind: type[SQLModel]) -> Any:
    return kind.__table__  # type: ignore[attr-defined]


L = _table(LedgerEntry).c
SUM = func.sum(L.amount_minor)
WHOSE = (
    L.cost_centre_id,
    L.work_order_id,
    L.project_id,
    L.budget_id,
    L.project_budget_id,
)
PER_LINE = (L.purchase_order_line_id, *WHOSE, L.kind, L.currency, L.rate)

STANDING = (
    select(*PER_LINE, SUM)
    .where(L.purchase_order_line_id.in_(bindparam("line_ids", expanding=True)))
    .group_by(*PER_LINE)
)
PART, RECEIPT = _table(ReceiptLine).c, _table(Receipt).c
FORGONE = (
    select(PART.purchase_order_line_id, PART.accepted, PART.rejected)
    .join(_table(Receipt), RECEIPT.id == PART.receipt_id)
    .where(
        RECEIPT.purchase_order_id.in_(bindparam("order_ids", expanding=True)),
        RECEIPT.kind == ReceiptKind.RETURN,
        RECEIPT.state == ReceiptState.POSTED,
        RECEIPT.for_credit,
    )
)
NOTHING = null()
OF_ORDER = union_all(
    STANDING.add_columns(type_coerce(NOTHING, ScaledDecimal), type_coerce(NOTHING, ScaledDecimal)),
    FORGONE.with_only_columns(
        PART.purchase_order_line_id, *(NOTHING for _ in (*PER_LINE[1:], SUM)),
        PART.accepted, PART.rejected,
    ),
)  # fmt: skip


@implements(LedgerStore)
class SqlLedger(SqlStore, LedgerStore):
    """See ``LedgerStore``."""

    def standing(self, line_ids: Collection[str]) -> list[Standing]:
        asked = {"line_ids": list(line_ids)}
        return [_standing(row) for row in rows(self.session, self.connection, STANDING, asked)]

    def forgone(self, order_ids: Collection[str]) -> dict[str, Decimal]:
        asked = {"order_ids": list(order_ids)}
        return _forgone(self.rows(FORGONE, asked, Receipt, ReceiptLine))

    def of_order(
        self, order_id: str, line_ids: Collection[str]
    ) -> tuple[list[Standing], dict[str, Decimal]]:
        asked = {"order_ids": [order_id], "line_ids": list(line_ids)}
        found = self.rows(OF_ORDER, asked, Receipt, ReceiptLine)
        returned = [(row[0], row[-2], row[-1]) for row in found if row[-2] is not None]
        standing = [_standing(row[:-2]) for row in found if row[-2] is None]
        return standing, _forgone(returned)


def _forgone(rows: Iterable[Any]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for line_id, accepted, rejected in rows:
        found[line_id] = found.get(line_id, Decimal(0)) - accepted - rejected
    return found


def _standing(row: Any) -> Standing:
    line, *owner, kind, currency, rate, amount = row
    return Standing(line, Dimensions(*owner), kind, currency, rate, int(amount))
