"""(a) One whole cycle through the one door: job, request of five lines, order, approval, issue,
receipt, invoice, match; beside the very rows it writes as bare SQL."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from benchmarks.databases import Copy, postgres_copies, sqlite_copies
from benchmarks.floor import Log, replay_postgres, replay_sqlite, traced
from bot.local.story import Teller
from wopo.cli.opening import Opened, opened, utc_now
from wopo.domain.audit import AuditEntry, AuditHead, chain_faults
from wopo.domain.work_requests import Priority
from wopo.usecases.invoice_papers import BilledLine
from wopo.usecases.invoices import EnterInvoice
from wopo.usecases.receipts import CountedLine, PostReceipt
from wopo.usecases.work_requests import ApproveWorkRequest

CYCLES = 25
NEEDS = {"BRG-6204": 1, "BRG-6306": 1, "SEAL-M25": 1, "VBELT-A68": 2, "OIL-46": 5}
STOCK = {"BRG-6204": 6, "BRG-6306": 2, "SEAL-M25": 1, "VBELT-A68": 4, "OIL-46": 80}
"""All that lies in stock; used up first, so that every cycle buys all its five lines."""


def job(teller: Teller, number: int) -> str:
    """A reported and approved job."""
    request = teller.report("ann", f"Benchmark job {number}", "P-101", Priority.NORMAL)
    done = teller.by("sue", ApproveWorkRequest(work_request_id=request.subject_id))
    return str(done.facts["work_order_id"])


def cycle(teller: Teller, number: int) -> None:
    """One job from its report to a judged invoice."""
    (order_id,) = teller.request("sue", job(teller, number), NEEDS)
    lines = teller.order(order_id, "mira")
    counted = tuple(CountedLine(line_id=line.id, accepted=line.quantity) for line in lines)
    teller.by("rita", PostReceipt(order_id=order_id, lines=counted))
    billed = tuple(
        BilledLine(
            order_line_id=line.id,
            quantity=line.quantity,
            unit=line.unit,
            unit_price=line.unit_price,
        )
        for line in lines
    )
    invoice = EnterInvoice(
        number=f"B-{number}", invoice_date=utc_now().date(), order_id=order_id, lines=billed
    )
    teller.by("fay", invoice)


def empty_stock(database: Opened) -> None:
    """Hand out all that lies in stock."""
    teller = Teller(database)
    teller.request("sue", job(teller, 0), STOCK)


def run(url: str) -> float:
    """Seconds for all cycles; the audit chain must be sound afterwards."""
    database = opened(url)
    teller = Teller(database)
    cycle(teller, -1)
    started = time.perf_counter()
    for number in range(1, CYCLES + 1):
        cycle(teller, number)
    taken = time.perf_counter() - started
    with database.transactions.read() as uow:
        head = uow.get(AuditHead, 1)
        if head is None or list(chain_faults(uow.all(AuditEntry, order="seq"), head)):
            raise RuntimeError("the audit chain is broken")
    database.engine.dispose()
    return taken


def log_of(url: str) -> Log:
    """What the cycles write, transaction by transaction."""
    database = opened(url)
    with traced(database.engine) as log:
        teller = Teller(database)
        for number in range(1, CYCLES + 1):
            cycle(teller, number)
    database.engine.dispose()
    return log


def measure(
    name: str,
    copies: Callable[[Callable[[Opened], None]], AbstractContextManager[Copy]],
    replay: Callable[[str, Log], float],
    target: str,
) -> dict[str, Any]:
    """Medians of three interleaved runs of both."""
    with copies(empty_stock) as copy:
        log = log_of(copy())
        ours, floors = zip(*((run(copy()), replay(copy(), log)) for _ in range(3)), strict=True)
    ours_median, floor_median = sorted(ours)[1], sorted(floors)[1]
    return {
        "benchmark": f"cycle {name}",
        "cycles_per_second": round(CYCLES / ours_median, 1),
        "floor_cycles_per_second": round(CYCLES / floor_median, 1),
        "times_the_floor": round(ours_median / floor_median, 2),
        "rows_per_cycle": round(log.rows / CYCLES, 1),
        "commits_per_cycle": round(len(log.transactions) / CYCLES, 1),
        "target": target,
    }


def benchmarks() -> Iterator[dict[str, Any]]:
    """SQLite (synchronous=FULL), then PostgreSQL (fsync on)."""
    yield measure(
        "sqlite",
        sqlite_copies,
        lambda url, log: replay_sqlite(Path(url.removeprefix("sqlite:///")), log),
        "at most 10 times the floor",
    )
    yield measure("postgresql", postgres_copies, replay_postgres, "at most 5 times the floor")
