"""``wopo match simulate``: what the match says of a case in a file. Loads the pure function and its
reader, no table."""

import json
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from wopo.domain.matching import judge
from wopo.readers.match_case import MatchCaseError, read_cases
from wopo.readers.match_verdict import verdict_json


def simulate(
    file: Annotated[str, typer.Argument(help="A JSON file, one case or a list; - reads stdin.")],
) -> None:
    """Judge match cases and print the answers as JSON; touches no database."""
    try:
        text = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        _refuse(f"{file} can't be read: {error.strerror or error}.")
    try:
        cases, listed = read_cases(text)
    except MatchCaseError as error:
        _refuse(f"{'standard input' if file == '-' else file}: {error}")
    answers = [verdict_json(judge(case)) for case in cases]
    answer = answers if listed else answers[0]
    typer.echo(json.dumps(answer, indent=2))


def _refuse(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(2)
