"""UBL documents: what is read from them, and what is refused, each with its place."""

import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.shared_data import shared_data
from wopo.domain.errors import DomainError
from wopo.readers.problems import ReadingError
from wopo.readers.ubl import read_ubl
from wopo.readers.xml import MAX_BYTES
from wopo.usecases.imports.contradictions import Doubt, contradictions
from wopo.usecases.imports.documents import DocumentKind

NS = (
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:{name}-2" '
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)
INVOICE = f"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice {NS.format(name="Invoice")}>
  <cbc:UBLVersionID>2.1</cbc:UBLVersionID>
  <cbc:ID>R-1</cbc:ID>
  <cbc:IssueDate>2026-03-01</cbc:IssueDate>
  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <cac:OrderReference><cbc:ID>PO-1</cbc:ID></cac:OrderReference>
  <cac:AccountingSupplierParty><cac:Party>
    <cac:PartyName><cbc:Name>Vendor</cbc:Name></cac:PartyName>
  </cac:Party></cac:AccountingSupplierParty>
  <cac:TaxTotal><cbc:TaxAmount currencyID="EUR">20</cbc:TaxAmount></cac:TaxTotal>
  <cac:LegalMonetaryTotal>
    <cbc:LineExtensionAmount currencyID="EUR">100</cbc:LineExtensionAmount>
    <cbc:PayableAmount currencyID="EUR">120</cbc:PayableAmount>
  </cac:LegalMonetaryTotal>
  <cac:InvoiceLine>
    <cbc:ID>1</cbc:ID>
    <cbc:InvoicedQuantity unitCode="C62">4</cbc:InvoicedQuantity>
    <cbc:LineExtensionAmount currencyID="EUR">100</cbc:LineExtensionAmount>
    <cac:OrderLineReference><cbc:LineID>7</cbc:LineID></cac:OrderLineReference>
    <cac:Item><cbc:Name>Bearing</cbc:Name></cac:Item>
    <cac:Price>
      <cbc:PriceAmount currencyID="EUR">2500</cbc:PriceAmount>
      <cbc:BaseQuantity unitCode="C62">100</cbc:BaseQuantity>
    </cac:Price>
  </cac:InvoiceLine>
