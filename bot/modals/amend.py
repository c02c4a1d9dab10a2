"""Amending the order out of an exception: the page that fits its kind, filled with what is billed
or received, so that saving it is the cure (a revision of its own, with its approval)."""

from dataclasses import replace
from decimal import Decimal

from bot.blocks import Block
from bot.modals import change_order
from bot.reader import Reader
from wopo.domain.columns import rounded
from wopo.domain.exception_kinds import Measure
from wopo.domain.matching import MatchCode
from wopo.domain.order_content import LineContent
from wopo.usecases.views.exception_cards import CaseView
from wopo.usecases.views.purchase_orders import OrderView

_PAGES: dict[str, str] = {
    MatchCode.UNEXPECTED_CHARGE.value: "amounts",
    MatchCode.CHARGE_OVER.value: "amounts",
    MatchCode.INVOICE_TOTAL_OVER.value: "amounts",
    MatchCode.OVER_BLANKET_LIMIT.value: "kind",
    MatchCode.BLANKET_EXPIRED.value: "kind",
    MatchCode.LINE_NOT_ON_PO.value: "new",
}


def page_of(case: CaseView) -> str:
    """The page of the order's form that mends this kind: for a line, that of quantity and price."""
    return _PAGES.get(case.code, "what")


def build(case: CaseView, order: OrderView, reader: Reader) -> Block:
    """The form, on the line in question."""
    lines = tuple(
        _proposed(line, case) if line.id == case.line_id else line for line in order.content.lines
    )
    content = order.content.model_copy(update={"lines": lines})
    filled = replace(order, content=content)
    return change_order.build(filled, reader, page_of(case), case.line_id or "")


def _proposed(line: LineContent, case: CaseView) -> LineContent:
    side, billed = case.order, case.invoice
    if case.measure is Measure.PRICE and billed is not None and billed.unit_price is not None:
        # By the order's own basis, which stands on another page of the form.
        price = rounded(billed.unit_price * line.price_per / billed.price_per)
        return line.model_copy(update={"unit_price": price})
    if case.measure is Measure.QUANTITY and side is not None:
        accepted = (case.receipts.accepted if case.receipts else None) or Decimal(0)
        counted = accepted if billed is None else side.billed
        return line.model_copy(update={"quantity": max(line.quantity, counted)})
    return line
