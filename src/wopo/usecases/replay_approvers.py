"""Of whom a policy that is not in force yet would have asked the decisions about past lines."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal

from wopo.domain.approval_matrix import ApprovalRule, ApprovalSection, BudgetState, OrderFacts
from wopo.domain.approval_rights import Need
from wopo.domain.approvals import AUTHORITY
from wopo.domain.money import Money
from wopo.domain.part_requests import Route
from wopo.domain.people import Person
from wopo.domain.purchase_orders import OrderKind
from wopo.usecases.approval_deciders import Approvers, Panel
from wopo.usecases.approval_plan import planned
from wopo.usecases.exchange_rates import rates_for
from wopo.usecases.past_needs import PastNeed
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.approvals import ApprovalStore

NAMED = 3


class _Past(Panel):
    """The people around one line on its day, of which a page's board knows the approvers."""

    def __init__(
        self,
        uow: UnitOfWork,
        need: PastNeed,
        amount: Money,
        approvers: Approvers,
        rates: Mapping[str, Decimal],
    ) -> None:
        super().__init__(uow, datetime.combine(need.day, time.min, UTC))
        self.past, self.approvers, self._amount = need, approvers, amount
        self.need = Need(amount, self.centre_ids, need.day, self.excluded, rates)

    @property
    def centre_ids(self) -> frozenset[str]:
        """Of the line."""
        return frozenset({self.past.cost_centre_id})

    @property
    def requesters(self) -> frozenset[str]:
        """Who asked for it."""
        asked = self.past.requested_by_id
        return frozenset({asked} if asked else ())

    @property
    def covered(self) -> Money:
        """Its amount alone."""
        return self._amount


class Board:
    """Whom the approval rules ask about the lines of a page. What does not depend on the amount is
    looked up once for a page: limits, rules' people, roles, owners and managers."""

    def __init__(
        self, uow: UnitOfWork, section: ApprovalSection, centre_ids: Collection[str]
    ) -> None:
        self.uow, self.section = uow, section
        self.approvers = uow.store(ApprovalStore).approvers(centre_ids) if centre_ids else []
        self._plans: dict[tuple[str, str], tuple[str, ...]] = {}
        self._names: dict[tuple[str, str | None], str] = {}
        self._known: dict[tuple[str, date], dict[str, Decimal]] = {}

    def asked(self, need: PastNeed, route: Route, amount: Money) -> tuple[str, ...]:
        """The names of those each decision would have been asked of, in order. What the budgets
        were that day nobody knows any more, so that rules take the line as within them."""
        panel = _Past(
            self.uow, need, amount, self.approvers, self._rates(amount.currency, need.day)
        )
        rule = self.section.rule_for(_facts(need, route))
        wanted = self._wanted(panel, rule) if rule else (AUTHORITY,)
        return tuple(self._whom(panel, one) for one in wanted)

    def _rates(self, currency: str, day: date) -> dict[str, Decimal]:
        if (currency, day) not in self._known:
            targets = {limit.currency for _, limits in self.approvers for limit in limits}
            self._known[currency, day] = rates_for(self.uow, currency, targets, day)
        return self._known[currency, day]

    def _wanted(self, panel: _Past, rule: ApprovalRule) -> tuple[str, ...]:
        key = (rule.name, panel.past.cost_centre_id)
        if key not in self._plans:
            self._plans[key] = tuple(wanted for _, wanted in planned(panel, rule).decisions)
        return self._plans[key]

    def _whom(self, panel: _Past, wanted: str) -> str:
        if wanted == AUTHORITY:
            return self._told(panel, wanted)
        key = (wanted, panel.past.requested_by_id)
        if key not in self._names:
            self._names[key] = self._told(panel, wanted)
        return self._names[key]

    def _told(self, panel: _Past, wanted: str) -> str:
        people = self.uow.many(Person, panel.of(wanted).whom())
        names = sorted((one.code, one.name) for one in people.values())
        return " or ".join(name for _, name in names[:NAMED]) or "nobody"


def _facts(need: PastNeed, route: Route) -> OrderFacts:
    called_off = route is Route.CALL_OFF and need.facts.blanket
    return OrderFacts(
        amount=need.facts.amount.amount if need.facts.amount else None,
        cost_centres=frozenset({need.cost_centre}),
        categories=frozenset({need.facts.category}),
        standing=need.standing,
        budget=BudgetState.WITHIN,
        kind=OrderKind.RELEASE if called_off else OrderKind.STANDARD,
    )
