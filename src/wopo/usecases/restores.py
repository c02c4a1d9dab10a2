"""After a restore: what was done since the backup is gone from the database, not from the world.

Numbers given out since then may stand on paper, so every series skips ahead, and the gap is logged
(invariant 9). Messages that wait may have been sent already, so each is looked for before it is
sent (A61).
"""

from wopo.domain.errors import INVALID
from wopo.domain.numbers import NumberSeries, NumbersSkipped
from wopo.domain.outbox import Delivery, OutboxRow
from wopo.domain.people import Role
from wopo.usecases.door import Answer, Command, Context, silent, use_case
from wopo.usecases.ports.outbox import DOUBT

SKIP = 1_000
"""Numbers skipped in each series: more than anybody gives out between two backups."""

silent(NumbersSkipped, "the administrator who restores is told at the console")


class MarkRestored(Command):
    """The database was brought back from a backup; ``skip`` numbers of each series are left out."""

    skip: int = SKIP


@use_case(MarkRestored, roles={Role.ADMIN}, action="restore a backup", system=True)
def mark_restored(command: MarkRestored, ctx: Context) -> Answer:
    """Skip ahead in every series, and have waiting messages looked for before they are sent."""
    if command.skip < 1:
        raise INVALID(field="skip", label="skip", problem="is too small", accepted="give 1 or more")
    skipped = _skip(ctx, command.skip)
    waiting = ctx.uow.all(OutboxRow, state=[Delivery.PENDING, Delivery.SENDING])
    for row in waiting:
        row.state, row.claimed_by, row.claimed_at = Delivery.PENDING, None, None
        row.next_at = ctx.at
        row.problem = f"{DOUBT}: restored from a backup"
    ctx.record(NumbersSkipped(subject_id="numbers", skipped=skipped))
    told = ", ".join(f"{name} from {last + 1} on" for name, (_, last) in skipped.items())
    return Answer(
        message=f"Numbers go on with {told or 'the first'}. {len(waiting)} waiting messages are "
        "looked for in Slack before they are sent.",
        facts={"skipped": skipped, "waiting": len(waiting)},
    )


def _skip(ctx: Context, count: int) -> dict[str, tuple[int, int]]:
    """Series -> the first and the last number that nobody will get."""
    skipped = {}
    for series in ctx.uow.all(NumberSeries, order=("prefix", "year")):
        if series.year != 0:
            first, series.last = series.last + 1, series.last + count
            skipped[f"{series.prefix}-{series.year}"] = (first, series.last)
    return skipped
