"""The life of a work request as a table, and days that are over."""

import itertools
from datetime import UTC, date, datetime

import pytest

from wopo.domain.errors import DomainError
from wopo.domain.people import Person
from wopo.domain.work_requests import WorkRequest, WorkRequestState, not_past

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
S = WorkRequestState
SUE = Person(id="sue", code="sue", name="Sue", roles=["supervisor"], site_id="n", created_at=AT)
MOVES = {
    "approve": lambda request: request.approve(work_order_id="w", by=SUE, at=AT),
    "reject": lambda request: request.reject("done already", by=SUE, at=AT),
}
LEGAL = {(S.NEW, "approve"): S.APPROVED, (S.NEW, "reject"): S.REJECTED}


def request(state: WorkRequestState) -> WorkRequest:
    return WorkRequest(
        id="r", number="WR-2026-000001", state=state, title="Leak", site_id="n", location_id="n",
        created_at=AT,
    )  # fmt: skip


@pytest.mark.parametrize(("state", "verb"), list(itertools.product(S, MOVES)))
def test_every_state_against_every_verb(state, verb):
    reported = request(state)
    if (state, verb) in LEGAL:
        MOVES[verb](reported)
        assert reported.state is LEGAL[state, verb]
        assert (reported.decided_by_id, reported.decided_at) == ("sue", AT)
        return
    with pytest.raises(DomainError) as refused:
        MOVES[verb](reported)
    assert refused.value.code == "illegal_move"
    assert (reported.state, reported.decided_by_id) == (state, None)


def test_an_approved_request_owns_its_work_order():
    reported = request(S.NEW)
    assert reported.approve(work_order_id="w", by=None, at=AT).work_order_id == "w"
    assert (reported.work_order_id, reported.decided_by_id) == ("w", None)


@pytest.mark.parametrize(
    ("roles", "site", "state", "verbs"),
    [
        (["supervisor"], "n", S.NEW, ("approve", "reject")),
        (["supervisor"], None, S.NEW, ("approve", "reject")),
        (["supervisor"], "other", S.NEW, ()),
        (["technician", "admin"], "n", S.NEW, ()),
        (["supervisor"], "n", S.APPROVED, ()),
    ],
)
def test_only_the_sites_supervisor_sees_buttons(roles, site, state, verbs):
    reader = Person(id="p", code="p", name="P", roles=roles, site_id=site, created_at=AT)
    assert request(state).verbs(reader) == verbs


@pytest.mark.parametrize(
    ("day", "over"),
    [(None, False), (date(2026, 3, 2), False), (date(2027, 1, 1), False), (date(2026, 3, 1), True)],
)
def test_a_day_that_is_over_is_refused_at_its_field(day, over):
    if not over:
        not_past(day, AT.date(), label="The day", field="required_by")
        return
    with pytest.raises(DomainError) as refused:
        not_past(day, AT.date(), label="The day", field="required_by")
    assert (refused.value.code, refused.value.field) == ("date.past", "required_by")
    assert "2026-03-01 is over" in refused.value.message
