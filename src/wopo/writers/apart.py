"""A writer's work in a process of its own, which ends with its memory: fonts, layout and schemas
take some 20 to 45 MB that Python would never give back to a bot that runs for months."""

import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

SECONDS = 60.0
"""How long the process may take."""
TAIL = 2_000


def apart(write: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
    """What ``write`` makes of its arguments, in another process. ``write`` is a function of a
    module. Raises ``RuntimeError`` with what that process said."""
    done = subprocess.run(
        [sys.executable, "-m", "wopo.writers.apart"],
        input=pickle.dumps((write, arguments, named)),
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace")[-TAIL:])
    made: R = pickle.loads(done.stdout)  # noqa: S301 (our own process wrote it)
    return made


def main() -> None:
    """Read a function and its arguments from standard input, write what it makes to standard
    output."""
    found: tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]
    found = pickle.load(sys.stdin.buffer)  # noqa: S301 (our own process wrote it)
    write, arguments, named = found
    sys.stdout.buffer.write(pickle.dumps(write(*arguments, **named)))


if __name__ == "__main__":
    main()
