"""Before any listener: who it is, whether they may come in, and the key that counts once.

Rights to do something are not checked here but in the use case, inside the transaction.
"""

from collections.abc import Callable
from typing import Any

from slack_bolt import BoltContext, BoltResponse

from bot import answers, errors
from bot.failures import CALL_ERRORS
from bot.ids import SlashCommand
from bot.reader import person_reader
from bot.services import Services
from bot.visit import Body, Visit, request_key, who_acts
from wopo.domain.errors import DomainError, Refusal
from wopo.domain.identities import UNKNOWN_USER, SlackUser
from wopo.usecases.identities import admit, resolve_entrance
from wopo.usecases.ports import UnitOfWork

SLOW_DOWN = Refusal(
    "bot.slow_down", "Slow down: try again in {seconds} s. Nothing was changed by this one."
)

SYSTEM_EVENTS = {
    "user_change",
    "dnd_updated_user",
    "member_joined_channel",
    "app_uninstalled",
    "tokens_revoked",
}
"""Events that nobody does: Slack itself tells them."""
PASSED_BY = {"message_changed", "message_deleted", "bot_message", "channel_join", "channel_leave"}
"""Kinds of message events that are no word to us."""

Middleware = Callable[..., BoltResponse | None]


def identify(services: Services) -> Middleware:
    """The middleware that admits people and puts a ``visit`` into the context."""

    def run(body: Body, context: BoltContext, next: Callable[[], Any]) -> BoltResponse | None:
        try:
            context["key"] = request_key(body)
            context["visit"] = context["refusal"] = None
            team, user_id = who_acts(body)
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            services.log.warning("a payload of an unknown shape: %s", type(error).__name__)
            return BoltResponse(status=400, body={"error": "body of an unknown shape"})
        try:
            turned_away = _admit(services, body, context, team, user_id)
        except (DomainError, *CALL_ERRORS) as error:
            return errors.handle(services, error, body)
        if turned_away is not None:
            return turned_away
        next()
        return None

    return run


def _admit(
    services: Services, body: Body, context: BoltContext, team: str, user_id: str
) -> BoltResponse | None:
    event = body.get("event") or {}
    if event.get("bot_id") or event.get("subtype") in PASSED_BY or _is_talk(event):
        return answers.ok()
    if event.get("type") in SYSTEM_EVENTS:
        return None
    if not user_id:
        return answers.ok()
    if body.get("type") != "block_suggestion":
        wait = services.flood.wait(f"{team}:{user_id}", services.clock())
        if wait:
            return answers.tell(services, body, SLOW_DOWN(seconds=wait).message)
    try:
        context["visit"] = visit(services, team, user_id, key=context["key"])
    except DomainError as error:
        if body.get("command") != SlashCommand.WOPO:
            raise
        context["refusal"] = error
    return None


def _is_talk(event: dict[str, Any]) -> bool:
    """What people say to each other in a channel: neither a file nor under one of our cards."""
    spoken = event.get("type") == "message" and event.get("channel_type") in {"channel", "group"}
    return spoken and not event.get("files") and not event.get("thread_ts")


def visit(services: Services, team: str, user_id: str, *, key: str) -> Visit:
    """The visit of a Slack user. Raises the refusal that fits whoever may not come in."""
    user = SlackUser(workspace_id=team, user_id=user_id)
    try:
        with services.read() as uow:
            return _visit(services, uow, user, key)
    except DomainError as error:
        if error.code == UNKNOWN_USER.code:
            user = slack_user(services, team, user_id)
    admit(services.door, user, key=key)
    with services.read() as uow:
        return _visit(services, uow, user, key)


def _visit(services: Services, uow: UnitOfWork, user: SlackUser, key: str) -> Visit:
    person, settings = resolve_entrance(uow, user)
    reader = person_reader(person, settings, services.clock())
    if reader.me is None:
        raise UNKNOWN_USER(user=user.user_id)
    return Visit(services, reader.me, reader, user.workspace_id, user.user_id, key)


def slack_user(services: Services, team: str, user_id: str) -> SlackUser:
    """What Slack says about a user; just the ids when Slack can't be asked."""
    try:
        told: Any = services.slack.users_info(user=user_id, include_locale=True).get("user") or {}
    except CALL_ERRORS:
        return SlackUser(workspace_id=team, user_id=user_id)
    return told_user(told, team, user_id)


def told_user(told: dict[str, Any], team: str, user_id: str) -> SlackUser:
    """A user object of Slack's as we see it."""
    profile = told.get("profile") or {}
    stranger = bool(told.get("is_stranger"))
    return SlackUser(
        workspace_id=str(told.get("team_id") or team),
        user_id=user_id,
        name=str(told.get("real_name") or profile.get("real_name") or told.get("name") or ""),
        email=str(profile.get("email") or ""),
        locale=str(told.get("locale") or ""),
        timezone=str(told.get("tz") or ""),
        guest=bool(told.get("is_restricted") or told.get("is_ultra_restricted") or stranger),
        deactivated=bool(told.get("deleted")),
        bot=bool(told.get("is_bot")) or user_id == "USLACKBOT",
    )
