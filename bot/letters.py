"""Letters to vendors, written with the figures; a person reads and sends them."""

from bot.reader import Reader
from wopo.usecases.views.exception_cards import CaseView

LONGEST = 2900
"""Characters: what fits one input and one message."""


def credit_letter(view: CaseView, reader: Reader, *, company: str) -> str:
    """Asks for a credit note, with what was ordered, received and billed."""
    number = view.invoice.number if view.invoice else ""
    order = view.order.number if view.order else ""
    on_order = f" on our order {order}" if order else ""
    lines = [
        f"Credit note for invoice {number}",
        "",
        f"Dear {view.vendor.name if view.vendor else 'Sir or Madam'},",
        "",
        f"your invoice {number}{_dated(view, reader)}{on_order} does not agree with what we "
        "ordered and received:",
        "",
        *(f"- {text}" for text in (view.told, *view.also[:4])),
        *_figures(view, reader),
        "",
        f"Please send us a credit note over {reader.money(view.amount)} (net)"
        f"{f', quoting {number} and {order}' if order else f', quoting {number}'}.",
        "",
        "Kind regards,",
        reader.me.name if reader.me else "",
        company,
    ]
    return "\n".join(lines)[:LONGEST]


def _dated(view: CaseView, reader: Reader) -> str:
    return f" of {reader.plain_day(view.invoice.day)}" if view.invoice else ""


def _figures(view: CaseView, reader: Reader) -> list[str]:
    order, receipts, invoice = view.order, view.receipts, view.invoice
    if order is None or order.quantity is None or invoice is None or invoice.quantity is None:
        return []
    told = [f"- Ordered: {reader.number(order.quantity)} {order.unit}"]
    if order.unit_price is not None:
        told[0] += f" at {reader.price(order.unit_price, order.total.currency)}"
    if receipts is not None and receipts.accepted is not None:
        notes = f" ({', '.join(receipts.numbers[-3:])})" if receipts.numbers else ""
        told.append(f"- Received and accepted: {reader.number(receipts.accepted)}{notes}")
    billed = f"- Billed: {reader.number(invoice.quantity)} {order.unit}"
    if invoice.unit_price is not None:
        billed += f" at {reader.price(invoice.unit_price, invoice.total.currency)}"
    return [*told, billed]
