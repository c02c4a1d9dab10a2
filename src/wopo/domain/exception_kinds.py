"""The catalogue of business exceptions: what each means, whom it concerns, and the ways out.

A new kind is an entry here and a detector in the module that owns the facts. Sentences are filled
from a case's facts: ``line`` (``line 2 (ball bearing)``), ``actual``, ``reference``, ``apart``
(how far beyond, with its unit) and ``subject`` (a charge's code).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from wopo.domain.matching import CODES, Level, MatchCode
from wopo.domain.people import Role


class OwnerKind(StrEnum):
    """Who should take care of it (matching.md 9)."""

    RECEIVER = "receiver"
    BUYER = "buyer"
    PAYABLES = "accounts payable"


class Cure(StrEnum):
    """A way out. The first four change facts, and the case closes by itself; the others are
    decisions that somebody answers for."""

    RECORD_RECEIPT = "record_receipt"
    AMEND_ORDER = "amend_order"
    ASK_CREDIT = "ask_credit"
    CORRECT_INVOICE = "correct_invoice"
    DISPUTE = "dispute"
    ACCEPT = "accept"
    REJECT_INVOICE = "reject_invoice"
    NOT_DUPLICATE = "not_duplicate"
    ACKNOWLEDGE = "acknowledge"


OF_AN_INVOICE = frozenset(
    {Cure.ASK_CREDIT, Cure.CORRECT_INVOICE, Cure.DISPUTE, Cure.REJECT_INVOICE}
)
"""Ways out that make sense only where there is an invoice."""


class Measure(StrEnum):
    """What its two figures are."""

    QUANTITY = "quantity"
    PRICE = "price"
    AMOUNT = "amount"
    NAMES = "names"
    DAYS = "days"


AUDIENCE: dict[OwnerKind, tuple[Role, ...]] = {
    OwnerKind.RECEIVER: (Role.RECEIVER, Role.FINANCE),
    OwnerKind.BUYER: (Role.BUYER, Role.FINANCE),
    OwnerKind.PAYABLES: (Role.FINANCE,),
}
"""Whose App Home shows it, by owner."""


@dataclass(frozen=True)
class ExceptionKind:
    """One kind of exception."""

    code: str
    title: str
    sentence: str
    level: Level
    owner: OwnerKind
    measure: Measure
    cures: tuple[Cure, ...]

    @property
    def audience(self) -> tuple[Role, ...]:
        """Roles that see it in their App Home."""
        return AUDIENCE[self.owner]

    def told(self, facts: Mapping[str, Any]) -> str:
        """The sentence with its figures; what a fact does not give is left out."""
        text = self.sentence.format_map(_Facts(facts))
        return text[:1].upper() + text[1:]


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


_C, _O, _M = Cure, OwnerKind, Measure
_QTY = (_C.ASK_CREDIT, _C.DISPUTE, _C.ACCEPT, _C.REJECT_INVOICE)
_MONEY = (_C.CORRECT_INVOICE, _C.ASK_CREDIT, _C.DISPUTE, _C.ACCEPT, _C.REJECT_INVOICE)
_SIDE = (_C.ACCEPT, _C.CORRECT_INVOICE, _C.ASK_CREDIT, _C.DISPUTE, _C.REJECT_INVOICE)
_CHARGE = (*_SIDE[:2], _C.AMEND_ORDER, *_SIDE[2:])
_WRONG_PAPER = (_C.CORRECT_INVOICE, _C.DISPUTE, _C.REJECT_INVOICE)
_TWIN = (_C.REJECT_INVOICE, _C.NOT_DUPLICATE, _C.CORRECT_INVOICE, _C.DISPUTE)
_DATES = (_C.ACCEPT, _C.CORRECT_INVOICE, _C.DISPUTE, _C.REJECT_INVOICE)
_SEEN = (_C.ACKNOWLEDGE,)

_ENTRIES: tuple[tuple[str, str, str, OwnerKind, Measure, tuple[Cure, ...]], ...] = (
    (
        MatchCode.NO_PO,
        "No approved order",
        "the invoice names no approved order of ours ({order_reference}).",
        _O.PAYABLES,
        _M.NAMES,
        _WRONG_PAPER,
    ),
    (
        MatchCode.PO_CLOSED,
        "Order closed",
        "the order was already closed when the invoice came.",
        _O.PAYABLES,
        _M.NAMES,
        _WRONG_PAPER,
    ),
    (
        MatchCode.VENDOR_MISMATCH,
        "Other vendor",
        "the invoice is from {actual}, the order is with {reference}.",
        _O.PAYABLES,
        _M.NAMES,
        _WRONG_PAPER,
    ),
    (
        MatchCode.CURRENCY_MISMATCH,
        "Other currency",
        "the invoice is in {actual}, the order in {reference}.",
        _O.PAYABLES,
        _M.NAMES,
        _WRONG_PAPER,
    ),
    (
        MatchCode.DUPLICATE_INVOICE,
        "Same number again",
        "an invoice of this vendor with the number {reference} was entered before.",
        _O.PAYABLES,
        _M.NAMES,
        _TWIN,
    ),
    (
        MatchCode.POSSIBLE_DUPLICATE,
        "Looks like another invoice",
        "{actual} looks like {reference}, entered before.",
        _O.PAYABLES,
        _M.NAMES,
        _TWIN,
    ),
    (
        MatchCode.NOT_RECEIVED,
        "Not received yet",
        "{line}: {actual} billed, nothing received yet.",
        _O.RECEIVER,
        _M.QUANTITY,
        (_C.RECORD_RECEIPT, *_QTY),
    ),
    (
        MatchCode.QTY_OVER_RECEIVED,
        "More billed than received",
        "{line}: {actual} billed, {reference} received; {apart} too many.",
        _O.RECEIVER,
        _M.QUANTITY,
        (_C.RECORD_RECEIPT, *_QTY),
    ),
    (
        MatchCode.QTY_OVER_ACCEPTED,
        "More billed than accepted",
        "{line}: {actual} billed, {reference} accepted; {apart} too many.",
        _O.RECEIVER,
        _M.QUANTITY,
        (_C.RECORD_RECEIPT, *_QTY),
    ),
    (
        MatchCode.QTY_OVER_ORDERED,
        "More billed than ordered",
        "{line}: {actual} billed, {reference} ordered; {apart} too many.",
        _O.BUYER,
        _M.QUANTITY,
        (_C.AMEND_ORDER, *_QTY),
    ),
    (
        MatchCode.QTY_UNDER_ORDERED,
        "Less billed than ordered",
        "{line}: {actual} billed, {reference} ordered; {apart} missing.",
        _O.BUYER,
        _M.QUANTITY,
        (_C.ACCEPT, _C.DISPUTE, _C.REJECT_INVOICE),
    ),
    (
        MatchCode.PRICE_OVER,
        "Price above the order",
        "{line}: billed at {actual}, ordered at {reference}; {apart} more.",
        _O.BUYER,
        _M.PRICE,
        (_C.AMEND_ORDER, *_MONEY),
    ),
    (
        MatchCode.PRICE_UNDER,
        "Price below the order",
        "{line}: billed at {actual}, ordered at {reference}; {apart} less.",
        _O.BUYER,
        _M.PRICE,
        (_C.AMEND_ORDER, _C.ACCEPT, _C.CORRECT_INVOICE, _C.DISPUTE, _C.REJECT_INVOICE),
    ),
    (
        MatchCode.LINE_TOTAL_OVER,
        "Line billed for more than ordered",
        "{line}: {actual} billed so far, ordered for {reference}; {apart} more.",
        _O.BUYER,
        _M.AMOUNT,
        (_C.AMEND_ORDER, *_MONEY),
    ),
    (
        MatchCode.LINE_NOT_ON_PO,
        "Line not on the order",
        "a billed line {actual} is not on the order: {subject}.",
        _O.PAYABLES,
        _M.NAMES,
        (_C.CORRECT_INVOICE, _C.AMEND_ORDER, _C.ASK_CREDIT, _C.DISPUTE, _C.REJECT_INVOICE),
    ),
    (
        MatchCode.UOM_MISMATCH,
        "Other unit",
        "{line}: billed in {actual}, ordered in {reference}; nobody told how to convert.",
        _O.PAYABLES,
        _M.NAMES,
        _WRONG_PAPER,
    ),
    (
        MatchCode.CREDIT_EXCEEDS_BILLED,
        "More credited than billed",
        "{line}: {actual} credited, {reference} billed before; {apart} too much.",
        _O.PAYABLES,
        _M.AMOUNT,
        (_C.CORRECT_INVOICE, _C.ACCEPT, _C.REJECT_INVOICE),
    ),
    (
        MatchCode.EARLY_INVOICE,
        "Billed too early",
        "{line}: billed before the promised date ({actual}, allowed {reference}).",
        _O.BUYER,
        _M.AMOUNT,
        _DATES,
    ),
    (
        MatchCode.INVOICE_TOTAL_OVER,
        "Total above the order",
        "the invoice comes to {actual}, expected are {reference}; {apart} more.",
        _O.BUYER,
        _M.AMOUNT,
        (_C.AMEND_ORDER, *_MONEY),
    ),
    (
        MatchCode.INVOICE_TOTAL_UNDER,
        "Total below the order",
        "the invoice comes to {actual}, expected are {reference}; {apart} less.",
        _O.BUYER,
        _M.AMOUNT,
        (_C.ACCEPT, _C.CORRECT_INVOICE, _C.DISPUTE, _C.REJECT_INVOICE),
    ),
    (
        MatchCode.INVOICE_NOT_BALANCED,
        "Does not add up",
        "the invoice states {actual}, its lines, charges and tax make {reference}.",
        _O.PAYABLES,
        _M.AMOUNT,
        _SIDE,
    ),
    (
        MatchCode.UNEXPECTED_CHARGE,
        "Charge nobody agreed to",
        "{subject} {actual} is charged, the order has no such charge (any more).",
        _O.PAYABLES,
        _M.AMOUNT,
        _CHARGE,
    ),
    (
        MatchCode.CHARGE_OVER,
        "Charge above the order",
        "{subject}: {actual} charged, {reference} agreed; {apart} more.",
        _O.PAYABLES,
        _M.AMOUNT,
        _CHARGE,
    ),
    (
        MatchCode.TAX_MISMATCH,
        "Tax differs",
        "tax billed {actual}, expected {reference}; {apart} apart.",
        _O.PAYABLES,
        _M.AMOUNT,
        _SIDE,
    ),
    (
        MatchCode.DISCOUNT_MISMATCH,
        "Discount differs",
        "discount granted {actual}, agreed {reference}; {apart} apart.",
        _O.PAYABLES,
        _M.AMOUNT,
        _SIDE,
    ),
    (
        MatchCode.AFTER_THE_FACT_PO,
        "Bought before it was ordered",
        "{document} is dated {actual}, the order {reference}.",
        _O.BUYER,
        _M.NAMES,
        _DATES,
    ),
    (
        MatchCode.OVER_BLANKET_LIMIT,
        "Blanket order used up",
        "{actual} billed on the order so far, its limit is {reference}; {apart} more.",
        _O.BUYER,
        _M.AMOUNT,
        (_C.AMEND_ORDER, *_MONEY),
    ),
    (
        MatchCode.BLANKET_EXPIRED,
        "Blanket order expired",
        "billed {actual} after the order's last day.",
        _O.BUYER,
        _M.DAYS,
        (_C.AMEND_ORDER, *_DATES),
    ),
    (
        MatchCode.OVER_RECEIPT,
        "More received than ordered",
        "{line}: {actual} accepted, {reference} ordered; {apart} too many.",
        _O.BUYER,
        _M.QUANTITY,
        (_C.AMEND_ORDER, _C.ACKNOWLEDGE),
    ),
    (
        MatchCode.EARLY_DELIVERY,
        "Delivered early",
        "{line}: delivered {actual} early, allowed {reference}.",
        _O.BUYER,
        _M.DAYS,
        _SEEN,
    ),
    (
        MatchCode.LATE_DELIVERY,
        "Delivered late",
        "{line}: delivered {actual} late, allowed {reference}.",
        _O.BUYER,
        _M.DAYS,
        _SEEN,
    ),
)

RECEIPT_WITHOUT_APPROVAL = "RECEIPT_WITHOUT_APPROVAL"
DOCUMENT_CONTRADICTS = "DOCUMENT_CONTRADICTS"

_IMPORTED = (
    ExceptionKind(
        RECEIPT_WITHOUT_APPROVAL,
        "Received without an approved order",
        "{actual} received on {order}, which was never approved.",
        Level.RECEIPT,
        _O.BUYER,
        _M.AMOUNT,
        _SEEN,
    ),
    ExceptionKind(
        DOCUMENT_CONTRADICTS,
        "The document contradicts itself",
        "{document}: {problem}",
        Level.HEADER,
        _O.PAYABLES,
        _M.NAMES,
        (_C.ACKNOWLEDGE, _C.CORRECT_INVOICE, _C.DISPUTE, _C.REJECT_INVOICE),
    ),
)

KINDS: dict[str, ExceptionKind] = {
    code: ExceptionKind(
        str(code), title, sentence, CODES[MatchCode(code)].level, owner, measure, cures
    )
    for code, title, sentence, owner, measure, cures in _ENTRIES
} | {kind.code: kind for kind in _IMPORTED}
"""Code -> kind, in the order of the lists people choose from."""


def kind_of(code: str) -> ExceptionKind:
    """The kind with this code; every code that is raised has one."""
    return KINDS[code]
