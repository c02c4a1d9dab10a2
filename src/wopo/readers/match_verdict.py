"""The verdict of a match case as JSON values: decimals as plain strings, codes sorted."""

from typing import Any

from wopo.domain.matching import CaseVerdict, InvoiceVerdict, LineVerdict, Rejudged
from wopo.domain.matching.arithmetic import Exact, plain


def verdict_json(verdict: CaseVerdict) -> dict[str, Any]:
    """The answer for one case, ready for ``json.dumps``.

    An invoice on a single order line tells its variances at the top, and once more in ``lines``
    when the order has several; one on several order lines tells them in ``lines`` alone, save
    their sum ``price_variance_total``. Figures that were not compared are null or left out.
    """
    several = verdict.several_lines
    return {
        "id": verdict.id,
        "invoices": {
            label: _invoice(invoice, several) for label, invoice in verdict.invoices.items()
        },
        "receipts": {
            label: {"exceptions": list(receipt.exceptions)}
            for label, receipt in verdict.receipts.items()
        },
        "after": [_rejudged(again) for again in verdict.after],
    }


def _invoice(verdict: InvoiceVerdict, several: bool) -> dict[str, Any]:
    answer: dict[str, Any] = {"number": verdict.number, **_judged(verdict)}
    if verdict.stopped:
        return {**answer, "lines": {}}
    figures = verdict.figures
    single = verdict.single
    if single is not None:
        answer |= _line_extras(single)
    answer |= _present(
        invoice_total_variance=figures.invoice_total,
        tax_variance=figures.tax,
        discount_variance=figures.discount,
        blanket_variance=figures.blanket,
    )
    if figures.charges is not None:
        answer["charge_variances"] = {
            code: plain(variance) for code, variance in figures.charges.items()
        }
    if several:
        answer["lines"] = {
            name: {
                "exceptions": list(line.exceptions),
                **_variances(line),
                **_line_extras(line),
            }
            for name, line in verdict.lines.items()
        }
    return answer


def _rejudged(again: Rejudged) -> dict[str, Any]:
    return {"after": again.after, "invoice": again.invoice, **_judged(again.verdict)}


def _judged(verdict: InvoiceVerdict) -> dict[str, Any]:
    single = verdict.single
    if single is not None:
        variances = _variances(single)
    else:
        variances = {
            "quantity_variance": None,
            "price_variance_unit": None,
            "price_variance_total": _plain(verdict.price_variance_total),
        }
    return {
        "matched": verdict.matched,
        "exceptions": list(verdict.exceptions),
        **variances,
    }


def _variances(line: LineVerdict) -> dict[str, str | None]:
    return {
        "quantity_variance": plain(line.quantity_variance),
        "price_variance_unit": _plain(line.price_variance_unit),
        "price_variance_total": plain(line.price_variance_total),
    }


def _line_extras(line: LineVerdict) -> dict[str, str]:
    return _present(line_total_variance=line.line_total_variance, date_value_days=line.value_days)


def _plain(value: Exact | None) -> str | None:
    return None if value is None else plain(value)


def _present(**figures: Exact | None) -> dict[str, str]:
    return {name: plain(value) for name, value in figures.items() if value is not None}
