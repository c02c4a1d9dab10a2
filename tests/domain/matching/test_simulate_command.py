"""``simulate`` as typed: a file or standard input, one case or a list, refusals."""

import json
from pathlib import Path

from typer.testing import CliRunner

from wopo.cli.match import app

from .test_match_case_json import CASE


def run(*words: str, stdin: bytes | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["simulate", *words], input=stdin)
    return result.exit_code, result.stdout, result.stderr


def test_one_case_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text(json.dumps(CASE), encoding="utf-8")
    code, out, err = run(str(file))
    answer = json.loads(out)
    assert (code, err) == (0, "")
    assert list(answer) == ["id", "invoices", "receipts", "after"]
    assert answer["id"] == "full"
    assert answer["invoices"]["I1"] == {
        "number": "INV-1",
        "matched": True,
        "exceptions": [],
        "quantity_variance": "0",
        "price_variance_unit": "0",
        "price_variance_total": "0",
        "line_total_variance": "0",
        "date_value_days": "0",
        "invoice_total_variance": "0",
        "tax_variance": "0",
        "discount_variance": "0",
        "blanket_variance": "-400",
        "charge_variances": {"FREIGHT": "0"},
    }
    assert answer["receipts"] == {"R1": {"exceptions": []}}
    assert [(one["after"], one["invoice"]) for one in answer["after"]] == [
        ("A1", "I1"),
        ("A2", "I1"),
    ]


def test_a_list_from_standard_input() -> None:
    code, out, _ = run("-", stdin=json.dumps([CASE, CASE | {"id": "second"}]).encode())
    assert code == 0
    assert [answer["id"] for answer in json.loads(out)] == ["full", "second"]


def test_a_refusal_is_one_sentence_and_exit_code_two(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text(json.dumps([CASE, CASE | {"surprise": 1}]), encoding="utf-8")
    code, out, err = run(str(file))
    assert (code, out) == (2, "")
    assert err == f"{file}: [1].surprise is not a key of a match case\n"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    code, out, err = run(str(tmp_path / "none.json"))
    assert (code, out) == (2, "")
    assert err.endswith("none.json can't be read: No such file or directory.\n")


def test_any_text_may_be_echoed() -> None:
    code, out, _ = run("-", stdin=json.dumps(CASE | {"id": "\ud800 Größe"}).encode())
    assert code == 0
    assert json.loads(out)["id"] == "\ud800 Größe"


def test_text_that_is_no_json() -> None:
    code, _, err = run("-", stdin=b"not json")
    assert code == 2
    assert err.startswith("standard input: The text is not JSON at line 1, column 1")
