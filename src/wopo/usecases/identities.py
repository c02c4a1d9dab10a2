"""Who is who in Slack: claiming the workspace, linking users to people, and admitting them."""

import secrets
from dataclasses import dataclass
from typing import Any

from wopo.domain.audit import RefusalEntry
from wopo.domain.errors import DomainError
from wopo.domain.identities import (
    CLAIM_ATTEMPTS,
    CLAIM_LOCKED,
    CLAIM_NONE,
    CLAIM_WRONG,
    EMAIL_AMBIGUOUS,
    IDENTITY_TAKEN,
    UNKNOWN_USER,
    ClaimCodeMade,
    IdentityLinked,
    IdentityRestored,
    IdentitySuspended,
    IdentityUnlinked,
    SlackUser,
    WorkspaceClaimed,
    admitted,
    check_user,
    claim_fits,
    claim_hash,
)
from wopo.domain.lookup import Kind
from wopo.domain.outbox import Setting
from wopo.domain.people import (
    Person,
    PersonAdded,
    PersonDeactivated,
    PersonReactivated,
    Role,
    SlackIdentity,
)
from wopo.usecases.door import (
    CONSOLE,
    ActorRef,
    Answer,
    Command,
    Context,
    reaction,
    silent,
    use_case,
)
from wopo.usecases.execute import Door, execute
from wopo.usecases.people import check_locale, check_timezone
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.upsert import by_code

silent(ClaimCodeMade, "the code stands in the terminal, nowhere else")
silent(WorkspaceClaimed, "whoever claimed it is answered at once")
silent(IdentityLinked, "whoever was linked sees their Home")
silent(IdentitySuspended, "the next click says why")
silent(IdentityRestored, "the next click works again")
silent(IdentityUnlinked, "the next click says why")

CLAIM = "claim_code"
WORKSPACE = "workspace"


class MakeClaimCode(Command):
    """Keep the salted hash of a code that the terminal prints; it replaces an earlier one."""

    code_hash: str
    salt: str


class ClaimWorkspace(Command):
    """The first person to type the printed code becomes administrator and binds the workspace."""

    workspace_id: str
    user_id: str
    code: str
    name: str
    email: str = ""
    locale: str = "en"
    timezone: str = "UTC"


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
    own = workspace_id(uow)
    check_user(user, workspace_id=own)
    identity = uow.find(SlackIdentity, workspace_id=user.workspace_id, user_id=user.user_id)
    person = uow.get(Person, identity.person_id) if identity else None
    return admitted(user, workspace_id=own, identity=identity, person=person)


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
    with door.transactions.write() as uow:
        uow.add(
            RefusalEntry(
                id=door.new_id(),
                at=door.clock(),
                surface="slack",
                command="admit",
                key=key,
                code=error.code,
                message=error.message,
                facts={"workspace": user.workspace_id, "user": user.user_id},
            )
        )
        uow.commit()


def offer_claim_code(door: Door) -> str | None:
    """Make a one-time code to print in the terminal; none when the workspace has an
    administrator who can come in through Slack."""
    with door.transactions.read() as uow:
        if _claimed(uow):
            return None
    letters = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
    code = "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(3))
    salt = secrets.token_hex(16)
    command = MakeClaimCode(code_hash=claim_hash(code, salt), salt=salt)
    execute(door, command, actor=CONSOLE, key=f"claim-code:{door.new_id()}")
    return code


def _claimed(uow: UnitOfWork) -> bool:
    people = uow.all(Person, active=True)
    admins = [person.id for person in people if person.has(Role.ADMIN)]
    return uow.count(SlackIdentity, person_id=admins, deactivated=False) > 0 if admins else False


@use_case(MakeClaimCode, roles={Role.ADMIN}, action="make a claim code", system=True)
def make_claim_code(command: MakeClaimCode, ctx: Context) -> Answer:
    """Replace the code; wrong tries so far no longer count."""
    if _claimed(ctx.uow):
        raise CLAIM_NONE()
    value = {
        "hash": command.code_hash,
        "salt": command.salt,
        "wrong_before": ctx.uow.count(RefusalEntry, code=CLAIM_WRONG.code),
    }
    _set(ctx, CLAIM, value)
    ctx.record(ClaimCodeMade(subject_id=CLAIM))
    return Answer(message="The code is ready.")


@use_case(ClaimWorkspace, action="claim the workspace", system=True)
def claim_workspace(command: ClaimWorkspace, ctx: Context) -> Answer:
    """Check the code, make the administrator, bind the workspace, and burn the code."""
    row = ctx.uow.lock(Setting, CLAIM)
    if row is None or not row.value or _claimed(ctx.uow):
        raise CLAIM_NONE()
    wrong = ctx.uow.count(RefusalEntry, code=CLAIM_WRONG.code) - int(row.value["wrong_before"])
    if wrong >= CLAIM_ATTEMPTS:
        raise CLAIM_LOCKED(user=command.user_id)
    if not claim_fits(command.code, salt=row.value["salt"], hashed=row.value["hash"]):
        raise CLAIM_WRONG(user=command.user_id)
    row.value = {}
    person = _first_admin(command, ctx)
    _set(ctx, WORKSPACE, {"id": command.workspace_id})
    _link(ctx, person, command.workspace_id, command.user_id, how="claim")
    ctx.record(
        WorkspaceClaimed(
            subject_id=command.workspace_id, person_id=person.id, user_id=command.user_id
        )
    )
    return Answer(subject_id=person.id, message=f"Welcome, {person.name}. You are administrator.")


def _first_admin(command: ClaimWorkspace, ctx: Context) -> Person:
    email = command.email.strip().lower()
    known = ctx.uow.all(Person, email=email, active=True, limit=2) if email else []
    if len(known) == 1:
        person = known[0]
        person.roles = sorted({*person.roles, Role.ADMIN.value})
        return person
    check_timezone(command.timezone)
    check_locale(command.locale)
    roles = sorted(role.value for role in (Role.ADMIN, Role.SUPERVISOR))
    person = Person(
        id=ctx.new_id(),
        code=_free_code(ctx.uow, command),
        name=command.name.strip() or command.user_id,
        email=email or None,
        roles=roles,
        locale=command.locale,
        timezone=command.timezone,
        created_at=ctx.at,
    )
    ctx.uow.add(person)
    ctx.uow.flush()
    ctx.record(PersonAdded(subject_id=person.id, code=person.code, called=person.name, roles=roles))
    return person


def _free_code(uow: UnitOfWork, command: ClaimWorkspace) -> str:
    local = command.email.partition("@")[0] or command.user_id
    code = "".join(c for c in local.lower() if c.isalnum() or c in "._-")[:30] or "admin"
    return code if uow.find(Person, code=code) is None else f"{code}-{command.user_id[-6:].lower()}"


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
    _link(
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


def _link(ctx: Context, person: Person, workspace: str, user_id: str, *, how: str) -> None:
    """One Slack user per person, so that nobody decides twice under two names."""
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


def _set(ctx: Context, name: str, value: dict[str, Any]) -> None:
    row = ctx.uow.lock(Setting, name)
    if row is None:
        ctx.uow.add(Setting(name=name, value=value))
    else:
        row.value = value
