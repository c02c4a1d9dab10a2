"""UBL 2.0 and 2.1: orders and the vendor's responses, receipt and despatch advices, invoices and
credit notes, those of Peppol BIS among them."""

from pathlib import Path
from typing import Any

from lxml import etree
from pydantic import ValidationError

from wopo.domain.errors import Refusal
from wopo.readers.problems import ReadingError, nearest
from wopo.readers.ubl_parts import (
    NAMESPACES,
    adjustments,
    amount,
    line_of,
    order_number,
    party,
    tax_shares,
    tax_total,
)
from wopo.readers.ubl_responses import response_line, response_of
from wopo.readers.xml import Element, parse
from wopo.usecases.imports.documents import Document, DocumentKind, DocumentLine, Totals

SCHEMA = "urn:oasis:names:specification:ubl:schema:xsd:{name}-2"
VERSIONS = ("2.0", "2.1")
UNKNOWN_DOCUMENT = Refusal(
    "import.unknown_document",
    "{file} is a {found}; wopo takes in {known} of UBL 2.{nearest} Nothing was changed.",
)
UNKNOWN_VERSION = Refusal(
    "import.unknown_version",
    "{file} is UBL {found}; wopo takes in {known}. Nothing was changed; "
    "ask the sender for one of these versions.",
)

_KINDS: dict[str, tuple[DocumentKind, str, str]] = {
    "Order": (DocumentKind.ORDER, "cac:SellerSupplierParty", "cac:OrderLine/cac:LineItem"),
    "ReceiptAdvice": (
        DocumentKind.RECEIPT,
        "cac:DespatchSupplierParty",
        "cac:ReceiptLine",
    ),
    "DespatchAdvice": (
        DocumentKind.DESPATCH,
        "cac:DespatchSupplierParty",
        "cac:DespatchLine",
    ),
    "Invoice": (DocumentKind.INVOICE, "cac:AccountingSupplierParty", "cac:InvoiceLine"),
    "CreditNote": (DocumentKind.CREDIT, "cac:AccountingSupplierParty", "cac:CreditNoteLine"),
    "OrderResponse": (
        DocumentKind.RESPONSE,
        "cac:SellerSupplierParty",
        "cac:OrderLine/cac:LineItem",
    ),
    "OrderResponseSimple": (
        DocumentKind.RESPONSE,
        "cac:SellerSupplierParty",
        "cac:OrderLine/cac:LineItem",
    ),
}
"""Root element -> kind, where the vendor stands, where the lines stand."""

_QUANTITIES = {
    DocumentKind.ORDER: "cbc:Quantity",
    DocumentKind.RECEIPT: "cbc:ReceivedQuantity",
    DocumentKind.DESPATCH: "cbc:DeliveredQuantity",
    DocumentKind.INVOICE: "cbc:InvoicedQuantity",
    DocumentKind.CREDIT: "cbc:CreditedQuantity",
    DocumentKind.RESPONSE: "cbc:Quantity",
}
CREDIT_CODES = {"81", "83", "261", "296", "308", "381", "396", "420", "458", "532"}
"""UNCL1001's codes of documents that take back what an invoice asked for (EN 16931)."""


def read_ubl(path: Path) -> Document:
    """The document in a UBL file.

    Raises ``DomainError`` for what is no XML, no UBL or another version, ``ReadingError`` with line
    and element for what is missing or not readable in it.
    """
    return ubl_document(parse(path), path)


def ubl_document(root: etree._Element, path: Path) -> Document:
    """The document whose root element this is; raises as ``read_ubl`` does."""
    name = _document_name(root, path)
    top = Element(root, path.name, NAMESPACES)
    version = top.text("cbc:UBLVersionID")
    if version and version not in VERSIONS:
        raise UNKNOWN_VERSION(file=path.name, found=version, known=" and ".join(VERSIONS))
    try:
        return _document(top, name)
    except ValidationError as error:
        raise not_valid(top, error) from error


def not_valid(top: Element, error: ValidationError) -> ReadingError:
    """A document whose figures are readable, and one of which can't be meant."""
    fault = error.errors()[0]
    field = str(fault["loc"][0]) if fault["loc"] else "document"
    said = fault["msg"].removeprefix("Value error, ")
    return ReadingError(top.place(), f"{said}.", field)


def _document_name(root: etree._Element, path: Path) -> str:
    tag = etree.QName(root)
    name = str(tag.localname)
    if name in _KINDS and tag.namespace == SCHEMA.format(name=name):
        return name
    found = f"'{name}'" + ("" if name not in _KINDS else " outside UBL's namespace")
    raise UNKNOWN_DOCUMENT(
        file=path.name,
        found=found,
        known=", ".join(_KINDS),
        nearest=nearest(name, list(_KINDS)) if name not in _KINDS else "",
    )


