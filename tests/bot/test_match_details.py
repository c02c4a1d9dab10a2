"""The Details button tells for each check what was compared, the limit, and who set it."""

from decimal import Decimal

import pytest

from bot.ids import Action
from bot.metadata import Target
from tests.factories.deliveries import Line, issued_order, vendor
from wopo.domain.purchasing_policy import PolicyDocument
from wopo.usecases.invoice_papers import BilledLine
from wopo.usecases.invoices import EnterInvoice
from wopo.usecases.purchasing_policy import ImportPolicy

PO = "PO-2026-000042"


@pytest.fixture
def invoice_id(transactions, company, do) -> str:
    """PO-42 at Grainger, nothing received, billed above its price, under a policy of our own."""
    vendor(transactions)
    issued_order(transactions, company, Line("10", "12.50"))
    matching = {"company": {"limits": {"price_pct": 2, "tax_pct": "no limit"}}}
    document = PolicyDocument.model_validate({"title": "Ours", "matching": matching})
    do(ImportPolicy(document=document), by=company.fin)
    line = BilledLine(order_line_id=f"{PO}/1", quantity=Decimal(10), unit_price=Decimal(13))
    entered = EnterInvoice(number="R-1", invoice_date="2026-03-01", order_id=PO, lines=(line,))
    return do(entered, by=company.fin).subject_id


@pytest.mark.parametrize("user", ["U-fin", "U-rec"])
def test_details_show_figures_limits_and_who_set_them(invoice_id, send, payloads, slack, user):
    value = Target(id=invoice_id).pack()
    send(payloads.click(Action.MATCH_DETAILS, value, user=user, channel="CFIN"))
    view = slack.view()
    shown = "\n".join(str(block) for block in view["blocks"])
    assert view["title"]["text"] == "How it was matched"
    assert "Judged by policy 1." in shown
    assert "4-way (company default)" in shown
    assert "❌ *Not received yet* · line 1" in shown
    assert "billed 10 pcs, received 0 pcs" in shown
    assert "✅ *Vendor*" in shown
    assert "invoice from Grainger, order with Grainger" in shown
    prices = "unit price billed 13 EUR/pcs, ordered at 12.5 EUR/pcs" in shown
    limits = "limit 2 % (price_pct, policy 1, company)" in shown
    assert (prices, limits, "Tax differs" in shown) == ((user == "U-fin"),) * 3
    assert "No limit, so not compared: " in shown
