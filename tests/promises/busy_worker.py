"""A process that carries messages, ticks, imports, migrates or copies, and may be killed.

Started once with ``python -m tests.promises.busy_worker``; see ``tests.promises.worker``.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, event

from bot.cards import registry
from bot.courier import Courier
from bot.services import Bot, build_services
from tests.factories.imports import importing
from tests.promises.worker import die, serve
from tests.slack import BOT_USER, TEAM
from wopo.config import Settings
from wopo.db import migrate
from wopo.db.backups import write_backup
from wopo.db.engine import make_engine
from wopo.db.rehearsal import execute_rehearsed
from wopo.db.uow import SqlTransactions
from wopo.usecases.door import IMPORT, SCHEDULER
from wopo.usecases.execute import Door, execute
from wopo.usecases.sweeps import SendDigests

OUTBOX = r"^UPDATE outbox SET "
POINTS: dict[str, tuple[str, str, int]] = {
    "before claim": ("before", OUTBOX, 1),
    "after claim": ("after", OUTBOX, 1),
    "before mark": ("before", OUTBOX, 2),
    "after mark": ("after", OUTBOX, 2),
    "after job_run": ("after", r"^INSERT INTO job_run ", 1),
    "before second vendor": ("before", r"^INSERT INTO vendor ", 2),
    "after audit": ("after", r"^INSERT INTO audit_entry ", 1),
    "after third table": ("after", r"^\s*CREATE TABLE ", 4),
    "after first index": ("after", r"^CREATE (UNIQUE )?INDEX ", 1),
    "before triggers": ("before", r"^CREATE TRIGGER ", 1),
}
"""Where to die: before or after which statement, and the how manieth of its kind."""
COMMITS = {"commit of claim": 1, "commit of mark": 2, "commit": 1}
"""Where to die: just before the how manieth commit that wrote something."""


@dataclass(frozen=True)
class Job:
    """What to do in the database at ``url``, when it is ``now``, and where to die."""

    url: str
    act: str
    now: str
    point: str = ""
    slack: str = ""
    target: str = ""


def hook(engine: Engine, point: str) -> None:
    """Have this process die at ``point``; the fake Slack kills it at the others."""
    left = COMMITS.get(point, 0)
    if point in POINTS:
        when, pattern, left = POINTS[point]
        wanted = re.compile(pattern, re.DOTALL)

        def at_statement(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            nonlocal left
            if wanted.search(statement):
                left -= 1
                if left == 0:
                    die()

        event.listen(engine, f"{when}_cursor_execute", at_statement)
    elif left:

        def at_commit(connection: Any) -> None:
            nonlocal left
            if connection.get_execution_options().get("wopo_write"):
                left -= 1
                if left == 0:
                    die()

        event.listen(engine, "commit", at_commit)


def run(job: Job) -> str:
    """Do the job; what there is to say of it."""
    engine = make_engine(job.url)
    hook(engine, job.point)
    now = datetime.fromisoformat(job.now)
    door = Door(SqlTransactions(engine), lambda: now, lambda: uuid4().hex)
    acts: dict[str, Callable[[], object]] = {
        "carry": lambda: carry(door, job),
        "tick": lambda: execute(door, SendDigests(), actor=SCHEDULER, key=uuid4().hex),
        "import": lambda: execute_rehearsed(door, VENDORS, actor=IMPORT, key=uuid4().hex),
        "migrate": lambda: migrate.upgrade(engine),
        "backup": lambda: copy(engine, job),
    }
    return str(acts[job.act]()).replace("\n", " ")


VENDORS = importing(
    vendors=[{"code": code, "name": code, "currency": "EUR"} for code in ("V1", "V2", "V3")]
)


def carry(door: Door, job: Job) -> int:
    """Carry everything that is due; how many rows were handled."""
    settings = Settings(
        _env_file=None,
        SLACK_BOT_TOKEN="xoxb-test",
        SLACK_APP_TOKEN="xapp-test",
        SLACK_SIGNING_SECRET="secret",
        SLACK_API_URL=f"{job.slack}/api",
    )
    bot = Bot(workspace_id=TEAM, user_id=BOT_USER, bot_id="B0BOT", url="https://x", name="Test")
    services = build_services(
        settings, door.transactions, clock=door.clock, new_id=door.new_id, bot=bot
    )
    services.patient.headers["X-Pid"] = str(os.getpid())
    courier, handled = Courier(services), 0
    while courier.deliver_next():
        handled += 1
    return handled


def copy(engine: Engine, job: Job) -> int:
    """Copy the database; with a point, die while SQLite works."""
    if job.point == "in the copy":

        @event.listens_for(engine, "checkout")
        def counted(connection: Any, *_rest: Any) -> None:
            connection.set_progress_handler(die, 200)

    return write_backup(engine, Path(job.target)).entries


if __name__ == "__main__":
    registry()  # Loaded once, not in every child.
    serve(lambda given: run(Job(**given)))
