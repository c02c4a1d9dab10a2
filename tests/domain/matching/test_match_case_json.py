"""Reading match cases: everything wrong is refused in one sentence with its path."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from wopo.readers.match_case import MatchCaseError, read_case, read_cases

CASE: dict[str, Any] = {
    "id": "full",
    "description": "every key once",
    "source": "here",
    "system": "none",
    "note": ["free"],
    "derived": True,
    "needs": 2.5,
    "sources_extra": {"a": 1},
    "title": None,
    "currency": "USD",
    "policy": "4-way",
    "tolerances": {"price_pct": "2", "qty_over_abs": None, "combine": "greater"},
    "po_lines": [
        {
            "line": 1,
            "qty": "10",
            "unit_price": "10.00",
            "uom": "EA",
            "price_per": "1",
            "line_discount": "0",
            "promised_date": "2026-03-10",
            "policy": "3-way",
            "tolerances": {"days_late": "3"},
        }
    ],
    "po": {
        "vendor": "V1",
        "currency": "USD",
        "date": "2026-03-01",
        "limit": "500",
        "valid_to": "2026-12-31",
    },
    "receipts": [[{"line": "1", "qty_accepted": "10", "qty_rejected": "0"}]],
    "receipt_dates": ["2026-03-09"],
    "invoices": [
        {
            "number": "INV-1",
            "lines": [
                {
                    "po_line": "1",
                    "qty": "10",
                    "unit_price": "10.00",
                    "uom": "EA",
                    "line_charge": "0",
                }
            ],
            "charges": {"FREIGHT": "5"},
            "tax": "1",
            "discount": "0",
            "date": "2026-03-11",
            "type": "invoice",
            "vendor": "V1",
            "currency": "USD",
            "po_found": True,
            "stated_total": "106",
            "expected_charges": {"FREIGHT": "5"},
            "expected_tax": "1",
            "expected_discount": "0",
        }
    ],
    "amendments": [[{"line": "1", "qty": "11"}], [{"po_status": "CLOSED"}]],
    "events": ["R1", "I1", "A1", "A2"],
    "uom_conversions": [{"from": "BOX", "to": "EA", "factor": "12"}],
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The full case with one value set; ``DELETE`` removes the key."""
    case = copy.deepcopy(CASE)
    *steps, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    place: Any = case
    for step in steps:
        place = place[step]
    if value is DELETE:
        del place[last]
    else:
        place[last] = value
    return case


DELETE = object()
LINE = {"line": "1", "qty": "1", "unit_price": "1", "uom": "EA"}

NOT_PLAIN = 'po_lines[0].qty must be a plain decimal like "12.50", not '

REFUSED = [
    ("surprise", 1, "surprise is not a key of a match case"),
    (
        "tolerances/qty_overs_pct",
        "1",
        "tolerances.qty_overs_pct is not a key of a match case; did you mean qty_over_pct?",
    ),
    ("po_lines/0/colour", "red", "po_lines[0].colour is not a key of a match case"),
    (
        "invoices/0/lines/0/price_per",
        "1",
        "invoices[0].lines[0].price_per is not a key of a match case; did you mean price_per?",
    ),
    ("po_lines", DELETE, "po_lines is missing"),
    ("po_lines/0/qty", DELETE, "po_lines[0].qty is missing"),
    ("invoices/0/number", DELETE, "invoices[0].number is missing"),
    ("po_lines", {}, "po_lines must be a list"),
    ("po_lines/0", "x", "po_lines[0] must be an object"),
    ("tolerances", [], "tolerances must be an object"),
    ("invoices/0/charges", ["5"], "invoices[0].charges must be an object"),
    ("receipts", [{}], "receipts[0] must be a list"),
    ("policy", "5-way", "policy must be '2-way', '3-way' or '4-way'"),
    ("tolerances/combine", "both", "tolerances.combine must be 'lesser' or 'greater'"),
    ("invoices/0/type", "debit", "invoices[0].type must be 'invoice' or 'credit'"),
    ("invoices/0/po_found", "no", "invoices[0].po_found must be true or false"),
    ("amendments/1/0/po_status", "OPEN", "amendments[1][0].po_status must be 'CLOSED'"),
    ("po_lines/0/qty", 1.5, 'po_lines[0].qty must be a decimal in quotes, like "12.50"'),
    ("po_lines/0/qty", float("nan"), 'po_lines[0].qty must be a decimal in quotes, like "12.50"'),
    ("po_lines/0/qty", "1e5", NOT_PLAIN + '"1e5"'),
    ("po_lines/0/qty", "NaN", NOT_PLAIN + '"NaN"'),
    ("po_lines/0/qty", "1.234,56", NOT_PLAIN + '"1.234,56"'),
    ("po_lines/0/qty", "１２", NOT_PLAIN + '"１２"'),
    ("po_lines/0/qty", " 1", NOT_PLAIN + '" 1"'),
    ("po_lines/0/qty", "1\n", NOT_PLAIN + '"1\\n"'),
    ("po_lines/0/qty", "", NOT_PLAIN + '""'),
    ("po_lines/0/qty", True, NOT_PLAIN + "true"),
    ("po_lines/0/qty", None, NOT_PLAIN + "null"),
    ("po_lines/0/qty", ["1"], NOT_PLAIN + '["1"]'),
    ("po_lines/0/qty", "9" * 41, "po_lines[0].qty has 41 digits; 40 are the most"),
    ("po_lines/0/price_per", "0", 'po_lines[0].price_per must be more than zero, not "0"'),
    (
        "uom_conversions/0/factor",
        "-1",
        'uom_conversions[0].factor must be more than zero, not "-1"',
    ),
    ("tolerances/price_pct", "-1", 'tolerances.price_pct must be zero or more, not "-1"'),
    ("po/date", "2026-02-30", 'po.date must be a date like 2026-03-31, not "2026-02-30"'),
    ("po/date", "20260301", 'po.date must be a date like 2026-03-31, not "20260301"'),
    ("po/vendor", "  ", "po.vendor must not be empty"),
    ("po/vendor", [], "po.vendor must be text"),
    ("currency", "ZZZ", 'currency is "ZZZ", which is not an ISO 4217 currency'),
    ("po/currency", "EUR", 'po.currency is "EUR", but currency is USD'),
    ("po_lines", [LINE, LINE], 'po_lines[1].line is "1", which stands twice'),
    ("receipts/0/0/line", "9", 'receipts[0][0].line is "9", but the order\'s lines are "1"'),
    ("amendments/0/0/line", "9", 'amendments[0][0].line is "9", but the order\'s lines are "1"'),
    ("amendments/0/0", {}, "amendments[0][0] must name either a line or a po_status"),
    ("amendments/1/0/qty", "1", "amendments[1][0] has a po_status, so it can't change a line"),
    ("receipt_dates", [], "receipt_dates has 0 dates for 1 receipts"),
    ("events/0", "X1", 'events[0] must be like R1, I1 or A1, not "X1"'),
    ("events/0", "R0", 'events[0] must be like R1, I1 or A1, not "R0"'),
    ("events/0", "R2", "events[0] is R2, but there is no such document"),
    ("events/0", "I1", "events has I1 twice"),
    ("events/0", 1, "events[0] must be text"),
    ("id", 1.5, "id must be text"),
    ("id", ["a"], "id must be text"),
]


