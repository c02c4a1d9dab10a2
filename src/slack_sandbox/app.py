"""The ASGI application: Web API, sockets, desk, admin and, when it is there, the page."""

import importlib
import importlib.util
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from slack_sandbox import admin, desk_http, wire
from slack_sandbox.api.endpoint import Endpoint
from slack_sandbox.desk import Desk
from slack_sandbox.errors import SlackError
from slack_sandbox.seed import prepare
from slack_sandbox.settings import Settings
from slack_sandbox.workspace import Workspace

PAGE = "slack_sandbox.page"


def page_routes(desk: Desk) -> list[BaseRoute]:
    """Routes of the page, none when it is not installed."""
    if importlib.util.find_spec(PAGE) is None:
        return []
    found: list[BaseRoute] = importlib.import_module(PAGE).routes(desk)
    return found


def build_app(settings: Settings) -> Starlette:
    """The whole sandbox on its workspace file; a workspace with nobody in it is filled.

    Raises OSError, SeedError or ValueError for a seed or manifest that cannot be used.
    """
    ws = Workspace(settings)
    try:
        prepare(ws)
    except BaseException:
        ws.store.close()
        raise
    desk = Desk(ws)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        await ws.close()

    async def api(request: Request) -> Response:
        return await endpoint(request)

    endpoint = Endpoint(ws)
    app = Starlette(
        routes=[
            Route("/api/{method}", api, methods=["GET", "POST"]),
            *wire.routes(ws),
            *desk_http.routes(desk),
            *admin.routes(ws),
            *page_routes(desk),
        ],
        lifespan=lifespan,
        exception_handlers={SlackError: _refused},
    )
    app.state.workspace = ws
    app.state.desk = desk
    return app


async def _refused(_: Request, error: Exception) -> Response:
    code = error.code if isinstance(error, SlackError) else str(error)
    return JSONResponse({"ok": False, "error": code}, status_code=404)
