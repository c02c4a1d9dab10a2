"""Channels that subscribe to exceptions, and the digests they get."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.factories.buying import seed
from tests.factories.money import FINANCE, RECEIVER, Desk, desk
from wopo.domain.errors import DomainError
from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.outbox import JobRun, OutboxRow
from wopo.domain.subscriptions import MOST, Rhythm, Subscription
from wopo.usecases.exception_cases import AcceptCase, ReopenCase, TakeCase
from wopo.usecases.exchange_rates import SetExchangeRate
from wopo.usecases.receipt_corrections import VoidReceipt
from wopo.usecases.subscriptions import Subscribe, Unsubscribe, channels_for
from wopo.usecases.sweeps import SendDigests
from wopo.usecases.views.digests import Moves, digest_view
from wopo.usecases.views.subscriptions import channel_view

D = Decimal


@pytest.fixture
def at(transactions, clock, do) -> Desk:
    return desk(do, seed(transactions, clock))


def told(at: Desk) -> list[str]:
    """Channels that hear of the one open case at once."""
    (case,) = at.cases().values()
    with at.world.transactions.read() as uow:
        return channels_for(uow, case.id)


def held(at: Desk, **more) -> None:
    order = at.issued(**more)
    at.receive(order, "9", "1")
    at.bill(order, ("10", "10"))


def test_a_channel_hears_at_once_of_what_it_wants(at, do):
    do(Subscribe(channel="C1"), by=FINANCE)
    do(Subscribe(channel="C2", kinds=("PRICE_OVER",)), by=FINANCE)
    do(Subscribe(channel="C3", smallest=D("10.01")), by=FINANCE)
    do(Subscribe(channel="C4", cost_centre_ids=("cc",), vendor_ids=("gra",)), by=FINANCE)
    do(Subscribe(channel="C5", rhythm=Rhythm.DAILY), by=FINANCE)
    held(at)
    assert told(at) == ["C1", "C4"]


def test_a_channel_has_several_each_with_its_words_and_a_case_is_told_once(at, do):
    first = do(Subscribe(channel="C1", kinds=("QTY_OVER_ACCEPTED",)), by=FINANCE)
    assert first.message == "This channel hears of more billed than accepted, at once."
    second = do(Subscribe(channel="C1", vendor_ids=("gra",), smallest=D(5)), by=FINANCE)
    assert second.message == (
        "This channel hears of all exceptions from 5.00 EUR · Grainger, at once."
    )
    weekly = {"rhythm": Rhythm.WEEKLY, "weekday": 4, "hour": 16, "timezone": "Europe/Berlin"}
    do(Subscribe(channel="C1", **weekly), by=FINANCE)
    with at.world.transactions.read() as uow:
        assert [(row.name, row.when) for row in channel_view(uow, "C1")] == [
            ("More billed than accepted", "at once"),
            ("All exceptions from 5.00 EUR · Grainger", "at once"),
            ("All exceptions", "every Friday at 16:00 (Europe/Berlin)"),
        ]
    held(at)
    assert told(at) == ["C1"]
    do(Unsubscribe(subscription_id=first.subject_id), by=FINANCE)
    assert told(at) == ["C1"]
    do(Unsubscribe(subscription_id=second.subject_id), by=FINANCE)
    assert told(at) == []
    with pytest.raises(DomainError, match="has ended already"):
        do(Unsubscribe(subscription_id=second.subject_id), by=FINANCE)


def test_one_is_changed_and_the_same_words_are_refused(at, do):
    first = do(Subscribe(channel="C1", kinds=("PRICE_OVER",)), by=FINANCE).subject_id
    do(Subscribe(channel="C1"), by=FINANCE)
    with pytest.raises(DomainError, match="hears of all exceptions, at once already") as refused:
        do(Subscribe(channel="C1", subscription_id=first), by=FINANCE)
    assert (refused.value.code, refused.value.field) == ("subscription.twice", "kinds")
    changed = Subscribe(channel="C1", subscription_id=first, kinds=("NO_PO",), site_ids=("site",))
    do(changed, by=FINANCE)
    do(changed, by=FINANCE)
    assert sorted(row.kinds for row in at.world.all(Subscription)) == [[], ["NO_PO"]]
    with pytest.raises(DomainError, match="has ended already"):
        do(Subscribe(channel="C2", subscription_id=first), by=FINANCE)


def test_the_twenty_first_is_refused(at, do):
    for amount in range(MOST):
        do(Subscribe(channel="C1", smallest=D(amount)), by=FINANCE)
    with pytest.raises(DomainError, match="end one first"):
        do(Subscribe(channel="C1", smallest=D(99)), by=FINANCE)


def test_sites_and_owners_are_those_of_the_job_and_of_the_case(at, do):
    do(Subscribe(channel="C1", site_ids=("site",)), by=FINANCE)
    do(Subscribe(channel="C2", site_ids=("site2",)), by=FINANCE)
    do(Subscribe(channel="C3", owner_ids=(FINANCE,)), by=FINANCE)
    held(at)
    assert told(at) == ["C1"]
    (case,) = at.cases().values()
    do(TakeCase(case_id=case.id), by=FINANCE)
    assert told(at) == ["C1", "C3"]


def test_an_amount_in_another_currency_is_converted_or_told_anyway(at, do):
    do(SetExchangeRate(source="USD", target="EUR", day=date(2026, 1, 1), rate=D("0.5")))
    do(Subscribe(channel="C1", smallest=D("5.01")), by=FINANCE)
    do(Subscribe(channel="C2", smallest=D("5")), by=FINANCE)
    held(at, currency="USD")
    assert told(at) == ["C2"]


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"channel": " "}, "required", "channel"),
        ({"kinds": ("PRICE_OVR",)}, "subscription.unknown_kind", "kinds"),
        ({"smallest": D(-1)}, "money.negative", "smallest"),
        ({"hour": 24}, "subscription.hour", "hour"),
        ({"weekday": 7}, "subscription.weekday", "rhythm"),
        ({"timezone": "Mars/Base"}, "person.timezone", "timezone"),
        ({"vendor_ids": ("nobody",)}, "not_found", "vendor_ids"),
    ],
)
def test_bad_wishes_are_refused_at_the_field(at, do, facts, code, field):
    with pytest.raises(DomainError) as refused:
        do(Subscribe(**{"channel": "C1", **facts}), by=FINANCE)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_technician_may_not_subscribe_a_channel(at, do):
    with pytest.raises(DomainError) as refused:
        do(Subscribe(channel="C1"), by="tess")
    assert refused.value.code == "not_allowed"


def digests(at: Desk) -> list[dict]:
    rows = [row for row in at.world.all(OutboxRow) if row.card == "digest"]
    return [row.facts for row in sorted(rows, key=lambda row: row.seq)]


def periods(at: Desk) -> list[str]:
    return sorted(row.period for row in at.world.all(JobRun) if row.job.startswith("digest:"))


class TestDigest:
    @pytest.fixture
    def daily(self, at, do):
        return do(Subscribe(channel="C1", rhythm=Rhythm.DAILY, hour=8), by=FINANCE).subject_id

    def test_each_day_once_however_often_it_ticks(self, at, do, clock, daily):
        for _ in range(3):
            do(SendDigests())
        assert digests(at) == []
        for day in (3, 4):
            clock.now = datetime(2026, 3, day, 8, 0, tzinfo=UTC)
            for _ in range(3):
                do(SendDigests())
                clock.forward(hours=1)
        assert periods(at) == ["2026-03-03T08:00:00+00:00", "2026-03-04T08:00:00+00:00"]
        assert len(digests(at)) == 2

    def test_days_without_a_scheduler_are_covered_by_one_and_said(self, at, do, clock, daily):
        clock.now = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
        do(SendDigests())
        clock.now = datetime(2026, 3, 7, 11, 0, tzinfo=UTC)
        do(SendDigests())
        assert digests(at)[-1] == {
            "since": "2026-03-03T08:00:00+00:00",
            "until": "2026-03-07T11:00:00+00:00",
            "missed": 3,
        }

    def test_a_clock_set_back_repeats_nothing(self, at, do, clock, daily):
        clock.now = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
        do(SendDigests())
        clock.now = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
        do(SendDigests())
        clock.now = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
        do(SendDigests())
        assert len(digests(at)) == 1

    def test_a_changed_one_counts_from_the_change_on(self, at, do, clock, daily):
        clock.now = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
        do(SendDigests())
        clock.forward(minutes=20)
        hourly = Subscribe(channel="C1", subscription_id=daily, rhythm=Rhythm.HOURLY)
        do(hourly, by=FINANCE)
        for _ in range(4):
            do(SendDigests())
            clock.forward(minutes=30)
        assert periods(at)[1:] == ["2026-03-03T09:00:00+00:00"]
        assert digests(at)[-1]["missed"] == 0

    def view(self, at, daily, since, until):
        with at.world.transactions.read() as uow:
            return digest_view(uow, daily, since=since, until=until)

    def test_it_tells_totals_ages_the_largest_and_what_moved(self, at, do, clock, daily):
        held(at)
        clock.forward(days=2)
        order = at.issued()
        at.bill(order, ("10", "10"), number="R-2", invoice_date=date(2026, 3, 4))
        at.receive(order)
        at.bill(at.issued(), ("5", "10"), number="R-3", invoice_date=date(2026, 3, 4))
        since = clock.now.replace(hour=0)
        clock.forward(minutes=5)
        view = self.view(at, daily, since, clock())
        assert [(t.name, t.count, str(t.amounts[0]), t.ages) for t in view.kinds] == [
            ("Not received yet", 1, "50.00 EUR", (1, 0, 0, 0)),
            ("More billed than accepted", 1, "10.00 EUR", (0, 1, 0, 0)),
        ]
        assert [(t.name, t.count) for t in view.ages] == [("today", 1), ("1-3 days", 1)]
        assert [line.title for line in view.largest] == [
            "Not received yet",
            "More billed than accepted",
        ]
        assert (view.open.count, view.moves) == (2, Moves(new=2, closed=1, reopened=0, grown=0))

    def test_grown_and_reopened_are_told_once_and_only_in_their_period(self, at, do, clock, daily):
        order, other = at.issued(), at.issued()
        at.receive(order, "6")
        mistake = at.receive(order, "2").subject_id
        at.receive(other, "9")
        grows = at.bill(order, ("10", "10")).id
        accepted = at.bill(other, ("10", "20"), number="R-2").id
        clock.forward(hours=1)
        for case in at.world.all(ExceptionCase, invoice_id=accepted):
            do(AcceptCase(case_id=case.id, reason="agreed"), by=FINANCE)
        clock.forward(days=1)
        since = clock()
        do(VoidReceipt(receipt_id=mistake, reason="wrong order"), by=RECEIVER)
        grown = at.world.all(ExceptionCase, invoice_id=grows)
        assert [case.amount_minor for case in grown] == [40_00, 40_00], "received and accepted"
        first = at.world.all(ExceptionCase, invoice_id=accepted)[0]
        do(ReopenCase(case_id=first.id, reason="not agreed"), by=FINANCE)
        clock.forward(hours=1)
        until = clock()
        moves = self.view(at, daily, since, until).moves
        assert (moves.reopened, moves.grown, moves.closed) == (1, 2, 0)
        assert not self.view(at, daily, until, until.replace(hour=23)).moves.any

    def test_nothing_to_tell_is_not_told(self, at, do, clock, daily):
        since = clock()
        clock.forward(hours=1)
        assert self.view(at, daily, since, clock()).empty
        held(at)
        clock.forward(hours=1)
        assert not self.view(at, daily, clock(), clock().replace(hour=23)).empty, "it is open"
        hourly = Subscribe(channel="C2", rhythm=Rhythm.HOURLY)
        other = do(hourly, by=FINANCE).subject_id
        assert not self.view(at, other, since, clock()).empty
        assert self.view(at, other, clock(), clock().replace(hour=23)).empty, "nothing moved"

    def test_an_ended_subscription_gets_none(self, at, do, clock, daily):
        do(Unsubscribe(subscription_id=daily), by=FINANCE)
        clock.forward(days=1)
        do(SendDigests())
        assert digests(at) == []
