"""Screens to read and files to see."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)

from slack_sandbox.desk import Desk, DeskError
from slack_sandbox.page.screens import (
    PAGE_OF_MESSAGES,
    Screens,
    Surroundings,
    Where,
    shown_name,
    surroundings,
    templates,
)

Json = dict[str, Any]
HEARTBEAT_S = 15.0
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data: blob: https: http:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
# Only these show in the browser; any other file is offered as a download.
_SHOWN_INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


def _where(request: Request) -> Where:
    params = request.path_params
    asked = request.query_params.get("limit", "")
    return Where(
        screen=params.get("screen", request.scope["route"].name),
        channel_id=params.get("channel_id", ""),
        thread_ts=params.get("thread_ts", ""),
        app_id=params.get("app_id", ""),
        tab=params.get("tab", "home"),
        limit=min(int(asked), 1000) if asked.isdigit() and int(asked) else PAGE_OF_MESSAGES,
    )


class Pages:
    """Everything a browser reads."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._screens = Screens(desk)

    async def start(self, request: Request) -> Response:
        """The bare address: become the first person of the workspace."""
        people = await self._desk.people()
        if not people:
            return HTMLResponse("This workspace has no people yet.", status_code=404)
        return RedirectResponse(f"/client?as={people[0]['id']}")

    async def screen(self, request: Request) -> Response:
        """One screen: as a whole page, or as its regions for a page that is open already."""
        user_id = request.query_params.get("as")
        if not user_id:
            return await self.start(request)
        where = _where(request)
        refresh = "x-refresh" in request.headers
        try:
            around = await surroundings(self._desk, user_id)
            if where.screen == "app" and not refresh:
                await self._desk.open_home(user_id, tab=where.tab, app_id=where.app_id)
            regions = await self._screens.regions(around, where)
        except DeskError as error:
            return self._lost(request, user_id, str(error))
        title = self._screens.title(around, where)
        if "x-regions" in request.headers:
            return JSONResponse(
                {"title": title, "screen": where.screen, "regions": regions}, headers=HEADERS
            )
        return HTMLResponse(self._whole(around, where, title, regions), headers=HEADERS)

    def _whole(
        self, around: Surroundings, where: Where, title: str, regions: dict[str, Any]
    ) -> str:
        return templates.get_template("page.html").render(
            around=around,
            where=where,
            title=title,
            ctx=around.context,
            shown_name=shown_name,
            **regions,
        )

    def _lost(self, request: Request, user_id: str, reason: str) -> Response:
        if "x-regions" in request.headers:
            return JSONResponse({"failed": reason}, status_code=404)
        text = templates.get_template("lost.html").render(reason=reason, user_id=user_id)
        return HTMLResponse(text, status_code=404, headers=HEADERS)

    async def file(self, request: Request) -> Response:
        """A file's bytes, for the person of this browser tab."""
        return await self._file(request, request.path_params["file_id"])

    async def file_by_url(self, request: Request) -> Response:
        """The same for an image block that names a file by its private address."""
        parts = urlsplit(request.query_params.get("url", "")).path.split("/")
        names = [piece.split("-")[-1] for piece in parts if "-F" in piece or piece[:1] == "F"]
        return await self._file(request, names[0] if names else "")

    async def _file(self, request: Request, file_id: str) -> Response:
        try:
            about, content = await self._desk.file(request.query_params.get("as", ""), file_id)
        except DeskError as error:
            return JSONResponse({"failed": str(error)}, status_code=404)
        kind = str(about.get("mimetype") or "application/octet-stream")
        headers = {
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, max-age=3600",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        if kind not in _SHOWN_INLINE:
            kind = "application/octet-stream"
            safe = "".join(
                c for c in str(about.get("name") or "file") if c.isalnum() or c in "._- "
            )
            headers["Content-Disposition"] = (
                f'attachment; filename="{safe.encode("ascii", "replace").decode()}"'
            )
        return Response(content, media_type=kind, headers=headers)

    async def events(self, request: Request) -> Response:
        """What changes for the person, as server-sent events."""
        user_id = request.query_params.get("as", "")
        try:
            await self._desk.user(user_id)
        except DeskError as error:
            return JSONResponse({"failed": str(error)}, status_code=404)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        stream = self._stream(user_id)
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)

    async def _stream(self, user_id: str) -> AsyncIterator[str]:
        changes = self._desk.changes(user_id)
        upcoming = asyncio.ensure_future(anext(changes))
        try:
            # The first step of `changes` must have run before the browser looks around again,
            # or a change between the two would be seen by neither.
            await asyncio.sleep(0)
            yield "retry: 1000\nevent: ready\ndata: {}\n\n"
            while True:
                done, _ = await asyncio.wait({upcoming}, timeout=HEARTBEAT_S)
                if not done:
                    yield ": still here\n\n"
                    continue
                change = upcoming.result()
                upcoming = asyncio.ensure_future(anext(changes))
                yield f"data: {json.dumps(change)}\n\n"
        except StopAsyncIteration:
            return
        finally:
            upcoming.cancel()
            await asyncio.gather(upcoming, return_exceptions=True)
            close = getattr(changes, "aclose", None)
            if close is not None:
                await close()
