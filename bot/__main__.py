"""``python -m bot``: the bot in Socket Mode, or with ``--http`` behind a load balancer."""

import argparse
import ctypes
import logging
import signal
import sys
import threading
from collections.abc import Callable, Sequence

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler

import wopo.db  # noqa: F401  (registers the database's side of every port)
from bot.app import build_app
from bot.courier import Courier
from bot.failures import CALL_ERRORS, classify
from bot.jobs import Clockwork
from bot.services import (
    CALL_TIMEOUT,
    Services,
    build_services,
    new_id,
    utc_now,
    web_client,
    who_am_i,
)
from bot.warmup import warm_up
from wopo.config import Settings
from wopo.db.engine import make_engine
from wopo.db.uow import SqlTransactions
from wopo.domain.errors import DomainError, Refusal
from wopo.garbage import settle_garbage
from wopo.usecases.door import CONSOLE
from wopo.usecases.execute import execute
from wopo.usecases.identity_claims import offer_claim_code
from wopo.usecases.workspaces import BindWorkspace

SLACK_RETRY = 5.0
"""Seconds between tries to reach Slack at the start."""
PORT_TAKEN = Refusal(
    "bot.port_taken",
    "Nothing can listen on {host}:{port}. wopo was not started; set WOPO_HTTP_PORT to a free port.",
)


M_ARENA_MAX = -8
"""How glibc names the most heaps that it makes (malloc.h)."""


def one_heap() -> None:
    """Keep the C library from making a heap for every thread: each would hold on to what it once
    needed, and one thread of the interpreter runs at a time anyway. Only glibc can be told."""
    tell = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if tell is not None:
        tell(M_ARENA_MAX, 1)


def say(sentence: str) -> None:
    """Tell whoever started the bot, on their terminal."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until interrupted; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    parser.add_argument("--http", action="store_true", help="take requests by HTTP")
    http: bool = parser.parse_args(arguments).http
    settings = Settings()
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    missing = settings.missing(http=http)
    if missing:
        say(f"Please set {' and '.join(missing)}; .env.example says where they are.")
        return 2
    one_heap()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    engine = make_engine(settings.database_url)
    services = build_services(settings, SqlTransactions(engine), clock=utc_now, new_id=new_id)
    try:
        return run(services, stop, http=http)
    except DomainError as error:
        say(error.message)
        return 2
    finally:
        engine.dispose()


def run(services: Services, stop: threading.Event, *, http: bool) -> int:
    """Meet Slack, start every part, wait for the stop, end every part."""
    if not _meet_slack(services, stop):
        return 2 if not stop.is_set() else 0
    bind = BindWorkspace(workspace_id=services.bot.workspace_id)
    execute(services.door, bind, actor=CONSOLE, key=f"bind:{services.new_id()}")
    code = offer_claim_code(services.door)
    if code:
        say(f"Nobody is administrator yet. Type in Slack:  /wopo claim {code}")
    app = build_app(services)
    warm_up(app, services)
    settle_garbage()
    courier, clockwork = Courier(services), Clockwork(services)
    hang_up = _serve_http(app, services) if http else _listen_on_socket(app, services)
    courier.start()
    clockwork.start()
    say(f"wopo is at work in {services.bot.name}. Ctrl-C ends it.")
    stop.wait()
    hang_up()
    clockwork.stop()
    courier.stop()
    return 0


def _meet_slack(services: Services, stop: threading.Event) -> bool:
    """Ask who we are; wait for Slack when it is down, give up when it does not know the token."""
    while not stop.is_set():
        try:
            services.bot = who_am_i(services.patient)
        except CALL_ERRORS as error:
            failure = classify(error)
            say(f"Slack: {failure.code} (at {services.settings.api_url})")
            if failure.wait == 0 and failure.kind.name in {"TOKEN", "REFUSED"}:
                return False
            stop.wait(SLACK_RETRY)
        else:
            return True
    return False


def _listen_on_socket(app: App, services: Services) -> Callable[[], None]:
    handler = SocketModeHandler(
        app,
        services.settings.app_token.get_secret_value(),
        web_client=web_client(
            services.settings,
            timeout=CALL_TIMEOUT,
            token=services.settings.app_token.get_secret_value(),
        ),
    )
    handler.connect()  # type: ignore[no-untyped-call]

    def hang_up() -> None:
        handler.close()  # type: ignore[no-untyped-call]

    return hang_up


def _serve_http(app: App, services: Services) -> Callable[[], None]:
    # Loaded here: a bot in Socket Mode would carry the web server's memory for nothing.
    import uvicorn

    from bot.http import build_asgi

    config = uvicorn.Config(
        build_asgi(app, services),
        host=services.settings.http_host,
        port=services.settings.http_port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="http", daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
        if not thread.is_alive():
            raise PORT_TAKEN(host=config.host, port=config.port)

    def hang_up() -> None:
        server.should_exit = True
        thread.join(8)

    return hang_up


if __name__ == "__main__":
    sys.exit(main())
