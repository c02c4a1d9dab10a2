"""Parts that UBL documents share: parties, lines, allowances and charges, taxes, amounts."""

from decimal import Decimal

from wopo.readers.problems import ReadingError
from wopo.readers.xml import Element
from wopo.usecases.imports.documents import (
    Adjustment,
    DocumentKind,
    DocumentLine,
    Party,
    TaxShare,
)

NAMESPACES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}


def amount(element: Element, path: str, currency: str | None) -> Decimal | None:
    """An amount at ``path``. ``ReadingError`` when it is in another currency than the document."""
    found = element.number(path)
    stated = element.attribute(path, "currencyID")
    if found is not None and stated and currency and stated != currency:
        raise ReadingError(
            element.place(),
            f"is in {stated} where the document is in {currency}; one currency is expected.",
            path,
        )
    return found


def party(element: Element) -> Party:
    """The vendor: our number for it first, then its own identifiers."""
    inner = element.one("cac:Party") or element
    ids = [
        *(e.text(".") for e in inner.each("cac:PartyIdentification/cbc:ID")),
        inner.text("cbc:EndpointID"),
        inner.text("cac:PartyLegalEntity/cbc:CompanyID"),
    ]
    names = [
        inner.text("cac:PartyName/cbc:Name"),
        inner.text("cac:PartyLegalEntity/cbc:RegistrationName"),
        inner.text("cac:PartyTaxScheme/cbc:RegistrationName"),
    ]
    name = next((found for found in names if found), "")
    known_as = element.text("cbc:CustomerAssignedAccountID")
    if not name and not known_as and not any(ids):
        raise ReadingError(element.place(), "names no vendor, and one is needed.", "cac:Party")
    return Party(
        code=known_as,
        ids=tuple(dict.fromkeys(found for found in ids if found)),
        name=name[:150],
        tax_id=inner.text("cac:PartyTaxScheme/cbc:CompanyID")[:60],
        email=inner.text("cac:Contact/cbc:ElectronicMail")[:200],
        phone=inner.text("cac:Contact/cbc:Telephone")[:60],
        address=_address(inner),
    )


def _address(inner: Element) -> str:
    parts = (
        f"{inner.text('cac:PostalAddress/cbc:StreetName')} "
        f"{inner.text('cac:PostalAddress/cbc:BuildingNumber')}",
        f"{inner.text('cac:PostalAddress/cbc:PostalZone')} "
        f"{inner.text('cac:PostalAddress/cbc:CityName')}",
        inner.text("cac:PostalAddress/cac:Country/cbc:IdentificationCode"),
    )
    return ", ".join(part.strip() for part in parts if part.strip())[:500]


def adjustments(element: Element, currency: str | None) -> tuple[Adjustment, ...]:
    """Allowances and charges right under this element."""
    return tuple(
        Adjustment(
            charge=each.need("cbc:ChargeIndicator") in {"true", "1"},
            amount=amount(each, "cbc:Amount", currency) or Decimal(0),
            reason=each.text("cbc:AllowanceChargeReason"),
            factor=each.number("cbc:MultiplierFactorNumeric"),
            base=amount(each, "cbc:BaseAmount", currency),
        )
        for each in element.each("cac:AllowanceCharge")
    )


def tax_shares(element: Element, currency: str | None) -> tuple[TaxShare, ...]:
    """The tax by category and rate."""
    total = tax_total(element, currency)
    return tuple(
        TaxShare(
            taxable=amount(each, "cbc:TaxableAmount", currency),
            amount=amount(each, "cbc:TaxAmount", currency) or Decimal(0),
            percent=each.number("cac:TaxCategory/cbc:Percent"),
        )
        for each in (total.each("cac:TaxSubtotal") if total else ())
    )


def tax_total(element: Element, currency: str | None) -> Element | None:
    """The tax in the document's currency; the vendor's books may want it in another one too."""
    found = list(element.each("cac:TaxTotal"))
    own = [each for each in found if each.attribute("cbc:TaxAmount", "currencyID") == currency]
    return next(iter([*own, *found]), None)


def order_number(text: str) -> str | None:
    """A number that names an order; ``NA`` says that there is none (Peppol BIS Billing 3)."""
    return None if text.strip().upper() in {"", "NA", "N/A"} else text


def line_of(
    element: Element, kind: DocumentKind, quantity_path: str, currency: str | None
) -> DocumentLine:
    """One line of any of the documents."""
    quantity = element.number(quantity_path)
    if quantity is None and kind is DocumentKind.RESPONSE:
        quantity = Decimal(0)
    if quantity is None:
        raise ReadingError(element.place(), "is missing, and it is needed.", quantity_path)
    price = element.one("cac:Price")
    item = element.one("cac:Item") or element
    ordered = kind in {DocumentKind.ORDER, DocumentKind.RESPONSE}
    tax_path = "cbc:TotalTaxAmount" if ordered else "cac:TaxTotal/cbc:TaxAmount"
    percent = element.number("cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:Percent")
    if percent is None:
        percent = item.number("cac:ClassifiedTaxCategory/cbc:Percent")
    return DocumentLine(
        id=element.need("cbc:ID"),
        line=element.place().line,
        quantity=quantity,
        unit=element.attribute(quantity_path, "unitCode"),
        rejected=element.number("cbc:RejectedQuantity") or Decimal(0),
        short=element.number("cbc:ShortQuantity"),
        over=element.number("cbc:OversupplyQuantity"),
        reject_reason=element.text("cbc:RejectReason")[:200],
        amount=amount(element, "cbc:LineExtensionAmount", currency),
        price=amount(price, "cbc:PriceAmount", currency) if price else None,
        price_per=(price.number("cbc:BaseQuantity") if price else None) or Decimal(1),
        price_unit=price.attribute("cbc:BaseQuantity", "unitCode") if price else "",
        adjustments=adjustments(element, currency),
        price_adjustments=adjustments(price, currency) if price else (),
        tax=amount(element, tax_path, currency),
        tax_percent=percent,
        order_line=element.text("cac:OrderLineReference/cbc:LineID") or None,
        order=order_number(element.text("cac:OrderLineReference/cac:OrderReference/cbc:ID")),
        buyer_item=item.text("cac:BuyersItemIdentification/cbc:ID")[:60] or None,
        seller_item=item.text("cac:SellersItemIdentification/cbc:ID")[:60] or None,
        standard_item=item.text("cac:StandardItemIdentification/cbc:ID")[:60] or None,
        name=item.text("cbc:Name"),
        description=item.text("cbc:Description"),
        due=element.day("cac:Delivery/cac:RequestedDeliveryPeriod/cbc:EndDate"),
        backordered=element.number("cbc:BackorderQuantity"),
        backorder_reason=element.text("cbc:BackorderReason")[:200],
    )
