"""The three-way match: order, receipts and invoices in, verdict out.

Pure functions over plain values: no session, no clock, no network. ``judge_invoice`` judges one
invoice in its context, real or simulated; ``judge`` plays a whole case with it.
"""

from wopo.domain.matching.codes import (
    CODES,
    COMPARED,
    HEADER_STOPS,
    CodeFacts,
    Level,
    MatchCode,
    Policy,
)
from wopo.domain.matching.context import InvoiceContext, KnownInvoice, LineFacts
from wopo.domain.matching.defaults import SHIPPED_DEFAULTS, default_policy, default_tolerances
from wopo.domain.matching.documents import (
    Amendment,
    Conversions,
    DocumentType,
    Event,
    EventKind,
    Invoice,
    InvoiceLine,
    LineAmendment,
    MatchCase,
    OrderHeader,
    OrderLine,
    Receipt,
    ReceiptLine,
)
from wopo.domain.matching.engine import judge
from wopo.domain.matching.judge import invoice_identity, judge_invoice
from wopo.domain.matching.receipts import Arrival, completes, judge_receipt
from wopo.domain.matching.tolerances import (
    TOLERANCE_KEYS,
    Combine,
    Family,
    Limit,
    Limits,
    Tolerances,
)
from wopo.domain.matching.verdict import (
    Billed,
    CaseVerdict,
    Check,
    InvoiceVerdict,
    LineVerdict,
    ReceiptVerdict,
    Rejudged,
)

__all__ = [
    "CODES",
    "COMPARED",
    "HEADER_STOPS",
    "SHIPPED_DEFAULTS",
    "TOLERANCE_KEYS",
    "Amendment",
    "Arrival",
    "Billed",
    "CaseVerdict",
    "Check",
    "CodeFacts",
    "Combine",
    "Conversions",
    "DocumentType",
    "Event",
    "EventKind",
    "Family",
    "Invoice",
    "InvoiceContext",
    "InvoiceLine",
    "InvoiceVerdict",
    "KnownInvoice",
    "Level",
    "Limit",
    "Limits",
    "LineAmendment",
    "LineFacts",
    "LineVerdict",
    "MatchCase",
    "MatchCode",
    "OrderHeader",
    "OrderLine",
    "Policy",
    "Receipt",
    "ReceiptLine",
    "ReceiptVerdict",
    "Rejudged",
    "Tolerances",
    "completes",
    "default_policy",
    "default_tolerances",
    "invoice_identity",
    "judge",
    "judge_invoice",
    "judge_receipt",
]
