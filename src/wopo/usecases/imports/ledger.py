"""The ledger of many order lines posted together.

The same pure functions as everywhere say what a line has planned, committed, accrued and invoiced;
the difference to what stands is appended. History can't be refused: it moves the budgets of its
time without asking whether they hold.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial

from wopo.domain.cost_centres import CostCentre
from wopo.domain.exchange_rates import converted
from wopo.domain.ledger import CostKind, LedgerEntry, Payer, buckets
from wopo.domain.money import Money
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.usecases.budget_moves import Cause, Purses, move_budgets
from wopo.usecases.door import Context
from wopo.usecases.exchange_rates import rate_for
from wopo.usecases.imports.bulk import bulk_row
from wopo.usecases.ledger import charged, line_facts, order_day
from wopo.usecases.ports.imports import ImportStore
from wopo.usecases.ports.ledger import LedgerStore, Standing
from wopo.usecases.settings import company

HISTORY = Cause(None, "import", told=False)


@dataclass(frozen=True)
class Posted:
    """An order whose lines changed, and the document that changed them."""

    order: PurchaseOrder
    lines: Sequence[PurchaseOrderLine]
    source: str
    source_id: str


def post_lines(ctx: Context, orders: Sequence[Posted], *, new: bool = False) -> None:
    """Make the ledger and the budgets say what every line costs now. ``new``: the ledger has heard
    of none of them, so nothing is read from it."""
    if not orders:
        return
    posting = _Together(ctx)
    posting.read([line for each in orders for line in each.lines], new=new)
    entries = [
        entry for each in orders for line in each.lines for entry in posting.entries(each, line)
    ]
    ctx.uow.store(ImportStore).write(entries)
    move_budgets(ctx, posting.purses, entries, company(ctx.uow), HISTORY)


@dataclass
class _Together:
    """Cost centres, budgets, rates and what stands, read once for all lines."""

    ctx: Context
    standing: dict[str, list[Standing]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.centres = {centre.id: centre for centre in self.ctx.uow.all(CostCentre)}
        self.purses = Purses(self.ctx.uow)
        self.gross = company(self.ctx.uow).budgets_gross
        self.rates: dict[tuple[str, str, date], Decimal] = {}

    def read(self, lines: Sequence[PurchaseOrderLine], *, new: bool) -> None:
        """Know of the budgets that these lines are charged to, and of what stands, as in
        ``post_order``."""
        payers: set[Payer] = {
            (row.cost_centre_id, row.project_id, row.work_order_id) for row in lines
        }
        self.purses.hold(payers)
        if new:
            return
        store, line_ids = self.ctx.uow.store(LedgerStore), [line.id for line in lines]
        rows = store.standing(line_ids)
        former = {row.dimensions.payer for row in rows} - payers
        if former:
            self.purses.hold(former)
            rows = store.standing(line_ids)
        for row in rows:
            self.standing.setdefault(row.line_id, []).append(row)

    def rate(self, source: str, target: str, day: date) -> Decimal:
        key = (source, target, day)
        if key not in self.rates:
            self.rates[key] = rate_for(self.ctx.uow, *key)
        return self.rates[key]

    def entries(self, posted: Posted, line: PurchaseOrderLine) -> Iterator[LedgerEntry]:
        order, own = posted.order, self.standing.get(line.id, [])
        centre, day = self.centres[line.cost_centre_id], order_day(order)
        rate = own[0].rate if own else self.rate(order.currency, centre.currency, day)
        whose = charged(self.purses, line, day, own)
        convert = partial(_converted, order.currency, centre.currency, rate)
        facts = line_facts(order, line, gross=self.gross, convert=convert, known=bool(own))
        if not own and any(buckets(facts).values()):
            facts = line_facts(order, line, gross=self.gross, convert=convert, known=True)
        stands: dict[CostKind, int] = defaultdict(int)
        for row in own:
            stands[row.kind] += row.amount
        for kind, target in buckets(facts).items():
            if target != stands[kind]:
                yield bulk_row(
                    LedgerEntry,
                    id=self.ctx.new_id(),
                    at=self.ctx.at,
                    day=day,
                    kind=kind,
                    amount_minor=target - stands[kind],
                    currency=centre.currency,
                    rate=rate,
                    purchase_order_line_id=line.id,
                    source=posted.source,
                    source_id=posted.source_id,
                    by_id=self.ctx.actor_id,
                    **whose._asdict(),
                )


def _converted(source: str, target: str, rate: Decimal, minor: int) -> int:
    return converted(Money(minor, source), target, rate).minor
