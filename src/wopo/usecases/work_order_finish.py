"""Finishing a job in one go: the hours and the completion, both or neither."""

from decimal import Decimal

from pydantic import Field

from wopo.usecases.door import Answer, Command, Context, use_case
from wopo.usecases.labour import EnterLabour, enter_labour
from wopo.usecases.work_order_moves import WORKERS, CompleteWork, complete_work


class FinishWork(Command):
    """The work is done; ``hours`` are the acting person's of today, where there were any left to
    enter."""

    work_order_id: str
    note: str = Field(default="", max_length=2000)
    hours: Decimal | None = None


@use_case(FinishWork, roles=WORKERS, action="complete jobs")
def finish_work(command: FinishWork, ctx: Context) -> Answer:
    """Enter the hours, then complete."""
    if command.hours is not None:
        enter_labour(EnterLabour(work_order_id=command.work_order_id, hours=command.hours), ctx)
    return complete_work(CompleteWork(work_order_id=command.work_order_id, note=command.note), ctx)
