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
from wopo.usecases.absences import AllowAbsence, NoteStatus
from wopo.usecases.approvals import RejectOrder
from wopo.usecases.audit_authority import authority_faults
from wopo.usecases.delegations import Delegate, EndDelegation, FollowDelegations
from wopo.usecases.door import Answer

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


def test_chains_end_at_who_is_there_and_never_close(do: Do, buyer: Buyer) -> None:
    stands_in(do, "sue")
    stands_in(do, "fin", by="sue", days=2)
    order_id = buyer.submitted()
    assert buyer.asked(order_id).stand_ins == {"fin": "ana"}
    circle = refused(lambda: stands_in(do, "ana", by="fin"))
    assert (circle.code, circle.facts["chain"]) == ("delegation.cycle", "Fin → Ana → Sue → Fin")
    stands_in(do, "ana", by="fin", first=10)
    buyer.approve(order_id, "sue")


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
