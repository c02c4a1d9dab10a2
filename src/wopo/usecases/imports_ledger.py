"""The ledger of imported order lines, posted batch by batch.

The same pure functions as everywhere say what a line has planned, committed and accrued. History
can't be refused: it moves the budgets of its time without asking whether they hold.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import partial

from wopo.domain.budgets import Budget, balances
from wopo.domain.cost_centres import CostCentre
from wopo.domain.exchange_rates import converted
from wopo.domain.ledger import CostKind, Dimensions, LedgerEntry, buckets
from wopo.domain.money import Money
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.usecases.exchange_rates import rate_for
from wopo.usecases.imports_bulk import bulk_row
from wopo.usecases.imports_taking import Taking
from wopo.usecases.ledger import line_facts, order_day
from wopo.usecases.settings import company

SOURCE = "import"
Orders = Sequence[tuple[PurchaseOrder, Sequence[PurchaseOrderLine]]]


def post_lines(taking: Taking, orders: Orders) -> None:
    """Post what every line costs now; the ledger has heard of none of them before."""
    if not orders:
        return
    ctx = taking.ctx
    centres = {centre.id: centre for centre in ctx.uow.all(CostCentre)}
    budgets = ctx.uow.all(Budget)
    gross = company(ctx.uow).budgets_gross
    entries: list[LedgerEntry] = []
    moved: dict[str, dict[CostKind, int]] = defaultdict(lambda: defaultdict(int))
    for order, lines in orders:
        day = order_day(order)
        for line in lines:
            centre = centres[line.cost_centre_id]
            rate = rate_for(ctx.uow, order.currency, centre.currency, day)
            convert = partial(_converted, order.currency, centre.currency, rate)
            facts = line_facts(order, line, gross=gross, convert=convert, known=False)
            budget = _budget(budgets, centre.id, day)
            whose = Dimensions(centre.id, line.work_order_id, line.project_id, budget)
            for kind, minor in buckets(facts).items():
                if not minor:
                    continue
                entries.append(
                    bulk_row(
                        LedgerEntry,
                        id=ctx.new_id(),
                        at=ctx.at,
                        day=day,
                        kind=kind,
                        amount_minor=minor,
                        currency=centre.currency,
                        rate=rate,
                        purchase_order_line_id=line.id,
                        source=SOURCE,
                        source_id=order.id,
                        by_id=ctx.actor_id,
                        **whose._asdict(),
                    )
                )
                if budget is not None:
                    moved[budget][kind] += minor
    taking.later(*entries)
    for found in sorted(moved):
        ctx.uow.guarded_update(Budget, found, add=balances(moved[found]), where_sql="1 = 1")


def _converted(source: str, target: str, rate: Decimal, minor: int) -> int:
    return converted(Money(minor, source), target, rate).minor


def _budget(budgets: Sequence[Budget], cost_centre_id: str, day: date) -> str | None:
    return next(
        (b.id for b in budgets if b.cost_centre_id == cost_centre_id and b.covers(day)), None
    )
