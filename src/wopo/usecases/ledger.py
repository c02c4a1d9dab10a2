"""Posting to the cost ledger: compute what should stand, append the difference."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from wopo.domain.cost_centres import CostCentre
from wopo.domain.errors import NOT_FOUND
from wopo.domain.exchange_rates import converted
from wopo.domain.ledger import (
    CostKind,
    CostPosted,
    Dimensions,
    LedgerEntry,
    LineFacts,
    Payer,
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
from wopo.domain.settings import CompanySettings, Stage
from wopo.usecases.budget_moves import Cause, Purses, move_budgets
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
    """Entries to append in one go, for one source document, with what they move. ``stage``:
    where a budget that would go over may stop it. ``order``: what is approved by it."""

    source: str
    source_id: str
    stage: Stage | None = None
    order: PurchaseOrder | None = None
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

    def post(
        self, ctx: Context, purses: Purses, *, settings: CompanySettings, told: bool = True
    ) -> None:
        """Append the entries, move the budgets and record the event.

        Raises ``OVER`` or ``NTE_OVER`` where the company stops such a document.
        """
        if not self.entries:
            return
        ctx.uow.append(*self.entries)
        cause = Cause(self.stage, self.source.replace("_", " "), order=self.order)
        move_budgets(ctx, purses, self.entries, settings, cause)
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
    stage: Stage | None = None,
    told: bool = True,
) -> None:
    """Make the ledger and the budgets say what the order's lines cost now.

    ``stage``: where a budget or a not-to-exceed amount that would go over may refuse it. Raises
    ``OVER``, ``NTE_OVER``, or ``NO_RATE`` for a line in another currency than its cost centre's.
    """
    if not lines:
        return
    owners = Owners(ctx.uow)
    by_line, forgone = _standing(owners.purses, order, lines)
    proposed = proposed_shares(ctx.uow, order, gross=owners.settings.budgets_gross)
    approved = order if stage is Stage.ORDER else None
    posting = Posting(source, source_id, stage, approved)
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
    posting.post(ctx, owners.purses, settings=owners.settings, told=told)


def _standing(
    purses: Purses, order: PurchaseOrder, lines: Sequence[PurchaseOrderLine]
) -> tuple[dict[str, list[Standing]], dict[str, Decimal]]:
    """What stands for each line, and what is ``forgone`` on it, once nobody can set a budget that
    would take it over."""
    payers: set[Payer] = {(row.cost_centre_id, row.project_id, row.work_order_id) for row in lines}
    while True:
        purses.hold(payers)
        rows, forgone = purses.uow.store(LedgerStore).of_order(order.id, [row.id for row in lines])
        former = {row.dimensions.payer for row in rows} - payers
        if not former:
            break
        payers |= former
    by_line: dict[str, list[Standing]] = {}
    for row in rows:
        by_line.setdefault(row.line_id, []).append(row)
    return by_line, forgone


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
        self.purses = Purses(uow)
        self._centres: dict[str, CostCentre] = {}
        self._rates: dict[tuple[str, str, date], Decimal] = {}

    def centre(self, id: str) -> CostCentre:
        """The cost centre; a line always names one."""
        found = self._centres.get(id) or self.uow.get(CostCentre, id)
        if found is None:
            raise NOT_FOUND(kind="cost centre", wanted=id, nearest="")
        self._centres[id] = found
        return found

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
        self.own = own
        self.currency, self.standing, self.day = centre.currency, standing, order_day(order)
        self.rate = own[0].rate if own else owners.rate(order.currency, centre.currency, self.day)
        self.whose = charged(owners.purses, line, self.day, own)

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
        left, settled = buckets(facts), {}
        for row in summed_standing(self.own):
            if row.amount and settled_before(row, self.whose):
                settled[row.dimensions, row.kind] = row.amount
                left[row.kind] = left.get(row.kind, 0) - row.amount
        return settled | {(self.whose, kind): amount for kind, amount in left.items()}

    def _converted(self, minor: int) -> int:
        money = Money(minor, self.order.currency)
        return converted(money, self.currency, self.rate).minor


def settled_before(row: Standing, whose: Dimensions) -> bool:
    """Whether the row stands in a budget whose period ended before the line went over to the next:
    there it stays, and whatever happens later counts in the next one."""
    if row.kind in (CostKind.PLANNED, CostKind.COMMITTED):
        return False
    budgets = row.dimensions[3:]
    if row.dimensions[:3] != whose[:3]:
        return False
    return any(
        held is not None and now is not None and held != now
        for held, now in zip(budgets, whose[3:], strict=True)
    )


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


def charged(
    purses: Purses, line: PurchaseOrderLine, day: date, own: Sequence[Standing]
) -> Dimensions:
    """Whom a line is charged to: a line stays with the budgets that its money is in; ``own`` is
    what stands for its cost centre."""
    payer: Payer = (line.cost_centre_id, line.project_id, line.work_order_id)
    centre, project = purses.ids(payer, day)
    held = [row.dimensions for row in summed_standing(own) if row.amount]
    kept = purses.latest({whose.budget_id for whose in held if whose.budget_id})
    if line.project_id is not None:
        same = [whose for whose in held if whose.project_id == line.project_id]
        project = (
            purses.latest({w.project_budget_id for w in same if w.project_budget_id}) or project
        )
    return Dimensions(
        line.cost_centre_id, line.work_order_id, line.project_id, kept or centre, project
    )


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
    stage: Stage | None = None,
) -> None:
    """Charge hours, stock or an out-of-pocket purchase: amounts that come from no order line.

    ``amount`` is in the cost centre's currency and negative when it is taken back. ``stage``:
    somebody decides about it, so a budget that would go over may refuse it, ``OVER``.
    """
    if not amount:
        return
    owners = Owners(ctx.uow)
    payer: Payer = (cost_centre_id, project_id, work_order_id)
    owners.purses.hold([payer])
    budgets = owners.purses.ids(payer, day)
    posting = Posting(source, source_id, stage)
    whose = Dimensions(cost_centre_id, work_order_id, project_id, *budgets)
    posting.add(ctx, whose, kind, amount, day=day)
    posting.post(ctx, owners.purses, settings=owners.settings)
