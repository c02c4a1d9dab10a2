"""Who could make a decision today: by authority, by role, by name, or by their place above whoever
asked. ``Panel`` is about anything that is decided, ``Circle`` about one revision of an order."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cached_property

from wopo.domain.approval_rights import Deciders, Need, ranked
from wopo.domain.cost_centres import CostCentre, CostCentreOwner
from wopo.domain.delegations import Delegation, chain_from, chain_to
from wopo.domain.money import Money
from wopo.domain.on_call import OnCall
from wopo.domain.order_content import OrderContent
from wopo.domain.order_life import exposure
from wopo.domain.people import AuthorityLimit, Person, Role
from wopo.domain.purchase_orders import OrderKind, OrderRevision, Progress, PurchaseOrder
from wopo.domain.settings import Duty
from wopo.domain.split_orders import Together
from wopo.domain.waivers import waived
from wopo.domain.work_orders import WorkOrder
from wopo.domain.work_requests import Priority
from wopo.usecases.exchange_rates import converted_if, rates_for
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.approvals import ApprovalStore
from wopo.usecases.ports.people import PeopleStore
from wopo.usecases.settings import company

Approvers = list[tuple[Person, list[AuthorityLimit]]]
MOST_ABOVE = 10
"""Managers above a person that are looked at."""


def requesters(uow: UnitOfWork, order: PurchaseOrder, revision: OrderRevision) -> frozenset[str]:
    """Everybody who asked for what is to be approved: of a line, or of this revision."""
    asked = set(order.requested_by_ids) | uow.store(ApprovalStore).requesters(order.id)
    if revision.made_by_id:
        asked.add(revision.made_by_id)
    return frozenset(asked)


class Panel(ABC):
    """The people around something that is decided at a moment, read once. Limits and rates are
    those of the moment's day in UTC; stand-ins and people on call have days of their own."""

    def __init__(self, uow: UnitOfWork, at: datetime) -> None:
        self.uow, self.at, self.day = uow, at, at.date()
        self._deciders: dict[str, Deciders] = {}

    @property
    @abstractmethod
    def centre_ids(self) -> frozenset[str]:
        """The cost centres that pay for it."""

    @property
    @abstractmethod
    def requesters(self) -> frozenset[str]:
        """Who asked for it."""

    @property
    def handlers(self) -> Mapping[Duty, frozenset[str]]:
        """Who had another duty in it that keeps them from deciding."""
        return {}

    @property
    @abstractmethod
    def covered(self) -> Money:
        """What somebody's authority must cover."""

    @property
    def on_duty(self) -> dict[str, OnCall]:
        """Who is on call for it, by person."""
        return {}

    @cached_property
    def excluded(self) -> frozenset[str]:
        """Who can't decide, whatever their rights: who asked, received or entered, unless the
        company waives that pair."""
        settings, left_out = company(self.uow), frozenset[str]()
        if not waived(settings, Duty.REQUESTER, Duty.APPROVER):
            left_out |= self.requesters
        for duty, people in self.handlers.items():
            if not waived(settings, duty, Duty.APPROVER):
                left_out |= people
        return left_out

    @cached_property
    def need(self) -> Need:
        """What somebody's authority must cover today, and who is left out."""
        currencies = {limit.currency for _, limits in self.approvers for limit in limits}
        rates = rates_for(self.uow, self.covered.currency, currencies, self.day)
        return Need(self.covered, self.centre_ids, self.day, self.excluded, rates)

    @cached_property
    def approvers(self) -> Approvers:
        """Active approvers with their limits for the cost centres."""
        return self.uow.store(ApprovalStore).approvers(self.centre_ids)

    def of(self, wanted: str) -> Deciders:
        """Who could make the decision that asks for ``wanted`` (``Approval.wanted``). Instead of
        somebody who is left out or gone it is whoever is above them."""
        if wanted not in self._deciders:
            self._deciders[wanted] = self._found(wanted)
        return self._deciders[wanted]

    def _found(self, wanted: str) -> Deciders:
        kind, _, name = wanted.partition(":")
        match kind:
            case "role":
                people = self.uow.store(PeopleStore).with_role(Role(name))
                found = {one.id: one for one in people if one.id not in self.excluded}
                return Deciders(found, (tuple(found),) if found else ())
            case "person":
                return self._above([name])
            case "owner":
                return self._above(self._owners(name))
            case "manager":
                asked = self.uow.many(Person, sorted(self.requesters)).values()
                return self._above({one.manager_id for one in asked if one.manager_id})
        groups = ranked(self.approvers, self.need)
        known = {person.id: person for person, _ in self.approvers}
        return Deciders({id: known[id] for group in groups for id in group}, groups)

    @cached_property
    def delegations(self) -> list[Delegation]:
        """The delegations in force at the moment, each by the days of whoever is away; few."""
        rows = self.uow.all(Delegation, ended_at=None, order=("starts", "id"))
        return [row for row in rows if row.covers(self.at)]

    def worth(self, money: Money, currency: str) -> Money | None:
        """The amount in another currency on the circle's day; none without a rate."""
        return converted_if(self.uow, money, currency, self.day)

    def present(self, whom: list[str]) -> tuple[list[str], dict[str, str]]:
        """Of whom it is asked today, and who of these stands in for whom: ``stand_ins_of``, and of
        an emergency whoever is on call."""
        asked, stand_ins = self.stand_ins_of(whom)
        return list(dict.fromkeys([*asked, *self.on_duty])), stand_ins

    def stand_ins_of(self, whom: list[str]) -> tuple[list[str], dict[str, str]]:
        """Instead of people who are away it is who stands in for them; and who of these stands in
        for whom."""
        people = self.uow.many(Person, whom)
        # Their last day is one of their own calendar, so it may last longer than the one of UTC.
        since = self.day - timedelta(days=1)
        asked: list[str] = []
        stand_ins: dict[str, str] = {}
        for id in whom:
            until = people[id].away_until if id in people else None
            stand_in = self._stand_in(id) if until is not None and until >= since else id
            if stand_in != id and stand_in not in whom:
                stand_ins.setdefault(stand_in, id)
            asked.append(stand_in)
        return list(dict.fromkeys(asked)), stand_ins

    def _stand_in(self, person_id: str) -> str:
        last = chain_from(self.delegations, person_id, without=self.excluded)[-1]
        person = self.uow.get(Person, last)
        return last if person is not None and person.active else person_id

    def chain(self, wanted: str, person_id: str) -> list[str] | None:
        """The chain by which somebody may make a decision in the place of one who could; none
        where there is none today, or where it leads through somebody who is left out."""
        able = self.of(wanted).able
        return chain_to(self.delegations, able, person_id, without=self.excluded)

    def may(self, wanted: str, person_id: str) -> bool:
        """Whether somebody could make the decision today, by themselves or in another's place."""
        return person_id in self.of(wanted).able or self.chain(wanted, person_id) is not None

    def _owners(self, centre_id: str) -> list[str]:
        """The owner of the cost centre, or of the nearest one above it that has one."""
        for _ in range(MOST_ABOVE):
            owner = self.uow.get(CostCentreOwner, centre_id)
            if owner is not None:
                return [owner.person_id]
            centre = self.uow.get(CostCentre, centre_id)
            if centre is None or centre.parent_id is None:
                break
            centre_id = centre.parent_id
        return []

    def _above(self, ids: Iterable[str]) -> Deciders:
        """These people, and whoever is above them, level by level."""
        found: dict[str, Person] = {}
        groups: list[tuple[str, ...]] = []
        level = sorted(ids)
        for _ in range(MOST_ABOVE):
            people = self.uow.many(Person, level)
            fit = [
                one
                for one in sorted(people.values(), key=lambda one: one.code)
                if one.active and one.id not in self.excluded and one.id not in found
            ]
            found |= {one.id: one for one in fit}
            groups += [tuple(one.id for one in fit)] if fit else []
            level = sorted({one.manager_id for one in people.values() if one.manager_id})
            if not level:
                break
        return Deciders(found, tuple(groups))


