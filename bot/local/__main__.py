"""``python -m bot.local``: everything on this machine, ended together by Ctrl-C.

Migrates the database, loads the small company into an empty one, starts the local Slack workspace
and the bot as processes of their own. With SLACK_BOT_TOKEN and SLACK_APP_TOKEN set, the bot works
in that real workspace instead, and nothing is loaded.
"""

import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console

from bot.local import company, story
from wopo.cli.opening import opened
from wopo.config import Settings
from wopo.db import migrate
from wopo.domain.errors import DomainError, Refusal

PORT = int(os.environ.get("WOPO_LOCAL_PORT", "8800"))
ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120
"""A slow machine may take long; a workspace that can't start ends, and is not waited for."""
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-sandbox", "SLACK_APP_TOKEN": "xapp-sandbox"}
"""The local workspace's well-known tokens; they open nothing else."""
NOT_UP = Refusal(
    "local.not_up",
    "The local Slack workspace did not answer on {address}. Nothing was lost; "
    "is the port taken? Set WOPO_LOCAL_PORT to a free one.",
)

console = Console(highlight=False)


def main() -> int:
    """Start everything, wait for Ctrl-C or for one part to end, end everything; the exit code."""
    settings = Settings()
    try:
        database = opened(settings.database_url)
        migrate.upgrade(database.engine)
        real = not settings.missing(http=False)
        if not real and company.is_empty(database):
            console.print(f"Loading {company.NAME}, a small company to try wopo with.")
            company.load(database, settings.database_url)
            story.tell(database)
        database.engine.dispose()
        return run([["-m", "bot"]], os.environ) if real else run_locally(settings)
    except DomainError as error:
        console.print(error.message, markup=False)
        return 2


def run_locally(settings: Settings, bot: Sequence[str] = ("-m", "bot")) -> int:
    """The local workspace first, then the bot in it: what Python is started with for each."""
    address = f"http://127.0.0.1:{PORT}"
    seed = settings.files_dir.parent / "workspace.yml"
    seed.parent.mkdir(parents=True, exist_ok=True)
    seed.write_text(company.workspace_seed(), encoding="utf-8")
    sandbox = [
        *("-m", "slack_sandbox", "--port", str(PORT), "--db", str(seed.with_suffix(".db"))),
        *("--seed", str(seed), "--manifest", str(ROOT / "manifest.yml")),
    ]
    environment = {**os.environ, **TOKENS, "SLACK_API_URL": f"{address}/api/"}
    return run([sandbox, bot], environment, address=address)


def run(
    programs: Sequence[Sequence[str]], environment: Mapping[str, str], *, address: str = ""
) -> int:
    """Run the programs until Ctrl-C or until one of them ends; then end them all, last first."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    running: list[subprocess.Popen[bytes]] = []
    try:
        for program in programs:
            if running:
                _wait_for(f"{address}/sandbox/health", running[-1], stop)
            running.append(_start(program, environment))
        if address and not stop.is_set():
            console.print(f"\nOpen [bold]{address}[/] - as on a phone, or on a desktop.")
            console.print("Choose who you are at the top. Ctrl-C ends it; the data stays in var/.")
        while not stop.wait(0.5):
            if any(process.poll() is not None for process in running):
                return 1
        return 0
    finally:
        for process in reversed(running):
            _end(process)


def _start(program: Sequence[str], environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    """A process in a group of its own, so that Ctrl-C reaches it only through us."""
    command = [sys.executable, *program]
    return subprocess.Popen(command, env=dict(environment), start_new_session=True)  # noqa: S603


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_for(address: str, process: "subprocess.Popen[bytes]", stop: threading.Event) -> None:
    for _ in range(START_SECONDS * 10):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if stop.wait(0.1):
                return
    raise NOT_UP(address=address)


if __name__ == "__main__":
    sys.exit(main())
