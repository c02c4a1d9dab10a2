"""The slow work on the photos of an out-of-pocket purchase: read each and note what it contains, so
that the same photo uploaded again is found.

Runs from the outbox's lane for slow work, at least once; noting the same again changes nothing.
"""

from slack_sdk.errors import SlackApiError

from bot.failures import NotYetError
from bot.files import NOT_HANDED_OUT, fetch
from bot.services import Services
from wopo.domain.attachments import Attachment
from wopo.domain.errors import BUSY, DomainError
from wopo.domain.outbox import OutboxRow
from wopo.usecases.attachments import attachments_of
from wopo.usecases.door import ActorRef
from wopo.usecases.execute import execute
from wopo.usecases.out_of_pocket_documents import SUBJECT
from wopo.usecases.out_of_pocket_photos import NotePhotos

_FOR_GOOD = frozenset({"file_not_found", "file_deleted", "missing_scope", "not_allowed_token_type"})
"""What Slack says where no further try can help."""
PATIENCE = 30.0


def read_photos(services: Services, row: OutboxRow) -> None:
    """Note the contents of every photo that nobody read yet, and why another can't be read."""
    with services.read() as uow:
        files = attachments_of(uow, SUBJECT, [row.subject_id])
    digests: dict[str, str] = {}
    unread: list[str] = []
    for file in files:
        if file.sha256:
            continue
        try:
            digests[file.id] = _digest(services, file)
        except DomainError as error:
            unread.append(error.message.partition(". Nothing was changed")[0])
    command = NotePhotos(purchase_id=row.subject_id, digests=digests, unread=tuple(unread))
    try:
        execute(
            services.door,
            command,
            actor=ActorRef(None, "slack"),
            key=f"photos:{row.id}",
            deadline=PATIENCE,
        )
    except DomainError as error:
        if error.code == BUSY.code:
            raise NotYetError(error.message) from error
        raise


def _digest(services: Services, file: Attachment) -> str:
    """SHA-256 of its contents. Raises ``NOT_HANDED_OUT`` and its kin where it can't be read; what a
    line that breaks raises is for another try."""
    try:
        told = services.patient.files_info(file=file.slack_file_id or "")
    except SlackApiError as error:
        said = str(error.response.get("error"))
        if said not in _FOR_GOOD:
            raise
        raise NOT_HANDED_OUT(file=file.name, why=said.replace("_", " ")) from error
    return fetch(services.settings, told.get("file") or {}).sha256
