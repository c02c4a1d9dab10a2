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


def test_the_local_story_verifies_with_its_anchor(url: str) -> None:
    anchor = CliRunner().invoke(app, ["audit", "anchor", "--db", url]).output.strip()
    done = CliRunner().invoke(app, ["audit", "verify", "--db", url, "--anchor", anchor])
    assert (done.exit_code, "All is well" in done.output) == (0, True), done.output


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
