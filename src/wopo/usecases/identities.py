"""Who is who in Slack: claiming the workspace, linking users to people, and admitting them."""

from dataclasses import dataclass
from typing import Any

from wopo.domain.errors import DomainError
from wopo.domain.identities import (
    EMAIL_AMBIGUOUS,
    IDENTITY_TAKEN,
    UNKNOWN_USER,
    IdentityLinked,
    IdentityRestored,
    IdentitySuspended,
    IdentityUnlinked,
    SlackUser,
    admitted,
    check_user,
)
from wopo.domain.lookup import Kind
from wopo.domain.outbox import Setting
from wopo.domain.people import (
    Person,
    PersonDeactivated,
    PersonReactivated,
    Role,
    SlackIdentity,
)
from wopo.domain.settings import CompanySettings
from wopo.usecases.door import (
    ActorRef,
    Answer,
    Command,
    Context,
    reaction,
    silent,
    use_case,
)
from wopo.usecases.execute import Door, execute, log_refusal
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.identities import IdentityStore
from wopo.usecases.settings import COMPANY, company_of
from wopo.usecases.upsert import by_code

silent(IdentityLinked, "whoever was linked sees their Home")
silent(IdentitySuspended, "the next click says why")
silent(IdentityRestored, "the next click works again")
silent(IdentityUnlinked, "the next click says why")

WORKSPACE = "workspace"


class LinkIdentity(Command):
    """Make a Slack user a person: the one with this code or, without a code, the one with the
    user's e-mail address. ``guest``, ``deactivated`` and ``bot`` are what Slack says."""

    workspace_id: str
    user_id: str
    email: str = ""
    person: str = ""
    guest: bool = False
    deactivated: bool = False
    bot: bool = False


class UnlinkIdentity(Command):
    """Make a Slack user nobody."""

    workspace_id: str
    user_id: str


class UpdateIdentity(Command):
    """Slack says that a user was deactivated, reactivated, or became or ceased to be a guest."""

    workspace_id: str
    user_id: str
    guest: bool = False
    deactivated: bool = False


def workspace_id(uow: UnitOfWork) -> str | None:
    """The installation's own workspace; none until it was claimed or bound."""
    row = uow.get(Setting, WORKSPACE)
    return str(row.value["id"]) if row else None


def resolve_identity(uow: UnitOfWork, user: SlackUser) -> Person:
    """The person a Slack user acts as. Raises ``UNKNOWN_USER``, ``DEACTIVATED_USER``,
    ``GUEST_USER``, ``BOT_USER`` or ``FOREIGN_WORKSPACE``, all of them refusals that are logged:
    see ``admit``."""
    person, _ = resolve_entrance(uow, user)
    return person


def resolve_entrance(uow: UnitOfWork, user: SlackUser) -> tuple[Person, CompanySettings]:
    """``resolve_identity``, and the company's settings, in one query."""
    found = uow.store(IdentityStore).entrance(user.workspace_id, user.user_id, (WORKSPACE, COMPANY))
    own = found.settings.get(WORKSPACE)
    person = admitted(
        user,
        workspace_id=str(own["id"]) if own else None,
        identity=found.identity,
        person=found.person,
    )
    return person, company_of(found.settings.get(COMPANY))


@dataclass(frozen=True)
class Admitted:
    """Who acts, with what a screen needs to know about them."""

    person_id: str
    name: str
    roles: tuple[str, ...]
    locale: str
    timezone: str


def admit(door: Door, user: SlackUser, *, key: str) -> Admitted:
    """``resolve_identity`` in a transaction of its own, linking by e-mail at the first sight.

    A refusal is kept in the refusal log before it is raised. ``key`` identifies the request.
    """
    try:
        return _resolve(door, user)
    except DomainError as error:
        if error.code != UNKNOWN_USER.code or not user.email:
            _log(door, user, key, error)
            raise
    return _link_and_resolve(door, user, key)


def _resolve(door: Door, user: SlackUser) -> Admitted:
    with door.transactions.read() as uow:
        person = resolve_identity(uow, user)
        return Admitted(person.id, person.name, tuple(person.roles), person.locale, person.timezone)


def _link_and_resolve(door: Door, user: SlackUser, key: str) -> Admitted:
    command = LinkIdentity(workspace_id=user.workspace_id, user_id=user.user_id, email=user.email)
    # The key is of this attempt: somebody unknown today may be added tomorrow.
    execute(door, command, actor=ActorRef(None, "slack"), key=f"link:{key}:{door.new_id()}")
    return _resolve(door, user)


def _log(door: Door, user: SlackUser, key: str, error: DomainError) -> None:
    facts = {"workspace": user.workspace_id, "user": user.user_id}
    nobody = ActorRef(None, "slack")
    log_refusal(door, "admit", actor=nobody, key=key, error=error, facts=facts)


