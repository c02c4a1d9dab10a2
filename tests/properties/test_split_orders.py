"""No partition of an order escapes its sum (reliability P14): however it is cut, whoever asks for
the pieces, in whatever order, one decision covers all of it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from wopo.domain.money import Money
from wopo.domain.split_orders import Near, SplitSection, Trait, together

REQUESTERS, JOBS, CENTRES = ("tess", "tom", "sue"), ("WO-1", "WO-2", "WO-3"), ("cc", "cc2")
SHIPPED = SplitSection()

Piece = tuple[int, str, str, str]
"""Amount, requester, job, cost centre; the vendor is that of the order, or another for each."""
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


def common(one: Piece, other: Piece, *, vendors: bool) -> frozenset[Trait]:
    traits = (Trait.REQUESTER, Trait.JOB, Trait.CENTRE)
    shared = {t for t, a, b in zip(traits, one[1:], other[1:], strict=True) if a == b}
    return frozenset(shared if vendors else {Trait.VENDOR, *shared})


def decided_by(section: SplitSection, asked: list[Piece], *, vendors: bool) -> list[int]:
    """What each piece is decided by, asked for one after the other; ``vendors``: of others each."""
    sums = []
    for place, piece in enumerate(asked):
        near = [
            Near(str(n), str(n), common(piece, other, vendors=vendors), Money(other[0], "EUR"))
            for n, other in enumerate(asked[:place])
        ]
        sums.append(piece[0] + together(section, near).minor)
    return sums


@settings(max_examples=300, deadline=None)
@given(pieces)
def test_one_vendor_cannot_be_split_whoever_asks_for_whatever(cut: list[Piece]) -> None:
    assert decided_by(SHIPPED, cut, vendors=False)[-1] == sum(piece[0] for piece in cut)


@settings(max_examples=100, deadline=None)
@given(pieces, st.randoms(use_true_random=False))
def test_one_job_cannot_be_split_over_vendors(cut: list[Piece], random: object) -> None:
    whole = [(piece[0], piece[1], "WO-1", piece[3]) for piece in cut]
    random.shuffle(whole)  # type: ignore[attr-defined]
    assert decided_by(SHIPPED, whole, vendors=True)[-1] == sum(piece[0] for piece in whole)


@settings(max_examples=100, deadline=None)
@given(pieces, st.sampled_from(((1, "requester"), (2, "job"), (3, "cost centre"))))
def test_whatever_the_policy_names_cannot_be_split(cut: list[Piece], kept: tuple[int, str]) -> None:
    place, name = kept
    whole = [(*piece[:place], cut[0][place], *piece[place + 1 :]) for piece in cut]
    section = SplitSection.model_validate({"same": [name]})
    assert decided_by(section, whole, vendors=True)[-1] == sum(piece[0] for piece in whole)
