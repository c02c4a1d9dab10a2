"""The benchmarks at tiny sizes: what they print, and that their databases add up. Never time."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from benchmarks import click, home, matching, sweep
from benchmarks.databases import sqlite_copies, verified
from benchmarks.floor import bare_sqlite
from benchmarks.lines import build as build_lines
from benchmarks.stories import build
from wopo.cli.opening import opened
from wopo.db.engine import WRITE, make_engine
from wopo.usecases.door import CONSOLE
from wopo.usecases.judging_sweeps import judge_everything

CLICK = {
    "benchmark", "milliseconds", "floor_milliseconds", "of_it_empty_listener", "of_it_rows",
    "times_the_floor", "rows_per_click", "target",
}  # fmt: skip
SCREEN = {
    "benchmark", "small_milliseconds", "large_milliseconds", "bare_query_milliseconds",
    "large_times_the_small", "times_the_bare_query", "shown", "target",
}  # fmt: skip


def well_formed(line: dict[str, Any], names: set[str]) -> bool:
    """Every name there, every figure above nothing."""
    figures = [value for value in line.values() if isinstance(value, int | float)]
    return set(line) == names and all(figure > 0 for figure in figures)


def test_a_click_is_measured_beside_the_very_rows_it_writes() -> None:
    line = click.measure(
        "sqlite",
        sqlite_copies,
        lambda url: bare_sqlite(Path(url.removeprefix("sqlite:///"))),
        clicks=2,
        times=1,
    )
    assert well_formed(line, CLICK), line
    assert line["rows_per_click"] > 10


def test_copied_orders_show_on_every_screen_and_add_up(tmp_path: Path) -> None:
    path = tmp_path / "company.db"
    url = build(path, 200)
    company = home.Company(path)
    for screen in home.SCREENS:
        line = home.measure(screen, company, company, rounds=1)
        assert well_formed(line, SCREEN), line
        assert min(line["shown"]) >= 5
    assert line["shown"] == [50, 50]
    company.close()
    verified(url)
    with make_engine(url).execution_options(**WRITE).begin() as connection:
        connection.execute(text("UPDATE purchase_order_line SET accepted = accepted + 1"))
    with pytest.raises(RuntimeError, match="accepted is"):
        verified(url)


def test_the_match_prints_a_line_for_each_size() -> None:
    assert [line["target"] for line in matching.benchmarks((1, 10))] == ["flat", "flat"]


def test_copied_lines_are_quiet_and_a_sweep_looks_at_those_that_change(tmp_path: Path) -> None:
    path = tmp_path / "lines.db"
    url = build_lines(path, 160)
    assert sweep.sqlite_floor(path) > 0
    database = opened(url)
    looked = judge_everything(database.door, actor=CONSOLE)
    assert (looked.orders, looked.judged) == (8, 0)
    line = sweep.incremental("sqlite", 160, url, rounds=1)
    assert well_formed(line, {"benchmark", "milliseconds", "orders"}), line
    verified(url)
    with make_engine(url).execution_options(**WRITE).begin() as connection:
        connection.execute(text("UPDATE purchase_order_line SET billed = billed + 1"))
    with pytest.raises(RuntimeError, match="keep other sums"):
        sweep.sqlite_floor(path)
