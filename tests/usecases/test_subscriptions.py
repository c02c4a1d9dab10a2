"""Channels that subscribe to exceptions, and the digests they get."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.factories.buying import seed
from tests.factories.money import FINANCE, Desk, desk
from wopo.domain.errors import DomainError
from wopo.domain.outbox import OutboxRow
from wopo.domain.subscriptions import Rhythm, Subscription
from wopo.usecases.exchange_rates import SetExchangeRate
from wopo.usecases.subscriptions import Subscribe, Unsubscribe, channels_for
from wopo.usecases.sweeps import SendDigests
from wopo.usecases.views.digests import digest_view

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


def test_subscribing_again_replaces_and_ending_is_final(at, do):
    do(Subscribe(channel="C1", kinds=("PRICE_OVER",)), by=FINANCE)
    answer = do(Subscribe(channel="C1", kinds=("QTY_OVER_ACCEPTED",)), by=FINANCE)
    assert answer.message == "This channel hears of more billed than accepted, at once."
    assert len(at.world.all(Subscription)) == 1
    held(at)
    assert told(at) == ["C1"]
    do(Unsubscribe(channel="C1"), by=FINANCE)
    assert told(at) == []
    with pytest.raises(DomainError, match="no subscription"):
        do(Unsubscribe(channel="C1"), by=FINANCE)


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
        assert [facts["day"] for facts in digests(at)] == ["2026-03-03", "2026-03-04"]

    def test_days_without_a_scheduler_are_covered_by_one_and_said(self, at, do, clock, daily):
        clock.now = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
        do(SendDigests())
        clock.now = datetime(2026, 3, 7, 11, 0, tzinfo=UTC)
        do(SendDigests())
        last = digests(at)[-1]
        assert (last["day"], last["missed"]) == ("2026-03-07", 3)
        assert last["since"] == "2026-03-03T08:00:00+00:00"

    def test_a_clock_set_back_repeats_nothing(self, at, do, clock, daily):
        clock.now = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
        do(SendDigests())
        clock.now = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
        do(SendDigests())
        clock.now = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
        do(SendDigests())
        assert len(digests(at)) == 1

    def test_it_tells_totals_ages_the_largest_and_what_moved(self, at, do, clock, daily):
        held(at)
        clock.forward(days=2)
        order = at.issued()
        at.bill(order, ("10", "10"), number="R-2", invoice_date=date(2026, 3, 4))
        at.receive(order)
        at.bill(at.issued(), ("5", "10"), number="R-3", invoice_date=date(2026, 3, 4))
        with at.world.transactions.read() as uow:
            view = digest_view(uow, daily, at=clock(), since=clock.now.replace(hour=0))
        assert [(t.name, t.count, str(t.amounts[0])) for t in view.kinds] == [
            ("Not received yet", 1, "50.00 EUR"),
            ("More billed than accepted", 1, "10.00 EUR"),
        ]
        assert [(t.name, t.count) for t in view.ages] == [("today", 1), ("1 to 3 days", 1)]
        assert [line.title for line in view.largest] == [
            "Not received yet",
            "More billed than accepted",
        ]
        assert (view.open.count, view.raised, view.resolved, view.reopened) == (2, 2, 1, 0)

    def test_an_ended_subscription_gets_none(self, at, do, clock, daily):
        do(Unsubscribe(channel="C1"), by=FINANCE)
        clock.forward(days=1)
        do(SendDigests())
        assert digests(at) == []
