"""Everything one invoice is judged by, gathered: the same for a simulation and for real documents.

A real order fills it from stored sums, a simulated case from its own history; the judge sees no
difference.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from wopo.domain.matching.arithmetic import ZERO, Exact
from wopo.domain.matching.codes import Policy
from wopo.domain.matching.documents import (
    Conversions,
    DocumentType,
    Invoice,
    OrderHeader,
    OrderLine,
)
from wopo.domain.matching.tolerances import Tolerances
from wopo.domain.matching.verdict import Billed

NOTHING_BILLED = Billed()


@dataclass(frozen=True, slots=True)
class LineFacts:
    """An order line with its sums at this moment, in the order's unit and sign.

    ``received``: accepted and rejected, less returns. ``earlier``: what invoices entered before
    this one billed, held ones too, header-stopped ones not, credits subtracted. ``later``: what
    credits entered after this one gave back (so usually negative); zero at entry.
    ``policy`` and ``tolerances`` are those that apply to this very line; ``conversions`` are the
    line's own (a part's), in place of those of the invoice.
    """

    order: OrderLine
    policy: Policy
    tolerances: Tolerances
    received: Decimal = ZERO
    accepted: Decimal = ZERO
    earlier: Billed = NOTHING_BILLED
    later: Billed = NOTHING_BILLED
    conversions: Conversions | None = None


class KnownInvoice(NamedTuple):
    """An invoice entered earlier, as far as duplicates are concerned.

    ``resembles`` says in words why it was found alike by a wider search than the match's own
    (a number written otherwise, a mistyped date); such a one is asked about too.
    """

    number: str
    vendor: str | None
    type: DocumentType
    currency: str
    dated: date | None
    total: Exact
    resembles: str = ""

    def number_key(self) -> tuple[str, str, str]:
        """Vendor, type and number, trimmed, in any case: equal keys are the same invoice."""
        return name_key(self.vendor), self.type.value, name_key(self.number)

    def look_alike_key(self) -> tuple[str, str, Exact, str, date] | None:
        """Vendor, type, total, currency and date; None without a date: nothing is alike then."""
        if self.dated is None:
            return None
        return name_key(self.vendor), self.type.value, self.total, self.currency, self.dated


@dataclass(frozen=True, slots=True)
class InvoiceContext:
    """One invoice, its order and all that is known when it is judged.

    ``tolerances`` are for the invoice as a whole. ``known`` are earlier invoices that may be the
    same: a search by number and by look is enough, the judge compares again.
    ``value_before`` is the value billed on the order by earlier invoices, ``value_later`` what
    later credits gave back (usually negative): both for blanket orders. Without ``explain`` checks
    that passed leave no record: sweeps over many lines need none.
    """

    invoice: Invoice
    order: OrderHeader
    lines: Mapping[str, LineFacts]
    tolerances: Tolerances
    conversions: Conversions = field(default_factory=Conversions)
    known: tuple[KnownInvoice, ...] = ()
    value_before: Decimal = ZERO
    value_later: Decimal = ZERO
    explain: bool = True

    @property
    def currency(self) -> str:
        """The order's currency; its minor unit rounds every line."""
        return self.order.currency


def name_key(name: str | None) -> str:
    """A number or name trimmed and in one case; a missing one equals a missing one."""
    return (name or "").strip().casefold()
