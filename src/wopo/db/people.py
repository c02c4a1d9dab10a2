"""The database's side of finding people."""

from sqlalchemy import String, cast, or_
from sqlmodel import col, select

from wopo.db.uow import SqlStore, implements
from wopo.domain.people import Person, Role, TeamMember
from wopo.usecases.ports.people import PeopleStore


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
        statement = select(TeamMember.team_id).where(TeamMember.person_id == person_id)
        return set(self.session.exec(statement).all())

    def members(self, team_id: str) -> list[Person]:
        statement = (
            select(Person)
            .join(TeamMember, col(TeamMember.person_id) == col(Person.id))
            .where(TeamMember.team_id == team_id, col(Person.active))
            .order_by(col(Person.code))
        )
        return list(self.session.exec(statement).all())
