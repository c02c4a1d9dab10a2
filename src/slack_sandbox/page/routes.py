"""Addresses of the page."""

from pathlib import Path

from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from slack_sandbox.desk import Desk
from slack_sandbox.page.doings import Doings
from slack_sandbox.page.pages import Pages

STATIC = Path(__file__).parent / "static"


def routes(desk: Desk) -> list[BaseRoute]:
    """Every route of the page, all below `/client` except the bare `/`."""
    pages, doings = Pages(desk), Doings(desk)
    return [
        Route("/", pages.start),
        Route("/client", pages.screen, name="home"),
        Route("/client/dms", pages.screen, name="dms"),
        Route("/client/channel/{channel_id}", pages.screen, name="channel"),
        Route("/client/thread/{channel_id}/{thread_ts}", pages.screen, name="thread"),
        Route("/client/app/{app_id}/{tab}", pages.screen, name="app"),
        Route("/client/file/{file_id}", pages.file),
        Route("/client/file-by-url", pages.file_by_url),
        Route("/client/events", pages.events),
        Route("/client/do/{doing}", doings.endpoint, methods=["POST"]),
        Mount("/client/static", StaticFiles(directory=STATIC)),
    ]
