"""A process that carries out commands and may be killed in the middle of one.

Started once with ``python -m tests.promises.worker``. It reads one job per line and gives each to a
child of its own, which opens the database, runs the command and dies by SIGKILL at the job's point.
The hooks are events of the engine and of the session: the code under test knows nothing of them.
"""

import json
import os
import re
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session, configure_mappers

from tests.factories.jobs import NOW
from wopo.db.engine import make_engine
from wopo.db.uow import SqlTransactions
from wopo.domain.errors import DomainError
from wopo.usecases.door import ActorRef, Answer
from wopo.usecases.execute import Door, execute
from wopo.usecases.work_requests import ReportWork

STATEMENTS = {
    "key_lookup": r"^SELECT .*\b(FROM|JOIN) idempotency\b",
    "number": r"^INSERT INTO number_series",
    "request": r"^INSERT INTO work_request ",
    "order": r"^INSERT INTO work_order ",
    "outbox": r"^INSERT INTO outbox ",
    "key": r"^INSERT INTO idempotency ",
    "audit": r"^INSERT INTO audit_entry ",
    "head": r"^UPDATE audit_head ",
}
BEFORE_COMMIT = [
    "before begin",
    "after key_lookup",
    "after number",
    "before request",
    "after request",
    "before order",
    "after order",
    "before outbox",
    "after outbox",
    "before key",
    "after key",
    "before audit",
    "after audit",
    "after head",
    "before commit",
]
AFTER_COMMIT = ["after commit", "before answer"]
"""Points at which everything is durable and nobody has been told."""
TRIES = 20


@dataclass(frozen=True)
class Job:
    """One report of work in the database at ``url``; ``point`` is where to die, "" for nowhere."""

    url: str
    key: str
    actor_id: str
    location_id: str
    title: str
    point: str = ""


def die(*_args: Any) -> None:
    """End at once, as by ``kill -9``: nothing is flushed, closed or rolled back."""
    os.kill(os.getpid(), signal.SIGKILL)


def hook(engine: Engine, point: str) -> None:
    """Have this process die at ``point``."""
    when, _, what = point.partition(" ")
    if what in STATEMENTS:
        wanted = re.compile(STATEMENTS[what], re.DOTALL)

        def at_statement(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if wanted.search(statement):
                die()

        event.listen(engine, f"{when}_cursor_execute", at_statement)
    elif point == "before begin":
        event.listen(engine, "begin", die, insert=True)
    elif point == "before commit":
        event.listen(engine, "commit", die)
    elif point == "after commit":
        event.listen(Session, "after_commit", die)
    elif point not in ("", "before answer"):
        raise ValueError(f"no such point: {point}")


def run(job: Job) -> str:
    """Carry out the job in an engine that dies at its point; its answer as JSON."""
    engine = make_engine(job.url)
    hook(engine, job.point)
    on_commit = die if job.point == "before answer" else lambda: None
    door = Door(SqlTransactions(engine), lambda: NOW, lambda: uuid4().hex, on_commit)
    return report(door, job).model_dump_json()


def report(door: Door, job: Job) -> Answer:
    """Give the job to the door, as often as it takes while another holds the lock."""
    command = ReportWork(title=job.title, location_id=job.location_id)
    for _ in range(TRIES):
        try:
            return execute(door, command, actor=ActorRef(job.actor_id, "test"), key=job.key)
        except DomainError as error:
            if error.code != "busy":
                raise
    raise TimeoutError(f"busy {TRIES} times")


def serve(run: Callable[[dict[str, Any]], str]) -> None:
    """One child per line; afterwards one line that says how the child ended."""
    configure_mappers()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            failed = 1
            try:
                sys.stdout.write(run(json.loads(line)) + "\n")
                sys.stdout.flush()
                failed = 0
            finally:
                os._exit(failed)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(json.dumps({"ended": os.waitstatus_to_exitcode(status)}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve(lambda given: run(Job(**given)))
