"""The slow work of a payment batch: its files, for whoever made it or asked for them."""

import hashlib

from bot.blocks import safe
from bot.services import Services
from bot.sharing import direct_channel, upload
from wopo.domain.outbox import OutboxRow
from wopo.domain.payment_batches import BatchState
from wopo.domain.people import Person, Role
from wopo.usecases.door import SCHEDULER
from wopo.usecases.execute import execute
from wopo.usecases.payment_batches import NoteBatchExported
from wopo.usecases.payment_notices import ATTACH_PAYMENTS
from wopo.usecases.views.payment_batches import BatchView, batch_view

PATIENCE = 30.0


def register(services: Services) -> None:
    """Make the piece of work known."""
    services.tasks[ATTACH_PAYMENTS] = attach_payments


def attach_payments(services: Services, row: OutboxRow) -> None:
    """Bring the batch's files, as it is now, to a person in finance. A row from before a payment
    was taken out does nothing, for another one follows it; nor is there a file of what is
    cancelled."""
    with services.read() as uow:
        batch = batch_view(uow, str(row.facts.get("batch_id") or row.subject_id))
        person = uow.get(Person, row.facts["person_id"])
        allowed = person is not None and person.active and person.has(Role.FINANCE)
    outdated = row.facts["revision"] != batch.revision
    if outdated or batch.state is BatchState.CANCELLED or not allowed:
        return
    channel = direct_channel(services, row.facts["person_id"])
    if not channel:
        return
    files = services.payments(batch)
    upload(services, channel, files, _comment(batch))
    noted = NoteBatchExported(
        batch_id=batch.id,
        files={name: hashlib.sha256(raw).hexdigest() for name, raw in files.items()},
    )
    execute(services.door, noted, actor=SCHEDULER, key=f"payments:{row.id}", deadline=PATIENCE)


def _comment(batch: BatchView) -> str:
    said = f"Payment batch {batch.number}, as a table"
    if batch.revision > 1:
        said = f"{said} (state {batch.revision}: use no earlier file)"
    if batch.why_no_sepa:
        return safe(f"{said}. There is no SEPA file: {batch.why_no_sepa}.")
    apart = [one.vendor for one in batch.living if one.amount and not one.sepa]
    lacking = f" Only in the table: {', '.join(apart)[:300]}." if apart else ""
    return safe(f"{said} and as SEPA credit transfer (pain.001.001.09).{lacking}")
