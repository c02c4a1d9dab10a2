"""Cases put off, called to mind and escalated: each once, by the data, in working hours."""

from datetime import UTC, date, datetime

import pytest

from tests.factories.buying import seed
from tests.factories.money import BUYER, FINANCE, PAYER, RECEIVER, Desk, desk
from wopo.domain.case_snoozes import CaseSnooze
from wopo.domain.errors import DomainError
from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.outbox import OutboxRow
from wopo.domain.people import Person
from wopo.domain.receipts import Receipt
from wopo.domain.subscriptions import Rhythm
from wopo.usecases.case_reminders import EscalateCases, RemindOwners
from wopo.usecases.case_snoozes import EndSnoozes, SnoozeCase
from wopo.usecases.exception_cases import AcceptCase, TakeCase
from wopo.usecases.receipt_corrections import VoidReceipt
from wopo.usecases.settings import ChangeCompanySettings, SetChannels
from wopo.usecases.subscriptions import Subscribe
from wopo.usecases.views.digests import digest_view
from wopo.usecases.views.exception_cards import case_view, my_cases
from wopo.usecases.views.finance_lists import open_cases

MONDAY, TUESDAY, WEDNESDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)
MORNING = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)


@pytest.fixture
def at(transactions, clock, do) -> Desk:
    return desk(do, seed(transactions, clock))


@pytest.fixture
def case(at, do, clock) -> ExceptionCase:
    """One of ten was rejected and billed all the same; the buyer took it on Monday morning."""
    order = at.issued()
    at.receive(order, "8", "1")
    at.receive(order, "1")
    at.bill(order, ("10", "10"))
    (case,) = at.cases().values()
    do(TakeCase(case_id=case.id), by=BUYER)
    clock.forward(minutes=1)
    return case


def notices(at: Desk, card: str) -> list[tuple[str, list[str]]]:
    rows = [row for row in at.world.all(OutboxRow) if row.card == card]
    return [(row.audience, row.facts["case_ids"]) for row in sorted(rows, key=lambda row: row.seq)]


def inbox(at: Desk, day: date, person: str = BUYER) -> list[str]:
    with at.world.transactions.read() as uow:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        who = uow.get(Person, person)
        return [line.id for line in my_cases(uow, who, at=noon).lines]


def manager(at: Desk, of: str, person: str | None) -> None:
    with at.world.transactions.write() as uow:
        uow.get(Person, of).manager_id = person
        uow.commit()


class TestSnoozing:
    def test_it_leaves_the_inbox_until_its_day_and_nothing_else(self, at, do, clock, case):
        weekly = Subscribe(channel="C1", rhythm=Rhythm.WEEKLY)
        digest = do(weekly, by=FINANCE).subject_id
        due = case.due_at
        assert inbox(at, MONDAY) == [case.id]
        command = SnoozeCase(case_id=case.id, until=WEDNESDAY, reason=" the vendor looks ")
        assert "comes back on 04 Mar 2026" in do(command, by=BUYER).message
        assert [inbox(at, day) for day in (MONDAY, TUESDAY, WEDNESDAY)] == [[], [], [case.id]]
        assert inbox(at, TUESDAY, FINANCE) == []
        with at.world.transactions.read() as uow:
            view = case_view(uow, case.id)
            assert (view.snooze.until, view.snooze.reason) == (WEDNESDAY, "the vendor looks")
            assert (view.due_at, view.raised_at) == (due, case.raised_at)
            listed = open_cases(uow, uow.get(Person, BUYER), at=MORNING, behind=None, limit=9).lines
            assert [(line.id, line.snoozed_until) for line in listed] == [(case.id, WEDNESDAY)]
            since = clock.now.replace(hour=0)
            assert digest_view(uow, digest, since=since, until=clock()).open.count == 1

    @pytest.mark.parametrize("happens", ["taken", "worse"])
    def test_whatever_happens_to_the_case_ends_it(self, at, do, clock, case, happens):
        do(SnoozeCase(case_id=case.id, until=WEDNESDAY), by=BUYER)
        clock.forward(minutes=1)
        if happens == "taken":
            do(TakeCase(case_id=case.id), by=FINANCE)
            assert inbox(at, TUESDAY, FINANCE) == [case.id]
        else:
            newest = max(at.world.all(Receipt), key=lambda receipt: receipt.number)
            do(VoidReceipt(receipt_id=newest.id, reason="another order's"), by=RECEIVER)
            assert case.id in inbox(at, TUESDAY)

    @pytest.mark.parametrize("day", [MONDAY, date(2026, 3, 1)])
    def test_today_and_the_past_are_refused_at_the_field(self, do, case, day):
        with pytest.raises(DomainError, match="not after today") as refused:
            do(SnoozeCase(case_id=case.id, until=day), by=BUYER)
        assert refused.value.field == "until"

    def test_a_closed_one_and_a_technician_are_refused(self, do, case):
        with pytest.raises(DomainError, match="right to put exceptions off"):
            do(SnoozeCase(case_id=case.id, until=TUESDAY), by="tess")
        do(AcceptCase(case_id=case.id, reason="agreed"), by=FINANCE)
        with pytest.raises(DomainError) as refused:
            do(SnoozeCase(case_id=case.id, until=TUESDAY), by=BUYER)
        assert refused.value.code == "exception.already_resolved"

    def test_it_is_forgotten_once_its_day_has_begun_everywhere(self, at, do, clock, case):
        for until in (WEDNESDAY, TUESDAY):
            do(SnoozeCase(case_id=case.id, until=until), by=BUYER)
        assert len(at.world.all(CaseSnooze)) == 1
        clock.now = datetime(2026, 3, 3, 11, 59, tzinfo=UTC)
        assert do(EndSnoozes()).facts == {"ended": 0}
        clock.forward(minutes=1)
        assert [do(EndSnoozes()).facts["ended"] for _ in range(2)] == [1, 0]
        assert at.world.all(CaseSnooze) == []


