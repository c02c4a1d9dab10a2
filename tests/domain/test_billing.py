"""An order's invoices added up: what counts, what counts as money, what belongs together."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from wopo.domain.billing import (
    Document,
    LineSums,
    clearing,
    covered_by,
    recomputed,
    same_unit,
    shares,
    takes_back_whole,
)
from wopo.domain.invoices import Invoice, InvoiceLine, InvoiceState, InvoiceType
from wopo.domain.purchase_orders import PurchaseOrderLine

S = InvoiceState
LINE = PurchaseOrderLine(
    id="l1",
    purchase_order_id="o",
    position=1,
    description="bearing",
    quantity=Decimal(10),
    unit="pcs",
    unit_price=Decimal(10),
    cost_centre_id="cc",
)


def paper(
    id: str,
    quantity: int,
    state: InvoiceState,
    *,
    credits: str | None = None,
    unit: str = "",
    stopped: bool = False,
) -> Document:
    """An invoice (or with a number before ``credits`` a credit note) of so many pieces at 10."""
    invoice = Invoice(
        id=id,
        sequence=int(id),
        number=id,
        number_key=id,
        type=InvoiceType.CREDIT if credits is not None else InvoiceType.INVOICE,
        state=state,
        stopped=stopped,
        credits_invoice_id=credits or None,
        vendor_id="v",
        currency="EUR",
        invoice_date=date(2026, 3, 2),
        total_minor=quantity * 1000,
        entered_at=datetime(2026, 3, 2, tzinfo=UTC),
    )
    row = InvoiceLine(
        id=f"{id}-1",
        invoice_id=id,
        position=1,
        purchase_order_line_id="l1",
        quantity=Decimal(quantity),
        unit=unit,
        unit_price=Decimal(10),
        net_minor=quantity * 1000,
        share_minor=quantity * 1000,
    )
    return Document(invoice, [row])


@pytest.mark.parametrize(
    ("documents", "clear"),
    [
        ([paper("1", 5, S.MATCHED), paper("2", 5, S.ON_HOLD)], {"1"}),
        ([paper("1", 5, S.PAID), paper("2", 1, S.MATCHED, credits="1")], {"1", "2"}),
        ([paper("1", 5, S.ON_HOLD), paper("2", 1, S.MATCHED, credits="1")], set()),
        ([paper("1", 5, S.CREDITED), paper("2", 5, S.CREDITED, credits="1")], set()),
        ([paper("1", 5, S.CREDITED), paper("2", 5, S.MATCHED, credits="1")], set()),
        ([paper("1", 5, S.ON_HOLD), paper("2", 1, S.MATCHED, credits="")], set()),
        ([paper("1", 1, S.MATCHED, credits=""), paper("2", 5, S.ON_HOLD)], {"1"}),
        ([paper("1", 5, S.MATCHED, stopped=True)], set()),
    ],
    ids=[
        "held ones do not count",
        "a credit counts with its invoice",
        "a credit waits with its invoice",
        "a whole credit leaves nothing",
        "so it does when it was paid",
        "a credit without a name waits for what was held before",
        "but not for what came after",
        "a stopped one counts nowhere",
    ],
)
def test_what_counts_as_money(documents, clear):
    assert clearing(documents) == clear


def test_sums_count_held_invoices_as_billed_and_only_released_ones_as_cleared():
    documents = [
        paper("1", 5, S.MATCHED),
        paper("2", 4, S.ON_HOLD),
        paper("3", 2, S.MATCHED, credits="1"),
        paper("4", 9, S.REJECTED),
        paper("5", 9, S.ON_HOLD, stopped=True),
        paper("6", 9, S.ON_HOLD, unit="box"),
    ]
    assert recomputed(documents, {"l1": LINE}) == {
        "l1": LineSums(Decimal(7), 7000, Decimal(3), 3000)
    }


def test_a_credit_takes_back_the_whole_or_a_part():
    invoice = paper("1", 5, S.ON_HOLD)
    assert takes_back_whole(paper("2", 5, S.MATCHED, credits="1"), invoice)
    assert not takes_back_whole(paper("2", 4, S.MATCHED, credits="1"), invoice)
    assert covered_by(paper("2", 4, S.MATCHED, credits=""), invoice)
    assert not covered_by(paper("2", 6, S.MATCHED, credits=""), invoice)


@pytest.mark.parametrize(
    ("billed", "ordered", "same"),
    [("", "pcs", True), (" PCS ", "pcs", True), ("box", "pcs", False)],
)
def test_units_are_the_same_in_any_case_and_when_not_named(billed, ordered, same):
    assert same_unit(billed, ordered) is same


def test_shares_of_charges_add_up():
    assert shares([3333, 3333, 3334], 100) == [3366, 3366, 3368]
    assert sum(shares([1, 1, 1], 100)) == 103
