"""Decisions that go on to others: handed on by who was asked, or because nobody decided in time."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.conftest import TestClock
from tests.factories.buying import Buyer, World, content, line, seed
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import Approval, ApprovalAsk, ApprovalState
from wopo.domain.errors import DomainError
from wopo.domain.outbox import JobRun, OutboxRow
from wopo.domain.people import Person
from wopo.domain.purchase_orders import OrderState
from wopo.domain.purchasing_policy import PolicyDocument
from wopo.usecases.approval_escalation import JOB, EscalateApprovals
from wopo.usecases.approval_passing import ExpireApprovals, ReassignApproval
from wopo.usecases.approval_questions import AnswerQuestion, AskAboutOrder
from wopo.usecases.approvals import ApproveOrder
from wopo.usecases.door import Answer
from wopo.usecases.order_changes import CancelOrder
from wopo.usecases.people import DeactivatePerson, SavePerson, SetAuthority
from wopo.usecases.purchase_orders import DraftOrder, SubmitOrder
from wopo.usecases.purchasing_policy import ImportPolicy
from wopo.usecases.settings import ChangeCompanySettings
from wopo.usecases.sweeps import AT_ONCE

D = Decimal
Do = Callable[..., Answer]


@pytest.fixture
def world(transactions: SqlTransactions, clock: TestClock) -> World:
    """With a second approver of Ana's limit (amy), and one who also buys (bob)."""
    made = seed(transactions, clock)
    for code in ("amy", "bob"):
        roles = ["approver"] if code == "amy" else ["approver", "buyer"]
        person = Person(id=code, code=code, name=code.title(), roles=roles, created_at=clock())
        made.add(person)
        made.limit(code, 1_000 if code == "amy" else 20_000)
    return made


@pytest.fixture
def buyer(do: Do, world: World) -> Buyer:
    return Buyer(do, world)


def hand_on(buyer: Buyer, order_id: str, to: str, by: str = "ana", reason: str = "") -> Answer:
    asked = buyer.asked(order_id)
    command = ReassignApproval(
        approval_id=asked.id, revision=asked.revision, person_id=to, reason=reason
    )
    return buyer.do(command, by=by)


def told(world: World, card: str, subject: str) -> list[str]:
    rows = world.all(OutboxRow, card=card, subject_id=subject)
    return [row.audience for row in sorted(rows, key=lambda row: row.seq)]


def refused(run: Callable[[], object]) -> DomainError:
    with pytest.raises(DomainError) as error:
        run()
    return error.value


def waits_for(world: World, approval: Approval) -> list[str]:
    with world.transactions.read() as uow:
        rows = uow.all(ApprovalAsk, approval_id=approval.id, waiting=True)
        return sorted(row.person_id for row in rows)


def test_handing_on_asks_the_other_alone_and_takes_the_old_copies_back(
    buyer: Buyer, world: World
) -> None:
    order_id = buyer.submitted()
    first = buyer.asked(order_id)
    assert first.eligible_ids == ["amy", "ana"]
    hand_on(buyer, order_id, "max", reason="On leave")
    old, new = world.get(Approval, first.id), buyer.asked(order_id)
    assert (old.state, old.decided_by_id, old.reason) == (
        ApprovalState.REASSIGNED, "ana", "On leave",
    )  # fmt: skip
    assert (new.eligible_ids, new.handed_on_by_id) == (["max"], "ana")
    assert waits_for(world, old) == []
    assert waits_for(world, new) == ["max"]
    assert told(world, "approval", old.id)[-2:] == ["person:amy", "person:ana"]
    assert told(world, "approval", new.id) == ["person:max"]
    events = [entry.event for entry in world.all_entries()][-2:]
    assert events == ["approval:asked", "approval:reassigned"]
    late = ApproveOrder(
        approval_id=first.id, revision=first.revision, content_hash=first.content_hash
    )
    error = refused(lambda: buyer.do(late, by="amy"))
    assert error.code == "approval.decided"
    assert "Ana handed on PO-1" in error.message
    buyer.approve(order_id, "max")
    assert buyer.order(order_id).state is OrderState.APPROVED


