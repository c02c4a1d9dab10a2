"""Where faults meet a request: before it is carried out, and after."""

import asyncio
from typing import Any

from starlette.responses import JSONResponse, Response

from slack_sandbox.faults import Faults
from slack_sandbox.store import Json
from slack_sandbox.transport import Dropped


def ratelimited(seconds: int, entry: Json) -> Response:
    """Slack's 429."""
    entry.update(ok=False, error="ratelimited")
    body = {"ok": False, "error": "ratelimited"}
    return JSONResponse(body, status_code=429, headers={"Retry-After": str(seconds)})


async def before(faults: Faults, name: str, channel: Any, entry: Json) -> Response | None:
    """A delay is waited out; an answer in place of the call's own, or None. Noted in `entry`."""
    delay = faults.take(["delay"], name, channel)
    if delay is not None:
        entry["fault"] = delay.kind
        await asyncio.sleep(delay.seconds)
    if faults.take(["down"], name, channel):
        entry["fault"] = "down"
        return Dropped()
    limited = faults.take(["ratelimited"], name, channel)
    if limited is not None:
        entry["fault"] = limited.kind
        return ratelimited(limited.retry_after, entry)
    return _server_error(faults, name, channel, entry, after=False)


def after(faults: Faults, name: str, channel: Any, entry: Json) -> Response | None:
    """An answer in place of the one a call that took effect would give, or None."""
    late = faults.take(["accept_then_drop"], name, channel)
    if late is not None:
        entry["fault"] = late.kind
        return Dropped()
    return _server_error(faults, name, channel, entry, after=True)


def _server_error(
    faults: Faults, name: str, channel: Any, entry: Json, *, after: bool
) -> Response | None:
    place = channel if isinstance(channel, str) else None
    for fault in faults.all():
        matches = fault.kind == "server_error" and fault.after is after
        if matches and fault.strikes(name, place):
            entry.update(fault=fault.kind, ok=False)
            return Response("Internal Server Error", status_code=500)
    return None
