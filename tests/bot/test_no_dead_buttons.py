"""Nothing that a card of an exception can carry is dead: in every state of the case, each of its
buttons changes something, opens something, or says one sentence."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from bot.cards.exception_cases import CURES
from bot.ids import Action
from bot.metadata import Target
from tests.factories.deliveries import Line, issued_order, vendor
from tests.factories.jobs import Company, Do, row, rows
from tests.payloads import Payloads
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.exception_kinds import KINDS
from wopo.domain.purchase_orders import PurchaseOrderLine
from wopo.usecases.exception_cases import DisputeCase
from wopo.usecases.invoice_papers import BilledLine
from wopo.usecases.invoices import EnterInvoice
from wopo.usecases.payables import RejectInvoice
from wopo.usecases.receipts import CountedLine, PostReceipt

Send = Callable[[dict[str, Any]], dict[str, Any]]
PO, LINE = "PO-2026-000042", "PO-2026-000042/1"
OF_CURES = {
    action for kind in KINDS.values() for cure in kind.cures for _, action, _ in CURES[cure]
}
OTHERS = {
    Action.CASE_TAKE, Action.CASE_ASSIGN, Action.CASE_SNOOZE, Action.CASE_DETAILS,
    Action.CASE_REOPEN, Action.CASE_SHOW, Action.ARRIVED_ALL, Action.ARRIVED_SOME,
    Action.ARRIVED_NOT_YET, Action.ARRIVED_NOT_MINE,
}  # fmt: skip


def settle(state: str, do: Do, firm: Company, case: ExceptionCase) -> None:
    """Bring the case into this state."""
    match state:
        case "disputed":
            do(DisputeCase(case_id=case.id, reason="no"), by=firm.fin)
        case "rejected":
            do(RejectInvoice(invoice_id=str(case.invoice_id), reason="no"), by=firm.fin)
        case "cause gone":
            counted = CountedLine(line_id=LINE, accepted=Decimal(2))
            do(PostReceipt(order_id=PO, lines=(counted,)), by=firm.rec)


@pytest.mark.parametrize("state", ["open", "disputed", "rejected", "cause gone"])
def test_no_button_is_dead(
    state: str,
    company: Company,
    do: Do,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    vendor(transactions)
    issued_order(transactions, company, Line("10", "12.50"))
    with transactions.write() as uow:
        line = uow.get(PurchaseOrderLine, LINE)
        assert line is not None
        line.receiver_id = company.rec
        uow.commit()
    do(PostReceipt(order_id=PO, lines=(CountedLine(line_id=LINE, accepted=Decimal(8)),)),
       by=company.rec)  # fmt: skip
    paper = BilledLine(order_line_id=LINE, quantity=Decimal(10), unit_price=Decimal("12.50"))
    facts: dict[str, Any] = {"invoice_date": "2026-03-01", "order_id": PO, "lines": (paper,)}
    do(EnterInvoice(number="R-1", **facts), by=company.fin)
    case = ExceptionCase(**dict(rows(transactions, ExceptionCase, order="number")[0]))
    settle(state, do, company, case)
    for action in sorted(OF_CURES | OTHERS):
        for user in ("U-rec" if action.startswith("arrived") else "U-fin", "U-tess"):
            about = case.invoice_id if action is Action.INVOICE_CORRECT else case.id
            value = Target(id=str(about), card="exception", seen="2").pack()
            before = noticed(slack, transactions, case.id)
            send(payloads.click(action, value, user=user, channel="CFIN"))
            assert noticed(slack, transactions, case.id) != before, (action, user, state)


def noticed(slack: RecordingSlack, transactions: SqlTransactions, case_id: str) -> tuple[Any, ...]:
    """What a person can notice: a screen, a sentence, another state of the case or a note."""
    case = row(transactions, ExceptionCase, case_id)
    return (
        len(slack.of("views.open")),
        len(slack.posted_hooks),
        len(slack.of("chat.postEphemeral")),
        case.changed_at,
        case.state,
        case.owner_id,
    )
