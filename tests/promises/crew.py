"""Processes that may be killed: a parent with everything loaded that forks a child per job."""

import json
import select
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
KILLED = -9
PATIENCE = 60
"""Seconds after which a worker that says nothing counts as hung."""


class Workers:
    """Processes that carry out jobs, one after the other."""

    def __init__(self, module: str) -> None:
        self.parent = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def give(self, job: dict[str, Any]) -> tuple[str | None, int]:
        """What the worker said, none if it died before; and how it ended."""
        assert self.parent.stdin is not None
        self.parent.stdin.write(json.dumps(job) + "\n")
        self.parent.stdin.flush()
        first = self._line()
        if "ended" in first:
            return None, int(json.loads(first)["ended"])
        return first, int(json.loads(self._line())["ended"])

    def _line(self) -> str:
        assert self.parent.stdout is not None
        ready, _, _ = select.select([self.parent.stdout], [], [], PATIENCE)
        assert ready, "the worker hangs"
        return self.parent.stdout.readline()

    def close(self) -> None:
        assert self.parent.stdin is not None
        assert self.parent.stdout is not None
        self.parent.stdin.close()
        self.parent.wait(PATIENCE)
        self.parent.stdout.close()
