"""The match equals a brute-force oracle that shares no line with it (promise P16)."""

import json
import os
import random

import pytest

from tests.oracles import match_oracle
from tests.oracles.match_cases import random_case
from wopo.domain.matching import MatchCode, judge
from wopo.readers.match_case import read_case
from wopo.readers.match_verdict import verdict_json

CASES = 100_000 if os.environ.get("WOPO_SOAK") == "1" else 2_000
CHUNKS = 20


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_equals_the_oracle(chunk: int) -> None:
    for seed in range(chunk, CASES, CHUNKS):
        compare(seed)


def test_equals_the_oracle_on_seeds_never_seen_before() -> None:
    for _ in range(CASES // 20):
        compare(random.SystemRandom().randrange(10**9, 10**12))


def compare(seed: int) -> None:
    case = random_case(seed)
    expected = match_oracle.printed(match_oracle.answer(case))
    actual = verdict_json(judge(read_case(case)))
    assert actual == expected, f"seed {seed}\n{json.dumps(case, indent=1)}"


def test_the_cases_raise_every_code() -> None:
    """Random cases that never raise a code would prove nothing about it."""
    seen: set[str] = set()
    for seed in range(1_500):
        verdict = judge(read_case(random_case(seed)))
        for invoice in verdict.invoices.values():
            seen.update(invoice.exceptions)
        for receipt in verdict.receipts.values():
            seen.update(receipt.exceptions)
    assert seen == {code.value for code in MatchCode}
