"""Billing many orders together comes to the very same as entering invoices one by one."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from tests.conftest import Ids, TestClock
from tests.factories.imports import importing
from wopo.db.engine import make_engine
from wopo.db.tables import create_all
from wopo.db.uow import SqlTransactions
from wopo.domain.budgets import Budget
from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.invoices import Invoice, InvoiceCharge, InvoiceLine, InvoiceState
from wopo.domain.ledger import LedgerEntry
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.usecases.door import IMPORT, Context
from wopo.usecases.execute import Door, execute
from wopo.usecases.imports.billing import BillAsOrdered, papers
from wopo.usecases.ports.imports import ImportStore

LINE: dict[str, Any] = {"position": 1, "part": "P-1", "unit": "pcs", "quantity": "3"}


def order(number: str, *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "number": number,
        "vendor": "V1",
        "currency": "USD",
        "status": "complete",
        "order_date": date(2025, 3, 1),
        "ship_date": date(2025, 3, 9),
        "cost_centre": "HIST",
        "lines": lines,
        **changes,
    }


ORDERS = (
    order("A", {**LINE, "unit_price": "45.5805", "received": "3"}, tax="10.93", freight="3.417"),
    order("B", {**LINE, "unit_price": "45.5805", "received": "3"}, tax="10.93", freight="3.417"),
    order(
        "C",
        {**LINE, "unit_price": "7.77", "received": "2"},
        {**LINE, "position": 2, "unit_price": "0.125", "received": "3", "rejected": "1"},
        discount="1.5",
    ),
    order("D", {**LINE, "unit_price": "9", "received": "0"}),
    order("E", {**LINE, "unit_price": "9", "received": "3"}, status="issued"),
)
HISTORY = importing(
    cost_centres=[{"code": "HIST", "name": "History", "currency": "USD"}],
    vendors=[{"code": "V1", "name": "Vendor", "currency": "USD"}],
    parts=[{"number": "P-1", "name": "Bearing", "unit": "pcs"}],
    budgets=[
        {"cost_centre": "HIST", "starts": date(2025, 1, 1), "ends": date(2025, 12, 31),
         "amount": "5"}
    ],
    orders=ORDERS,
)  # fmt: skip


@pytest.fixture
def history() -> Iterator[Callable[[], Door]]:
    """Databases of their own with the same five orders: two alike, one short and partly rejected,
    one with nothing received, one that is not complete."""
    engines = []

    def make() -> Door:
        engine = make_engine("sqlite://")
        engines.append(engine)
        create_all(engine)
        door = Door(SqlTransactions(engine), TestClock(), Ids())
        execute(door, HISTORY, actor=IMPORT, key="history")
        return door

    yield make
    for engine in engines:
        engine.dispose()


def one_by_one(door: Door) -> None:
    """Enter the same papers as finance would, one commit each."""
    with door.transactions.read() as uow:
        ctx = Context(uow, actor=None, surface="test", at=door.clock(), new_id=door.new_id)
        found = [billing.paper for billing in papers(ctx, uow.store(ImportStore).complete_orders())]
    for paper in found:
        execute(door, paper, actor=IMPORT, key=f"enter:{paper.number}")


def outcome(door: Door) -> dict[str, Any]:
    """Everything that matters afterwards, without ids and times."""
    with door.transactions.read() as uow:
        orders = uow.all(PurchaseOrder)
        lines = uow.all(PurchaseOrderLine)
        numbers = {each.id: each.number for each in orders}
        names = {x.id: f"{numbers[x.purchase_order_id]}/{x.position}" for x in lines}
        ledger: dict[tuple[str, str], int] = {}
        for entry in uow.all(LedgerEntry):
            key = (names[entry.purchase_order_line_id or ""], entry.kind.value)
            ledger[key] = ledger.get(key, 0) + entry.amount_minor
        return {
            "invoices": {
                i.number: (i.state, i.total_minor, i.net_minor, i.tax_minor, i.charges_minor,
                           i.discount_minor, i.stated_total_minor, i.invoice_date, i.verdict,
                           i.stopped, numbers[i.purchase_order_id or ""])
                for i in uow.all(Invoice)
            },
            "billed": sorted(
                (names[x.purchase_order_line_id or ""], x.quantity, x.net_minor, x.share_minor)
                for x in uow.all(InvoiceLine)
            ),
            "charges": sorted((c.code, c.amount_minor) for c in uow.all(InvoiceCharge)),
            "sums": {
                names[x.id]: (x.billed, x.billed_minor, x.cleared, x.cleared_minor) for x in lines
            },
            "orders": {o.number: (o.billing_progress, o.state) for o in orders},
            "cases": sorted(
                (c.code, names.get(c.purchase_order_line_id or "", ""), c.amount_minor, c.told)
                for c in uow.all(ExceptionCase)
            ),
            "ledger": {key: amount for key, amount in ledger.items() if amount},
            "budget": [
                (b.requested_minor, b.committed_minor, b.accrued_minor, b.invoiced_minor)
                for b in uow.all(Budget)
            ],
        }  # fmt: skip


def test_together_and_one_by_one_come_to_the_same(history: Callable[[], Door]) -> None:
    together, single = history(), history()

    execute(together, BillAsOrdered(), actor=IMPORT, key="bill")
    one_by_one(single)

    assert outcome(together) == outcome(single)


def test_the_cases_are_the_right_ones(history: Callable[[], Door]) -> None:
    door = history()
    told: list[tuple[int, int]] = []

    answer = execute(
        door,
        BillAsOrdered(progress=lambda done, whole: told.append((done, whole))),
        actor=IMPORT,
        key="bill",
    )

    found = outcome(door)
    assert [case[:2] for case in found["cases"]] == [
        ("NOT_RECEIVED", "D/1"),
        ("POSSIBLE_DUPLICATE", ""),
        ("QTY_OVER_ACCEPTED", "C/1"),
        ("QTY_OVER_ACCEPTED", "C/2"),
        ("QTY_OVER_RECEIVED", "C/1"),
    ]
    assert {number: each[0] for number, each in found["invoices"].items()} == {
        "INV-A": InvoiceState.MATCHED,
        "INV-B": InvoiceState.ON_HOLD,
        "INV-C": InvoiceState.ON_HOLD,
        "INV-D": InvoiceState.ON_HOLD,
    }
    assert answer.facts == {"orders": 4, "invoices": 4, "held": 3}
    assert told == [(4, 4)]


def test_an_order_billed_before_takes_the_way_of_a_single_invoice(
    history: Callable[[], Door],
) -> None:
    door = history()
    with door.transactions.read() as uow:
        ctx = Context(uow, actor=None, surface="test", at=door.clock(), new_id=door.new_id)
        first = papers(ctx, uow.store(ImportStore).complete_orders()[:1])[0].paper
    execute(door, first.model_copy(update={"number": "EARLY"}), actor=IMPORT, key="early")

    execute(door, BillAsOrdered(), actor=IMPORT, key="bill")

    with door.transactions.read() as uow:
        again = uow.find(Invoice, number="INV-A")
        assert again is not None
        assert {"QTY_OVER_ORDERED", "LINE_TOTAL_OVER", "POSSIBLE_DUPLICATE"} <= set(again.codes)
