"""Verification: the audit chain, and every balance against its recomputation.

A chain can't show that its own tail was cut, so its newest entry is written down outside: an
auditor keeps what ``anchor`` gives and hands it to ``verify`` later.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain as chain_of

from wopo.domain.anchors import Anchor
from wopo.domain.audit import AuditEntry, chain_faults
from wopo.domain.budgets import BALANCES, COLUMN, Budget
from wopo.domain.errors import DomainError
from wopo.domain.numbers import NumberSeries, NumbersSkipped, document_number
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.audit_anchors import anchored, refusals
from wopo.usecases.audit_authority import authority_faults
from wopo.usecases.audit_orders import order_faults
from wopo.usecases.faults import Fault
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.audit import AuditStore
from wopo.usecases.ports.budgets import BudgetStore

MAX_NUMBERS_TOLD = 20
"""Missing numbers of one series that are named one by one."""

_NUMBER = re.compile(r"^[A-Z]+-\d{4}-(\d{6,})$")


def verify(uow: UnitOfWork, *, anchors: Sequence[Anchor] = ()) -> Iterator[Fault]:
    """Everything that does not fit, the chain first; nothing at all when all is well.

    ``anchors`` were kept outside before: they show a tail that was cut.
    """
    sections: dict[str, Callable[[UnitOfWork], Iterator[Fault]]] = {
        "chain": chain,
        "anchors": partial(anchored, kept=anchors),
        "refusals": refusals,
        "rows": _seals,
        "other rows": _damaged,
        "budgets": _budgets,
        "stock": _stock,
        "orders": order_faults,
        "authority": authority_faults,
        "numbers": number_gaps,
    }
    errors: tuple[type[Exception], ...] = (DomainError, *uow.store(AuditStore).read_errors)
    for name, section in sections.items():
        try:
            yield from section(uow)
        except errors as error:
            yield Fault("check", name, f"could not be finished ({error})")


def chain(uow: UnitOfWork) -> Iterator[Fault]:
    """What is wrong with the audit chain, by the number of the entry."""
    store = uow.store(AuditStore)
    for fault in chain_faults(store.chain(), store.head()):
        yield Fault("chain", f"entry {fault.seq}", fault.problem, seq=fault.seq)


def _damaged(uow: UnitOfWork) -> Iterator[Fault]:
    """Rows of all other tables that can't be read."""
    for row in uow.store(AuditStore).damaged():
        yield Fault("row", f"{row.table} {row.id}", f"its {row.column} can't be read")


def _seals(uow: UnitOfWork) -> Iterator[Fault]:
    """Rows of the append-only tables that are not what was written."""
    for table, id, problem in uow.store(AuditStore).broken_seals():
        yield Fault("row", f"{table} {id}", problem)


def _stock(uow: UnitOfWork) -> Iterator[Fault]:
    """Every stock level against its movements."""
    for id, problem in uow.store(AuditStore).stock_apart():
        yield Fault("stock", f"stock level {id}", problem)


def _budgets(uow: UnitOfWork) -> Iterator[Fault]:
    """Every balance against the ledger's sum, of its own and of all budgets below it; every job's
    not-to-exceed amount against its budget's limit."""
    budgets = {budget.id: budget for budget in uow.all(Budget, order="id")}
    sums: dict[tuple[str, str], int] = {}
    for row in uow.store(BudgetStore).sums():
        column, found = COLUMN.get(row.kind), budgets.get(row.budget_id)
        while column is not None and found is not None:
            if found.currency == row.currency:
                key = (found.id, column)
                sums[key] = sums.get(key, 0) + row.amount
            # What is converted is written down for each budget that counts it.
            found = None if row.converted else budgets.get(found.parent_id or "")
    for budget in budgets.values():
        for column in BALANCES:
            stands, posted = getattr(budget, column), sums.get((budget.id, column), 0)
            if stands != posted:
                name = column.removesuffix("_minor").replace("_", " ")
                problem = f"{name} is {stands}, the ledger adds up to {posted}"
                yield Fault("budget", f"budget {budget.id}", problem)
    yield from _limits(uow, budgets.values())


def _limits(uow: UnitOfWork, budgets: Iterable[Budget]) -> Iterator[Fault]:
    of_job = {budget.work_order_id: budget for budget in budgets if budget.work_order_id}
    jobs = uow.many(WorkOrder, [str(id) for id in of_job])
    for id, budget in of_job.items():
        nte = jobs[str(id)].nte_minor
        if nte != budget.limit_minor:
            problem = f"its limit is {budget.limit_minor}, the job may cost {nte}"
            yield Fault("budget", f"budget {budget.id}", problem)


def number_gaps(uow: UnitOfWork) -> Iterator[Fault]:
    """Numbers that were given out and belong to no document, but for gaps that a restore logged
    (invariant 9)."""
    store = uow.store(AuditStore)
    logged = _logged_gaps(uow)
    for series in uow.all(NumberSeries, order=("prefix", "year")):
        if series.year == 0:
            continue
        gaps = logged.get(f"{series.prefix}-{series.year}", [])
        expected, told = 1, 0
        for place in chain_of(_places(store, series), [series.last + 1]):
            while expected < place and told < MAX_NUMBERS_TOLD:
                past = next((last for first, last in gaps if first <= expected <= last), None)
                if past is None:
                    yield _missing(series, expected)
                    told += 1
                expected = (past or expected) + 1
            expected = max(expected, place + 1)


def _logged_gaps(uow: UnitOfWork) -> dict[str, list[tuple[int, int]]]:
    gaps: dict[str, list[tuple[int, int]]] = {}
    for entry in uow.all(AuditEntry, event=NumbersSkipped.name, order="seq"):
        for name, (first, last) in entry.facts["skipped"].items():
            gaps.setdefault(name, []).append((first, last))
    return gaps


def _places(store: AuditStore, series: NumberSeries) -> Iterator[int]:
    for number in store.numbers(series.prefix, series.year):
        match = _NUMBER.match(number)
        if match is not None:
            yield int(match[1])


def _missing(series: NumberSeries, place: int) -> Fault:
    number = document_number(series.prefix, series.year, place)
    return Fault("number", number, "was given out, but there is no such document")
