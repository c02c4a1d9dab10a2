"""What the budgets of a period that is over still promise, and what ending them does."""

from dataclasses import dataclass
from datetime import date
from itertools import islice

from wopo.domain.cost_centres import CostCentre, Project
from wopo.domain.money import Money
from wopo.usecases.budget_moves import name_of
from wopo.usecases.budget_yearend import ROLL_OVER, YearEnd, to_end
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.budgets import BudgetStore
from wopo.usecases.settings import company

AT_ONCE = 20
"""Budgets that are looked at, and ended, in one go."""


@dataclass(frozen=True)
class OpenPeriod:
    """The budgets that end on the day, the one that promises most first. ``lapse``: what they
    promise ends with them."""

    ends: date
    lapse: bool
    promised: tuple[tuple[str, Money], ...]


def open_period(uow: UnitOfWork, ends: date) -> OpenPeriod:
    """What is left of the period; a constant number of queries."""
    found = uow.store(BudgetStore).promised_until(ends)
    uow.many(CostCentre, {row.cost_centre_id for row, _ in found if row.cost_centre_id})
    uow.many(Project, {row.project_id for row, _ in found if row.project_id})
    promised = tuple((name_of(uow, row), Money(minor, row.currency)) for row, minor in found)
    return OpenPeriod(ends, company(uow).budget_year_end != ROLL_OVER, promised)


def plans(uow: UnitOfWork, today: date, ends: date) -> list[YearEnd]:
    """What ending the first of them does."""
    return list(islice(to_end(uow, today, ends), AT_ONCE))
