"""Which orders of a month came after the delivery or the invoice: per department and vendor."""

from calendar import month_name
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from wopo.domain.after_the_fact import Dates, First
from wopo.domain.cost_centres import CostCentre
from wopo.domain.money import Money, by_currency
from wopo.domain.numbers import short
from wopo.domain.purchase_orders import PurchaseOrderLine
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.after_the_fact import AfterTheFactStore, DatedOrder

GROUPS_TOLD = 8


@dataclass(frozen=True)
class LateOrder:
    """One order. ``first``: what came before it, none where it was only said; ``days``: by how
    many days the order came too late."""

    number: str
    department: str
    vendor: str
    amount: Money
    happened_on: date
    asked_on: date
    first: First | None
    reason: str

    @property
    def days(self) -> int:
        """How late the order came."""
        return (self.asked_on - self.happened_on).days


@dataclass(frozen=True)
class Group:
    """The orders of one department at one vendor."""

    department: str
    vendor: str
    late: tuple[LateOrder, ...]

    @property
    def totals(self) -> tuple[Money, ...]:
        """What they come to, by currency."""
        return tuple(by_currency(one.amount for one in self.late))


@dataclass(frozen=True)
class MonthReport:
    """A month: how many orders there were, and those after the fact, the largest groups first."""

    year: int
    month: int
    orders: int
    groups: tuple[Group, ...]

    @property
    def late(self) -> tuple[LateOrder, ...]:
        """All of them."""
        return tuple(one for group in self.groups for one in group.late)


def month_report(uow: UnitOfWork, year: int, month: int) -> MonthReport:
    """The report of a month; a constant number of queries."""
    start = datetime(year, month, 1, tzinfo=UTC)
    end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    rows = uow.store(AfterTheFactStore).asked_between(start, end)
    late = [(row, found) for row in rows if (found := _dates(row).first) is not None]
    departments = _departments(uow, [row.id for row, _ in late])
    groups: dict[tuple[str, str], list[LateOrder]] = {}
    for row, (day, first) in late:
        one = LateOrder(
            number=row.number,
            department=departments.get(row.id, ""),
            vendor=row.vendor,
            amount=Money(row.total_minor, row.currency),
            happened_on=day,
            asked_on=row.asked_at.date(),
            first=first,
            reason=row.reason or "",
        )
        groups.setdefault((one.department, one.vendor), []).append(one)
    made = [Group(*key, tuple(found)) for key, found in groups.items()]
    made.sort(key=lambda group: (-len(group.late), group.department, group.vendor))
    return MonthReport(year, month, len(rows), tuple(made))


def _dates(row: DatedOrder) -> Dates:
    return Dates(row.asked_at.date(), row.said_on, row.received_on, row.billed_on)


def _departments(uow: UnitOfWork, order_ids: Sequence[str]) -> dict[str, str]:
    """The department of an order's first job, else its first line's cost centre."""
    if not order_ids:
        return {}
    lines = uow.all(
        PurchaseOrderLine, purchase_order_id=order_ids, cancelled=False, order="-position"
    )
    jobs = uow.many(WorkOrder, {line.work_order_id for line in lines if line.work_order_id})
    centres = uow.many(CostCentre, {line.cost_centre_id for line in lines})
    found = {}
    for line in lines:
        job = jobs.get(line.work_order_id or "")
        centre = centres[line.cost_centre_id]
        found[line.purchase_order_id] = (
            job.department if job and job.department else f"{centre.code} {centre.name}"
        )
    return found


def report_text(report: MonthReport) -> str:
    """The post: how many of how many, and the groups, largest first."""
    name = f"{month_name[report.month]} {report.year}"
    count = len(report.late)
    if not count:
        return f"Orders after the fact in {name}: none of {report.orders}."
    sums = ", ".join(str(total) for total in by_currency(one.amount for one in report.late))
    told = [f"Orders after the fact in {name}: {count} of {report.orders}, {sums}."]
    for group in report.groups[:GROUPS_TOLD]:
        totals = ", ".join(str(total) for total in group.totals)
        numbers = ", ".join(short(one.number) for one in group.late[:5])
        told.append(
            f"{group.department} at {group.vendor}: {len(group.late)}, {totals} ({numbers})"
        )
    if len(report.groups) > GROUPS_TOLD:
        told.append("All of them: wopo report after-the-fact")
    return "\n".join(told)