def _document(top: Element, name: str) -> Document:
    kind, vendor_path, lines_path = _KINDS[name]
    currency = _currency(top)
    lines = tuple(
        line_of(element, kind, _QUANTITIES[kind], currency) for element in top.each(lines_path)
    )
    if kind is DocumentKind.RESPONSE:
        lines = tuple(
            response_line(element, line)
            for element, line in zip(top.each("cac:OrderLine"), lines, strict=True)
        )
    elif not lines:
        raise ReadingError(top.place(), "has no lines, and at least one is expected.", lines_path)
    vendor = top.one(vendor_path)
    if vendor is None:
        raise ReadingError(top.place(), "is missing, and it is needed.", vendor_path)
    if top.text("cbc:InvoiceTypeCode") in CREDIT_CODES:
        kind = DocumentKind.CREDIT
    tax = tax_total(top, currency)
    return Document(
        kind=kind,
        file=top.file,
        number=top.need("cbc:ID"),
        issued=_issued(top),
        copy_of_original=top.text("cbc:CopyIndicator") in {"true", "1"},
        currency=currency,
        vendor=party(vendor),
        order=order_number(top.text("cac:OrderReference/cbc:ID")) or _line_order(lines),
        corrects=_corrects(top, lines_path),
        despatch=top.text("cac:DespatchDocumentReference/cbc:ID") or None,
        due=top.day("cac:PaymentMeans/cbc:PaymentDueDate") or top.day("cbc:DueDate"),
        payment_terms=top.text("cac:PaymentTerms/cbc:Note")[:80],
        adjustments=adjustments(top, currency),
        tax=amount(tax, "cbc:TaxAmount", currency) if tax else None,
        tax_shares=tax_shares(top, currency),
        totals=_totals(top, currency),
        lines=lines,
        **_deliveries(top, kind),
        **(response_of(top) if kind is DocumentKind.RESPONSE else {}),
    )


def _issued(top: Element) -> Any:
    found = top.day("cbc:IssueDate")
    if found is None:
        raise ReadingError(top.place(), "is missing, and it is needed.", "cbc:IssueDate")
    return found


def _line_order(lines: tuple[DocumentLine, ...]) -> str | None:
    """The one order that all lines name, where the document itself names none."""
    named = {line.order for line in lines if line.order}
    return named.pop() if len(named) == 1 else None


def _currency(top: Element) -> str | None:
    """The document's currency: stated, else the one of its amounts."""
    stated = top.text("cbc:DocumentCurrencyCode")
    if stated:
        return stated
    found = top.node.find(".//*[@currencyID]")
    return str(found.get("currencyID")) if found is not None else None


def _corrects(top: Element, lines_path: str) -> tuple[str, ...]:
    """Invoices that a credit note names, on the document or on its lines."""
    path = "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"
    named = [
        *(e.text(".") for e in top.each(path)),
        *(e.text(".") for e in top.each(f"{lines_path}/{path}")),
    ]
    return tuple(dict.fromkeys(name for name in named if name))


def _totals(top: Element, currency: str | None) -> Totals:
    whole = top.one("cac:LegalMonetaryTotal") or top.one("cac:AnticipatedMonetaryTotal")
    if whole is None:
        return Totals()
    return Totals(
        lines=amount(whole, "cbc:LineExtensionAmount", currency),
        allowances=amount(whole, "cbc:AllowanceTotalAmount", currency),
        charges=amount(whole, "cbc:ChargeTotalAmount", currency),
        before_tax=amount(whole, "cbc:TaxExclusiveAmount", currency),
        with_tax=amount(whole, "cbc:TaxInclusiveAmount", currency),
        prepaid=amount(whole, "cbc:PrepaidAmount", currency),
        rounding=amount(whole, "cbc:PayableRoundingAmount", currency),
        payable=amount(whole, "cbc:PayableAmount", currency),
    )


def _deliveries(top: Element, kind: DocumentKind) -> dict[str, Any]:
    period = "cac:RequestedDeliveryPeriod/cbc:EndDate"
    if kind is DocumentKind.ORDER:
        return {"requested": top.day(f"cac:Delivery/{period}")}
    if kind not in {DocumentKind.RECEIPT, DocumentKind.DESPATCH}:
        return {"delivered": top.day("cac:Delivery/cbc:ActualDeliveryDate")}
    shipment = top.one("cac:Shipment/cac:Delivery") or top.one(
        "cac:Shipment/cac:Consignment/cac:Delivery"
    )
    if shipment is None:
        return {}
    return {
        "delivered": shipment.day("cbc:ActualDeliveryDate"),
        "delivered_quantity": shipment.number("cbc:Quantity"),
        "requested": shipment.day(period),
    }
