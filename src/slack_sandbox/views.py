"""Modals and Home views: the stack of at most three, hashes, external ids."""

import json
import time

from slack_sandbox.apps import InstalledApp
from slack_sandbox.errors import SlackError
from slack_sandbox.ids import new_id, short_id
from slack_sandbox.normalise import elements, normalise_blocks
from slack_sandbox.refusals import refuse_view
from slack_sandbox.store import Json, Store, dump

MAX_STACK = 3
MAX_BYTES = 250_000


def view_object(app: InstalledApp, team_id: str, spec: Json, view_id: str) -> Json:
    """A full Slack view from what the app sent. Raises SlackError when Slack would refuse it."""
    if len(json.dumps(spec)) > MAX_BYTES:
        raise SlackError("view_too_large")
    refuse_view(spec)
    view: Json = {
        "id": view_id,
        "team_id": team_id,
        "type": spec["type"],
        "blocks": normalise_blocks(spec["blocks"]),
        "private_metadata": spec.get("private_metadata") or "",
        "callback_id": spec.get("callback_id") or "",
        "external_id": spec.get("external_id") or "",
        "state": {"values": {}},
        "hash": f"{int(time.time())}.{short_id(8)}",
        "clear_on_close": bool(spec.get("clear_on_close", False)),
        "notify_on_close": bool(spec.get("notify_on_close", False)),
        "root_view_id": view_id,
        "previous_view_id": None,
        "app_id": app.id,
        "app_installed_team_id": team_id,
        "bot_id": app.bot_id,
    }
    for key in ("title", "submit", "close"):
        text = spec.get(key)
        view[key] = {**text, "emoji": text.get("emoji", True)} if text else None
    view["submit_disabled"] = bool(spec.get("submit_disabled", False))
    return view


def kept_state(old: Json, new_blocks: list[Json]) -> Json:
    """Input values survive a redraw where block_id, action_id and element type stay the same."""
    values: Json = {}
    before = old["state"]["values"]
    for block, element in elements(new_blocks):
        block_id, action_id = block["block_id"], element["action_id"]
        value = before.get(block_id, {}).get(action_id)
        if value is not None and value["type"] == element["type"]:
            values.setdefault(block_id, {})[action_id] = value
    return {"values": values}


