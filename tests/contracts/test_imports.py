"""Imports on both databases: taken in, taken in again, flagged and billed."""

from datetime import date
from typing import Any

from tests.conftest import Ids, TestClock
from tests.factories.imports import importing
from wopo.db.uow import SqlTransactions
from wopo.domain.invoices import Invoice
from wopo.domain.purchase_orders import PurchaseOrder
from wopo.usecases.door import IMPORT
from wopo.usecases.execute import Door, execute
from wopo.usecases.imports.billing import BillAsOrdered
from wopo.usecases.views.imports import flagged_view

LINE: dict[str, Any] = {
    "position": 1,
    "description": "Rope",
    "unit": "m",
    "quantity": "3",
    "unit_price": "45.5805",
    "received": "3",
}


def test_orders_come_in_once_and_are_billed(shared_transactions: SqlTransactions) -> None:
    door = Door(shared_transactions, TestClock(), Ids())
    orders = [
        {
            "number": number,
            "vendor": "V1",
            "currency": "USD",
            "status": status,
            "order_date": date(2025, 3, 1),
            "cost_centre": "H",
            "lines": [LINE],
        }
        for number, status in (("A-1", "complete"), ("A-10", "complete"), ("A-9", "pending"))
    ]
    command = importing(
        cost_centres=[{"code": "H", "name": "History", "currency": "USD"}],
        vendors=[{"code": "V1", "name": "Vendor", "currency": "USD"}],
        orders=orders,
    )

    execute(door, command, actor=IMPORT, key="first")
    again = execute(door, command, actor=IMPORT, key="second")
    billed = execute(door, BillAsOrdered(), actor=IMPORT, key="bill")

    assert again.facts["counts"]["orders"] == {"added": 0, "changed": 0, "unchanged": 3}
    assert billed.facts["invoices"] == 2
    with shared_transactions.read() as uow:
        assert uow.count(PurchaseOrder) == 3
        assert [i.number for i in uow.all(Invoice, order="sequence")] == ["INV-A-1", "INV-A-10"]
        assert [found.number for found in flagged_view(uow, limit=5)] == ["A-9"]
