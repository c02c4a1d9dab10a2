"""Who a Slack user is: admitted as a person, or refused with a sentence of their own."""

import hashlib
import hmac
from dataclasses import dataclass

from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event
from wopo.domain.people import Person, SlackIdentity

UNKNOWN_USER = Refusal(
    "identity.unknown",
    "wopo does not know you yet, so nothing was changed. "
    "Ask an administrator to add you with the e-mail address you use in Slack.",
    logged=True,
)
DEACTIVATED_USER = Refusal(
    "identity.deactivated",
    "You are deactivated in {where}, so nothing was changed. "
    "Ask an administrator if that is a mistake.",
    logged=True,
)
GUEST_USER = Refusal(
    "identity.guest",
    "Guests of this workspace can look on but do nothing in wopo, so nothing was changed. "
    "Ask a full member to do it for you.",
    logged=True,
)
FOREIGN_WORKSPACE = Refusal(
    "identity.foreign_workspace",
    "Only members of this company's own workspace can use wopo here, so nothing was changed. "
    "Ask somebody from the company.",
    logged=True,
)
BOT_USER = Refusal(
    "identity.bot",
    "Apps and bots can do nothing in wopo, so nothing was changed. A person must do it.",
    logged=True,
)
IDENTITY_TAKEN = Refusal(
    "identity.taken",
    "{name} is already linked to another Slack user. Nothing was changed; "
    "unlink that user first, or choose another person.",
    logged=True,
)
EMAIL_AMBIGUOUS = Refusal(
    "identity.email_ambiguous",
    "More than one person has the e-mail address {email}. Nothing was changed; "
    "an administrator must link you by hand.",
    logged=True,
)
CLAIM_NONE = Refusal(
    "claim.none",
    "There is nothing to claim: wopo has an administrator already, or no code was made. "
    "Nothing was changed; ask an administrator, or start wopo again for a new code.",
    logged=True,
)
CLAIM_WRONG = Refusal(
    "claim.wrong",
    "That is not the code wopo printed in its terminal. Nothing was changed; "
    "type it again exactly as it stands there.",
    logged=True,
)
CLAIM_LOCKED = Refusal(
    "claim.locked",
    "There were too many wrong codes, so this code is void. Nothing was changed; "
    "start wopo again for a new one.",
    logged=True,
)

CLAIM_ATTEMPTS = 10
"""Wrong codes after which a claim code is void."""


@dataclass(frozen=True)
class SlackUser:
    """What Slack says about a user. ``guest`` covers restricted and ultra-restricted users and
    strangers of a shared channel; ``deactivated`` is Slack's ``deleted``."""

    workspace_id: str
    user_id: str
    name: str = ""
    email: str = ""
    locale: str = ""
    timezone: str = ""
    guest: bool = False
    deactivated: bool = False
    bot: bool = False


@event("identity:linked")
class IdentityLinked(Event):
    """A Slack user is a person from now on; ``subject_id`` is the person's id."""

    workspace_id: str
    user_id: str
    how: str


@event("identity:suspended")
class IdentitySuspended(Event):
    """A Slack user can do nothing any more; ``subject_id`` is the person's id."""

    workspace_id: str
    user_id: str
    why: str


@event("identity:restored")
class IdentityRestored(Event):
    """A suspended Slack user may act again; ``subject_id`` is the person's id."""

    workspace_id: str
    user_id: str


@event("identity:unlinked")
class IdentityUnlinked(Event):
    """A Slack user is nobody any more; ``subject_id`` is the person's id."""

    workspace_id: str
    user_id: str


@event("workspace:code_made")
class ClaimCodeMade(Event):
    """A one-time code was printed; whoever types it becomes administrator."""


@event("workspace:claimed")
class WorkspaceClaimed(Event):
    """The workspace belongs to this installation; ``subject_id`` is the workspace's id."""

    person_id: str
    user_id: str


def check_user(user: SlackUser, *, workspace_id: str | None) -> None:
    """Refuse strangers, guests, apps and deactivated users by what Slack says about them.

    ``workspace_id`` is the installation's own workspace, none before it was claimed.
    """
    if workspace_id is not None and user.workspace_id != workspace_id:
        raise FOREIGN_WORKSPACE(workspace=user.workspace_id, user=user.user_id)
    if user.deactivated:
        raise DEACTIVATED_USER(where="Slack", user=user.user_id)
    if user.guest:
        raise GUEST_USER(user=user.user_id)
    if user.bot:
        raise BOT_USER(user=user.user_id)


def admitted(
    user: SlackUser,
    *,
    workspace_id: str | None,
    identity: SlackIdentity | None,
    person: Person | None,
) -> Person:
    """The person a Slack user acts as, or the refusal that fits."""
    check_user(user, workspace_id=workspace_id)
    if identity is None or person is None:
        raise UNKNOWN_USER(user=user.user_id)
    if identity.deactivated or not person.active:
        raise DEACTIVATED_USER(where="wopo", user=user.user_id)
    if identity.guest:
        raise GUEST_USER(user=user.user_id)
    return person


def claim_hash(code: str, salt: str) -> str:
    """What is kept of a claim code: its salted hash, spelling and dashes aside."""
    plain = "".join(c for c in code.upper() if c.isalnum())
    return hashlib.sha256(f"{salt}:{plain}".encode()).hexdigest()


def claim_fits(code: str, *, salt: str, hashed: str) -> bool:
    """Whether the code is the one that was printed, compared in constant time."""
    return hmac.compare_digest(claim_hash(code, salt), hashed)
