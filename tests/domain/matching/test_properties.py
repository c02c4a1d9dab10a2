"""What must hold for every case, whatever its figures."""

import copy
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles.match_cases import random_case
from wopo.domain.matching import HEADER_STOPS, TOLERANCE_KEYS, judge
from wopo.readers.match_case import read_case
from wopo.readers.match_verdict import verdict_json

SEEDS = st.integers(min_value=0, max_value=10**9)
STOPS = {code.value for code in HEADER_STOPS}


def answer(case: dict[str, Any]) -> dict[str, Any]:
    return verdict_json(judge(read_case(case)))


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_explaining_changes_no_verdict(seed: int) -> None:
    case = read_case(random_case(seed))
    assert verdict_json(judge(case, explain=True)) == verdict_json(judge(case))


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_every_check_explains_itself_and_fails_exactly_when_its_code_is_raised(seed: int) -> None:
    for verdict in judge(read_case(random_case(seed)), explain=True).invoices.values():
        assert all(check.sentence() for check in verdict.checks)
        assert {check.code.value for check in verdict.failed} == set(verdict.exceptions)
        assert verdict.matched == (verdict.exceptions == ())
        assert list(verdict.exceptions) == sorted(set(verdict.exceptions))


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_without_tolerances_only_what_is_always_checked_is_raised(seed: int) -> None:
    case = random_case(seed)
    case["tolerances"] = {}
    for line in case["po_lines"]:
        line.pop("tolerances", None)
    always = STOPS | {
        "LINE_NOT_ON_PO",
        "UOM_MISMATCH",
        "CREDIT_EXCEEDS_BILLED",
        "POSSIBLE_DUPLICATE",
        "AFTER_THE_FACT_PO",
    }
    found = answer(case)
    for verdict in [*found["invoices"].values(), *found["after"]]:
        assert set(verdict["exceptions"]) <= always
    assert all(receipt["exceptions"] == [] for receipt in found["receipts"].values())


@given(SEEDS, st.sampled_from(TOLERANCE_KEYS))
@settings(max_examples=80, deadline=None)
def test_a_wider_limit_raises_nothing_new(seed: int, key: str) -> None:
    case = random_case(seed)
    limit = case["tolerances"].get(key)
    if limit is None:
        return
    wider = copy.deepcopy(case)
    wider["tolerances"][key] = str(int(Fraction(limit)) + 7)
    before, after = answer(case), answer(wider)
    for label, verdict in after["invoices"].items():
        assert set(verdict["exceptions"]) <= set(before["invoices"][label]["exceptions"])


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_greater_raises_no_more_than_lesser(seed: int) -> None:
    case = random_case(seed)
    for line in case["po_lines"]:
        line.get("tolerances", {}).pop("combine", None)
    strict, loose = copy.deepcopy(case), copy.deepcopy(case)
    strict["tolerances"]["combine"], loose["tolerances"]["combine"] = "lesser", "greater"
    held, let = answer(strict), answer(loose)
    for label, verdict in let["invoices"].items():
        assert set(verdict["exceptions"]) <= set(held["invoices"][label]["exceptions"])


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_a_stopped_invoice_leaves_no_trace_in_the_others(seed: int) -> None:
    """Only as a known number or look may it be seen; so it gets ones nobody else has."""
    case = random_case(seed)
    case.pop("events", None)
    case["amendments"] = []
    ghost = copy.deepcopy(case["invoices"][0]) | {
        "number": "GHOST",
        "po_found": False,
        "date": "1999-01-01",
    }
    haunted = copy.deepcopy(case) | {"invoices": [ghost, *case["invoices"]]}
    plain, seen = answer(case)["invoices"], answer(haunted)["invoices"]
    assert seen["I1"]["exceptions"] == ["NO_PO"]
    assert [seen[f"I{n + 2}"] for n in range(len(plain))] == list(plain.values())


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_the_last_word_on_an_invoice_is_its_entry_judged_with_all_receipts(seed: int) -> None:
    """Receipts that come late tell the same as receipts that came first."""
    case = random_case(seed)
    case["amendments"] = []
    case["invoices"] = [one for one in case["invoices"] if one.get("type") != "credit"]
    receipts = [f"R{n + 1}" for n in range(len(case["receipts"]))]
    invoices = [f"I{n + 1}" for n in range(len(case["invoices"]))]
    if not receipts:
        return
    first = answer(case | {"events": [*receipts, *invoices]})
    last = answer(case | {"events": [*invoices, *receipts]})
    final = {one["invoice"]: one for one in last["after"] if one["after"] == receipts[-1]}
    for label in invoices:
        entered = first["invoices"][label]
        assert final[label]["exceptions"] == entered["exceptions"]
        assert final[label]["quantity_variance"] == entered["quantity_variance"]


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_judging_twice_tells_the_same(seed: int) -> None:
    case = read_case(random_case(seed))
    assert judge(case) == judge(case)


def test_an_event_that_moves_none_of_its_lines_leaves_an_invoice_its_verdict() -> None:
    """A thousand bills on one order are each judged once, not once more for every later bill."""
    line = {"line": "1", "qty": "9", "unit_price": "1", "uom": "EA"}
    case = {
        "currency": "USD",
        "policy": "3-way",
        "po_lines": [line, line | {"line": "2"}],
        "receipts": [[{"line": "2", "qty_accepted": "9"}], [{"line": "1", "qty_accepted": "9"}]],
        "invoices": [
            {"number": str(n), "lines": [{"po_line": "1", "qty": "1", "unit_price": "1"}]}
            for n in (1, 2)
        ],
        "events": ["I1", "I2", "R1", "R2"],
    }
    verdict = judge(read_case(case))
    kept = [again.verdict is verdict.invoices[again.invoice] for again in verdict.after]
    assert kept == [True, True, True, False, False]
