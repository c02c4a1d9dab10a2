"""What an order line costs, as a pure function of its facts."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wopo.domain.ledger import CostKind, Dimensions, LineFacts, buckets, differences, prorated

K = CostKind
SPENDING = (K.COMMITTED, K.ACCRUED, K.INVOICED, K.REVERSED)
HERE, THERE = Dimensions("ops", "job", None, "b1"), Dimensions("lab", None, None, None)


def shown(**facts: object) -> dict[str, int]:
    """The buckets that are not empty."""
    line = LineFacts(ordered=Decimal(10), share=1000, **facts)
    return {kind.value: amount for kind, amount in buckets(line).items() if amount}


D = Decimal


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, {}),
        ({"waiting": True}, {"planned": 1000}),
        ({"live": True}, {"committed": 1000}),
        ({"live": True, "accepted": D(4)}, {"committed": 600, "accrued": 400}),
        ({"live": True, "accepted": D(12)}, {"accrued": 1000}),
        (
            {"live": True, "accepted": D(4), "cleared": D(4), "cleared_minor": 420},
            {"committed": 600, "invoiced": 400, "variance": 20},
        ),
        (
            {"live": True, "accepted": D(4), "cleared": D(10), "cleared_minor": 1000},
            {"invoiced": 1000},
        ),
        (
            {"live": True, "accepted": D(10), "cleared": D(12), "cleared_minor": 1200},
            {"invoiced": 1000, "variance": 200},
        ),
        ({"ended": True, "accepted": D(9)}, {"accrued": 900, "reversed": 100}),
        (
            {"live": True, "accepted": D(8), "forgone": D(2)},
            {"accrued": 800, "reversed": 200},
        ),
        (
            {
                "live": True,
                "accepted": D(8),
                "cleared": D(10),
                "cleared_minor": 990,
                "forgone": D(2),
            },
            {"invoiced": 1000, "variance": -10},
        ),
        ({"live": True, "proposed": 1300}, {"committed": 1000, "planned": 300}),
        ({"live": True, "proposed": 900}, {"committed": 1000}),
    ],
)
def test_each_step_moves_the_money(facts, expected):
    assert shown(**facts) == expected


def test_thirds_add_up_to_the_whole():
    line = LineFacts(ordered=D(3), share=1000, accepted=D(2), cleared=D(1), live=True)
    assert [buckets(line)[kind] for kind in SPENDING] == [333, 334, 333, 0]


def test_a_line_that_gives_money_back_is_split_alike():
    assert prorated(-1000, Fraction(1, 3)) == -333
    line = LineFacts(ordered=D(-10), share=-1000, accepted=D(-4), live=True)
    assert (buckets(line)[K.COMMITTED], buckets(line)[K.ACCRUED]) == (-600, -400)


quantities = st.decimals(min_value=0, max_value=200, places=3)


@given(
    share=st.integers(0, 10**9),
    ordered=st.decimals(min_value=D("0.001"), max_value=100, places=3),
    accepted=quantities,
    cleared=quantities,
    forgone=quantities,
)
def test_a_live_line_never_gains_or_loses_a_cent(share, ordered, accepted, cleared, forgone):
    line = LineFacts(ordered, share, accepted=accepted, cleared=cleared, forgone=forgone, live=True)
    parts = [buckets(line)[kind] for kind in SPENDING]
    assert sum(parts) == share
    assert min(parts) >= 0


def test_a_line_that_changed_its_job_gives_back_there_and_takes_here():
    standing = {(THERE, K.COMMITTED): 500, (THERE, K.ACCRUED): 0}
    target = {(HERE, K.COMMITTED): 300, (HERE, K.ACCRUED): 200}
    assert differences(target, standing) == {
        (THERE, K.COMMITTED): -500,
        (HERE, K.COMMITTED): 300,
        (HERE, K.ACCRUED): 200,
    }


def test_nothing_is_posted_when_all_stands_already():
    assert differences({(HERE, K.COMMITTED): 5}, {(HERE, K.COMMITTED): 5}) == {}
