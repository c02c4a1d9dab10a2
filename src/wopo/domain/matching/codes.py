"""The codes of the match and what each is raised on."""

from enum import StrEnum
from typing import NamedTuple


class Policy(StrEnum):
    """What a line is compared with (Oracle's meaning of the words)."""

    TWO_WAY = "2-way"
    """Ordered quantities and prices only."""
    THREE_WAY = "3-way"
    """Also what was received: accepted and rejected, less returns."""
    FOUR_WAY = "4-way"
    """Also what was accepted."""


class Level(StrEnum):
    """What a code is raised on."""

    HEADER = "header"
    """Stops the invoice: nothing else is compared."""
    LINE = "line"
    INVOICE = "invoice"
    RECEIPT = "receipt"


class MatchCode(StrEnum):
    """Every exception the match can raise, with the text it carries in documents."""

    NO_PO = "NO_PO"
    PO_CLOSED = "PO_CLOSED"
    VENDOR_MISMATCH = "VENDOR_MISMATCH"
    CURRENCY_MISMATCH = "CURRENCY_MISMATCH"
    DUPLICATE_INVOICE = "DUPLICATE_INVOICE"

    NOT_RECEIVED = "NOT_RECEIVED"
    QTY_OVER_RECEIVED = "QTY_OVER_RECEIVED"
    QTY_OVER_ACCEPTED = "QTY_OVER_ACCEPTED"
    QTY_OVER_ORDERED = "QTY_OVER_ORDERED"
    QTY_UNDER_ORDERED = "QTY_UNDER_ORDERED"
    PRICE_OVER = "PRICE_OVER"
    PRICE_UNDER = "PRICE_UNDER"
    LINE_TOTAL_OVER = "LINE_TOTAL_OVER"
    LINE_NOT_ON_PO = "LINE_NOT_ON_PO"
    UOM_MISMATCH = "UOM_MISMATCH"
    CREDIT_EXCEEDS_BILLED = "CREDIT_EXCEEDS_BILLED"
    EARLY_INVOICE = "EARLY_INVOICE"

    INVOICE_TOTAL_OVER = "INVOICE_TOTAL_OVER"
    INVOICE_TOTAL_UNDER = "INVOICE_TOTAL_UNDER"
    INVOICE_NOT_BALANCED = "INVOICE_NOT_BALANCED"
    UNEXPECTED_CHARGE = "UNEXPECTED_CHARGE"
    CHARGE_OVER = "CHARGE_OVER"
    TAX_MISMATCH = "TAX_MISMATCH"
    DISCOUNT_MISMATCH = "DISCOUNT_MISMATCH"
    POSSIBLE_DUPLICATE = "POSSIBLE_DUPLICATE"
    AFTER_THE_FACT_PO = "AFTER_THE_FACT_PO"
    OVER_BLANKET_LIMIT = "OVER_BLANKET_LIMIT"
    BLANKET_EXPIRED = "BLANKET_EXPIRED"

    OVER_RECEIPT = "OVER_RECEIPT"
    EARLY_DELIVERY = "EARLY_DELIVERY"
    LATE_DELIVERY = "LATE_DELIVERY"


class CodeFacts(NamedTuple):
    """``level`` the code is raised on, and the two figures it compares, in words."""

    level: Level
    actual: str
    reference: str


_H, _L, _I, _R = Level.HEADER, Level.LINE, Level.INVOICE, Level.RECEIPT

