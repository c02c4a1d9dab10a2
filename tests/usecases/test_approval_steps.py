"""Orders that the policy lets several people decide about, one after another."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.conftest import TestClock
from tests.factories.buying import Buyer, World, content, line, seed
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.errors import DomainError
from wopo.domain.outbox import OutboxRow
from wopo.domain.purchase_orders import OrderState
from wopo.domain.purchasing_policy import PolicyDocument
from wopo.usecases.approval_passing import ReassignApproval
from wopo.usecases.approval_questions import AnswerQuestion, AskAboutOrder
from wopo.usecases.approvals import ApproveOrder, RejectOrder
from wopo.usecases.audit_orders import order_faults
from wopo.usecases.budgets import SetBudget
from wopo.usecases.cost_centres import SetCostCentreOwner
from wopo.usecases.door import Answer
from wopo.usecases.exchange_rates import SetExchangeRate
from wopo.usecases.order_changes import ReviseOrder
from wopo.usecases.people import DeactivatePerson, SavePerson
from wopo.usecases.purchase_orders import WithdrawOrder
from wopo.usecases.purchasing_policy import ImportPolicy

D = Decimal
Do = Callable[..., Answer]
STEPS = ["manager", ["owner", "role finance"], "authority"]


@pytest.fixture
def world(transactions: SqlTransactions, clock: TestClock) -> World:
    return seed(transactions, clock)


@pytest.fixture
def buyer(do: Do, world: World) -> Buyer:
    """Sue is the manager of Ben, who buys, and Max that of Sue; Ana owns the cost centre."""
    do(SavePerson(code="ben", manager="sue"), by="adm")
    do(SavePerson(code="sue", manager="max"), by="adm")
    do(SetCostCentreOwner(cost_centre="4711", person="ana"), by="adm")
    return Buyer(do, world)


def policy(do: Do, *rules: dict[str, Any], **section: Any) -> None:
    document = {"title": "Ours", "approval": {"rules": rules, **section}}
    do(ImportPolicy(document=PolicyDocument.model_validate(document)), by="adm")


def in_steps(do: Do, steps: list[Any] = STEPS, **when: Any) -> None:
    policy(do, {"name": "steps", "when": when, "steps": steps})


def decisions(world: World, order_id: str) -> dict[str, Approval]:
    """The newest decision for each that is wanted."""
    rows = world.all(Approval, purchase_order_id=order_id)
    return {row.wanted: row for row in sorted(rows, key=lambda row: (row.revision, row.asked_at))}


def click(buyer: Buyer, approval: Approval, by: str) -> Answer:
    command = ApproveOrder(
        approval_id=approval.id, revision=approval.revision, content_hash=approval.content_hash
    )
    return buyer.do(command, by=by)


def refused(run: Callable[[], object]) -> DomainError:
    with pytest.raises(DomainError) as error:
        run()
    return error.value


def test_steps_are_asked_one_after_another_and_the_last_approves(
    do: Do, buyer: Buyer, world: World
) -> None:
    in_steps(do)
    order_id = buyer.submitted()
    wanted = decisions(world, order_id)
    assert {key: (row.step, row.state.value, row.eligible_ids) for key, row in wanted.items()} == {
        "manager": (1, "waiting", ["sue"]),
        "owner:cc": (2, "planned", ["ana"]),
        "role:finance": (2, "planned", ["fin"]),
        "authority": (3, "planned", ["ana"]),
    }
    early = refused(lambda: click(buyer, wanted["owner:cc"], "ana"))
    assert (early.code, early.facts["who"]) == ("approval.not_yet", "Sue")
    said = click(buyer, wanted["manager"], "sue").message
    assert said == "Your part of PO-1 is approved; it waits for Ana, Fin."
    assert buyer.order(order_id).state is OrderState.PENDING_APPROVAL
    click(buyer, wanted["role:finance"], "fin")
    done = click(buyer, wanted["owner:cc"], "ana")
    assert done.message == "PO-1 is approved."
    assert buyer.order(order_id).state is OrderState.APPROVED
    stands = decisions(world, order_id)
    assert {key: row.decided_by_id for key, row in stands.items()} == {
        "manager": "sue", "owner:cc": "ana", "role:finance": "fin", "authority": "ana",
    }  # fmt: skip
    events = [entry.event for entry in world.all_entries()]
    assert (events.count("approval:step_decided"), events.count("purchase_order:approved")) == (
        3, 1,
    )  # fmt: skip
    with world.transactions.read() as uow:
        assert list(order_faults(uow)) == []


def test_one_click_makes_all_that_are_the_persons_but_none_behind_somebody_else(
    do: Do, buyer: Buyer, world: World
) -> None:
    in_steps(do, ["owner", "authority", "role finance", "person max"])
    order_id = buyer.submitted()
    answer = click(buyer, decisions(world, order_id)["owner:cc"], "ana")
    assert answer.facts == {"decided": True, "left": 2}
    states = {key: row.state.value for key, row in decisions(world, order_id).items()}
    assert states == {
        "owner:cc": "approved", "authority": "approved",
        "role:finance": "waiting", "person:max": "planned",
    }  # fmt: skip
    cards = [row.audience for row in world.all(OutboxRow, card="approval")]
    assert set(cards) == {"person:ana", "person:fin"}


def test_whoever_asked_is_never_asked_though_the_policy_names_them(
    do: Do, buyer: Buyer, world: World
) -> None:
    """The one above decides instead; a manager who asked is passed by too."""
    in_steps(do, ["person ben", "role buyer", "authority"])
    order_id = buyer.submitted()
    wanted = decisions(world, order_id)
    assert wanted["person:ben"].eligible_ids == ["sue"]
    assert wanted["role:buyer"].eligible_ids == []
    own = refused(lambda: click(buyer, wanted["person:ben"], "ben"))
    assert own.code == "approval.own_request"
    click(buyer, wanted["person:ben"], "max")
    told = [row.facts["text"] for row in world.all(OutboxRow, card="direct", audience="person:fin")]
    assert any("no eligible approver" in text for text in told)
    do(SavePerson(code="rex", roles=frozenset({"buyer"})), by="adm")
    assert buyer.asked(order_id).eligible_ids == ["rex"]
    buyer.approve(order_id, "rex")
    buyer.approve(order_id, "ana")
    assert buyer.order(order_id).state is OrderState.APPROVED


def test_a_no_in_the_middle_ends_it(do: Do, buyer: Buyer, world: World) -> None:
    in_steps(do)
    order_id = buyer.submitted()
    first = decisions(world, order_id)
    click(buyer, first["manager"], "sue")
    no = RejectOrder(approval_id=first["role:finance"].id, revision=1, reason="no money")
    do(no, by="fin")
    assert buyer.order(order_id).state is OrderState.REJECTED
    states = {key: row.state.value for key, row in decisions(world, order_id).items()}
    assert states == {
        "manager": "void", "owner:cc": "void", "role:finance": "rejected", "authority": "void",
    }  # fmt: skip


def test_questions_and_handing_on_keep_the_step(do: Do, buyer: Buyer, world: World) -> None:
    in_steps(do)
    order_id = buyer.submitted()
    asked = buyer.asked(order_id)
    do(AskAboutOrder(approval_id=asked.id, revision=1, question="Why?"), by="sue")
    do(AnswerQuestion(approval_id=asked.id, answer="Because"), by="ben")
    again = buyer.asked(order_id)
    assert (again.wanted, again.step, again.decisions, again.answer) == (
        "manager", 1, 4, "Because",
    )  # fmt: skip
    do(ReassignApproval(approval_id=again.id, revision=1, person_id="max"), by="sue")
    taken = buyer.asked(order_id)
    assert (taken.wanted, taken.eligible_ids) == ("manager", ["max"])
    not_above = ReassignApproval(approval_id=taken.id, revision=1, person_id="ana")
    assert refused(lambda: do(not_above, by="max")).code == "approval.cannot_take"
    do(DeactivatePerson(code="max"), by="adm")
    assert buyer.asked(order_id).eligible_ids == ["sue"]


def test_a_changed_or_withdrawn_order_loses_the_steps_it_had(
    do: Do, buyer: Buyer, world: World
) -> None:
    in_steps(do)
    order_id = buyer.submitted()
    click(buyer, decisions(world, order_id)["manager"], "sue")
    (row,) = buyer.content_now(order_id).lines
    change = content(row.model_copy(update={"quantity": D(11)}))
    do(ReviseOrder(order_id=order_id, content=change, reason="one more"), by="ben")
    assert [row.state.value for row in world.all(Approval, revision=1)] == ["void"] * 4
    click(buyer, decisions(world, order_id)["manager"], "sue")
    do(WithdrawOrder(order_id=order_id), by="ben")
    left = world.all(Approval, purchase_order_id=order_id)
    assert {row.state for row in left} == {ApprovalState.VOID}


@pytest.mark.parametrize(
    ("budget", "quantity", "asked"),
    [("1000", 10, "authority"), ("100", 10, "role:finance"), (None, 10, "manager")],
)
def test_rules_know_what_an_order_does_to_its_budget(
    do: Do, buyer: Buyer, world: World, budget: str | None, quantity: int, asked: str
) -> None:
    policy(
        do,
        {"name": "over", "when": {"budget": "over"}, "steps": ["role finance"]},
        {"name": "none", "when": {"budget": "none", "up_to": 500}, "steps": ["manager"]},
    )
    if budget is not None:
        year = (date(2026, 1, 1), date(2026, 12, 31))
        do(SetBudget(cost_centre="4711", starts=year[0], ends=year[1], amount=D(budget)), by="adm")
    order_id = buyer.submitted(content(line(quantity=D(quantity))))
    assert buyer.asked(order_id).wanted == asked


@pytest.fixture
def two_centres(do: Do, buyer: Buyer) -> str:
    """An approved order of 125 EUR for each of two cost centres, owned by Ana and Max."""
    do(SetCostCentreOwner(cost_centre="4712", person="max"), by="adm")
    rule = {"name": "steps", "steps": [["owner", "role finance"], "authority"]}
    policy(do, rule, reapproval={"total_pct": 10, "total_abs": 20})
    order_id = buyer.submitted(content(line(), line(cost_centre_id="cc2")))
    buyer.do(_newest(buyer, order_id, "role:finance"), by="fin")
    buyer.do(_newest(buyer, order_id, "owner:cc2"), by="max")
    buyer.do(_newest(buyer, order_id, "owner:cc"), by="ana")
    assert buyer.order(order_id).state is OrderState.APPROVED
    return order_id


def _newest(buyer: Buyer, order_id: str, wanted: str) -> ApproveOrder:
    row = decisions(buyer.world, order_id)[wanted]
    return ApproveOrder(approval_id=row.id, revision=row.revision, content_hash=row.content_hash)


def change(buyer: Buyer, order_id: str, by: str = "ben", **update: Any) -> dict[str, str]:
    """Change the first line (or, of ``header``, the order); what each decision's state is then."""
    now = buyer.content_now(order_id)
    header = update.pop("header", {})
    lines = (now.lines[0].model_copy(update=update), *now.lines[1:])
    changed = now.model_copy(update={"lines": lines, **header})
    buyer.do(ReviseOrder(order_id=order_id, content=changed, reason="x"), by=by)
    revision = max(row.revision for row in buyer.world.all(Approval))
    rows = buyer.world.all(Approval, revision=revision)
    return {row.wanted: row.state.value for row in rows}


