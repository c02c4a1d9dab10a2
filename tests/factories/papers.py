"""Vendors' papers for tests, as the bytes that somebody drops: UBL, Factur-X, tables, pictures."""

import zlib
from decimal import Decimal
from io import BytesIO

from facturx import generate_from_binary
from fpdf import FPDF
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_SPACES = f'xmlns:cac="{_UBL}CommonAggregateComponents-2" xmlns:cbc="{_UBL}CommonBasicComponents-2"'
BIS = (
    "<cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:"
    "3.0</cbc:CustomizationID><cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
    "</cbc:ProfileID>"
)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6360"
    "0000000200015e5f2e5f0000000049454e44ae426082"
)


def money(name: str, amount: str) -> str:
    return f'<cbc:{name} currencyID="EUR">{amount}</cbc:{name}>'


def ubl_line(
    number: int,
    quantity: str,
    price: str,
    *,
    name: str = "Seal",
    per: str = "1",
    item: str = "",
    order_line: str = "",
    extra: str = "",
    amount: str = "",
    element: str = "Invoice",
) -> str:
    """One line; its amount is quantity x price / per unless given."""
    net = amount or str(Decimal(quantity) * Decimal(price) / Decimal(per))
    counted = "InvoicedQuantity" if element == "Invoice" else "CreditedQuantity"
    reference = f"<cbc:LineID>{order_line}</cbc:LineID>"
    seller = f"<cac:SellersItemIdentification><cbc:ID>{item}</cbc:ID>" if item else ""
    return (
        f"<cac:{element}Line><cbc:ID>{number}</cbc:ID>"
        f'<cbc:{counted} unitCode="pcs">{quantity}</cbc:{counted}>'
        + money("LineExtensionAmount", net)
        + (f"<cac:OrderLineReference>{reference}</cac:OrderLineReference>" if order_line else "")
        + extra
        + f"<cac:Item><cbc:Name>{name}</cbc:Name>{seller}"
        + ("</cac:SellersItemIdentification>" if item else "")
        + "<cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>20</cbc:Percent>"
        "</cac:ClassifiedTaxCategory></cac:Item>"
        f"<cac:Price>{money('PriceAmount', price)}"
        f'<cbc:BaseQuantity unitCode="pcs">{per}</cbc:BaseQuantity></cac:Price></cac:{element}Line>'
    )


def adjustment(amount: str, *, charge: bool, reason: str, percent: str = "", base: str = "") -> str:
    """An allowance or a charge; ``percent`` of ``base`` as Peppol writes it."""
    return (
        f"<cac:AllowanceCharge><cbc:ChargeIndicator>{str(charge).lower()}</cbc:ChargeIndicator>"
        f"<cbc:AllowanceChargeReason>{reason}</cbc:AllowanceChargeReason>"
        + (
            f"<cbc:MultiplierFactorNumeric>{percent}</cbc:MultiplierFactorNumeric>"
            if percent
            else ""
        )
        + money("Amount", amount)
        + (money("BaseAmount", base) if base else "")
        + "</cac:AllowanceCharge>"
    )


def tax(*shares: tuple[str, str, str], second: str = "") -> str:
    """Tax by rate as (taxable, amount, per cent); ``second``: the same tax in the vendor's own
    currency beside it."""
    whole = sum((Decimal(amount) for _, amount, _ in shares), Decimal(0))
    subtotals = "".join(
        f"<cac:TaxSubtotal>{money('TaxableAmount', taxable)}{money('TaxAmount', amount)}"
        f"<cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>{percent}</cbc:Percent>"
        "</cac:TaxCategory></cac:TaxSubtotal>"
        for taxable, amount, percent in shares
    )
    own = f'<cac:TaxTotal><cbc:TaxAmount currencyID="SEK">{second}</cbc:TaxAmount></cac:TaxTotal>'
    total = f"<cac:TaxTotal>{money('TaxAmount', str(whole))}{subtotals}</cac:TaxTotal>"
    return (own if second else "") + total


