"""Asking Slack whether people are away: what began before wopo could hear of it.

Their status and Do Not Disturb come by events, but only when they change. So Slack is asked once
when somebody allows it to be looked at, and at every start and every day for all who do. Runs from
the outbox's lane for slow work, never in a click; the same told again changes nothing.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.failures import Kind, classify
from bot.services import Services
from wopo.domain.outbox import OutboxRow
from wopo.domain.people import SlackIdentity
from wopo.usecases.absences import NotePause, NoteStatus
from wopo.usecases.door import ActorRef
from wopo.usecases.execute import execute

SLACK = ActorRef(None, "slack")
PATIENCE = 30.0
_NOT_TOLD = "missing_scope"
"""Slack's word where the app was installed before it asked for ``dnd:read``."""


def status_told(workspace_id: str, user_id: str, profile: dict[str, Any]) -> NoteStatus:
    """What a profile says of an absence; an expiration of 0 means that it has none."""
    return NoteStatus(
        workspace_id=workspace_id,
        user_id=user_id,
        text=str(profile.get("status_text") or ""),
        emoji=str(profile.get("status_emoji") or ""),
        expires=_moment(profile.get("status_expiration")),
    )


def pause_told(workspace_id: str, user_id: str, told: dict[str, Any]) -> NotePause:
    """What Slack tells of somebody's Do Not Disturb. Whether it is on is left aside: that says
    whether they have a schedule, and the times are past where it is off."""
    starts, ends = (_moment(told.get(f"next_dnd_{end}_ts")) for end in ("start", "end"))
    return NotePause(workspace_id=workspace_id, user_id=user_id, starts=starts, ends=ends)


def _moment(told: Any) -> datetime | None:
    seconds = int(told or 0)
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def read_absences(services: Services, row: OutboxRow) -> None:
    """Ask about the people whom the row names, then note what Slack says of each. Everything is
    asked first: where Slack asks to wait (slack-platform, 3), nothing was noted and the whole row
    comes again. Raises what slack_sdk raises."""
    workspace_id = services.bot.workspace_id
    with services.read() as uow:
        found = uow.all(
            SlackIdentity,
            person_id=row.facts["people"],
            workspace_id=workspace_id,
            deactivated=False,
            order="user_id",
        )
    users = [identity.user_id for identity in found]
    commands = [*_statuses(services, users), *_pauses(services, users)]
    for command in commands:
        # A key of its own each time: at another try Slack may say something else.
        key = f"absence:{row.id}:{services.new_id()}"
        execute(services.door, command, actor=SLACK, key=key, deadline=PATIENCE)


def _statuses(services: Services, users: Sequence[str]) -> Iterator[NoteStatus]:
    for user_id in users:
        try:
            told: Any = services.patient.users_info(user=user_id).get("user") or {}
        except SlackApiError as error:
            _pass_over(services, user_id, error)
        else:
            profile = told.get("profile") or {}
            yield status_told(services.bot.workspace_id, user_id, profile)


def _pauses(services: Services, users: Sequence[str]) -> Iterator[NotePause]:
    """In one call; one by one where Slack refuses all for the sake of one."""
    if not users:
        return
    told: Any = {}
    try:
        told = services.patient.dnd_teamInfo(users=list(users)).get("users") or {}
    except SlackApiError as error:
        why = _pass_over(services, ", ".join(users), error)
        if why != _NOT_TOLD and len(users) > 1:
            for user_id in users:
                yield from _pauses(services, [user_id])
    for user_id in users:
        if user_id in told:
            yield pause_told(services.bot.workspace_id, user_id, told[user_id])


def _pass_over(services: Services, who: str, error: SlackApiError) -> str:
    """Somebody whom Slack does not show us is left as they are; why. Raises every other error."""
    failure = classify(error)
    if failure.kind is not Kind.PERSON and failure.code != _NOT_TOLD:
        raise error
    services.log.warning("Slack does not say whether %s is away: %s", who, failure.code)
    return failure.code
