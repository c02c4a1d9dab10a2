"""PostgreSQL answers what is asked about buying where the technician stands, as SQLite does."""

from datetime import UTC, date, datetime

import pytest

from tests.conftest import TestClock
from tests.factories.buying import seed
from wopo.db.engine import make_engine
from wopo.db.uow import SqlTransactions
from wopo.domain.money import Money
from wopo.domain.out_of_pocket import OutOfPocket
from wopo.usecases.attachments import FileFacts
from wopo.usecases.ports.after_the_fact import AfterTheFactStore
from wopo.usecases.ports.approvals import ApprovalStore
from wopo.usecases.ports.demand import DemandStore
from wopo.usecases.ports.out_of_pocket import PocketStore
from wopo.usecases.ports.small_needs import SmallNeedStore
from wopo.usecases.ports.split_orders import SplitStore

BOUGHT = {
    "id": "oop", "number": "OOP-1", "work_order_id": "WO-1", "cost_centre_id": "cc",
    "person_id": "tess", "bought_on": date(2026, 3, 1), "description": "Hose", "amount_minor": 1,
    "currency": "EUR", "charged_minor": 1, "charged_currency": "EUR", "reason": "x",
    "created_at": datetime(2026, 3, 1, tzinfo=UTC),
}  # fmt: skip
pytestmark = pytest.mark.postgres


def test_postgresql_answers_every_question(postgres_url: str, clock: TestClock) -> None:
    engine = make_engine(postgres_url)
    world = seed(SqlTransactions(engine), clock)
    start, end = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    days, amount = (date(2026, 3, 1), date(2026, 3, 31)), Money(4_000, "EUR")
    with world.transactions.read() as uow:
        splits, pocket = uow.store(SplitStore), uow.store(PocketStore)
        late = uow.store(AfterTheFactStore)
        assert splits.asked_since(start, without="po", vendor_id="gra") == []
        jobs = ["WO-1", "WO-2"]
        assert splits.asked_since(start, without="po", vendor_id="gra", job_ids=jobs) == []
        assert splits.asked_since(start, without="po", vendor_id=None) == []
        assert uow.store(SmallNeedStore).asked_since(start, without="") == []
        assert uow.store(DemandStore).joinable({"seal"}, "site") == []
        assert pocket.with_receipt([FileFacts(name="a.jpg", slack_file_id="F1")]) is None
        assert pocket.near(OutOfPocket(**BOUGHT), start) == []
        assert pocket.alike(amount, *days) == pocket.billed(amount, *days, "WO-1") == []
        assert pocket.with_contents({"a digest"}, without="x") == []
        assert pocket.waiting_for("tess", 3) == [] and pocket.approved_sums() == (0, [])
        assert late.unordered_invoice("gra", amount) is None
        assert late.asked_between(start, end) == []
        assert uow.store(ApprovalStore).handlers("po", amount) == {}
    engine.dispose()