def ubl(
    lines: str,
    *,
    number: str = "R-1",
    element: str = "Invoice",
    order: str = "PO-2026-000042",
    vendor: str = "Grainger",
    body: str = "",
    net: str = "",
    total: str,
    head: str = "",
    totals: str = "",
) -> bytes:
    """An invoice or a credit note (``element="CreditNote"``) of Peppol BIS Billing 3."""
    named = f"<cac:OrderReference><cbc:ID>{order}</cbc:ID></cac:OrderReference>" if order else ""
    party = f"<cac:Party><cac:PartyName><cbc:Name>{vendor}</cbc:Name></cac:PartyName></cac:Party>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><{element} xmlns="{_UBL}{element}-2" {_SPACES}>'
        f"{BIS}<cbc:ID>{number}</cbc:ID><cbc:IssueDate>2026-03-01</cbc:IssueDate>{head}"
        f"<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>{named}"
        f"<cac:AccountingSupplierParty>{party}</cac:AccountingSupplierParty>{body}"
        f"<cac:LegalMonetaryTotal>{money('LineExtensionAmount', net) if net else ''}{totals}"
        f"{money('PayableAmount', total)}</cac:LegalMonetaryTotal>{lines}</{element}>"
    ).encode()


def response(
    lines: str, *, code: str = "CA", order: str = "PO-2026-000042", number: str = "OR-1"
) -> bytes:
    """An order response of Peppol BIS Ordering 3."""
    party = "<cac:Party><cac:PartyName><cbc:Name>Grainger</cbc:Name></cac:PartyName></cac:Party>"
    return (
        f'<OrderResponse xmlns="{_UBL}OrderResponse-2" {_SPACES}><cbc:ID>{number}</cbc:ID>'
        "<cbc:IssueDate>2026-03-01</cbc:IssueDate>"
        f"<cbc:OrderResponseCode>{code}</cbc:OrderResponseCode>"
        "<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>"
        f"<cac:OrderReference><cbc:ID>{order}</cbc:ID></cac:OrderReference>"
        f"<cac:SellerSupplierParty>{party}</cac:SellerSupplierParty>{lines}</OrderResponse>"
    ).encode()


def response_line(
    number: str, *, status: str = "5", quantity: str = "", day: str = "", extra: str = ""
) -> str:
    """One line's answer: accepted (5), changed (3) or refused (7); ``day`` is promised."""
    counted = f'<cbc:Quantity unitCode="pcs">{quantity}</cbc:Quantity>' if quantity else ""
    period = f"<cac:PromisedDeliveryPeriod><cbc:EndDate>{day}</cbc:EndDate>"
    promised = f"<cac:Delivery>{period}</cac:PromisedDeliveryPeriod></cac:Delivery>" if day else ""
    return (
        f"<cac:OrderLine><cac:LineItem><cbc:ID>{number}</cbc:ID>"
        f"<cbc:LineStatusCode>{status}</cbc:LineStatusCode>{counted}{extra}{promised}"
        f"<cac:OrderLineReference><cbc:LineID>{number}</cbc:LineID></cac:OrderLineReference>"
        "</cac:LineItem></cac:OrderLine>"
    )


_UNECE = "urn:un:unece:uncefact:data:standard:"


