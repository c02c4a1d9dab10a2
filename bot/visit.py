"""One request of one person: who it is, how they read, and the key that makes it count once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.home import build_home
from bot.reader import Me, Reader
from bot.services import Services
from wopo.domain.errors import NOT_ALLOWED
from wopo.domain.people import Person, roles_text
from wopo.usecases.door import ActorRef, Answer, Command, Registry
from wopo.usecases.ports import UnitOfWork

SURFACE = "slack"

Body = dict[str, Any]


@dataclass(frozen=True)
class Visit:
    """What a handler works with. ``key`` is the request's own: the same for a redelivery, another
    for a second click."""

    services: Services
    me: Me
    reader: Reader
    workspace_id: str
    user_id: str
    key: str

    @property
    def actor(self) -> ActorRef:
        """The person as the door sees them."""
        return ActorRef(self.me.id, SURFACE)

    def do(self, command: Command, *, part: str = "") -> Answer:
        """Carry out a command once for this request; ``part`` tells several in one apart."""
        key = f"{self.key}:{part}" if part else self.key
        return self.services.execute(command, actor=self.actor, key=key)

    def read(self) -> UnitOfWork:
        """A transaction that only reads."""
        return self.services.read()

    def check_right(self, command: type[Command]) -> None:
        """Refuse before a form is filled in what the door would refuse when it is sent."""
        if not self.me.may(command):
            asked = Registry.use_cases[command]
            raise NOT_ALLOWED(action=asked.action, who=roles_text(sorted(asked.roles or ())))

    def person(self, uow: UnitOfWork) -> Person:
        """The acting person's row."""
        found = uow.get(Person, self.me.id)
        if found is None:
            raise LookupError(f"person {self.me.id} is gone")
        return found

    def publish_home(self) -> None:
        """Draw the person's App Home anew."""
        with self.read() as uow:
            view = build_home(uow, self.me.id, self.reader)
        self.services.slack.views_publish(user_id=self.user_id, view=view)


def request_key(body: Mapping[str, Any]) -> str:
    """The key of a request, made of what Slack repeats when it delivers the same thing again.

    Events carry an event id, forms their view's id and hash, everything a person starts a trigger
    id. Raises ``KeyError`` for a body that has none of them.
    """
    team = (body.get("team") or {}).get("id") or body.get("team_id") or ""
    kind = body.get("type", "command")
    if kind == "event_callback":
        return f"{team}:event:{body['event_id']}"
    if kind in {"view_submission", "view_closed"}:
        view = body["view"]
        return f"{team}:view:{view['id']}:{view.get('hash', '')}"
    if kind == "block_suggestion":
        return f"{team}:options"
    if kind == "block_actions" and not body.get("trigger_id"):
        return f"{team}:action:{body['actions'][0]['action_ts']}:{body['user']['id']}"
    return f"{team}:{kind}:{body['trigger_id']}"


def who_acts(body: Mapping[str, Any]) -> tuple[str, str]:
    """Workspace and user id of the person behind a request; empty where there is none.

    The user's own workspace decides, not the one the request came to: in a shared channel a
    stranger clicks under our workspace's id (A25).
    """
    user = body.get("user")
    if isinstance(user, dict):
        team = user.get("team_id") or (body.get("team") or {}).get("id") or ""
        return str(team), str(user.get("id", ""))
    if body.get("type") == "event_callback":
        event = body.get("event") or {}
        told = event.get("user")
        user_id = told.get("id", "") if isinstance(told, dict) else told or ""
        team = event.get("user_team") or event.get("team") or body.get("team_id") or ""
        return str(team), str(user_id)
    return str(body.get("team_id") or ""), str(body.get("user_id") or "")
