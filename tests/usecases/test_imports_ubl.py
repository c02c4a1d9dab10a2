"""Trade documents beyond the published story: charges, ties, rejects, doubts, unknown orders."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.factories.imports import importing
from tests.shared_data import shared_data
from wopo.db.uow import SqlTransactions
from wopo.domain.errors import DomainError
from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.invoices import Invoice, InvoiceState
from wopo.domain.purchase_orders import OrderCharge, PurchaseOrder, PurchaseOrderLine
from wopo.domain.receipts import Receipt
from wopo.domain.vendors import Vendor
from wopo.readers.ubl import read_ubl
from wopo.usecases.door import Answer
from wopo.usecases.imports.documents import Document
from wopo.usecases.imports.ubl import TakeInDocument

Do = Callable[..., Answer]
VENDOR = {"code": "S-1", "name": "Seller", "tax_id": "T-9"}


def line(id: str = "1", **changes: Any) -> dict[str, Any]:
    return {
        "id": id,
        "quantity": "10",
        "unit": "C62",
        "amount": "50",
        "price": "5",
        "seller_item": f"S{id}",
        "buyer_item": f"B{id}",
        "name": f"Thing {id}",
        **changes,
    }


def document(kind: str, **changes: Any) -> Document:
    lines = changes.pop("lines", None) or [line()]
    return Document.model_validate(
        {
            "kind": kind,
            "file": f"{kind}.xml",
            "number": f"{kind[:3].upper()}-1",
            "issued": date(2026, 2, 1),
            "currency": "EUR",
            "vendor": VENDOR,
            "order": None if kind == "order" else "ORD-1",
            "lines": lines,
            **changes,
        }
    )


@pytest.fixture
def take(do: Do) -> Callable[..., Answer]:
    """Take in a document of this kind."""

    def run(kind: str, **changes: Any) -> Answer:
        return do(TakeInDocument(document=document(kind, **changes)))

    return run


Take = Callable[..., Answer]


def test_charges_discount_and_tax_of_an_order_are_expected_of_its_invoice(
    take: Take, transactions: SqlTransactions
) -> None:
    whole = {
        "adjustments": [
            {"charge": True, "amount": "7", "reason": "Packing cost"},
            {"charge": False, "amount": "5", "reason": "Promotion"},
        ],
        "tax": "10.4",
        "lines": [line(tax="10.4", tax_percent="20")],
        "totals": {"lines": "50", "before_tax": "52", "payable": "62.4"},
    }
    take("order", **whole)
    take("receipt advice", lines=[line(amount=None, price=None)])
    answer = take("invoice", **whole)

    assert answer.facts["state"] == InvoiceState.MATCHED
    with transactions.read() as uow:
        charge, order = uow.all(OrderCharge)[0], uow.all(PurchaseOrder)[0]
        assert (charge.code, charge.amount_minor) == ("PACKING-COST", 700)
        assert order.total_minor == uow.all(Invoice)[0].total_minor == 6240
        assert uow.count(ExceptionCase) == 0


def test_lines_without_a_reference_are_tied_by_item_number(
    take: Take, transactions: SqlTransactions
) -> None:
    take("order", lines=[line("1"), line("2"), line("3", seller_item=None)])
    take(
        "receipt advice",
        lines=[
            line("A", seller_item="s2", buyer_item=None, quantity="4"),
            line("B", seller_item=None, buyer_item="B3", quantity="6", rejected="2"),
            line("C", order_line="1", seller_item=None, buyer_item=None, quantity="1"),
        ],
    )

    with transactions.read() as uow:
        found = uow.all(PurchaseOrderLine, order="position")
        assert [(x.received, x.accepted) for x in found] == [
            (Decimal(1), Decimal(1)),
            (Decimal(4), Decimal(4)),
            (Decimal(6), Decimal(4)),
        ]


def test_an_item_on_two_order_lines_fills_the_first_that_still_lacks(
    take: Take, transactions: SqlTransactions
) -> None:
    same = {"seller_item": "S", "buyer_item": None}
    take("order", lines=[line("1", **same), line("2", **same)])
    take("receipt advice", lines=[line("A", **same)])
    take("receipt advice", number="REC-2", lines=[line("A", **same, quantity="3")])

    with transactions.read() as uow:
        found = uow.all(PurchaseOrderLine, order="position")
        assert [x.received for x in found] == [Decimal(10), Decimal(3)]


@pytest.mark.parametrize(
    ("changes", "code", "told"),
    [
        ({"order": "ORD-2"}, "import.no_order", "order ORD-2, which wopo does not have. "
         "Did you mean ORD-1?"),
        ({"lines": [line(seller_item="X", buyer_item=None, name="Rope")]}, "import.no_line",
         "Rope is on no line of order ORD-1. Nothing was changed; the lines are: 1 Thing 1"),
        ({"lines": [line(unit="KGM")]}, "invalid", "counted in KGM, and Thing 1 is ordered in C62"),
    ],
)  # fmt: skip
def test_a_receipt_that_fits_nothing_is_refused(
    take: Take, transactions: SqlTransactions, changes: dict[str, Any], code: str, told: str
) -> None:
    take("order")

    with pytest.raises(DomainError) as refused:
        take("receipt advice", **changes)

    assert refused.value.code == code
    assert told in refused.value.message
    with transactions.read() as uow:
        assert uow.count(Receipt) == 0


def test_a_receipt_that_contradicts_itself_holds_the_invoice_that_depends_on_it(
    take: Take, transactions: SqlTransactions
) -> None:
    take("order")
    take("receipt advice", delivered_quantity="9")

    answer = take("invoice")

    assert answer.facts["state"] == InvoiceState.MATCHED
    with transactions.read() as uow:
        invoice, receipt = uow.all(Invoice)[0], uow.all(Receipt)[0]
        assert invoice.state is InvoiceState.ON_HOLD
        assert receipt.flag == "The delivery says 9, the lines add up to 10."
        found = {case.subject: case for case in uow.all(ExceptionCase)}
        assert set(found) == {"receipt", "invoice"}
        assert found["receipt"].number in found["invoice"].told
        assert uow.all(PurchaseOrderLine)[0].cleared == 0


def test_an_invoice_for_an_order_we_do_not_have_is_entered_and_held(
    take: Take, transactions: SqlTransactions
) -> None:
    answer = take("invoice", order="NOWHERE")

    assert answer.facts["state"] == InvoiceState.ON_HOLD
    with transactions.read() as uow:
        assert [case.code for case in uow.all(ExceptionCase)] == ["NO_PO"]


def test_an_invoice_that_contradicts_itself_is_held(
    take: Take, transactions: SqlTransactions
) -> None:
    take("order")
    take("receipt advice")
    take("invoice", totals={"lines": "55", "payable": "55"})

    with transactions.read() as uow:
        invoice = uow.all(Invoice)[0]
        assert invoice.state is InvoiceState.ON_HOLD
        assert invoice.warnings[0].startswith("The lines come to 50.00 EUR, and the document says")
        assert "DOCUMENT_CONTRADICTS" in {case.code for case in uow.all(ExceptionCase)}


def test_a_partial_credit_takes_back_its_lines_only(
    take: Take, transactions: SqlTransactions
) -> None:
    take("order")
    take("receipt advice", lines=[line(quantity="8", amount=None)])
    take("invoice")
    take("credit note", order=None, corrects=("INV-1",), lines=[line(quantity="2", amount="10")])

    with transactions.read() as uow:
        found = uow.all(PurchaseOrderLine)[0]
        assert (found.billed, found.billed_minor) == (Decimal(8), 4000)
        states = {invoice.number: invoice.state for invoice in uow.all(Invoice)}
        assert states["INV-1"] is InvoiceState.MATCHED


def test_a_vendor_is_found_by_its_numbers_tax_id_or_name(
    take: Take, do: Do, transactions: SqlTransactions
) -> None:
    do(
        importing(
            vendors=[
                {"code": "OUR-7", "name": "Seller Ltd", "currency": "EUR", "tax_id": "T-9"},
                {"code": "GLN-1", "name": "Other", "currency": "EUR"},
            ]
        )
    )
    take("order", number="O-1")
    take("order", number="O-2", vendor={"ids": ("GLN-1",), "name": "Whatever"})
    take("order", number="O-3", vendor={"name": "Other"})
    take("order", number="O-4", vendor={"name": "Brand new & Co"})

    with transactions.read() as uow:
        vendors = {vendor.id: vendor.code for vendor in uow.all(Vendor)}
        orders = {o.number: vendors[o.vendor_id] for o in uow.all(PurchaseOrder)}
        assert orders == {
            "O-1": "OUR-7",
            "O-2": "GLN-1",
            "O-3": "GLN-1",
            "O-4": "BRAND-NEW-CO",
        }


def test_an_order_again_with_other_contents_is_refused(take: Take) -> None:
    take("order")

    with pytest.raises(DomainError, match="imported before and is different"):
        take("order", lines=[line(quantity="11", amount="55")])


@pytest.mark.shared_data
def test_the_published_2_1_documents_come_in(do: Do, transactions: SqlTransactions) -> None:
    folder = shared_data("ubl")
    order = do(TakeInDocument(document=read_ubl(folder / "UBL-Order-2.1-Example.xml")))
    invoice = do(TakeInDocument(document=read_ubl(folder / "UBL-Invoice-2.1-Example.xml")))

    assert order.facts["warnings"] == [
        "The tax of the lines comes to 20.00 SEK, and the document says 100.00 SEK."
    ]
    assert invoice.facts["state"] == InvoiceState.ON_HOLD
    with transactions.read() as uow:
        found = uow.all(PurchaseOrder)[0]
        assert (found.net_minor, found.charges_minor, found.discount_minor, found.tax_minor) == (
            622_500,
            10_000,
            10_000,
            10_000,
        )
        bill = uow.all(Invoice)[0]
        assert (bill.total_minor, bill.stated_total_minor) == (172_870, 172_870)
        assert "NO_PO" in {case.code for case in uow.all(ExceptionCase)}
