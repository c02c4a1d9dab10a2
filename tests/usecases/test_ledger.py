"""Hours, stock and several jobs on one order in the ledger; how many statements posting takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine, event

from tests.factories.buying import seed
from tests.factories.money import RECEIVER, Desk, content, desk, line
from wopo.domain.part_requests import PartRequestLine
from wopo.usecases.labour import CorrectLabour, EnterLabour
from wopo.usecases.part_requests import RequestParts
from wopo.usecases.people import SetLabourRate
from wopo.usecases.receipts import CountedLine, PostReceipt
from wopo.usecases.stock_issues import IssueParts, ReturnParts

D = Decimal


@pytest.fixture
def at(transactions, clock, do) -> Desk:
    return desk(do, seed(transactions, clock))


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Every statement sent to the database in the block."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def test_hours_cost_the_job_and_its_budget_and_a_correction_gives_back(at, do):
    budget = at.budget()
    do(SetLabourRate(person="tess", per_hour=D(40), currency="EUR", valid_from=date(2026, 1, 1)))
    entered = do(EnterLabour(work_order_id="WO-1", hours=D("1.5")), by="tess")
    assert at.ledger(work_order_id="WO-1") == {"labour": 6000}
    assert at.balances(budget) == {"labour": 6000}
    entry = entered.facts["labour_entry_id"]
    do(CorrectLabour(labour_entry_id=entry, hours=D(1)), by="tess")
    assert at.balances(budget) == {"labour": 4000}


def test_stock_costs_the_job_when_it_is_handed_out(at, do):
    budget = at.budget()
    at.world.stock("seal", "5", 5000)
    wanted = {"part_id": "seal", "quantity": D(2)}
    do(RequestParts(work_order_id="WO-1", lines=(wanted,)), by="tess")
    (need,) = at.world.all(PartRequestLine)
    do(IssueParts(line_id=need.id), by=RECEIVER)
    assert at.ledger(work_order_id="WO-1") == {"stock_issue": 2000}
    assert at.balances(budget) == {"stock": 2000}
    do(ReturnParts(line_id=need.id, quantity=D(1)), by=RECEIVER)
    assert at.balances(budget) == {"stock": 1000}


def test_a_part_bought_for_a_job_costs_it_once(at, do):
    order = at.issued(line("2", "12.50", part_id="seal", description="seal"))
    at.receive(order)
    assert at.ledger(work_order_id="WO-1") == {"accrued": 2500}


def test_several_jobs_on_one_order_each_bear_their_line(at):
    at.world.job("WO-2")
    order = at.issued(line(), line("1", "50", job="WO-2"), charges={"FREIGHT": 1500})
    at.receive(order, place=1)
    assert at.ledger(work_order_id="WO-1") == {"committed": 11000}
    assert at.ledger(work_order_id="WO-2") == {"accrued": 5500}


def receive_all(at: Desk, lines: int) -> PostReceipt:
    order = at.issued(*[line("1", "10") for _ in range(lines)])
    counts = tuple(CountedLine(line_id=row.id, accepted=D(1)) for row in at.lines(order))
    return PostReceipt(order_id=order, lines=counts)


def test_a_line_that_a_change_adds_is_planned_until_it_is_decided(at):
    order = at.issued(line("10", "10"))
    budget = at.budget()
    kept = at.content(order).lines
    at.propose(order, content(*kept, line("2", "7.50")))
    assert at.ledger() == {"committed": 10000, "planned": 1500}
    assert at.balances(budget) == {"requested": 1500, "committed": 10000}
    waiting = at.lines(order)[1]
    at.propose(order, content(*kept, line("3", "7.50", id=waiting.id, position=2)))
    assert at.ledger() == {"committed": 10000, "planned": 2250}
    at.reject(order)
    assert at.ledger() == {"committed": 10000}
    assert [row.description for row in at.content(order).lines] == ["bearing"]
    at.revise(order, content(*kept, line("2", "7.50")))
    assert at.ledger() == {"committed": 11500}
    assert at.balances(budget) == {"committed": 11500}


def test_a_receipt_of_many_lines_takes_no_more_statements(at, do, engine):
    counts = []
    for lines in (2, 12):
        command = receive_all(at, lines)
        with statements(engine) as sent:
            do(command, by=RECEIVER)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_judging_many_invoices_again_takes_no_more_statements(at, do, engine):
    counts = []
    for invoices in (1, 2, 8):  # the first has no earlier invoice that it may be again
        order = at.issued(line("100", "1"))
        for place in range(invoices):
            at.bill(
                order,
                ("1", "1"),
                number=f"{invoices}-{place}",
                invoice_date=date(2026, 3, 2 + invoices + place),
            )
        count = CountedLine(line_id=at.lines(order)[0].id, accepted=D(100))
        command = PostReceipt(order_id=order, lines=(count,))
        with statements(engine) as sent:
            do(command, by=RECEIVER)
        counts.append(len([text for text in sent if text.startswith("SELECT")]))
    assert counts[1] == counts[2]
