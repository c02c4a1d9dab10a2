"""Duties are kept apart, unless the company waives a pair; each use is an event."""

import pytest

from wopo.domain.errors import DomainError
from wopo.domain.settings import CompanySettings, Duty
from wopo.domain.waivers import kept_apart, waived

PAIR = (Duty.APPROVER, Duty.RECEIVER)


def check(settings: CompanySettings, **others):
    return kept_apart(
        settings,
        person_id="mia",
        duty=Duty.RECEIVER,
        others={Duty(name): people for name, people in others.items()},
        subject_id="o1",
        number="PO-1",
        action="receive it",
        who="a receiver",
    )


def test_other_people_are_no_obstacle():
    assert check(CompanySettings(), approver={"max"}, requester={"ben"}) == []


def test_the_same_person_is_refused_with_the_name_of_the_rule():
    with pytest.raises(DomainError) as refused:
        check(CompanySettings(), approver={"mia"})
    assert refused.value.message == (
        "You are the approver of PO-1, so somebody else must receive it "
        "(rule: approver is not receiver). Nothing was changed; ask a receiver."
    )
    assert refused.value.logged


@pytest.mark.parametrize("pair", [PAIR, PAIR[::-1]])
def test_a_waived_pair_passes_in_either_order_and_is_told(pair):
    settings = CompanySettings(waived_pairs=frozenset({pair}))
    (used,) = check(settings, approver={"mia"})
    assert (used.subject_id, used.person_id, used.duties) == ("o1", "mia", list(PAIR))
    assert waived(settings, *PAIR)


def test_one_waiver_covers_no_other_pair():
    settings = CompanySettings(waived_pairs=frozenset({PAIR}))
    with pytest.raises(DomainError):
        check(settings, approver={"mia"}, requester={"mia"})
