"""Duplicate demand: the form says what is on order already, and one tap joins that order."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.ids import Action, Callback, SlashCommand
from tests.factories.jobs import Company, Do, row, rows, started_job
from tests.factories.shop import Shop, asked, open_shop
from tests.payloads import Payloads
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.errors import DomainError
from wopo.domain.order_content import LineContent, OrderContent
from wopo.domain.part_requests import LineState, PartRequestLine
from wopo.domain.purchase_orders import OrderState, PurchaseOrder, PurchaseOrderLine
from wopo.usecases.approvals import ApproveOrder, RejectOrder
from wopo.usecases.order_changes import CancelOrder, IssueOrder, LinePromise, RecordPromise
from wopo.usecases.part_request_planning import LineInput
from wopo.usecases.part_requests import RequestParts
from wopo.usecases.purchase_orders import DraftOrder, SubmitOrder

Json = dict[str, Any]
Send = Callable[[Json], Json]
D = Decimal
THURSDAY = date(2026, 3, 5)


@pytest.fixture
def shop(do: Do, company: Company) -> Shop:
    return open_shop(do, company)


@pytest.fixture
def decide(do: Do, company: Company, transactions: SqlTransactions) -> Callable[..., None]:
    """``decide()``: Max approves whatever waits (``reject``: or rejects it)."""

    def run(*, reject: bool = False) -> None:
        for one in rows(transactions, Approval, state=ApprovalState.WAITING):
            no = RejectOrder(approval_id=one.id, revision=one.revision, reason="no")
            yes = ApproveOrder(
                approval_id=one.id, revision=one.revision, content_hash=one.content_hash
            )
            do(no if reject else yes, by=company.max)

    return run


@pytest.fixture
def other_job(do: Do, company: Company, shop: Shop) -> str:
    return started_job(do, company)


@pytest.fixture
def ordered(
    do: Do, company: Company, shop: Shop, decide: Callable[..., None], transactions: SqlTransactions
) -> str:
    """25 seals are on order for WO-1 (five lay in stock), promised for Thursday: the line's id."""
    asked(do, company, shop, shop.seal, 30, submit=True)
    decide()
    (order,) = rows(transactions, PurchaseOrder)
    do(IssueOrder(order_id=order.id), by=company.bea)
    (line,) = rows(transactions, PurchaseOrderLine)
    promise = LinePromise(line_id=line.id, promised_on=THURSDAY)
    do(RecordPromise(order_id=order.id, lines=(promise,)), by=company.bea)
    return line.id


def joining(job: str, shop: Shop, order_line: str) -> RequestParts:
    """Four seals that come along with an order line."""
    line = LineInput(part_id=shop.seal, quantity=D(4), join=order_line)
    return RequestParts(work_order_id=job, lines=(line,), submit=True)


def need(transactions: SqlTransactions, job: str) -> PartRequestLine:
    return rows(transactions, PartRequestLine, work_order_id=job)[0]


