"""What a piece of slow work came to, told once."""

from bot.services import Services
from wopo.domain.outbox import OutboxRow
from wopo.usecases.door import Notice
from wopo.usecases.outbox import put

TOLD = "-told"


def tell_result(services: Services, work: OutboxRow, notice: Notice) -> None:
    """Say it, in a row whose id is made of the work's own: work that is done again, because a crash
    came before it was ticked off, finds it said. One word for each piece of work."""
    told = work.id + TOLD
    with services.transactions.write() as uow:
        if uow.get(OutboxRow, told) is not None:
            return
        put(uow, notice, at=services.clock(), new_id=lambda: told)
        uow.commit()
    services.bell.ring()
