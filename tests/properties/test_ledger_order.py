"""The ledger does not depend on the order of events (domain.md, invariant 8).

Whatever people do, the ledger's sums, the budget's balances and the recomputation from the
documents agree after every step; and the same things done in another order end in the same sums.
"""

from collections.abc import Callable
from decimal import Decimal

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from tests.factories.money import BUYER, FINANCE, RECEIVER, Desk, content, line
from tests.promises import rounds
from tests.properties.conftest import company
from wopo.domain.errors import DomainError
from wopo.domain.order_content import OrderContent, shares
from wopo.domain.purchase_orders import OrderRevision
from wopo.usecases.audit import verify
from wopo.usecases.exception_cases import AcceptCase
from wopo.usecases.order_changes import CloseOrderShort
from wopo.usecases.payables import RejectInvoice
from wopo.usecases.receipt_corrections import ReturnedLine, ReturnGoods, VoidReceipt

D = Decimal
Step = Callable[[Desk, str], None]
LIVELY = settings(
    deadline=None,
    max_examples=rounds(15, soak=1_500),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def agrees(at: Desk) -> None:
    """Nothing that a verification finds, and a budget that says what the ledger says."""
    with at.world.transactions.read() as uow:
        assert [str(fault) for fault in verify(uow)] == []


def plans_what_waits(at: Desk, order: str) -> None:
    """Whatever a change that waits would add, new lines included, is planned; nothing else is."""
    more = 0
    revision = at.order(order).pending_revision
    if revision is not None:
        (row,) = at.world.all(OrderRevision, purchase_order_id=order, revision=revision)
        asked = shares(OrderContent.model_validate(row.content))
        have = {line.id: line.share_minor for line in at.lines(order) if not line.proposed}
        more = sum(max(share - have.get(id, 0), 0) for id, share in asked.items())
    assert at.ledger().get("planned", 0) == more


def receive(accepted: str, rejected: str = "0") -> Step:
    def step(at: Desk, order: str) -> None:
        at.receive(order, accepted, rejected, acknowledged={f"more_than_ordered:{order}"})

    return step


def back(quantity: str, *, for_credit: bool) -> Step:
    def step(at: Desk, order: str) -> None:
        part = ReturnedLine(line_id=at.lines(order)[0].id, accepted=D(quantity))
        command = ReturnGoods(order_id=order, lines=(part,), for_credit=for_credit, reason="bent")
        at.do(command, by=RECEIVER)

    return step


def void_last(at: Desk, order: str) -> None:
    entries = [e for e in at.world.all_entries() if e.event == "receipt:posted"]
    if entries:
        at.do(VoidReceipt(receipt_id=entries[-1].subject_id, reason="mistake"), by=RECEIVER)


def bill(quantity: str, price: str, number: str) -> Step:
    def step(at: Desk, order: str) -> None:
        at.bill(order, (quantity, price), number=number)

    return step


def credit(quantity: str, price: str) -> Step:
    def step(at: Desk, order: str) -> None:
        at.credit(order, (quantity, price))

    return step


def revise(quantity: str, price: str) -> Step:
    def step(at: Desk, order: str) -> None:
        row = at.lines(order)[0]
        at.revise(order, content(line(quantity, price, id=row.id, position=1)))

    return step


def add_line(at: Desk, order: str) -> None:
    """A further line for another job, which waits for approval."""
    kept = [now for now in at.content(order).lines if now.description != "oil"]
    new = line("2", "7.50", job="WO-1", description="oil")
    at.propose(order, content(*kept, new))


def approve_waiting(at: Desk, order: str) -> None:
    if at.order(order).pending_revision is not None:
        at.approve(order)


def reject_waiting(at: Desk, order: str) -> None:
    if at.order(order).pending_revision is not None:
        at.reject(order)


def accept_all(at: Desk, order: str) -> None:
    for case in at.cases().values():
        at.do(AcceptCase(case_id=case.id, reason="fine"), by=FINANCE)


def reject_last(at: Desk, order: str) -> None:
    entries = [e for e in at.world.all_entries() if e.event == "invoice:received"]
    if entries:
        at.do(RejectInvoice(invoice_id=entries[-1].subject_id, reason="wrong"), by=FINANCE)


def close_short(at: Desk, order: str) -> None:
    at.do(CloseOrderShort(order_id=order, reason="no more"), by=BUYER)


STEPS: dict[str, Step] = {
    "receive 3": receive("3"),
    "receive 6, 1 rejected": receive("6", "1"),
    "receive 4": receive("4"),
    "return 2 for credit": back("2", for_credit=True),
    "return 1": back("1", for_credit=False),
    "void": void_last,
    "bill 5": bill("5", "10", "A"),
    "bill 4 dearer": bill("4", "10.33", "B"),
    "credit 2": credit("2", "10"),
    "credit 5": credit("5", "10"),
    "raise to 13": revise("13", "10"),
    "dearer": revise("10", "10.33"),
    "add a line": add_line,
    "approve change": approve_waiting,
    "reject change": reject_waiting,
    "accept": accept_all,
    "reject": reject_last,
    "close short": close_short,
}


@LIVELY
@given(names=st.lists(st.sampled_from(sorted(STEPS)), max_size=10))
def test_after_every_step_ledger_budget_and_documents_agree(seeded: Engine, names: list[str]):
    with company(seeded) as at:
        at.budget()
        order = at.issued()
        for name in names:
            try:
                STEPS[name](at, order)
            except DomainError:
                continue
            finally:
                agrees(at)
                plans_what_waits(at, order)


TOGETHER: dict[str, tuple[Step, frozenset[str]]] = {
    "first": (receive("4"), frozenset()),
    "second": (receive("5", "1"), frozenset()),
    "back": (back("1", for_credit=True), frozenset({"first", "second"})),
    "bill": (bill("8", "10.25", "A"), frozenset()),
    "credit": (credit("2", "10.25"), frozenset({"bill"})),
    "revise": (revise("12", "10.50"), frozenset()),
    "end": (close_short, frozenset({"first", "second", "back", "revise"})),
}
"""Steps that are legal in many orders, with what must have happened before each."""


def orders() -> st.SearchStrategy[list[str]]:
    """Orders of the steps that keep what must come before."""

    def legal(names: list[str]) -> bool:
        return all(TOGETHER[n][1] <= set(names[: names.index(n)]) for n in names)

    return st.permutations(sorted(TOGETHER)).map(_repaired).filter(legal)


def _repaired(names: list[str]) -> list[str]:
    """The nearest legal order: a step waits until what it needs has happened."""
    done: list[str] = []
    waiting = list(names)
    while waiting:
        step = next(name for name in waiting if TOGETHER[name][1] <= set(done))
        waiting.remove(step)
        done.append(step)
    return done


@LIVELY
@given(names=orders())
def test_any_order_of_events_ends_in_the_same_sums(seeded: Engine, names: list[str]):
    with company(seeded) as at:
        budget = at.budget()
        order = at.issued()
        for name in names:
            TOGETHER[name][0](at, order)
        agrees(at)
        assert at.ledger() == {
            "accrued": 2100,
            "invoiced": 6300,
            "variance": -150,
            "reversed": 4200,
        }
        assert at.balances(budget) == {"accrued": 2100, "invoiced": 6150}
