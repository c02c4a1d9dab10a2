"""Purchase orders in lists: the open ones, and those that wait for a buyer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from wopo.domain.money import Money
from wopo.domain.people import Person, may_see_costs
from wopo.domain.purchase_orders import OrderState, Progress
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.lists import ListStore, OrderRow
from wopo.usecases.purchase_orders import BUYERS
from wopo.usecases.settings import company
from wopo.usecases.views.approval_lines import JobRef
from wopo.usecases.views.approvals import jobs_on
from wopo.usecases.views.names import Ref


@dataclass(frozen=True)
class OrderListLine:
    """An order in a list, with its main verb (none where there is nothing to do)."""

    id: str
    number: str
    version: int
    state: OrderState
    vendor: Ref
    total: Money | None
    jobs: tuple[JobRef, ...]
    receipt_progress: Progress
    promised_on: date | None
    late: bool
    verb: str | None


@dataclass(frozen=True)
class OrderList:
    """A limited list; ``more`` says that there are others behind it."""

    lines: tuple[OrderListLine, ...]
    more: bool


def open_orders(uow: UnitOfWork, reader: Person, *, today: date, limit: int = 15) -> OrderList:
    """Orders in which something is still to happen, the newest first in each state; what a buyer
    must do next comes first. A constant number of queries."""
    found: list[OrderRow] = []
    for state in (OrderState.APPROVED, OrderState.DRAFT, OrderState.PENDING_APPROVAL,
                  OrderState.ISSUED):  # fmt: skip
        if len(found) <= limit:
            found += uow.store(ListStore).orders(state, newest=True, limit=limit + 1 - len(found))
    return _list(uow, found, reader, today=today, limit=limit)


def orders_to_do(uow: UnitOfWork, reader: Person, *, today: date, limit: int = 5) -> OrderList:
    """What waits for a buyer: approved orders to issue, drafts to submit, rejected ones."""
    found: list[OrderRow] = []
    for state in (OrderState.APPROVED, OrderState.DRAFT, OrderState.REJECTED):
        if len(found) <= limit:
            found += uow.store(ListStore).orders(
                state, newest=False, imported=False, limit=limit + 1 - len(found)
            )
    return _list(uow, found, reader, today=today, limit=limit)


def _list(
    uow: UnitOfWork, orders: Sequence[OrderRow], reader: Person, *, today: date, limit: int
) -> OrderList:
    shown = orders[:limit]
    if not shown:
        return OrderList((), more=False)
    rows = uow.store(ListStore).order_lines([order.id for order in shown])
    buys, total = reader.has(*BUYERS), may_see_costs(reader, company(uow))
    lines = []
    for order in shown:
        own = rows[order.id]
        promised = [row.promised_on for row in own if row.promised_on and row.to_come]
        first = min(promised, default=None)
        lines.append(
            OrderListLine(
                id=order.id,
                number=order.number,
                version=order.version,
                state=order.state,
                vendor=Ref(order.vendor_id, order.vendor),
                total=Money(order.total_minor, order.currency) if total else None,
                jobs=jobs_on(own),
                receipt_progress=order.receipt_progress,
                promised_on=first,
                late=first is not None and first < today,
                verb=_MAIN.get(order.state) if buys else None,
            )
        )
    return OrderList(tuple(lines), more=len(orders) > limit)


_MAIN = {OrderState.APPROVED: "issue", OrderState.DRAFT: "submit", OrderState.ISSUED: "promise"}
