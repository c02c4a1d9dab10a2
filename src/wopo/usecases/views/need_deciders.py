"""Who would decide about what a job needs, as its form says before it is sent: the decisions of the
orders that would follow, by the very steps of sending them, of which nothing is kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from wopo.domain.order_content import OrderContent, totals
from wopo.domain.part_requests import PartRequest
from wopo.domain.people import Person
from wopo.domain.purchase_orders import OrderRevision, PurchaseOrder, RevisionState
from wopo.domain.split_orders import SplitSection
from wopo.domain.vendors import Vendor
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.approval_deciders import Circle
from wopo.usecases.approval_plan import plan_for
from wopo.usecases.part_request_buying import Purchase, by_order, draft_for, with_purchases
from wopo.usecases.part_request_plans import Plan
from wopo.usecases.part_requests import line_of, purchases_of
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.split_orders import AskedOrder
from wopo.usecases.purchase_orders import BUYERS
from wopo.usecases.purchasing_policy import policy_on
from wopo.usecases.split_orders import asked_for, together_with

Decision = tuple[str, ...]
"""Of whom one decision would be asked, by name; ``Fay for Mira`` while Mira is away."""


@dataclass(frozen=True)
class Deciders:
    """The decisions about one order, step by step, and who may make all of them at any hour, where
    it is for an emergency."""

    steps: tuple[tuple[Decision, ...], ...] = ()
    on_call: tuple[str, ...] = ()


class Foreseen:
    """What sending a request of the reader would ask for, order by order. A constant number of
    queries for each order that follows, none where none does."""

    def __init__(self, uow: UnitOfWork, job: WorkOrder, reader: Person, at: datetime) -> None:
        self.uow, self.job, self.reader, self.at = uow, job, reader, at
        self._before: list[AskedOrder] = []

    def deciders(self, plans: Iterable[tuple[int, Plan]]) -> dict[int, Deciders]:
        """Who would decide, by the line's place in the request."""
        request = PartRequest(
            id="",
            number="",
            work_order_id=self.job.id,
            requested_by_id=self.reader.id,
            needed_by=self.job.required_by,
            created_at=self.at,
        )
        own, lines = [], []
        for place, plan in plans:
            own.append(plan)
            lines.append(line_of(request, plan, place, id="", at=self.at))
        found: dict[int, Deciders] = {}
        for group in by_order(purchases_of(request, own, lines)):
            made = self._decided(group)
            found |= {purchase.line.position: made for purchase in group}
        return found

    def _decided(self, group: Sequence[Purchase]) -> Deciders:
        """About one order; the next ones are decided together with it."""
        uow = self.uow
        vendor = uow.get(Vendor, str(group[0].offer.vendor_id))
        assert vendor is not None, "an offer of no vendor"
        draft = draft_for(uow, self.job, group[0], alone=not self.reader.has(*BUYERS))
        content = with_purchases(uow, self.job, group, vendor, draft)
        policy = policy_on(uow, self.at.date()).document
        circle = self._circle(_order(draft, content, self.reader, self.at), content, policy.splits)
        plan = plan_for(circle, policy.approval, policy.after_the_fact.rule)
        steps: dict[int, list[Decision]] = {}
        for step, wanted in plan.decisions:
            steps.setdefault(step, []).append(_names(circle, wanted))
        on_call = uow.many(Person, sorted(circle.on_duty)) if circle.on_duty else {}
        return Deciders(
            tuple(tuple(steps[step]) for step in sorted(steps)),
            tuple(one.name for one in on_call.values()),
        )

    def _circle(self, order: PurchaseOrder, content: OrderContent, splits: SplitSection) -> Circle:
        total = totals(content).total_minor
        wanted = asked_for(order, content, total)
        together = together_with(self.uow, splits, wanted, content, self.at, before=self._before)
        self._before.insert(0, wanted)
        revision = OrderRevision(
            id="",
            purchase_order_id=order.id,
            revision=order.revision,
            state=RevisionState.PENDING,
            content_hash="",
            total_minor=total,
            together=together.model_dump(mode="json"),
            made_by_id=self.reader.id,
            at=self.at,
        )
        return Circle(self.uow, self.at, order, revision, content)


def _order(
    draft: PurchaseOrder | None, content: OrderContent, reader: Person, at: datetime
) -> PurchaseOrder:
    """The order as it would be asked for; a draft that is there stays as it is."""
    asked = draft.requested_by_ids if draft else []
    return PurchaseOrder(
        id=draft.id if draft else "",
        number=draft.number if draft else "",
        revision=draft.revision if draft else 1,
        kind=content.kind,
        vendor_id=content.vendor_id,
        currency=content.currency,
        order_date=draft.order_date if draft else None,
        requested_by_ids=[*asked, *([] if reader.id in asked else [reader.id])],
        created_at=at,
    )


def _names(circle: Circle, wanted: str) -> Decision:
    ids, places = circle.stand_ins_of(circle.of(wanted).whom())
    people = circle.uow.many(Person, {*ids, *places.values()})
    return tuple(
        f"{people[id].name} for {people[places[id]].name}" if id in places else people[id].name
        for id in ids
    )
