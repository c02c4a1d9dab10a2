"""Who judges again: an operator everything, the scheduler what changed since it last looked.

The place of the last look is a row of ``job_run`` (the interval of the audit's entries that it
covers), so that each change is looked at once, whoever looks, and none is left out.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

from wopo.domain.audit import AuditHead
from wopo.usecases.door import SCHEDULER, ActorRef, Answer, Command, Context, use_case
from wopo.usecases.execute import Door, execute
from wopo.usecases.ports import Transactions, UnitOfWork
from wopo.usecases.ports.audit import AuditStore
from wopo.usecases.ports.purchasing_policy import PolicyStore
from wopo.usecases.ports.rejudging import JOB, Place, RejudgingStore
from wopo.usecases.ports.sweeps import TICK
from wopo.usecases.purchasing_policy import PolicyBook
from wopo.usecases.rejudging import PAGE, Judge, Looked, in_parts
from wopo.usecases.sweeps import once

MOST = 5_000
"""Entries of the audit that one step of a sweep covers."""


class KeepPlace(Command):
    """A look is done: it began where the last one ended (``after``) and covers what follows, up to
    the entry ``seq``, by this policy on this day. ``left``: orders to look at again."""

    after: int
    seq: int
    policy: int
    day: date
    left: tuple[str, ...] = ()
    orders: int = 0

    @property
    def period(self) -> str:
        """Periods of later looks sort after it. From one place on, entries are looked at once, and
        before that at most once for each policy and day that begins."""
        step = "entries" if self.seq > self.after else "begins"
        return f"{self.after:015} {self.policy:06} {self.day} {step}"


@use_case(KeepPlace, action="keep the place of a sweep", system=True)
def keep_place(command: KeepPlace, ctx: Context) -> Answer:
    """Write it down, unless somebody else has looked from there meanwhile: then theirs stands."""
    ctx.uow.lock(AuditHead, 1)
    last = ctx.uow.store(RejudgingStore).place()
    if (last.seq if last else 0) != command.after:
        return Answer(message="Somebody else has looked meanwhile.")
    facts = command.model_dump(mode="json", include={"seq", "policy", "left", "orders"})
    once(ctx, JOB, command.period, day=command.day.isoformat(), **facts)
    return Answer(message=f"Looked up to entry {command.seq}.")


class _Step(NamedTuple):
    """What is looked at next: the command that keeps the place, and the orders."""

    place: KeepPlace
    ids: list[str]


def sweep(door: Door) -> Looked:
    """Judge what changed since the last look: orders that anything happened to, and on a day on
    which another policy or rule begins, those that it decides on. Raises ``BUSY``."""
    judge = Judge(door, SCHEDULER, "a sweep")
    with door.transactions.read() as uow:
        head = uow.store(AuditStore).head().seq
    while (step := _next_step(door, head)) is not None:
        for ids in in_parts(step.ids, PAGE):
            judge.judge(ids)
        left = tuple(sorted(set(judge.looked.left) & set(step.ids)))
        figures = {"orders": len(step.ids), "left": left}
        _keep(door, SCHEDULER, step.place.model_copy(update=figures))
    return judge.looked


def _next_step(door: Door, head: int) -> _Step | None:
    at = door.clock()
    with door.transactions.read() as uow:
        store = uow.store(RejudgingStore)
        last = store.place() or Place(0, 0, at.date())
        policy, _ = uow.store(PolicyStore).in_force(at.date())
        seq = min(head, last.seq + MOST)
        begins = at.date() >= last.day and (
            policy != last.policy or _rule_turns(uow, policy, last.day, at.date())
        )
        if seq <= last.seq and not begins:
            return None
        ids = {*last.left, *(store.touched(last.seq, seq) if seq > last.seq else ())}
        if begins:
            ids.update(store.waiting())
    day = max(at.date(), last.day)
    return _Step(KeepPlace(after=last.seq, seq=seq, policy=policy, day=day), sorted(ids))


def _rule_turns(uow: UnitOfWork, policy: int, since: date, today: date) -> bool:
    """Whether a rule of the policy begins after one day and up to today, or ended by then."""
    if since == today:
        return False
    rules = PolicyBook(uow, today).document(policy).matching.rules
    return any(
        (rule.valid_from is not None and since < rule.valid_from <= today)
        or (rule.valid_to is not None and since <= rule.valid_to < today)
        for rule in rules
    )


def orders_to_judge(transactions: Transactions) -> int:
    """How many orders ``judge_everything`` looks at."""
    with transactions.read() as uow:
        return uow.store(RejudgingStore).count()


def judge_everything(
    door: Door, *, actor: ActorRef, progress: Callable[[int], None] = lambda _done: None
) -> Looked:
    """Judge every order again, ``PAGE`` of them at a time; ``progress`` hears how many are done.
    What happened before it began needs no sweep any more. Raises ``BUSY``."""
    judge = Judge(door, actor, "full re-judging")
    place = _covering_all(door, door.clock())
    after = ""
    while True:
        with door.transactions.read() as uow:
            ids = uow.store(RejudgingStore).page(after, PAGE)
        if not ids:
            break
        judge.judge(ids)
        progress(len(ids))
        after = ids[-1]
    if place.seq > place.after:
        figures = {"orders": judge.looked.orders, "left": tuple(sorted(judge.looked.left))}
        _keep(door, actor, place.model_copy(update=figures))
    return judge.looked


def _covering_all(door: Door, at: datetime) -> KeepPlace:
    with door.transactions.read() as uow:
        last = uow.store(RejudgingStore).place() or Place(0, 0, at.date())
        policy, _ = uow.store(PolicyStore).in_force(at.date())
        seq = uow.store(AuditStore).head().seq
    return KeepPlace(after=last.seq, seq=seq, policy=policy, day=max(at.date(), last.day))


def _keep(door: Door, actor: ActorRef, place: KeepPlace) -> None:
    execute(door, place, actor=actor, key=f"{TICK}{JOB}:{door.new_id()}")
