"""Days are those of whoever acts: today on their calendar is neither past nor still to come."""

from datetime import UTC, date, datetime

import pytest

from tests.factories.buying import seed
from tests.factories.money import FINANCE, PAYER, RECEIVER, Desk, desk
from tests.factories.payments import batch, confirmed, received, released
from wopo.domain.errors import DomainError
from wopo.domain.payment_batches import PaymentBatch
from wopo.domain.people import Person
from wopo.domain.receipts import Receipt
from wopo.usecases.payment_batches import PayPaymentBatch

EVENING, MORNING = datetime(2026, 4, 2, 2, tzinfo=UTC), datetime(2026, 4, 1, 22, tzinfo=UTC)
FIRST, SECOND = date(2026, 4, 1), date(2026, 4, 2)


@pytest.fixture
def at(transactions, clock, do) -> Desk:
    return desk(do, seed(transactions, clock))


def live_in(at: Desk, timezone: str) -> None:
    with at.world.transactions.write() as uow:
        for id in (FINANCE, PAYER, RECEIVER):
            person = uow.get(Person, id)
            assert person is not None
            person.timezone = timezone
        uow.commit()


@pytest.mark.parametrize(
    ("timezone", "now", "today"),
    [("America/New_York", EVENING, FIRST), ("Asia/Tokyo", MORNING, SECOND)],
)
def test_their_own_today_is_taken_by_itself_and_when_it_is_chosen(at, clock, timezone, now, today):
    confirmed(at)
    order = at.issued()
    clock.now = now
    live_in(at, timezone)
    at.receive(order, "3")
    at.receive(order, "3", received_on=today)
    assert {row.received_on for row in at.world.all(Receipt)} == {today}
    released(at, order, "R-1", quantity="6")
    made = batch(at, execute_on=today)
    at.do(PayPaymentBatch(batch_id=made, paid_on=today), by=PAYER)
    found = at.world.get(PaymentBatch, made)
    assert (found.execute_on, found.paid_on) == (today, today)


def test_the_day_after_their_own_is_still_to_come(at, clock):
    order = at.issued()
    clock.now = EVENING
    live_in(at, "America/New_York")
    with pytest.raises(DomainError) as error:
        at.receive(order, "3", received_on=SECOND)
    assert (error.value.code, error.value.field) == ("receipt.future", "received_on")


def test_goods_that_came_in_the_evening_of_their_approval_are_not_early(at, clock):
    clock.now = EVENING
    live_in(at, "America/New_York")
    order = received(at)
    (receipt,) = at.world.all(Receipt, purchase_order_id=order)
    assert (receipt.received_on, receipt.flag) == (FIRST, None)
