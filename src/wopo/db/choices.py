"""Choices for selects in the database."""

from typing import Any

from sqlalchemy import func, or_
from sqlmodel import col, select

from wopo.db.uow import SqlStore, implements
from wopo.domain.assets import Asset
from wopo.domain.locations import Location
from wopo.domain.lookup import Kind, parse_tail
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.ports.choices import Choice, ChoiceStore
from wopo.usecases.ports.lookup import TABLES


@implements(ChoiceStore)
class SqlChoices(SqlStore):
    """See ``ChoiceStore``."""

    def search(
        self, kind: Kind, typed: str, /, *, site_id: str = "", limit: int = 50, **equal: Any
    ) -> list[Choice]:
        table = TABLES[kind]
        model, key = table.model, getattr(table.model, table.key)
        name = getattr(model, "name", key)
        statement = select(model).order_by(name).limit(limit)
        if typed.strip():
            wanted = typed.strip()
            alike = [column.icontains(wanted, autoescape=True) for column in (name, key)]
            statement = statement.where(or_(*alike, *_short_number(key, wanted)))
        for column, value in equal.items():
            statement = statement.where(getattr(model, column) == value)
        if site_id and model is Location:
            statement = statement.where(col(Location.site_id) == site_id)
        if site_id and model is Asset:
            statement = statement.where(col(Asset.location_id).in_(_places(site_id)))
        return [_choice(row, table.key) for row in self.session.exec(statement).all()]

    def recent_assets(self, *, site_id: str = "", limit: int = 10) -> list[Choice]:
        newest = func.max(WorkOrder.created_at)
        statement = (
            select(Asset)
            .join(WorkOrder, col(WorkOrder.asset_id) == col(Asset.id))
            .group_by(col(Asset.id))
            .order_by(newest.desc())
            .limit(limit)
        )
        if site_id:
            statement = statement.where(col(WorkOrder.site_id) == site_id)
        return [_choice(row, "tag") for row in self.session.exec(statement).all()]

    def one(self, kind: Kind, id: str | None) -> Choice | None:
        table = TABLES[kind]
        row = self.session.get(table.model, id) if id else None
        return _choice(row, table.key) if row is not None else None

    def site_of(self, location_id: str) -> str:
        location = self.session.get(Location, location_id) if location_id else None
        return location.site_id if location is not None else ""


def _short_number(key: Any, typed: str) -> list[Any]:
    """``PO-4``, as every screen calls it, is PO-2026-000004, and while it is typed PO-2026-000042
    too."""
    tail = parse_tail(typed)
    if tail is None or tail.prefix is None or tail.year is not None:
        return []
    return [key.like(f"{tail.prefix}-____-%{tail.sequence}%")]


def _places(site_id: str) -> Any:
    return select(Location.id).where(col(Location.site_id) == site_id)


def _choice(row: Any, key: str) -> Choice:
    code, name = str(getattr(row, key)), str(getattr(row, "name", ""))
    return Choice(row.id, f"{name} ({code})" if name and name != code else code)
