"""Commands are loaded when they are called."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.domain.matching.test_match_case_json import CASE
from wopo.cli import main, match
from wopo.cli.later import Later

ROOT = Path(__file__).parents[2]
RUN = """
import atexit, sys
from wopo.cli.main import run
from wopo.garbage import NEW
def told():
    import gc
    heavy = {"sqlalchemy", "sqlmodel", "slack_bolt", "wopo.usecases", "wopo.db"} & set(sys.modules)
    print(sorted(heavy), gc.get_threshold()[0] == NEW, file=sys.stderr)
atexit.register(told)
run()
"""


@pytest.mark.parametrize("words", [["match", "simulate", "-"], ["--help"]], ids=" ".join)
def test_the_match_of_a_file_and_the_help_load_no_table_and_no_slack(words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", RUN, *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
        input=json.dumps(CASE),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.split("\n")[-2] == f"[] {words != ['--help']}"
    assert ("FREIGHT" if words[0] == "match" else "Three-way match") in done.stdout


@pytest.mark.parametrize(
    "command", [*main.COMMANDS, *match.COMMANDS], ids=lambda one: str(one.name)
)
def test_what_help_says_is_what_the_command_says_of_itself(command: Later) -> None:
    itself = command.loaded()
    assert itself.name == command.name
    assert itself.help
    assert command.help in {"", " ".join(itself.help.split())}


def test_a_command_of_others_says_its_own_sentence() -> None:
    told = CliRunner().invoke(main.app, ["--help"]).stdout
    assert "Print the Slack app manifest" in told


def test_a_word_that_is_nearly_a_command_is_understood() -> None:
    done = CliRunner().invoke(main.app, ["mach", "simulate", "-"])
    assert done.exit_code == 2
    assert "Did you mean 'match'" in done.stderr