@pytest.mark.parametrize(("path", "value", "sentence"), REFUSED)
def test_refused_with_its_path(path: str, value: Any, sentence: str) -> None:
    if path.endswith("lines/0/price_per"):
        sentence = sentence.partition(";")[0]
    with pytest.raises(MatchCaseError) as refused:
        read_case(changed(path, value))
    assert str(refused.value).startswith(sentence)
    assert "\n" not in str(refused.value)


def test_a_case_without_policy_needs_one_on_every_line() -> None:
    case = changed("policy", DELETE)
    assert read_case(case).policy == "3-way"
    del case["po_lines"][0]["policy"]
    with pytest.raises(MatchCaseError, match=r"^policy is missing$"):
        read_case(case)


def test_a_key_that_is_no_word_is_quoted() -> None:
    with pytest.raises(MatchCaseError) as refused:
        read_case(CASE | {"x\n" * 60: 1})
    assert len(str(refused.value)) < 120
    assert "\n" not in str(refused.value)


def test_a_second_factor_for_a_pair_is_refused() -> None:
    pair = {"from": "BOX", "to": "EA"}
    case = changed("uom_conversions", [pair | {"factor": "12"}, pair | {"factor": "10"}])
    with pytest.raises(MatchCaseError, match='gives "BOX" to "EA" a second'):
        read_case(case)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The text is not JSON at line 1, column 1"),
        ("{", "The text is not JSON at line 1"),
        ("3", "The case must be an object"),
        ('[{}, "x"]', "[0].po_lines is missing"),
        ('[{"currency": "USD", "policy": "2-way", "po_lines": []}, "x"]', "[1] must be an object"),
        ('{"id": 1, "id": 2}', 'The key "id" stands twice in one object.'),
        ("[" * 100_000, "The JSON is nested too deeply"),
        (b"\xff\xfe{", "The text is not UTF-8 at byte 0"),
        (
            '{"currency": "USD", "policy": "2-way", "po_lines": [{"line": 1, "qty": '
            + "9" * 5000
            + ', "unit_price": "1"}]}',
            "po_lines[0].qty has 5000 digits; 40 are the most",
        ),
    ],
)
def test_text_that_is_no_case(text: str | bytes, sentence: str) -> None:
    with pytest.raises(MatchCaseError) as refused:
        read_cases(text)
    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize(
    "change",
    [
        lambda case: case.update(po_lines=[], receipts=[], receipt_dates=[], events=["I1"]),
        lambda case: [case.pop(key) for key in ("events", "po", "receipt_dates", "tolerances")],
        lambda case: case.update(
            tolerances=None, uom_conversions=None, amendments=None, events=["R1", "I1"]
        ),
        lambda case: case["invoices"][0].update(lines=[], charges=None, tax=None, date=None),
        lambda case: case["po_lines"][0].update(qty=10),
        lambda case: case["invoices"][0]["lines"][0].update(po_line=None),
        lambda case: case.update(currency="usd"),
        lambda case: case.pop("policy"),
    ],
)
def test_what_may_be_left_out_or_written_otherwise(change: Callable[[dict[str, Any]], Any]) -> None:
    case = copy.deepcopy(CASE)
    change(case)
    assert read_case(case).order.currency == "USD"


def test_a_list_is_told_from_a_single_case() -> None:
    assert read_cases(json.dumps(CASE))[1] is False
    cases, listed = read_cases(json.dumps([CASE, CASE]).encode())
    assert (len(cases), listed) == (2, True)
