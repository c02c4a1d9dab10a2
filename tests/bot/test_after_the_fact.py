"""Orders after the fact: found from dates, on a way of their own, flagged, reported each month."""

import csv
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest

from bot.ids import Action, Callback
from bot.metadata import Target
from tests.conftest import TestClock
from tests.factories.buying import part_line
from tests.factories.jobs import Company, Do, row, rows
from tests.factories.shop import Shop, asked, open_shop
from tests.payloads import Payloads
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.after_the_fact import First
from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.errors import DomainError
from wopo.domain.order_content import LineContent, OrderContent
from wopo.domain.people import Role
from wopo.domain.purchase_orders import (
    OrderKind,
    OrderState,
    PurchaseOrder,
    PurchaseOrderLine,
)
from wopo.usecases.after_the_fact import ReportAfterTheFact, SayAfterTheFact
from wopo.usecases.approvals import ApproveOrder
from wopo.usecases.delegations import Delegate
from wopo.usecases.invoice_papers import BilledLine
from wopo.usecases.invoices import EnterInvoice
from wopo.usecases.order_changes import IssueOrder
from wopo.usecases.part_request_sourcing import SetLineVendor
from wopo.usecases.part_requests import RequestParts
from wopo.usecases.people import SavePerson
from wopo.usecases.purchase_orders import DraftOrder, SubmitOrder
from wopo.usecases.receipts import CountedLine, PostReceipt
from wopo.usecases.settings import ChangeCompanySettings, SetChannels
from wopo.usecases.views.after_the_fact import month_report
from wopo.writers.after_the_fact_csv import write_report_csv

Json = dict[str, Any]
Send = Callable[[Json], Json]
D = Decimal
WHY = "The order was forgotten"
BILLED_ON = date(2026, 2, 20)


@pytest.fixture
def shop(do: Do, company: Company) -> Shop:
    return open_shop(do, company)


@pytest.fixture
def draft(do: Do, company: Company, shop: Shop) -> Callable[..., str]:
    """``draft()``: Bea's draft over 40 EUR at Grainger for Tess's job; the order's id."""

    def run(price: str = "40") -> str:
        line = LineContent(
            description="Hose", quantity=D(1), unit="pcs", unit_price=D(price),
            work_order_id=shop.job, cost_centre_id=company.ops,
        )  # fmt: skip
        content = OrderContent(vendor_id=shop.grainger, currency="EUR", lines=(line,))
        return str(do(DraftOrder(content=content), by=company.bea).subject_id)

    return run


def say(order_id: str, day: date = date(2026, 2, 27), first: First = First.DELIVERY) -> Any:
    return SayAfterTheFact(order_id=order_id, happened_on=day, first=first, reason=WHY)


def waiting(transactions: SqlTransactions) -> list[Approval]:
    return rows(transactions, Approval, state=ApprovalState.WAITING)


def test_said_in_three_picks_decided_by_finance_first_and_flagged(
    do: Do,
    company: Company,
    draft: Callable[..., str],
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    deliver: Callable[[], int],
    transactions: SqlTransactions,
) -> None:
    order_id = draft()
    target = Target(id=order_id).pack()
    send(payloads.click(Action.ORDER_DETAILS, target, user="U-bea"))
    assert "Already delivered or billed" in str(slack.of("views.open")[-1])
    send(payloads.click(Action.ORDER_AFTER_THE_FACT, target, user="U-bea"))
    form = slack.of("views.open")[-1]["view"]
    assert form["callback_id"] == Callback.AFTER_THE_FACT
    values = {"first": "delivery", "happened_on": "2027-01-01", "reason": WHY}
    refused = send(payloads.submit(form, values, user="U-bea"))
    assert "is still to come, so PO-1 is in time" in refused["errors"]["happened_on"]
    send(payloads.submit(form, values | {"happened_on": "2026-02-27"}, user="U-bea"))
    do(SubmitOrder(order_id=order_id), by=company.bea)
    assert row(transactions, PurchaseOrder, order_id).kind is OrderKind.AFTER_THE_FACT
    (first,) = waiting(transactions)
    assert first.eligible_ids == [company.fin]
    deliver()
    card = next(m for m in slack.messages["DU-fin"] if m["text"].startswith("PO-1"))
    said = "*After the fact:* delivered 27 Feb 2026, 3 days before the order. " + WHY
    alike = "*After the fact:* delivered Feb 27, 2026, 3 days before the order. " + WHY
    assert said in str(card["blocks"]) or alike in str(card["blocks"])
    command = ApproveOrder(approval_id=first.id, revision=1, content_hash=first.content_hash)
    do(command, by=company.fin)
    (second,) = waiting(transactions)
    assert second.eligible_ids == [company.app]
    assert row(transactions, PurchaseOrder, order_id).state is OrderState.PENDING_APPROVAL


