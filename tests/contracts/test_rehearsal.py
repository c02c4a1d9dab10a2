"""Long commands on SQLite: others write meanwhile, and what they wrote is respected."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event

from tests.conftest import START
from tests.factories.imports import importing
from tests.factories.jobs import Company, make_company
from wopo.db.engine import make_engine
from wopo.db.rehearsal import REHEARSALS, execute_rehearsed
from wopo.db.uow import SqlTransactions
from wopo.domain.audit import AuditEntry
from wopo.domain.budgets import Budget
from wopo.domain.errors import DomainError
from wopo.domain.outbox import OutboxRow
from wopo.domain.purchase_orders import PurchaseOrder
from wopo.domain.receipts import Receipt
from wopo.domain.vendors import Vendor
from wopo.usecases.audit import verify
from wopo.usecases.door import IMPORT, ActorRef, Answer, Command
from wopo.usecases.execute import Door, execute
from wopo.usecases.imports.files import ImportFiles, ImportPart
from wopo.usecases.imports.rows import Problem, Row, Sourced
from wopo.usecases.vendors import SaveVendor
from wopo.usecases.work_requests import ReportWork

ORDERS: dict[str, Any] = {
    "cost_centres": [{"code": "H", "name": "History", "currency": "EUR"}],
    "vendors": [{"code": "V1", "name": "Vendor", "currency": "EUR"}],
    "budgets": [
        {"cost_centre": "H", "starts": date(2025, 1, 1), "ends": date(2025, 12, 31),
         "amount": "1000"}
    ],
    "orders": [
        {"number": "A-1", "vendor": "V1", "currency": "EUR", "status": "complete",
         "order_date": date(2025, 3, 1), "cost_centre": "H",
         "lines": [{"position": 1, "description": "Rope", "unit": "m", "quantity": "3",
                    "unit_price": "4.5", "received": "3"}]},
        {"number": "A-2", "vendor": "V1", "currency": "EUR", "status": "pending",
         "order_date": date(2025, 3, 1), "cost_centre": "H",
         "lines": [{"position": 1, "description": "Rope", "unit": "m", "quantity": "3",
                    "unit_price": "4.5", "received": "3"}]},
    ],
}  # fmt: skip


@pytest.fixture
def door(sqlite_url: str) -> Iterator[Door]:
    engine = make_engine(sqlite_url)
    yield Door(SqlTransactions(engine), lambda: START, lambda: uuid4().hex)
    engine.dispose()


@pytest.fixture
def firm(door: Door) -> Company:
    return make_company(partial(do, door))


def do(door: Door, command: Command, *, by: str | None = None) -> Answer:
    return execute(door, command, actor=ActorRef(by, "test"), key=uuid4().hex)


def interrupted(command: ImportFiles, at: str, act: Callable[[], object]) -> ImportFiles:
    """The import, during which somebody does something: when the rows of ``at`` are read."""

    def rows(part: ImportPart) -> Iterator[Sourced[Row] | Problem]:
        act()
        yield from part.rows()

    parts = tuple(
        ImportPart(target=part.target, rows=partial(rows, part)) if part.target == at else part
        for part in command.parts
    )
    return command.model_copy(update={"parts": parts})


def rehearse(door: Door, command: Command) -> Answer:
    return execute_rehearsed(door, command, actor=IMPORT, key=uuid4().hex)


def stands(door: Door) -> dict[str, Any]:
    """What an import left, without ids; everything must fit together."""
    with door.transactions.read() as uow:
        assert list(verify(uow)) == []
        (budget,) = uow.all(Budget)
        return {
            "orders": [(o.number, o.state) for o in uow.all(PurchaseOrder, order="number")],
            "receipts": [r.number for r in uow.all(Receipt, order="number")],
            "budget": (budget.committed_minor, budget.accrued_minor),
            "events": [row.event for row in uow.all(AuditEntry, order="seq")],
            "told": [(row.seq, row.card) for row in uow.all(OutboxRow, order="seq")],
        }


def test_it_leaves_what_the_plain_way_leaves(door: Door, engine: Any) -> None:
    plain = Door(SqlTransactions(engine), door.clock, door.new_id)
    command = importing(**ORDERS)

    assert rehearse(door, command).message == execute(plain, command, actor=IMPORT, key="k").message

    assert stands(door) == stands(plain)
    assert stands(door)["orders"]


def test_work_goes_on_meanwhile_and_keeps_its_place_in_the_chain(door: Door, firm: Company) -> None:
    reports: list[Answer] = []

    def somebody_reports() -> None:
        reports.append(do(door, ReportWork(title="Leak", location_id=firm.harbour), by=firm.rob))

    rehearse(door, interrupted(importing(**ORDERS), "orders", somebody_reports))

    assert len(reports) == 1, "a report is nothing that an import reads: no second rehearsal"
    found = stands(door)
    assert [number for number, _ in found["orders"]] == ["A-1", "A-2"]
    assert found["events"].index("work_request:reported") < found["events"].index(
        "purchase_order:imported"
    )
    assert len({seq for seq, _ in found["told"]}) == len(found["told"])


def test_what_it_may_have_read_was_changed_so_it_runs_again(door: Door) -> None:
    saved: list[Answer] = []

    def somebody_adds_the_vendor() -> None:
        if not saved:
            vendor = SaveVendor(code="V1", name="Theirs", currency="EUR", phone="5")
            saved.append(execute(door, vendor, actor=IMPORT, key="theirs"))

    rehearse(door, interrupted(importing(**ORDERS), "orders", somebody_adds_the_vendor))

    with door.transactions.read() as uow:
        (vendor,) = uow.all(Vendor)
        assert (vendor.name, vendor.phone) == ("Vendor", "5")
        assert {order.vendor_id for order in uow.all(PurchaseOrder)} == {vendor.id}
    stands(door)


def test_overtaken_every_time_it_runs_under_the_lock(door: Door) -> None:
    said: list[str] = []

    def somebody_saves() -> None:
        vendor = SaveVendor(code=f"T{len(said)}", name="Theirs", currency="EUR")
        try:
            execute(door, vendor, actor=IMPORT, key=uuid4().hex)
        except DomainError as error:
            said.append(error.message)
        else:
            said.append("saved")

    rehearse(door, interrupted(importing(**ORDERS), "orders", somebody_saves))

    assert said == ["saved"] * REHEARSALS + ["Busy: nothing was changed. Please try again."]
    assert len(stands(door)["orders"]) == 2


def test_a_refused_import_leaves_nothing_and_holds_no_lock(door: Door) -> None:
    begun: list[bool] = []
    transactions = door.transactions
    assert isinstance(transactions, SqlTransactions)

    @event.listens_for(transactions.engine, "begin")
    def heard(connection: Any) -> None:
        begun.append(bool(connection.get_execution_options().get("wopo_write")))

    wrong = {**ORDERS, "vendors": []}
    with pytest.raises(DomainError, match="there is no vendor 'V1'"):
        rehearse(door, importing(**wrong))

    assert not any(begun)
    with door.transactions.read() as uow:
        assert uow.count(AuditEntry) == uow.count(Budget) == 0


def test_a_full_disk_refuses_the_import_and_leaves_nothing(door: Door) -> None:
    transactions = door.transactions
    assert isinstance(transactions, SqlTransactions)
    transactions.engine.dispose()

    @event.listens_for(transactions.engine, "connect")
    def no_room(connection: Any, _record: Any) -> None:
        (held,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={held}")

    many = [{"code": f"V{n}", "name": "x" * 140, "currency": "EUR"} for n in range(400)]
    with pytest.raises(DomainError, match="can't be written right now, so nothing was changed"):
        rehearse(door, importing(vendors=many))

    with door.transactions.read() as uow:
        assert uow.count(Vendor) == uow.count(AuditEntry) == 0
        assert list(verify(uow)) == []
