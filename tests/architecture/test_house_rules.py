"""House rules that a program can see."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import wopo.usecases  # noqa: F401  (registers every use case)
from wopo.domain.errors import REFUSALS
from wopo.domain.events import EVENTS
from wopo.usecases.door import Registry

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path
    for folder in ("src", "bot")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations/versions" not in str(path)
)
LONGEST_FILE = 400


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in SOURCES:
        yield path.relative_to(ROOT), ast.parse(path.read_text())


def test_imports_point_inward() -> None:
    done = subprocess.run(
        [str(Path(ROOT / ".venv/bin/lint-imports"))]
        if (ROOT / ".venv").exists()
        else ["lint-imports"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_longer_than_a_room(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST_FILE


def test_sessions_and_engines_live_in_the_database_layer() -> None:
    found = [
        f"{path}: {alias.name}"
        for path, tree in trees()
        if not path.is_relative_to("src/wopo/db")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name in {"Session", "create_engine", "sessionmaker"}
    ]
    assert found == []


def test_slack_and_the_scheduler_stay_in_the_bot() -> None:
    found = [
        f"{path}: {name}"
        for path, tree in trees()
        if path.is_relative_to("src/wopo")
        for name in imported(tree)
        if name.split(".")[0] in {"slack_sdk", "slack_bolt", "apscheduler", "bot"}
    ]
    assert found == []


def test_the_domain_knows_no_clock_no_network_and_no_session() -> None:
    outside = {"time", "socket", "urllib", "http", "requests", "os", "random", "uuid", "uuid_utils"}
    found = [
        f"{path}: {name}"
        for path, tree in trees()
        if path.is_relative_to("src/wopo/domain")
        for name in imported(tree)
        if name.split(".")[0] in outside or name.startswith(("wopo.usecases", "wopo.db"))
    ]
    clocks = [
        f"{path}:{node.lineno}"
        for path, tree in trees()
        if path.is_relative_to("src/wopo/domain") or path.is_relative_to("src/wopo/usecases")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}
        if isinstance(node.value, ast.Name) and node.value.id in {"datetime", "date"}
    ]
    assert found + clocks == []


SECONDS_AND_LIKENESS = {
    "src/wopo/db/engine.py",
    "src/wopo/domain/lookup.py",
    "src/wopo/usecases/execute.py",
}
"""The only places with floats below the bot: seconds to wait, and how alike two words are."""


def test_no_float_near_money() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, tree in trees()
        if path.is_relative_to("src/wopo/domain")
        or path.is_relative_to("src/wopo/usecases")
        or path.is_relative_to("src/wopo/db")
        if str(path) not in SECONDS_AND_LIKENESS
        for node in ast.walk(tree)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
    ]
    assert found == []


def test_use_cases_never_commit() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, tree in trees()
        if path.is_relative_to("src/wopo/usecases") and path.name != "execute.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"commit", "rollback"}
    ]
    assert found == []


def test_every_event_is_announced_or_listed_as_silent() -> None:
    told = set(Registry.announcers) | set(Registry.silent)
    assert sorted(name for name, event in EVENTS.items() if event not in told) == []


def test_no_event_is_both_announced_and_silent() -> None:
    both = set(Registry.announcers) & set(Registry.silent)
    assert sorted(event.name for event in both) == []


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_a_refusal_is_one_message_that_says_what_to_do(code: str) -> None:
    sentence = REFUSALS[code].sentence
    assert re.match(r"[A-Z{\"]|wopo |pg_dump ", sentence), sentence
    assert sentence.rstrip().endswith((".", "?", "}")), sentence
    assert "Traceback" not in sentence


def test_no_module_is_called_exceptions() -> None:
    assert [str(path) for path in SOURCES if path.name == "exceptions.py"] == []


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
