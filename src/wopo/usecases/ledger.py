"""Posting to the cost ledger: compute what should stand, append the difference, move the budgets.

Budgets are changed last, in the order of their ids (lock order), each by one guarded update.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from wopo.domain.budgets import OVER, SPENT, Budget, BudgetWentOver, balances, fits_sql
from wopo.domain.cost_centres import CostCentre
from wopo.domain.errors import NOT_FOUND
from wopo.domain.exchange_rates import converted
from wopo.domain.ledger import (
    CostKind,
    CostPosted,
    Dimensions,
    LedgerEntry,
    LineFacts,
    buckets,
    differences,
)
from wopo.domain.money import Money
from wopo.domain.order_content import OrderContent, totals
from wopo.domain.purchase_orders import (
    OrderRevision,
    OrderState,
    PurchaseOrder,
    PurchaseOrderLine,
)
from wopo.domain.settings import CompanySettings, Strictness
from wopo.usecases.door import Context, silent
from wopo.usecases.exchange_rates import rate_for
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.ledger import LedgerStore, Standing
from wopo.usecases.settings import company

silent(CostPosted, "figures are shown, to those with the right, wherever the cost is")

ENDED = (OrderState.CLOSED, OrderState.CANCELLED, OrderState.REJECTED)
IN_FORCE = (OrderState.PENDING_APPROVAL, OrderState.APPROVED, OrderState.ISSUED)


@dataclass
class Posting:
    """Entries to append in one go, for one source document, with what they move."""

    source: str
    source_id: str
    guarded: bool = False
    entries: list[LedgerEntry] = field(default_factory=list)

    def add(
        self,
        ctx: Context,
        whose: Dimensions,
        kind: CostKind,
        amount: Money,
        *,
        day: date,
        line_id: str | None = None,
        rate: Decimal = Decimal(1),
    ) -> None:
        """Remember one signed amount."""
        self.entries.append(
            LedgerEntry(
                id=ctx.new_id(),
                at=ctx.at,
                day=day,
                kind=kind,
                amount_minor=amount.minor,
                currency=amount.currency,
                rate=rate,
                purchase_order_line_id=line_id,
                source=self.source,
                source_id=self.source_id,
                by_id=ctx.actor_id,
                **whose._asdict(),
            )
        )

    def post(self, ctx: Context, *, settings: CompanySettings, told: bool = True) -> None:
        """Append the entries, move the budgets and record the event.

        Raises ``OVER`` when guarded and a budget would go over that the company stops at.
        """
        if not self.entries:
            return
        ctx.uow.append(*self.entries)
        _move_budgets(ctx, self, settings)
        if told:
            ctx.record(self._event())

    def _event(self) -> CostPosted:
        moved: dict[str, Money] = {}
        for entry in self.entries:
            name = f"{entry.kind.value} {entry.currency}"
            amount = Money(entry.amount_minor, entry.currency)
            moved[name] = moved[name] + amount if name in moved else amount
        return CostPosted(
            subject_id=self.source_id,
            source=self.source,
            work_order_ids=sorted({e.work_order_id for e in self.entries if e.work_order_id}),
            moved={name: amount for name, amount in moved.items() if amount},
        )


def post_order(
    ctx: Context,
    order: PurchaseOrder,
    lines: Sequence[PurchaseOrderLine],
    *,
    source: str,
    source_id: str,
    guarded: bool = False,
    told: bool = True,
) -> None:
    """Make the ledger and the budgets say what the order's lines cost now.

    ``guarded``: this is the approval, so a budget that would go over refuses it as the company's
    setting says. Raises ``OVER``, or ``NO_RATE`` for a line in another
    currency than its cost centre's.
    """
    if not lines:
        return
    store = ctx.uow.store(LedgerStore)
    standing_rows, forgone = store.of_order(order.id, [line.id for line in lines])
    by_line: dict[str, list[Standing]] = {}
    for row in standing_rows:
        by_line.setdefault(row.line_id, []).append(row)
    owners = Owners(ctx.uow)
    proposed = proposed_shares(ctx.uow, order, gross=owners.settings.budgets_gross)
    posting = Posting(source, source_id, guarded)
    for line in lines:
        standing = by_line.get(line.id, [])
        facts = LineCost(owners, order, line, standing)
        later = proposed.get(line.id)
        target = facts.target(forgone.get(line.id, Decimal(0)), later, known=bool(standing))
        held = {(row.dimensions, row.kind): row.amount for row in summed_standing(standing)}
        for (whose, kind), amount in differences(target, held).items():
            posting.add(
                ctx,
                whose,
                kind,
                Money(amount, facts.currency_of(whose)),
                day=facts.day,
                line_id=line.id,
                rate=facts.rate,
            )
    posting.post(ctx, settings=owners.settings, told=told)


def proposed_shares(uow: UnitOfWork, order: PurchaseOrder, *, gross: bool) -> Mapping[str, int]:
    """What each line would cost by a later revision that waits for approval, in minor units of
    the order's currency."""
    if order.pending_revision is None:
        return {}
    waiting = uow.find(OrderRevision, purchase_order_id=order.id, revision=order.pending_revision)
    if waiting is None:
        return {}
    content = OrderContent.model_validate(waiting.content)
    return {
        line.id: figures.share_minor + (figures.tax_minor if gross else 0)
        for line, figures in zip(content.lines, totals(content).lines, strict=True)
        if line.id
    }


