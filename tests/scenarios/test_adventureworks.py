"""Real purchasing data: four thousand orders taken in, billed as ordered, and matched.

What must come out is computed straight from the files by an oracle that knows nothing of wopo.
A variant with every number renamed and every quantity changed goes the same way.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.conftest import Ids, TestClock
from tests.factories.imports import folder
from tests.oracles.adventureworks import Expected, expected, table
from tests.shared_data import shared_data
from wopo.db.engine import make_engine
from wopo.db.tables import create_all
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import Approval
from wopo.domain.audit import AuditEntry, AuditHead, chain_faults
from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.exception_kinds import kind_of
from wopo.domain.imports import ImportedRecord
from wopo.domain.invoices import Invoice, InvoiceState
from wopo.domain.ledger import CostKind, LedgerEntry
from wopo.domain.outbox import OutboxRow
from wopo.domain.parts import Part
from wopo.domain.price_agreements import PriceAgreement
from wopo.domain.purchase_orders import OrderState, PurchaseOrder, PurchaseOrderLine
from wopo.domain.receipts import Receipt
from wopo.domain.stock import StockLevel, StockMovement
from wopo.domain.subscriptions import Rhythm
from wopo.domain.vendors import Vendor
from wopo.usecases.door import IMPORT, Answer, Context
from wopo.usecases.execute import Door, execute
from wopo.usecases.imports.billing import BillAsOrdered
from wopo.usecases.ledger import post_order
from wopo.usecases.subscriptions import Subscribe
from wopo.usecases.views.digests import digest_view
from wopo.usecases.views.imports import flagged_view

pytestmark = pytest.mark.shared_data


@dataclass
class Run:
    """One whole run: the files, what must come out, and what did."""

    path: Path
    expected: Expected
    transactions: SqlTransactions
    door: Door
    imported: Answer
    again: Answer
    counted_before: dict[str, int]
    counted_after: dict[str, int]
    billed: Answer


@pytest.fixture(scope="module", params=["as published", "renamed, other quantities"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Import, import again, bill as ordered; once for all tests of this module."""
    path = shared_data("adventureworks")
    if request.param != "as published":
        path = retold(path, tmp_path_factory.mktemp("variant"), every=9)
    engine = make_engine("sqlite://")
    create_all(engine)
    yield _run(engine, path)
    engine.dispose()


def _run(engine: Engine, path: Path) -> Run:
    transactions = SqlTransactions(engine)
    door = Door(transactions, TestClock(), Ids())
    command = folder("adventureworks", path)
    imported = execute(door, command, actor=IMPORT, key="import-1")
    before = counts(transactions)
    again = execute(door, command, actor=IMPORT, key="import-2")
    after = counts(transactions)
    billed = execute(door, BillAsOrdered(), actor=IMPORT, key="bill")
    return Run(path, expected(path), transactions, door, imported, again, before, after, billed)


def counts(transactions: SqlTransactions) -> dict[str, int]:
    """How many rows of everything an import writes; idempotency keys are none of its data."""
    kinds = (PurchaseOrder, PurchaseOrderLine, Receipt, Approval, Vendor, Part, PriceAgreement,
             StockLevel, StockMovement, LedgerEntry, ExceptionCase, ImportedRecord, AuditEntry,
             OutboxRow)  # fmt: skip
    with transactions.read() as uow:
        return {kind.__name__: uow.count(kind) for kind in kinds}


def retold(source: Path, target: Path, *, every: int) -> Path:
    """A part of the data with other ids, names and quantities, still consistent in itself."""
    rng = random.Random(20260302)
    keep = {row[0] for row in table(source, "PurchaseOrderHeader.csv") if int(row[0]) % every == 1}
    keep |= {"609", "617", "4003", "4006"}
    keep |= {row[0] for row in table(source, "PurchaseOrderHeader.csv") if row[2] == "3"}
    heads = [row for row in table(source, "PurchaseOrderHeader.csv") if row[0] in keep]
    details = [row for row in table(source, "PurchaseOrderDetail.csv") if row[0] in keep]
    times = {row[0]: rng.randint(1, 5) for row in heads}
    times["617"] = times["609"]
    nets: dict[str, Decimal] = {}
    for row in details:
        factor = times[row[0]]
        for column in (3, 7, 8, 9):
            row[column] = str(Decimal(row[column]) * factor)
        row[6] = str(Decimal(row[3]) * Decimal(row[5]))
        nets[row[0]] = nets.get(row[0], Decimal(0)) + Decimal(row[6])
        row[0], row[1], row[4] = f"{int(row[0]) + 50_000}", f"{row[1]}7", f"{row[4]}3"
    for row in heads:
        net = nets[row[0]]
        tax, freight = (net * Decimal("0.08")).quantize(Decimal("0.0001")), Decimal("12.3456")
        row[8], row[9], row[10], row[11] = (
            str(net),
            str(tax),
            str(freight),
            str(net + tax + freight),
        )
        row[0], row[4] = f"{int(row[0]) + 50_000}", f"9{row[4]}"
    vendors = table(source, "Vendor.csv")
    for place, row in enumerate(vendors):
        row[0], row[1], row[2] = f"9{row[0]}", f"V{place:03d}", f"Vendor {place}"
    products = table(source, "Product.csv")
    for place, row in enumerate(products):
        row[0], row[1], row[2] = f"{row[0]}3", f"Thing {place}", f"T-{place}"
    prices = table(source, "ProductVendor.csv")
    for row in prices:
        row[0], row[1] = f"{row[0]}3", f"9{row[1]}"
    stock = table(source, "ProductInventory.csv")
    for row in stock:
        row[0] = f"{row[0]}3"
    for name, rows in {
        "PurchaseOrderHeader.csv": heads,
        "PurchaseOrderDetail.csv": details,
        "Vendor.csv": vendors,
        "Product.csv": products,
        "ProductVendor.csv": prices,
        "ProductInventory.csv": stock,
        "Location.csv": table(source, "Location.csv"),
        "UnitMeasure.csv": table(source, "UnitMeasure.csv"),
    }.items():
        (target / name).write_text("".join("\t".join(row) + "\n" for row in rows))
    return target