</Invoice>
"""


def written(tmp_path: Path, text: str | bytes, name: str = "invoice.xml") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_document_is_read_with_its_exact_figures(tmp_path: Path) -> None:
    document = read_ubl(written(tmp_path, INVOICE))

    assert document.kind is DocumentKind.INVOICE
    assert (document.number, document.order, document.vendor.name) == ("R-1", "PO-1", "Vendor")
    line = document.lines[0]
    assert (line.quantity, line.price, line.price_per) == (Decimal(4), Decimal(2500), Decimal(100))
    assert line.order_line == "7"
    assert document.totals.payable == Decimal(120)
    assert contradictions(document) == ()


@pytest.mark.parametrize(
    ("right", "wrong", "sentence", "doubt"),
    [
        (">2500<", ">2400<", "Line 1: 4 C62 at 2400 per 100 C62 is 96.00 EUR, and the line says "
         "100.00 EUR.", Doubt.PRICE),
        (">120<", ">119<", "The sum to be paid comes to 120.00 EUR, and the document says "
         "119.00 EUR.", Doubt.AMOUNT),
        ('<cbc:BaseQuantity unitCode="C62"', '<cbc:BaseQuantity unitCode="KGM"',
         "Line 1: counted in C62, priced per KGM.", Doubt.PRICE),
        ("<cac:OrderReference>", "<cbc:DueDate>2026-02-01</cbc:DueDate><cac:OrderReference>",
         "It is due on 2026-02-01, before it was issued (2026-03-01).", Doubt.DATE),
        ("</cac:LegalMonetaryTotal>", "</cac:LegalMonetaryTotal><cac:InvoiceLine><cbc:ID>1"
         "</cbc:ID><cbc:InvoicedQuantity>0</cbc:InvoicedQuantity><cbc:LineExtensionAmount>0"
         "</cbc:LineExtensionAmount></cac:InvoiceLine>", "Line 1 is there twice.", Doubt.IDENTITY),
    ],
)  # fmt: skip
def test_each_contradiction_has_its_sentence(
    tmp_path: Path, right: str, wrong: str, sentence: str, doubt: Doubt
) -> None:
    document = read_ubl(written(tmp_path, INVOICE.replace(right, wrong, 1)))

    assert [(c.sentence, c.doubt) for c in contradictions(document)] == [(sentence, doubt)]


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        (">4<", ">four<", "invoice.xml line 18, element cbc:InvoicedQuantity: 'four' is not a "
         "number; one like 1234.56 is expected."),
        ("<cbc:ID>R-1</cbc:ID>", "", "line 2, element cbc:ID: is missing or empty"),
        ("2026-03-01", "01.03.2026", "'01.03.2026' is not a day; one like 2026-03-31"),
        ("<cbc:IssueDate>2026-03-01</cbc:IssueDate>", "", "element cbc:IssueDate: is missing"),
        ('currencyID="EUR">20<', 'currencyID="USD">20<', "is in USD where the document is in EUR"),
        (">EUR<", ">EURO<", "'EURO' is not an ISO 4217 currency; use a code like EUR"),
        ("<cbc:Name>Vendor</cbc:Name>", "", "names no vendor"),
    ],
)  # fmt: skip
def test_what_is_missing_or_unreadable_is_told_with_line_and_element(
    tmp_path: Path, right: str, wrong: str, told: str
) -> None:
    text = INVOICE.replace(right, wrong, 1)
    if right == ">EUR<":
        text = text.replace(' currencyID="EUR"', "")

    with pytest.raises(ReadingError) as refused:
        read_ubl(written(tmp_path, text))

    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("right", "wrong", "code", "told"),
    [
        ("</cac:Item>", "</cac:Itme>", "import.broken_xml", "invoice.xml line 21, column"),
        ("Invoice xmlns", "Invioce xmlns", "import.broken_xml", "the XML is broken"),
        (">2.1<", ">2.3<", "import.unknown_version", "is UBL 2.3; wopo takes in 2.0 and 2.1"),
    ],
)
def test_broken_xml_is_told_with_line_and_column(
    tmp_path: Path, right: str, wrong: str, code: str, told: str
) -> None:
    with pytest.raises(DomainError) as refused:
        read_ubl(written(tmp_path, INVOICE.replace(right, wrong, 1)))

    assert refused.value.code == code
    assert told in refused.value.message
    assert "Nothing was changed" in refused.value.message


def test_an_unknown_document_offers_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(DomainError, match=r"is a 'Invioce'; .* Did you mean 'Invoice'"):
        read_ubl(written(tmp_path, INVOICE.replace("<Invoice ", "<Invioce ").replace(
            "</Invoice>", "</Invioce>")))  # fmt: skip
    with pytest.raises(DomainError, match="'Invoice' outside UBL's namespace"):
        read_ubl(written(tmp_path, "<Invoice/>"))


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
    + "]><Invoice>&j;</Invoice>"
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (BOMB, "import.xml_dtd"),
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Invoice>&e;</Invoice>',
         "import.xml_dtd"),
        ('<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><Invoice/>', "import.xml_dtd"),
        (BOMB.replace('version="1.0"', 'version="1.0" encoding="UTF-16"').encode("utf-16"),
         "import.xml_dtd"),
        ("<a>" * 100_000, "import.broken_xml"),
        ("not xml", "import.broken_xml"),
        ("", "import.broken_xml"),
        (b"<Invoice>\xff</Invoice>", "import.broken_xml"),
        ("<Invoice>&nowhere;</Invoice>", "import.broken_xml"),
    ],
)  # fmt: skip
def test_hostile_xml_is_refused_within_a_second(
    tmp_path: Path, text: str | bytes, code: str
) -> None:
    path = written(tmp_path, text)
    started = time.monotonic()

    with pytest.raises(DomainError) as refused:
        read_ubl(path)

    assert refused.value.code == code
    assert time.monotonic() - started < 1


def test_a_file_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "big.xml"
    with path.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)

    with pytest.raises(DomainError, match="at most 10 MB are read"):
        read_ubl(path)


@pytest.mark.shared_data
def test_the_published_examples_are_read_and_two_of_the_story_contradict_themselves() -> None:
    folder = shared_data("ubl")
    found = {
        path.name: [c.sentence for c in contradictions(read_ubl(path))]
        for path in folder.glob("*.xml")
    }

    story = {name for name in found if "-2.0-" in name}
    assert {name for name in story if found[name]} == {
        "UBL-Order-2.0-Example.xml",
        "UBL-CreditNote-2.0-Example.xml",
    }
    assert found["UBL-Invoice-2.1-Example.xml"] == [
        "Line 1: 1 C62 at 1273 per 1 C62 less 12 plus 10 is 1,271.00 EUR, "
        "and the line says 1,273.00 EUR."
    ]
    receipt = read_ubl(folder / "UBL-ReceiptAdvice-2.0-Example.xml")
    assert (receipt.order, receipt.delivered) == ("AEG012345", date(2005, 6, 20))
    assert receipt.lines[0].short == Decimal(10)
