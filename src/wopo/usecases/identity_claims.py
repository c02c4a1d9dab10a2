"""Claiming the workspace: the first person to type the printed code becomes administrator."""

import secrets
from typing import Any

from wopo.domain.audit import RefusalEntry
from wopo.domain.identities import (
    CLAIM_ATTEMPTS,
    CLAIM_LOCKED,
    CLAIM_NONE,
    CLAIM_WRONG,
    ClaimCodeMade,
    WorkspaceClaimed,
    claim_fits,
    claim_hash,
)
from wopo.domain.outbox import Setting
from wopo.domain.people import Person, PersonAdded, Role, SlackIdentity
from wopo.usecases.door import CONSOLE, Answer, Command, Context, silent, use_case
from wopo.usecases.execute import Door, execute
from wopo.usecases.identities import WORKSPACE, link
from wopo.usecases.people import check_locale, check_timezone
from wopo.usecases.ports import UnitOfWork

silent(ClaimCodeMade, "the code stands in the terminal, nowhere else")
silent(WorkspaceClaimed, "whoever claimed it is answered at once")

CLAIM = "claim_code"


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
    link(ctx, person, command.workspace_id, command.user_id, how="claim")
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


def _set(ctx: Context, name: str, value: dict[str, Any]) -> None:
    row = ctx.uow.lock(Setting, name)
    if row is None:
        ctx.uow.add(Setting(name=name, value=value))
    else:
        row.value = value
