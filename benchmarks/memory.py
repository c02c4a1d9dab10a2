"""(e) Memory of the running bot: real processes, after people have used it.

The figure is the bot process's resident set as the system counts it now. (The peak that a child
reports of itself starts with its parent's and says nothing.)
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from benchmarks.databases import verified
from bot.local import company
from slack_sandbox.driver import Driver, wait_until
from slack_sandbox.server import free_port

COMMANDS = ("/wo mine", "/wo queue", "/wo 1", "/po", "/po 1", "/wopo help", "/wopo why PO-1")
ROUNDS = 20
MIB = 1024 * 1024


def benchmarks(rounds: int = ROUNDS) -> Iterator[dict[str, Any]]:
    """Resident MiB after every person has typed every command again and again."""
    port = free_port("127.0.0.1")
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "WOPO_DATABASE_URL": f"sqlite:///{folder}/wopo.db",
            "WOPO_FILES_DIR": f"{folder}/files",
            "WOPO_LOCAL_PORT": str(port),
        }
        with (Path(folder) / "log").open("wb") as log:
            local = subprocess.Popen(
                [sys.executable, "-m", "bot.local"], env=environment, stdout=log, stderr=log
            )
            try:
                found = _measured(local.pid, Driver(f"http://127.0.0.1:{port}"), rounds)
            finally:
                local.send_signal(signal.SIGINT)
                local.wait(timeout=30)
        verified(environment["WOPO_DATABASE_URL"])
        yield found


def _measured(pid: int, desk: Driver, rounds: int) -> dict[str, Any]:
    wait_until(lambda: _sockets(desk), 60)
    people = [company.slack_id(person["code"]) for person in company.people()]
    for _ in range(rounds):
        for user in people:
            for command in COMMANDS:
                word, _, text = command.partition(" ")
                desk.desk(
                    "slash_command", user_id=user, channel_id="C0NORTH001", command=word, text=text
                )
    bot = next(
        child for child in psutil.Process(pid).children() if child.cmdline()[-2:] == ["-m", "bot"]
    )
    return {
        "benchmark": "memory of the running bot",
        "commands": rounds * len(people) * len(COMMANDS),
        "resident_mib": round(bot.memory_info().rss / MIB, 1),
        "target": "at most 120 MiB",
    }


def _sockets(desk: Driver) -> int:
    try:
        return desk.sockets()
    except OSError:
        return 0
