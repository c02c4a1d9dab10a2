"""Buying at a vendor's counter: who gets the number at once, who decides otherwise, and the till
receipt that closes it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.conftest import TestClock
from tests.factories.buying import Buyer, World, seed
from tests.factories.money import Desk
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.attachments import Attachment
from wopo.domain.errors import DomainError
from wopo.domain.outbox import OutboxRow
from wopo.domain.purchase_orders import OrderKind, OrderState, Progress, PurchaseOrder
from wopo.domain.receipts import Receipt
from wopo.usecases.approvals import RejectOrder
from wopo.usecases.attachments import FileFacts
from wopo.usecases.audit import verify
from wopo.usecases.counter_purchases import BuyAtCounter
from wopo.usecases.counter_receipts import AddTillReceipt, ChaseTillReceipts
from wopo.usecases.door import Answer
from wopo.usecases.order_changes import CancelOrder
from wopo.usecases.people import SavePerson
from wopo.usecases.receipts import CountedLine, PostReceipt
from wopo.usecases.settings import ChangeCompanySettings
from wopo.usecases.vendors import SaveVendor
from wopo.usecases.work_orders import ChangeWorkOrder

D = Decimal
Do = Callable[..., Answer]
PHOTO = FileFacts(name="till.jpg", mimetype="image/jpeg", size=1000, slack_file_id="F1")


@pytest.fixture
def world(transactions: SqlTransactions, clock: TestClock) -> World:
    return seed(transactions, clock)


@pytest.fixture
def at(do: Do, world: World) -> Desk:
    return Desk(do, world)


@pytest.fixture
def buy(do: Do, world: World) -> Callable[..., Answer]:
    """``buy("40")``: Tess buys a hose for WO-1 at Grainger."""

    def run(amount: str = "40", *, job: str = "WO-1", by: str = "tess", **more: Any) -> Answer:
        facts = {"vendor_id": "gra", "description": "Hose", **more}
        return do(BuyAtCounter(work_order_id=job, amount=D(amount), **facts), by=by)

    return run


def told(world: World, card: str) -> list[tuple[str, str]]:
    rows = sorted(world.all(OutboxRow, card=card), key=lambda row: row.seq)
    return [(row.audience, str(row.facts.get("text", ""))) for row in rows]


def sound(world: World) -> None:
    with world.transactions.read() as uow:
        assert [str(fault) for fault in verify(uow)] == []


def test_within_the_cap_the_number_is_given_at_once_and_by_the_rule(
    buy: Callable[..., Answer], world: World, at: Desk
) -> None:
    budget = at.budget()
    answer = buy("40")
    order = world.get(PurchaseOrder, answer.subject_id)
    assert (order.kind, order.state, order.number) == (
        OrderKind.COUNTER, OrderState.ISSUED, answer.number,
    )  # fmt: skip
    assert answer.message == "PO-1 is your number."
    assert order.requested_by_ids == ["tess"]
    (approval,) = world.all(Approval)
    assert (approval.state, approval.rule) == (ApprovalState.APPROVED, "counter cap")
    assert (approval.decided_by_id, approval.eligible_ids) == (None, [])
    assert at.ledger() == {"committed": 4000}
    assert at.balances(budget) == {"committed": 4000}
    events = [entry.event for entry in world.all_entries()][-5:]
    assert events == [
        "purchase_order:drafted", "approval:by_rule", "purchase_order:approved",
        "purchase_order:issued", "cost:posted",
    ]  # fmt: skip
    sound(world)


def test_an_approval_by_nobody_and_no_rule_is_found(
    buy: Callable[..., Answer], world: World
) -> None:
    buy("40")
    (approval,) = world.all(Approval)
    with world.transactions.write() as uow:
        uow.get(Approval, approval.id).rule = ""  # type: ignore[union-attr]
        uow.commit()
    with world.transactions.read() as uow:
        assert [fault.problem for fault in verify(uow)] == ["was approved by nobody and by no rule"]


def test_the_jobs_thread_tells_it_without_costs(buy: Callable[..., Answer], world: World) -> None:
    buy("40")
    assert told(world, "story") == [
        ("thread:work_order:WO-1", "PO-1 is bought at Grainger's counter by Tess: Hose.")
    ]
    assert told(world, "counter") == [("person:tess", "")]
    assert told(world, "approval") == []


def test_over_the_cap_it_goes_to_approval_at_once_and_out_when_approved(
    buy: Callable[..., Answer], world: World, at: Desk
) -> None:
    buyer = Buyer(at.do, world)
    answer = buy("100.01")
    order_id = answer.subject_id
    assert answer.facts == {"at_once": False, "rule": "over-counter-cap"}
    assert "100.00 EUR" in answer.message
    assert buyer.order(order_id).state is OrderState.PENDING_APPROVAL
    assert buyer.asked(order_id).eligible_ids == ["ana"]
    assert at.ledger() == {"planned": 10001}
    buyer.approve(order_id)
    assert buyer.order(order_id).state is OrderState.ISSUED
    assert at.ledger() == {"committed": 10001}
    said = [text for audience, text in told(world, "order_story") if audience == "person:tess"]
    assert said == ["PO-1 is approved by Ana: say this number at Grainger's counter."]
    assert [audience for audience, _ in told(world, "counter")] == ["person:tess"] * 2


def test_a_purchase_gains_nothing_by_being_split(
    buy: Callable[..., Answer], world: World, do: Do, clock: TestClock
) -> None:
    world.job("WO-2", assignee="tess")
    world.job("WO-3", assignee="tom")
    first = buy("60")
    assert buy("41", job="WO-2").facts["rule"] == "over-counter-cap"
    assert buy("40", job="WO-3", by="tom").facts["at_once"]
    assert buy("61", job="WO-3", by="ben").facts["rule"] == "over-counter-cap"
    do(CancelOrder(order_id=first.subject_id, reason="sold out"), by="ben")
    assert buy("41", job="WO-2").facts["at_once"]
    clock.forward(days=1)
    assert buy("100").facts["at_once"]


@pytest.mark.parametrize(("own", "at_once"), [("39.99", False), ("40", True), ("0", False)])
def test_a_person_has_a_cap_of_their_own(
    buy: Callable[..., Answer], do: Do, own: str, at_once: bool
) -> None:
    do(SavePerson(code="tess", counter_cap=D(own)), by="adm")
    assert buy("40").facts["at_once"] is at_once


def test_the_companys_cap_is_a_setting(buy: Callable[..., Answer], do: Do) -> None:
    do(ChangeCompanySettings(changes={"counter_cap_minor": 3999}), by="adm")
    assert not buy("40").facts["at_once"]


def test_the_jobs_limit_counts_what_it_cost_and_what_is_to_come(
    buy: Callable[..., Answer], do: Do
) -> None:
    do(ChangeWorkOrder(work_order_id="WO-1", nte=D(70)), by="sue")
    assert buy("30").facts["at_once"]
    answer = buy("40.01")
    assert answer.facts["rule"] == "over-nte"
    assert "70" not in answer.message
    assert buy("40").facts["at_once"]


@pytest.mark.parametrize(("strictness", "rule"), [("stop", "over-budget"), ("warn", "counter cap")])
def test_a_budget_that_stops_asks_for_a_decision(
    buy: Callable[..., Answer], do: Do, at: Desk, strictness: str, rule: str
) -> None:
    at.budget("39.99")
    do(ChangeCompanySettings(changes={"budget_on_approval": strictness}), by="adm")
    assert buy("40").facts["rule"] == rule


@pytest.mark.parametrize(
    ("more", "code", "field"),
    [
        ({"amount": "0"}, "money.negative", "amount"),
        ({"description": " "}, "required", "description"),
        ({"vendor_id": "blo"}, "vendor.not_orderable", "vendor_id"),
        ({"by": "tom"}, "work_order.not_yours", None),
        ({"by": "aud"}, "not_allowed", None),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    buy: Callable[..., Answer], world: World, more: dict[str, Any], code: str, field: str | None
) -> None:
    with pytest.raises(DomainError) as refused:
        buy(**more)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert world.all(PurchaseOrder) == []


def test_the_photo_closes_it_and_who_bought_it_is_flagged_as_its_receiver(
    buy: Callable[..., Answer], do: Do, world: World, at: Desk
) -> None:
    order_id = buy("40").subject_id
    answer = do(AddTillReceipt(order_id=order_id, files=(PHOTO,)), by="tess")
    assert answer.facts == {"booked": True}
    assert world.get(PurchaseOrder, order_id).receipt_progress is Progress.FULL
    (receipt,) = world.all(Receipt)
    assert receipt.flag == "received by the requester, Tess (allowed up to 250.00 EUR)"
    (photo,) = world.all(Attachment)
    assert (photo.subject, photo.subject_id) == ("purchase_order", order_id)
    assert at.ledger() == {"accrued": 4000}
    assert told(world, "story")[-1][1] == "1 lot Hose arrived (PO-1)."
    sound(world)


def test_a_photo_in_the_form_closes_it_in_the_same_commit(
    buy: Callable[..., Answer], world: World, at: Desk
) -> None:
    budget = at.budget()
    order = world.get(PurchaseOrder, buy("40", files=(PHOTO,)).subject_id)
    assert order.receipt_progress is Progress.FULL
    assert at.balances(budget) == {"accrued": 4000}
    sound(world)


def test_above_what_requesters_may_receive_the_photo_waits_for_a_receiver(
    buy: Callable[..., Answer], do: Do, world: World, at: Desk
) -> None:
    order_id = buy("250.01", files=(PHOTO,)).subject_id
    with pytest.raises(DomainError) as refused:
        do(AddTillReceipt(order_id=order_id, files=(PHOTO,)), by="tess")
    assert refused.value.code == "counter.not_bought"
    Buyer(do, world).approve(order_id)
    answer = do(AddTillReceipt(order_id=order_id, files=(PHOTO,)), by="tess")
    assert answer.facts == {"booked": False}
    assert world.all(Receipt) == []
    assert told(world, "story")[-1][1] == "The till receipt of PO-1 is here: Hose."
    assert told(world, "direct")[-1][0] == "person:rex"
    at.receive(order_id, "1")
    assert world.get(PurchaseOrder, order_id).receipt_progress is Progress.FULL


def test_only_who_bought_it_adds_the_till_receipt(
    buy: Callable[..., Answer], do: Do, world: World
) -> None:
    order_id = buy("40").subject_id
    with pytest.raises(DomainError) as refused:
        do(AddTillReceipt(order_id=order_id, files=(PHOTO,)), by="tom")
    assert refused.value.code == "not_allowed"
    with pytest.raises(DomainError) as refused:
        do(AddTillReceipt(order_id=order_id, files=()), by="tess")
    assert refused.value.field == "files"
    standard = Buyer(do, world).issued()
    with pytest.raises(DomainError) as refused:
        do(AddTillReceipt(order_id=standard, files=(PHOTO,)), by="ben")
    assert refused.value.code == "counter.not_counter"


def test_a_missing_photo_is_asked_for_twice_and_then_no_more(
    buy: Callable[..., Answer], do: Do, world: World, clock: TestClock
) -> None:
    buy("20")
    order_id = buy("30").subject_id
    done = buy("10").subject_id
    do(AddTillReceipt(order_id=done, files=(PHOTO,)), by="tess")
    line = Buyer(do, world).lines(order_id)[0]
    do(
        PostReceipt(order_id=order_id, lines=(CountedLine(line_id=line.id, accepted=D(1)),)),
        by="tess",
    )

    def chased() -> int:
        return int(do(ChaseTillReceipts()).facts["asked"])

    clock.forward(hours=23)
    assert chased() == 0
    clock.forward(hours=1, minutes=1)
    assert (chased(), chased()) == (2, 0)
    assert told(world, "direct")[-1] == (
        "person:tess", "The till receipt of PO-2 is missing. Send me its photo here, please.",
    )  # fmt: skip
    clock.forward(days=2)
    do(AddTillReceipt(order_id=order_id, files=(PHOTO,)), by="tess")
    assert (chased(), chased()) == (1, 0)
    assert told(world, "direct")[-1][0] == "person:sue"


def test_nobody_is_asked_at_night(buy: Callable[..., Answer], do: Do, clock: TestClock) -> None:
    buy("20")
    clock.forward(hours=36)
    assert do(ChaseTillReceipts()).facts["asked"] == 0


def test_a_rejected_purchase_has_no_number(
    buy: Callable[..., Answer], do: Do, world: World
) -> None:
    order_id = buy("200").subject_id
    asked = Buyer(do, world).asked(order_id)
    do(RejectOrder(approval_id=asked.id, revision=1, reason="Too dear"), by="ana")
    assert world.get(PurchaseOrder, order_id).state is OrderState.REJECTED
    with pytest.raises(DomainError) as refused:
        do(AddTillReceipt(order_id=order_id, files=(PHOTO,)), by="tess")
    assert refused.value.facts["accepted"] == "ask for a new number"


def test_what_was_bought_at_the_counter_is_not_ordered_by_mail_as_well(
    buy: Callable[..., Answer], do: Do, world: World
) -> None:
    do(SaveVendor(code="GRA", email="orders@grainger.example"), by="adm")
    buy("40")
    assert [row.card for row in world.all(OutboxRow) if row.audience.startswith("task:")] == []
    Buyer(do, world).issued()
    assert [row.card for row in world.all(OutboxRow) if row.audience.startswith("task:")] != []
