"""Running the auditor's tests over a period. What each finds is in the files beside this one."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice

from wopo.domain.audit_tests import AuditTest, Hit, Period
from wopo.domain.people import Person
from wopo.usecases.audit_authority import Authority
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.audit_tests import AuditTestStore
from wopo.usecases.views.audit_chains import Chain, chains_of

PAGE = 50
"""Hits whose chains of documents are read together."""


class Scope:
    """What a test may read: streams of the period, and people by their ids."""

    def __init__(self, uow: UnitOfWork, period: Period) -> None:
        self.uow = uow
        self.period = period
        self.store = uow.store(AuditTestStore)

    @cached_property
    def people(self) -> Mapping[str, Person]:
        """Everybody there ever was, by id."""
        return {person.id: person for person in self.uow.all(Person)}

    @cached_property
    def authority(self) -> Authority:
        """What everybody could approve, and when."""
        return Authority(self.uow)

    def name(self, person_id: str | None) -> str:
        """A person's name; wopo's own for nobody."""
        person = self.people.get(person_id or "")
        return person.name if person else "wopo"

    def names(self, ids: Iterable[str]) -> str:
        """Names in order, joined."""
        return ", ".join(sorted(self.name(id) for id in ids))

    def zone(self, person_id: str) -> str:
        """A person's time zone."""
        person = self.people.get(person_id)
        return person.timezone if person else "UTC"


Finder = Callable[[Scope], Iterator[Hit]]
FINDERS: dict[int, Finder] = {}


def finds(number: int) -> Callable[[Finder], Finder]:
    """Declare the function that finds the hits of one test."""

    def register(run: Finder) -> Finder:
        if number in FINDERS:
            raise ValueError(f"test {number} has two finders")
        FINDERS[number] = run
        return run

    return register


@dataclass(frozen=True)
class Found:
    """A hit with its chain of documents."""

    test: AuditTest
    hit: Hit
    chain: Chain


def run_tests(uow: UnitOfWork, period: Period, tests: Iterable[AuditTest]) -> Iterator[Found]:
    """Every hit of these tests in their order, streamed; chains are read a page at a time."""
    scope = Scope(uow, period)
    for test in tests:
        hits = FINDERS[test.number](scope)
        while page := list(islice(hits, PAGE)):
            for hit, chain in zip(page, chains_of(uow, page), strict=True):
                yield Found(test, hit, chain)


def when(at: datetime) -> str:
    """A moment in UTC to the second, as a report says it."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
