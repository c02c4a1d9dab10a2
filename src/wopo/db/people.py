"""The database's side of finding people."""

from sqlalchemy import String, bindparam, cast, or_
from sqlmodel import col, select

from wopo.db.uow import SqlStore, implements
from wopo.domain.people import Person, Role, TeamMember
from wopo.usecases.ports.people import PeopleStore

TEAMS_OF = select(TeamMember.team_id).where(col(TeamMember.person_id) == bindparam("person"))


@implements(PeopleStore)
class SqlPeople(SqlStore):
    """See ``PeopleStore``."""

    def with_role(self, role: Role, *, site_id: str | None = None) -> list[Person]:
        statement = (
            select(Person)
            .where(col(Person.active), cast(Person.roles, String).like(f'%"{role.value}"%'))
            .order_by(col(Person.code))
        )
        if site_id is not None:
            statement = statement.where(
                or_(col(Person.site_id).is_(None), col(Person.site_id) == site_id)
            )
        return list(self.session.exec(statement).all())

    def team_ids(self, person_id: str) -> set[str]:
        self.session.flush()
        found = self.session.connection().execute(TEAMS_OF, {"person": person_id})
        return set(found.scalars())

    def members(self, team_id: str) -> list[Person]:
        statement = (
            select(Person)
            .join(TeamMember, col(TeamMember.person_id) == col(Person.id))
            .where(TeamMember.team_id == team_id, col(Person.active))
            .order_by(col(Person.code))
        )
        return list(self.session.exec(statement).all())
