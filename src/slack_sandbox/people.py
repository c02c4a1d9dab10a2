"""People and bots of the workspace, as Slack user objects."""

import time
from typing import Any

from slack_sandbox.errors import SlackError
from slack_sandbox.ids import stable_id
from slack_sandbox.store import Json, Store, dump

_PROFILE_FIELDS = ("display_name", "email", "phone", "title", "image_72")
_FLAGS = (
    "deleted",
    "is_bot",
    "is_admin",
    "is_owner",
    "is_restricted",
    "is_ultra_restricted",
    "is_stranger",
)


def user_object(team_id: str, spec: Json) -> Json:
    """A full Slack user object from the few keys a seed names (see the README)."""
    name = str(spec["name"])
    real_name = str(spec.get("real_name") or name)
    profile: Json = {key: str(spec.get(key) or "") for key in _PROFILE_FIELDS}
    profile["real_name"] = real_name
    profile["display_name"] = profile["display_name"] or real_name
    user: Json = {
        "id": str(spec.get("id") or stable_id("U", name)),
        "team_id": str(spec.get("team_id") or team_id),
        "name": name,
        "real_name": real_name,
        "tz": str(spec.get("tz") or "Europe/Amsterdam"),
        "tz_label": str(spec.get("tz_label") or ""),
        "tz_offset": int(spec.get("tz_offset") or 0),
        "locale": str(spec.get("locale") or "en-US"),
        "updated": int(time.time()),
        "profile": profile,
    }
    user.update({flag: bool(spec.get(flag, False)) for flag in _FLAGS})
    user["is_app_user"] = False
    return user


class People:
    """Who is in the workspace."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def save(self, user: Json) -> None:
        """Add a user or put it in place of the one with its id."""
        self._store.run(
            "INSERT INTO users (id, name, email, doc) VALUES (?, ?, ?, ?) ON CONFLICT (id) "
            "DO UPDATE SET name = excluded.name, email = excluded.email, doc = excluded.doc",
            user["id"],
            user["name"],
            user["profile"].get("email", "").lower() or None,
            dump(user),
        )

    def find(self, user_id: str) -> Json | None:
        """The user with this id, or None."""
        return self._store.doc("SELECT doc FROM users WHERE id = ?", user_id)

    def get(self, user_id: str) -> Json:
        """The user with this id. Raises SlackError user_not_found."""
        user = self.find(user_id)
        if user is None:
            raise SlackError("user_not_found")
        return user

    def by_name(self, name: str) -> Json | None:
        """The user with this handle, or None."""
        return self._store.doc("SELECT doc FROM users WHERE name = ? LIMIT 1", name)

    def by_email(self, email: str) -> Json:
        """The active user with this address. Raises SlackError users_not_found."""
        for user in self._store.docs("SELECT doc FROM users WHERE email = ?", email.lower()):
            if not user["deleted"]:
                return user
        raise SlackError("users_not_found")

    def all(self) -> list[Json]:
        """Everybody, bots and deactivated people too, in the order they came."""
        return self._store.docs("SELECT doc FROM users ORDER BY rowid")

    def pause(self, user_id: str, starts: int, ends: int) -> None:
        """Do Not Disturb runs from one moment to another, in Unix seconds; 0 and 0: it is off."""
        self._store.run(
            "INSERT OR REPLACE INTO pauses (user_id, starts, ends) VALUES (?, ?, ?)",
            user_id,
            starts,
            ends,
        )

    def dnd_status(self, user_id: str) -> Json:
        """When Do Not Disturb runs next, which is all that others are told of it. Slack says 1 for
        both where it never does."""
        row = self._store.one("SELECT starts, ends FROM pauses WHERE user_id = ?", user_id)
        starts, ends = (row["starts"], row["ends"]) if row else (0, 0)
        return {
            "dnd_enabled": bool(ends),
            "next_dnd_start_ts": starts or 1,
            "next_dnd_end_ts": ends or 1,
        }

    def brief(self, user_id: str) -> dict[str, Any]:
        """The user as interaction payloads carry it."""
        user = self.get(user_id)
        return {
            "id": user["id"],
            "username": user["name"],
            "name": user["name"],
            "team_id": user["team_id"],
        }
