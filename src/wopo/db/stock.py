"""The database's side of stock."""

from collections.abc import Collection
from decimal import Decimal

from sqlalchemy import bindparam
from sqlmodel import col, select

from wopo.db.uow import SqlStore, implements
from wopo.domain.locations import Location
from wopo.domain.stock import MovementKind, StockLevel, StockMovement
from wopo.usecases.ports.stock import StockStore

LEVELS = (
    select(StockLevel, Location)
    .join(Location, col(Location.id) == col(StockLevel.location_id))
    .where(col(StockLevel.part_id).in_(bindparam("part_ids", expanding=True)))
    .order_by(col(StockLevel.id))
)
HELD_LEVELS = LEVELS.with_for_update(of=StockLevel)


@implements(StockStore)
class SqlStock(SqlStore):
    """See ``StockStore``."""

    def levels(
        self, part_ids: Collection[str], *, hold: bool = False
    ) -> list[tuple[StockLevel, Location]]:
        asked = {"part_ids": list(part_ids)}
        statement = HELD_LEVELS if hold else LEVELS
        return self.rows(statement, asked, StockLevel, Location, anew=hold)

    def held_by_job(self, line_id: str) -> tuple[Decimal, int]:
        statement = select(StockMovement).where(
            col(StockMovement.part_request_line_id) == line_id,
            col(StockMovement.kind).in_([MovementKind.ISSUE, MovementKind.RETURN]),
        )
        moved = list(self.session.exec(statement).all())
        quantity = -sum((move.quantity for move in moved), Decimal(0))
        return quantity, -sum(move.value_minor for move in moved)

    def opening(self, part_id: str, location_id: str) -> StockMovement | None:
        statement = select(StockMovement).where(
            col(StockMovement.part_id) == part_id,
            col(StockMovement.location_id) == location_id,
            col(StockMovement.kind) == MovementKind.OPENING,
        )
        return self.session.exec(statement.limit(1)).first()

    def of_receipt_lines(self, receipt_line_ids: Collection[str]) -> list[StockMovement]:
        statement = (
            select(StockMovement)
            .where(col(StockMovement.receipt_line_id).in_(list(receipt_line_ids)))
            .order_by(col(StockMovement.id))
        )
        return list(self.session.exec(statement).all())