class Views:
    """Every open modal and published Home."""

    def __init__(self, store: Store, team_id: str) -> None:
        self._store = store
        self._team_id = team_id

    def stack(self, user_id: str) -> list[Json]:
        """A person's open modals, top last."""
        return self._store.docs(
            "SELECT doc FROM views WHERE user_id = ? AND kind = 'modal' ORDER BY depth", user_id
        )

    def get(self, view_id: str) -> Json:
        """An open modal or a published Home. Raises SlackError not_found."""
        view = self._store.doc("SELECT doc FROM views WHERE id = ?", view_id)
        if view is None:
            raise SlackError("not_found")
        return view

    def is_open(self, view_id: str) -> bool:
        """Whether a modal is still there, or a Home published."""
        return self._store.one("SELECT 1 FROM views WHERE id = ?", view_id) is not None

    def viewer(self, view_id: str) -> str:
        """Who looks at this view. Raises SlackError not_found."""
        row = self._store.one("SELECT user_id FROM views WHERE id = ?", view_id)
        if row is None:
            raise SlackError("not_found")
        return str(row[0])

    def home(self, app_id: str, user_id: str) -> Json | None:
        """What an app published for a person, or None."""
        return self._store.doc(
            "SELECT doc FROM views WHERE kind = 'home' AND app_id = ? AND user_id = ?",
            app_id,
            user_id,
        )

    def open(self, app: InstalledApp, user_id: str, spec: Json) -> Json:
        """A new modal in place of whatever stack the person had open."""
        self._must_be(spec, "modal")
        view = view_object(app, self._team_id, spec, new_id("V"))
        with self._store.transaction():
            self._check_external(app, view, but=None)
            self.close_all(user_id)
            self._insert(view, user_id, 1)
        return view

    def push(self, app: InstalledApp, user_id: str, spec: Json) -> Json:
        """A modal on top of the person's stack.

        Raises SlackError not_found without a stack, push_limit_reached when it is full.
        """
        self._must_be(spec, "modal")
        stack = self.stack(user_id)
        if not stack or stack[-1]["app_id"] != app.id:
            raise SlackError("not_found")
        if len(stack) >= MAX_STACK:
            raise SlackError("push_limit_reached")
        view = view_object(app, self._team_id, spec, new_id("V"))
        view.update(root_view_id=stack[0]["id"], previous_view_id=stack[-1]["id"])
        self._check_external(app, view, but=None)
        self._insert(view, user_id, len(stack) + 1)
        return view

    def update(
        self, app: InstalledApp, spec: Json, *, view_id: str, external_id: str, hash_: str
    ) -> Json:
        """Redraw an open modal (or a Home). Raises SlackError not_found, hash_conflict..."""
        if view_id:
            old = self.get(view_id)
        else:
            found = self._by_external(app.id, external_id)
            if found is None:
                raise SlackError("not_found")
            old = found
        if old["app_id"] != app.id:
            raise SlackError("not_found")
        self._must_be(spec, old["type"])
        if hash_ and hash_ != old["hash"]:
            raise SlackError("hash_conflict")
        view = view_object(app, self._team_id, spec, old["id"])
        view.update(root_view_id=old["root_view_id"], previous_view_id=old["previous_view_id"])
        view["state"] = kept_state(old, view["blocks"])
        self._check_external(app, view, but=old["id"])
        self.save(view)
        return view

    def publish(self, app: InstalledApp, user_id: str, spec: Json, hash_: str) -> Json:
        """Put an app's Home view in place for a person. Raises SlackError hash_conflict..."""
        if not app.home_tab_enabled:
            raise SlackError("not_enabled")
        self._must_be(spec, "home")
        old = self.home(app.id, user_id)
        if hash_ and (old is None or old["hash"] != hash_):
            raise SlackError("hash_conflict")
        view = view_object(app, self._team_id, spec, old["id"] if old else new_id("V"))
        self._check_external(app, view, but=view["id"])
        if old is None:
            self._insert(view, user_id, 0)
        else:
            view["state"] = kept_state(old, view["blocks"])
            self.save(view)
        return view

    def save(self, view: Json) -> None:
        """Write a changed view."""
        self._store.run(
            "UPDATE views SET doc = ?, external_id = ? WHERE id = ?",
            dump(view),
            view["external_id"],
            view["id"],
        )

    def close(self, view_id: str) -> None:
        """Close one modal and everything above it."""
        view = self.get(view_id)
        stack = self.stack(self.viewer(view_id))
        above = [v["id"] for v in stack]
        for open_id in above[above.index(view["id"]) :]:
            self._store.run("DELETE FROM views WHERE id = ?", open_id)

    def close_all(self, user_id: str) -> None:
        """Close a person's whole stack."""
        self._store.run("DELETE FROM views WHERE user_id = ? AND kind = 'modal'", user_id)

    def _insert(self, view: Json, user_id: str, depth: int) -> None:
        self._store.run(
            "INSERT INTO views (id, kind, app_id, user_id, depth, external_id, doc) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            view["id"],
            view["type"],
            view["app_id"],
            user_id,
            depth,
            view["external_id"],
            dump(view),
        )

    def _by_external(self, app_id: str, external_id: str) -> Json | None:
        if not external_id:
            raise SlackError("invalid_arguments")
        return self._store.doc(
            "SELECT doc FROM views WHERE app_id = ? AND external_id = ?", app_id, external_id
        )

    def _check_external(self, app: InstalledApp, view: Json, but: str | None) -> None:
        if not view["external_id"]:
            return
        other = self._by_external(app.id, view["external_id"])
        if other is not None and other["id"] != but:
            raise SlackError("duplicate_external_id")

    @staticmethod
    def _must_be(spec: Json, kind: str) -> None:
        if spec.get("type") != kind:
            message = f"[ERROR] must be a {kind} view [json-pointer:/view/type]"
            raise SlackError("invalid_arguments", response_metadata={"messages": [message]})
