"""The one door: every change goes through ``execute``.

Idempotency key, permission, use case (domain verb, events), reactions until quiet, one audit row
per event, outbox rows, one commit. A refusal rolls everything back and, if it matters, is kept in
the refusal log in a transaction of its own.
"""

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from wopo.domain.audit import REFUSALS, AuditEntry, RefusalEntry, hash_of
from wopo.domain.errors import BUSY, KEY_REUSED, NOT_ALLOWED, UNKNOWN_ACTOR, DomainError
from wopo.domain.outbox import IdempotencyRow, OutboxRow
from wopo.domain.people import Person, roles_text
from wopo.usecases.door import ActorRef, Answer, Command, Context, Notice, Registry, UseCase
from wopo.usecases.ports import Clock, NewId, Transactions, UnitOfWork
from wopo.usecases.ports.audit import AuditStore
from wopo.usecases.ports.journal import Journal

MAX_REACTIONS = 10_000
"""A guard against reactions that answer each other for ever."""


@dataclass(frozen=True)
class Door:
    """The built parts that ``execute`` needs. ``on_commit`` wakes whoever delivers the outbox."""

    transactions: Transactions
    clock: Clock
    new_id: NewId
    on_commit: Callable[[], None] = lambda: None


def execute(
    door: Door,
    command: Command,
    *,
    actor: ActorRef,
    key: str,
    deadline: float | None = None,
) -> Answer:
    """Carry out ``command`` once for ``key`` and return its answer.

    A repeat with the same key and contents returns the first answer. ``deadline`` is seconds from
    now: past it the transaction is rolled back with ``BUSY`` before anything is durable.
    Raises ``DomainError`` for every refusal; then nothing was changed.
    """
    use_case = Registry.use_cases[type(command)]
    started = time.monotonic()
    try:
        answer = _transact(
            door, use_case, command, actor=actor, key=key, started=started, deadline=deadline
        )
    except DomainError as error:
        if error.logged:
            log_refusal(door, type(command).__name__, actor=actor, key=key, error=error)
        raise
    door.on_commit()
    return answer


def _transact(
    door: Door,
    use_case: UseCase,
    command: Command,
    *,
    actor: ActorRef,
    key: str,
    started: float,
    deadline: float | None,
) -> Answer:
    digest = _digest(command)
    with door.transactions.write() as uow:
        earlier = uow.store(Journal).earlier_answer(key, actor.person_id)
        if earlier is not None:
            if earlier[0] != digest:
                raise KEY_REUSED()
            return Answer.model_validate(earlier[1])
        at = door.clock()
        ctx = Context(
            uow,
            actor=_permitted(uow, use_case, actor),
            surface=actor.surface,
            at=at,
            new_id=door.new_id,
            acknowledged=command.acknowledged,
        )
        answer = use_case.run(command, ctx)
        _react(ctx)
        _remember(ctx, command, key, digest, answer)
        if deadline is not None and time.monotonic() - started > deadline:
            raise BUSY()
        uow.commit()
    return answer


def _digest(command: Command) -> str:
    text = type(command).__name__ + command.model_dump_json()
    return hashlib.sha256(text.encode()).hexdigest()


def _permitted(uow: UnitOfWork, use_case: UseCase, actor: ActorRef) -> Person | None:
    if actor.person_id is None:
        if not use_case.system:
            raise UNKNOWN_ACTOR()
        return None
    person = uow.get(Person, actor.person_id)
    if person is None or not person.active:
        raise UNKNOWN_ACTOR()
    if use_case.roles is not None and not person.has(*use_case.roles):
        raise NOT_ALLOWED(action=use_case.action, who=roles_text(sorted(use_case.roles)))
    return person


def _react(ctx: Context) -> None:
    done = 0
    while done < len(ctx.recorded):
        event = ctx.recorded[done]
        for run in Registry.reactions.get(type(event), ()):
            run(event, ctx)
        done += 1
        if done > MAX_REACTIONS and len(ctx.recorded) > done * 2:
            raise RuntimeError(f"reactions do not come to rest after {done} events")


def _remember(ctx: Context, command: Command, key: str, digest: str, answer: Answer) -> None:
    notices = [
        notice
        for event in ctx.recorded
        for run in Registry.announcers.get(type(event), ())
        for notice in run(event, ctx)
    ]
    ctx.uow.flush()
    ctx.uow.append(
        IdempotencyRow(
            key=key,
            command=type(command).__name__,
            digest=digest,
            answer=answer.model_dump(mode="json"),
            at=ctx.at,
        )
    )
    if ctx.recorded:
        _write_journal(ctx, key, notices)


def _write_journal(ctx: Context, key: str, notices: Iterable[Notice]) -> None:
    distinct = {
        (notice.card, notice.subject_id, notice.audience, str(sorted(notice.facts.items()))): notice
        for notice in notices
    }
    journal = ctx.uow.store(Journal)
    place = journal.advance(entries=len(ctx.recorded), messages=len(distinct))
    if distinct:
        ctx.uow.append(*_messages(ctx, distinct.values(), place.message))
    entries = _entries(ctx, key, place.seq, place.hash)
    ctx.uow.append(*entries)
    journal.seal(entries[-1].hash)


def _messages(ctx: Context, notices: Iterable[Notice], after: int) -> list[OutboxRow]:
    return [
        OutboxRow(
            id=ctx.new_id(),
            seq=seq,
            card=notice.card,
            subject_id=notice.subject_id,
            audience=notice.audience,
            stream=notice.stream or notice.subject_id,
            mode=notice.mode,
            facts=notice.facts,
            created_at=ctx.at,
            next_at=ctx.at,
        )
        for seq, notice in enumerate(notices, after + 1)
    ]


def _entries(ctx: Context, key: str, after: int, previous: str) -> list[AuditEntry]:
    """One per event, each hashed together with the one before."""
    entries = []
    for seq, event in enumerate(ctx.recorded, after + 1):
        entry = AuditEntry(
            seq=seq,
            at=ctx.at,
            event=event.name,
            subject_id=event.subject_id,
            actor_id=ctx.actor_id,
            surface=ctx.surface,
            key=key,
            facts=event.facts(),
            prev_hash=previous,
            hash="",
        )
        entry.hash = previous = hash_of(entry)
        entries.append(entry)
    return entries


def log_refusal(
    door: Door,
    command: str,
    *,
    actor: ActorRef,
    key: str,
    error: DomainError,
    facts: dict[str, str] | None = None,
) -> None:
    """Keep a refusal that matters, in a transaction of its own (domain.md, invariant 7)."""
    with door.transactions.write() as uow:
        seq = uow.next_seq(REFUSALS)
        uow.add(
            RefusalEntry(
                id=door.new_id(),
                seq=seq,
                prev_seal=uow.store(AuditStore).seal_before(seq),
                at=door.clock(),
                actor_id=actor.person_id,
                surface=actor.surface,
                command=command,
                key=key,
                code=error.code,
                message=error.message,
                facts=facts or {name: str(value) for name, value in error.facts.items()},
            )
        )
        uow.commit()