def test_what_is_sent_straight_from_a_request_or_a_buyers_choice_is_looked_at_too(
    do: Do, company: Company, shop: Shop, transactions: SqlTransactions
) -> None:
    """Of seven seals five lie in stock. It is kept as a draft with the reason, and nothing is
    sent before somebody says whether it was billed already."""
    for number, price in (("R-1", "25"), ("R-2", "30")):
        billed = BilledLine(description="x", quantity=D(1), unit="pcs", unit_price=D(price))
        invoice = EnterInvoice(
            vendor_id=shop.grainger, number=number, invoice_date=date(2026, 2, 20), currency="EUR",
            lines=(billed,),
        )  # fmt: skip
        do(invoice, by=company.fin)
    wanted = RequestParts(work_order_id=shop.job, lines=(part_line(shop.seal, "7"),), submit=True)
    said = do(wanted, by=company.tess).message
    assert "PO-1 is kept as a draft: Grainger's invoice R-1 of 2026-02-20 over the same" in said
    other = RequestParts(work_order_id=shop.job, lines=(part_line(shop.belt, "1"),))
    line_id = do(other, by=company.tess).facts["line_ids"][0]
    chosen = SetLineVendor(
        line_id=line_id, vendor_id=shop.grainger, unit_price=D(5), currency="EUR", submit=True
    )
    assert "over the same amount has no order yet" in do(chosen, by=company.bea).message
    (order,) = rows(transactions, PurchaseOrder)
    assert (order.state, order.total_minor) == (OrderState.DRAFT, 3_000), "25 and 5 on one draft"
    do(say(order.id), by=company.bea)
    do(SubmitOrder(order_id=order.id), by=company.bea)
    assert row(transactions, PurchaseOrder, order.id).kind is OrderKind.AFTER_THE_FACT
    wanted = RequestParts(work_order_id=shop.job, lines=(part_line(shop.seal, "3"),), submit=True)
    assert do(wanted, by=company.tess).message == "PR-3 is sent."


def test_an_invoice_that_waits_without_an_order_is_found_when_the_order_is_sent(
    do: Do,
    company: Company,
    shop: Shop,
    draft: Callable[..., str],
    transactions: SqlTransactions,
) -> None:
    bill(do, company, shop)
    other, same = draft("41"), draft("40")
    do(SubmitOrder(order_id=other), by=company.bea)
    with pytest.raises(DomainError, match="Grainger's invoice R-7 of 2026-02-20") as error:
        do(SubmitOrder(order_id=same), by=company.bea)
    do(say(same, date(2026, 2, 20), First.INVOICE), by=company.bea)
    do(SubmitOrder(order_id=same), by=company.bea)
    third = draft("40")
    yes = frozenset({error.value.facts["acknowledge"].replace(same, third)})
    do(SubmitOrder(order_id=third, acknowledged=yes), by=company.bea)
    assert row(transactions, PurchaseOrder, third).kind is OrderKind.STANDARD


def bill(do: Do, company: Company, shop: Shop) -> None:
    """Fia enters Grainger's invoice over 40 EUR of 20 February; nobody wrote an order for it."""
    billed = BilledLine(description="Hose", quantity=D(1), unit="pcs", unit_price=D(40))
    invoice = EnterInvoice(
        number="R-7", invoice_date=BILLED_ON, vendor_id=shop.grainger, lines=(billed,)
    )
    do(invoice, by=company.fin)


def sent(do: Do, company: Company, order_id: str, first: First = First.DELIVERY) -> None:
    do(say(order_id, BILLED_ON, first), by=company.bea)
    do(SubmitOrder(order_id=order_id), by=company.bea)


def click(one: Approval) -> ApproveOrder:
    return ApproveOrder(approval_id=one.id, revision=1, content_hash=one.content_hash)


@pytest.fixture
def fay(do: Do) -> str:
    """Another one in finance."""
    person = SavePerson(code="fay", name="Fay Finance", roles=frozenset({Role.FINANCE}))
    return str(do(person).subject_id)


@pytest.mark.parametrize(
    ("price", "first", "hers"),
    [
        ("40", First.DELIVERY, True),
        ("40", First.INVOICE, True),
        ("41", First.INVOICE, True),
        ("41", First.DELIVERY, False),
    ],
)
def test_whoever_entered_the_invoice_it_is_written_for_does_not_decide(
    do: Do, company: Company, shop: Shop, draft: Callable[..., str], fay: str,
    transactions: SqlTransactions, price: str, first: First, hers: bool,
) -> None:  # fmt: skip
    """Over just its total, or of the day that was said; nor in the place of who may."""
    bill(do, company, shop)
    sent(do, company, draft(price), first)
    (asked,) = waiting(transactions)
    assert set(asked.eligible_ids) == ({fay} if hers else {fay, company.fin})
    if not hers:
        return
    with pytest.raises(DomainError) as error:
        do(click(asked), by=company.fin)
    assert error.value.code == "approval.handled"
    day = date(2026, 3, 2)
    do(Delegate(to_id=company.fin, starts=day, ends=day), by=fay)
    assert waiting(transactions)[0].eligible_ids == [fay]
    with pytest.raises(DomainError) as error:
        do(click(asked), by=company.fin)
    assert error.value.code == "delegation.asked_for_it"
    do(click(asked), by=fay)


