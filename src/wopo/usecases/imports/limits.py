"""The shapes of what people and cost centres may spend, and what an hour costs."""

from datetime import date

from wopo.usecases.imports.rows import Currency, Positive, Quantity, Row


class LabourRateRow(Row):
    """What an hour of a person costs from a day on."""

    KEY = ("person", "valid_from")
    person: str
    per_hour: Positive
    currency: Currency
    valid_from: date


class CostCentreOwnerRow(Row):
    """Who answers for what a cost centre spends."""

    KEY = ("cost_centre",)
    cost_centre: str
    person: str


class AuthorityLimitRow(Row):
    """How much a person may approve, for one cost centre or for all."""

    KEY = ("person", "cost_centre", "valid_from")
    person: str
    cost_centre: str | None = None
    amount: Quantity
    currency: Currency
    valid_from: date
    valid_to: date | None = None


class BudgetRow(Row):
    """The budget of a cost centre (in its currency) or a project for a period, net of tax."""

    KEY = ("cost_centre", "project", "starts")
    cost_centre: str | None = None
    project: str | None = None
    starts: date
    ends: date
    amount: Quantity
    currency: Currency | None = None
