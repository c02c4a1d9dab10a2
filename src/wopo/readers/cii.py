"""UN/CEFACT Cross Industry Invoice: the XML inside Factur-X and ZUGFeRD 2, and XRechnung's other
syntax. Element names follow EN 16931's binding (CEN/TS 16931-3-3)."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from lxml import etree
from pydantic import ValidationError

from wopo.readers.problems import ReadingError
from wopo.readers.ubl import CREDIT_CODES, not_valid
from wopo.readers.ubl_parts import amount, order_number
from wopo.readers.xml import Element
from wopo.usecases.imports.documents import (
    Adjustment,
    Document,
    DocumentKind,
    DocumentLine,
    Party,
    TaxShare,
    Totals,
)

_UNECE = "urn:un:unece:uncefact:data:standard:"
NAMESPACES = {
    "rsm": f"{_UNECE}CrossIndustryInvoice:100",
    "ram": f"{_UNECE}ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{_UNECE}UnqualifiedDataType:100",
}
ROOT = f"{{{NAMESPACES['rsm']}}}CrossIndustryInvoice"
_TRADE = "rsm:SupplyChainTradeTransaction"
_AGREEMENT = f"{_TRADE}/ram:ApplicableHeaderTradeAgreement"
_SETTLEMENT = f"{_TRADE}/ram:ApplicableHeaderTradeSettlement"
_LINE = f"{_TRADE}/ram:IncludedSupplyChainTradeLineItem"
_DAYS = {"102": ("%Y%m%d", 8), "203": ("%Y%m%d%H%M", 12), "610": ("%Y%m", 6)}
"""UNTDID 2379's formats of a day and how long they are; 102 is what the profiles ask for."""


def cii_document(root: etree._Element, path: Path) -> Document:
    """The invoice or credit note whose root element this is.

    Raises ``ReadingError`` with line and element for what is missing or not readable.
    """
    top = Element(root, path.name, NAMESPACES)
    try:
        return _document(top)
    except ValidationError as error:
        raise not_valid(top, error) from error


def _document(top: Element) -> Document:
    settlement = _needed(top, _SETTLEMENT)
    seller = _needed(top, f"{_AGREEMENT}/ram:SellerTradeParty")
    currency = settlement.need("ram:InvoiceCurrencyCode")
    lines = tuple(_line_of(line, currency) for line in top.each(_LINE))
    if not lines:
        raise ReadingError(
            top.place(),
            "has no lines (profiles MINIMUM and BASIC WL carry none); enter it by the form.",
            _LINE,
        )
    code = top.text("rsm:ExchangedDocument/ram:TypeCode")
    issued = _day(top, "rsm:ExchangedDocument/ram:IssueDateTime")
    if issued is None:
        where = "rsm:ExchangedDocument/ram:IssueDateTime"
        raise ReadingError(top.place(), "is missing, and it is needed.", where)
    return Document(
        kind=DocumentKind.CREDIT if code in CREDIT_CODES else DocumentKind.INVOICE,
        file=top.file,
        number=top.need("rsm:ExchangedDocument/ram:ID"),
        issued=issued,
        copy_of_original=top.text("rsm:ExchangedDocument/ram:CopyIndicator/udt:Indicator")
        in {"true", "1"},
        currency=currency,
        vendor=_party(seller),
        order=_order(top) or _line_order(lines),
        corrects=tuple(
            dict.fromkeys(
                each.text(".")
                for each in settlement.each("ram:InvoiceReferencedDocument/ram:IssuerAssignedID")
            )
        ),
        delivered=_day(
            top,
            f"{_TRADE}/ram:ApplicableHeaderTradeDelivery/ram:ActualDeliverySupplyChainEvent"
            "/ram:OccurrenceDateTime",
        ),
        due=_day(settlement, "ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime"),
        payment_terms=settlement.text("ram:SpecifiedTradePaymentTerms/ram:Description")[:80],
        adjustments=(*_adjustments(settlement, currency), *_freight(settlement, currency)),
        tax=_tax(settlement, currency),
        tax_shares=tuple(_tax_shares(settlement, currency)),
        totals=_totals(settlement, currency),
        lines=lines,
    )


def _needed(element: Element, path: str) -> Element:
    found = element.one(path)
    if found is None:
        raise ReadingError(element.place(), "is missing, and it is needed.", path)
    return found


def _order(element: Element) -> str | None:
    path = f"{_AGREEMENT}/ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"
    return order_number(element.text(path))


def _line_order(lines: tuple[DocumentLine, ...]) -> str | None:
    named = {line.order for line in lines if line.order}
    return named.pop() if len(named) == 1 else None


def _day(element: Element, path: str) -> date | None:
    """A day in one of the formats that its attribute names."""
    found = element.one(f"{path}/udt:DateTimeString")
    if found is None:
        return None
    text = found.text(".")
    form, length = _DAYS.get(found.attribute(".", "format") or "102", _DAYS["102"])
    try:
        return datetime.strptime(text[:length], form).date()  # noqa: DTZ007 (a day has no zone)
    except ValueError as error:
        raise ReadingError(
            found.place(), f"'{text}' is not a day; one like 20260331 is expected.", path
        ) from error


