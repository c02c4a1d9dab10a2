"""Why did we spend this, and what came of it: the chain from the request to the invoice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.invoices import Invoice
from wopo.domain.lookup import LABELS, Kind
from wopo.domain.money import Money
from wopo.domain.part_requests import PartRequest
from wopo.domain.people import Person, may_see_costs
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.receipts import Receipt
from wopo.domain.vendors import Vendor
from wopo.domain.work_orders import WorkOrder
from wopo.domain.work_requests import WorkRequest
from wopo.domain.workflow import words
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.lookup import Found
from wopo.usecases.ports.work_orders import WorkOrderStore
from wopo.usecases.settings import company
from wopo.usecases.views.approval_steps import SHOWN, StepView, steps_of
from wopo.usecases.views.names import Ref, refs

MOST_JOBS = 5
MOST_ORDERS = 8
MOST_PAPERS = 60


@dataclass(frozen=True)
class ChainLine:
    """One document of the chain. ``depth`` is how far down it stands, ``here`` marks the one that
    was asked about, ``label`` says what it is, ``why`` is the reason it exists, ``amount`` is
    only for those with the right to costs."""

    depth: int
    label: str
    id: str
    number: str
    text: str
    state: str
    amount: Money | None
    why: str
    here: bool


@dataclass(frozen=True)
class ChainView:
    """The chain from the top down; ``more``: it was longer than is shown."""

    lines: tuple[ChainLine, ...]
    more: bool


def chain_view(uow: UnitOfWork, found: Found, *, reader: Person) -> ChainView:
    """The chain around a document, in a constant number of queries."""
    return _Chain(uow, found, costs=may_see_costs(reader, company(uow))).view()


class _Chain:
    """Collects the documents first, then lays them out."""

    def __init__(self, uow: UnitOfWork, found: Found, *, costs: bool) -> None:
        self.uow = uow
        self.found = found
        self.costs = costs
        self.lines: list[ChainLine] = []
        self.more = False

    def view(self) -> ChainView:
        jobs, orders = self._jobs_and_orders()
        job_ids = [job.id for job in jobs]
        requests = self._by("work_order_id", WorkRequest, work_order_id=job_ids)
        asked = self._by("work_order_id", PartRequest, work_order_id=job_ids)
        self._alone(jobs)
        for job in jobs:
            for request in requests.get(job.id, ()):
                self._add(0, Kind.WORK_REQUEST, request, request.title)
            depth = 1 if job.id in requests else 0
            self._add(depth, Kind.WORK_ORDER, job, job.title)
            for part_request in asked.get(job.id, ()):
                self._add(depth + 1, Kind.PART_REQUEST, part_request, part_request.note)
        self._orders(orders, depth=2 if jobs else 0)
        return ChainView(tuple(self.lines), self.more)

    def _alone(self, jobs: Sequence[WorkOrder]) -> None:
        """A request that never became a job, or an exception without an order."""
        if self.found.kind is Kind.WORK_REQUEST and not jobs:
            request = self._row(WorkRequest)
            self._add(0, Kind.WORK_REQUEST, request, request.title, why=request.reason or "")
        if self.found.kind is Kind.EXCEPTION and not self._row(ExceptionCase).purchase_order_id:
            case = self._row(ExceptionCase)
            self._add(0, Kind.EXCEPTION, case, words(case.code.lower()), amount=case.amount)

    def _row(self, kind: Any) -> Any:
        return self.uow.get(kind, self.found.id)

    def _jobs_and_orders(self) -> tuple[list[WorkOrder], list[PurchaseOrder]]:
        job_id = self._job_id()
        if job_id:
            ids = [id for id, _, _ in self.uow.store(WorkOrderStore).order_numbers(job_id)]
            return self._some(WorkOrder, [job_id], MOST_JOBS), self._some(
                PurchaseOrder, ids, MOST_ORDERS
            )
        order_id = self._order_id()
        if not order_id:
            return [], []
        lines = self.uow.all(PurchaseOrderLine, purchase_order_id=order_id, order="position")
        jobs = list(dict.fromkeys(line.work_order_id for line in lines if line.work_order_id))
        return self._some(WorkOrder, jobs, MOST_JOBS), self._some(PurchaseOrder, [order_id], 1)

    def _job_id(self) -> str | None:
        match self.found.kind:
            case Kind.WORK_ORDER:
                return self.found.id
            case Kind.WORK_REQUEST:
                return self._row(WorkRequest).work_order_id  # type: ignore[no-any-return]
            case Kind.PART_REQUEST:
                return self._row(PartRequest).work_order_id  # type: ignore[no-any-return]
        return None

    def _order_id(self) -> str | None:
        match self.found.kind:
            case Kind.PURCHASE_ORDER:
                return self.found.id
            case Kind.RECEIPT:
                return self._row(Receipt).purchase_order_id  # type: ignore[no-any-return]
            case Kind.EXCEPTION:
                return self._row(ExceptionCase).purchase_order_id  # type: ignore[no-any-return]
        return None

    def _some(self, kind: Any, ids: Sequence[str], most: int) -> list[Any]:
        self.more = self.more or len(ids) > most
        return self.uow.all(kind, id=list(ids[:most]), order="number") if ids else []

    def _by(self, column: str, kind: Any, **equal: Any) -> dict[str, list[Any]]:
        """Rows grouped by one of their columns; none where nothing is asked for."""
        if not all(equal.values()):
            return {}
        rows = self.uow.all(kind, **equal, order="id", limit=MOST_PAPERS + 1)
        self.more = self.more or len(rows) > MOST_PAPERS
        grouped: dict[str, list[Any]] = {}
        for row in rows[:MOST_PAPERS]:
            grouped.setdefault(getattr(row, column), []).append(row)
        return grouped

    def _orders(self, orders: Sequence[PurchaseOrder], *, depth: int) -> None:
        ids = [order.id for order in orders]
        key = "purchase_order_id"
        vendors = refs(self.uow, Vendor, [order.vendor_id for order in orders])
        asked = self._by(key, Approval, purchase_order_id=ids, state=list(SHOWN))
        approvals = {
            id: [one for one in some if one.state is ApprovalState.APPROVED]
            for id, some in asked.items()
        }
        steps = self._steps(orders, asked)
        approvers = self._approvers(approvals.values())
        papers = [
            self._by(key, kind, purchase_order_id=ids) for kind in (Receipt, Invoice, ExceptionCase)
        ]
        for order in orders:
            name = vendors[order.vendor_id].name if order.vendor_id in vendors else ""
            deciders = [one.decided_by_id for one in approvals.get(order.id, ())]
            names = ", ".join(approvers[id].name for id in deciders if id in approvers)
            rules = [one.rule for one in approvals.get(order.id, ()) if one.rule]
            names = names or ", ".join(f"the rule “{rule}”" for rule in rules)
            reasons = (order.rule_sentence.rstrip("."), f"approved by {names}" if names else "")
            why = "; ".join(reason for reason in reasons if reason)
            total = Money(order.total_minor, order.currency)
            self._add(depth, Kind.PURCHASE_ORDER, order, name, amount=total, why=why)
            for step in steps.get(order.id, ()):
                self.lines.append(_step_line(depth + 1, step))
            for found in papers:
                for paper in found.get(order.id, ()):
                    self._paper(depth + 1, paper)

    def _steps(
        self, orders: Sequence[PurchaseOrder], asked: dict[str, list[Approval]]
    ) -> dict[str, list[StepView]]:
        """The decisions about each order's newest revision, where it needs several."""
        newest = {order.id: order.pending_revision or order.revision for order in orders}
        rows = [row for id, some in asked.items() for row in some if row.revision == newest[id]]
        found: dict[str, list[StepView]] = {}
        for step in steps_of(self.uow, rows):
            found.setdefault(step.order_id, []).append(step)
        return found

    def _approvers(self, approvals: Iterable[list[Approval]]) -> dict[str, Ref]:
        return refs(self.uow, Person, [one.decided_by_id for some in approvals for one in some])

    def _paper(self, depth: int, paper: Any) -> None:
        match paper:
            case Receipt():
                self._add(depth, Kind.RECEIPT, paper, paper.delivery_note)
            case ExceptionCase():
                text, why = words(paper.code.lower()), paper.reason or ""
                self._add(depth, Kind.EXCEPTION, paper, text, amount=paper.amount, why=why)
            case Invoice():
                label = "credit note" if paper.is_credit else "invoice"
                self._add(depth, label, paper, "", amount=paper.total)

    def _add(
        self,
        depth: int,
        label: Kind | str,
        row: Any,
        text: str,
        *,
        amount: Money | None = None,
        why: str = "",
    ) -> None:
        state = getattr(row, "state", None)
        self.lines.append(
            ChainLine(
                depth=depth,
                label=LABELS[label] if isinstance(label, Kind) else label,
                id=row.id,
                number=row.number,
                text=text,
                state=words(state.value) if state is not None else "",
                amount=amount if self.costs else None,
                why=why,
                here=row.id == self.found.id,
            )
        )


def _step_line(depth: int, step: StepView) -> ChainLine:
    day = f" on {step.at:%d %b %Y}" if step.at else ""
    return ChainLine(
        depth=depth,
        label=f"step {step.step}",
        id="",
        number="",
        text=step.wanted,
        state=f"{words(step.state.value)}{day}",
        amount=None,
        why=", ".join(step.people) or "nobody yet",
        here=False,
    )