def summed_standing(rows: Sequence[Standing]) -> list[Standing]:
    """Rows of one owner and kind under one rate; a rate never changes while a line's owner
    stays."""
    sums: dict[tuple[Dimensions, CostKind], Standing] = {}
    for row in rows:
        key = (row.dimensions, row.kind)
        held = sums.get(key)
        amount = row.amount + (held.amount if held else 0)
        sums[key] = Standing(row.line_id, *key, row.currency, row.rate, amount)
    return list(sums.values())


def order_day(order: PurchaseOrder) -> date:
    """The day whose budget and exchange rate an order's lines use."""
    return order.order_date or order.created_at.date()


class Owners:
    """Cost centres, budgets and rates, each read once however many lines there are."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.uow = uow
        self.settings = company(uow)
        self._centres: dict[str, CostCentre] = {}
        self._budgets: dict[str, list[Budget]] = {}
        self._rates: dict[tuple[str, str, date], Decimal] = {}

    def centre(self, id: str) -> CostCentre:
        """The cost centre; a line always names one."""
        found = self._centres.get(id) or self.uow.get(CostCentre, id)
        if found is None:
            raise NOT_FOUND(kind="cost centre", wanted=id, nearest="")
        self._centres[id] = found
        return found

    def budget_id(self, cost_centre_id: str, day: date) -> str | None:
        """The budget that covers the day; none where the cost centre has none for it."""
        if cost_centre_id not in self._budgets:
            found = self.uow.all(Budget, cost_centre_id=cost_centre_id)
            self._budgets[cost_centre_id] = found
        budgets = self._budgets[cost_centre_id]
        return next((budget.id for budget in budgets if budget.covers(day)), None)

    def rate(self, source: str, target: str, day: date) -> Decimal:
        """The rate in force on the day. Raises ``NO_RATE``."""
        key = (source, target, day)
        if key not in self._rates:
            self._rates[key] = rate_for(self.uow, *key)
        return self._rates[key]


class LineCost:
    """An order line with its owner, its rate and its facts in the ledger's currency."""

    def __init__(
        self,
        owners: Owners,
        order: PurchaseOrder,
        line: PurchaseOrderLine,
        standing: Sequence[Standing],
    ) -> None:
        self.order, self.line, self.settings = order, line, owners.settings
        centre = owners.centre(line.cost_centre_id)
        own = [row for row in standing if row.dimensions.cost_centre_id == centre.id]
        self.currency, self.standing, self.day = centre.currency, standing, order_day(order)
        self.rate = own[0].rate if own else owners.rate(order.currency, centre.currency, self.day)
        budget = _kept_budget(own) or owners.budget_id(centre.id, self.day)
        self.whose = Dimensions(centre.id, line.work_order_id, line.project_id, budget)

    def currency_of(self, whose: Dimensions) -> str:
        """The currency of an owner, present or former."""
        if whose.cost_centre_id == self.whose.cost_centre_id:
            return self.currency
        return next(row.currency for row in self.standing if row.dimensions == whose)

    def target(
        self, forgone: Decimal, proposed: int | None, *, known: bool
    ) -> dict[tuple[Dimensions, CostKind], int]:
        """What should stand for the line. ``known``: the ledger has heard of it."""
        facts = line_facts(
            self.order,
            self.line,
            gross=self.settings.budgets_gross,
            convert=self._converted,
            forgone=forgone,
            proposed=proposed,
            known=known,
        )
        return {(self.whose, kind): amount for kind, amount in buckets(facts).items()}

    def _converted(self, minor: int) -> int:
        money = Money(minor, self.order.currency)
        return converted(money, self.currency, self.rate).minor


