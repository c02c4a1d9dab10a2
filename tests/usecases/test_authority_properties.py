"""Random workflows: nobody approves what they asked for, also not in another's place or after a
change of roles; nobody beyond the limit that counts; and no change of an approved order keeps the
authority it had."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import Ids, TestClock
from tests.factories.buying import Buyer, World, content, line, part_line, seed
from wopo.db.engine import make_engine
from wopo.db.tables import create_all
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import AUTHORITY, OPEN_DECISIONS, Approval, ApprovalState
from wopo.domain.errors import DomainError
from wopo.domain.people import AuthorityLimit
from wopo.domain.purchase_orders import OrderRevision, OrderState, PurchaseOrder
from wopo.domain.purchasing_policy import PolicyDocument
from wopo.usecases.approvals import ApproveOrder, RejectOrder
from wopo.usecases.cost_centres import SetCostCentreOwner
from wopo.usecases.delegations import Delegate
from wopo.usecases.door import ActorRef, Answer, Command
from wopo.usecases.execute import Door, execute
from wopo.usecases.order_changes import CancelOrder, IssueOrder, ReviseOrder
from wopo.usecases.part_requests import RequestParts
from wopo.usecases.people import DeactivatePerson, ReactivatePerson, SavePerson, SetAuthority
from wopo.usecases.purchase_orders import DraftOrder, SubmitOrder, WithdrawOrder
from wopo.usecases.purchasing_policy import ImportPolicy

D = Decimal
TODAY = date(2026, 3, 2)
WORKFLOWS = 2_000 if os.environ.get("WOPO_SOAK") == "1" else 5
ACTORS = ("tess", "ben", "ana", "max", "sue")
ALL_ROLES = frozenset({"technician", "buyer", "approver", "supervisor"})
ROLE_SETS = (ALL_ROLES, frozenset({"technician"}), frozenset({"approver"}), frozenset({"buyer"}))
RULES = [
    {"name": "large", "when": {"above": 900}, "steps": [["manager", "owner"], "role buyer"]},
    {"name": "rest", "steps": ["owner", "authority"]},
]
"""The matrix that half of the companies have."""
PERSON = st.sampled_from(ACTORS)
QUANTITY = st.sampled_from([1, 10, 79, 80, 81, 500, 5000])
STEP = st.one_of(
    st.tuples(st.just("draft"), PERSON, QUANTITY),
    st.tuples(st.just("request"), PERSON, QUANTITY),
    st.tuples(st.just("submit"), PERSON, st.integers(0, 3)),
    *[st.tuples(st.just("approve"), PERSON, st.integers(0, 3))] * 5,
    st.tuples(st.just("reject"), PERSON, st.integers(0, 3)),
    st.tuples(st.just("revise"), PERSON, QUANTITY),
    st.tuples(st.just("issue"), PERSON, st.integers(0, 3)),
    st.tuples(st.just("withdraw"), PERSON, st.integers(0, 3)),
    st.tuples(st.just("cancel"), PERSON, st.integers(0, 3)),
    st.tuples(st.just("limit"), PERSON, st.sampled_from([0, 100, 1000, 60000])),
    st.tuples(st.just("leave"), PERSON, st.just(0)),
    st.tuples(st.just("return"), PERSON, st.just(0)),
    *[st.tuples(st.just("delegate"), PERSON, st.integers(0, len(ACTORS) - 1))] * 2,
    st.tuples(st.just("roles"), PERSON, st.integers(0, len(ROLE_SETS) - 1)),
)


class Life:
    """One company whose people may all do everything, so that only authority holds them back."""

    def __init__(self, transactions: SqlTransactions, *, matrix: bool) -> None:
        clock, ids = TestClock(), Ids()
        self.world: World = seed(transactions, clock)
        self.door = Door(transactions, clock, ids)
        self.ids = ids
        self.buyer = Buyer(self.do, self.world)
        for code in ACTORS:
            self.do(SavePerson(code=code, roles=ALL_ROLES), by="adm")
        for code, major in (("tess", 1_000), ("ben", 1_000), ("sue", 60_000)):
            self.world.limit(code, major)
        if matrix:
            self.set_matrix()
        for quantity in (10, 80):
            self.buyer.submitted(content(line(quantity=D(quantity))))

    def set_matrix(self) -> None:
        """Sue owns the cost centre, Ana is everybody else's manager; small changes touch little."""
        self.do(SetCostCentreOwner(cost_centre="4711", person="sue"), by="adm")
        for code in ("tess", "ben", "max"):
            self.do(SavePerson(code=code, manager="ana"), by="adm")
        section = {"rules": RULES, "reapproval": {"total_pct": 50}}
        document = PolicyDocument.model_validate({"title": "Ours", "approval": section})
        self.do(ImportPolicy(document=document), by="adm")

    def do(self, command: Command, *, by: str) -> Answer:
        return execute(self.door, command, actor=ActorRef(by, "test"), key=self.ids())

    def step(self, name: str, who: str, number: int) -> None:
        command = self.command(name, who, number)
        if command is None:
            return
        self.step_with(command, "adm" if name in ("limit", "leave", "return", "roles") else who)

    def step_with(self, command: Command, by: str) -> None:
        try:
            answer = self.do(command, by=by)
            if isinstance(command, DraftOrder):
                self.do(SubmitOrder(order_id=answer.subject_id), by=by)
        except DomainError:
            return
        if isinstance(command, ApproveOrder) and answer.facts["decided"]:
            self.check_decision(command.approval_id, by)

    def command(self, name: str, who: str, number: int) -> Command | None:
        orders = self.world.all(PurchaseOrder)
        order = orders[number % len(orders)] if orders else None
        asked = self.world.all(Approval, state=ApprovalState.WAITING)
        approval = asked[number % len(asked)] if asked else None
        made: dict[str, Any] = {
            "request": lambda: RequestParts(
                work_order_id="WO-1", lines=(part_line("seal", str(number)),), submit=True
            ),
            "limit": lambda: SetAuthority(
                person=who, amount=D(number), valid_from=date(2026, 3, 2)
            ),
            "leave": lambda: DeactivatePerson(code=who),
            "return": lambda: ReactivatePerson(code=who),
            "roles": lambda: SavePerson(code=who, roles=ROLE_SETS[number % len(ROLE_SETS)]),
            "delegate": lambda: Delegate(
                to_id=ACTORS[number % len(ACTORS)], starts=TODAY, ends=TODAY
            ),
        }
        if order is not None:
            made |= {
                "submit": lambda: SubmitOrder(order_id=order.id),
                "issue": lambda: IssueOrder(order_id=order.id),
                "withdraw": lambda: WithdrawOrder(order_id=order.id),
                "cancel": lambda: CancelOrder(order_id=order.id, reason="x"),
                "revise": lambda: ReviseOrder(
                    order_id=order.id, content=self._other(order.id, number), reason="x"
                ),
            }
        if approval is not None:
            made["approve"] = lambda: ApproveOrder(
                approval_id=approval.id,
                revision=approval.revision,
                content_hash=approval.content_hash,
            )
            made["reject"] = lambda: RejectOrder(
                approval_id=approval.id, revision=approval.revision, reason="x"
            )
        made["draft"] = lambda: DraftOrder(content=content(line(quantity=D(number))))
        build = made.get(name)
        return build() if build else None

    def _other(self, order_id: str, quantity: int) -> Any:
        now = self.buyer.content_now(order_id)
        lines = tuple(
            row.model_copy(update={"quantity": D(quantity), "schedule": ()}) for row in now.lines
        )
        return now.model_copy(update={"lines": lines})

    def everybody_tries(self) -> None:
        """Whatever waits is clicked by everybody, so that each right is tried."""
        for approval in self.world.all(Approval, state=ApprovalState.WAITING):
            for who in ACTORS:
                self.step_with(
                    ApproveOrder(
                        approval_id=approval.id,
                        revision=approval.revision,
                        content_hash=approval.content_hash,
                    ),
                    who,
                )

    def check_decision(self, approval_id: str, who: str) -> None:
        approval = self.world.get(Approval, approval_id)
        order = self.world.get(PurchaseOrder, approval.purchase_order_id)
        (revision,) = self.world.all(
            OrderRevision, purchase_order_id=order.id, revision=approval.revision
        )
        asked = {*order.requested_by_ids, revision.made_by_id}
        for row in self.world.all(
            Approval, purchase_order_id=order.id, revision=approval.revision, decided_by_id=who
        ):
            assert who not in asked
            assert row.decided_for_id not in asked
            if row.wanted == AUTHORITY and row.state is ApprovalState.APPROVED:
                self.check_limit(row)

    def check_limit(self, approval: Approval) -> None:
        """The one who decided, or in whose place it was, could approve that much that day."""
        whose = approval.decided_for_id or approval.decided_by_id
        day = self.world.clock().date()
        limits = [row for row in self.world.all(AuthorityLimit, person_id=whose) if row.covers(day)]
        assert max(row.amount_minor for row in limits) >= approval.amount_minor

    def check_all(self) -> None:
        """Whatever is in force was approved: that revision, that content, by somebody."""
        self.check_old_ones()
        for order in self.world.all(PurchaseOrder, state=[OrderState.APPROVED, OrderState.ISSUED]):
            approvals = self.world.all(
                Approval,
                purchase_order_id=order.id,
                revision=order.approved_revision,
                state=ApprovalState.APPROVED,
            )
            assert len(approvals) == approvals[0].decisions
            holds = self.buyer.content_now(order.id).hash()
            assert {row.content_hash for row in approvals} == {holds}
            assert all(row.decided_by_id for row in approvals)
            (by_authority,) = [row for row in approvals if row.wanted == AUTHORITY]
            assert by_authority.stands_from is None

    def check_old_ones(self) -> None:
        """No decision holds, or is asked for, but about what is in force or waits now."""
        for row in self.world.all(Approval, state=[*OPEN_DECISIONS, ApprovalState.APPROVED]):
            order = self.world.get(PurchaseOrder, row.purchase_order_id)
            newest = len(self.world.all(OrderRevision, purchase_order_id=order.id))
            waits = order.pending_revision or newest
            assert row.revision in (order.approved_revision, waits)


@contextmanager
def company(*, matrix: bool) -> Iterator[Life]:
    engine = make_engine("sqlite://")
    create_all(engine)
    yield Life(SqlTransactions(engine), matrix=matrix)
    engine.dispose()


@settings(max_examples=WORKFLOWS, deadline=None)
@given(st.booleans(), st.lists(STEP, min_size=8, max_size=24))
def test_no_order_is_approved_without_authority(
    matrix: bool, steps: list[tuple[str, str, int]]
) -> None:
    with company(matrix=matrix) as life:
        for name, who, number in steps:
            life.step(name, who, number)
        life.everybody_tries()
        life.check_all()
