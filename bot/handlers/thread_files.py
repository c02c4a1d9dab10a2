"""Photos and files that people put into a job's thread: kept with the job.

Till receipts and vendors' papers are taken by ``counter_purchases`` and ``files``, which listen
first.
"""

from typing import Any

from slack_bolt import Ack, App

from bot.blocks import message
from bot.clicks import quietly
from bot.modals.work_requests import file_facts
from bot.services import Services
from bot.visit import Visit
from wopo.domain.errors import DomainError
from wopo.domain.numbers import short
from wopo.domain.outbox import PostedCard
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.attachments import AddAttachments, FileFacts, attachments_of

JOB = "work_order"


def register(app: App, _services: Services) -> None:
    """Listen to files under a job's card."""
    app.event("message", matchers=[is_for_job])(keep)


def is_for_job(event: dict[str, Any], visit: Visit | None) -> bool:
    """A message with files in the thread of a job's card."""
    return visit is not None and bool(event.get("files")) and _job(visit, event) is not None


def _job(visit: Visit, event: dict[str, Any]) -> WorkOrder | None:
    if not event.get("thread_ts"):
        return None
    with visit.read() as uow:
        place = {"channel": event.get("channel"), "ts": event["thread_ts"]}
        card = uow.find(PostedCard, card=JOB, **place)
        return uow.get(WorkOrder, card.subject_id) if card else None


def keep(ack: Ack, visit: Visit, event: dict[str, Any]) -> None:
    """Hang on the job what does not hang there yet, and say so in the thread; what is not taken
    is said there too. However often Slack tells of it, it is kept and answered once."""
    job = _job(visit, event)
    if job is not None:
        said = _kept(visit, job, event)
        if said:
            with quietly(visit.services):
                visit.services.slack.chat_postMessage(
                    channel=event["channel"], thread_ts=event["thread_ts"], **message(said)
                )
    ack()


def _kept(visit: Visit, job: WorkOrder, event: dict[str, Any]) -> str:
    """What was done; empty where all of it is there already."""
    try:
        files = _new(visit, job, tuple(file_facts(file) for file in event["files"]))
        if not files:
            return ""
        visit.do(AddAttachments(document=JOB, document_id=job.id, files=files))
    except DomainError as error:
        return error.message
    what = "photo" if all(file.mimetype.startswith("image/") for file in files) else "file"
    many = f"{len(files)} {what}s are" if len(files) > 1 else f"The {what} is"
    return f"{many} kept with {short(job.number)}."


def _new(visit: Visit, job: WorkOrder, files: tuple[FileFacts, ...]) -> tuple[FileFacts, ...]:
    with visit.read() as uow:
        known = {one.slack_file_id for one in attachments_of(uow, JOB, [job.id])}
    return tuple(file for file in files if file.slack_file_id not in known)
