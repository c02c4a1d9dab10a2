"""The database's side of finding out who comes in."""

from collections.abc import Collection

from sqlalchemy import and_, bindparam, literal, select
from sqlmodel import col

from wopo.db.uow import SqlStore, implements
from wopo.domain.outbox import Setting
from wopo.domain.people import Person, SlackIdentity
from wopo.usecases.ports.identities import Entrance, IdentityStore

ANYBODY = select(literal(1).label("one")).subquery()
ENTRANCE = (
    select(SlackIdentity, Person, col(Setting.name), col(Setting.value))
    .select_from(ANYBODY)
    .outerjoin(
        SlackIdentity,
        and_(
            col(SlackIdentity.workspace_id) == bindparam("workspace"),
            col(SlackIdentity.user_id) == bindparam("user"),
        ),
    )
    .outerjoin(Person, col(Person.id) == col(SlackIdentity.person_id))
    .outerjoin(Setting, col(Setting.name).in_(bindparam("settings", expanding=True)))
)


@implements(IdentityStore)
class SqlIdentities(SqlStore, IdentityStore):
    """See ``IdentityStore``."""

    def entrance(self, workspace_id: str, user_id: str, settings: Collection[str]) -> Entrance:
        asked = {"workspace": workspace_id, "user": user_id, "settings": sorted(settings)}
        rows = self.rows(ENTRANCE, asked, SlackIdentity, Person, Setting)
        values = {name: value for _, _, name, value in rows if name is not None}
        return Entrance(rows[0][0], rows[0][1], values)
