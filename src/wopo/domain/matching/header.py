"""Checks of the header: the stops, the look-alike, and dates against the order.

Readings chosen where the rule text leaves room:

- Without an order there is nothing to be closed, from another vendor or in another currency:
  NO_PO leaves room only for DUPLICATE_INVOICE beside it.
- Two invoices without a date are not alike: POSSIBLE_DUPLICATE needs the date.
- The header checks of a credit note are the stops, POSSIBLE_DUPLICATE and AFTER_THE_FACT_PO.
"""

from decimal import Decimal

from wopo.domain.matching.arithmetic import ZERO
from wopo.domain.matching.codes import MatchCode
from wopo.domain.matching.context import InvoiceContext, KnownInvoice, name_key
from wopo.domain.matching.documents import Invoice, OrderHeader
from wopo.domain.matching.verdict import Check


def identity(invoice: Invoice, order: OrderHeader, total: Decimal) -> KnownInvoice:
    """What duplicates are recognised by; vendor and currency default to the order's."""
    return KnownInvoice(
        invoice.number,
        invoice.vendor if invoice.vendor is not None else order.vendor,
        invoice.type,
        name_key(invoice.currency if invoice.currency is not None else order.currency),
        invoice.dated,
        total if invoice.stated_total is None else invoice.stated_total,
    )


def header_checks(context: InvoiceContext) -> tuple[Check, ...]:
    """The stops, passed or not."""
    invoice, order = context.invoice, context.order
    checks = [
        Check(
            MatchCode.NO_PO,
            invoice.po_found,
            told=(invoice.number.strip(), "found" if invoice.po_found else "not found"),
        )
    ]
    if invoice.po_found:
        checks += [
            Check(
                MatchCode.PO_CLOSED,
                not order.closed,
                told=(invoice.number.strip(), "closed" if order.closed else "open"),
            ),
            _same(MatchCode.VENDOR_MISMATCH, invoice.vendor, order.vendor),
            _same(MatchCode.CURRENCY_MISMATCH, invoice.currency, order.currency),
        ]
    twin = _twin(context)
    checks.append(
        Check(
            MatchCode.DUPLICATE_INVOICE,
            twin is None,
            told=twin and (invoice.number.strip(), twin.number.strip()),
        )
    )
    return tuple(checks)


def _same(code: MatchCode, billed: str | None, ordered: str | None) -> Check:
    """A name that either document leaves out can't differ."""
    if billed is None or ordered is None:
        return Check(code, True)
    return Check(code, name_key(billed) == name_key(ordered), told=(billed, ordered))


def _twin(context: InvoiceContext) -> KnownInvoice | None:
    if not context.known:
        return None
    key = identity(context.invoice, context.order, ZERO).number_key()
    return next((known for known in context.known if known.number_key() == key), None)


def look_alike(context: InvoiceContext, own: KnownInvoice) -> Check:
    """Another number, but the same vendor, type, total, currency and date (or found alike by a
    wider search): somebody is asked."""
    key = own.look_alike_key()
    alike = next(
        (
            known
            for known in context.known
            if known.resembles
            or (
                key is not None
                and known.look_alike_key() == key
                and name_key(known.number) != name_key(own.number)
            )
        ),
        None,
    )
    return Check(
        MatchCode.POSSIBLE_DUPLICATE,
        alike is None,
        told=alike and (own.number.strip(), _called(alike)),
    )


def _called(alike: KnownInvoice) -> str:
    number = alike.number.strip()
    return f"{number} ({alike.resembles})" if alike.resembles else number


def after_the_fact(context: InvoiceContext) -> tuple[Check, ...]:
    """An invoice older than its order: the goods may be right, the purchase was not authorised."""
    dated, ordered = context.invoice.dated, context.order.dated
    if dated is None or ordered is None:
        return ()
    told = (dated.isoformat(), ordered.isoformat())
    return (Check(MatchCode.AFTER_THE_FACT_PO, dated >= ordered, told=told),)