ALL_AGAIN = {
    "owner:cc": "waiting", "owner:cc2": "waiting", "role:finance": "waiting",
    "authority": "planned",
}  # fmt: skip


def test_a_small_change_asks_only_whom_it_touches_and_the_authority(
    do: Do, buyer: Buyer, world: World, two_centres: str
) -> None:
    assert change(buyer, two_centres, quantity=D(11)) == {
        "owner:cc": "waiting", "owner:cc2": "approved", "role:finance": "approved",
        "authority": "planned",
    }  # fmt: skip
    stands = decisions(world, two_centres)["owner:cc2"]
    assert (stands.decided_by_id, stands.stands_from, stands.revision) == ("max", 1, 2)
    assert buyer.order(two_centres).state is OrderState.PENDING_APPROVAL
    buyer.do(_newest(buyer, two_centres, "owner:cc"), by="ana")
    assert buyer.order(two_centres).approved_revision == 2
    with world.transactions.read() as uow:
        assert list(order_faults(uow)) == []


def test_small_changes_one_after_another_are_measured_from_what_was_decided(
    do: Do, buyer: Buyer, world: World, two_centres: str
) -> None:
    """Each step is within the tolerance, both together are not."""
    change(buyer, two_centres, quantity=D(11))
    buyer.do(_newest(buyer, two_centres, "owner:cc"), by="ana")
    assert buyer.order(two_centres).approved_revision == 2
    assert change(buyer, two_centres, quantity=D(12)) == ALL_AGAIN