def _party(seller: Element) -> Party:
    ids = [each.text(".") for path in ("ram:ID", "ram:GlobalID") for each in seller.each(path)]
    ids.append(seller.text("ram:SpecifiedLegalOrganization/ram:ID"))
    name = seller.text("ram:Name")
    if not name and not any(ids):
        raise ReadingError(seller.place(), "names no vendor, and one is needed.", "ram:Name")
    taxes = {
        each.attribute("ram:ID", "schemeID"): each.text("ram:ID")
        for each in seller.each("ram:SpecifiedTaxRegistration")
    }
    contact = "ram:DefinedTradeContact"
    return Party(
        ids=tuple(dict.fromkeys(found for found in ids if found)),
        name=name[:150],
        tax_id=(taxes.get("VA") or next(iter(taxes.values()), ""))[:60],
        email=seller.text(f"{contact}/ram:EmailURIUniversalCommunication/ram:URIID")[:200],
        phone=seller.text(f"{contact}/ram:TelephoneUniversalCommunication/ram:CompleteNumber")[:60],
        address=_address(seller),
    )


def _address(seller: Element) -> str:
    at = "ram:PostalTradeAddress"
    parts = (
        seller.text(f"{at}/ram:LineOne"),
        f"{seller.text(f'{at}/ram:PostcodeCode')} {seller.text(f'{at}/ram:CityName')}",
        seller.text(f"{at}/ram:CountryID"),
    )
    return ", ".join(part.strip() for part in parts if part.strip())[:500]


def _adjustments(element: Element, currency: str) -> tuple[Adjustment, ...]:
    return tuple(
        _adjustment(each, currency) for each in element.each("ram:SpecifiedTradeAllowanceCharge")
    )


def _adjustment(each: Element, currency: str) -> Adjustment:
    return Adjustment(
        charge=each.need("ram:ChargeIndicator/udt:Indicator") in {"true", "1"},
        amount=amount(each, "ram:ActualAmount", currency) or Decimal(0),
        reason=each.text("ram:Reason"),
        factor=each.number("ram:CalculationPercent"),
        base=amount(each, "ram:BasisAmount", currency),
    )


def _freight(settlement: Element, currency: str) -> Iterator[Adjustment]:
    """Freight and the like have an element of their own in the EXTENDED profile."""
    for each in settlement.each("ram:SpecifiedLogisticsServiceCharge"):
        yield Adjustment(
            charge=True,
            amount=amount(each, "ram:AppliedAmount", currency) or Decimal(0),
            reason=each.text("ram:Description"),
        )


def _tax(settlement: Element, currency: str) -> Decimal | None:
    """The tax in the invoice's currency; a second one may stand there in the vendor's own."""
    path = "ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:TaxTotalAmount"
    for each in settlement.each(path):
        if (each.attribute(".", "currencyID") or currency) == currency:
            return each.number(".")
    return None


def _tax_shares(settlement: Element, currency: str) -> Iterator[TaxShare]:
    for each in settlement.each("ram:ApplicableTradeTax"):
        yield TaxShare(
            taxable=amount(each, "ram:BasisAmount", currency),
            amount=amount(each, "ram:CalculatedAmount", currency) or Decimal(0),
            percent=each.number("ram:RateApplicablePercent"),
        )


def _totals(settlement: Element, currency: str) -> Totals:
    whole = settlement.one("ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    if whole is None:
        return Totals()
    return Totals(
        lines=amount(whole, "ram:LineTotalAmount", currency),
        allowances=amount(whole, "ram:AllowanceTotalAmount", currency),
        charges=amount(whole, "ram:ChargeTotalAmount", currency),
        before_tax=amount(whole, "ram:TaxBasisTotalAmount", currency),
        with_tax=amount(whole, "ram:GrandTotalAmount", currency),
        prepaid=amount(whole, "ram:TotalPrepaidAmount", currency),
        rounding=amount(whole, "ram:RoundingAmount", currency),
        payable=amount(whole, "ram:DuePayableAmount", currency),
    )


def _line_of(line: Element, currency: str) -> DocumentLine:
    product = line.one("ram:SpecifiedTradeProduct") or line
    agreed = line.one("ram:SpecifiedLineTradeAgreement") or line
    settled = line.one("ram:SpecifiedLineTradeSettlement") or line
    net = "ram:NetPriceProductTradePrice"
    billed = "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity"
    quantity = line.number(billed)
    if quantity is None:
        raise ReadingError(line.place(), "is missing, and it is needed.", billed)
    total = "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"
    reference = "ram:BuyerOrderReferencedDocument"
    return DocumentLine(
        id=line.need("ram:AssociatedDocumentLineDocument/ram:LineID"),
        line=line.place().line,
        quantity=quantity,
        unit=line.attribute(billed, "unitCode"),
        amount=amount(settled, total, currency),
        price=amount(agreed, f"{net}/ram:ChargeAmount", currency),
        price_per=agreed.number(f"{net}/ram:BasisQuantity") or Decimal(1),
        price_unit=agreed.attribute(f"{net}/ram:BasisQuantity", "unitCode"),
        adjustments=_adjustments(settled, currency),
        tax_percent=settled.number("ram:ApplicableTradeTax/ram:RateApplicablePercent"),
        order_line=agreed.text(f"{reference}/ram:LineID") or None,
        order=order_number(agreed.text(f"{reference}/ram:IssuerAssignedID")),
        buyer_item=product.text("ram:BuyerAssignedID")[:60] or None,
        seller_item=product.text("ram:SellerAssignedID")[:60] or None,
        standard_item=product.text("ram:GlobalID")[:60] or None,
        name=product.text("ram:Name"),
        description=product.text("ram:Description"),
    )
