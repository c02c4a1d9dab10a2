"""The database's side of finding people."""

from sqlalchemy import String, bindparam, cast, or_
from sqlmodel import col, select

from wopo.db.uow import SqlStore, implements
from wopo.domain.people import Person, Role, TeamMember
from wopo.usecases.ports.people import PeopleStore

# A pattern that is a parameter makes SQLite prepare the statement anew every time.
ROLE = bindparam("role", type_=String, literal_execute=True)
WITH_ROLE = (
    select(Person)
    .where(col(Person.active), cast(Person.roles, String).like(ROLE))
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
        return self.firsts(statement, asked, Person)

    def team_ids(self, person_id: str) -> set[str]:
        return set(self.firsts(TEAMS, {"person_id": person_id}, TeamMember))

    def members(self, team_id: str) -> list[Person]:
        statement = (
            select(Person)
            .join(TeamMember, col(TeamMember.person_id) == col(Person.id))
            .where(TeamMember.team_id == team_id, col(Person.active))
            .order_by(col(Person.code))
        )
        return list(self.session.exec(statement).all())
