"""What can be wrong with an installation: one check, one sentence, one way to mend it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from wopo.domain.audit import AuditEntry, AuditHead
from wopo.domain.outbox import Delivery, OutboxRow
from wopo.usecases.ports import UnitOfWork

OUTBOX_PATIENCE = timedelta(minutes=10)
"""How long a row may wait before somebody should look (Slack's own limits need seconds)."""


@dataclass(frozen=True)
class Check:
    """One finding: its name, whether all is well, what is so, and how to mend it if not."""

    name: str
    ok: bool
    sentence: str
    mend: str = ""


def clock_check(uow: UnitOfWork, now: datetime) -> Check:
    """The newest audit entry must not lie in the future: then the clock was set back."""
    head = uow.get(AuditHead, 1)
    newest = uow.get(AuditEntry, head.seq) if head else None
    if newest is not None and newest.at > now + timedelta(seconds=5):
        return Check(
            "clock",
            ok=False,
            sentence=f"The clock says {now:%Y-%m-%d %H:%M}, but something was already recorded "
            f"at {newest.at:%Y-%m-%d %H:%M} UTC.",
            mend="Set the machine's clock (NTP) before going on.",
        )
    return Check("clock", ok=True, sentence="The clock is not behind the newest entry.")


def outbox_check(uow: UnitOfWork, now: datetime) -> Check:
    """Dead or unknown deliveries, and rows that wait too long."""
    dead = uow.count(OutboxRow, state=Delivery.DEAD)
    unknown = uow.count(OutboxRow, state=Delivery.UNKNOWN)
    waiting = uow.all(OutboxRow, order="next_at", limit=1, state=Delivery.PENDING)
    problems = []
    if dead:
        problems.append(f"{dead} could not be delivered")
    if unknown:
        problems.append(f"{unknown} may or may not have arrived")
    if waiting and waiting[0].next_at < now - OUTBOX_PATIENCE:
        problems.append(f"the oldest waits since {waiting[0].next_at:%Y-%m-%d %H:%M} UTC")
    if not problems:
        return Check("outbox", ok=True, sentence="Nothing is stuck in the outbox.")
    shown = uow.all(OutboxRow, order="-seq", limit=3, state=[Delivery.DEAD, Delivery.UNKNOWN])
    details = "; ".join(f"{row.card} for {row.audience}: {row.problem}" for row in shown)
    return Check(
        "outbox",
        ok=False,
        sentence=f"The outbox: {', '.join(problems)}." + (f" {details}." if details else ""),
        mend="Is the bot running and invited to the channel? Then: wopo outbox retry.",
    )
