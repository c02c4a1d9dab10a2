"""Every slip of the finger in an invoice's number is looked up: whatever ``likeness`` calls a slip
shares a text with the number."""

from hypothesis import given, settings
from hypothesis import strategies as st

from wopo.domain.duplicates import Grade, cleaned, number_grade, same_core, slips

NUMBERS = st.text("ABO0123459-/ ", min_size=1, max_size=9)


@st.composite
def slipped(draw: st.DrawFn) -> tuple[str, str]:
    """A number, and it with one character left out, put in, replaced or swapped with the next."""
    number, more = cleaned(draw(NUMBERS)), draw(st.sampled_from("AB0123459"))
    place = draw(st.integers(0, max(len(number) - 1, 0)))
    head, tail = number[:place], number[place + 1 :]
    swapped = head + tail[:1] + number[place : place + 1] + tail[1:]
    edits = (head + tail, head + more + number[place:], head + more + tail, swapped)
    return number, draw(st.sampled_from(edits))


@settings(max_examples=150, deadline=None)
@given(slipped())
def test_a_slip_shares_a_text(pair: tuple[str, str]) -> None:
    one, other = pair
    if number_grade(one, other) is Grade.SIMILAR and not same_core(one, other):
        assert slips(one) & slips(other), pair