def source_lines(run: Run) -> dict[str, str]:
    """Order line id -> detail id of the files."""
    with run.transactions.read() as uow:
        return {
            line["line_id"]: line["source_line"]
            for record in uow.all(ImportedRecord, target="orders")
            for line in record.facts["lines"]
        }


def order_ids(run: Run) -> dict[str, str]:
    """Order id -> id of the files."""
    with run.transactions.read() as uow:
        return {o.id: o.number.removeprefix("AW-") for o in uow.all(PurchaseOrder)}


def test_everything_comes_in(run: Run) -> None:
    found = {kind: each["added"] for kind, each in run.imported.facts["counts"].items()}
    files = {
        "vendors": "Vendor.csv",
        "parts": "Product.csv",
        "agreements": "ProductVendor.csv",
        "stock": "ProductInventory.csv",
    }

    assert {kind: found[kind] for kind in files} == {
        kind: len(table(run.path, name)) for kind, name in files.items()
    }
    assert found["orders"] == run.expected.orders
    with run.transactions.read() as uow:
        assert uow.count(PurchaseOrderLine) == run.expected.lines


def test_importing_again_changes_nothing(run: Run) -> None:
    assert run.counted_after == run.counted_before
    assert all(
        (each["added"], each["changed"]) == (0, 0) for each in run.again.facts["counts"].values()
    )


def test_states_are_the_source_s_and_approvals_are_marked(run: Run) -> None:
    with run.transactions.read() as uow:
        states = Counter(order.state for order in uow.all(PurchaseOrder))
        approvals = uow.all(Approval)
        assert all(a.imported and a.decided_by_id is None for a in approvals)
        assert {a.reason for a in approvals} == {"approved in the source system"}
    status = run.expected.by_status
    assert states == {
        OrderState.PENDING_APPROVAL: status["1"],
        OrderState.APPROVED: status["2"],
        OrderState.REJECTED: status["3"],
        OrderState.ISSUED: status["4"],
    }
    assert len(approvals) == status["2"] + status["4"]


def test_prices_keep_four_decimals_and_rounding_is_reported(run: Run) -> None:
    prices = {row[1]: Decimal(row[5]) for row in table(run.path, "PurchaseOrderDetail.csv")}
    names = source_lines(run)
    with run.transactions.read() as uow:
        assert {names[line.id]: line.unit_price for line in uow.all(PurchaseOrderLine)} == prices
    rounding = run.imported.facts["rounding"]
    assert rounding["lines"] == run.expected.lines
    assert Decimal(rounding["sum"]) == run.expected.rounding_sum
    assert Decimal(rounding["largest"]) == run.expected.rounding_largest <= Decimal("0.005")


def test_the_snapshot_is_the_opening_balance_and_receipts_move_no_stock(run: Run) -> None:
    snapshot = table(run.path, "ProductInventory.csv")
    with run.transactions.read() as uow:
        levels, movements = uow.all(StockLevel), uow.all(StockMovement)
        assert len(movements) == len(levels) == len(snapshot)
        assert sum(level.on_hand for level in levels) == sum(int(row[4]) for row in snapshot)


def test_surprises_come_in_flagged_and_listed_for_a_person(run: Run) -> None:
    names = order_ids(run)
    with run.transactions.read() as uow:
        listed = {f.number.removeprefix("AW-") for f in flagged_view(uow, limit=10_000)}
        cases = uow.all(ExceptionCase, code="RECEIPT_WITHOUT_APPROVAL")
        flagged = {names[r.purchase_order_id] for r in uow.all(Receipt) if r.flag}
        raised = {names[case.purchase_order_id or ""] for case in cases}

    assert flagged == raised == run.expected.unapproved
    assert listed == run.expected.unapproved | run.expected.due_too_early


