"""The cost ledger: every unit of money of a job or cost centre, append-only.

What an order line costs is derived from its facts; the ledger is posted the difference between
that and what stands there. So receipt, return, revision, invoice and credit in any order end in
the same sum (domain.md, invariant 8).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import Index, text
from sqlmodel import Field

from wopo.domain.columns import (
    Row,
    decimal_field,
    enum_field,
    id_field,
    minor_field,
    ref,
    time_field,
)
from wopo.domain.events import Event, event
from wopo.domain.money import Money


class CostKind(StrEnum):
    """What state the money is in, or what it was spent on. ``REVERSED`` marks money that was
    planned or committed and will not be spent."""

    PLANNED = "planned"
    COMMITTED = "committed"
    ACCRUED = "accrued"
    INVOICED = "invoiced"
    VARIANCE = "variance"
    REVERSED = "reversed"
    STOCK_ISSUE = "stock_issue"
    LABOUR = "labour"
    OUT_OF_POCKET = "out_of_pocket"


NO_LINE = text("purchase_order_line_id IS NULL")
"""Hours, stock and what was paid out of pocket."""


class LedgerEntry(Row, table=True):
    """One signed amount, in the cost centre's currency, with the document it comes from.

    ``day`` is the day it belongs to: of the order, of the hours worked, of the issue from stock.
    ``rate`` is what one unit of the order's currency was worth when the line was first posted; it
    stays the line's rate, so later days' rates never disturb the sums.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        Index("ix_ledger_line", "purchase_order_line_id", "kind"),
        Index("ix_ledger_day", "cost_centre_id", "day", sqlite_where=NO_LINE),
    )

    id: str = id_field()
    at: datetime = time_field()
    day: date
    kind: CostKind = enum_field(CostKind)
    amount_minor: int = minor_field()
    currency: str = Field(max_length=3)
    rate: Decimal = decimal_field(Decimal(1))
    cost_centre_id: str = ref("cost_centre", index=False)
    work_order_id: str | None = ref("work_order", null=True)
    project_id: str | None = ref("project", null=True, index=False)
    budget_id: str | None = ref("budget", null=True)
    project_budget_id: str | None = ref("budget", null=True)
    purchase_order_line_id: str | None = ref("purchase_order_line", null=True, index=False)
    source: str = Field(max_length=40)
    source_id: str = Field(max_length=40, index=True)
    by_id: str | None = ref("person", null=True, index=False)


Payer = tuple[str, str | None, str | None]
"""The cost centre, the project and the job that an amount is charged to, by id."""


class Dimensions(NamedTuple):
    """Whom an amount is charged to. ``budget_id`` is the cost centre's budget, or the nearest one
    above it; those further up count it too."""

    cost_centre_id: str
    work_order_id: str | None
    project_id: str | None
    budget_id: str | None
    project_budget_id: str | None = None

    @property
    def payer(self) -> Payer:
        """Who pays, whatever budget counts it."""
        return self.cost_centre_id, self.project_id, self.work_order_id


@dataclass(frozen=True)
class LineFacts:
    """All that decides what an order line costs now; amounts in the ledger's currency.

    ``share`` is the approved (or first proposed) content's cost, ``proposed`` what a later revision
    that waits for approval would make of it. ``cleared`` counts invoices that may become payable.
    ``forgone`` was returned for credit and will not come again. ``called_off``: releases took it
    over from this blanket order's line. ``waiting``: the first approval is
    asked for. ``live``: approved, and still to be delivered. ``ended``: nothing more will come.
    """

    ordered: Decimal
    share: int
    accepted: Decimal = Decimal(0)
    cleared: Decimal = Decimal(0)
    cleared_minor: int = 0
    forgone: Decimal = Decimal(0)
    called_off: int = 0
    proposed: int | None = None
    waiting: bool = False
    live: bool = False
    ended: bool = False


def buckets(line: LineFacts) -> dict[CostKind, int]:
    """What the line has planned, committed, accrued, invoiced, as variance, and reversed.

    Pure, so any order of events ends in the same sum. While the line is live, committed, accrued,
    invoiced and reversed add up to its share: each step moves, never adds (domain.md).
    """
    arrived, billed = _part(line.accepted, line.ordered), _part(line.cleared, line.ordered)
    done = max(arrived, billed)
    settled = min(Fraction(1), done + _part(line.forgone, line.ordered))
    came, invoiced = prorated(line.share, done), prorated(line.share, billed)
    left = line.share - prorated(line.share, settled)
    left -= min(line.called_off, max(left, 0))
    released = line.share - left - came
    increase = 0 if line.proposed is None else max(line.proposed - line.share, 0)
    return {
        CostKind.PLANNED: left if line.waiting else increase,
        CostKind.COMMITTED: left if line.live else 0,
        CostKind.ACCRUED: came - invoiced,
        CostKind.INVOICED: invoiced,
        CostKind.VARIANCE: line.cleared_minor - invoiced,
        CostKind.REVERSED: released + (left if line.ended else 0),
    }


def _part(quantity: Decimal, ordered: Decimal) -> Fraction:
    """How much of the order line a quantity is, between nothing and all of it: what is beyond the
    order is nobody's cost until a revision or an accepted invoice says so."""
    if not ordered:
        return Fraction(0)
    return min(max(Fraction(quantity) / Fraction(ordered), Fraction(0)), Fraction(1))


def prorated(minor: int, part: Fraction) -> int:
    """This part of an amount, half up; the whole of it for 1."""
    share = abs(minor) * part
    rounded = (2 * share.numerator + share.denominator) // (2 * share.denominator)
    return -rounded if minor < 0 else rounded


Sums = Mapping[tuple[Dimensions, CostKind], int]
"""What stands, or should stand, in the ledger for one order line."""


def differences(target: Sums, standing: Sums) -> dict[tuple[Dimensions, CostKind], int]:
    """What must be posted so that ``target`` stands; a line that changed its cost centre or job
    gives back there and takes here."""
    keys = dict.fromkeys([*standing, *target])
    apart = {key: target.get(key, 0) - standing.get(key, 0) for key in keys}
    return {key: amount for key, amount in apart.items() if amount}


@event("cost:posted")
class CostPosted(Event):
    """Money of an order, a job or a budget changed its state. ``subject_id`` is the document it
    comes from; ``moved`` is the sum posted per kind."""

    source: str
    work_order_ids: list[str]
    moved: dict[str, Money]
