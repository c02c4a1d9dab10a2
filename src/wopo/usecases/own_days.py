"""What begins and what is over of things that last some days of a person's own."""

from collections.abc import Sequence
from typing import TypeVar

from wopo.domain.own_days import OwnDays
from wopo.usecases.door import Context
from wopo.usecases.ports.sweeps import SweepStore
from wopo.usecases.sweeps import once

D = TypeVar("D", bound=OwnDays)


def turned(ctx: Context, rows: Sequence[D], job: str) -> tuple[list[D], list[D]]:
    """Which of these began, each told once for all (``job``), and which are over by now."""
    begun = [row for row in rows if row.covers(ctx.at)]
    done = ctx.uow.store(SweepStore).done(job, [row.id for row in begun]) if begun else set()
    fresh = [row for row in begun if row.id not in done]
    for row in fresh:
        once(ctx, job, row.id)
    return fresh, [row for row in rows if row.is_over(ctx.at)]
