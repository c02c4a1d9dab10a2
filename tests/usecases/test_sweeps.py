"""Time-driven work: due by the data, each thing once, safe to run again."""

from datetime import UTC, date, datetime

import pytest

from tests.factories.buying import seed
from tests.factories.jobs import rows as rows_of
from tests.factories.money import BUYER, Desk, desk
from wopo.domain.audit import AuditEntry
from wopo.domain.outbox import IdempotencyRow, OutboxRow
from wopo.domain.people import Person
from wopo.usecases.order_changes import LinePromise, RecordPromise
from wopo.usecases.settings import ChangeCompanySettings
from wopo.usecases.sweeps import (
    ForgetTicks,
    RemindApprovers,
    TellLateDeliveries,
    TellMissingReceipts,
)


@pytest.fixture
def at(transactions, clock, do) -> Desk:
    return desk(do, seed(transactions, clock))


def told(at: Desk, card: str) -> list[OutboxRow]:
    rows = [row for row in at.world.all(OutboxRow) if row.card == card]
    return sorted(rows, key=lambda row: row.seq)


def promise(at: Desk, do, order: str, day: int) -> None:
    line = at.lines(order)[0].id
    said = LinePromise(line_id=line, promised_on=date(2026, 3, day))
    do(RecordPromise(order_id=order, lines=(said,)), by=BUYER)


class TestReminders:
    def wait(self, transactions, zone: str) -> None:
        with transactions.write() as uow:
            for person in uow.all(Person, id=["ana", "max"]):
                person.timezone = zone
            uow.commit()

    def test_once_a_day_in_working_hours_naming_what_waits(self, at, do, clock):
        at.submitted()
        do(RemindApprovers())
        assert told(at, "reminder") == []
        clock.now = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
        for _ in range(3):
            do(RemindApprovers())
            clock.forward(hours=1)
        (row,) = told(at, "reminder")
        assert row.audience == "person:ana"
        assert row.facts["text"] == (
            "One order waits for you:\nPO-1 · Grainger · 100.00 EUR (since 1 day)"
        )
        clock.now = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
        do(RemindApprovers())
        assert len(told(at, "reminder")) == 2

    @pytest.mark.parametrize(
        ("zone", "now"),
        [
            ("America/New_York", datetime(2026, 3, 4, 9, 0, tzinfo=UTC)),
            ("UTC", datetime(2026, 3, 4, 7, 59, tzinfo=UTC)),
            ("UTC", datetime(2026, 3, 4, 18, 0, tzinfo=UTC)),
            ("UTC", datetime(2026, 3, 7, 12, 0, tzinfo=UTC)),
        ],
        ids=["night there", "before", "after", "saturday"],
    )
    def test_nobody_is_woken(self, at, do, clock, transactions, zone, now):
        at.submitted()
        self.wait(transactions, zone)
        clock.now = now
        do(RemindApprovers())
        assert told(at, "reminder") == []

    def test_what_was_decided_is_not_reminded_of(self, at, do, clock):
        at.approve(at.submitted(), by="ana")
        clock.now = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
        do(RemindApprovers())
        assert told(at, "reminder") == []


class TestLateDeliveries:
    def test_once_per_line_and_promised_day(self, at, do, clock):
        order = at.issued()
        promise(at, do, order, 4)
        for day in (4, 5, 6):
            clock.now = datetime(2026, 3, day, 9, 0, tzinfo=UTC)
            do(TellLateDeliveries())
            do(TellLateDeliveries())
        late = [r for r in told(at, "story") if r.facts["text"].startswith("Late:")]
        assert [row.facts["text"] for row in late] == [
            "Late: 10 pcs bearing was promised for 2026-03-04 and has not come."
        ]
        assert late[0].audience == "thread:work_order:WO-1"
        promise(at, do, order, 8)
        clock.now = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
        do(TellLateDeliveries())
        late = [r for r in told(at, "story") if r.facts["text"].startswith("Late:")]
        assert len(late) == 2

    def test_the_buyer_reads_what_is_missing(self, at, do, clock):
        order = at.issued()
        promise(at, do, order, 4)
        at.receive(order, "4")
        clock.now = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
        do(TellLateDeliveries())
        texts = [r.facts["text"] for r in told(at, "order_story") if "is late" in r.facts["text"]]
        assert texts == ["PO-1 is late: 6 pcs bearing, promised for 2026-03-04."]

    def test_what_came_is_not_late(self, at, do, clock):
        order = at.issued()
        promise(at, do, order, 4)
        at.receive(order)
        clock.now = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
        assert do(TellLateDeliveries()).facts == {"late": 0}


class TestMissingReceipts:
    def test_told_once_after_the_grace_period(self, at, do, clock):
        do(ChangeCompanySettings(changes={"grace_days_not_received": 2}))
        at.bill(at.issued(), ("10", "10"))
        do(TellMissingReceipts())
        assert told(at, "exception") == []
        clock.forward(days=2)
        for _ in range(2):
            do(TellMissingReceipts())
        assert [row.audience for row in told(at, "exception")] == ["subscribers:exception"]

    def test_not_told_when_it_came_in_time(self, at, do, clock):
        do(ChangeCompanySettings(changes={"grace_days_not_received": 2}))
        order = at.issued()
        at.bill(order, ("10", "10"))
        at.receive(order)
        clock.forward(days=3)
        assert do(TellMissingReceipts()).facts == {"told": 0}
        assert told(at, "exception") == []


class TestOldTicks:
    def test_only_ticks_are_forgotten_and_only_after_a_week(self, transactions, do, clock):
        for key in ("job:SendDigests:2026-03-02T09:05", "slack:click", "import:1"):
            do(RemindApprovers(), key=key)
        clock.forward(days=6)
        do(RemindApprovers(), key="job:SendDigests:2026-03-08T09:05")
        clock.forward(days=1, minutes=1)
        audit = len(rows_of(transactions, AuditEntry))
        assert do(ForgetTicks(), key="job:ForgetTicks:2026-03-09").facts == {"forgotten": 1}
        assert {row.key for row in rows_of(transactions, IdempotencyRow)} == {
            "slack:click",
            "import:1",
            "job:SendDigests:2026-03-08T09:05",
            "job:ForgetTicks:2026-03-09",
        }
        assert len(rows_of(transactions, AuditEntry)) == audit