def line_facts(
    order: PurchaseOrder,
    line: PurchaseOrderLine,
    *,
    gross: bool,
    convert: Callable[[int], int],
    forgone: Decimal = Decimal(0),
    proposed: int | None = None,
    known: bool = True,
) -> LineFacts:
    """The facts of an order line; ``convert`` turns minor units of the order's currency into the
    ledger's."""
    dropped = line.cancelled or line.closed_short
    approved = order.approved_revision is not None
    return LineFacts(
        ordered=line.quantity,
        share=convert(line_value(line, gross=gross)),
        accepted=line.accepted,
        cleared=line.cleared,
        cleared_minor=convert(line.cleared_minor),
        forgone=forgone,
        called_off=convert(line.called_off_minor),
        proposed=None if proposed is None else convert(proposed),
        waiting=not approved and not dropped and order.state is OrderState.PENDING_APPROVAL,
        live=approved and not dropped and order.state in IN_FORCE,
        ended=known and (dropped or order.state in ENDED),
    )


def line_value(line: PurchaseOrderLine, *, gross: bool) -> int:
    """What the line costs its budget: with its share of charges and discount, and with tax where
    budgets are gross."""
    return line.share_minor + (line.tax_minor if gross else 0)


def _kept_budget(standing: Sequence[Standing]) -> str | None:
    """A line stays with the budget it was posted to."""
    return next((r.dimensions.budget_id for r in standing if r.dimensions.budget_id), None)


def post_cost(
    ctx: Context,
    kind: CostKind,
    amount: Money,
    *,
    cost_centre_id: str,
    work_order_id: str | None,
    project_id: str | None,
    day: date,
    source: str,
    source_id: str,
    guarded: bool = False,
) -> None:
    """Charge hours, stock or an out-of-pocket purchase: amounts that come from no order line.

    ``amount`` is in the cost centre's currency and negative when it is taken back. ``guarded``:
    somebody decides about it, so a budget that would go over may refuse it, ``OVER``.
    """
    if not amount:
        return
    owners = Owners(ctx.uow)
    budget = owners.budget_id(cost_centre_id, day)
    posting = Posting(source, source_id, guarded)
    whose = Dimensions(cost_centre_id, work_order_id, project_id, budget)
    posting.add(ctx, whose, kind, amount, day=day)
    posting.post(ctx, settings=owners.settings)


def _move_budgets(ctx: Context, posting: Posting, settings: CompanySettings) -> None:
    moved: dict[str, dict[CostKind, int]] = {}
    for entry in posting.entries:
        if entry.budget_id is not None:
            of_budget = moved.setdefault(entry.budget_id, {})
            of_budget[entry.kind] = of_budget.get(entry.kind, 0) + entry.amount_minor
    for found in sorted(moved):
        changes = {name: by for name, by in balances(moved[found]).items() if by}
        if changes:
            _move_budget(ctx, found, changes, posting, settings)


def _move_budget(
    ctx: Context,
    found: str,
    changes: Mapping[str, int],
    posting: Posting,
    settings: CompanySettings,
) -> None:
    counted = settings.budget_counts_requests
    spent = sum(by for name, by in changes.items() if name in SPENT)
    freed = -changes.get("requested_minor", 0) if counted else 0
    more = spent - freed
    stops = posting.guarded and settings.budget_on_approval is Strictness.STOP and spent > 0
    if stops:
        fits = fits_sql(with_requested=counted)
        hit = ctx.uow.guarded_update(Budget, found, add=dict(changes), where_sql=fits, more=more)
    else:
        hit = ctx.uow.guarded_update(Budget, found, add=dict(changes), where_sql="1 = 1")
    if not hit:
        raise _over(ctx, found, spent, freed, counted=counted)
    ignored = settings.budget_on_approval is Strictness.IGNORE
    if more > 0 and not stops and not ignored:
        _tell_if_over(ctx, found, more, posting.source, counted=counted)


def _over(ctx: Context, found: str, spent: int, freed: int, *, counted: bool) -> Exception:
    budget = ctx.require(Budget, found, label="budget")
    centre = ctx.require(CostCentre, budget.cost_centre_id, label="cost centre")
    left = budget.available(with_requested=counted).minor + freed
    return OVER(
        budget=f"budget {centre.code}",
        left=Money(max(left, 0), budget.currency),
        needed=Money(spent, budget.currency),
    )


def _tell_if_over(ctx: Context, found: str, more: int, cause: str, *, counted: bool) -> None:
    """Once, at the crossing: further costs on a budget that is over already add nothing new."""
    budget = ctx.require(Budget, found, label="budget")
    left = budget.available(with_requested=counted)
    if left.minor >= 0 or left.minor + more < 0:
        return
    centre = ctx.require(CostCentre, budget.cost_centre_id, label="cost centre")
    ctx.record(
        BudgetWentOver(
            subject_id=budget.id,
            cost_centre_id=centre.id,
            cost_centre=centre.code,
            over=-left,
            cause=cause.replace("_", " "),
        )
    )
