"""Processes that may be killed: a parent with everything loaded that forks a child per job."""

import json
import queue
import subprocess
import sys
import threading
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
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.parent.stdout is not None
        for line in self.parent.stdout:
            self._lines.put(line)

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
        try:
            return self._lines.get(timeout=PATIENCE)
        except queue.Empty:
            raise AssertionError("the worker hangs") from None

    def close(self) -> None:
        assert self.parent.stdin is not None
        assert self.parent.stdout is not None
        self.parent.stdin.close()
        self.parent.wait(PATIENCE)
        self._reader.join(PATIENCE)
        self.parent.stdout.close()
