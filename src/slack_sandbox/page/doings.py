"""What a person does on the page, handed to the desk."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from slack_sandbox.desk import Desk, DeskError, Upload
from slack_sandbox.page.screens import zone_of
from slack_sandbox.page.state import settle, settle_choice

Json = dict[str, Any]


class Asked(dict[str, Any]):
    """What the browser asked for; a fact it left out is refused, not a crash."""

    def __missing__(self, key: str) -> Any:
        raise DeskError(f"The page did not say which {key.replace('_', ' ')} is meant.")


Doing = Callable[[str, Asked, FormData], Awaitable[Json]]


def _asked(form: FormData) -> Asked:
    try:
        return Asked(json.loads(str(form.get("asked") or "{}")))
    except (ValueError, TypeError) as error:
        raise DeskError("The page asked for something that cannot be read.") from error


async def _uploads(form: FormData, field: str) -> list[Upload]:
    files: list[Upload] = []
    for part in form.getlist(field):
        if isinstance(part, UploadFile):
            kind = part.content_type or "application/octet-stream"
            files.append((part.filename or "file", kind, await part.read()))
    return files


class Doings:
    """One method per thing a person can do; each takes who, the asked facts, and files."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._by_name: dict[str, Doing] = {
            "message": self.message,
            "command": self.command,
            "shortcut": self.shortcut,
            "action": self.action,
            "options": self.options,
            "submit": self.submit,
            "close": self.close,
            "join": self.join,
            "invite": self.invite,
            "dm": self.dm,
        }

    async def endpoint(self, request: Request) -> Response:
        """Do it, and answer with what the desk says.

        Only the page's own script sends the header asked for here, so another site that is open
        in the same browser cannot act for a person of the workspace.
        """
        doing = self._by_name.get(request.path_params["doing"])
        if doing is None or "x-page" not in request.headers:
            return JSONResponse({"failed": "The page does not know how to do that."}, 404)
        async with request.form(max_part_size=1 << 20) as form:
            try:
                asked = _asked(form)
                answer = await doing(request.query_params.get("as", ""), asked, form)
            except DeskError as error:
                return JSONResponse({"failed": str(error)}, 409)
        return JSONResponse(answer)

    async def message(self, who: str, asked: Asked, form: FormData) -> Json:
        files = await _uploads(form, "file")
        return await self._desk.post_message(
            who,
            asked["channel"],
            str(asked.get("text") or ""),
            thread_ts=asked.get("thread_ts"),
            files=files or None,
        )

    async def command(self, who: str, asked: Asked, form: FormData) -> Json:
        command, text = str(asked["command"]), str(asked.get("text") or "")
        if command == "/invite":
            return await self._invite_by_name(who, asked["channel"], text)
        if asked.get("thread_ts"):
            return {"failed": f"{command} is not supported in threads. Sorry!"}
        return await self._desk.slash_command(who, asked["channel"], command, text)

    async def _invite_by_name(self, who: str, channel: str, text: str) -> Json:
        wanted = text.strip().lstrip("@").lower()
        for app in await self._desk.apps():
            if app["name"].lower() == wanted:
                return await self._desk.invite(who, channel, app["bot_user_id"])
        for user in await self._desk.people():
            names = {user["name"], user.get("real_name"), user["profile"].get("display_name")}
            if wanted in {str(name).lower() for name in names if name}:
                return await self._desk.invite(who, channel, user["id"])
        return {"failed": f"Nobody here is called “{text.strip()}”. Nothing was changed."}

    async def shortcut(self, who: str, asked: Asked, form: FormData) -> Json:
        if asked.get("ts"):
            return await self._desk.message_shortcut(
                who, asked["callback_id"], asked["channel"], asked["ts"]
            )
        return await self._desk.global_shortcut(who, asked["callback_id"])

    async def action(self, who: str, asked: Asked, form: FormData) -> Json:
        zone = zone_of(await self._desk.user(who))
        return await self._desk.block_action(
            who,
            asked["container"],
            asked["block_id"],
            asked["action_id"],
            settle_choice(asked.get("choice"), zone),
            state=settle(asked.get("state"), zone),
        )

    async def options(self, who: str, asked: Asked, form: FormData) -> Json:
        return await self._desk.options(
            who, asked["container"], asked["block_id"], asked["action_id"], asked.get("typed", "")
        )

    async def submit(self, who: str, asked: Asked, form: FormData) -> Json:
        zone = zone_of(await self._desk.user(who))
        files: dict[str, list[Upload]] = {}
        for field in set(form.keys()):
            if field.startswith("file:"):
                files[field.removeprefix("file:")] = await _uploads(form, field)
        return await self._desk.submit_view(
            who, asked["view_id"], settle(asked.get("values"), zone), files or None
        )

    async def close(self, who: str, asked: Asked, form: FormData) -> Json:
        return await self._desk.close_view(who, asked["view_id"], clear=bool(asked.get("clear")))

    async def join(self, who: str, asked: Asked, form: FormData) -> Json:
        return await self._desk.join(who, asked["channel"])

    async def invite(self, who: str, asked: Asked, form: FormData) -> Json:
        return await self._desk.invite(who, asked["channel"], asked["user"])

    async def dm(self, who: str, asked: Asked, form: FormData) -> Json:
        return await self._desk.open_dm(who, asked["user"])
