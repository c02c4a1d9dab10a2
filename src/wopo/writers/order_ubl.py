"""A purchase order as UBL 2.1 Order, its elements in the order of the schema."""

from datetime import date
from decimal import Decimal
from typing import Any

from lxml import etree

from wopo.domain.money import Money, plain
from wopo.usecases.views.order_papers import OrderPaper, PaperLine, PaperParty

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_CAC, _CBC = f"{_UBL}CommonAggregateComponents-2", f"{_UBL}CommonBasicComponents-2"
_ORDER = f"{_UBL}Order-2"


def write_order_ubl(paper: OrderPaper) -> bytes:
    """The order as XML in UTF-8; our own reader gives the same figures back."""
    spaces: dict[Any, str] = {None: _ORDER, "cac": _CAC, "cbc": _CBC}
    root = etree.Element(f"{{{_ORDER}}}Order", nsmap=spaces)
    _leaf(root, "UBLVersionID", "2.1")
    _leaf(root, "ID", paper.number)
    _leaf(root, "IssueDate", paper.day.isoformat())
    if paper.revision > 1:
        _leaf(root, "Note", f"Revision {paper.revision} takes the place of what was sent before.")
    _leaf(root, "DocumentCurrencyCode", paper.currency)
    if paper.valid_to:
        _leaf(_node(root, "ValidityPeriod"), "EndDate", paper.valid_to.isoformat())
    _party(_node(root, "BuyerCustomerParty"), paper.company, contact=paper.buyer)
    seller = _node(root, "SellerSupplierParty")
    _leaf(seller, "CustomerAssignedAccountID", paper.vendor.code)
    _party(seller, paper.vendor)
    if paper.ship_to is not None:
        place = _node(_node(root, "Delivery"), "DeliveryAddress")
        _address(place, f"{paper.ship_to.name}\n{paper.ship_to.address}")
    if paper.payment_terms:
        _leaf(_node(root, "PaymentTerms"), "Note", paper.payment_terms)
    for _, label, amount in paper.charges:
        _adjustment(root, amount, charge=True, reason=label)
    if paper.discount:
        _adjustment(root, paper.discount, charge=False, reason=paper.discount_label or "Discount")
    _tax(root, paper)
    _totals(root, paper)
    for line in paper.lines:
        _line(_node(_node(root, "OrderLine"), "LineItem"), line)
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return made


def _node(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{_CAC}}}{name}")


def _leaf(parent: etree._Element, name: str, text: str, **attributes: str) -> None:
    etree.SubElement(parent, f"{{{_CBC}}}{name}", attributes).text = _clean(text)


def _clean(text: str) -> str:
    """Without the control characters that XML can't hold."""
    return "".join(char for char in text if char in "\t\n" or char.isprintable())


def _amount(parent: etree._Element, name: str, amount: Money) -> None:
    _leaf(parent, name, str(amount.amount), currencyID=amount.currency)


def _party(parent: etree._Element, party: PaperParty, *, contact: PaperParty | None = None) -> None:
    made = _node(parent, "Party")
    if party.code:
        _leaf(_node(made, "PartyIdentification"), "ID", party.code)
    _leaf(_node(made, "PartyName"), "Name", party.name)
    if party.address.strip():
        _address(_node(made, "PostalAddress"), party.address)
    if party.tax_id:
        scheme = _node(made, "PartyTaxScheme")
        _leaf(scheme, "CompanyID", party.tax_id)
        _leaf(_node(scheme, "TaxScheme"), "ID", "VAT")
    reach = contact or party
    if reach.phone or reach.email or contact:
        found = _node(made, "Contact")
        if contact:
            _leaf(found, "Name", contact.name)
        phone, email = reach.phone or party.phone, reach.email or party.email
        if phone:
            _leaf(found, "Telephone", phone)
        if email:
            _leaf(found, "ElectronicMail", email)


def _address(parent: etree._Element, text: str) -> None:
    for line in text.splitlines():
        if line.strip():
            _leaf(_node(parent, "AddressLine"), "Line", line.strip())


def _adjustment(parent: etree._Element, amount: Money, *, charge: bool, reason: str) -> None:
    made = _node(parent, "AllowanceCharge")
    _leaf(made, "ChargeIndicator", "true" if charge else "false")
    _leaf(made, "AllowanceChargeReason", reason)
    _amount(made, "Amount", amount)


def _tax(root: etree._Element, paper: OrderPaper) -> None:
    total = _node(root, "TaxTotal")
    _amount(total, "TaxAmount", paper.tax)
    for share in paper.taxes:
        made = _node(total, "TaxSubtotal")
        _amount(made, "TaxableAmount", share.taxable)
        _amount(made, "TaxAmount", share.tax)
        _category(_node(made, "TaxCategory"), share.percent)


def _category(made: etree._Element, percent: Decimal) -> None:
    _leaf(made, "ID", "S" if percent else "Z")
    _leaf(made, "Percent", plain(percent))
    _leaf(_node(made, "TaxScheme"), "ID", "VAT")


def _totals(root: etree._Element, paper: OrderPaper) -> None:
    charges = Money(sum(amount.minor for _, _, amount in paper.charges), paper.currency)
    made = _node(root, "AnticipatedMonetaryTotal")
    _amount(made, "LineExtensionAmount", paper.net)
    _amount(made, "TaxExclusiveAmount", paper.net + charges - paper.discount)
    _amount(made, "TaxInclusiveAmount", paper.total)
    _amount(made, "AllowanceTotalAmount", paper.discount)
    _amount(made, "ChargeTotalAmount", charges)
    _amount(made, "PayableAmount", paper.total)


def _line(item: etree._Element, line: PaperLine) -> None:
    _leaf(item, "ID", str(line.position))
    _leaf(item, "Quantity", plain(line.quantity), unitCode=line.unit)
    _amount(item, "LineExtensionAmount", line.net)
    _amount(item, "TotalTaxAmount", line.tax)
    for day, much in line.schedule:
        _due(item, day, much, line.unit)
    if line.discount:
        _adjustment(item, line.discount, charge=False, reason=line.discount_label or "Discount")
    price = _node(item, "Price")
    _leaf(price, "PriceAmount", plain(line.unit_price), currencyID=line.net.currency)
    _leaf(price, "BaseQuantity", plain(line.price_per), unitCode=line.unit)
    made = _node(item, "Item")
    _leaf(made, "Name", line.description)
    if line.part:
        _leaf(_node(made, "BuyersItemIdentification"), "ID", line.part)
    if line.item:
        _leaf(_node(made, "SellersItemIdentification"), "ID", line.item)
    _category(_node(made, "ClassifiedTaxCategory"), line.tax_percent)


def _due(item: etree._Element, day: date, much: Decimal, unit: str) -> None:
    made = _node(item, "Delivery")
    _leaf(made, "Quantity", plain(much), unitCode=unit)
    _leaf(_node(made, "RequestedDeliveryPeriod"), "EndDate", day.isoformat())