def test_the_match_raises_exactly_what_the_files_say(run: Run) -> None:
    lines, orders = source_lines(run), order_ids(run)
    found: dict[str, set[str]] = {}
    with run.transactions.read() as uow:
        for case in uow.all(ExceptionCase):
            name = (
                lines.get(case.purchase_order_line_id or "") or orders[case.purchase_order_id or ""]
            )
            assert name not in found.setdefault(case.code, set())
            found[case.code].add(name)

    assert found == {
        code: names
        for code, names in {
            "QTY_OVER_ACCEPTED": run.expected.over_accepted,
            "QTY_OVER_RECEIVED": run.expected.over_received,
            "POSSIBLE_DUPLICATE": run.expected.look_alikes,
            "RECEIPT_WITHOUT_APPROVAL": run.expected.unapproved,
        }.items()
        if names
    }
    assert run.expected.look_alikes


def test_the_digest_of_a_subscribed_channel_shows_them(run: Run) -> None:
    subscribed = execute(
        run.door,
        Subscribe(channel="C0DIGEST", rhythm=Rhythm.DAILY),
        actor=IMPORT,
        key="subscribe",
    )
    with run.transactions.read() as uow:
        now = run.door.clock()
        digest = digest_view(uow, subscribed.subject_id, since=now, until=now)

    assert {kind.name: kind.count for kind in digest.kinds} == {
        kind_of(code).title: len(names)
        for code, names in (
            ("QTY_OVER_ACCEPTED", run.expected.over_accepted),
            ("QTY_OVER_RECEIVED", run.expected.over_received),
            ("RECEIPT_WITHOUT_APPROVAL", run.expected.unapproved),
            ("POSSIBLE_DUPLICATE", run.expected.look_alikes),
        )
        if names
    }
    assert len(digest.largest) == 10


def test_every_complete_order_is_billed_once_for_what_was_ordered(run: Run) -> None:
    orders = order_ids(run)
    dates = {row[0]: row[7][:10] for row in table(run.path, "PurchaseOrderHeader.csv")}
    with run.transactions.read() as uow:
        invoices = uow.all(Invoice)
        billed = {orders[i.purchase_order_id or ""]: i for i in invoices}
        assert len(billed) == len(invoices)
        assert set(billed) == run.expected.billed_orders
        for number, invoice in billed.items():
            assert invoice.total.amount == run.expected.totals[number]
            assert invoice.invoice_date.isoformat() == dates[number]
            assert invoice.number == f"INV-AW-{number}"
        held = {n for n, i in billed.items() if i.state is InvoiceState.ON_HOLD}
    details = {row[1]: row[0] for row in table(run.path, "PurchaseOrderDetail.csv")}
    wrong = {details[line] for line in run.expected.over_accepted | run.expected.over_received}
    assert held == wrong | run.expected.look_alikes
    assert run.billed.facts["held"] == len(held)


def test_billing_again_bills_nothing(run: Run) -> None:
    with run.transactions.read() as uow:
        before = uow.count(Invoice)

    answer = execute(run.door, BillAsOrdered(), actor=IMPORT, key="bill-again")

    assert answer.facts["invoices"] == 0
    with run.transactions.read() as uow:
        assert uow.count(Invoice) == before


def test_the_ledger_agrees_with_the_files_and_with_one_by_one_posting(run: Run) -> None:
    sums: dict[CostKind, int] = {}
    with run.transactions.read() as uow:
        for entry in uow.all(LedgerEntry):
            sums[entry.kind] = sums.get(entry.kind, 0) + entry.amount_minor
    done = sums[CostKind.ACCRUED] + sums.get(CostKind.INVOICED, 0)
    slack = run.expected.lines
    assert abs(done - run.expected.accrued * 100) <= slack
    assert abs(sums[CostKind.COMMITTED] - run.expected.committed * 100) <= slack

    with run.transactions.write() as uow:
        ctx = Context(uow, actor=None, surface="test", at=run.door.clock(), new_id=run.door.new_id)
        before = uow.count(LedgerEntry)
        for order in uow.all(PurchaseOrder, order="number", limit=150):
            lines = uow.all(PurchaseOrderLine, purchase_order_id=order.id)
            post_order(ctx, order, lines, source="check", source_id=order.id)
        assert uow.count(LedgerEntry) == before


def test_slack_hears_one_summary_of_each(run: Run) -> None:
    with run.transactions.read() as uow:
        rows = uow.all(OutboxRow, order="seq")
        assert [row.card for row in rows] == ["import", "import"]
        assert rows[0].facts["text"].startswith("Import of AdventureWorks:")
        assert "billed as ordered" in rows[1].facts["text"]


def test_the_audit_chain_holds(run: Run) -> None:
    with run.transactions.read() as uow:
        entries, head = uow.all(AuditEntry, order="seq"), uow.all(AuditHead)[0]
        assert list(chain_faults(entries, head)) == []
        events = Counter(entry.event for entry in entries)
    assert events["purchase_order:imported"] == run.expected.orders
    assert events["receipt:imported"] == run.expected.orders
    assert events["invoice:received"] == len(run.expected.billed_orders)
