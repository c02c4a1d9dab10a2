"""Two purchases at counters at the same moment, on both databases: the cap counts both."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest

from tests.conftest import TestClock
from tests.factories.buying import World, seed
from wopo.db.uow import SqlTransactions
from wopo.usecases.attachments import FileFacts
from wopo.usecases.counter_purchases import BuyAtCounter
from wopo.usecases.counter_receipts import AddTillReceipt, ChaseTillReceipts
from wopo.usecases.door import ActorRef, Answer, Command
from wopo.usecases.execute import Door, execute
from wopo.usecases.views.counter_purchases import without_till_receipt

PHOTO = FileFacts(name="till.jpg", mimetype="image/jpeg", size=1000, slack_file_id="F1")


@pytest.fixture
def world(shared_transactions: SqlTransactions, clock: TestClock) -> World:
    made = seed(shared_transactions, clock)
    made.job("WO-2")
    return made


@pytest.fixture
def do(shared_transactions: SqlTransactions, clock, new_id) -> Callable[..., Answer]:
    door = Door(shared_transactions, clock, new_id)

    def run(command: Command, *, by: str | None = None) -> Answer:
        return execute(door, command, actor=ActorRef(by, "test"), key=f"k{new_id()}")

    return run


def hose(job: str) -> BuyAtCounter:
    return BuyAtCounter(work_order_id=job, vendor_id="gra", amount=Decimal(60), description="Hose")


def test_of_two_at_once_only_what_fits_the_cap_gets_its_number(do, world: World) -> None:
    gate = Barrier(2)

    def buy(job: str) -> bool:
        gate.wait(timeout=20)
        return bool(do(hose(job), by="tess").facts["at_once"])

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(buy, ["WO-1", "WO-2"])) == [False, True]


def test_the_finders_of_counter_purchases_answer_alike(do, world: World, clock: TestClock) -> None:
    order_id = do(hose("WO-1"), by="tess").subject_id
    clock.forward(days=1, minutes=1)
    assert do(ChaseTillReceipts()).facts["asked"] == 1
    assert do(ChaseTillReceipts()).facts["asked"] == 0
    with world.transactions.read() as uow:
        assert [one.id for one in without_till_receipt(uow, "tess")] == [order_id]
        assert without_till_receipt(uow, "tom") == ()
    do(AddTillReceipt(order_id=order_id, files=(PHOTO,)), by="tess")
    with world.transactions.read() as uow:
        assert without_till_receipt(uow, "tess") == ()