@pytest.mark.parametrize(
    "update",
    [
        {"quantity": D(12)},
        {"unit_price": D("14.6")},
        {"header": {"vendor_id": "acm"}},
        {"header": {"currency": "USD"}},
        {"work_order_id": None},
        {"cost_centre_id": "cc2"},
    ],
)
def test_beyond_the_tolerance_or_with_another_vendor_everything_is_asked_again(
    do: Do, buyer: Buyer, two_centres: str, update: dict[str, Any]
) -> None:
    rate = SetExchangeRate(source="USD", target="EUR", day=date(2026, 1, 1), rate=D(1))
    do(rate, by="adm")
    found = change(buyer, two_centres, **update)
    assert set(found.values()) == {"waiting", "planned"}
    assert "approved" not in found.values()


def test_without_a_tolerance_a_change_and_its_change_back_both_void_everything(
    do: Do, buyer: Buyer, world: World, two_centres: str
) -> None:
    policy(do, {"name": "steps", "steps": [["owner", "role finance"], "authority"]})
    assert change(buyer, two_centres, quantity=D(9)) == ALL_AGAIN
    assert change(buyer, two_centres, quantity=D(10)) == ALL_AGAIN
    assert buyer.order(two_centres).revision == 3


def test_whoever_makes_the_change_does_not_keep_their_approval(
    do: Do, buyer: Buyer, two_centres: str
) -> None:
    do(SavePerson(code="fin", roles=frozenset({"buyer", "finance"})), by="adm")
    do(SavePerson(code="rex", roles=frozenset({"finance"})), by="adm")
    assert change(buyer, two_centres, by="fin", quantity=D(11))["role:finance"] == "waiting"
