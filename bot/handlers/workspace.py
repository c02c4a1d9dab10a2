"""What Slack tells by itself: Home opened, words in the DM, people and channels that change."""

from typing import Any

from slack_bolt import Ack, App

from bot.absences import SLACK, pause_told, read_absences, status_told
from bot.handlers.wo import look_up
from bot.handlers.wopo import help_screen
from bot.middleware import told_user
from bot.services import Services
from bot.visit import Body, Visit
from wopo.usecases.absences import READ_ABSENCES
from wopo.usecases.identities import UpdateIdentity
from wopo.usecases.ports.outbox import OutboxStore

CLOSED = ("not_in_channel", "channel_not_found", "is_archived")
"""Why messages wait for a channel; being let in mends it."""


def register(app: App, services: Services) -> None:
    """Listen to every event of the manifest, except files: those belong to who reads them."""
    services.tasks[READ_ABSENCES] = read_absences
    app.event("app_home_opened")(home_opened)
    app.event("message", matchers=[is_words])(words_in_dm)
    app.event("user_change")(_user_change(services))
    app.event("dnd_updated_user")(_pause_changed(services))
    app.event("member_joined_channel")(_joined(services))
    app.event("tokens_revoked")(_token_gone(services))
    app.event("app_uninstalled")(_token_gone(services))


def home_opened(ack: Ack, visit: Visit, event: dict[str, Any]) -> None:
    """Draw Home as it is now."""
    if event.get("tab", "home") == "home":
        visit.publish_home()
    ack()


def is_words(event: dict[str, Any]) -> bool:
    """A message of words to us alone."""
    return event.get("channel_type") == "im" and not event.get("files")


def words_in_dm(ack: Ack, visit: Visit, event: dict[str, Any]) -> None:
    """A number or words of a job show it; anything else shows what there is."""
    text = str(event.get("text") or "").strip()
    said = look_up(visit, text) if any(c.isalnum() for c in text) else help_screen()
    visit.services.slack.chat_postMessage(channel=event["channel"], **said)
    ack()


def _user_change(services: Services) -> Any:
    def user_change(ack: Ack, body: Body, event: dict[str, Any], key: str) -> None:
        """Somebody was deactivated, came back, or became a guest."""
        told = event["user"]
        user = told_user(told, str(body.get("team_id") or ""), str(told.get("id")))
        command = UpdateIdentity(
            workspace_id=user.workspace_id,
            user_id=user.user_id,
            guest=user.guest,
            deactivated=user.deactivated,
        )
        services.execute(command, actor=SLACK, key=key)
        status = status_told(user.workspace_id, user.user_id, told.get("profile") or {})
        services.execute(status, actor=SLACK, key=f"{key}:status")
        ack()

    return user_change


def _pause_changed(services: Services) -> Any:
    def pause_changed(ack: Ack, body: Body, event: dict[str, Any], key: str) -> None:
        """Somebody's Do Not Disturb runs from now or later on, or no longer."""
        workspace_id, user_id = str(body.get("team_id") or ""), str(event.get("user") or "")
        command = pause_told(workspace_id, user_id, event.get("dnd_status") or {})
        services.execute(command, actor=SLACK, key=key)
        ack()

    return pause_changed


def _joined(services: Services) -> Any:
    def joined(ack: Ack, event: dict[str, Any]) -> None:
        """The bot was let into a channel: what waited for it goes out now."""
        if event.get("user") == services.bot.user_id:
            with services.transactions.write() as uow:
                uow.store(OutboxStore).hurry(CLOSED, now=services.clock())
                uow.commit()
            services.weather.clear_up()
            services.bell.ring()
        ack()

    return joined


def _token_gone(services: Services) -> Any:
    def token_gone(ack: Ack, event: dict[str, Any]) -> None:
        """Everything stays in the outbox until the app is installed again (A57)."""
        services.log.error("Slack says %s: the outbox waits", event.get("type"))
        services.weather.pause(services.clock())
        ack()

    return token_gone
