"""Worked examples of the systems matching.md describes, judged like any case."""

from typing import Any

import pytest

from tests.domain.matching.examples import invoices, prices, quantities
from tests.domain.matching.examples.builder import Example
from wopo.domain.matching import MatchCode, judge
from wopo.readers.match_case import read_case
from wopo.readers.match_verdict import verdict_json

EXAMPLES = [*prices.EXAMPLES, *quantities.EXAMPLES, *invoices.EXAMPLES]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_worked_example(example: Example) -> None:
    answer = verdict_json(judge(read_case(example.case)))
    for key, expected in example.expected.items():
        found = _found(answer, key)
        assert _part(found, expected) == expected, key


def test_every_code_is_raised_by_an_example() -> None:
    told = str([example.expected for example in EXAMPLES])
    assert [code for code in MatchCode if f"'{code.value}'" not in told] == []


def test_there_are_no_two_examples_of_one_name() -> None:
    assert len({example.name for example in EXAMPLES}) == len(EXAMPLES)


def _found(answer: dict[str, Any], key: str) -> Any:
    if key.startswith("R") and " " not in key:
        return answer["receipts"][key]["exceptions"]
    if " " not in key:
        return answer["invoices"][key]
    after, invoice = key.split()
    (entry,) = (
        one for one in answer["after"] if (one["after"], one["invoice"]) == (after, invoice)
    )
    return entry


def _part(found: Any, expected: Any) -> Any:
    """Of ``found``, what ``expected`` speaks about."""
    if not isinstance(expected, dict) or not isinstance(found, dict):
        return found
    return {key: _part(found.get(key), one) for key, one in expected.items()}
