"""Auditor's tests of the books: 23, 24 and 25."""

from collections.abc import Iterator
from datetime import date, timedelta

from wopo.domain.audit_tests import Hit
from wopo.domain.budgets import BudgetSet
from wopo.domain.money import Money
from wopo.usecases.audit import number_gaps
from wopo.usecases.audit_tests.scope import Scope, finds

OLD = timedelta(days=90)


@finds(23)
def old_commitments(scope: Scope) -> Iterator[Hit]:
    """Money that was still committed at the end of the period to orders approved long before."""
    end = scope.period.end
    for row in scope.store.committed(end - OLD, end):
        amount = Money(row.amount_minor, row.currency)
        days = (end - row.approved_at).days
        text = f"approved on {row.approved_at.date()}, {days} days before ({row.vendor})"
        yield Hit(23, row.number, scope.period.last, text, amount, (row.order_id,))


@finds(24)
def reopened_budgets(scope: Scope) -> Iterator[Hit]:
    """Limits of budgets that were changed when their days were over."""
    for entry in scope.store.recorded(BudgetSet.name):
        facts, day = entry.facts, entry.at.date()
        ends = date.fromisoformat(facts["ends"])
        changed = facts["before"] is not None and facts["before"] != facts["limit"]
        if changed and ends < day and scope.period.first <= day <= scope.period.last:
            limits = [Money.of(facts[name]["amount"], facts[name]["currency"])
                      for name in ("before", "limit")]  # fmt: skip
            text = (
                f"ended on {ends}, changed from {limits[0]} to {limits[1]} by "
                f"{scope.name(entry.actor_id)}"
            )
            yield Hit(24, f"Budget of {facts['whose']}", day, text, limits[1])


@finds(25)
def missing_numbers(scope: Scope) -> Iterator[Hit]:
    """Numbers of the period's years that no document has and no restore has logged."""
    years = {str(year) for year in range(scope.period.first.year, scope.period.last.year + 1)}
    for fault in number_gaps(scope.uow):
        if fault.subject.split("-")[1] in years:
            yield Hit(25, fault.subject, scope.period.last, fault.problem)
