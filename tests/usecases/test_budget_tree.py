"""Budgets as a tree: a parent's limit holds for the sum of its children; projects beside it."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories.buying import seed
from tests.factories.money import BUYER, FINANCE, YEAR, Desk, content, desk, line
from wopo.domain.budgets import Budget
from wopo.domain.cost_centres import Project
from wopo.domain.errors import DomainError
from wopo.domain.outbox import OutboxRow
from wopo.domain.people import Role
from wopo.usecases.audit import verify
from wopo.usecases.budget_overrides import AskOverride, OverrideBudget
from wopo.usecases.budgets import SetBudget
from wopo.usecases.cost_centres import SaveCostCentre
from wopo.usecases.order_changes import CancelOrder, ReviseOrder
from wopo.usecases.people import SavePerson
from wopo.usecases.settings import ChangeCompanySettings

D = Decimal
SUMMER = (date(2026, 1, 1), date(2026, 6, 30))


@pytest.fixture
def at(transactions, clock, do) -> Desk:
    """Building (4711) and Stock (4712) below Plant (4700), which is below All (4000)."""
    made = desk(do, seed(transactions, clock))
    do(SaveCostCentre(code="4000", name="All", currency="EUR"))
    do(SaveCostCentre(code="4700", name="Plant", parent="4000"))
    for code in ("4711", "4712"):
        do(SaveCostCentre(code=code, parent="4700"))
    made.world.add(Project(id="p1", code="P-1", name="Retrofit"))
    return made


def budget(at: Desk, whose: str, amount: str = "10000", days: tuple[date, date] = YEAR) -> str:
    kind = "project" if whose.startswith("P") else "cost_centre"
    command = SetBudget(**{kind: whose}, starts=days[0], ends=days[1], amount=D(amount))
    return at.do(command, by=FINANCE).subject_id


def refused(call, *args, **kwargs) -> DomainError:
    with pytest.raises(DomainError) as error:
        call(*args, **kwargs)
    return error.value


def sound(at: Desk) -> None:
    with at.world.transactions.read() as uow:
        assert [str(fault) for fault in verify(uow)] == []


def test_the_sum_of_the_children_is_held_by_the_parent(at):
    top, first, second = budget(at, "4700", "250"), budget(at, "4711"), budget(at, "4712")
    at.approved()
    at.approved(line(centre="cc2"))
    assert at.balances(top) == {"committed": 20000}
    assert [at.balances(id) for id in (first, second)] == [{"committed": 10000}] * 2
    third = at.submitted()
    error = refused(at.approve, third)
    assert error.message.startswith(
        "Only 50.00 EUR of budget 4700 is left; this needs 100.00 EUR. Kept as pending."
    )
    assert at.balances(first) == {"committed": 10000, "requested": 10000}
    sound(at)


def test_without_a_budget_of_its_own_the_nearest_above_pays(at):
    top = budget(at, "4000", "100")
    order = at.approved()
    assert at.balances(top) == {"committed": 10000}
    assert refused(at.approve, at.submitted(line(centre="cc2"))).code == "budget.over"
    own = budget(at, "4711")
    assert (at.balances(own), at.balances(top)["committed"]) == ({"committed": 10000}, 10000)
    at.do(CancelOrder(order_id=order, reason="no"), by=BUYER)
    assert (at.balances(own), at.balances(top)) == ({}, {"requested": 10000})
    sound(at)


@pytest.mark.parametrize(
    "places",
    [
        ("4000", "4700", "4711"),
        ("4711", "4700", "4000"),
        ("4700", "4711", "4000"),
        ("4000", "4711", "4700"),
    ],
)
def test_in_whatever_order_budgets_are_set_they_say_the_same(at, places):
    at.approved()
    at.approved(line("1", "7", centre="cc2"))
    ids = {place: budget(at, place) for place in places}
    at.receive(at.issued())
    held = {place: at.balances(id) for place, id in ids.items()}
    assert held["4711"] == {"committed": 10000, "accrued": 10000}
    assert held["4700"] == held["4000"] == {"committed": 10700, "accrued": 10000}
    parents = {place: at.world.get(Budget, id).parent_id for place, id in ids.items()}
    assert parents == {"4711": ids["4700"], "4700": ids["4000"], "4000": None}
    sound(at)


def test_shorter_periods_lie_within_longer_ones(at):
    year, half = budget(at, "4700"), budget(at, "4711", days=SUMMER)
    at.approved()
    assert at.balances(year) == at.balances(half) == {"committed": 10000}
    across = (date(2026, 6, 1), date(2026, 8, 31))
    assert refused(budget, at, "4711", days=across).code == "budget.overlaps"
    error = refused(budget, at, "4000", days=across)
    assert (error.code, error.field) == ("budget.astride", "starts")
    sound(at)


class TestProjects:
    def bought(self, at: Desk, centre: str = "cc") -> str:
        return at.submitted(line(centre=centre, project_id="p1"))

    def test_a_project_holds_what_several_cost_centres_spend_on_it(self, at):
        budget(at, "4711")
        project = budget(at, "P-1", "150")
        at.approve(self.bought(at))
        error = refused(at.approve, self.bought(at, "cc2"))
        assert error.message.startswith("Only 50.00 EUR of budget project P-1 is left")
        assert at.balances(project) == {"committed": 10000, "requested": 10000}
        sound(at)

    def test_it_takes_over_what_was_spent_before_it_existed(self, at):
        at.approve(self.bought(at))
        project = budget(at, "P-1")
        assert at.balances(project) == {"committed": 10000}
        sound(at)

    def test_a_budget_has_one_owner(self, at):
        both = SetBudget(cost_centre="4711", project="P-1", starts=YEAR[0], ends=YEAR[1], amount=1)
        assert refused(at.do, both, by=FINANCE).code == "budget.one_owner"


class TestStages:
    def test_a_request_is_stopped_with_all_that_waits(self, at, do):
        do(ChangeCompanySettings(changes={"budget_on_request": "stop"}))
        top = budget(at, "4700", "150")
        at.submitted()
        error = refused(at.submitted, line(centre="cc2"))
        assert error.message.startswith("Only 50.00 EUR of budget 4700 is left; this needs 100.00")
        assert at.balances(top) == {"requested": 10000}
        sound(at)

    def test_every_budget_on_the_way_is_told_once(self, at, do):
        do(ChangeCompanySettings(changes={"budget_on_approval": "warn"}))
        budget(at, "4700", "50")
        budget(at, "4711", "60")
        at.approved()
        at.approved()
        told = [row.facts["text"] for row in at.world.all(OutboxRow, card="direct")]
        assert [text for text in told if "budget" in text] == [
            "The budget of 4700 is over by 50.00 EUR (by purchase order).",
            "The budget of 4711 is over by 40.00 EUR (by purchase order).",
        ]


def test_a_cost_centre_stays_where_budgets_count_it(at, do):
    budget(at, "4000")
    error = refused(do, SaveCostCentre(code="4711", parent="4000"))
    assert (error.code, error.field) == ("cost_centre.parent_budgeted", "parent")
    do(SaveCostCentre(code="4711", name="House"))


def test_verification_finds_a_parent_that_does_not_say_the_sum(at):
    top = budget(at, "4700")
    budget(at, "4711")
    at.approved()
    with at.world.transactions.write() as uow:
        uow.get(Budget, top).committed_minor -= 1
        uow.commit()
    with at.world.transactions.read() as uow:
        (fault,) = verify(uow)
    assert str(fault).endswith("committed is 9999, the ledger adds up to 10000")


class TestOverride:
    @pytest.fixture
    def waiting(self, at) -> str:
        """100 EUR wait; the budgets of the cost centre and above hold 60."""
        budget(at, "4700", "60")
        budget(at, "4711", "60")
        order = at.submitted()
        assert refused(at.approve, order).facts["order_id"] == order
        return order

    def let(self, at: Desk, order: str, reason: str = "the plant stands still", by=FINANCE) -> None:
        at.do(OverrideBudget(order_id=order, revision=1, reason=reason), by=by)

    def test_with_a_reason_it_passes_each_budget_once_and_stands_in_the_trail(self, at, waiting):
        self.let(at, waiting)
        at.approve(waiting)
        facts = [e.facts for e in at.world.all_entries() if e.event == "budget:overridden"]
        assert [(one["whose"], one["over"]["amount"], one["reason"]) for one in facts] == [
            ("4700", "40.00", "the plant stands still"),
            ("4711", "40.00", "the plant stands still"),
        ]
        assert refused(at.approve, at.submitted()).code == "budget.over"
        sound(at)

    def test_it_holds_for_one_revision_only(self, at, waiting):
        self.let(at, waiting)
        row = at.lines(waiting)[0]
        changed = content(line("11", id=row.id, position=1))
        at.do(ReviseOrder(order_id=waiting, content=changed, reason="one more"), by=BUYER)
        assert refused(at.approve, waiting).code == "budget.over"
        assert refused(self.let, at, waiting).code == "stale"

    @pytest.mark.parametrize(
        ("by", "code"), [("max", "not_allowed"), (BUYER, "budget.own_override")]
    )
    def test_neither_without_the_role_nor_for_ones_own_order(self, at, do, waiting, by, code):
        if by == BUYER:
            do(SavePerson(code=BUYER, roles=frozenset({Role.BUYER, Role.FINANCE})))
        assert refused(self.let, at, waiting, by=by).code == code

    def test_asking_reaches_everybody_with_the_role(self, at, do, waiting):
        do(ChangeCompanySettings(changes={"budget_override_role": "supervisor"}))
        at.do(AskOverride(order_id=waiting), by="max")
        cards = at.world.all(OutboxRow, card="budget_override")
        assert [row.audience for row in cards] == ["person:sue"]
        assert refused(self.let, at, waiting, " ", by="sue").field == "reason"
