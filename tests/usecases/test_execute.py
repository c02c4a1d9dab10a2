"""The one door: once per key, permission, audit, outbox and reactions in one commit."""

from collections.abc import Callable, Iterable, Iterator

import pytest

from tests.conftest import TestClock
from wopo.db.uow import SqlTransactions
from wopo.domain.audit import AuditEntry, AuditHead, RefusalEntry, chain_faults
from wopo.domain.cost_centres import CostCentre
from wopo.domain.errors import DomainError, Refusal
from wopo.domain.events import EVENTS, Event, event
from wopo.domain.outbox import IdempotencyRow, OutboxRow
from wopo.domain.people import Person, Role
from wopo.usecases.door import (
    ActorRef,
    Answer,
    Command,
    Context,
    Notice,
    Registry,
    announces,
    reaction,
    use_case,
)
from wopo.usecases.execute import Door, execute

NO = Refusal("test.no", "No {code}. Nothing was changed; try another.", logged=True)


class OpenCentre(Command):
    code: str


@pytest.fixture(autouse=True, scope="module")
def _declared() -> Iterator[None]:
    """A use case of this test's own, with a reaction and an announcement; gone afterwards."""

    @event("test:opened")
    class Opened(Event):
        code: str

    @event("test:echoed")
    class Echoed(Event):
        code: str

    @use_case(OpenCentre, roles={Role.FINANCE}, action="open cost centres")
    def open_centre(command: OpenCentre, ctx: Context) -> Answer:
        centre = CostCentre(id=ctx.new_id(), code=command.code, name="x", currency="EUR")
        ctx.uow.add(centre)
        ctx.uow.flush()
        if command.code == "BAD":
            raise NO(code=command.code, field="code")
        ctx.record(Opened(subject_id=centre.id, code=command.code))
        return Answer(subject_id=centre.id, number=command.code, message="Opened.")

    @reaction(Opened)
    def echo(event: Opened, ctx: Context) -> None:
        ctx.record(Echoed(subject_id=event.subject_id, code=event.code))

    @announces(Echoed)
    def tell(event: Echoed, ctx: Context) -> Iterable[Notice]:
        yield Notice("direct", event.subject_id, "person:boss", facts={"text": event.code})

    yield
    del Registry.use_cases[OpenCentre], Registry.reactions[Opened], Registry.announcers[Echoed]
    del EVENTS["test:opened"], EVENTS["test:echoed"]


@pytest.fixture
def finance(transactions: SqlTransactions, clock: TestClock) -> ActorRef:
    with transactions.write() as uow:
        for code, roles, active in (
            ("fin", ["finance"], True),
            ("tec", ["technician"], True),
            ("old", ["finance"], False),
        ):
            uow.add(
                Person(
                    id=code, code=code, name=code, roles=roles, active=active, created_at=clock()
                )
            )
        uow.commit()
    return ActorRef("fin", "slack")


def counts(transactions: SqlTransactions) -> tuple[int, ...]:
    with transactions.read() as uow:
        tables = (CostCentre, AuditEntry, OutboxRow, IdempotencyRow)
        return tuple(uow.count(table) for table in tables)


def test_one_command_leaves_its_row_audit_outbox_and_key(
    door: Door, finance: ActorRef, transactions: SqlTransactions
) -> None:
    answer = execute(door, OpenCentre(code="A"), actor=finance, key="k1")
    assert answer.number == "A"
    assert counts(transactions) == (1, 2, 1, 1)
    with transactions.read() as uow:
        entries = uow.all(AuditEntry, order="seq")
        head = uow.get(AuditHead, 1)
        assert head is not None
        assert [entry.event for entry in entries] == ["test:opened", "test:echoed"]
        assert {entry.actor_id for entry in entries} == {"fin"}
        assert list(chain_faults(entries, head)) == []


def test_the_same_key_again_gives_the_same_answer_and_no_second_effect(
    door: Door, finance: ActorRef, transactions: SqlTransactions
) -> None:
    answers = [execute(door, OpenCentre(code="A"), actor=finance, key="k1") for _ in range(100)]
    assert all(answer == answers[0] for answer in answers)
    assert counts(transactions) == (1, 2, 1, 1)


def test_the_same_key_with_other_contents_is_refused(
    door: Door, finance: ActorRef, transactions: SqlTransactions
) -> None:
    execute(door, OpenCentre(code="A"), actor=finance, key="k1")
    with pytest.raises(DomainError) as refused:
        execute(door, OpenCentre(code="B"), actor=finance, key="k1")
    assert refused.value.code == "key_reused"
    assert counts(transactions) == (1, 2, 1, 1)


@pytest.mark.parametrize(
    ("who", "code"),
    [("tec", "not_allowed"), ("old", "unknown_actor"), ("ghost", "unknown_actor")],
)
def test_without_the_right_nothing_happens_and_the_refusal_is_kept(
    door: Door, finance: ActorRef, transactions: SqlTransactions, who: str, code: str
) -> None:
    with pytest.raises(DomainError) as refused:
        execute(door, OpenCentre(code="A"), actor=ActorRef(who, "slack"), key="k1")
    assert refused.value.code == code
    assert counts(transactions) == (0, 0, 0, 0)
    with transactions.read() as uow:
        kept = uow.all(RefusalEntry)
        assert [(row.code, row.actor_id, row.command) for row in kept] == [
            (code, who, "OpenCentre")
        ]


def test_wopo_itself_may_only_do_what_is_meant_for_it(
    door: Door, finance: ActorRef, transactions: SqlTransactions
) -> None:
    with pytest.raises(DomainError, match="does not know you"):
        execute(door, OpenCentre(code="A"), actor=ActorRef(None, "scheduler"), key="k")


def test_a_refusal_rolls_back_what_was_already_written(
    door: Door, finance: ActorRef, transactions: SqlTransactions
) -> None:
    with pytest.raises(DomainError) as refused:
        execute(door, OpenCentre(code="BAD"), actor=finance, key="k1")
    assert (refused.value.field, refused.value.facts) == ("code", {"code": "BAD"})
    assert counts(transactions) == (0, 0, 0, 0)
    assert execute(door, OpenCentre(code="GOOD"), actor=finance, key="k1").number == "GOOD"


def test_past_the_deadline_nothing_is_durable(
    door: Door, finance: ActorRef, transactions: SqlTransactions
) -> None:
    with pytest.raises(DomainError) as refused:
        execute(door, OpenCentre(code="A"), actor=finance, key="k1", deadline=0.0)
    assert refused.value.code == "busy"
    assert counts(transactions) == (0, 0, 0, 0)


def test_the_courier_is_woken_only_after_a_commit(
    transactions: SqlTransactions, clock: TestClock, new_id: Callable[[], str], finance: ActorRef
) -> None:
    woken: list[int] = []
    door = Door(transactions, clock, new_id, lambda: woken.append(1))
    with pytest.raises(DomainError):
        execute(door, OpenCentre(code="BAD"), actor=finance, key="k1")
    assert woken == []
    execute(door, OpenCentre(code="A"), actor=finance, key="k2")
    assert woken == [1]
