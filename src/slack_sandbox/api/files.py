"""files.*: the three-step upload, and looking files up."""

from typing import Any

from slack_sandbox import posting
from slack_sandbox.api.core import Call, method
from slack_sandbox.errors import SlackError
from slack_sandbox.files import file_object
from slack_sandbox.store import Json
from slack_sandbox.workspace import Workspace


@method("files.getUploadURLExternal", "files:write")
def upload_url(call: Call) -> Json:
    """Announce a file; its bytes go to the address returned."""
    name = call.need("filename")
    try:
        size = int(call.need("length"))
    except ValueError as error:
        raise SlackError("invalid_arguments") from error
    if size <= 0:
        raise SlackError("file_upload_size_restricted")
    ws = call.ws
    doc = file_object(ws.team_id, ws.settings.base_url, call.app.bot_user_id, name, size=size)
    ws.files.add(doc, None, complete=False)
    return {
        "upload_url": f"{ws.settings.base_url}/files/upload/v1/{doc['id']}",
        "file_id": doc["id"],
    }


@method("files.completeUploadExternal", "files:write")
def complete(call: Call) -> Json:
    """Finish uploads and, with a channel, post them."""
    wanted: Any = call.params.get("files")
    if not isinstance(wanted, list) or not wanted:
        raise SlackError("invalid_arguments")
    done: list[Json] = []
    for item in wanted:
        found = call.ws.files.announced(str(item.get("id"))) if isinstance(item, dict) else None
        if found is None or found[1] is None:
            raise SlackError("file_not_found")
        doc, content = found
        doc["title"] = str(item.get("title") or doc["name"])
        doc["size"] = len(content or b"")
        done.append(doc)
    channels = [c for c in call.text("channels").split(",") if c]
    channels = channels or [c for c in [call.text("channel_id")] if c]
    targets = [_target(call, channel_id) for channel_id in channels]
    for doc in done:
        call.ws.files.save(doc)
    for channel in targets:
        message = posting.bot_fields(
            call.ws,
            call.app,
            {"text": call.text("initial_comment"), "thread_ts": call.text("thread_ts") or None},
        )
        share(call.ws, channel, message, done)
    return {"files": done}


def _target(call: Call, channel_id: str) -> Json:
    channel = call.ws.channels.visible(channel_id, call.app.bot_user_id)
    call.must_be_in(channel)
    if channel["is_archived"]:
        raise SlackError("is_archived")
    return channel


def share(ws: Workspace, channel: Json, message: Json, files: list[Json]) -> Json:
    """Post a message that carries files; the files learn where they were shared."""
    message.update(
        subtype="file_share", files=files, upload=True, display_as_bot=bool(message.get("bot_id"))
    )
    posted = posting.post(ws, channel, message)
    for doc in files:
        ws.files.shared_in(doc, channel, posted["ts"])
    posted["files"] = files
    ws.messages.replace(channel["id"], posted)
    return posted


@method("files.info", "files:read")
def info(call: Call) -> Json:
    """One file."""
    doc = call.ws.files.get(call.need("file", "file_not_found"))
    return {"file": doc, "comments": [], "response_metadata": {"next_cursor": ""}}


@method("files.delete", "files:write")
def delete(call: Call) -> Json:
    """Take one of the app's own files away."""
    doc = call.ws.files.get(call.need("file", "file_not_found"))
    if doc["user"] != call.app.bot_user_id:
        raise SlackError("cant_delete_file")
    call.ws.store.run("DELETE FROM files WHERE id = ?", doc["id"])
    return {}