@pytest.mark.parametrize(
    ("to", "by", "code"),
    [
        ("bob", "ana", "approval.cannot_take"),
        ("tess", "ana", "approval.cannot_take"),
        ("ana", "ana", "approval.cannot_take"),
        ("max", "tom", "approval.not_eligible"),
        ("max", "bob", "approval.own_request"),
    ],
)
def test_a_decision_goes_only_from_who_may_to_who_may(
    buyer: Buyer, world: World, do: Do, to: str, by: str, code: str
) -> None:
    """Bob asked for this one; Tess has no authority."""
    order_id = do(DraftOrder(content=content()), by="bob").subject_id
    do(SubmitOrder(order_id=order_id), by="bob")
    assert refused(lambda: hand_on(buyer, order_id, to, by)).code == code
    assert buyer.asked(order_id).eligible_ids == ["amy", "ana"]


def test_authority_is_checked_against_the_amount(buyer: Buyer, world: World) -> None:
    order_id = buyer.submitted(content(line(quantity=D(1000))))
    assert buyer.asked(order_id).eligible_ids == ["bob"]
    error = refused(lambda: hand_on(buyer, order_id, "ana", "bob"))
    assert error.facts["why"] == "their authority does not cover it"
    assert error.facts["who"] == "Max"


def test_a_handed_on_decision_stays_where_it_is_until_that_person_can_not_decide(
    buyer: Buyer, do: Do, clock: TestClock
) -> None:
    order_id = buyer.submitted()
    hand_on(buyer, order_id, "max")
    day = clock().date()
    do(SetAuthority(person="amy", amount=D(900), currency="EUR", valid_from=day), by="adm")
    assert buyer.asked(order_id).eligible_ids == ["max"]
    asked = buyer.asked(order_id)
    do(AskAboutOrder(approval_id=asked.id, revision=1, question="Why?"), by="max")
    do(AnswerQuestion(approval_id=asked.id, answer="Because"), by="ben")
    assert buyer.asked(order_id).eligible_ids == ["max"]
    do(DeactivatePerson(code="max"), by="adm")
    assert buyer.asked(order_id).eligible_ids == ["amy"]


def expire(do: Do) -> int:
    return int(do(ExpireApprovals()).facts["expired"])


def test_what_nobody_decides_goes_to_the_next_authority_and_is_never_approved_by_itself(
    buyer: Buyer, world: World, do: Do, clock: TestClock
) -> None:
    order_id = buyer.submitted()
    first = buyer.asked(order_id)
    clock.forward(days=7, minutes=-1)
    assert expire(do) == 0
    clock.forward(minutes=1)
    assert (expire(do), expire(do)) == (1, 0)
    old, second = world.get(Approval, first.id), buyer.asked(order_id)
    assert (old.state, old.decided_by_id) == (ApprovalState.EXPIRED, None)
    assert second.eligible_ids == ["bob"]
    assert buyer.order(order_id).state is OrderState.PENDING_APPROVAL
    assert told(world, "approval", old.id)[-2:] == ["person:amy", "person:ana"]
    texts = {(row.audience, row.facts["text"]) for row in world.all(OutboxRow, card="direct")}
    said = (
        "Amy, Ana did not decide about PO-1 (125.00 EUR) within 7 days. It is not approved; "
        "asked now: Bob."
    )
    assert {("person:fin", said), ("person:ben", said)} <= texts
    late = ApproveOrder(
        approval_id=first.id, revision=first.revision, content_hash=first.content_hash
    )
    error = refused(lambda: do(late, by="ana"))
    assert (error.code, error.facts["who"]) == ("approval.expired", "Bob")
    for eligible in (["max"], ["amy", "ana"]):
        clock.forward(days=7)
        assert expire(do) == 1
        assert buyer.asked(order_id).eligible_ids == eligible
    buyer.approve(order_id, "ana")
    assert buyer.order(order_id).state is OrderState.APPROVED


