"""Budgets: setting them. What they hold is moved by posting to the ledger only."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from wopo.domain.budgets import BACKWARDS, OVERLAPS, Budget, BudgetSet, BudgetWentOver
from wopo.domain.cost_centres import CostCentre
from wopo.domain.ledger import Dimensions
from wopo.domain.lookup import Kind
from wopo.domain.money import NEGATIVE, Money, checked_decimal, minor_digits, plain
from wopo.domain.outbox import Mode
from wopo.domain.people import Role
from wopo.usecases.door import Answer, Command, Context, Notice, announces, silent, use_case
from wopo.usecases.ledger import Posting
from wopo.usecases.ports.ledger import LedgerStore
from wopo.usecases.settings import company
from wopo.usecases.upsert import by_code

silent(BudgetSet, "it is shown on approval cards and to finance from now on")


class SetBudget(Command):
    """What a cost centre (by its code) may spend from ``starts`` to ``ends``, in major units of its
    own currency, net of tax unless the company's setting says gross."""

    cost_centre: str
    starts: date
    ends: date
    amount: Decimal


@use_case(SetBudget, roles={Role.FINANCE, Role.ADMIN}, action="set budgets", system=True)
def set_budget(command: SetBudget, ctx: Context) -> Answer:
    """Set or change the budget of a period; the same again records nothing.

    A new budget takes over what the cost centre spent in its days before it existed. Raises
    ``OVERLAPS``, ``BACKWARDS``.
    """
    centre: CostCentre = by_code(
        ctx.uow, Kind.COST_CENTRE, command.cost_centre, field="cost_centre"
    )
    limit = _limit(command, centre)
    if command.ends < command.starts:
        raise BACKWARDS(field="ends", starts=command.starts, ends=command.ends)
    known = _same_period(ctx, centre, command)
    before = Money(known.limit_minor, known.currency) if known else None
    said = f"{centre.code} may spend {limit} from {command.starts} to {command.ends}"
    if known is not None and before == limit:
        return Answer(
            subject_id=known.id, message=f"{said} already.", facts={"outcome": "unchanged"}
        )
    budget = known or _new(ctx, centre, command)
    budget.limit_minor = limit.minor
    ctx.record(
        BudgetSet(
            subject_id=budget.id,
            cost_centre_id=centre.id,
            cost_centre=centre.code,
            starts=budget.starts,
            ends=budget.ends,
            limit=limit,
            before=before,
        )
    )
    if known is None:
        _take_over(ctx, budget)
    outcome = "changed" if known else "added"
    return Answer(subject_id=budget.id, message=f"{said}.", facts={"outcome": outcome})


def _limit(command: SetBudget, centre: CostCentre) -> Money:
    amount = checked_decimal(
        command.amount, label="The budget", places=minor_digits(centre.currency), field="amount"
    )
    if amount < 0:
        raise NEGATIVE(field="amount", label="The budget", bound="0 or more", typed=plain(amount))
    return Money.of(amount, centre.currency)


def _same_period(ctx: Context, centre: CostCentre, command: SetBudget) -> Budget | None:
    """The budget of exactly these days, held until the end; any other that overlaps refuses."""
    same = None
    for budget in ctx.uow.all(Budget, cost_centre_id=centre.id):
        if (budget.starts, budget.ends) == (command.starts, command.ends):
            same = ctx.require_locked(Budget, budget.id, label="budget")
        elif budget.starts <= command.ends and command.starts <= budget.ends:
            raise OVERLAPS(
                field="starts", cost_centre=centre.code, starts=budget.starts, ends=budget.ends
            )
    return same


def _new(ctx: Context, centre: CostCentre, command: SetBudget) -> Budget:
    budget = Budget(
        id=ctx.new_id(),
        cost_centre_id=centre.id,
        starts=command.starts,
        ends=command.ends,
        currency=centre.currency,
    )
    ctx.uow.add(budget)
    return budget


def _take_over(ctx: Context, budget: Budget) -> None:
    """Move what was spent in the budget's days without one: off "no budget", onto this one."""
    posting = Posting("budget", budget.id)
    for row in ctx.uow.store(LedgerStore).unbudgeted(budget.cost_centre_id):
        if not row.amount or not budget.covers(row.day):
            continue
        amount = Money(row.amount, row.currency)
        owner = row.dimensions._asdict()
        for whose, moved in (
            (Dimensions(**owner), -amount),
            (Dimensions(**{**owner, "budget_id": budget.id}), amount),
        ):
            posting.add(
                ctx, whose, row.kind, moved, day=row.day, line_id=row.line_id, rate=row.rate
            )
    posting.post(ctx, settings=company(ctx.uow))


@announces(BudgetWentOver)
def tell_finance(event: BudgetWentOver, ctx: Context) -> Iterable[Notice]:
    """Finance hears of a budget that is over, once, at the crossing."""
    text = f"The budget of {event.cost_centre} is over by {event.over} (by {event.cause})."
    yield Notice("direct", event.subject_id, "setting:finance", Mode.POST, {"text": text})
