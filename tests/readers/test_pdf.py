"""PDFs: the invoice inside one is found, and no file gets more than its little time and memory."""

import resource
from pathlib import Path

import pytest

from tests.factories import papers
from wopo.domain.errors import DomainError
from wopo.readers.documents import document_of
from wopo.readers.pdf import HOSTILE_PDF, embedded_xml
from wopo.readers.pdf_worker import MEMORY


def kept(tmp_path: Path, raw: bytes) -> Path:
    path = tmp_path / "invoice.pdf"
    path.write_bytes(raw)
    return path


def test_the_invoice_of_a_factur_x_file_is_read_as_the_reference_wrote_it(tmp_path: Path) -> None:
    found = embedded_xml(kept(tmp_path, papers.factur_x(papers.cii())))

    assert found is not None
    document = document_of(found, "invoice.pdf")
    assert (document.number, document.order, document.totals.with_tax) == (
        "R-1",
        "PO-2026-000042",
        156,
    )


@pytest.mark.parametrize("raw", [papers.plain_pdf(), b"%PDF-1.7 and then nothing", b""])
def test_a_pdf_without_an_invoice_inside_is_a_picture(tmp_path: Path, raw: bytes) -> None:
    assert embedded_xml(kept(tmp_path, raw)) is None


def test_a_hostile_pdf_is_refused_within_a_second_of_work_and_little_memory(
    tmp_path: Path,
) -> None:
    path = kept(tmp_path, papers.bomb_pdf())
    before = resource.getrusage(resource.RUSAGE_CHILDREN)

    with pytest.raises(DomainError) as refused:
        embedded_xml(path)

    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert refused.value.code == HOSTILE_PDF.code
    assert "Nothing was changed" in refused.value.message
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1.5
    assert after.ru_maxrss * 1024 < MEMORY


def test_a_pdf_that_contains_itself_ends_too(tmp_path: Path) -> None:
    try:
        assert embedded_xml(kept(tmp_path, papers.circular_pdf())) is None
    except DomainError as error:
        assert error.code == HOSTILE_PDF.code


def test_a_pdf_of_a_hundred_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "big.pdf"
    with path.open("wb") as stream:
        stream.truncate(100_000_000)

    with pytest.raises(DomainError, match="at most 10 MB are read"):
        embedded_xml(path)
