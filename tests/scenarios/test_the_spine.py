"""One job, end to end, as the local company lives it: from the report to the cost.

Report, request parts, approve, order, receive one short, invoice in full, exception, the missing
piece arrives, the exception closes itself, the invoice may be paid.
"""

from collections.abc import Iterator

import pytest

from bot.local import company, story
from wopo.cli.opening import Opened, opened
from wopo.db import migrate
from wopo.domain.audit import AuditEntry, AuditHead, chain_faults
from wopo.domain.budgets import Budget
from wopo.domain.exception_cases import CaseState, ExceptionCase, Resolution
from wopo.domain.invoices import Invoice, InvoiceState
from wopo.domain.ledger import LedgerEntry
from wopo.domain.part_requests import LineState, PartRequestLine
from wopo.domain.purchase_orders import OrderState, Progress, PurchaseOrder, PurchaseOrderLine
from wopo.domain.work_orders import WorkOrder, WorkOrderState
from wopo.usecases.receipts import CountedLine, PostReceipt


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Opened, story.Teller]]:
    """The local company after its story, on a migrated file."""
    url = f"sqlite:///{tmp_path_factory.mktemp('spine')}/wopo.db"
    database = opened(url)
    migrate.upgrade(database.engine)
    company.load(database, url)
    story.tell(database)
    yield database, story.Teller(database)
    database.engine.dispose()


def sums(database: Opened, job: str) -> dict[str, int]:
    """What stands in the ledger of a job, by kind."""
    with database.transactions.read() as uow:
        order = uow.find(WorkOrder, number=job)
        assert order is not None
        found: dict[str, int] = {}
        for entry in uow.all(LedgerEntry, work_order_id=order.id):
            found[entry.kind.value] = found.get(entry.kind.value, 0) + entry.amount_minor
    return {kind: amount for kind, amount in found.items() if amount}


def test_the_bill_for_more_than_came_is_held(told: tuple[Opened, story.Teller]) -> None:
    database, _ = told
    with database.transactions.read() as uow:
        invoice = uow.find(Invoice, number="RE-20417")
        assert invoice is not None
        cases = uow.all(ExceptionCase, invoice_id=invoice.id)
        assert invoice.state == InvoiceState.ON_HOLD
        assert {case.code for case in cases} == {"QTY_OVER_RECEIVED", "QTY_OVER_ACCEPTED"}
        assert {case.amount_minor for case in cases} == {6840}
        order = uow.get(PurchaseOrder, invoice.purchase_order_id)
        assert order is not None
        assert (order.receipt_progress, order.billing_progress) == (Progress.PARTIAL, Progress.FULL)


def test_while_it_is_held_its_money_stays_where_it_was(told: tuple[Opened, story.Teller]) -> None:
    database, _ = told
    assert sums(database, "WO-2026-000001".replace("2026", year(database))) == {
        "labour": 7275,
        "committed": 6840,
        "accrued": 13680,
        "planned": 41200,
    }


def test_the_impeller_waits_for_its_approval(told: tuple[Opened, story.Teller]) -> None:
    database, _ = told
    with database.transactions.read() as uow:
        waiting = uow.all(PurchaseOrder, state=OrderState.PENDING_APPROVAL)
        assert [order.total_minor for order in waiting] == [41200]
        states = {line.state for line in uow.all(PartRequestLine)}
        assert states >= {LineState.RESERVED, LineState.IN_APPROVAL}


def test_a_first_come_site_needs_no_review(told: tuple[Opened, story.Teller]) -> None:
    database, _ = told
    with database.transactions.read() as uow:
        jobs = {job.title: job.state for job in uow.all(WorkOrder)}
    assert jobs["Dock leveller sinks"] == WorkOrderState.ASSIGNED
    assert jobs["Ice on the evaporator"] == WorkOrderState.APPROVED
    assert "Compressor runs hot" not in jobs


def test_the_missing_piece_cures_and_the_job_costs_what_was_billed(
    told: tuple[Opened, story.Teller],
) -> None:
    database, teller = told
    with database.transactions.read() as uow:
        invoice = uow.find(Invoice, number="RE-20417")
        assert invoice is not None
        order_id = str(invoice.purchase_order_id)
        (line,) = uow.all(PurchaseOrderLine, purchase_order_id=order_id)
    missing = CountedLine(line_id=line.id, accepted=line.quantity - line.accepted)
    teller.by("rita", PostReceipt(order_id=order_id, lines=(missing,), delivery_note="DN-4712"))
    with database.transactions.read() as uow:
        cured = uow.all(ExceptionCase, invoice_id=invoice.id)
        assert {case.state for case in cured} == {CaseState.RESOLVED}
        assert {case.resolution for case in cured} == {Resolution.CAUSE_GONE}
        again = uow.get(Invoice, invoice.id)
        assert again is not None
        assert again.state == InvoiceState.MATCHED
    assert sums(database, "WO-2026-000001".replace("2026", year(database))) == {
        "labour": 7275,
        "invoiced": 20520,
        "planned": 41200,
    }


def test_the_budget_says_the_same_as_the_ledger(told: tuple[Opened, story.Teller]) -> None:
    database, _ = told
    with database.transactions.read() as uow:
        for budget in uow.all(Budget):
            entries = uow.all(LedgerEntry, budget_id=budget.id)
            assert budget.used_minor(with_requested=True) == sum(e.amount_minor for e in entries)


def test_every_step_is_in_the_audit_chain(told: tuple[Opened, story.Teller]) -> None:
    database, _ = told
    with database.transactions.read() as uow:
        head = uow.get(AuditHead, 1)
        assert head is not None
        entries = uow.all(AuditEntry, order="seq")
    assert list(chain_faults(entries, head)) == []
    told_events = {entry.event for entry in entries}
    assert told_events >= {
        "work_request:reported",
        "work_order:started",
        "part_request:sent",
        "purchase_order:approved",
        "receipt:posted",
        "invoice:held",
        "exception:raised",
        "exception:resolved",
        "invoice:matched",
    }


def test_importing_the_company_again_changes_nothing(
    told: tuple[Opened, story.Teller],
) -> None:
    database, _ = told
    with database.transactions.read() as uow:
        before = uow.count(AuditEntry)
    company.import_files(database.engine.url.render_as_string())
    with database.transactions.read() as uow:
        assert uow.count(AuditEntry) == before


def year(database: Opened) -> str:
    """The year in the numbers."""
    with database.transactions.read() as uow:
        return uow.all(WorkOrder, limit=1)[0].number.split("-")[1]
