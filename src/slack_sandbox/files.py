"""Files: bytes and the object Slack shows for them."""

import mimetypes
import time
from pathlib import PurePosixPath
from urllib.parse import quote

from slack_sandbox.errors import SlackError
from slack_sandbox.ids import new_id
from slack_sandbox.store import Json, Store, dump, load

_PRETTY = {
    "jpg": "JPEG",
    "png": "PNG",
    "gif": "GIF",
    "pdf": "PDF",
    "xml": "XML",
    "csv": "CSV",
    "txt": "Plain Text",
    "zip": "Zip",
}


def filetype_of(name: str) -> str:
    """Slack's short type of a file name; ``binary`` when it has no ending."""
    ending = PurePosixPath(name).suffix.lstrip(".").lower()
    return {"jpeg": "jpg", "text": "txt", "": "binary"}.get(ending, ending)


def file_object(
    team_id: str, base_url: str, user_id: str, name: str, *, mimetype: str = "", size: int = 0
) -> Json:
    """A full Slack file object for a new file."""
    file_id = new_id("F")
    safe = quote(PurePosixPath(name).name.replace(" ", "_").lower())
    kind = filetype_of(name)
    where = f"{base_url}/files-pri/{team_id}-{file_id}"
    now = int(time.time())
    doc: Json = {
        "id": file_id,
        "created": now,
        "timestamp": now,
        "name": name,
        "title": name,
        "mimetype": mimetype or mimetypes.guess_type(name)[0] or "application/octet-stream",
        "filetype": kind,
        "pretty_type": _PRETTY.get(kind, kind.upper()),
        "user": user_id,
        "user_team": team_id,
        "editable": False,
        "size": size,
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": False,
        "public_url_shared": False,
        "display_as_bot": False,
        "url_private": f"{where}/{safe}",
        "url_private_download": f"{where}/download/{safe}",
        "permalink": f"{base_url}/files/{user_id}/{file_id}/{safe}",
        "channels": [],
        "groups": [],
        "ims": [],
        "shares": {},
        "comments_count": 0,
    }
    if doc["mimetype"].startswith("image/"):
        doc["thumb_360"] = doc["url_private"]
    return doc


class Files:
    """Everything uploaded."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, doc: Json, content: bytes | None, *, complete: bool) -> None:
        """Keep a file; one that is only announced has no bytes yet."""
        self._store.run(
            "INSERT INTO files (id, user_id, complete, doc, content) VALUES (?, ?, ?, ?, ?)",
            doc["id"],
            doc["user"],
            int(complete),
            dump(doc),
            content,
        )

    def put(self, file_id: str, content: bytes) -> None:
        """The bytes of an announced file have come."""
        self._store.run("UPDATE files SET content = ? WHERE id = ?", content, file_id)

    def save(self, doc: Json) -> None:
        """Write a changed file object; the file counts as complete from now on."""
        sql = "UPDATE files SET doc = ?, complete = 1 WHERE id = ?"
        self._store.run(sql, dump(doc), doc["id"])

    def get(self, file_id: str) -> Json:
        """A complete file's object. Raises SlackError file_not_found."""
        doc = self._store.doc("SELECT doc FROM files WHERE id = ? AND complete = 1", file_id)
        if doc is None:
            raise SlackError("file_not_found")
        return doc

    def announced(self, file_id: str) -> tuple[Json, bytes | None] | None:
        """Object and bytes so far of a file whose upload is not complete, or None."""
        row = self._store.one(
            "SELECT doc, content FROM files WHERE id = ? AND complete = 0", file_id
        )
        return None if row is None else (load(row["doc"]), row["content"])

    def content(self, file_id: str) -> bytes:
        """The bytes. Raises SlackError file_not_found."""
        row = self._store.one("SELECT content FROM files WHERE id = ? AND complete = 1", file_id)
        if row is None or row["content"] is None:
            raise SlackError("file_not_found")
        return bytes(row["content"])

    def shared_in(self, doc: Json, channel: Json, ts: str) -> Json:
        """Note on the file object that it was posted with message `ts`, and keep that."""
        public = not channel["is_private"]
        place = "channels" if public else ("ims" if channel["is_im"] else "groups")
        if channel["id"] not in doc[place]:
            doc[place].append(channel["id"])
        shares = doc["shares"].setdefault("public" if public else "private", {})
        shares.setdefault(channel["id"], []).append({"ts": ts})
        doc["is_public"] = doc["is_public"] or public
        self.save(doc)
        return doc
