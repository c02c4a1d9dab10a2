"""Teams: groups of people that a job may be given to."""

from wopo.domain.errors import REQUIRED
from wopo.domain.lookup import Kind
from wopo.domain.people import Person, Role, Team, TeamAdded, TeamChanged, TeamMember
from wopo.usecases.door import Answer, Context, silent, use_case
from wopo.usecases.upsert import Save, by_code, save

silent(TeamAdded, "a team without a job concerns nobody yet")
silent(TeamChanged, "the members' jobs are told when they are given to the team")


class SaveTeam(Save):
    """Add a team, or change its name or (as a whole) its members, named by their codes."""

    code: str
    name: str = ""
    members: tuple[str, ...] = ()


@use_case(SaveTeam, roles={Role.ADMIN, Role.SUPERVISOR}, action="change teams", system=True)
def save_team(command: SaveTeam, ctx: Context) -> Answer:
    """Add or change a team; unchanged data records nothing."""
    if ctx.uow.find(Team, code=command.code.strip()) is None and not command.name:
        raise REQUIRED(field="name", label="The name")
    saved = save(ctx, Kind.TEAM, command.code, command.given("name"), command)
    team: Team = saved.row
    before, after = _set_members(command, ctx, team)
    if saved.added:
        ctx.record(TeamAdded(subject_id=team.id, code=team.code, called=team.name))
    changed_before = {**saved.before}
    changed_after = {**saved.after}
    if before != after:
        changed_before["members"], changed_after["members"] = before, after
    if changed_after:
        ctx.record(
            TeamChanged(
                subject_id=team.id, code=team.code, before=changed_before, after=changed_after
            )
        )
    answer = saved.answer(team.code)
    if changed_after and not saved.added:
        answer.facts["outcome"] = "changed"
    return answer


def _set_members(command: SaveTeam, ctx: Context, team: Team) -> tuple[list[str], list[str]]:
    """Replace the members when they are given; codes before and after."""
    if "members" not in command.model_fields_set:
        return [], []
    wanted: dict[str, Person] = {}
    for code in command.members:
        person: Person = by_code(ctx.uow, Kind.PERSON, code, field="members")
        wanted[person.id] = person
    rows = ctx.uow.all(TeamMember, team_id=team.id)
    people = {p.id: p for p in ctx.uow.all(Person, id=[row.person_id for row in rows])}
    for row in rows:
        if row.person_id not in wanted:
            ctx.uow.delete(row)
    for person_id in wanted.keys() - people.keys():
        ctx.uow.add(TeamMember(id=ctx.new_id(), team_id=team.id, person_id=person_id))
    return sorted(p.code for p in people.values()), sorted(p.code for p in wanted.values())
