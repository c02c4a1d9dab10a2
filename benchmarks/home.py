"""(d) App Home by role, and a list of 50 orders, in a small and in a large company.

Measured is what the bot does itself: one reading transaction and the finished blocks; the call
that hands them to Slack is left out. Beside it the bare queries of ``benchmarks.bare``. The orders
are stories told through the door and copied by bulk inserts (``benchmarks.crowd``).
"""

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.bare import HOMES, OPEN_ORDERS, fetch
from benchmarks.databases import verified
from benchmarks.floor import bare_connection
from benchmarks.stories import build
from bot.cards.purchase_orders import order_line
from bot.home import build_home
from bot.reader import Reader, person_reader
from wopo.cli.opening import Opened, opened, utc_now
from wopo.domain.people import Person
from wopo.usecases.settings import company
from wopo.usecases.views.order_lists import open_orders

SIZES = (100, 100_000)
LIST = 50
ROUNDS = 40
WARM_UP = 3
ROLES = {"ann": "technician", "mira": "approver", "ben": "buyer", "fay": "finance"}


@dataclass(frozen=True)
class Screen:
    """What is measured: a screen for one person, and the plain queries for the same rows."""

    name: str
    person: str
    draw: Callable[[Opened, Person, Reader], list[Any]]
    queries: tuple[str, ...]


def home(database: Opened, person: Person, reader: Reader) -> list[Any]:
    """The person's App Home as the bot publishes it."""
    with database.transactions.read() as uow:
        blocks: list[Any] = build_home(uow, person.id, reader)["blocks"]
    return blocks


def order_list(database: Opened, person: Person, reader: Reader) -> list[Any]:
    """Open orders as ``/po open`` lists them, 50 of them."""
    with database.transactions.read() as uow:
        orders = open_orders(uow, person, today=reader.today, limit=LIST)
    return [order_line(line, reader) for line in orders.lines]


SCREENS = [
    *(Screen(f"home of {ROLES[who]}", who, home, queries) for who, queries in HOMES.items()),
    Screen(f"list of {LIST} orders", "ben", order_list, (OPEN_ORDERS,)),
]


class Company:
    """One database, opened twice: by wopo, and by the driver alone."""

    def __init__(self, path: Path) -> None:
        self.database = opened(f"sqlite:///{path}")
        self.bare = bare_connection(path)
        with self.database.transactions.read() as uow:
            settings = company(uow)
            self.people = {person.code: person for person in uow.all(Person)}
        self.readers = {
            code: person_reader(person, settings, utc_now()) for code, person in self.people.items()
        }

    def draw(self, screen: Screen) -> list[Any]:
        """The screen's blocks."""
        who = screen.person
        return screen.draw(self.database, self.people[who], self.readers[who])

    def fetch(self, screen: Screen) -> list[list[Any]]:
        """The rows of its plain queries."""
        values = {"person": self.people[screen.person].id, "limit": LIST}
        return fetch(self.bare, screen.queries, values)

    def check(self, screen: Screen) -> int:
        """How many things the screen shows; raises ``RuntimeError`` where the plain queries bring
        others than it."""
        shown = json.dumps(self.draw(screen))
        ids = {row[0] for rows in self.fetch(screen) for row in rows}
        strangers = [id for id in ids if id not in shown]
        if strangers or not ids:
            raise RuntimeError(f"{screen.name}: {len(strangers)} of {len(ids)} rows are not shown")
        return len(ids)

    def close(self) -> None:
        """Let go of the file."""
        self.bare.close()
        self.database.engine.dispose()


def milliseconds(work: Callable[[], Any]) -> float:
    """How long it takes."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def measure(screen: Screen, small: Company, large: Company, *, rounds: int) -> dict[str, Any]:
    """Medians over interleaved rounds in both companies."""
    things = [company.check(screen) for company in (small, large)]
    work: dict[str, Callable[[], Any]] = {
        "small": lambda: small.draw(screen),
        "large": lambda: large.draw(screen),
        "bare": lambda: large.fetch(screen),
    }
    taken: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds + WARM_UP):
        for name, run in work.items():
            taken[name].append(milliseconds(run))
    median = {name: statistics.median(found[WARM_UP:]) for name, found in taken.items()}
    return {
        "benchmark": screen.name,
        "small_milliseconds": round(median["small"], 2),
        "large_milliseconds": round(median["large"], 2),
        "bare_query_milliseconds": round(median["bare"], 3),
        "large_times_the_small": round(median["large"] / median["small"], 2),
        "times_the_bare_query": round(median["large"] / median["bare"], 1),
        "shown": things,
        "target": "at most 1.5 times the small, at most 15 times the bare query",
    }


def benchmarks(sizes: tuple[int, int] = SIZES, rounds: int = ROUNDS) -> Iterator[dict[str, Any]]:
    """Each screen, then how the databases came about and were verified."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        paths = [Path(folder) / f"{size}.db" for size in sizes]
        for path, size in zip(paths, sizes, strict=True):
            build(path, size)
        built = time.perf_counter() - started
        small, large = (Company(path) for path in paths)
        for screen in SCREENS:
            yield measure(screen, small, large, rounds=rounds)
        small.close()
        large.close()
        started = time.perf_counter()
        for path in paths:
            verified(f"sqlite:///{path}")
        yield {
            "benchmark": f"databases of {sizes[0]} and {sizes[1]} orders",
            "seconds_to_build": round(built, 1),
            "seconds_to_verify": round(time.perf_counter() - started, 1),
            "megabytes": round(paths[1].stat().st_size / 1e6),
            "target": "wopo audit verify finds nothing",
        }