class Circle(Panel):
    """The people around one revision of an order at a moment, read once."""

    def __init__(
        self,
        uow: UnitOfWork,
        at: datetime,
        order: PurchaseOrder,
        revision: OrderRevision,
        content: OrderContent,
    ) -> None:
        super().__init__(uow, at)
        self.order, self.revision, self.content = order, revision, content

    @property
    def centre_ids(self) -> frozenset[str]:
        """Those of its lines."""
        return frozenset(line.cost_centre_id for line in self.content.lines)

    @cached_property
    def requesters(self) -> frozenset[str]:
        """Who asked for a line, or for this revision."""
        return requesters(self.uow, self.order, self.revision)

    @cached_property
    def handlers(self) -> Mapping[Duty, frozenset[str]]:
        """Who received goods of the order or entered its invoices, or those that one after the fact
        is written for; asked for only where something may have come of it already. That all of it
        went back or was credited says nothing of who handled it, so an order in force is always
        looked at."""
        order = self.order
        progress = (order.receipt_progress, order.billing_progress)
        untouched = order.approved_revision is None and progress == (Progress.NONE,) * 2
        if untouched and order.kind is not OrderKind.AFTER_THE_FACT:
            return {}
        total = Money(self.revision.total_minor, self.content.currency)
        return self.uow.store(ApprovalStore).handlers(order.id, total)

    @property
    def amount(self) -> Money:
        """What the decision is about."""
        return Money(exposure(self.content, self.revision.total_minor), self.content.currency)

    @property
    def covered(self) -> Money:
        """This order, and those it is decided with."""
        others = Together.model_validate(self.revision.together).minor
        return self.amount + Money(others, self.content.currency)

    @cached_property
    def emergency_site(self) -> str | None:
        """The site of the emergency jobs that all of the order is for; none for anything else."""
        ids = {line.work_order_id for line in self.content.lines}
        jobs = self.uow.many(WorkOrder, sorted(id for id in ids if id)).values()
        sites = {job.site_id for job in jobs}
        emergency = all(job.priority is Priority.EMERGENCY for job in jobs)
        return sites.pop() if None not in ids and len(sites) == 1 and emergency else None

    @cached_property
    def on_duty(self) -> dict[str, OnCall]:
        """Who is on call for this order, by person: where all of it is for emergency jobs of one
        site, and their cap covers it."""
        site_id = self.emergency_site
        if site_id is None:
            return {}
        rows = self.uow.all(OnCall, site_id=site_id, ended_at=None, order="id")
        found = {row.person_id: row for row in rows if row.covers(self.at)}
        people = self.uow.many(Person, sorted(found)) if found else {}
        return {
            id: row
            for id, row in found.items()
            if people[id].active and id not in self.excluded and self._within(row.cap)
        }

    def _within(self, cap: Money) -> bool:
        worth = self.worth(self.need.amount, cap.currency)
        return worth is not None and worth.minor <= cap.minor
