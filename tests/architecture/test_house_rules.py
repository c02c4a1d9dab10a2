"""House rules that a program can see."""

import ast
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

import wopo.usecases
from wopo.domain.errors import REFUSALS
from wopo.domain.events import EVENTS
from wopo.usecases import register
from wopo.usecases.door import Command, Registry

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path
    for folder in ("src", "bot")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations/versions" not in str(path)
)
LONGEST_FILE = 400


@dataclass(frozen=True)
class Source:
    """What the rules ask about one file."""

    path: Path
    modules: list[str]
    names: list[str]
    """What ``from ... import`` brings in."""
    attributes: list[tuple[str, str, int]]
    """Attribute, the name it is taken from ("" for anything else), line."""
    floats: list[int]
    """Lines with a float, written out or named."""


@cache
def sources() -> list[Source]:
    """Every file, parsed once; the trees are not kept."""
    return [read(path) for path in SOURCES]


def read(path: Path) -> Source:
    found = Source(path.relative_to(ROOT), [], [], [], [])
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Import(names=names):
                found.modules.extend(alias.name for alias in names)
            case ast.ImportFrom(module=module, names=names):
                found.modules.extend([module] if module else [])
                found.names.extend(alias.name for alias in names)
            case ast.Attribute(attr=attr, value=ast.Name(id=name)):
                found.attributes.append((attr, name, node.lineno))
            case ast.Attribute(attr=attr):
                found.attributes.append((attr, "", node.lineno))
            case ast.Constant(value=float()) | ast.Name(id="float"):
                found.floats.append(node.lineno)
    return found


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
        f"{source.path}: {name}"
        for source in sources()
        if not source.path.is_relative_to("src/wopo/db")
        for name in source.names
        if name in {"Session", "create_engine", "sessionmaker"}
    ]
    assert found == []


def test_slack_and_the_scheduler_stay_in_the_bot() -> None:
    found = [
        f"{source.path}: {name}"
        for source in sources()
        if source.path.is_relative_to("src/wopo")
        for name in source.modules
        if name.split(".")[0] in {"slack_sdk", "slack_bolt", "apscheduler", "bot"}
    ]
    assert found == []


def test_the_domain_knows_no_clock_no_network_and_no_session() -> None:
    outside = {"time", "socket", "urllib", "http", "requests", "os", "random", "uuid", "uuid_utils"}
    found = [
        f"{source.path}: {name}"
        for source in sources()
        if source.path.is_relative_to("src/wopo/domain")
        for name in source.modules
        if name.split(".")[0] in outside or name.startswith(("wopo.usecases", "wopo.db"))
    ]
    clocks = [
        f"{source.path}:{line}"
        for source in sources()
        if source.path.is_relative_to("src/wopo/domain")
        or source.path.is_relative_to("src/wopo/usecases")
        for attribute, owner, line in source.attributes
        if attribute in {"now", "utcnow", "today"} and owner in {"datetime", "date"}
    ]
    assert found + clocks == []


SECONDS_AND_LIKENESS = {
    "src/wopo/db/engine.py",
    "src/wopo/domain/lookup.py",
    "src/wopo/usecases/execute.py",
}
"""The only places with floats below the bot: seconds to wait, and how alike two words are."""


def test_the_bot_on_sqlite_carries_no_driver_of_postgresql() -> None:
    for path in SOURCES:
        if path.is_relative_to(ROOT / "src/wopo/domain"):
            assert "postgresql_" not in path.read_text(), f"{path}: see db.tables.create_all"


def test_no_float_near_money() -> None:
    found = [
        f"{source.path}:{line}"
        for source in sources()
        if source.path.is_relative_to("src/wopo/domain")
        or source.path.is_relative_to("src/wopo/usecases")
        or source.path.is_relative_to("src/wopo/db")
        if str(source.path) not in SECONDS_AND_LIKENESS
        for line in source.floats
    ]
    assert found == []


def test_use_cases_never_commit() -> None:
    found = [
        f"{source.path}:{line}"
        for source in sources()
        if source.path.is_relative_to("src/wopo/usecases") and source.path.name != "execute.py"
        for attribute, _, line in source.attributes
        if attribute in {"commit", "rollback"}
    ]
    assert found == []


def test_every_event_is_announced_or_listed_as_silent() -> None:
    told = set(Registry.announcers) | set(Registry.silent)
    assert sorted(name for name, event in EVENTS.items() if event not in told) == []


def test_a_use_case_is_built_when_it_is_given_and_each_can_be() -> None:
    assert Command.model_config["defer_build"], "the bot's memory: a kind is built when it is given"
    for command in Registry.use_cases:
        assert command.model_rebuild(force=True)


def test_what_registers_itself_is_loaded() -> None:
    usecases = ROOT / "src/wopo/usecases"
    for name in wopo.usecases.REGISTERS_NOTHING:
        files = [*usecases.glob(f"{name}.py"), *usecases.glob(f"{name}/*.py")]
        assert files, name
        for file in files:
            registers = re.search(
                r"^@?(use_case|reaction|announces|silent)\(", file.read_text(), re.M
            )
            assert not registers, file


def test_what_registers_nothing_is_left_to_who_needs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("here", "here/left", "here/wanted"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
        (tmp_path / name / "inner.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    register([str(tmp_path / "here")], "here", without={"left"})
    loaded = {name for name in sys.modules if name.partition(".")[0] == "here"}
    assert loaded == {"here", "here.inner", "here.wanted", "here.wanted.inner"}
    others = "|".join(wopo.usecases.REGISTERS_NOTHING - {"ports", "views"})
    for path in (ROOT / "bot").rglob("*.py"):
        assert not re.search(rf"^from wopo.usecases.({others})\b", path.read_text(), re.M), path


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