class TestReminding:
    def test_once_a_day_in_working_hours_after_the_set_time(self, at, do, clock, case):
        do(RemindOwners())
        clock.now = datetime(2026, 3, 3, 7, 30, tzinfo=UTC)
        do(RemindOwners())
        assert notices(at, "case_reminder") == []
        clock.now = MORNING
        for _ in range(3):
            do(RemindOwners())
            clock.forward(hours=1)
        told = (f"person:{BUYER}", [case.id])
        assert notices(at, "case_reminder") == [told]
        clock.now = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
        do(RemindOwners())
        assert notices(at, "case_reminder") == [told, told]
        clock.now = datetime(2026, 3, 7, 9, 0, tzinfo=UTC)
        do(RemindOwners())
        assert len(notices(at, "case_reminder")) == 2, "it is Saturday"

    def test_not_of_what_is_put_off_nor_of_what_is_closed(self, at, do, clock, case):
        do(SnoozeCase(case_id=case.id, until=WEDNESDAY), by=BUYER)
        clock.now = MORNING
        do(RemindOwners())
        assert notices(at, "case_reminder") == []
        clock.forward(days=1)
        do(RemindOwners())
        assert len(notices(at, "case_reminder")) == 1, "it came back by itself"
        do(AcceptCase(case_id=case.id, reason="agreed"), by=FINANCE)
        clock.forward(days=1)
        do(RemindOwners())
        assert len(notices(at, "case_reminder")) == 1


class TestEscalating:
    LATE = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)

    def test_to_the_manager_once_when_overdue_for_the_set_days(self, at, do, clock, case):
        manager(at, BUYER, "max")
        clock.now = datetime(2026, 3, 6, 9, 0, tzinfo=UTC)
        do(EscalateCases())
        assert notices(at, "case_escalation") == [], "due on Thursday, three days are not over"
        clock.now = datetime(2026, 3, 8, 12, 0, tzinfo=UTC)
        do(EscalateCases())
        assert notices(at, "case_escalation") == [], "it is Sunday"
        clock.now = self.LATE
        for _ in range(3):
            do(EscalateCases())
            clock.forward(days=1)
        assert notices(at, "case_escalation") == [("person:max", [case.id])]

    def test_putting_it_off_does_not_stop_it(self, at, do, clock, case):
        manager(at, BUYER, "max")
        do(SnoozeCase(case_id=case.id, until=date(2026, 6, 1)), by=BUYER)
        clock.now = self.LATE
        assert do(EscalateCases()).facts == {"escalated": 1}

    def test_without_a_manager_to_finance_in_its_channel_or_in_person(self, at, do, clock, case):
        order = at.issued()
        at.receive(order, "9", "1")
        at.bill(order, ("10", "10"), number="R-2", invoice_date=date(2026, 3, 1))
        cases = at.world.all(ExceptionCase)
        assert {None, BUYER} <= {one.owner_id for one in cases}
        clock.now = self.LATE
        do(SetChannels(channels={"finance": "CFIN"}))
        do(EscalateCases())
        assert notices(at, "case_escalation") == [("setting:finance", [one.id for one in cases])]

    def test_in_person_where_finance_has_no_channel(self, at, do, clock, case):
        clock.now = self.LATE
        do(EscalateCases())
        audiences = {audience for audience, _ in notices(at, "case_escalation")}
        assert audiences == {f"person:{FINANCE}", f"person:{PAYER}"}

    def test_never_where_the_company_wants_none(self, at, do, clock, case):
        do(ChangeCompanySettings(changes={"escalate_after_days": 0}))
        clock.now = self.LATE
        assert do(EscalateCases()).facts == {"escalated": 0}
