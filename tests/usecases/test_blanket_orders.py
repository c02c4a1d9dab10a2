"""Blanket orders and their releases: the limit holds, and no amount is promised twice."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.conftest import TestClock
from tests.factories.jobs import Company, Do, row, rows
from tests.factories.shop import Shop, open_shop
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import Approval
from wopo.domain.budgets import Budget
from wopo.domain.errors import DomainError
from wopo.domain.order_content import LineContent, OrderContent
from wopo.domain.purchase_orders import OrderKind, OrderState, PurchaseOrder
from wopo.usecases.approvals import ApproveOrder
from wopo.usecases.audit import verify
from wopo.usecases.budgets import SetBudget
from wopo.usecases.order_changes import CancelOrder, IssueOrder, ReviseOrder
from wopo.usecases.purchase_orders import DraftOrder, SubmitOrder

Order = Callable[..., str]


@pytest.fixture
def shop(do: Do, firm: Company) -> Shop:
    do(
        SetBudget(
            cost_centre="OPS",
            starts=date(2026, 1, 1),
            ends=date(2026, 12, 31),
            amount=Decimal(20_000),
        )
    )
    return open_shop(do, firm)


@pytest.fixture
def content(shop: Shop, firm: Company) -> Callable[..., OrderContent]:
    """``content(quantity, ...)``: seals at 10.00 EUR from Grainger for the job."""

    def make(quantity: int, **more: Any) -> OrderContent:
        line = LineContent(
            description="Seal",
            quantity=Decimal(quantity),
            unit="pcs",
            unit_price=Decimal(10),
            cost_centre_id=firm.ops,
            work_order_id=shop.job,
        )
        facts = {"vendor_id": shop.grainger, "currency": "EUR", "lines": (line,)}
        return OrderContent(**{**facts, **more})

    return make


@pytest.fixture
def submitted(do: Do, firm: Company) -> Order:
    def run(content: OrderContent) -> str:
        order = do(DraftOrder(content=content), by=firm.bea).subject_id
        do(SubmitOrder(order_id=order), by=firm.bea)
        return order

    return run


@pytest.fixture
def approve(do: Do, firm: Company, transactions: SqlTransactions) -> Callable[[str], None]:
    def run(order: str) -> None:
        found = rows(transactions, Approval, purchase_order_id=order, order="revision")[-1]
        command = ApproveOrder(
            approval_id=found.id, revision=found.revision, content_hash=found.content_hash
        )
        do(command, by=firm.max)

    return run


@pytest.fixture
def blanket(
    do: Do,
    firm: Company,
    content: Callable[..., OrderContent],
    submitted: Order,
    approve: Callable[[str], None],
) -> str:
    """An issued blanket order of 1,000.00 EUR at most, valid until the end of March."""
    order = submitted(
        content(
            100,
            kind=OrderKind.BLANKET,
            blanket_limit_minor=1_000_00,
            valid_to=date(2026, 3, 31),
        )
    )
    approve(order)
    do(IssueOrder(order_id=order), by=firm.bea)
    return order


def committed(transactions: SqlTransactions) -> int:
    return rows(transactions, Budget)[0].committed_minor


def test_a_release_takes_over_what_the_blanket_committed(
    do: Do,
    firm: Company,
    blanket: str,
    content: Callable[..., OrderContent],
    submitted: Order,
    approve: Callable[[str], None],
    transactions: SqlTransactions,
) -> None:
    assert committed(transactions) == 1_000_00
    release = submitted(content(30, kind=OrderKind.RELEASE, blanket_id=blanket))
    assert committed(transactions) == 1_000_00
    approve(release)
    assert committed(transactions) == 1_000_00
    do(CancelOrder(order_id=release, reason="Not needed"), by=firm.bea)
    assert committed(transactions) == 1_000_00
    second = submitted(content(100, kind=OrderKind.RELEASE, blanket_id=blanket))
    approve(second)
    assert committed(transactions) == 1_000_00
    with transactions.read() as uow:
        assert [str(fault) for fault in verify(uow)] == []


def test_releases_together_never_exceed_the_limit(
    blanket: str,
    content: Callable[..., OrderContent],
    submitted: Order,
    approve: Callable[[str], None],
    transactions: SqlTransactions,
) -> None:
    first = submitted(content(60, kind=OrderKind.RELEASE, blanket_id=blanket))
    second = submitted(content(60, kind=OrderKind.RELEASE, blanket_id=blanket))
    approve(first)
    with pytest.raises(DomainError, match=r"400\.00 EUR left of its 1,000\.00 EUR"):
        approve(second)
    assert row(transactions, PurchaseOrder, second).state is OrderState.PENDING_APPROVAL


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": OrderKind.STANDARD}, "only a release"),
        ({"vendor_id": "acme"}, "another vendor or in another currency"),
        ({"blanket_id": None}, "choose the kind release and its blanket order"),
    ],
)
def test_what_is_no_release_of_this_blanket_is_refused(
    blanket: str,
    shop: Shop,
    content: Callable[..., OrderContent],
    submitted: Order,
    changes: dict[str, Any],
    said: str,
) -> None:
    facts = {"kind": OrderKind.RELEASE, "blanket_id": blanket, **changes}
    if "vendor_id" in facts:
        facts["vendor_id"] = shop.acme
    with pytest.raises(DomainError, match=said):
        submitted(content(1, **facts))


def test_nothing_is_called_off_when_the_blanket_is_over(
    blanket: str,
    content: Callable[..., OrderContent],
    submitted: Order,
    clock: TestClock,
) -> None:
    clock.forward(days=40)
    with pytest.raises(DomainError, match="was valid to 2026-03-31"):
        submitted(content(1, kind=OrderKind.RELEASE, blanket_id=blanket))


def test_an_approved_release_stays_with_its_blanket(
    do: Do,
    firm: Company,
    blanket: str,
    content: Callable[..., OrderContent],
    submitted: Order,
    approve: Callable[[str], None],
) -> None:
    release = submitted(content(30, kind=OrderKind.RELEASE, blanket_id=blanket))
    approve(release)
    loose = content(30)
    assert loose.hash() != loose.model_copy(update={"blanket_id": blanket}).hash()
    with pytest.raises(DomainError, match="cancel it and order anew"):
        do(ReviseOrder(order_id=release, content=loose, reason="Other"), by=firm.bea)
