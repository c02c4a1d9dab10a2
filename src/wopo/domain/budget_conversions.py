"""What a budget in another currency counts of a cost.

The ledger keeps a cost in its cost centre's currency; a cost centre further up, a project or a job
may have a budget in another one. Such a budget counts the cost at the rate of the order's day (of
the day for hours, stock and what was paid out of pocket). The rate that was used first stays, so a
cost that ends is released by exactly what was counted, whatever rates are entered since.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from wopo.domain.columns import Row, decimal_field, id_field, minor_field, ref, time_field
from wopo.domain.events import Event, event
from wopo.domain.exchange_rates import converted
from wopo.domain.ledger import CostKind, Dimensions, LedgerEntry
from wopo.domain.money import Money


class BudgetConversion(Row, table=True):
    """By how much a ledger entry moved a budget in another currency, in that one's minor units.

    Append-only. ``rate`` is what one unit of the entry's currency was worth; where the order is in
    the budget's own currency it is the order line's rate, which is taken back. A budget of a job
    may be gone, so nothing checks the reference to it.
    """

    __tablename__ = "budget_conversion"
    __table_args__ = (UniqueConstraint("ledger_entry_id", "budget_id"),)

    id: str = id_field()
    at: datetime = time_field()
    ledger_entry_id: str = ref("ledger_entry", index=False)
    budget_id: str = Field(max_length=40, index=True)
    amount_minor: int = minor_field()
    currency: str = Field(max_length=3)
    rate: Decimal = decimal_field()


class Cell(NamedTuple):
    """What is converted as one, so that no rounding is left when it is taken back: one kind of cost
    of an order line (``day`` is none), or of a day, by its owner."""

    line_id: str | None
    day: date | None
    dimensions: Dimensions
    kind: CostKind
    currency: str

    @property
    def rate_key(self) -> tuple[object, ...]:
        """Whose rate stays once it was used: the order line's in a currency, or the day's."""
        return self.line_id or (self.dimensions.cost_centre_id, self.day), self.currency


def cell_of(entry: LedgerEntry) -> Cell:
    """The cell that an entry belongs to."""
    line_id = entry.purchase_order_line_id
    dimensions = Dimensions(
        entry.cost_centre_id,
        entry.work_order_id,
        entry.project_id,
        entry.budget_id,
        entry.project_budget_id,
    )
    return Cell(line_id, None if line_id else entry.day, dimensions, entry.kind, entry.currency)


@dataclass(frozen=True)
class CellSum:
    """What stands in the ledger in one cell. ``rate`` is the line's, from its order's currency;
    ``entry_id`` the newest entry, ``day`` the one whose exchange rates hold."""

    cell: Cell
    amount: int
    rate: Decimal
    order_currency: str | None
    entry_id: str
    day: date

    def fixed_rate(self, currency: str) -> Decimal | None:
        """The rate that a conversion into the order's own currency takes back."""
        return self.rate if self.order_currency == currency else None

    def counted(self, currency: str, rate: Decimal) -> Money:
        """What a budget in this currency counts of it."""
        amount = Money(self.amount, self.cell.currency)
        if self.order_currency == currency:
            return Money.of(amount.amount / self.rate, currency)
        return converted(amount, currency, rate)


@dataclass(frozen=True)
class Conversion:
    """What a budget counts of one cell so far, and at which rate."""

    cell: Cell
    budget_id: str
    rate: Decimal
    amount: int


@event("budget:uncounted")
class BudgetUncounted(Event):
    """A cost was let pass that a budget in another currency can't count, since there is no exchange
    rate for its ``day``. It is counted as soon as there is one."""

    whose: str
    cost: Money
    currency: str
    day: date
    cause: str
