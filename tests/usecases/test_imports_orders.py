"""Imported orders: states, approvals of the source, receipts without stock, figures, flags."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.factories.imports import importing
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.audit import AuditEntry
from wopo.domain.budgets import Budget
from wopo.domain.errors import DomainError
from wopo.domain.exception_cases import CaseState, ExceptionCase
from wopo.domain.imports import ImportedRecord
from wopo.domain.ledger import CostKind, LedgerEntry
from wopo.domain.order_content import totals
from wopo.domain.outbox import OutboxRow
from wopo.domain.purchase_orders import (
    OrderCharge,
    OrderRevision,
    OrderState,
    Progress,
    PurchaseOrder,
    PurchaseOrderLine,
)
from wopo.domain.receipts import Receipt
from wopo.domain.stock import StockMovement
from wopo.usecases.door import Answer
from wopo.usecases.order_documents import content_of_revision, load_order

Do = Callable[..., Answer]
DAY = date(2025, 3, 1)
BASE: dict[str, Any] = {
    "cost_centres": [{"code": "HIST", "name": "History", "currency": "USD"}],
    "vendors": [{"code": "V1", "name": "Vendor one", "currency": "USD"}],
    "parts": [{"number": "P-1", "name": "Bearing", "unit": "pcs"}],
}
LINE = {"position": 1, "part": "P-1", "quantity": "3", "unit": "pcs", "unit_price": "45.5805"}


def order(number: str = "X-1", **changes: Any) -> dict[str, Any]:
    return {
        "number": number,
        "vendor": "V1",
        "currency": "USD",
        "status": "complete",
        "order_date": DAY,
        "ship_date": date(2025, 3, 9),
        "cost_centre": "HIST",
        "lines": [LINE],
        **changes,
    }


@pytest.fixture
def take(do: Do) -> Callable[..., Answer]:
    """Import these orders into a small company."""

    def run(*orders: dict[str, Any], **base: Any) -> Answer:
        return do(importing(**{**BASE, **base}, orders=orders))

    return run


Take = Callable[..., Answer]


def test_figures_follow_the_one_rounding_rule(take: Take, transactions: SqlTransactions) -> None:
    answer = take(
        order(
            tax="21.7681",
            freight="6.8025",
            net_total="272.1015",
            total="300.6721",
            lines=[
                {**LINE, "unit_price": "45.12", "line_total": "135.36"},
                {**LINE, "position": 2, "line_total": "136.7415"},
            ],
        )
    )

    assert answer.facts["rounding"] == {"lines": 2, "largest": "0.0015", "sum": "-0.0015"}
    with transactions.read() as uow:
        found = uow.all(PurchaseOrder)[0]
        lines = uow.all(PurchaseOrderLine, order="position")
        document = load_order(uow, found)
        expected = totals(document.content())
        revision = uow.all(OrderRevision)[0]
        assert [c.amount_minor for c in uow.all(OrderCharge)] == [680]
        assert [line.net_minor for line in lines] == [13536, 13674]
        assert lines[1].unit_price == Decimal("45.5805")
        assert (found.net_minor, found.charges_minor, found.tax_minor) == (27210, 680, 2177)
        assert found.total_minor == 27210 + 680 + 2177 == expected.total_minor
        assert [line.share_minor for line in lines] == [t.share_minor for t in expected.lines]
        assert [line.tax_minor for line in lines] == [t.tax_minor for t in expected.lines]
        assert revision.content_hash == document.content().hash()
        assert content_of_revision(revision) == document.content()


@pytest.mark.parametrize(
    ("status", "state", "approvals"),
    [
        ("pending", OrderState.PENDING_APPROVAL, 0),
        ("approved", OrderState.APPROVED, 1),
        ("rejected", OrderState.REJECTED, 0),
        ("issued", OrderState.ISSUED, 1),
        ("complete", OrderState.ISSUED, 1),
    ],
)
def test_every_status_has_its_state_and_no_approval_is_invented(
    take: Take, transactions: SqlTransactions, status: str, state: OrderState, approvals: int
) -> None:
    take(order(status=status))

    with transactions.read() as uow:
        found = uow.all(PurchaseOrder)[0]
        recorded = uow.all(Approval)
        assert found.state is state
        assert found.imported
        assert found.without_job
        assert len(recorded) == approvals
        for approval in recorded:
            assert approval.imported
            assert approval.state is ApprovalState.APPROVED
            assert approval.decided_by_id is None
            assert approval.reason == "approved in the source system"
        assert found.approved_revision == (1 if approvals else None)


def test_receipts_count_and_move_no_stock(take: Take, transactions: SqlTransactions) -> None:
    take(order(lines=[{**LINE, "quantity": "10", "received": "9", "rejected": "2"}]))

    with transactions.read() as uow:
        line, receipt = uow.all(PurchaseOrderLine)[0], uow.all(Receipt)[0]
        assert (line.received, line.accepted) == (Decimal(9), Decimal(7))
        assert uow.all(PurchaseOrder)[0].receipt_progress is Progress.PARTIAL
        assert receipt.imported
        assert receipt.received_on == date(2025, 3, 9)
        assert receipt.flag is None
        assert uow.count(StockMovement) == 0


def test_goods_on_an_order_nobody_approved_are_flagged(
    take: Take, transactions: SqlTransactions
) -> None:
    came = [{**LINE, "received": "3"}]
    answer = take(
        order("X-1", status="pending", lines=came),
        order("X-2", status="rejected", lines=came),
        order("X-3", status="complete", lines=came),
    )

    assert answer.facts["warnings"] == 2
    with transactions.read() as uow:
        orders = {o.number: o for o in uow.all(PurchaseOrder)}
        flags = {r.purchase_order_id: r.flag for r in uow.all(Receipt)}
        assert orders["X-1"].import_flag == (
            "Goods were received on an order that is waiting for approval in the source system."
        )
        assert "rejected in the source system" in (flags[orders["X-2"].id] or "")
        assert orders["X-3"].import_flag is None
        cases = uow.all(ExceptionCase, order="number")
        assert [(c.code, c.subject, c.amount_minor) for c in cases] == [
            ("RECEIPT_WITHOUT_APPROVAL", "receipt", 13674),
            ("RECEIPT_WITHOUT_APPROVAL", "receipt", 13674),
        ]
        assert cases[0].told == ("136.74 USD received on order X-1, which was never approved.")
        assert [row.card for row in uow.all(OutboxRow)] == ["import"]


def test_the_ledger_and_budget_say_what_is_committed_and_accrued(
    take: Take, transactions: SqlTransactions
) -> None:
    line = {**LINE, "quantity": "4", "unit_price": "10"}
    take(
        order("X-1", status="complete", lines=[{**line, "received": "3"}]),
        order("X-2", status="pending", lines=[line]),
        order("X-3", status="rejected", lines=[line]),
        budgets=[{"cost_centre": "HIST", "starts": DAY, "ends": date(2025, 12, 31), "amount": "1"}],
    )

    with transactions.read() as uow:
        sums: dict[CostKind, int] = {}
        for entry in uow.all(LedgerEntry):
            sums[entry.kind] = sums.get(entry.kind, 0) + entry.amount_minor
        budget = uow.all(Budget)[0]
        assert sums == {
            CostKind.ACCRUED: 3000,
            CostKind.COMMITTED: 1000,
            CostKind.PLANNED: 4000,
        }
        assert (budget.requested_minor, budget.committed_minor, budget.accrued_minor) == (
            4000,
            1000,
            3000,
        )


def test_an_order_in_a_currency_without_a_rate_is_refused(take: Take) -> None:
    with pytest.raises(DomainError) as refused:
        take(order(currency="GBP"))

    assert "GBP" in refused.value.message


def test_what_contradicts_itself_comes_in_with_a_sentence(
    take: Take, transactions: SqlTransactions
) -> None:
    take(
        order(
            net_total="500",
            lines=[{**LINE, "line_total": "140", "due": date(2025, 2, 1), "received": "4"}],
        )
    )

    with transactions.read() as uow:
        case = uow.all(ExceptionCase)[0]
        assert (case.code, case.subject, case.state) == (
            "DOCUMENT_CONTRADICTS",
            "purchase_order",
            CaseState.OPEN,
        )
        assert case.told.startswith("Order X-1: Line 1: 3 at 45.5805 is 136.74 USD")
        warnings = uow.find(ImportedRecord, target="orders").warnings  # type: ignore[union-attr]
    assert warnings == [
        "Line 1: 3 at 45.5805 is 136.74 USD, the source says 140.",
        "The lines come to 136.74 USD, the source says 500.",
        "Due before the order was made (2025-03-01): line 1.",
        "More received than ordered: line 1.",
    ]


def test_importing_again_changes_nothing_and_a_changed_order_is_a_problem(
    take: Take, transactions: SqlTransactions
) -> None:
    take(order())
    with transactions.read() as uow:
        before = uow.count(AuditEntry)

    assert take(order()).facts["counts"]["orders"]["unchanged"] == 1

    with transactions.read() as uow:
        assert uow.count(AuditEntry) == before
        assert uow.count(PurchaseOrder) == 1
    with pytest.raises(DomainError, match="imported before and is different in the file now"):
        take(order(tax="3"))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"vendor": "V11"}, "orders.csv line 3, column vendor: there is no vendor 'V11'. "
         "Did you mean 'V1'?"),
        ({"cost_centre": "HITS"}, "column cost_centre: there is no cost centre 'HITS'. "
         "Did you mean 'HIST'?"),
        ({"lines": [{**LINE, "part": "P-9"}]}, "lines.csv line 2, column part: there is no part"),
        ({"lines": [{**LINE, "received": "2", "rejected": "3"}]},
         "lines.csv line 2, column rejected: 3 rejected of 2 received"),
        ({"lines": []}, "column number: has no lines"),
        ({"lines": [{k: v for k, v in LINE.items() if k != "part"}]},
         "column description: neither a part nor a description"),
    ],
)  # fmt: skip
def test_problems_name_file_line_and_column(
    take: Take, transactions: SqlTransactions, changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(DomainError) as refused:
        take(order("X-0"), order(**changes))

    assert told in refused.value.message
    with transactions.read() as uow:
        assert uow.count(PurchaseOrder) == 0


def test_each_document_has_one_audit_row(take: Take, transactions: SqlTransactions) -> None:
    take(order(lines=[{**LINE, "received": "3"}]))

    with transactions.read() as uow:
        events = [e.event for e in uow.all(AuditEntry, order="seq")]
    assert events[-4:] == [
        "purchase_order:imported",
        "approval:imported",
        "receipt:imported",
        "import:finished",
    ]
