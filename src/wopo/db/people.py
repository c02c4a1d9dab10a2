"""The database's side of finding people."""

from sqlalchemy import String, bindparam, cast, or_
from sqlmodel import col, select

from wopo.db.uow import SqlStore, implements, waiting
from wopo.domain.people import Person, Role, TeamMember
from wopo.usecases.ports.people import PeopleStore

WITH_ROLE = (
    select(Person)
    .where(col(Person.active), cast(Person.roles, String).like(bindparam("role")))
    .order_by(col(Person.code))
)
AT_SITE = WITH_ROLE.where(
    or_(col(Person.site_id).is_(None), col(Person.site_id) == bindparam("site_id"))
)
TEAMS = select(TeamMember.team_id).where(TeamMember.person_id == bindparam("person_id"))


@implements(PeopleStore)
class SqlPeople(SqlStore):
    """See ``PeopleStore``."""

    def with_role(self, role: Role, *, site_id: str | None = None) -> list[Person]:
        asked = {"role": f'%"{role.value}"%', "site_id": site_id}
        statement = WITH_ROLE if site_id is None else AT_SITE
        options = waiting(self.session, Person)
        found = self.session.execute(statement, asked, execution_options=options)
        return list(found.scalars())

    def team_ids(self, person_id: str) -> set[str]:
        asked, options = {"person_id": person_id}, waiting(self.session, TeamMember)
        return set(self.session.execute(TEAMS, asked, execution_options=options).scalars())

    def members(self, team_id: str) -> list[Person]:
        statement = (
            select(Person)
            .join(TeamMember, col(TeamMember.person_id) == col(Person.id))
            .where(TeamMember.team_id == team_id, col(Person.active))
            .order_by(col(Person.code))
        )
        return list(self.session.exec(statement).all())
