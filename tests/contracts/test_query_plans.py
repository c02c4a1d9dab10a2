"""What SQLite would do for the reads that must not grow with history: by index, and unsorted."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, event

from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.audit_tests import Period
from wopo.domain.money import Money
from wopo.domain.purchase_orders import OrderState
from wopo.domain.rejudging import Watched
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.after_the_fact import AfterTheFactStore
from wopo.usecases.ports.approvals import ApprovalStore
from wopo.usecases.ports.audit_tests import AuditTestStore
from wopo.usecases.ports.blanket_orders import BlanketStore
from wopo.usecases.ports.budget_conversions import ConversionStore
from wopo.usecases.ports.budgets import BudgetStore
from wopo.usecases.ports.demand import DemandStore
from wopo.usecases.ports.lists import ListStore
from wopo.usecases.ports.out_of_pocket import PocketStore
from wopo.usecases.ports.rejudging import RejudgingStore
from wopo.usecases.ports.small_needs import SmallNeedStore
from wopo.usecases.ports.split_orders import SplitStore
from wopo.usecases.ports.sweeps import SweepStore
from wopo.usecases.ports.work_orders import WorkOrderStore
from wopo.usecases.views.audit_chains import DECIDED

SORT = "USE TEMP B-TREE FOR ORDER BY"


def late(uow: UnitOfWork) -> Any:
    return uow.store(SweepStore).late_lines(date(2026, 3, 2), 50)


def orders(uow: UnitOfWork) -> Any:
    return uow.store(ListStore).orders(OrderState.ISSUED, newest=True, limit=51)


def decisions(uow: UnitOfWork) -> Any:
    return uow.store(ListStore).decisions("somebody", limit=7)


def to_release(uow: UnitOfWork) -> Any:
    return uow.store(ListStore).invoices_to_release(limit=6)


def free(uow: UnitOfWork) -> Any:
    return uow.store(WorkOrderStore).free_jobs(None, limit=6)


def mine(uow: UnitOfWork) -> Any:
    return uow.store(WorkOrderStore).jobs_of("somebody", limit=11)


def held(uow: UnitOfWork) -> Any:
    return uow.store(ListStore).held_invoices(offset=15, limit=16)


def cases(uow: UnitOfWork, own: bool, first: bool = False) -> Any:
    behind = None if first else (datetime(2026, 3, 2, tzinfo=UTC), "the last one")
    return uow.store(ListStore).open_cases("somebody", own=own, behind=behind, limit=16)


def sites(uow: UnitOfWork) -> Any:
    return uow.store(SweepStore).sites(case_id="some case")


def turns(uow: UnitOfWork) -> Any:
    begin, end = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)
    return uow.store(SweepStore).turns(begin, end)


def own(uow: UnitOfWork) -> Any:
    return uow.store(ListStore).own_cases("somebody", today=date(2026, 3, 2), limit=6)


def of_desks(uow: UnitOfWork) -> Any:
    desks = ["buyer", "receiver"]
    return uow.store(ListStore).free_cases(desks, today=date(2026, 3, 2), limit=6)


def to_buy(uow: UnitOfWork) -> Any:
    return uow.store(ListStore).unsourced(limit=6, offset=0)


def to_remind(uow: UnitOfWork) -> Any:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    return uow.store(SweepStore).to_remind("somebody", now, now, date(2026, 3, 2), 50)


def asked(uow: UnitOfWork, vendor_id: str | None, *, job: bool = False) -> Any:
    since = datetime(2026, 2, 23, tzinfo=UTC)
    jobs = ["a job"] if job else []
    found = uow.store(SplitStore)
    return found.asked_since(since, without="po", vendor_id=vendor_id, job_ids=jobs)


def small(uow: UnitOfWork) -> Any:
    since = datetime(2026, 2, 23, tzinfo=UTC)
    return uow.store(SmallNeedStore).asked_since(since, without="line")


def pockets_asked(uow: UnitOfWork) -> Any:
    return uow.store(PocketStore).waiting_for("somebody", 3)


def same_photo(uow: UnitOfWork) -> Any:
    return uow.store(PocketStore).with_contents({"a digest"}, without="purchase")


def audited(uow: UnitOfWork) -> Any:
    period = Period(date(2026, 1, 1), date(2026, 12, 31))
    return list(uow.store(AuditTestStore).unapproved(period))


def last_look(uow: UnitOfWork) -> Any:
    return uow.store(RejudgingStore).place()


def touched(uow: UnitOfWork) -> Any:
    return uow.store(RejudgingStore).touched(5, 9)


def waiting(uow: UnitOfWork) -> Any:
    return uow.store(RejudgingStore).waiting()


def loud(uow: UnitOfWork) -> Any:
    return uow.store(RejudgingStore).loud(["one", "two"], Watched(under=True, early=True))


def on_order(uow: UnitOfWork) -> Any:
    return uow.store(DemandStore).joinable({"seal"}, "site")


def blankets(uow: UnitOfWork) -> Any:
    return uow.store(BlanketStore).open_on(date(2026, 3, 2))


def unordered(uow: UnitOfWork) -> Any:
    return uow.store(AfterTheFactStore).unordered_invoice("gra", Money(4_000, "EUR"))


def late_handlers(uow: UnitOfWork) -> Any:
    return uow.store(ApprovalStore).handlers("an order", Money(4_000, "EUR"))


def approved(uow: UnitOfWork, order_id: str | list[str]) -> Any:
    return uow.all(Approval, purchase_order_id=order_id, state=ApprovalState.APPROVED)


def decided(uow: UnitOfWork) -> Any:
    return uow.all(Approval, purchase_order_id=["an order", "another"], state=DECIDED)


def asked_between(uow: UnitOfWork) -> Any:
    begin, end = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    return uow.store(AfterTheFactStore).asked_between(begin, end)


def budgets(uow: UnitOfWork) -> Any:
    return uow.store(BudgetStore).holding({"a centre"}, {"a project"}, {"a job"})


def cells(uow: UnitOfWork) -> Any:
    return uow.store(ConversionStore).cells({"a line"}, ((), ()))


def cells_of_days(uow: UnitOfWork) -> Any:
    return uow.store(ConversionStore).cells((), ({"a centre"}, {date(2026, 3, 2)}))


def converted(uow: UnitOfWork) -> Any:
    return uow.store(ConversionStore).counted({"a line"}, ({"a centre"}, {date(2026, 3, 2)}))


SMALL = (
    *("SCAN up", "SCAN found", "SCAN desk_0", "SCAN desk_1"),
    "SCAN part_request_line USING INDEX ix_part_request_line_to_buy",
)
"""Results of a statement's own: a few rows; and an index of only what waits, walked in its order
as far as is shown."""
READS = [
    # Of one posting: of its cost centres and those above, its projects, its jobs.
    (budgets, "SEARCH budget USING INDEX ix_budget_cost_centre_id", False),
    (cells, "ledger_entry USING INDEX ix_ledger_line", False),
    (cells_of_days, "ledger_entry USING INDEX ix_ledger_day (cost_centre_id=? AND day=?)", False),
    (converted, "budget_conversion USING INDEX sqlite_autoindex_budget_conversion_2", False),
    # Sorted by number; but only what is issued of blanket orders.
    (blankets, "ix_purchase_order_kind (kind=? AND state=?)", False),
    (unordered, "ix_invoice_", False),
    (late_handlers, "ix_invoice_number (vendor_id=?)", False),
    # Sorted by number; but only what was asked for in a month.
    (asked_between, "ix_order_revision_at", False),
    # Sorted by the promised day, which may lack; but only what is still to come of a part.
    (on_order, "ix_purchase_order_line_open (part_id=? AND closed_short=?)", False),
    (
        partial(asked, vendor_id="gra"),
        "ix_purchase_order_vendor (vendor_id=? AND asked_at>?)",
        True,
    ),
    (partial(asked, vendor_id=None), "ix_purchase_order_asked_at", True),
    # Sorted by the moment; but only those of a vendor and of some jobs.
    (
        partial(asked, vendor_id="gra", job=True),
        "ix_purchase_order_vendor (vendor_id=? AND asked_at>?)",
        False,
    ),
    (
        partial(asked, vendor_id="gra", job=True),
        "ix_purchase_order_line_work_order_id (work_order_id=?)",
        False,
    ),
    (small, "ix_part_request_line_small_at", False),
    (pockets_asked, "ix_pocket_ask_waiting", True),
    # Sorted by number; but only those with one photo.
    (same_photo, "ix_attachment_sha256", False),
    # Auditors look at all of a period's orders: each with its own approvals only.
    (audited, "approval USING INDEX ix_approval_purchase_order_id (purchase_order_id=?)", False),
    # Nearly all approvals are approved: of one order, and of a page of them, only their own.
    (partial(approved, order_id="an order"), "(state=? AND purchase_order_id=?)", True),
    (partial(approved, order_id=["one", "two", "three"]), "purchase_order_id=?)", True),
    (decided, "purchase_order_id=?)", True),
    (last_look, "sqlite_autoindex_job_run_2 (job=?)", True),
    # Made one of what is found; but only what is on hold, and what came beyond the order.
    (waiting, "ix_purchase_order_line_over", False),
    (touched, "audit_entry USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)", False),
    (loud, "purchase_order_id=?)", True),
    # Sorted are the oldest few of each desk.
    (of_desks, "ix_exception_case_desk (owner_kind=? AND state=?)", False),
    (to_buy, "ix_part_request_line_to_buy", True),
    (own, "ix_exception_case_in_hand (owner_id=?)", True),
    # What is open, and one person's.
    (to_remind, "ix_exception_case_", False),
    (sites, "sqlite_autoindex_exception_case_1 (id=?)", True),
    # Sorted as they happened; but only what changed since a moment.
    (turns, "ix_exception_case_changed_at", False),
    (late, "ix_purchase_order_line_late", True),
    (orders, "ix_purchase_order_recent", True),
    (decisions, "ix_approval_ask_waiting", True),
    (to_release, "ix_invoice_queue", True),
    (free, "ix_work_order_queue", True),
    (held, "ix_invoice_queue", True),
    (partial(cases, own=True), "in_hand (owner_id=? AND (raised_at,id)>(?,?))", True),
    (partial(cases, own=True, first=True), "ix_exception_case_in_hand (owner_id=?)", True),
    (partial(cases, own=False), "ix_exception_case_open ((raised_at,id)>(?,?))", True),
    # Sorted by urgency, which is no column; but only what one person has in hand.
    (mine, "ix_work_order_assigned (assignee_id=? AND state=?)", False),
]


@pytest.mark.parametrize(("read", "index", "unsorted"), READS)
def test_a_read_of_today_does_not_walk_through_history(
    read: Callable[[UnitOfWork], Any], index: str, unsorted: bool, engine: Engine
) -> None:
    seen: list[tuple[str, Any]] = []

    def remember(_c: Any, _k: Any, statement: str, parameters: Any, _x: Any, _m: bool) -> None:
        seen.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", remember)
    with SqlTransactions(engine).read() as uow:
        read(uow)
        event.remove(engine, "before_cursor_execute", remember)
        connection = uow.session.connection()
        plans = [
            [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", parameters)]
            for said, parameters in seen
            if said.startswith(("SELECT", "WITH"))
        ]
    assert plans
    for plan in plans:
        assert any(index in step for step in plan), plan
        assert [step for step in plan if step.startswith("SCAN") and step not in SMALL] == [], plan
        assert not (unsorted and any(step.startswith(SORT) for step in plan)), plan