def test_what_was_decided_cancelled_or_may_wait_for_ever_does_not_expire(
    buyer: Buyer, do: Do, clock: TestClock
) -> None:
    buyer.approved()
    cancelled = buyer.submitted()
    do(CancelOrder(order_id=cancelled, reason="no"), by="ben")
    waits = buyer.submitted()
    do(ChangeCompanySettings(changes={"approval_expires_after_days": 0}), by="adm")
    clock.forward(days=90)
    assert expire(do) == 0
    assert clock() - buyer.asked(waits).asked_at > timedelta(days=89)


def test_what_waits_too_long_is_told_to_whoever_is_above_who_may_decide_too(
    buyer: Buyer, world: World, do: Do, clock: TestClock
) -> None:
    """Max is above Ana and may decide; Amy's manager Sue may not, and only hears of it."""
    do(SavePerson(code="ana", manager="max"), by="adm")
    do(SavePerson(code="amy", manager="sue"), by="adm")
    order_id = buyer.submitted()
    asked = buyer.asked(order_id)
    clock.forward(hours=47)
    assert do(EscalateApprovals()).facts == {"escalated": 0}
    clock.forward(hours=13)
    assert do(EscalateApprovals()).facts == {"escalated": 0}, "it is night"
    clock.forward(hours=12)
    assert do(EscalateApprovals()).facts == {"escalated": 1}
    assert do(EscalateApprovals()).facts == {"escalated": 0}
    assert buyer.asked(order_id).eligible_ids == ["amy", "ana", "max"]
    assert waits_for(world, asked) == ["amy", "ana", "max"]
    assert told(world, "approval", asked.id)[-1] == "person:max"
    texts = {row.audience: row.facts["text"] for row in world.all(OutboxRow, card="direct")}
    said = "PO-1 (125.00 EUR) has waited 72 hours for Amy, Ana. "
    assert texts["person:max"] == f"{said}You may decide too."
    assert texts["person:sue"] == f"{said}Please see to it."
    do(DeactivatePerson(code="amy"), by="adm")
    assert buyer.asked(order_id).eligible_ids == ["ana", "max"]
    buyer.approve(order_id, "max")


def test_with_nobody_above_finance_hears_of_it(
    buyer: Buyer, world: World, do: Do, clock: TestClock
) -> None:
    order_id = buyer.submitted()
    clock.forward(hours=48)
    assert do(EscalateApprovals()).facts == {"escalated": 1}
    assert "person:fin" in told(world, "direct", order_id)
    assert buyer.asked(order_id).eligible_ids == ["amy", "ana"]


def test_what_was_escalated_and_still_waits_does_not_keep_newer_ones_back(
    buyer: Buyer, world: World, do: Do, clock: TestClock
) -> None:
    asked = buyer.asked(buyer.submitted())
    for number in range(AT_ONCE):
        earlier = {"id": f"old{number}", "asked_at": asked.asked_at - timedelta(days=1)}
        world.add(
            Approval(**asked.model_dump() | earlier),
            JobRun(id=f"run{number}", job=JOB, period=f"old{number}", at=clock()),
        )
    clock.forward(hours=48)
    assert do(EscalateApprovals()).facts == {"escalated": 1}
    assert "person:fin" in told(world, "direct", asked.purchase_order_id)


def test_finance_is_not_told_that_finance_was_asked(
    buyer: Buyer, world: World, do: Do, clock: TestClock
) -> None:
    rule = {"name": "steps", "steps": ["role finance"]}
    document = PolicyDocument.model_validate({"title": "Ours", "approval": {"rules": [rule]}})
    do(ImportPolicy(document=document), by="adm")
    order_id = buyer.submitted()
    clock.forward(hours=48)
    assert buyer.asked(order_id).eligible_ids == ["fin"]
    assert do(EscalateApprovals()).facts == {"escalated": 0}
