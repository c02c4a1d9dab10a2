"""Judging again: what changed since the last look, once; and everything, without a trace where
nothing comes out differently."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import event, text

from tests.factories.buying import seed
from tests.factories.money import FINANCE, Desk, desk
from tests.factories.money import line as order_line
from wopo.db.engine import WRITE
from wopo.db.uow import SqlTransactions, SqlUnitOfWork
from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.invoices import Invoice, InvoiceRejudged, InvoiceState
from wopo.domain.outbox import JobRun
from wopo.domain.purchase_orders import PurchaseOrderLine
from wopo.domain.purchasing_policy import PolicyDocument
from wopo.usecases.audit import verify
from wopo.usecases.door import CONSOLE
from wopo.usecases.exception_cases import AcceptCase, DisputeCase
from wopo.usecases.execute import execute
from wopo.usecases.judging_sweeps import KeepPlace, judge_everything, sweep
from wopo.usecases.purchasing_policy import ImportPolicy
from wopo.usecases.rejudging import Judge, Looked

WIDE = {"price_pct": 5, "line_total_pct": "no limit", "total_pct": "no limit"}


@pytest.fixture
def at(transactions, clock, do) -> Desk:
    return desk(do, seed(transactions, clock))


@pytest.fixture
def damage(engine):
    """Change rows past wopo, as a repair or a restore might."""

    def run(statement: str) -> None:
        with engine.execution_options(**WRITE).begin() as connection:
            connection.execute(text(statement))

    return run


def billed(at: Desk, price: str, number: str) -> Invoice:
    order = at.issued(order_line())
    at.receive(order)
    return at.bill(order, ("10", price), number=number)


def policy(do, limits: dict[str, Any], **more: Any) -> None:
    matching = {"company": {"limits": limits}, **more.pop("matching", {})}
    document = PolicyDocument.model_validate({"title": "Wider", "matching": matching, **more})
    do(ImportPolicy(document=document), by=FINANCE)


def everything(at: Desk) -> list[str]:
    kinds = (Invoice, ExceptionCase, PurchaseOrderLine)
    rows = [row.model_dump_json() for kind in kinds for row in at.world.all(kind)]
    return [*rows, str(len(at.world.all_entries()))]


def intervals(at: Desk) -> list[tuple[int, int]]:
    runs = sorted(
        (row for row in at.world.all(JobRun) if row.job == "judge"), key=lambda r: r.period
    )
    return [(int(run.period.split()[0]), run.facts["seq"]) for run in runs]


def test_a_policy_judges_what_waits_on_the_day_it_begins_and_once(at, do, door, clock):
    held, even, far = billed(at, "10.2", "over"), billed(at, "10", "even"), billed(at, "15", "far")
    policy(do, WIDE, effective_from="2026-03-04")
    assert (sweep(door).orders, sweep(door).orders) == (3, 0)
    clock.now = datetime(2026, 3, 4, 0, 10, tzinfo=UTC)
    looked = sweep(door)
    assert (looked.orders, looked.judged, len(looked.changed)) == (2, 2, 2)
    assert at.invoice(held.id).state is InvoiceState.MATCHED
    assert at.invoice(far.id).codes == ["PRICE_OVER"]
    assert at.invoice(even.id).version == even.version
    said = [one for one in at.world.all_entries() if one.event == InvoiceRejudged.name]
    assert [one.facts["cause"] for one in said] == ["a sweep", "a sweep"]
    assert (sweep(door).judged, sweep(door).orders) == (0, 0)
    assert at.invoice(held.id).version == held.version + 1


def test_a_rule_that_ends_judges_what_came_beyond_the_order(at, do, door, clock):
    lax = {"name": "Bolts", "vendor": "GRA", "limits": {"over_receipt_pct": 50}}
    rules = {"rules": [{**lax, "valid_to": "2026-03-05"}]}
    policy(do, {}, matching=rules)
    order = at.issued(order_line())
    at.receive(order, "12", acknowledged={f"more_than_ordered:{order}"})
    assert at.cases() == {}
    sweep(door)
    clock.now = datetime(2026, 3, 5, 23, 0, tzinfo=UTC)
    assert sweep(door).orders == 0
    clock.forward(hours=2)
    assert len(sweep(door).changed) == 1
    assert set(at.cases()) == {"OVER_RECEIPT"}
    assert sweep(door).judged == 0


def test_every_entry_of_the_audit_is_looked_at_once_by_however_many_clocks(at, door, clock):
    billed(at, "10", "A")
    sweep(door)
    billed(at, "10.2", "B")
    last = KeepPlace(after=0, seq=99, policy=0, day=clock.now.date())
    assert execute(door, last, actor=CONSOLE, key="late").message.startswith("Somebody else")
    sweep(door)
    billed(at, "10", "C")
    assert sweep(door).orders == 1
    found = intervals(at)
    assert [begin for begin, _ in found] == [0, *(end for _, end in found[:-1])]
    assert found[-1][1] == len(at.world.all_entries())


def test_full_judging_leaves_no_trace_where_all_is_as_it_was(at, do, door):
    order = at.issued()
    at.receive(order, "6")
    at.bill(order, ("4", "10"), number="A")
    at.bill(order, ("4", "10"), number="B", invoice_date=date(2026, 3, 3))
    at.credit(order, ("2", "10"), invoice_date=date(2026, 3, 4))
    accepted = billed(at, "11", "C")
    for case in at.world.all(ExceptionCase, invoice_id=accepted.id):
        do(AcceptCase(case_id=case.id, reason="agreed"), by=FINANCE)
    billed(at, "10", "D")
    at.bill(None, ("1", "1"), number="N", vendor_id="gra")
    before, done = everything(at), []
    looked = judge_everything(door, actor=CONSOLE, progress=done.append)
    assert (looked.orders, looked.judged, done) == (3, 0, [3])
    assert everything(at) == before
    assert sweep(door).orders == 0


def test_full_judging_mends_what_differs_and_touches_nothing_else(at, do, door, damage):
    quiet, other, held = (
        billed(at, price, n) for n, price in (("A", "10"), ("B", "10"), ("C", "11"))
    )
    short = at.issued(order_line())
    at.receive(short, "9")
    at.bill(short, ("10", "10"), number="D")
    damage(
        "UPDATE purchase_order_line SET billed = billed + 1, cleared_minor = 7 "
        f"WHERE purchase_order_id = '{quiet.purchase_order_id}'"
    )
    damage(
        "UPDATE purchase_order_line SET unit_price = unit_price * 1.1 "
        f"WHERE purchase_order_id = '{held.purchase_order_id}'"
    )
    damage("UPDATE exception_case SET amount_minor = 1 WHERE code = 'QTY_OVER_ACCEPTED'")
    looked = judge_everything(door, actor=CONSOLE)
    numbers = [
        at.order(id).number for id in (quiet.purchase_order_id, held.purchase_order_id, short)
    ]
    assert (looked.judged, sorted(looked.changed)) == (3, sorted(numbers))
    assert at.lines(quiet.purchase_order_id)[0].billed == 10
    assert at.invoice(held.id).state is InvoiceState.MATCHED
    assert at.cases()["QTY_OVER_ACCEPTED"].amount_minor == 1000
    assert at.invoice(other.id) == other
    with at.world.transactions.read() as uow:
        (fault,) = verify(uow)
    assert "its lines are not what revision 1 says" in str(fault)
    assert judge_everything(door, actor=CONSOLE).judged == 0


@dataclass
class Opened:
    """Transactions, and how many of them were begun on purpose."""

    within: SqlTransactions
    count: int = 0

    def read(self) -> SqlUnitOfWork:
        self.count += 1
        return self.within.read()

    def write(self) -> SqlUnitOfWork:
        self.count += 1
        return self.within.write()


def test_a_sweep_reads_what_is_held_back_while_it_may(at, do, door, engine):
    policy(do, {}, disputes={"pay_the_rest": True})
    order = at.issued(order_line())
    at.receive(order, "9")
    made = at.bill(order, ("10", "10"))
    for case in at.cases().values():
        do(DisputeCase(case_id=case.id, reason="not delivered"), by=FINANCE)
    assert at.invoice(made.id).withheld_minor == 1000
    begun: list[object] = []
    event.listen(engine, "begin", begun.append)
    opened = Opened(door.transactions)
    looked = sweep(replace(door, transactions=opened))
    assert (looked.orders, looked.judged) == (1, 0)
    assert len(begun) == opened.count > 0


def test_what_is_judged_later_is_no_longer_left(at, door):
    held = billed(at, "11", "A")
    judge = Judge(door, CONSOLE, "again", Looked(left={held.purchase_order_id: "refused"}))
    judge.judge([held.purchase_order_id])
    assert judge.looked.left == {}


def test_a_quiet_sweep_asks_little_however_much_there_is(at, door, engine):
    for number in range(4):
        billed(at, "10", f"Q{number}")
    sweep(door)
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    sweep(door)
    assert len(statements) <= 4
    statements.clear()
    judge_everything(door, actor=CONSOLE)
    once = len(statements)
    for number in range(4, 8):
        billed(at, "10", f"Q{number}")
    statements.clear()
    judge_everything(door, actor=CONSOLE)
    writes = [one for one in statements if "UPDATE" in one or "INSERT" in one]
    assert len(statements) - len(writes) <= once + 4
    assert all("job_run" in one or "idempotency" in one for one in writes)