def test_the_form_offers_the_order_and_one_tap_joins_it(
    ordered: str,
    other_job: str,
    shop: Shop,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    send(payloads.command(SlashCommand.PARTS, "2", user="U-tess"))
    form = slack.of("views.open")[-1]["view"]
    assert form["callback_id"] == Callback.REQUEST_PARTS
    values = {"part_id": shop.seal, "quantity": "4"}
    typed = payloads.submit(form, values, user="U-tess")["view"]

    def tap(action: Action, value: str) -> Json:
        click = payloads.click_in_view(action, value, form, user="U-tess")
        send(click | {"view": click["view"] | {"state": typed["state"]}})
        return slack.of("views.update")[-1]["view"]  # type: ignore[no-any-return]

    offered = tap(Action.PARTS_QUANTITY, "4")
    block = next(b for b in offered["blocks"] if b.get("block_id") == "join.0")
    assert block["text"]["text"].startswith(
        ":warning: 25 pcs of these are already on order for WO-1 (PO-1), arriving "
    )
    assert "Mar 5" in block["text"]["text"]
    joined = tap(Action.PARTS_JOIN, block["accessory"]["value"])
    said = str(joined["blocks"])
    assert "4 pcs come with PO-1, arriving" in said
    assert "join that order?" not in said
    send(payloads.submit(joined, {}, user="U-tess"))
    (order,) = rows(transactions, PurchaseOrder)
    assert (order.state, order.approved_revision, order.pending_revision) == (
        OrderState.ISSUED, 1, 2,
    )  # fmt: skip
    assert need(transactions, other_job).state is LineState.IN_APPROVAL


def test_the_job_waits_for_the_arrival_once_the_larger_order_is_approved(
    do: Do,
    company: Company,
    ordered: str,
    other_job: str,
    shop: Shop,
    decide: Callable[..., None],
    transactions: SqlTransactions,
) -> None:
    do(joining(other_job, shop, ordered), by=company.tess)
    (change,) = rows(transactions, Approval, state=ApprovalState.WAITING)
    assert (change.revision, change.amount_minor) == (2, 36_250)
    decide()
    (own,) = rows(transactions, PurchaseOrderLine, work_order_id=other_job)
    assert (own.quantity, own.unit_price, own.cancelled) == (D(4), D("12.5"), False)
    assert need(transactions, other_job).state is LineState.ORDERED
    assert row(transactions, PurchaseOrderLine, ordered).quantity == D(25)


def test_a_rejected_larger_order_leaves_the_need_to_a_buyer(
    do: Do,
    company: Company,
    ordered: str,
    other_job: str,
    shop: Shop,
    decide: Callable[..., None],
    transactions: SqlTransactions,
) -> None:
    do(joining(other_job, shop, ordered), by=company.tess)
    decide(reject=True)
    found = need(transactions, other_job)
    assert (found.state, found.unsourced) == (LineState.TO_BUY, D(4))


def test_what_comes_for_stock_is_given_to_the_job(
    do: Do,
    company: Company,
    other_job: str,
    shop: Shop,
    decide: Callable[..., None],
    transactions: SqlTransactions,
) -> None:
    asked(do, company, shop, shop.seal, 5)
    stock = LineContent(
        part_id=shop.seal, description="Seal", quantity=D(10), unit="pcs",
        unit_price=D("12.50"), cost_centre_id=company.ops,
    )  # fmt: skip
    content = OrderContent(
        vendor_id=shop.grainger, currency="EUR", ship_to_id=shop.store, lines=(stock,)
    )
    order_id = do(DraftOrder(content=content), by=company.bea).subject_id
    do(SubmitOrder(order_id=order_id), by=company.bea)
    (source,) = rows(transactions, PurchaseOrderLine)
    do(joining(other_job, shop, source.id), by=company.tess)
    lines = rows(transactions, PurchaseOrderLine, order="position")
    assert [(line.work_order_id, line.quantity) for line in lines] == [
        (None, D(6)), (other_job, D(4)),
    ]  # fmt: skip
    decide()
    assert rows(transactions, PurchaseOrder)[0].total_minor == 12_500
    assert need(transactions, other_job).state is LineState.ORDERED


def test_what_is_no_longer_open_is_refused_and_nothing_is_changed(
    do: Do,
    company: Company,
    ordered: str,
    other_job: str,
    shop: Shop,
    transactions: SqlTransactions,
) -> None:
    order_id = row(transactions, PurchaseOrderLine, ordered).purchase_order_id
    do(CancelOrder(order_id=order_id, reason="not needed"), by=company.bea)
    with pytest.raises(DomainError, match="PO-1 can't be joined any more: it is cancelled"):
        do(joining(other_job, shop, ordered), by=company.tess)
    assert rows(transactions, PartRequestLine, work_order_id=other_job) == []


def test_a_job_at_another_site_does_not_join(
    do: Do, company: Company, ordered: str, shop: Shop, transactions: SqlTransactions
) -> None:
    away = started_job(do, company, location_id=company.harbour, asset_id=company.crane)
    with pytest.raises(DomainError, match="PO-1 can't be joined any more: it goes to another site"):
        do(joining(away, shop, ordered), by=company.tess)
    assert rows(transactions, PartRequestLine, work_order_id=away) == []
