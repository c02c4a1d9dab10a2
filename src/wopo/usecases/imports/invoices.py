"""Invoices imported from tables: each once, judged at once, told in the one summary."""

from collections.abc import Iterator

from wopo.domain.errors import DomainError
from wopo.domain.vendors import Vendor
from wopo.usecases.imports.invoice_rows import InvoiceRow, document_of
from wopo.usecases.imports.rows import Problem, Row, Sourced
from wopo.usecases.imports.taking import Taking, sentence_of
from wopo.usecases.imports.ubl import imported, take_once
from wopo.usecases.imports.ubl_invoices import take_invoice
from wopo.usecases.imports.ubl_orders import known_vendor


def take_invoices(taking: Taking, rows: Iterator[Sourced[Row] | Problem]) -> None:
    """Enter the invoices of known vendors; what is refused is a problem at its line."""
    for found in rows:
        if isinstance(found, Problem):
            taking.problem(found)
            continue
        assert isinstance(found.row, InvoiceRow)
        document = document_of(Sourced(found.row, found.place))
        vendor = known_vendor(taking.ctx, document.vendor)
        if vendor is None:
            taking.resolved(found, "vendor", Vendor, "code", "vendor")
            continue
        try:
            answer = take_once(
                taking.ctx, document, imported(take_invoice), lambda *_, known=vendor: known
            )
        except DomainError as error:
            taking.problem(Problem(found.place.at(), sentence_of(error)))
            continue
        taking.outcome("invoices").count(str(answer.facts["outcome"]))
        taking.warnings += len(answer.facts.get("warnings", ()))
