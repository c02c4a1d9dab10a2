"""Claiming outbox rows, and choosing while typing: alike on SQLite and PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

from tests.conftest import START
from wopo.db.uow import SqlTransactions
from wopo.domain.assets import Asset
from wopo.domain.cost_centres import CostCentre
from wopo.domain.errors import BUSY, DomainError
from wopo.domain.locations import Location
from wopo.domain.lookup import Kind
from wopo.domain.outbox import Delivery, Mode, OutboxRow
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.door import Notice
from wopo.usecases.outbox import put
from wopo.usecases.ports.choices import ChoiceStore
from wopo.usecases.ports.outbox import DOUBT, Claim, OutboxStore

LEASE = timedelta(seconds=60)
T = TypeVar("T")


def tell(transactions: SqlTransactions, *audiences: str, stream: str = "w1") -> None:
    with transactions.write() as uow:
        for number, audience in enumerate(audiences):
            seq = uow.count(OutboxRow) + number
            put(
                uow,
                Notice("thing", stream, audience, Mode.POST),
                at=START,
                new_id=lambda seq=seq: f"row{seq:05d}",
            )
            uow.flush()
        uow.commit()


def claim(
    transactions: SqlTransactions,
    worker: str = "a",
    *,
    at: timedelta = timedelta(),
    skip: tuple[str, ...] = (),
    tasks: bool = False,
) -> Claim | None:
    with transactions.write() as uow:
        found = uow.store(OutboxStore).claim(
            worker=worker, now=START + at, lease=LEASE, tasks=tasks, skip=skip
        )
        uow.commit()
    return found


def finish(transactions: SqlTransactions, row: OutboxRow, worker: str = "a") -> bool:
    with transactions.write() as uow:
        done = uow.store(OutboxStore).finish(row.id, worker, Delivery.SENT, at=START)
        uow.commit()
    return done


def test_rows_of_one_stream_and_audience_come_one_after_the_other(
    shared_transactions: SqlTransactions,
) -> None:
    tell(shared_transactions, "site:a", "site:a", "site:b")
    first, other = claim(shared_transactions), claim(shared_transactions, "b")
    assert first is not None and other is not None
    assert (first.row.audience, other.row.audience) == ("site:a", "site:b")
    assert claim(shared_transactions, "c") is None, "the second of site:a waits for the first"
    assert finish(shared_transactions, first.row)
    second = claim(shared_transactions, "c")
    assert second is not None
    assert (second.row.audience, second.doubtful) == ("site:a", False)


def test_skipped_audiences_and_the_other_lane_are_passed_over(
    shared_transactions: SqlTransactions,
) -> None:
    tell(shared_transactions, "site:a", "task:read")
    assert claim(shared_transactions, skip=("site:a",)) is None
    task = claim(shared_transactions, tasks=True)
    assert task is not None
    assert task.row.audience == "task:read"


def test_a_lapsed_claim_is_due_again_and_doubtful_and_the_old_worker_has_no_word_any_more(
    shared_transactions: SqlTransactions,
) -> None:
    tell(shared_transactions, "site:a")
    dead = claim(shared_transactions, "dead")
    assert dead is not None
    assert claim(shared_transactions, "b", at=timedelta(seconds=59)) is None
    taken = claim(shared_transactions, "b", at=timedelta(seconds=61))
    assert taken is not None
    assert taken.doubtful
    assert not finish(shared_transactions, dead.row, "dead")
    assert finish(shared_transactions, taken.row, "b")


def test_what_was_given_back_in_doubt_stays_doubtful_and_an_uncounted_try_costs_nothing(
    shared_transactions: SqlTransactions,
) -> None:
    tell(shared_transactions, "site:a")
    first = claim(shared_transactions)
    assert first is not None
    later = START + timedelta(seconds=5)
    with shared_transactions.write() as uow:
        uow.store(OutboxStore).give_back(
            first.row.id, "a", next_at=later, problem=f"{DOUBT}: cut", counted=False
        )
        uow.commit()
    assert claim(shared_transactions, at=timedelta(seconds=4)) is None
    again = claim(shared_transactions, at=timedelta(seconds=5))
    assert again is not None
    assert (again.doubtful, again.row.attempts) == (True, 1)


def test_eight_workers_never_hold_the_same_row(shared_transactions: SqlTransactions) -> None:
    audiences = [f"site:{number % 10}" for number in range(120)]
    tell(shared_transactions, *audiences)

    def patiently(step: Callable[[], T]) -> T:
        """Again when the database was locked too long, as a worker of the courier does."""
        while True:
            try:
                return step()
            except DomainError as error:
                assert error.code == BUSY.code

    def work(worker: str) -> list[str]:
        mine: list[str] = []
        while True:
            found = patiently(lambda: claim(shared_transactions, worker))
            if found is None:
                return mine
            row = found.row
            mine.append(row.id)
            assert patiently(lambda row=row: finish(shared_transactions, row, worker))

    with ThreadPoolExecutor(8) as pool:
        held = [id for ids in pool.map(work, "abcdefgh") for id in ids]
    assert len(held) == len(set(held))
    with shared_transactions.read() as uow:
        sent = uow.count(OutboxRow, state=Delivery.SENT)
    assert sent == len(held)
    while (found := claim(shared_transactions)) is not None:
        assert finish(shared_transactions, found.row)
        sent += 1
    assert sent == 120, "what others held when a worker looked is left for the next look"


def test_choices_match_code_and_name_in_any_case_and_recent_machines_come_first(
    shared_transactions: SqlTransactions,
) -> None:
    with shared_transactions.write() as uow:
        uow.add(CostCentre(id="c", code="OPS", name="Operations", currency="EUR"))
        uow.flush()
        uow.add(
            Location(id="n", code="NORTH", name="North", site_id="n"),
            Location(id="h", code="HARB", name="Harbour", site_id="h"),
        )
        uow.flush()
        uow.add(
            Asset(id="p", tag="PUMP-1", name="Feed pump", location_id="n"),
            Asset(id="q", tag="PUMP-2", name="100% pump", location_id="n"),
            Asset(id="k", tag="CR-7", name="Crane", location_id="h"),
        )
        uow.flush()
        for number, asset in ((1, "p"), (2, "k"), (3, "q")):
            uow.add(
                WorkOrder(
                    id=f"w{number}",
                    number=f"WO-2026-{number:06d}",
                    title="x",
                    site_id="n" if asset != "k" else "h",
                    location_id="n" if asset != "k" else "h",
                    asset_id=asset,
                    cost_centre_id="c",
                    created_at=START + timedelta(days=number),
                )
            )
        uow.commit()
    with shared_transactions.read() as uow:
        store = uow.store(ChoiceStore)
        assert [c.id for c in store.search(Kind.ASSET, "PUMP")] == ["q", "p"]
        assert [c.id for c in store.search(Kind.ASSET, "0%")] == ["q"], "% is only a character"
        assert [c.id for c in store.search(Kind.ASSET, "", site_id="h")] == ["k"]
        assert [c.id for c in store.recent_assets()] == ["q", "k", "p"]
        assert [c.id for c in store.recent_assets(site_id="n", limit=1)] == ["q"]
        found = store.one(Kind.LOCATION, "n")
        assert found is not None
        assert (found.label, store.site_of("h"), store.site_of("")) == ("North (NORTH)", "h", "")
