"""``wopo audit``: quiet when all is well, and loud at the first bad entry."""

from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from bot.local import company, story
from wopo.cli.main import app
from wopo.cli.opening import opened
from wopo.db import migrate
from wopo.db.engine import WRITE


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The local company after its story."""
    url = f"sqlite:///{tmp_path}/wopo.db"
    database = opened(url)
    migrate.upgrade(database.engine)
    company.load(database, url)
    story.tell(database)
    database.engine.dispose()
    return url


def test_the_local_story_verifies_and_its_report_is_written(url: str, tmp_path: Path) -> None:
    anchor = CliRunner().invoke(app, ["audit", "anchor", "--db", url]).output.strip()
    done = CliRunner().invoke(app, ["audit", "verify", "--db", url, "--anchor", anchor])
    assert (done.exit_code, "All is well" in done.output) == (0, True), done.output
    asked = ["audit", "tests", "--db", url, "--out", str(tmp_path / "audit"), "--to", "2030-12-31"]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    *told, table, page = done.output.splitlines()
    assert [int(line.split()[0]) for line in told] == list(range(1, 26))
    assert told[24] == "25      0  Gaps in numbers"
    assert Path(table).name == "audit-2030-01-01-2030-12-31.csv"
    assert "Audit tests 2030-01-01 to 2030-12-31" in Path(page).read_text(encoding="utf-8")
    told = CliRunner().invoke(app, ["audit", "report", "overrides", "--db", url]).output
    assert "0 overrides from " in told
    unknown = CliRunner().invoke(app, ["audit", "report", "gossip", "--db", url])
    assert "choose one of overrides" in str(unknown.exception)


def test_a_changed_entry_is_named_and_fails(url: str) -> None:
    engine = opened(url).engine
    with engine.execution_options(**WRITE).begin() as connection:
        connection.execute(text("DROP TRIGGER audit_entry_no_update"))
        connection.execute(text("UPDATE audit_entry SET actor_id = 'mallory' WHERE seq = 7"))
    done = CliRunner().invoke(app, ["audit", "verify", "--db", url])
    assert done.exit_code == 1
    assert "entry 7" in done.output.splitlines()[0]


def test_what_is_no_anchor_is_refused_before_anything_is_checked(url: str) -> None:
    done = CliRunner().invoke(app, ["audit", "verify", "--db", url, "--anchor", "yesterday"])
    assert "yesterday is not an anchor" in str(done.exception)
