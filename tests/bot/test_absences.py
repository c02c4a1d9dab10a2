"""Slack is asked whether people are away: what began before it was allowed, or while nobody was
there to hear of it. Never in a click."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bot.jobs import JOBS, Clockwork
from bot.services import Services
from tests.conftest import TestClock
from tests.factories.jobs import Company, rows
from tests.slack import RecordingSlack, Trouble
from wopo.db.uow import SqlTransactions
from wopo.domain.delegations import Delegation, Source
from wopo.domain.outbox import Delivery, OutboxRow
from wopo.usecases.absences import READ_ABSENCES, AllowAbsence, AskAbsences
from wopo.usecases.door import Answer
from wopo.usecases.ports.outbox import TASK

Do = Callable[..., Answer]
OFF = {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}


def paused(at: datetime, days: int) -> dict[str, Any]:
    starts, ends = at - timedelta(hours=1), at + timedelta(days=days)
    return {
        "dnd_enabled": True,
        "next_dnd_start_ts": int(starts.timestamp()),
        "next_dnd_end_ts": int(ends.timestamp()),
    }


def user(status: str = "") -> dict[str, Any]:
    return {"profile": {"status_text": status, "status_emoji": "", "status_expiration": 0}}


def stand_ins(transactions: SqlTransactions) -> list[tuple[str, str, Source]]:
    found = [row for row in rows(transactions, Delegation) if row.ended_at is None]
    return sorted((row.from_id, row.to_id, row.source) for row in found)


def test_what_began_before_it_was_allowed_counts_from_then_on(
    work: Callable[[], None],
    do: Do,
    company: Company,
    slack: RecordingSlack,
    transactions: SqlTransactions,
    clock: TestClock,
) -> None:
    slack.users["U-fin"] = user()
    slack.pauses["U-fin"] = paused(clock(), days=2)
    do(AllowAbsence(to_id=company.bea), by=company.fin)
    assert slack.of("dnd.teamInfo") == slack.of("users.info") == [], "nobody waits for Slack"
    work()
    assert stand_ins(transactions) == [(company.fin, company.bea, Source.DO_NOT_DISTURB)]
    do(AllowAbsence(), by=company.fin)
    work()
    assert stand_ins(transactions) == []
    assert len(slack.of("dnd.teamInfo")) == 1, "nobody is asked about who forbade it"


def test_everybody_who_allows_it_is_asked_about_at_the_start_and_each_day(
    work: Callable[[], None],
    do: Do,
    company: Company,
    services: Services,
    slack: RecordingSlack,
    transactions: SqlTransactions,
    clock: TestClock,
) -> None:
    """Sue's account is not shown to us; that keeps nobody else from being read. Slack asks to wait
    once: then nothing was noted, and all of it comes again in time."""
    slack.users.update({"U-fin": user(), "U-bea": user()})
    slack.pauses.update({"U-fin": OFF, "U-bea": OFF})
    for who in (company.fin, company.bea, company.sue):
        do(AllowAbsence(to_id=company.max), by=who)
    work()
    assert stand_ins(transactions) == []
    slack.users["U-fin"] = user("On vacation")
    slack.pauses["U-bea"] = paused(clock(), days=1)
    (job,) = [job for job in JOBS if job.name == AskAbsences.__name__]
    slack.trouble("dnd.teamInfo", Trouble(status=429, retry_after=40))
    assert Clockwork(services, [job]).run(job)
    work()
    assert stand_ins(transactions) == []
    (waits,) = [row for row in rows(transactions, OutboxRow) if row.state is Delivery.PENDING
                and row.audience == f"{TASK}{READ_ABSENCES}"]  # fmt: skip
    assert waits.next_at == clock() + timedelta(seconds=40)
    clock.forward(seconds=41)
    work()
    assert stand_ins(transactions) == sorted(
        [
            (company.bea, company.max, Source.DO_NOT_DISTURB),
            (company.fin, company.max, Source.STATUS),
        ]
    )
    slack.pauses["U-bea"] = OFF
    clock.forward(days=1)
    assert Clockwork(services, [job]).run(job)
    work()
    assert stand_ins(transactions) == [(company.fin, company.max, Source.STATUS)]
