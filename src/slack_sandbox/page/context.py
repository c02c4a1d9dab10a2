"""What a rendering needs to know besides the blocks: who reads, where, and everybody's names."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import Literal
from urllib.parse import quote, urlencode

Surface = Literal["message", "modal", "home"]


@dataclass(frozen=True)
class Context:
    """The reader and their surroundings.

    `users`, `bots` and `channels` map ids to the names shown; `channel_id` is the conversation
    the blocks are seen in; `scope` keeps DOM ids apart between two messages or views.
    """

    reader: str
    now: datetime
    zone: tzinfo = UTC
    clock_24: bool = True
    users: Mapping[str, str] = field(default_factory=dict)
    bots: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    direct: Mapping[str, str] = field(default_factory=dict)
    channel_id: str | None = None
    surface: Surface = "message"
    scope: str = "m"

    def within(self, surface: Surface, scope: str, channel_id: str | None = None) -> "Context":
        """The same reader looking at another message or view."""
        return replace(self, surface=surface, scope=scope, channel_id=channel_id or self.channel_id)

    def user_name(self, user_id: str) -> str | None:
        """The shown name of a person or a bot, None when nobody has that id."""
        return self.users.get(user_id) or self.bots.get(user_id)

    def href(self, path: str, **query: str) -> str:
        """An address of the page that keeps the person of this browser tab."""
        return f"/client/{path}?{urlencode({'as': self.reader, **query})}"

    def channel_href(self, channel_id: str) -> str:
        return self.href(f"channel/{quote(channel_id, safe='')}")

    def file_href(self, file_id: str) -> str:
        return self.href(f"file/{quote(file_id, safe='')}")