@use_case(LinkIdentity, roles={Role.ADMIN}, action="link Slack users to people", system=True)
def link_identity(command: LinkIdentity, ctx: Context) -> Answer:
    """Link by the person's code, or by e-mail; linking again changes nothing."""
    user = SlackUser(
        command.workspace_id,
        command.user_id,
        guest=command.guest,
        deactivated=command.deactivated,
        bot=command.bot,
    )
    check_user(user, workspace_id=workspace_id(ctx.uow))
    person = _wanted(command, ctx)
    identity = _identity(ctx.uow, command.workspace_id, command.user_id)
    if identity is not None and identity.person_id == person.id:
        return Answer(subject_id=person.id, message=f"{person.name} is linked already.")
    link(
        ctx,
        person,
        command.workspace_id,
        command.user_id,
        how="by hand" if command.person else "e-mail",
    )
    return Answer(subject_id=person.id, message=f"{person.name} is linked.")


def _wanted(command: LinkIdentity, ctx: Context) -> Person:
    if command.person:
        person: Person = by_code(ctx.uow, Kind.PERSON, command.person, field="person")
        return person
    email = command.email.strip().lower()
    found = ctx.uow.all(Person, email=email, active=True, limit=2) if email else []
    if len(found) > 1:
        raise EMAIL_AMBIGUOUS(email=email)
    if not found:
        raise UNKNOWN_USER(user=command.user_id)
    return found[0]


def link(ctx: Context, person: Person, workspace: str, user_id: str, *, how: str) -> None:
    """Make the user this person: one user each, so that nobody decides twice under two names."""
    others = ctx.uow.all(SlackIdentity, person_id=person.id, workspace_id=workspace)
    if any(other.user_id != user_id and not other.deactivated for other in others):
        raise IDENTITY_TAKEN(name=person.name, user=user_id)
    identity = _identity(ctx.uow, workspace, user_id)
    if identity is None:
        identity = SlackIdentity(
            id=ctx.new_id(), workspace_id=workspace, user_id=user_id, person_id=person.id
        )
        ctx.uow.add(identity)
    elif how == "e-mail":
        raise IDENTITY_TAKEN(name=person.name, user=user_id)
    identity.person_id, identity.guest, identity.deactivated = person.id, False, False
    ctx.record(
        IdentityLinked(subject_id=person.id, workspace_id=workspace, user_id=user_id, how=how)
    )


@use_case(UnlinkIdentity, roles={Role.ADMIN}, action="unlink Slack users", system=True)
def unlink_identity(command: UnlinkIdentity, ctx: Context) -> Answer:
    """Forget who a Slack user is."""
    identity = _identity(ctx.uow, command.workspace_id, command.user_id)
    if identity is None:
        return Answer(message="That user is linked to nobody.")
    ctx.uow.delete(identity)
    ctx.record(
        IdentityUnlinked(
            subject_id=identity.person_id,
            workspace_id=command.workspace_id,
            user_id=command.user_id,
        )
    )
    return Answer(subject_id=identity.person_id, message="The user is unlinked.")


@use_case(UpdateIdentity, roles={Role.ADMIN}, action="suspend Slack users", system=True)
def update_identity(command: UpdateIdentity, ctx: Context) -> Answer:
    """Take over what Slack says about a known user; nothing for unknown ones. A deactivated
    person's identity stays suspended whatever Slack says."""
    identity = _identity(ctx.uow, command.workspace_id, command.user_id)
    if identity is None:
        return Answer(message="That user is linked to nobody.")
    person = ctx.uow.get(Person, identity.person_id)
    deactivated = command.deactivated or person is None or not person.active
    before = (identity.guest, identity.deactivated)
    if before == (command.guest, deactivated):
        return Answer(subject_id=identity.person_id, message="Nothing is new.")
    identity.guest, identity.deactivated = command.guest, deactivated
    facts: dict[str, Any] = {
        "subject_id": identity.person_id,
        "workspace_id": identity.workspace_id,
        "user_id": identity.user_id,
    }
    if command.guest or deactivated:
        why = "deactivated" if deactivated else "became a guest"
        ctx.record(IdentitySuspended(**facts, why=why))
    else:
        ctx.record(IdentityRestored(**facts))
    return Answer(subject_id=identity.person_id, message="The user is updated.")


@reaction(PersonDeactivated)
def suspend_identities(event: PersonDeactivated, ctx: Context) -> None:
    """Whoever is deactivated loses their way in at once."""
    for identity in ctx.uow.all(SlackIdentity, person_id=event.subject_id, deactivated=False):
        identity.deactivated = True
        ctx.record(
            IdentitySuspended(
                subject_id=event.subject_id,
                workspace_id=identity.workspace_id,
                user_id=identity.user_id,
                why="person deactivated",
            )
        )


@reaction(PersonReactivated)
def restore_identities(event: PersonReactivated, ctx: Context) -> None:
    """Whoever is back has their way in back; what Slack says is asked at every click anyway."""
    for identity in ctx.uow.all(SlackIdentity, person_id=event.subject_id, deactivated=True):
        identity.deactivated = False
        ctx.record(
            IdentityRestored(
                subject_id=event.subject_id,
                workspace_id=identity.workspace_id,
                user_id=identity.user_id,
            )
        )


def _identity(uow: UnitOfWork, workspace: str, user_id: str) -> SlackIdentity | None:
    return uow.find(SlackIdentity, workspace_id=workspace, user_id=user_id)
