"""No partition of an order escapes its sum (reliability P14): however it is cut, whoever asks for
the pieces, in whatever order, one decision covers all of it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from wopo.domain.money import Money
from wopo.domain.split_orders import Near, SplitSection, Trait, together

REQUESTERS, JOBS, CENTRES = ("tess", "tom", "sue"), ("WO-1", "WO-2", "WO-3"), ("cc", "cc2")
SHIPPED = SplitSection()

Piece = tuple[int, str, str, str]
"""Amount, requester, job, cost centre; the vendor is that of the order."""
pieces = st.lists(
    st.tuples(
        st.integers(1, 90_000),
        st.sampled_from(REQUESTERS),
        st.sampled_from(JOBS),
        st.sampled_from(CENTRES),
    ),
    min_size=2,
    max_size=8,
)


def common(one: Piece, other: Piece) -> frozenset[Trait]:
    traits = (Trait.REQUESTER, Trait.JOB, Trait.CENTRE)
    shared = {t for t, a, b in zip(traits, one[1:], other[1:], strict=True) if a == b}
    return frozenset({Trait.VENDOR, *shared})


def decided_by(section: SplitSection, asked: list[Piece]) -> list[int]:
    """What each piece is decided by, asked for one after the other."""
    sums = []
    for place, piece in enumerate(asked):
        near = [
            Near(str(n), str(n), common(piece, other), Money(other[0], "EUR"))
            for n, other in enumerate(asked[:place])
        ]
        sums.append(piece[0] + together(section, near).minor)
    return sums


@settings(max_examples=300, deadline=None)
@given(pieces, st.sampled_from((1, 2, 3)), st.randoms(use_true_random=False))
def test_one_requester_one_job_or_one_cost_centre_cannot_split(
    cut: list[Piece], kept: int, random: object
) -> None:
    whole = [(*piece[:kept], cut[0][kept], *piece[kept + 1 :]) for piece in cut]
    random.shuffle(whole)  # type: ignore[attr-defined]
    assert max(decided_by(SHIPPED, whole)) == sum(piece[0] for piece in whole)


@settings(max_examples=100, deadline=None)
@given(pieces)
def test_with_the_vendor_alone_no_accomplices_help_either(cut: list[Piece]) -> None:
    strict = SplitSection.model_validate({"same": ["vendor"]})
    assert decided_by(strict, cut)[-1] == sum(piece[0] for piece in cut)