def test_an_invoice_entered_while_it_waits_keeps_who_entered_it_from_deciding_unless_waived(
    do: Do, company: Company, shop: Shop, draft: Callable[..., str], transactions: SqlTransactions
) -> None:
    order_id = draft()
    sent(do, company, order_id)
    (asked,) = waiting(transactions)
    assert asked.eligible_ids == [company.fin]
    bill(do, company, shop)
    said = do(click(asked), by=company.fin)
    assert said.facts == {"decided": False} and "waits for nobody" in said.message
    assert waiting(transactions)[0].eligible_ids == [], "visible, and told to finance"
    with pytest.raises(DomainError) as error:
        do(click(asked), by=company.fin)
    assert error.value.code == "approval.handled"
    waive = {"waived_pairs": [["approver", "invoice_enterer"]]}
    do(ChangeCompanySettings(changes=waive), by=company.ann)
    do(click(asked), by=company.fin)
    made = row(transactions, Approval, asked.id)
    assert (made.decided_by_id, made.waiver) == (company.fin, "invoice enterer and approver")


def test_the_kind_alone_is_not_enough(do: Do, company: Company, shop: Shop) -> None:
    line = LineContent(
        description="Hose", quantity=D(1), unit="pcs", unit_price=D(1), cost_centre_id=company.ops
    )
    content = OrderContent(
        kind=OrderKind.AFTER_THE_FACT, vendor_id=shop.grainger, currency="EUR", lines=(line,)
    )
    order_id = do(DraftOrder(content=content), by=company.bea).subject_id
    with pytest.raises(DomainError, match="nothing says since when and why"):
        do(SubmitOrder(order_id=order_id), by=company.bea)


def test_the_month_is_counted_per_department_and_vendor(
    do: Do,
    company: Company,
    shop: Shop,
    draft: Callable[..., str],
    clock: TestClock,
    deliver: Callable[[], int],
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    """Said, found by a receipt, found by an invoice; an order in time is not among them."""
    do(SetChannels(channels={"finance": "CFIN"}))
    said = draft()
    do(say(said), by=company.bea)
    do(SubmitOrder(order_id=said), by=company.bea)
    for day in (date(2026, 2, 25), date(2026, 3, 2)):
        asked(do, company, shop, shop.seal, 10, submit=True)
        order = rows(transactions, PurchaseOrder, order="-number")[0]
        approve(do, company, transactions, order.id)
        received(do, company, transactions, order.id, day)
    assert month(transactions) == [("PO-1", None, 3), ("PO-2", First.DELIVERY, 5)]
    do(ReportAfterTheFact())
    clock.forward(days=31)
    do(ReportAfterTheFact())
    do(ReportAfterTheFact(), key="again")
    deliver()
    posts = [m["text"] for m in slack.messages["CFIN"] if "after the fact" in m["text"]]
    (post,) = posts
    assert post.startswith("Orders after the fact in March 2026: 2 of 3, ")
    assert "OPS Operations at Grainger: 2, " in post
    with transactions.read() as uow:
        found = month_report(uow, 2026, 3)
    written = csv.DictReader(StringIO(write_report_csv(found).decode()))
    assert [(line["order"][-1], line["first"], line["days"]) for line in written] == [
        ("1", "said", "3"), ("2", "delivery", "5"),
    ]  # fmt: skip


def approve(do: Do, company: Company, transactions: SqlTransactions, order_id: str) -> None:
    (one,) = rows(transactions, Approval, purchase_order_id=order_id, state=ApprovalState.WAITING)
    command = ApproveOrder(approval_id=one.id, revision=1, content_hash=one.content_hash)
    do(command, by=company.max)
    do(IssueOrder(order_id=order_id), by=company.bea)


def received(
    do: Do, company: Company, transactions: SqlTransactions, order_id: str, day: date
) -> None:
    lines = rows(transactions, PurchaseOrderLine, purchase_order_id=order_id)
    counted = tuple(CountedLine(line_id=one.id, accepted=one.quantity) for one in lines)
    do(PostReceipt(order_id=order_id, lines=counted, received_on=day), by=company.rec)


def month(transactions: SqlTransactions) -> list[tuple[str, First | None, int]]:
    with transactions.read() as uow:
        late = month_report(uow, 2026, 3).late
    return [(f"PO-{one.number[-1]}", one.first, one.days) for one in late]
