"""The courier: carries outbox rows to Slack, each once, in order, and never loses one.

Several workers and several instances may run: a claim is a guarded row. What a crash leaves
claimed is due again after the lease and then looked for in Slack before anything is sent
(A8-A10). Waiting never puts a thread to sleep: a row is given back with a time, its audience is
passed over until then, and other channels flow on (A11).
"""

import os
import socket
import threading
from datetime import datetime, timedelta

from bot.cards import Card, registry
from bot.failures import (
    CALL_ERRORS,
    Failure,
    GivenUpError,
    Kind,
    NotYetError,
    OutcomeUnknownError,
    classify,
)
from bot.limits import Slots
from bot.sending import ChannelClosedError, Done, Postponed, Sender, UnreadableError
from bot.services import Services
from wopo.domain.errors import DomainError
from wopo.domain.outbox import Delivery, Mode, OutboxRow, PostedCard
from wopo.domain.people import Person, Role, SlackIdentity
from wopo.usecases.door import Notice
from wopo.usecases.outbox import put
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.outbox import DOUBT, TASK, Claim, OutboxStore

MOST_TRIES = 8
LEASE = timedelta(seconds=60)
TASK_LEASE = timedelta(minutes=10)
POLL = 5.0
"""Seconds between looks when nothing woke the courier: other instances' rows, lapsed leases."""
LONGEST_PAUSE = 30
PATIENCE_WITH_LINES = 3
"""Broken lines in a row after which everything pauses; fewer are a matter of one row."""
TROUBLE_EVERY = timedelta(hours=6)


