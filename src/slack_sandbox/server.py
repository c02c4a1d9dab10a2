"""Runs the sandbox: in the foreground for people, in a thread for tests and other programs."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, TypeVar

import uvicorn
from starlette.applications import Starlette

from slack_sandbox.app import build_app
from slack_sandbox.desk import Desk
from slack_sandbox.settings import Settings
from slack_sandbox.transport import CuttableProtocol

T = TypeVar("T")


class SandboxServer(uvicorn.Server):
    """uvicorn that first lets sockets and open pages go, so that stopping takes no time."""

    def __init__(self, app: Starlette, settings: Settings) -> None:
        self.app = app
        self.started_up = threading.Event()
        self.loop: asyncio.AbstractEventLoop | None = None
        super().__init__(
            uvicorn.Config(
                app,
                host=settings.host,
                port=settings.port,
                http=CuttableProtocol,
                log_level="warning",
                access_log=False,
                timeout_graceful_shutdown=2,
                ws_ping_interval=settings.ping_interval,
                ws_ping_timeout=60.0,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        self.loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self.started_up.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Hang up on apps and pages, then stop."""
        ws = self.app.state.workspace
        ws.hub.close()
        await ws.broker.close()
        await super().shutdown(sockets)


class RunningSandbox:
    """A sandbox in a thread of this process."""

    def __init__(self, server: SandboxServer, thread: threading.Thread, base_url: str) -> None:
        self._server = server
        self._thread = thread
        self.base_url = base_url

    @property
    def api_url(self) -> str:
        """What a Slack client takes as its base URL."""
        return f"{self.base_url}/api/"

    @property
    def desk(self) -> Desk:
        """The desk; use it through `call`, since it lives in the server's loop."""
        found: Desk = self._server.app.state.desk
        return found

    def call(self, work: Coroutine[Any, Any, T], timeout: float = 30.0) -> T:
        """Run a coroutine such as ``desk.people()`` in the server's loop and wait for it."""
        loop = self._server.loop
        if loop is None:
            raise RuntimeError("the sandbox is not running")
        return asyncio.run_coroutine_threadsafe(work, loop).result(timeout)

    def stop(self) -> None:
        """Stop and wait for the thread to end."""
        self._server.should_exit = True
        self._thread.join(10)


def free_port(host: str) -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def start(settings: Settings) -> RunningSandbox:
    """Start in a thread; port 0 takes a free one. Raises RuntimeError when it does not come up."""
    if settings.port == 0:
        settings = replace(settings, port=free_port(settings.host))
    server = SandboxServer(build_app(settings), settings)
    thread = threading.Thread(target=_run, args=(server,), name="slack-sandbox", daemon=True)
    thread.start()
    while not server.started_up.wait(0.05):
        if not thread.is_alive():
            raise RuntimeError(f"the sandbox could not listen on {settings.base_url}")
    return RunningSandbox(server, thread, settings.base_url)


def _run(server: SandboxServer) -> None:
    """A port in use makes uvicorn exit; `start` sees the thread end and says so."""
    with contextlib.suppress(SystemExit):
        server.run()


def serve(settings: Settings) -> None:
    """Run in the foreground until interrupted; the interrupt has been served by then."""
    with contextlib.suppress(KeyboardInterrupt):
        SandboxServer(build_app(settings), settings).run()
