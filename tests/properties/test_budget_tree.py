"""A tree of budgets, projects and a job's amount, in two currencies, under whatever people do in
any order: none is ever over where it stops, each says the ledger's sum, and every commitment leaves
exactly once, at the rate it was counted at."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from tests.factories.money import BUYER, FINANCE, RECEIVER, YEAR, Desk, content, line
from tests.promises import rounds
from tests.properties.conftest import company
from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.budgets import Budget
from wopo.domain.cost_centres import CostCentre, Project
from wopo.domain.errors import DomainError
from wopo.domain.purchase_orders import OrderState, PurchaseOrder
from wopo.usecases.audit import verify
from wopo.usecases.budgets import SetBudget
from wopo.usecases.cost_centres import SaveCostCentre
from wopo.usecases.exchange_rates import SetExchangeRate
from wopo.usecases.order_changes import CancelOrder, CloseOrderShort, IssueOrder
from wopo.usecases.purchase_orders import WithdrawOrder
from wopo.usecases.receipt_corrections import ReturnedLine, ReturnGoods
from wopo.usecases.work_orders import ChangeWorkOrder

D = Decimal
Step = Callable[[Desk], None]
LIMITS = {"4000": 700, "4700": 400, "4711": 300, "4712": 10_000}


def grow(at: Desk) -> None:
    """4711 and 4712 below 4700, below 4000, with 4713 that keeps dollars; a project over all of
    them and one in dollars; a job that may cost 250."""
    at.do(SaveCostCentre(code="4000", name="All", currency="EUR"))
    at.do(SaveCostCentre(code="4700", name="Plant", parent="4000"))
    for code in ("4711", "4712"):
        at.do(SaveCostCentre(code=code, parent="4700"))
    at.world.add(Project(id="p1", code="P-1", name="Retrofit"))
    at.do(SaveCostCentre(code="4713", name="Overseas", currency="USD", parent="4700"))
    at.world.add(Project(id="p2", code="P-2", name="Relocation"))
    rate("USD", "EUR", "0.9137")(at)
    rate("EUR", "USD", "1.0943")(at)
    for code in ("4700", "4711", "4000"):
        set_budget(at, cost_centre=code, amount=LIMITS[code])
    set_budget(at, project="P-1", amount=200)
    set_budget(at, project="P-2", amount=300, currency="USD")
    at.do(ChangeWorkOrder(work_order_id="WO-1", nte=D(250)), by="sue")


def rate(source: str, target: str, value: str) -> Step:
    facts = {"source": source, "target": target, "day": date(2026, 3, 1), "rate": D(value)}

    def step(at: Desk) -> None:
        at.do(SetExchangeRate(**facts))

    return step


def set_budget(at: Desk, **facts: object) -> None:
    at.do(SetBudget(starts=YEAR[0], ends=YEAR[1], **facts), by=FINANCE)


def buy(price: str, centre: str, job: str | None, currency: str = "EUR", **more: str) -> Step:
    def step(at: Desk) -> None:
        (known,) = at.world.all(CostCentre, code=centre)
        at.submitted(line("3", price, centre=known.id, job=job, **more), currency=currency)

    return step


def first(at: Desk, *states: OrderState) -> str | None:
    found = [row.id for row in at.world.all(PurchaseOrder) if row.state in states]
    return found[0] if found else None


def of_the_first(*states: OrderState) -> Callable[[Callable[[Desk, str], object]], Step]:
    def made(act: Callable[[Desk, str], object]) -> Step:
        def step(at: Desk) -> None:
            order = first(at, *states)
            if order is not None:
                act(at, order)

        return step

    return made


def approve(at: Desk) -> None:
    waiting = at.world.all(Approval, state=ApprovalState.WAITING)
    if waiting:
        at.approve(waiting[-1].purchase_order_id)
        at.do(IssueOrder(order_id=waiting[-1].purchase_order_id), by=BUYER)


@of_the_first(OrderState.ISSUED)
def receive(at: Desk, order: str) -> None:
    at.receive(order, "1")


@of_the_first(OrderState.ISSUED)
def bill(at: Desk, order: str) -> None:
    price = str(at.lines(order)[0].unit_price)
    currency = at.order(order).currency
    at.bill(order, ("1", price), number=f"R-{len(at.world.all_entries())}", currency=currency)


@of_the_first(OrderState.ISSUED)
def back(at: Desk, order: str) -> None:
    part = ReturnedLine(line_id=at.lines(order)[0].id, accepted=D(1))
    command = ReturnGoods(order_id=order, lines=(part,), for_credit=True, reason="bent")
    at.do(command, by=RECEIVER)


@of_the_first(OrderState.ISSUED)
def revise(at: Desk, order: str) -> None:
    row = at.lines(order)[0]
    held = at.content(order)
    more = held.lines[0].model_copy(update={"quantity": row.quantity + 1})
    at.revise(order, content(more, currency=held.currency))


@of_the_first(OrderState.ISSUED)
def close_short(at: Desk, order: str) -> None:
    at.do(CloseOrderShort(order_id=order, reason="no more"), by=BUYER)


@of_the_first(OrderState.APPROVED, OrderState.ISSUED)
def cancel(at: Desk, order: str) -> None:
    at.do(CancelOrder(order_id=order, reason="not needed"), by=BUYER)


def new_leaf(at: Desk) -> None:
    set_budget(at, cost_centre="4712", amount=LIMITS["4712"])


STEPS: dict[str, Step] = {
    "buy 30 for the job": buy("10", "4711", "WO-1"),
    "buy 90 for the project": buy("30", "4712", None, project_id="p1"),
    "buy 180 for the job's project": buy("60", "4711", "WO-1", project_id="p1"),
    "buy 270 in dollars": buy("100", "4712", None, currency="USD"),
    "buy 100 for one that keeps dollars": buy("33.33", "4713", "WO-1", project_id="p1"),
    "buy 100 dollars for it": buy("33.33", "4713", None, currency="USD", project_id="p2"),
    "buy 50 for the project in dollars": buy("16.67", "4712", None, project_id="p2"),
    "buy 70 dollars for that": buy("23.33", "4711", "WO-1", currency="USD", project_id="p2"),
    "another rate": rate("USD", "EUR", "0.95"),
    "another rate back": rate("EUR", "USD", "1.2"),
    "approve": approve,
    "approve, please": approve,
    "receive": receive,
    "bill": bill,
    "return": back,
    "revise": revise,
    "close short": close_short,
    "cancel": cancel,
    "new leaf": new_leaf,
}


def agrees(at: Desk) -> None:
    with at.world.transactions.read() as uow:
        assert [str(fault) for fault in verify(uow)] == []


def holds(at: Desk) -> None:
    for row in at.world.all(Budget):
        assert row.used_minor() <= row.limit_minor, dict(row)


def end_all(at: Desk) -> None:
    """Nothing is promised any more."""
    for row in at.world.all(PurchaseOrder):
        command = None
        if row.pending_revision or row.state is OrderState.PENDING_APPROVAL:
            at.do(WithdrawOrder(order_id=row.id), by=BUYER)
        if row.state in (OrderState.APPROVED, OrderState.ISSUED):
            command = CloseOrderShort(order_id=row.id, reason="the end")
        if command is not None and any(not part.closed_short for part in at.lines(row.id)):
            try:
                at.do(command, by=BUYER)
            except DomainError as error:
                assert error.code in {"order.nothing_open", "illegal_move"}, error.code


@settings(
    deadline=None,
    max_examples=rounds(5, soak=1_500),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(names=st.lists(st.sampled_from(sorted(STEPS)), min_size=6, max_size=12))
def test_no_budget_is_ever_over_and_each_says_the_ledgers_sum(seeded: Engine, names: list[str]):
    with company(seeded) as at:
        grow(at)
        for name in names:
            try:
                STEPS[name](at)
            except DomainError:
                continue
            finally:
                holds(at)
        agrees(at)
        end_all(at)
        agrees(at)
        assert {k: v for k, v in at.ledger().items() if k in {"planned", "committed"}} == {}
        for row in at.world.all(Budget):
            assert (row.requested_minor, row.committed_minor) == (0, 0), dict(row)
