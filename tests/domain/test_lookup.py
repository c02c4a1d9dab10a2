"""Tails, look-alikes and words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wopo.domain.lookup import (
    PREFIXES,
    Tail,
    did_you_mean,
    looks_like,
    nearest,
    parse_tail,
    searched,
    words_of,
)
from wopo.domain.numbers import document_number, short


@pytest.mark.parametrize(
    ("typed", "tail"),
    [
        ("PO-42", Tail("PO", None, 42)),
        ("po 42", Tail("PO", None, 42)),
        ("PO42", Tail("PO", None, 42)),
        (" wo#88 ", Tail("WO", None, 88)),
        ("42", Tail(None, None, 42)),
        ("000042", Tail(None, None, 42)),
        ("PO-2026-000042", Tail("PO", 2026, 42)),
        ("PO-2026-42", Tail("PO", 2026, 42)),
        ("2026-42", Tail(None, 2026, 42)),
        ("2026", Tail(None, None, 2026)),
        ("GRN-3", Tail("GRN", None, 3)),
        ("XX-42", None),
        ("PO-1O42", None),
        ("PO-４２", None),
        ("PO", None),
        ("", None),
        ("PO--", None),
        ("-42", Tail(None, None, 42)),
        ("PO-1234567890", None),
    ],
)
def test_what_people_type_is_read_or_not_guessed(typed, tail):
    assert parse_tail(typed) == tail


@given(
    prefix=st.sampled_from(sorted(PREFIXES.values())),
    year=st.integers(1990, 2099),
    sequence=st.integers(1, 999_999),
    form=st.sampled_from(["{p}-{y}-{n:06d}", "{p}-{n}", "{p} {n}", "{p}{n}", "{n}", "{p}-{y}-{n}"]),
    lower=st.booleans(),
)
def test_every_form_of_a_number_names_its_sequence(prefix, year, sequence, form, lower):
    typed = form.format(p=prefix, y=year, n=sequence)
    tail = parse_tail(typed.lower() if lower else typed)
    assert tail is not None
    assert tail.sequence == sequence
    assert tail.prefix in (None, prefix)
    assert tail.year in (None, year)


@given(st.text(max_size=30))
def test_no_text_is_ever_an_error(typed):
    parse_tail(typed)
    looks_like(typed)
    searched(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("PO-1O42", "PO-1042"),
        ("PO-l042", "PO-1042"),
        ("P0-42", "PO-42"),
        ("W0-88", "WO-88"),
        ("PO-４２", "PO-42"),
        ("PO-42", None),
        ("pump", None),
        ("PO-", None),
    ],
)
def test_look_alike_letters_are_offered_as_digits(typed, meant):
    assert looks_like(typed) == meant


@given(
    sequence=st.integers(1, 999_999),
    swap=st.sampled_from([("0", "O"), ("1", "I"), ("1", "l"), ("5", "S"), ("8", "B")]),
)
def test_a_look_alike_leads_back_to_its_number(sequence, swap):
    right = short(document_number("PO", 2026, sequence))
    typed = right[:3] + right[3:].replace(*swap)
    if typed != right:
        assert looks_like(typed) == right


def test_the_nearest_comes_first_in_its_own_spelling():
    assert nearest("GRAINGR", ["Grainger", "Granite", "Würth"])[0] == "Grainger"
    assert nearest("zzz", ["Grainger"]) == []


@pytest.mark.parametrize(
    ("choices", "text"),
    [([], ""), (["PO-1"], " Did you mean PO-1?"), (["a", "b"], " Did you mean a or b?")],
)
def test_did_you_mean_reads_as_a_sentence(choices, text):
    assert did_you_mean(choices) == text


def test_words_are_folded_and_short_ones_left_out():
    assert words_of("Feed-PUMP, 2nd", "Größe") == {"feed", "pump", "2nd", "grösse"}
    assert searched("a pump at boiler") == ["boiler", "pump", "at"]
