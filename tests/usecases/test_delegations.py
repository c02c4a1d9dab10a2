"""Deciding in another's place: on set days, never about what one asked for, never in a circle."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.conftest import TestClock
from tests.factories.buying import Buyer, World, content, line, seed
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.delegations import Delegation, Source
from wopo.domain.errors import DomainError
from wopo.domain.outbox import OutboxRow
from wopo.domain.people import SlackIdentity
from wopo.domain.purchase_orders import OrderState
from wopo.usecases.absences import AllowAbsence, NotePause, NoteStatus
from wopo.usecases.approvals import RejectOrder
from wopo.usecases.audit_authority import authority_faults
from wopo.usecases.delegations import Delegate, EndDelegation, FollowDelegations
from wopo.usecases.door import Answer
from wopo.usecases.people import SavePerson

Do = Callable[..., Answer]
TODAY = date(2026, 3, 2)
D = Decimal


@pytest.fixture
def world(transactions: SqlTransactions, clock: TestClock) -> World:
    return seed(transactions, clock)


@pytest.fixture
def buyer(do: Do, world: World) -> Buyer:
    return Buyer(do, world)


def stands_in(do: Do, to: str, by: str = "ana", first: int = 0, days: int = 5) -> str:
    starts = TODAY + timedelta(days=first)
    command = Delegate(to_id=to, starts=starts, ends=starts + timedelta(days=days - 1))
    return do(command, by=by).subject_id


def refused(run: Callable[[], object]) -> DomainError:
    with pytest.raises(DomainError) as error:
        run()
    return error.value


def test_who_stands_in_is_asked_and_decides_for_the_other(
    do: Do, buyer: Buyer, world: World
) -> None:
    """Sue has no authority of her own; what waited already goes to her too."""
    before = buyer.submitted()
    stands_in(do, "sue")
    order_id = buyer.submitted()
    for id in (before, order_id):
        asked = buyer.asked(id)
        assert (asked.eligible_ids, asked.stand_ins) == (["sue"], {"sue": "ana"})
        buyer.approve(id, "sue")
        (made,) = world.all(Approval, purchase_order_id=id)
        assert (made.decided_by_id, made.decided_for_id) == ("sue", "ana")
    said = [row.facts["text"] for row in world.all(OutboxRow, audience="person:ben")
            if row.card == "order_story"]  # fmt: skip
    assert any("is approved by Sue for Ana" in text for text in said)
    with world.transactions.read() as uow:
        assert list(authority_faults(uow)) == []


def test_the_authority_is_that_of_the_other_and_only_within_the_days(
    do: Do, buyer: Buyer, clock: TestClock
) -> None:
    id = stands_in(do, "sue", first=1, days=2)
    order_id = buyer.submitted()
    assert buyer.asked(order_id).eligible_ids == ["ana"]
    early = refused(lambda: buyer.approve(order_id, "sue"))
    assert early.code == "delegation.outside_days"
    assert "Ana → Sue from 2026-03-03 to 2026-03-04" in early.message
    clock.forward(days=1)
    assert do(FollowDelegations()).facts == {"begun": 1, "over": 0}
    assert do(FollowDelegations()).facts == {"begun": 0, "over": 0}
    assert buyer.asked(order_id).eligible_ids == ["sue"]
    large = buyer.submitted(content(line(quantity=D(1000))))
    assert refused(lambda: buyer.approve(large, "sue")).code == "approval.not_eligible"
    clock.forward(days=2)
    assert do(FollowDelegations()).facts == {"begun": 0, "over": 1}
    assert buyer.asked(order_id).eligible_ids == ["ana"]
    assert refused(lambda: buyer.approve(order_id, "sue")).code == "delegation.outside_days"
    assert refused(lambda: do(EndDelegation(delegation_id=id), by="ana")).code == "delegation.ended"


def test_nobody_decides_in_anothers_place_about_what_they_asked_for(do: Do, buyer: Buyer) -> None:
    """Ben asked: the card stays with Ana, and a chain through Ben leads nowhere."""
    stands_in(do, "ben")
    order_id = buyer.submitted()
    assert buyer.asked(order_id).eligible_ids == ["ana"]
    own = refused(lambda: buyer.approve(order_id, "ben"))
    assert (own.code, own.facts["chain"]) == ("delegation.asked_for_it", "Ana → Ben")
    stands_in(do, "sue", by="ben")
    assert buyer.asked(order_id).eligible_ids == ["ana"]
    assert refused(lambda: buyer.approve(order_id, "sue")).code == "approval.not_eligible"
    no = RejectOrder(approval_id=buyer.asked(order_id).id, revision=1, reason="x")
    assert refused(lambda: do(no, by="ben")).code == "delegation.asked_for_it"
    assert buyer.order(order_id).state is OrderState.PENDING_APPROVAL


def test_chains_end_at_who_is_there_and_never_close(do: Do, buyer: Buyer, world: World) -> None:
    stands_in(do, "sue")
    stands_in(do, "fin", by="sue", days=2)
    order_id = buyer.submitted()
    assert buyer.asked(order_id).stand_ins == {"fin": "ana"}
    circle = refused(lambda: stands_in(do, "ana", by="fin"))
    assert (circle.code, circle.facts["chain"]) == ("delegation.cycle", "Fin → Ana → Sue → Fin")
    stands_in(do, "ana", by="fin", first=10)
    buyer.approve(order_id, "sue")
    assert world.all(Approval)[0].decided_for_until == TODAY + timedelta(days=4)


@pytest.mark.parametrize(
    ("by", "to", "first", "days", "code"),
    [
        ("ana", "ana", 0, 1, "delegation.oneself"),
        ("ana", "sue", -2, 5, "delegation.days"),
        ("ana", "sue", 0, 0, "delegation.days"),
        ("ana", "sue", 0, 93, "delegation.days"),
        ("ana", "tess", 0, 1, "delegation.sees_no_costs"),
        ("max", "sue", 3, 9, "delegation.overlaps"),
    ],
)
def test_what_speaks_against_a_stand_in_is_said(
    do: Do, world: World, by: str, to: str, first: int, days: int, code: str
) -> None:
    stands_in(do, "fin", by="max")
    assert refused(lambda: stands_in(do, to, by, first, days)).code == code
    other = Delegate(from_id="max", to_id="sue", starts=TODAY, ends=TODAY)
    assert refused(lambda: do(other, by="ana")).code == "not_allowed"


def test_ending_it_brings_decisions_back(do: Do, buyer: Buyer, world: World) -> None:
    id = stands_in(do, "sue")
    order_id = buyer.submitted()
    assert refused(lambda: do(EndDelegation(delegation_id=id), by="tom")).code == "not_allowed"
    do(EndDelegation(delegation_id=id), by="sue")
    assert buyer.asked(order_id).eligible_ids == ["ana"]
    assert buyer.asked(order_id).state is ApprovalState.WAITING
    told = [row.facts["text"] for row in world.all(OutboxRow, audience="person:ana")
            if row.card == "direct"]  # fmt: skip
    assert told == ["Sue no longer decides for Ana."]


def status(do: Do, text: str, *, emoji: str = "", until: datetime | None = None) -> Answer:
    said = NoteStatus(workspace_id="T1", user_id="U1", text=text, emoji=emoji, expires=until)
    return do(said)


def test_a_slack_status_names_the_stand_in_where_it_is_allowed_and_always_ends(
    do: Do, buyer: Buyer, world: World, clock: TestClock
) -> None:
    world.add(SlackIdentity(id="i", workspace_id="T1", user_id="U1", person_id="ana"))
    status(do, "On vacation")
    assert world.all(Delegation) == []
    assert refused(lambda: do(AllowAbsence(to_id="tess"), by="ana")).field == "away_to_id"
    do(AllowAbsence(to_id="sue"), by="ana")
    status(do, "In a meeting", emoji=":calendar:")
    assert world.all(Delegation) == []
    order_id = buyer.submitted()
    status(do, "Vacation!", until=clock() + timedelta(days=4))
    status(do, "Vacation!", until=clock() + timedelta(days=4))
    (row,) = world.all(Delegation)
    assert (row.to_id, row.ends, row.source) == ("sue", date(2026, 3, 6), Source.STATUS)
    assert buyer.asked(order_id).stand_ins == {"sue": "ana"}
    status(do, "")
    assert buyer.asked(order_id).eligible_ids == ["ana"]
    status(do, "", emoji=":palm_tree:")
    assert world.all(Delegation, ended_at=None)[0].ends == date(2026, 3, 15)
    do(AllowAbsence(), by="ana")
    status(do, "sick", until=clock() + timedelta(days=1))
    assert len(world.all(Delegation)) == 2


def test_the_same_status_does_not_begin_anew_what_was_ended_by_hand_or_is_over(
    do: Do, world: World, clock: TestClock
) -> None:
    world.add(SlackIdentity(id="i", workspace_id="T1", user_id="U1", person_id="ana"))
    do(AllowAbsence(to_id="sue"), by="ana")
    status(do, "vacation")
    (row,) = world.all(Delegation)
    clock.forward(days=1)
    status(do, "vacation")
    assert [one.id for one in world.all(Delegation, ended_at=None)] == [row.id]
    do(EndDelegation(delegation_id=row.id), by="ana")
    status(do, "vacation")
    assert world.all(Delegation, ended_at=None) == []
    status(do, "")
    status(do, "sick")
    assert len(world.all(Delegation, ended_at=None)) == 1
    clock.forward(days=14)
    assert do(FollowDelegations()).facts == {"begun": 0, "over": 1}
    status(do, "sick")
    assert world.all(Delegation, ended_at=None) == []


def test_do_not_disturb_of_a_working_day_names_the_stand_in_and_a_nightly_one_does_not(
    do: Do, buyer: Buyer, world: World, clock: TestClock
) -> None:
    """It is Monday, 9:00."""
    world.add(SlackIdentity(id="i", workspace_id="T1", user_id="U1", person_id="ana"))
    order_id = buyer.submitted()

    def pause(start: int, hours: int) -> None:
        starts = clock() + timedelta(hours=start)
        ends = starts + timedelta(hours=hours)
        do(NotePause(workspace_id="T1", user_id="U1", starts=starts, ends=ends))

    pause(0, 72)
    assert world.all(Delegation) == [], "nobody allowed it"
    do(AllowAbsence(to_id="sue"), by="ana")
    pause(-12, 14)
    pause(9, 72)
    assert world.all(Delegation) == []
    pause(0, 71)
    (row,) = world.all(Delegation)
    assert (row.ends, row.source) == (date(2026, 3, 4), Source.DO_NOT_DISTURB)
    assert buyer.asked(order_id).stand_ins == {"sue": "ana"}
    status(do, "sick", until=clock() + timedelta(days=1))
    assert world.all(Delegation, ended_at=None)[0].id == row.id, "the longer one counts"
    do(NotePause(workspace_id="T1", user_id="U1"))
    (left,) = world.all(Delegation, ended_at=None)
    assert (left.ends, left.source) == (date(2026, 3, 3), Source.STATUS)
    status(do, "")
    assert buyer.asked(order_id).eligible_ids == ["ana"]


def test_days_are_those_of_whoever_is_away(
    do: Do, buyer: Buyer, world: World, clock: TestClock
) -> None:
    """Ana's day begins at 8:00 in UTC, and she keeps it though her clock changes meanwhile."""
    do(SavePerson(code="ana", timezone="America/Los_Angeles"), by="adm")
    clock.now = clock.now.replace(day=3, hour=2)
    with pytest.raises(DomainError, match="past"):
        stands_in(do, "sue", first=-1)
    id = stands_in(do, "sue", first=1, days=1)
    do(SavePerson(code="ana", timezone="Europe/Berlin"), by="adm")
    order_id = buyer.submitted()
    clock.now = clock.now.replace(hour=7)
    assert do(FollowDelegations()).facts == {"begun": 0, "over": 0}
    assert refused(lambda: buyer.approve(order_id, "sue")).code == "delegation.outside_days"
    clock.now = clock.now.replace(hour=8)
    assert do(FollowDelegations()).facts == {"begun": 1, "over": 0}
    assert buyer.asked(order_id).eligible_ids == ["sue"]
    clock.now = clock.now.replace(day=4, hour=7)
    late = buyer.submitted()
    assert do(FollowDelegations()).facts == {"begun": 0, "over": 0}
    buyer.approve(late, "sue")
    with world.transactions.read() as uow:
        assert list(authority_faults(uow)) == []
    clock.now = clock.now.replace(hour=8)
    assert do(FollowDelegations()).facts == {"begun": 0, "over": 1}
    assert world.get(Delegation, id).ended_at == clock()
    assert buyer.asked(order_id).eligible_ids == ["ana"]


def test_what_waits_is_asked_anew_once_however_many_end(
    do: Do, buyer: Buyer, world: World, clock: TestClock
) -> None:
    for whom in ("ana", "max"):
        stands_in(do, "sue", by=whom, days=1)
    asked = buyer.asked(buyer.submitted())
    clock.forward(days=1)
    assert do(FollowDelegations()).facts == {"begun": 0, "over": 2}
    events = [entry.event for entry in world.all_entries() if entry.subject_id == asked.id]
    assert events.count("approval:rerouted") == 1
