"""Deciding about orders: who, what exactly, and only once."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.conftest import TestClock
from tests.factories.buying import Buyer, World, content, line, part_line, seed
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import Approval, ApprovalAsk, ApprovalState
from wopo.domain.audit import RefusalEntry
from wopo.domain.errors import DomainError
from wopo.domain.outbox import OutboxRow
from wopo.domain.people import AuthorityLimit
from wopo.domain.pricing import LastPrice
from wopo.domain.purchase_orders import OrderRevision, OrderState, Progress, RevisionState
from wopo.domain.vendors import Standing, Vendor
from wopo.usecases.approval_questions import AnswerQuestion, AskAboutOrder
from wopo.usecases.approvals import ApproveOrder, RejectOrder
from wopo.usecases.door import Answer
from wopo.usecases.order_changes import CancelOrder, ReviseOrder
from wopo.usecases.part_requests import RequestParts
from wopo.usecases.people import DeactivatePerson, SavePerson, SetAuthority
from wopo.usecases.purchase_orders import WithdrawOrder
from wopo.usecases.receipt_corrections import ReturnedLine, ReturnGoods
from wopo.usecases.receipts import CountedLine, PostReceipt
from wopo.usecases.settings import ChangeCompanySettings
from wopo.usecases.vendors import SaveVendor

D = Decimal
Do = Callable[..., Answer]


@pytest.fixture
def world(transactions: SqlTransactions, clock: TestClock) -> World:
    return seed(transactions, clock)


@pytest.fixture
def buyer(do: Do, world: World) -> Buyer:
    return Buyer(do, world)


def refused(do: Do, command: object, by: str) -> DomainError:
    with pytest.raises(DomainError) as error:
        do(command, by=by)
    return error.value


def test_the_lowest_sufficient_authority_gets_the_card(buyer: Buyer, world: World) -> None:
    small, large = buyer.submitted(), buyer.submitted(content(line(quantity=D(1000))))
    assert buyer.asked(small).eligible_ids == ["ana"]
    assert buyer.asked(large).eligible_ids == ["max"]
    cards = world.all(OutboxRow, card="approval")
    assert {(row.subject_id, row.audience) for row in cards} == {
        (buyer.asked(small).id, "person:ana"),
        (buyer.asked(large).id, "person:max"),
    }


def test_an_approval_binds_one_revision_and_remembers_who_and_when(
    buyer: Buyer, world: World, clock: TestClock
) -> None:
    order_id = buyer.submitted()
    approval_id = buyer.asked(order_id).id
    buyer.approve(order_id)
    order, approval = buyer.order(order_id), world.get(Approval, approval_id)
    assert (order.state, order.approved_revision, order.approved_at) == (
        OrderState.APPROVED, 1, clock(),
    )  # fmt: skip
    assert (approval.state, approval.decided_by_id, approval.decided_on_surface) == (
        ApprovalState.APPROVED, "ana", "test",
    )  # fmt: skip
    assert not any(ask.waiting for ask in world_asks(world, approval_id))
    (revision,) = world.all(OrderRevision, purchase_order_id=order_id)
    assert revision.content_hash == approval.content_hash == buyer.content_now(order_id).hash()
    (price,) = world.all(LastPrice)
    assert (price.part_id, price.vendor_id, price.unit_price) == ("seal", "gra", D("12.5"))


def world_asks(world: World, approval_id: str) -> list[ApprovalAsk]:
    with world.transactions.read() as uow:
        return [ApprovalAsk(**dict(r)) for r in uow.all(ApprovalAsk, approval_id=approval_id)]


def test_a_second_click_of_the_same_person_changes_nothing(
    do: Do, buyer: Buyer, world: World
) -> None:
    order_id = buyer.submitted()
    click = buyer.click(order_id)
    do(click, by="ana")
    before = len(world.all_entries())
    error = refused(do, click, "ana")
    assert error.message == "PO-1 is already approved by you at 09:00. This click changed nothing."
    assert len(world.all_entries()) == before
    assert [row.code for row in world.all(RefusalEntry)] == ["approval.decided_by_you"]


def test_the_first_decision_wins_and_the_loser_reads_who_won(
    do: Do, buyer: Buyer, world: World, clock: TestClock
) -> None:
    world.limit("sue", 1_000)
    do(SavePerson(code="sue", roles=frozenset({"approver", "supervisor"})), by="adm")
    order_id = buyer.submitted()
    click = buyer.click(order_id)
    assert buyer.asked(order_id).eligible_ids == ["ana", "sue"]
    do(RejectOrder(approval_id=click.approval_id, revision=1, reason="too dear"), by="sue")
    clock.forward(days=1)
    error = refused(do, click, "ana")
    assert error.message == (
        "Sue rejected PO-1 at 09:00 on 02 Mar 2026. "
        "This click changed nothing; nothing more is needed."
    )
    assert buyer.order(order_id).state is OrderState.REJECTED
    audiences = {row.audience for row in world.all(OutboxRow, card="approval")}
    assert audiences == {"person:ana", "person:sue"}


def test_nobody_approves_what_they_asked_for(do: Do, buyer: Buyer, world: World) -> None:
    do(SavePerson(code="tess", roles=frozenset({"approver", "technician"})), by="adm")
    world.limit("tess", 1_000)
    ask = RequestParts(work_order_id="WO-1", lines=(part_line("seal", "2"),), submit=True)
    order_id = do(ask, by="tess").facts["order_ids"][0]
    assert buyer.asked(order_id).eligible_ids == ["ana"]
    error = refused(do, buyer.click(order_id), "tess")
    assert error.message.startswith("You asked for PO-1, so someone else must approve it.")
    assert "Ana can decide" in error.message


def test_the_maker_of_a_revision_does_not_approve_it(do: Do, buyer: Buyer, world: World) -> None:
    do(SavePerson(code="ben", roles=frozenset({"approver", "buyer"})), by="adm")
    world.limit("ben", 1_000)
    order_id = buyer.submitted()
    assert refused(do, buyer.click(order_id), "ben").code == "approval.own_request"


def test_a_waived_pair_is_logged(do: Do, buyer: Buyer, world: World) -> None:
    do(SavePerson(code="ben", roles=frozenset({"approver", "buyer"})), by="adm")
    world.limit("ben", 1_000)
    waive = {"waived_pairs": [["approver", "requester"]]}
    do(ChangeCompanySettings(changes=waive), by="adm")
    order_id = buyer.submitted()
    approval_id = buyer.asked(order_id).id
    buyer.approve(order_id, "ben")
    events = [entry.event for entry in world.all_entries()]
    assert events.count("waiver:used") == 1
    assert world.get(Approval, approval_id).waiver == "requester and approver"


@pytest.mark.parametrize("who", ["tess", "fin", "adm", "rex"])
def test_without_the_right_the_approvers_are_named(
    do: Do, buyer: Buyer, world: World, who: str
) -> None:
    order_id = buyer.submitted()
    for command in (
        buyer.click(order_id),
        RejectOrder(approval_id=buyer.asked(order_id).id, revision=1, reason="x"),
        AskAboutOrder(approval_id=buyer.asked(order_id).id, revision=1, question="x"),
    ):
        error = refused(do, command, who)
        assert error.message == ("You cannot approve PO-1. Nothing was changed; approvers: Ana.")
    assert len(world.all(RefusalEntry, code="approval.not_eligible")) == 3


def test_too_small_a_limit_is_no_right(do: Do, buyer: Buyer) -> None:
    order_id = buyer.submitted(content(line(quantity=D(1000))))
    assert refused(do, buyer.click(order_id), "ana").code == "approval.not_eligible"
    buyer.approve(order_id, "max")


def test_a_higher_authority_may_decide_without_being_asked(buyer: Buyer) -> None:
    order_id = buyer.submitted()
    buyer.approve(order_id, "max")
    assert buyer.order(order_id).state is OrderState.APPROVED


def test_a_lowered_limit_routes_upward_at_once(do: Do, buyer: Buyer, world: World) -> None:
    order_id = buyer.submitted()
    click = buyer.click(order_id)
    do(SetAuthority(person="ana", amount=D(50), valid_from=date(2026, 3, 1)), by="adm")
    assert buyer.asked(order_id).eligible_ids == ["max"]
    assert refused(do, click, "ana").code == "approval.not_eligible"
    do(click, by="max")


def test_a_limit_that_ended_meanwhile_is_seen_at_the_click(
    do: Do, world: World, buyer: Buyer, clock: TestClock
) -> None:
    with world.transactions.write() as uow:
        limit = uow.get(AuthorityLimit, "lim-ana-None")
        assert limit is not None
        limit.valid_to = clock().date()
        uow.commit()
    order_id = buyer.submitted()
    click = buyer.click(order_id)
    clock.forward(days=1)
    answer = do(click, by="ana")
    assert answer.facts == {"decided": False}
    assert "Your limit no longer covers PO-1 (125.00 EUR)" in answer.message
    assert "It waits for Max." in answer.message
    assert buyer.order(order_id).state is OrderState.PENDING_APPROVAL
    assert buyer.asked(order_id).eligible_ids == ["max"]


def test_who_leaves_is_replaced(do: Do, buyer: Buyer) -> None:
    order_id = buyer.submitted()
    click = buyer.click(order_id)
    do(DeactivatePerson(code="ana"), by="adm")
    assert buyer.asked(order_id).eligible_ids == ["max"]
    assert refused(do, click, "ana").code == "unknown_actor"


def test_with_nobody_left_it_waits_and_finance_is_told(do: Do, buyer: Buyer, world: World) -> None:
    order_id = buyer.submitted(content(line(quantity=D(100_000))))
    assert buyer.asked(order_id).eligible_ids == []
    told = [row for row in world.all(OutboxRow, card="direct") if row.subject_id == order_id]
    assert {row.audience for row in told} == {"person:fin", "person:adm"}
    assert all("no eligible approver" in row.facts["text"] for row in told)
    do(SetAuthority(person="max", amount=D(2_000_000), valid_from=date(2026, 3, 1)), by="adm")
    assert buyer.asked(order_id).eligible_ids == ["max"]


def test_a_stale_card_is_refused_with_both_versions(do: Do, buyer: Buyer) -> None:
    order_id = buyer.submitted()
    click = buyer.click(order_id)
    (row,) = buyer.content_now(order_id).lines
    change = content(row.model_copy(update={"quantity": D(20)}))
    do(ReviseOrder(order_id=order_id, content=change, reason="more"), by="ben")
    error = refused(do, click, "ana")
    assert error.message == (
        "PO-1 changed after this message (version 1 -> 2: total 125.00 EUR -> 250.00 EUR; "
        "Seal: quantity 10 -> 20). "
        "Nothing was changed; please review the new message."
    )
    buyer.approve(order_id)


@pytest.mark.parametrize("update", [{"revision": 2}, {"content_hash": "0" * 64}, {"revision": 0}])
def test_a_forged_click_is_refused(do: Do, buyer: Buyer, update: dict[str, object]) -> None:
    order_id = buyer.submitted()
    forged = buyer.click(order_id).model_copy(update=update)
    assert refused(do, forged, "ana").code == "approval.superseded"


def test_a_click_on_a_cancelled_or_withdrawn_order_says_so(do: Do, buyer: Buyer) -> None:
    first, second = buyer.submitted(), buyer.submitted()
    clicks = buyer.click(first), buyer.click(second)
    do(CancelOrder(order_id=first, reason="no"), by="ben")
    do(WithdrawOrder(order_id=second), by="ben")
    messages = [refused(do, click, "ana").message for click in clicks]
    assert "PO-1 is no longer open (cancelled)" in messages[0]
    assert "PO-2 is no longer open (draft)" in messages[1]


def test_a_question_waits_for_its_answer(do: Do, buyer: Buyer, world: World) -> None:
    order_id = buyer.submitted()
    click = buyer.click(order_id)
    ask = AskAboutOrder(approval_id=click.approval_id, revision=1, question="Why so many?")
    do(ask, by="ana")
    assert world.get(Approval, click.approval_id).state is ApprovalState.RETURNED
    assert buyer.order(order_id).state is OrderState.PENDING_APPROVAL
    assert "returned with a question" in refused(do, click, "max").message
    answer = AnswerQuestion(approval_id=click.approval_id, answer="Ten per pump")
    assert refused(do, answer, "tom").code == "not_allowed"
    do(answer, by="ben")
    again = buyer.asked(order_id)
    assert (again.question, again.answer, again.revision) == ("Why so many?", "Ten per pump", 1)
    assert refused(do, answer, "ben").code == "approval.no_question"
    buyer.approve(order_id)


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (RejectOrder(approval_id="x", revision=1, reason=" "), "reason"),
        (AskAboutOrder(approval_id="x", revision=1, question=""), "question"),
        (AnswerQuestion(approval_id="x", answer=""), "answer"),
        (ApproveOrder(approval_id="x", revision=1, content_hash=""), None),
    ],
)
def test_decisions_need_their_words(
    do: Do, world: World, command: object, field: str | None
) -> None:
    assert refused(do, command, "ana").field == field


def test_a_vendor_blocked_meanwhile_stops_the_approval(do: Do, buyer: Buyer, world: World) -> None:
    order_id = buyer.submitted()
    do(SaveVendor(code="GRA", standing=Standing.BLOCKED), by="ben")
    assert world.get(Vendor, "gra").standing is Standing.BLOCKED
    assert refused(do, buyer.click(order_id), "ana").code == "vendor.not_orderable"
    assert buyer.asked(order_id).state is ApprovalState.WAITING


def test_a_rejected_change_leaves_the_approved_order(do: Do, buyer: Buyer, world: World) -> None:
    order_id = buyer.issued()
    (row,) = buyer.content_now(order_id).lines
    change = content(row.model_copy(update={"quantity": D(20)}))
    do(ReviseOrder(order_id=order_id, content=change, reason="more"), by="ben")
    asked = buyer.asked(order_id)
    do(RejectOrder(approval_id=asked.id, revision=2, reason="no"), by="ana")
    order = buyer.order(order_id)
    assert (order.state, order.approved_revision, order.pending_revision) == (
        OrderState.ISSUED, 1, None,
    )  # fmt: skip
    assert buyer.lines(order_id)[0].quantity == 10
    states = {r.revision: r.state for r in world.all(OrderRevision, purchase_order_id=order_id)}
    assert states == {1: RevisionState.APPROVED, 2: RevisionState.REJECTED}
    requester = [r.facts["text"] for r in world.all(OutboxRow, audience="person:ben")
                 if r.card == "order_story"]  # fmt: skip
    assert any("Reason: no" in text for text in requester)


def test_tomorrow_is_another_day(do: Do, buyer: Buyer, clock: TestClock) -> None:
    order_id = buyer.submitted()
    clock.now += timedelta(days=400)
    assert buyer.approve(order_id).facts == {"decided": True}


def test_who_received_goods_that_went_back_does_not_approve_a_change(
    do: Do, buyer: Buyer, world: World
) -> None:
    do(SavePerson(code="ana", roles=frozenset({"approver", "receiver"})), by="adm")
    order_id = buyer.issued(by="max")
    (row,) = buyer.content_now(order_id).lines
    counted = CountedLine(line_id=row.id, accepted=D(10))
    do(PostReceipt(order_id=order_id, lines=(counted,)), by="ana")
    back = ReturnedLine(line_id=row.id, accepted=D(10))
    do(ReturnGoods(order_id=order_id, lines=(back,), reason="wrong"), by="rex")
    assert buyer.order(order_id).receipt_progress is Progress.NONE
    change = content(row.model_copy(update={"quantity": D(9)}))
    do(ReviseOrder(order_id=order_id, content=change, reason="fewer"), by="ben")
    assert buyer.asked(order_id).eligible_ids == ["max"]
    assert refused(do, buyer.click(order_id), "ana").code == "approval.handled"
