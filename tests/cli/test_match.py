"""``wopo policy`` and ``wopo match`` on the local company: in force, explained, replayed."""

from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from bot.local import company, story
from wopo.cli.main import app
from wopo.cli.opening import opened
from wopo.db import migrate
from wopo.db.engine import WRITE, make_engine
from wopo.domain.invoices import Invoice


@pytest.fixture(scope="module")
def url(tmp_path_factory) -> str:
    """The local company after its story."""
    url = f"sqlite:///{tmp_path_factory.mktemp('match')}/wopo.db"
    database = opened(url)
    migrate.upgrade(database.engine)
    company.load(database, url)
    story.tell(database)
    database.engine.dispose()
    return url


def run(*words: str) -> str:
    done = CliRunner().invoke(app, list(words))
    assert done.exception is None, done.exception
    return done.output


def invoices(url: str) -> list[Invoice]:
    with opened(url).transactions.read() as uow:
        return uow.all(Invoice, order="sequence")


def test_every_invoice_is_explained_and_a_new_policy_tried_before_it_is_in_force(
    url: str, tmp_path: Path
) -> None:
    for invoice in invoices(url):
        told = run("match", "explain", invoice.number, "--db", url)
        assert f"Invoice {invoice.number} of " in told
        assert "judged by company default" in told
    wide = tmp_path / "wide.yml"
    limits = "{price_pct: no limit, line_total_pct: no limit, total_pct: no limit}"
    wide.write_text(f"title: Wide\nmatching:\n  company:\n    limits: {limits}\n")
    before = [row.model_dump_json() for row in invoices(url)]
    told = run("match", "replay", "--policy", str(wide), "--since", "2000-01-01", "--db", url)
    assert "judged by Wide; nothing was changed." in told
    assert [row.model_dump_json() for row in invoices(url)] == before
    assert "Wide: understood, 7 routes rules, 0 matching rules." in run(
        "policy", "check", str(wide)
    )
    assert "Policy 1 (Wide) takes effect today." in run("policy", "import", str(wide), "--db", url)
    shown = run("policy", "show", "--db", url)
    assert "Policy 1: Wide, in force since" in shown
    assert "price_pct: no limit (policy 1, company)" in shown
    assert run("policy", "show", "--text", "--db", url).strip() == wide.read_text().strip()
    assert "Wide" in run("policy", "history", "--db", url)


def test_everything_is_judged_again_and_what_changes_is_named(url: str) -> None:
    told = run("match", "rejudge", "--db", url)
    assert "orders looked at; " in told
    assert "0 changed." in run("match", "rejudge", "--db", url)
    with make_engine(url).execution_options(**WRITE).begin() as connection:
        connection.execute(text("UPDATE purchase_order_line SET billed_minor = billed_minor + 1"))
    told = run("match", "rejudge", "--db", url)
    assert "2 orders looked at; 2 changed.\n  PO-" in told
    assert "All is well" in run("audit", "verify", "--db", url)


def test_a_proposed_policy_is_asked_about_past_lines_and_any_policy_why(
    url: str, tmp_path: Path
) -> None:
    ours = tmp_path / "ours.yml"
    written = run("policy", "example", "default").replace("route: buyer", "route: counter purchase")
    ours.write_text(written)
    told = run("policy", "replay", str(ours), "--since", "2000-01-01", "--db", url)
    assert "Ruled by What wopo ships; nothing was changed." in told
    same = run("policy", "example", "default")
    ours.write_text(same)
    told = run("policy", "replay", str(ours), "--since", "2000-01-01", "--db", url)
    assert "All of them would have gone the way they went." in told
    told = run("policy", "explain", "--words", "Crane", "--service", "--amount", "900", "--db", url)
    assert "1 visit Crane: purchase order (rule “service” of " in told
    assert "no  no-agreed-price: asks for no agreed price" in told
    assert "yes service" in told
    assert "Decided when it was asked for: " in run("policy", "explain", "PR-1", "--db", url)


def test_a_mistake_in_a_policy_is_told_with_its_place(url: str, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text("title: Wrong\nmatching:\n  company:\n    limit: {}\n")
    done = CliRunner().invoke(app, ["policy", "import", str(wrong), "--db", url])
    assert "wrong.yml line 4, column 5: 'limit' is not known here" in str(done.exception)