CODES: dict[MatchCode, CodeFacts] = {
    MatchCode.NO_PO: CodeFacts(_H, "invoice", "order"),
    MatchCode.PO_CLOSED: CodeFacts(_H, "invoice", "order"),
    MatchCode.VENDOR_MISMATCH: CodeFacts(_H, "invoice from", "order with"),
    MatchCode.CURRENCY_MISMATCH: CodeFacts(_H, "invoice in", "order in"),
    MatchCode.DUPLICATE_INVOICE: CodeFacts(_H, "invoice", "invoice entered before"),
    MatchCode.NOT_RECEIVED: CodeFacts(_L, "billed", "received"),
    MatchCode.QTY_OVER_RECEIVED: CodeFacts(_L, "billed", "received"),
    MatchCode.QTY_OVER_ACCEPTED: CodeFacts(_L, "billed", "accepted"),
    MatchCode.QTY_OVER_ORDERED: CodeFacts(_L, "billed", "ordered"),
    MatchCode.QTY_UNDER_ORDERED: CodeFacts(_L, "billed", "ordered"),
    MatchCode.PRICE_OVER: CodeFacts(_L, "unit price billed", "ordered at"),
    MatchCode.PRICE_UNDER: CodeFacts(_L, "unit price billed", "ordered at"),
    MatchCode.LINE_TOTAL_OVER: CodeFacts(_L, "amount billed so far", "ordered for"),
    MatchCode.LINE_NOT_ON_PO: CodeFacts(_L, "billed", "order has"),
    MatchCode.UOM_MISMATCH: CodeFacts(_L, "billed in", "ordered in"),
    MatchCode.CREDIT_EXCEEDS_BILLED: CodeFacts(_L, "credited", "billed before"),
    MatchCode.EARLY_INVOICE: CodeFacts(_L, "value x days early", "allowed early"),
    MatchCode.INVOICE_TOTAL_OVER: CodeFacts(_I, "invoice total", "expected"),
    MatchCode.INVOICE_TOTAL_UNDER: CodeFacts(_I, "invoice total", "expected"),
    MatchCode.INVOICE_NOT_BALANCED: CodeFacts(_I, "stated total", "sum of the invoice"),
    MatchCode.UNEXPECTED_CHARGE: CodeFacts(_I, "charged", "expected"),
    MatchCode.CHARGE_OVER: CodeFacts(_I, "charged", "expected"),
    MatchCode.TAX_MISMATCH: CodeFacts(_I, "tax billed", "expected"),
    MatchCode.DISCOUNT_MISMATCH: CodeFacts(_I, "discount granted", "expected"),
    MatchCode.POSSIBLE_DUPLICATE: CodeFacts(_I, "invoice", "looks like invoice"),
    MatchCode.AFTER_THE_FACT_PO: CodeFacts(_I, "invoice dated", "order dated"),
    MatchCode.OVER_BLANKET_LIMIT: CodeFacts(_I, "billed on the order so far", "limit"),
    MatchCode.BLANKET_EXPIRED: CodeFacts(_I, "days after the order's last day", "allowed"),
    MatchCode.OVER_RECEIPT: CodeFacts(_R, "received", "ordered"),
    MatchCode.EARLY_DELIVERY: CodeFacts(_R, "days early", "allowed"),
    MatchCode.LATE_DELIVERY: CodeFacts(_R, "days late", "allowed"),
}
"""Code -> what it is raised on and how its two figures are called."""

COMPARED: dict[MatchCode, str] = {
    MatchCode.NO_PO: "Order",
    MatchCode.PO_CLOSED: "Order is open",
    MatchCode.VENDOR_MISMATCH: "Vendor",
    MatchCode.CURRENCY_MISMATCH: "Currency",
    MatchCode.DUPLICATE_INVOICE: "Invoice number",
    MatchCode.NOT_RECEIVED: "Something received",
    MatchCode.QTY_OVER_RECEIVED: "Quantity received",
    MatchCode.QTY_OVER_ACCEPTED: "Quantity accepted",
    MatchCode.QTY_OVER_ORDERED: "Quantity ordered, at most",
    MatchCode.QTY_UNDER_ORDERED: "Quantity ordered, at least",
    MatchCode.PRICE_OVER: "Unit price, at most",
    MatchCode.PRICE_UNDER: "Unit price, at least",
    MatchCode.LINE_TOTAL_OVER: "Line total",
    MatchCode.LINE_NOT_ON_PO: "Line on the order",
    MatchCode.UOM_MISMATCH: "Unit",
    MatchCode.CREDIT_EXCEEDS_BILLED: "Credit within what was billed",
    MatchCode.EARLY_INVOICE: "Date and value",
    MatchCode.INVOICE_TOTAL_OVER: "Invoice total, at most",
    MatchCode.INVOICE_TOTAL_UNDER: "Invoice total, at least",
    MatchCode.INVOICE_NOT_BALANCED: "Sum of the invoice",
    MatchCode.UNEXPECTED_CHARGE: "Charge is expected",
    MatchCode.CHARGE_OVER: "Charge",
    MatchCode.TAX_MISMATCH: "Tax",
    MatchCode.DISCOUNT_MISMATCH: "Discount",
    MatchCode.POSSIBLE_DUPLICATE: "No look-alike",
    MatchCode.AFTER_THE_FACT_PO: "Order before the invoice",
    MatchCode.OVER_BLANKET_LIMIT: "Limit of the blanket order",
    MatchCode.BLANKET_EXPIRED: "Last day of the blanket order",
    MatchCode.OVER_RECEIPT: "Quantity of the receipt",
    MatchCode.EARLY_DELIVERY: "Delivery not too early",
    MatchCode.LATE_DELIVERY: "Delivery not too late",
}
"""Code -> what its check looks at, for one that passed."""

HEADER_STOPS = frozenset(code for code, facts in CODES.items() if facts.level is Level.HEADER)
