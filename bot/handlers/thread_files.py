"""Photos and files that people put into a job's thread: handed to the slow work, kept with the job,
answered in the thread.

Till receipts and vendors' papers are taken by ``counter_purchases`` and ``files``, which listen
first.
"""

from collections.abc import Sequence
from typing import Any

from slack_bolt import Ack, App

from bot.failures import NotYetError
from bot.modals.work_requests import file_facts
from bot.results import tell_result
from bot.services import Services
from bot.visit import SURFACE, Visit
from wopo.domain.errors import BUSY, DomainError
from wopo.domain.numbers import short
from wopo.domain.outbox import Mode, OutboxRow, PostedCard
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.attachments import AddAttachments
from wopo.usecases.door import ActorRef, Notice
from wopo.usecases.outbox import QueueTask

JOB = "work_order"
KEEP_FILES = "keep_thread_files"
_TOLD = ("id", "name", "title", "mimetype", "size", "mode", "is_external")
"""What of a file object goes along with the work."""


def register(app: App, services: Services) -> None:
    """Listen to files under a job's card."""
    services.tasks[KEEP_FILES] = keep_files
    app.event("message", matchers=[is_for_job])(hand_over)


def is_for_job(event: dict[str, Any], visit: Visit | None) -> bool:
    """A message with files in the thread of a job's card."""
    return visit is not None and bool(event.get("files")) and _job_id(visit, event) is not None


def _job_id(visit: Visit, event: dict[str, Any]) -> str | None:
    if not event.get("thread_ts"):
        return None
    with visit.read() as uow:
        place = {"channel": event.get("channel"), "ts": event["thread_ts"]}
        card = uow.find(PostedCard, card=JOB, **place)
        return card.subject_id if card else None


def hand_over(ack: Ack, visit: Visit, event: dict[str, Any]) -> None:
    """One message is one piece of slow work, once however often Slack tells of it, and told at
    the same moment twice as well."""
    files = [{name: file[name] for name in _TOLD if name in file} for file in event["files"]]
    given = {"job": _job_id(visit, event), "files": files}
    key = f"{visit.workspace_id}:thread:{event['channel']}:{event['ts']}"
    command = QueueTask(task=KEEP_FILES, given=given)
    visit.services.execute(command, actor=visit.actor, key=key)
    ack()


def keep_files(services: Services, row: OutboxRow) -> None:
    """Hang on the job what does not hang there yet, each file by itself, and say in one reply what
    is kept and why another is not; nothing where all of it is there already."""
    kept, refused = [], []
    for place, file in enumerate(row.facts["files"]):
        try:
            if _keep(services, row, file, place):
                kept.append(file)
        except DomainError as error:
            if error.code == BUSY.code:
                raise NotYetError(error.message) from error
            refused.append(error.message)
    if kept or refused:
        _reply(services, row, kept, refused)


def _keep(services: Services, row: OutboxRow, file: dict[str, Any], place: int) -> bool:
    command = AddAttachments(document=JOB, document_id=row.facts["job"], files=(file_facts(file),))
    actor = ActorRef(str(row.facts["person_id"]), SURFACE)
    answer = services.execute(command, actor=actor, key=f"thread:{row.id}:{place}")
    return bool(answer.facts["added"])


def _reply(
    services: Services, row: OutboxRow, kept: Sequence[dict[str, Any]], refused: Sequence[str]
) -> None:
    job_id = row.facts["job"]
    with services.read() as uow:
        job = uow.get(WorkOrder, job_id)
        said = [_sentence(kept, short(job.number))] if job and kept else []
    told = {"text": " ".join([*said, *refused])}
    tell_result(services, row, Notice("story", job_id, f"thread:{JOB}:{job_id}", Mode.REPLY, told))


def _sentence(files: Sequence[dict[str, Any]], number: str) -> str:
    pictures = all(str(file.get("mimetype")).startswith("image/") for file in files)
    what = "photo" if pictures else "file"
    many = f"{len(files)} {what}s are" if len(files) > 1 else f"The {what} is"
    return f"{many} kept with {number}."
