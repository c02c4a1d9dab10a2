"""Purchase orders on their way out: the PDF, the UBL and the e-mail say what the order says."""

from datetime import UTC, date, datetime
from decimal import Decimal
from email import message_from_bytes
from email.policy import default
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.factories.order_papers import eur, line, paper
from wopo.domain.errors import DomainError
from wopo.readers.documents import document_of
from wopo.usecases.imports.contradictions import contradictions
from wopo.usecases.imports.documents import DocumentKind
from wopo.usecases.views.order_papers import PaperParty, PaperTax
from wopo.writers.order_files import write_apart, write_order_files
from wopo.writers.order_mail import write_order_mail
from wopo.writers.order_pdf import write_order_pdf
from wopo.writers.order_ubl import write_order_ubl

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def pages(raw: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(raw)).pages]


def test_the_ubl_of_an_order_comes_back_through_our_own_reader_with_every_figure() -> None:
    odd = line(2, description="Öl <&> 油", quantity=Decimal("2.5"), unit_price=Decimal("1250.125"),
               price_per=Decimal(100), discount=eur("0"), net=eur("31.25"), tax=eur("0"),
               tax_percent=Decimal(0), schedule=(), item="")  # fmt: skip
    shares = (
        PaperTax(Decimal(0), eur("28.25"), eur("0")),
        PaperTax(Decimal(20), eur("130"), eur("26")),
    )
    sent = paper(
        line(),
        odd,
        discount=eur("3"),
        discount_label="Rebate",
        taxes=shares,
        total=eur("184.25"),
    )
    raw = write_order_ubl(sent)

    found = document_of(raw, "order.xml")

    assert contradictions(found) == ()
    assert (found.kind, found.number, found.issued) == (
        DocumentKind.ORDER,
        "PO-2026-000042",
        date(2026, 3, 2),
    )
    assert (found.vendor.code, found.vendor.name, found.payment_terms) == (
        "GRA",
        "Grainger",
        "30 days net",
    )
    assert [(a.charge, a.amount, a.reason) for a in found.adjustments] == [
        (True, 7, "Freight"),
        (False, 3, "Rebate"),
    ]
    assert (found.tax, found.totals.with_tax) == (26, Decimal("184.25"))
    seal, oil = found.lines
    assert (seal.id, seal.quantity, seal.price, seal.amount, seal.due) == (
        "1", 10, Decimal("12.50"), 123, date(2026, 4, 1),
    )  # fmt: skip
    assert (seal.buyer_item, seal.seller_item, seal.tax_percent) == ("P-100", "S-1", 20)
    assert seal.adjusted() == -2
    assert (oil.name, oil.quantity, oil.price, oil.price_per) == (
        "Öl <&> 油", Decimal("2.5"), Decimal("1250.125"), 100,
    )  # fmt: skip


def test_the_pdf_has_letterhead_both_addresses_lines_taxes_totals_and_terms() -> None:
    text = pages(write_order_pdf(paper()).raw)[0]

    for said in (
        "Harbour Works", "Quay 1", "Tax number X1", "PO-2026-000042", "Grainger", "Road 2",
        "Ship to", "North, Hall 3", "30 days net", "Bea bea@h.example", "Seal", "Your item S-1",
        "Our part P-100", "10 pcs due 2026-04-01", "Loyalty: -2.00 EUR", "12.50", "123.00",
        "Freight", "7.00 EUR", "Tax 20 % on 130.00 EUR", "26.00 EUR", "Total 156.00 EUR",
        "Delivery free to the place named.", "Page 1 of 1",
    ):  # fmt: skip
        assert said in text


def test_many_lines_take_several_pages_each_with_heading_and_number() -> None:
    rows = [line(number, description=f"Seal of size {number}") for number in range(1, 61)]

    found = pages(write_order_pdf(paper(*rows)).raw)

    assert len(found) > 3
    for number, text in enumerate(found, start=1):
        assert f"Page {number} of {len(found)}" in text
        assert "PO-2026-000042" in text
    assert sum(f"Seal of size {row.position}" in "\n".join(found) for row in rows) == 60
    assert all("Quantity" in text for text in found[:-1])


def test_the_same_paper_gives_the_same_bytes() -> None:
    assert write_order_pdf(paper()).raw == write_order_pdf(paper()).raw


@pytest.mark.parametrize("text", ["Гайка M8 Ελλάδα żółć", "ברגים", "مسامير", "स्क्रू", "สกรู"])
def test_other_scripts_are_printed_in_their_own_font(text: str) -> None:
    made = write_order_pdf(paper(line(description=text)))

    assert made.unprintable == ""
    assert made.raw.count(b"/FontFile2") == (1 if text.startswith("Г") else 2)


def test_what_no_font_has_is_told_and_a_folder_of_fonts_mends_it(tmp_path: Path) -> None:
    assert write_order_pdf(paper(line(description="油封 M8"))).unprintable == "封油"
    assert write_order_pdf(paper(), tmp_path).unprintable == ""


def test_the_mail_brings_both_files_and_names_one_mailbox() -> None:
    made = write_order_mail(
        paper(revision=2), {"a.pdf": b"%PDF", "a.xml": b"<Order/>"}, sender="po@h.example",
        at=NOW, message_id="row1", again=True,
    )  # fmt: skip

    read = message_from_bytes(made.as_bytes(), policy=default)
    assert read["Subject"] == "Purchase order PO-2026-000042, revision 2 from Harbour Works"
    assert (read["To"], read["Message-ID"]) == (
        "Grainger <orders@grainger.example>",
        "<row1@h.example>",
    )
    assert read["Reply-To"].addresses[0].addr_spec == "bea@h.example"
    assert [part.get_filename() for part in read.iter_attachments()] == ["a.pdf", "a.xml"]
    assert "please do not deliver it twice" in read.get_body().get_content()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "a@b.example\nBcc: c@d.example", "a@b.example, c@d.example", "a@ö.example"],
)
def test_an_address_that_is_none_or_several_is_refused(address: str) -> None:
    wrong = paper(vendor=PaperParty("Grainger", email=address))

    with pytest.raises(DomainError, match="no e-mail address"):
        write_order_mail(wrong, {}, sender="po@h.example", at=NOW, message_id="x", again=False)


def test_made_in_another_process_they_are_the_same() -> None:
    made = write_apart(paper())
    assert made == write_order_files(paper())
    assert [name.rpartition(".")[2] for name in made.files] == ["pdf", "xml"]
