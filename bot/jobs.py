"""The clock's work: a table of sweeps. APScheduler is only a ticker.

Jobs hold no state: what is due is computed from data, and each period is done once because the
command's key is the period's (and ``job_run`` is unique in the database). A missed tick is made up
for by the next one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.services import Services
from wopo.domain.errors import BUSY, DomainError
from wopo.usecases.absences import AskAbsences
from wopo.usecases.after_the_fact import ReportAfterTheFact
from wopo.usecases.approval_escalation import EscalateApprovals
from wopo.usecases.approval_passing import ExpireApprovals
from wopo.usecases.audit_anchors import TakeAnchor
from wopo.usecases.budget_yearend_asks import AskYearEnd
from wopo.usecases.case_reminders import AskArrivals, EscalateCases, RemindOwners
from wopo.usecases.case_snoozes import EndSnoozes
from wopo.usecases.counter_receipts import ChaseTillReceipts
from wopo.usecases.delegations import FollowDelegations
from wopo.usecases.door import SCHEDULER, Command
from wopo.usecases.execute import execute
from wopo.usecases.judging_sweeps import sweep
from wopo.usecases.on_call_reviews import AskReviews
from wopo.usecases.ports.sweeps import TICK
from wopo.usecases.sweeps import (
    ForgetTicks,
    RemindApprovers,
    SendDigests,
    TellLateDeliveries,
    TellMissingReceipts,
)
from wopo.usecases.vendor_contracts import RemindRenewals
from wopo.usecases.vendor_holds import EndVendorHolds

PATIENCE = 60.0
"""Seconds a sweep may take; nobody waits for its answer."""
NUDGE = "nudge the courier"
"""The tick that rings the bell; it has a thread of its own, for it must not wait for a sweep."""


@dataclass(frozen=True)
class Job:
    """One sweep: its name, how often it ticks (a cron line in UTC), the period a moment belongs
    to, and the command that does what is due in it."""

    name: str
    cron: str
    period: Callable[[datetime], str]
    command: Callable[[datetime], Command]

    def run(self, services: Services) -> None:
        """Do what is due in the present period. Raises ``DomainError``."""
        now = services.clock()
        key = f"{TICK}{self.name}:{self.period(now)}"
        command = self.command(now)
        execute(services.door, command, actor=SCHEDULER, key=key, deadline=PATIENCE)


@dataclass(frozen=True)
class JudgeChanged:
    """Judging what changed: it keeps its own place, gives several commands, and looks for a while
    before it gives one."""

    name: str
    cron: str

    def run(self, services: Services) -> None:
        """Look on from the last place. Raises ``DomainError``."""
        for id, why in sweep(services.door).left.items():
            services.log.error("order %s could not be judged: %s", id, why)


def daily(now: datetime) -> str:
    """One period a day."""
    return now.strftime("%Y-%m-%d")


def each_minute(now: datetime) -> str:
    """One period a minute."""
    return now.strftime("%Y-%m-%dT%H:%M")


def _sweep(command: type[Command], cron: str) -> Job:
    return Job(command.__name__, cron, each_minute, lambda _now: command())


JOBS: list[Job | JudgeChanged] = [
    _sweep(SendDigests, "*/5 * * * *"),
    _sweep(RemindApprovers, "*/10 * * * *"),
    _sweep(RemindOwners, "*/10 * * * *"),
    _sweep(EscalateCases, "*/10 * * * *"),
    _sweep(EndSnoozes, "*/10 * * * *"),
    _sweep(EscalateApprovals, "*/10 * * * *"),
    _sweep(AskArrivals, "*/10 * * * *"),
    _sweep(ExpireApprovals, "*/10 * * * *"),
    _sweep(FollowDelegations, "*/10 * * * *"),
    _sweep(AskReviews, "*/10 * * * *"),
    _sweep(TellLateDeliveries, "*/10 * * * *"),
    _sweep(TellMissingReceipts, "*/10 * * * *"),
    _sweep(ChaseTillReceipts, "*/10 * * * *"),
    _sweep(TakeAnchor, "*/10 * * * *"),
    _sweep(ReportAfterTheFact, "7 6 * * *"),
    JudgeChanged("JudgeChanged", "*/10 * * * *"),
    _sweep(EndVendorHolds, "*/10 * * * *"),
    _sweep(RemindRenewals, "*/10 * * * *"),
    _sweep(AskYearEnd, "11 * * * *"),
    _sweep(AskAbsences, "41 5 * * *"),
    Job("ForgetTicks", "23 2 * * *", daily, lambda _now: ForgetTicks()),
]
"""The table. These sweeps keep their own periods in ``job_run`` (a digest is once per channel and
day, whatever the clock does), so a tick only asks what is due; its own period is the minute."""


class Clockwork:
    """Ticks the table's jobs until stopped."""

    def __init__(
        self, services: Services, jobs: Sequence[Job | JudgeChanged] | None = None
    ) -> None:
        self.services = services
        self.jobs = JOBS if jobs is None else jobs
        self._scheduler = BackgroundScheduler(
            timezone="UTC",
            # Sweeps run one after the other; threads that only wait would each hold their memory.
            executors={"default": ThreadPoolExecutor(1), NUDGE: ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )

    def start(self) -> None:
        """Begin to tick; every job also ticks once at the start, to catch up."""
        for job in self.jobs:
            trigger = CronTrigger.from_crontab(job.cron, timezone="UTC")
            self._scheduler.add_job(
                self.run, trigger, args=[job], id=job.name, next_run_time=self.services.clock()
            )
        nudge = IntervalTrigger(seconds=30, timezone="UTC")
        self._scheduler.add_job(self.services.bell.ring, nudge, id=NUDGE, executor=NUDGE)
        self._scheduler.start()

    def stop(self) -> None:
        """Let the running job end, then stop."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def run(self, job: Job | JudgeChanged) -> bool:
        """Do what is due in the present period; false when it could not be done now. Whatever
        goes wrong is logged and made up for by the next tick."""
        try:
            job.run(self.services)
        except DomainError as error:
            level = self.services.log.info if error.code == BUSY.code else self.services.log.error
            level("job %s: %s", job.name, error.message)
            return False
        except Exception:
            # A sweep's own mistake must not stop the other jobs (A59).
            self.services.log.exception("job %s failed", job.name)
            return False
        return True
