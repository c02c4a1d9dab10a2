"""Who comes in, and what is asked about everybody who does."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from wopo.domain.people import Person, SlackIdentity


class Entrance(NamedTuple):
    """A Slack user's identity and person, none where there is none, and settings by name (those
    that were never set are left out)."""

    identity: SlackIdentity | None
    person: Person | None
    settings: Mapping[str, Any]


class IdentityStore(ABC):
    """Queries about Slack users."""

    @abstractmethod
    def entrance(self, workspace_id: str, user_id: str, settings: Collection[str]) -> Entrance:
        """Who this user is, with these settings: one query, since every request begins with it."""
