"""The desk over HTTP: ``POST /sandbox/desk/{what}`` with the arguments of `Desk` as JSON.

Files travel as ``{"name", "mimetype", "base64"}``. Answers are what the method returns; a person
who cannot do the thing gets 409 ``{"error": sentence}``. ``GET /sandbox/desk/changes?user_id=U``
streams changes as server-sent events.
"""

import base64
import binascii
import inspect
import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from slack_sandbox.desk import Desk, DeskError, Upload

WHAT = frozenset(
    name
    for name, member in inspect.getmembers(Desk, inspect.iscoroutinefunction)
    if not name.startswith("_")
)


def _upload(item: Any) -> Upload:
    return (
        str(item["name"]),
        str(item.get("mimetype", "")),
        base64.b64decode(item["base64"], validate=True),
    )


def _arguments(what: str, body: dict[str, Any]) -> dict[str, Any]:
    files = body.get("files")
    if files and what == "post_message":
        body["files"] = [_upload(item) for item in files]
    elif files and what == "submit_view":
        body["files"] = {key: [_upload(item) for item in group] for key, group in files.items()}
    return body


def routes(desk: Desk) -> list[Route]:
    """The routes of the mirror."""

    async def call(request: Request) -> Response:
        what = request.path_params["what"]
        if what not in WHAT:
            return JSONResponse({"error": f"there is no {what} at the desk"}, status_code=404)
        method = getattr(desk, what)
        try:
            arguments = _arguments(what, json.loads(await request.body() or b"{}"))
            inspect.signature(method).bind(**arguments)
        except (TypeError, ValueError, KeyError, AttributeError, binascii.Error) as error:
            return JSONResponse({"error": f"arguments of {what}: {error}"}, status_code=400)
        try:
            result = await method(**arguments)
        except DeskError as error:
            return JSONResponse({"error": str(error)}, status_code=409)
        if what == "file":
            doc, content = result
            result = {"file": doc, "base64": base64.b64encode(content).decode()}
        return JSONResponse(result)

    async def changes(request: Request) -> Response:
        user_id = request.query_params.get("user_id", "")

        async def lines() -> AsyncIterator[str]:
            yield ": listening\n\n"
            async for change in desk.changes(user_id):
                yield f"data: {json.dumps(change)}\n\n"

        return StreamingResponse(lines(), media_type="text/event-stream")

    return [
        Route("/sandbox/desk/changes", changes),
        Route("/sandbox/desk/{what}", call, methods=["POST"]),
    ]