class Courier:
    """``deliver_next`` does one row; ``start`` runs workers that do so until ``stop``."""

    def __init__(self, services: Services, cards: dict[str, Card] | None = None) -> None:
        self.services = services
        self.weather = services.weather
        self.slots = Slots()
        self.sender = Sender(services, cards if cards is not None else registry(), self.slots)
        self.name = f"{socket.gethostname()[:30]}:{os.getpid()}:{services.new_id()[-8:]}"
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, *, workers: int = 2) -> None:
        """Start the workers, and one for slow work."""
        lanes = [(f"courier-{number}", False) for number in range(workers)] + [("tasks", True)]
        for name, tasks in lanes:
            thread = threading.Thread(target=self._run, args=(name, tasks), name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, timeout: float = 12.0) -> None:
        """Finish what is being sent, then end."""
        self._stop.set()
        self.services.bell.ring()
        for thread in self._threads:
            thread.join(timeout)
        self._threads.clear()

    def _run(self, lane: str, tasks: bool) -> None:
        worker = f"{self.name}:{lane}"
        while not self._stop.is_set():
            heard = self.services.bell.rung
            try:
                while not self._stop.is_set() and self.deliver_next(worker, tasks=tasks):
                    pass
            except DomainError as error:
                self.services.log.warning("courier waits: %s", error.message)
            except Exception:
                # A worker that ends would leave its lane silent until the next start.
                self.services.log.exception("courier stumbled")
            self.services.bell.wait(heard, self._patience())

    def _patience(self) -> float:
        change = self.weather.next_change()
        if change is None:
            return POLL
        left = (change - self.services.clock()).total_seconds()
        return min(max(left, 0.05), POLL)

    def deliver_next(self, worker: str = "", *, tasks: bool = False) -> bool:
        """Claim and deliver one row; false when nothing is due."""
        worker = worker or self.name
        now = self.services.clock()
        if not tasks and self.weather.paused(now):
            return False
        with self.services.transactions.write() as uow:
            claim = uow.store(OutboxStore).claim(
                worker=worker,
                now=now,
                lease=TASK_LEASE if tasks else LEASE,
                tasks=tasks,
                skip=self.weather.skip(now),
            )
            if claim is None:
                return False
            uow.commit()
        if tasks:
            self._work(claim, worker)
        else:
            self._deliver(claim, worker)
        return True

    def _deliver(self, claim: Claim, worker: str) -> None:
        try:
            result = self.sender.send(claim)
        except UnreadableError as error:
            self._finish(claim.row, worker, Done(Delivery.UNKNOWN, str(error)))
        except ChannelClosedError as error:
            self._channel_closed(claim, worker, error)
        except CALL_ERRORS as error:
            self._failed(claim, worker, classify(error))
        except Exception as error:
            # A poison row: its card can't be drawn. It must not stop the others (A60).
            self.services.log.exception("outbox row %s can't be drawn", claim.row.id)
            self._try_again(claim, worker, f"{type(error).__name__} while drawing it")
        else:
            self.weather.lines_broken = 0
            if isinstance(result, Postponed):
                self._postpone(claim, worker, result)
            else:
                self._finish(claim.row, worker, result)

    def _finish(self, row: OutboxRow, worker: str, done: Done) -> None:
        now = self.services.clock()
        with self.services.transactions.write() as uow:
            store = uow.store(OutboxStore)
            if not store.finish(row.id, worker, done.state, at=now, problem=done.problem):
                return  # Another worker took it over; its word counts.
            if done.posted and row.mode is Mode.KEEP:
                self._remember(uow, row, done)
            if row.mode in {Mode.KEEP, Mode.HOME} and done.shown_seq:
                store.pass_over(
                    row.card, row.subject_id, row.audience, up_to=done.shown_seq, at=now
                )
            for audience in done.audiences:
                notice = Notice(
                    row.card, row.subject_id, audience, row.mode, row.facts, stream=row.stream
                )
                put(uow, notice, at=now, new_id=self.services.new_id)
            if done.dm:
                identity = uow.get(SlackIdentity, done.dm[0])
                if identity is not None:
                    identity.dm_channel = done.dm[1]
            if done.trouble:
                self._tell_admins(uow, row, done.trouble_channel, done.trouble, now)
            uow.commit()

    def _remember(self, uow: UnitOfWork, row: OutboxRow, done: Done) -> None:
        channel, ts = done.posted or ("", "")
        posted = uow.find(
            PostedCard, card=row.card, subject_id=row.subject_id, audience=row.audience
        )
        if posted is None:
            posted = PostedCard(
                id=self.services.new_id(),
                card=row.card,
                subject_id=row.subject_id,
                audience=row.audience,
                channel=channel,
                ts=ts,
            )
            uow.add(posted)
        posted.channel, posted.ts = channel, ts
        posted.shown_seq = max(posted.shown_seq, done.shown_seq)

    def _postpone(self, claim: Claim, worker: str, result: Postponed) -> None:
        if result.audience:
            self.weather.wait(claim.row.audience, result.until)
        doubt = f"{DOUBT}: still to be looked for" if claim.doubtful else None
        self._give_back(claim, worker, next_at=result.until, problem=doubt, counted=False)

    def _failed(self, claim: Claim, worker: str, failure: Failure) -> None:
        now = self.services.clock()
        match failure.kind:
            case Kind.LIMITED:
                self._postpone(claim, worker, Postponed(now + timedelta(seconds=failure.wait)))
            case Kind.TOKEN:
                until = self.weather.pause(now)
                self.services.log.error("Slack does not take our token: %s", failure.code)
                doubt = f"{DOUBT}: {failure.code}" if claim.doubtful else failure.code
                self._give_back(claim, worker, next_at=until, problem=doubt, counted=False)
            case Kind.UNREACHABLE | Kind.LINE:
                self._line_broken(claim, worker, failure, now)
            case Kind.DOUBTFUL:
                self._try_again(claim, worker, f"{DOUBT}: {failure.code}")
            case Kind.PERSON:
                self._finish(claim.row, worker, Done(Delivery.SKIPPED, failure.code))
            case _:
                self._try_again(claim, worker, failure.code)

    def _line_broken(self, claim: Claim, worker: str, failure: Failure, now: datetime) -> None:
        """An outage is nobody's fault: it does not count against the row (P8)."""
        self.weather.lines_broken += 1
        pause = min(2**self.weather.lines_broken, LONGEST_PAUSE)
        if failure.kind is Kind.UNREACHABLE or self.weather.lines_broken >= PATIENCE_WITH_LINES:
            self.weather.pause(now, timedelta(seconds=pause))
        doubtful = claim.doubtful or failure.kind is Kind.LINE
        problem = f"{DOUBT}: {failure.code}" if doubtful else failure.code
        until = now + timedelta(seconds=max(pause, 5))
        self._give_back(claim, worker, next_at=until, problem=problem, counted=False)

    def _try_again(self, claim: Claim, worker: str, problem: str) -> None:
        if claim.row.attempts >= MOST_TRIES:
            state = Delivery.UNKNOWN if problem.startswith(DOUBT) else Delivery.DEAD
            self._finish(claim.row, worker, Done(state, problem))
            return
        wait = timedelta(seconds=min(5 * 2 ** (claim.row.attempts - 1), 900))
        until = self.services.clock() + wait
        self._give_back(claim, worker, next_at=until, problem=problem, counted=True)

    def _channel_closed(self, claim: Claim, worker: str, error: ChannelClosedError) -> None:
        """No channel takes it: it waits, longer each time, and the administrators are told."""
        now = self.services.clock()
        with self.services.transactions.write() as uow:
            self._tell_admins(uow, claim.row, error.channel, error.failure, now)
            uow.commit()
        if claim.row.attempts >= MOST_TRIES:
            self._finish(claim.row, worker, Done(Delivery.DEAD, error.failure.code))
            return
        wait = timedelta(minutes=min(10 * 2 ** (claim.row.attempts - 1), 360))
        self.weather.wait(claim.row.audience, now + min(wait, timedelta(minutes=10)))
        self._give_back(claim, worker, next_at=now + wait, problem=error.failure.code, counted=True)

    def _give_back(
        self, claim: Claim, worker: str, *, next_at: datetime, problem: str | None, counted: bool
    ) -> None:
        with self.services.transactions.write() as uow:
            uow.store(OutboxStore).give_back(
                claim.row.id, worker, next_at=next_at, problem=problem, counted=counted
            )
            uow.commit()

    def _tell_admins(
        self, uow: UnitOfWork, row: OutboxRow, channel: str, failure: Failure, now: datetime
    ) -> None:
        """One DM to each administrator, not one per message (A12)."""
        stream = f"trouble:{channel}"
        if uow.store(OutboxStore).told_since(stream, now - TROUBLE_EVERY):
            return
        waiting = uow.count(OutboxRow, audience=row.audience, state=Delivery.PENDING)
        why = failure.code.removeprefix("is_").replace("_", " ")
        text = (
            f"I cannot post in channel {channel} ({why}). {waiting + 1} items wait in the outbox "
            "or went to the fallback channel. Invite me there with /invite, or choose another "
            "channel with /wopo channels."
        )
        for person in uow.all(Person, active=True):
            if person.has(Role.ADMIN):
                notice = Notice(
                    "direct",
                    channel,
                    f"person:{person.id}",
                    Mode.POST,
                    {"text": text},
                    stream=stream,
                )
                put(uow, notice, at=now, new_id=self.services.new_id)

    def _work(self, claim: Claim, worker: str) -> None:
        """Slow work: done at least once, its own commands carry keys made from the row's id; or, if
        it is ``once_only``, never again after a try whose outcome nobody knows."""
        name = claim.row.audience.removeprefix(TASK)
        if claim.doubtful and name in self.services.once_only:
            self._finish(claim.row, worker, Done(Delivery.UNKNOWN, f"wopo stopped during {name}"))
            return
        try:
            self.services.tasks[name](self.services, claim.row)
        except DomainError as error:
            self._finish(claim.row, worker, Done(Delivery.SKIPPED, error.message))
        except NotYetError as error:
            self._try_again(claim, worker, str(error))
        except GivenUpError as error:
            self._finish(claim.row, worker, Done(Delivery.DEAD, str(error)))
        except OutcomeUnknownError as error:
            self._finish(claim.row, worker, Done(Delivery.UNKNOWN, str(error)))
        except Exception as error:
            failure = classify(error) if isinstance(error, CALL_ERRORS) else None
            if failure and failure.kind is Kind.LIMITED and name not in self.services.once_only:
                self._failed(claim, worker, failure)
                return
            self.services.log.exception("task %s (%s) failed", name, claim.row.id)
            problem = f"{type(error).__name__} in {name}"
            if name in self.services.once_only:
                self._finish(claim.row, worker, Done(Delivery.UNKNOWN, problem))
            else:
                self._try_again(claim, worker, problem)
        else:
            self._finish(claim.row, worker, Done(Delivery.SENT))