def cii(*, number: str = "R-1", code: str = "380", order: str = "PO-2026-000042") -> bytes:
    """A Factur-X invoice of the profile EN 16931: ten seals at 12.50, 2.00 off, freight 7.00."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="{_UNECE}CrossIndustryInvoice:100"
 xmlns:ram="{_UNECE}ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="{_UNECE}UnqualifiedDataType:100">
<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter>
<ram:ID>urn:cen.eu:en16931:2017</ram:ID>
</ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
<rsm:ExchangedDocument><ram:ID>{number}</ram:ID><ram:TypeCode>{code}</ram:TypeCode>
<ram:IssueDateTime><udt:DateTimeString format="102">20260301</udt:DateTimeString>
</ram:IssueDateTime></rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction>
<ram:IncludedSupplyChainTradeLineItem>
<ram:AssociatedDocumentLineDocument><ram:LineID>1</ram:LineID></ram:AssociatedDocumentLineDocument>
<ram:SpecifiedTradeProduct><ram:Name>Seal</ram:Name></ram:SpecifiedTradeProduct>
<ram:SpecifiedLineTradeAgreement>
<ram:BuyerOrderReferencedDocument><ram:LineID>1</ram:LineID></ram:BuyerOrderReferencedDocument>
<ram:NetPriceProductTradePrice><ram:ChargeAmount>1250</ram:ChargeAmount>
<ram:BasisQuantity unitCode="pcs">100</ram:BasisQuantity></ram:NetPriceProductTradePrice>
</ram:SpecifiedLineTradeAgreement>
<ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="pcs">10</ram:BilledQuantity>
</ram:SpecifiedLineTradeDelivery>
<ram:SpecifiedLineTradeSettlement>
<ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode>
<ram:RateApplicablePercent>20</ram:RateApplicablePercent></ram:ApplicableTradeTax>
<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>false</udt:Indicator>
</ram:ChargeIndicator><ram:ActualAmount>2.00</ram:ActualAmount><ram:Reason>Loyalty</ram:Reason>
</ram:SpecifiedTradeAllowanceCharge>
<ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>123.00</ram:LineTotalAmount>
</ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement>
</ram:IncludedSupplyChainTradeLineItem>
<ram:ApplicableHeaderTradeAgreement>
<ram:SellerTradeParty><ram:Name>Grainger</ram:Name>
<ram:PostalTradeAddress><ram:CountryID>FR</ram:CountryID></ram:PostalTradeAddress>
<ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">FR11123456782</ram:ID>
</ram:SpecifiedTaxRegistration></ram:SellerTradeParty>
<ram:BuyerTradeParty><ram:Name>We</ram:Name>
<ram:PostalTradeAddress><ram:CountryID>FR</ram:CountryID></ram:PostalTradeAddress>
</ram:BuyerTradeParty>
<ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>{order}</ram:IssuerAssignedID>
</ram:BuyerOrderReferencedDocument></ram:ApplicableHeaderTradeAgreement>
<ram:ApplicableHeaderTradeDelivery/>
<ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
<ram:ApplicableTradeTax><ram:CalculatedAmount>26.00</ram:CalculatedAmount>
<ram:TypeCode>VAT</ram:TypeCode><ram:BasisAmount>130.00</ram:BasisAmount>
<ram:CategoryCode>S</ram:CategoryCode>
<ram:RateApplicablePercent>20</ram:RateApplicablePercent></ram:ApplicableTradeTax>
<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>true</udt:Indicator>
</ram:ChargeIndicator><ram:ActualAmount>7.00</ram:ActualAmount><ram:Reason>Freight</ram:Reason>
<ram:CategoryTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode>
<ram:RateApplicablePercent>20</ram:RateApplicablePercent></ram:CategoryTradeTax>
</ram:SpecifiedTradeAllowanceCharge>
<ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>
<udt:DateTimeString format="102">20260331</udt:DateTimeString></ram:DueDateDateTime>
</ram:SpecifiedTradePaymentTerms>
<ram:SpecifiedTradeSettlementHeaderMonetarySummation>
<ram:LineTotalAmount>123.00</ram:LineTotalAmount><ram:ChargeTotalAmount>7.00</ram:ChargeTotalAmount>
<ram:TaxBasisTotalAmount>130.00</ram:TaxBasisTotalAmount>
<ram:TaxTotalAmount currencyID="EUR">26.00</ram:TaxTotalAmount>
<ram:GrandTotalAmount>156.00</ram:GrandTotalAmount>
<ram:DuePayableAmount>156.00</ram:DuePayableAmount>
</ram:SpecifiedTradeSettlementHeaderMonetarySummation>
</ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>
""".encode()


def plain_pdf(text: str = "Invoice R-1") -> bytes:
    """A PDF with nothing in it but a page."""
    page = FPDF()
    page.add_page()
    page.set_font("helvetica", size=12)
    page.cell(text=text)
    return bytes(page.output())


def factur_x(xml: bytes) -> bytes:
    """The reference implementation's Factur-X file of an invoice."""
    made: bytes = generate_from_binary(plain_pdf(), xml, lang="en")
    return made


def bomb_pdf(size: int = 120_000_000) -> bytes:
    """A small Factur-X file whose embedded XML unpacks to ``size`` bytes."""
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_attachment("factur-x.xml", b"x")
    packer = zlib.compressobj(1)
    parts = [packer.compress(b"<" * 1_000_000) for _ in range(size // 1_000_000)]
    for each in writer._objects:
        if isinstance(each, StreamObject) and each.get("/Type") == "/EmbeddedFile":
            each[NameObject("/Filter")] = NameObject("/FlateDecode")
            each._data = b"".join([*parts, packer.flush()])
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def circular_pdf() -> bytes:
    """A Factur-X file whose list of embedded files is a tree that contains itself."""
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_attachment("factur-x.xml", b"<x/>")
    files = writer.root_object["/Names"]["/EmbeddedFiles"].get_object()  # type: ignore[index]
    kid = writer._add_object(DictionaryObject())
    kid.get_object().update({NameObject("/Kids"): ArrayObject([kid] * 8)})  # type: ignore[union-attr]
    files.pop("/Names")
    files[NameObject("/Kids")] = ArrayObject([kid] * 8)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()
