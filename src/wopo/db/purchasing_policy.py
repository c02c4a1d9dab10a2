"""The database's side of the purchasing policy."""

from datetime import date

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from wopo.db.sessions import recall
from wopo.db.uow import SqlStore, implements
from wopo.domain.purchasing_policy import PurchasingPolicy
from wopo.usecases.ports.purchasing_policy import PolicyStore


@implements(PolicyStore)
class SqlPolicies(SqlStore, PolicyStore):
    """See ``PolicyStore``."""

    def in_force(self, day: date) -> tuple[int, str]:
        def read() -> list[tuple[int, str]]:
            return [self._last(col(PurchasingPolicy.effective_from) <= day)]

        return recall(self.session, PurchasingPolicy, ("in_force", day.isoformat()), read)[0]

    def newest(self) -> tuple[int, str]:
        return self._last()

    def _last(self, *conditions: ColumnElement[bool]) -> tuple[int, str]:
        statement = (
            select(PurchasingPolicy.version, PurchasingPolicy.digest)
            .where(*conditions)
            .order_by(col(PurchasingPolicy.version).desc())
            .limit(1)
        )
        found = self.session.exec(statement).first()
        return (found[0], found[1]) if found else (0, "")
