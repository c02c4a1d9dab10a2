"""What a vendor answers to an order: UBL 2.1 OrderResponse and OrderResponseSimple."""

from datetime import date
from typing import Any

from wopo.readers.xml import Element
from wopo.usecases.imports.documents import DocumentLine, LineAnswer, OrderAnswer

PROMISED = (
    "cac:Delivery/cac:PromisedDeliveryPeriod/cbc:EndDate",
    "cac:Delivery/cac:PromisedDeliveryPeriod/cbc:StartDate",
    "cac:Delivery/cac:EstimatedDeliveryPeriod/cbc:EndDate",
    "cac:Delivery/cbc:LatestDeliveryDate",
)
"""Where the day stands that the vendor promises, the nearest to a promise first."""
_ANSWERS = {
    "AB": OrderAnswer.RECEIVED,
    "AP": OrderAnswer.ACCEPTED,
    "RE": OrderAnswer.REFUSED,
    "CA": OrderAnswer.CHANGED,
    "29": OrderAnswer.ACCEPTED,
    "27": OrderAnswer.REFUSED,
    "4": OrderAnswer.CHANGED,
}
"""UNCL4343 (Peppol BIS Ordering 3) and UNCL1225, as they are used in responses."""
_LINES = {
    "1": LineAnswer.ADDED,
    "3": LineAnswer.CHANGED,
    "5": LineAnswer.ACCEPTED,
    "7": LineAnswer.REFUSED,
    "42": LineAnswer.ACCEPTED,
}
"""UNCL1229, as Peppol BIS Ordering 3 uses it."""


def response_of(top: Element) -> dict[str, Any]:
    """What the vendor says to the order as a whole."""
    code = top.text("cbc:OrderResponseCode")
    simple = top.text("cbc:AcceptedIndicator")
    answer = _ANSWERS.get(code.upper())
    if simple:
        answer = OrderAnswer.ACCEPTED if simple in {"true", "1"} else OrderAnswer.REFUSED
    note = top.text("cbc:RejectionNote") or top.text("cbc:Note")
    return {"answer": answer, "note": note[:200], "promised": _promised(top)}


def response_line(order_line: Element, line: DocumentLine) -> DocumentLine:
    """What the vendor says to one line: read from the order line and the item in it."""
    item = order_line.one("cac:LineItem") or order_line
    named = (
        order_line.text("cac:OrderLineReference/cbc:LineID")
        or item.text("cac:OrderLineReference/cbc:LineID")
        or line.id
    )
    backordered = item.number("cbc:MaximumBackorderQuantity")
    if backordered is None:
        backordered = item.number("cbc:MinimumBackorderQuantity")
    return line.model_copy(
        update={
            "order_line": named,
            "answer": _LINES.get(item.text("cbc:LineStatusCode")),
            "promised": _promised(item),
            "backordered": backordered,
            "backorder_reason": (order_line.text("cbc:Note") or item.text("cbc:Note"))[:200],
        }
    )


def _promised(element: Element) -> date | None:
    return next((day for path in PROMISED if (day := element.day(path))), None)
