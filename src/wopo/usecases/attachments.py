"""Photos and files: hung on a document, going along when a request becomes a job."""

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from wopo.domain.attachments import Attachment, AttachmentAdded
from wopo.domain.errors import INVALID, NOT_ALLOWED, NOT_FOUND
from wopo.domain.invoices import Invoice
from wopo.domain.lookup import Kind
from wopo.domain.outbox import Mode
from wopo.domain.people import Role
from wopo.domain.price_agreements import PriceAgreement
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.door import Answer, Command, Context, Notice, announces, use_case
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.lookup import TABLES

MAX_BYTES = 10_000_000
"""Largest file taken (reliability.md, A53)."""
MIMETYPES = frozenset(
    {
        "image/jpeg",
        "image/png",
        "image/heic",
        "image/webp",
        "application/pdf",
        "application/xml",
        "text/xml",
        "text/csv",
        "text/plain",
    }
)
"""Kinds of file taken; pictures that carry scripts (SVG) are not among them."""


CONTRACTS = (Role.BUYER, Role.FINANCE, Role.ADMIN)
CONTRACT = "price_agreement"
"""The document of a contract's files; those who deal with vendors add them."""


class FileFacts(BaseModel):
    """A file as Slack or a reader describes it. ``size`` is in bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    mimetype: str = ""
    size: int = 0
    slack_file_id: str | None = None
    url: str | None = None
    sha256: str | None = None


class AddAttachments(Command):
    """Hang files on a document; one that hangs there already is ignored."""

    document: str
    """The document's kind: ``work_order``, ``purchase_order``, ``receipt``, ``invoice``, ..."""
    document_id: str
    files: tuple[FileFacts, ...]


@use_case(AddAttachments, action="attach files", system=True)
def add_attachments(command: AddAttachments, ctx: Context) -> Answer:
    """Check the document and the files, and keep what is new."""
    if ctx.actor is not None and ctx.actor.only_reads():
        raise NOT_ALLOWED(action="attach files", who="whoever works with the document")
    _document(ctx, command)
    added = attach(ctx, command.document, command.document_id, command.files)
    return Answer(
        subject_id=command.document_id,
        message=f"{len(added)} of {len(command.files)} files added.",
        facts={"added": [attachment.id for attachment in added]},
    )


def _document(ctx: Context, command: AddAttachments) -> None:
    kinds: dict[str, Any] = {kind.value: table.model for kind, table in TABLES.items()}
    kinds |= {"invoice": Invoice, CONTRACT: PriceAgreement}
    if command.document == CONTRACT and ctx.actor is not None:
        ctx.require_role(*CONTRACTS, action="add files to a contract")
    model = kinds.get(command.document)
    if model is None or ctx.uow.get(model, command.document_id) is None:
        label = command.document.replace("_", " ")
        raise NOT_FOUND(kind=label, wanted=command.document_id, nearest="")


def attach(
    ctx: Context, document: str, document_id: str, files: Sequence[FileFacts]
) -> list[Attachment]:
    """Hang files on a document that the caller has checked; the same Slack file or the same
    contents twice is ignored. Raises ``INVALID`` at ``files`` for what is not taken."""
    if not files:
        return []
    there = attachments_of(ctx.uow, document, [document_id])
    known = {key for attachment in there for key in (attachment.slack_file_id, attachment.sha256)}
    added = []
    for file in files:
        check_file(file)
        keys = {key for key in (file.slack_file_id, file.sha256) if key}
        if keys & known:
            continue
        known |= keys
        added.append(_keep(ctx, document, document_id, file))
    return added


def check_file(file: FileFacts) -> None:
    """Refuse a file that is too large or of a kind that wopo does not take."""
    accepted = "photos, PDF, CSV and XML up to 10 MB are taken"
    if file.size > MAX_BYTES:
        problem = f"{file.name} is too large ({file.size / 1_000_000:.1f} MB)"
        raise INVALID(field="files", label="Files", problem=problem, accepted=accepted)
    if file.mimetype and file.mimetype not in MIMETYPES:
        problem = f"{file.name} is of a kind that is not taken ({file.mimetype})"
        raise INVALID(field="files", label="Files", problem=problem, accepted=accepted)


def _keep(ctx: Context, document: str, document_id: str, file: FileFacts) -> Attachment:
    attachment = Attachment(
        id=ctx.new_id(),
        subject=document,
        subject_id=document_id,
        added_by_id=ctx.actor_id,
        at=ctx.at,
        **file.model_dump(),
    )
    ctx.uow.add(attachment)
    ctx.record(
        AttachmentAdded(
            subject_id=attachment.id,
            document=document,
            document_id=document_id,
            file=file.name,
            added_by_id=ctx.actor_id,
        )
    )
    return attachment


def attachments_of(uow: UnitOfWork, document: str, document_ids: Sequence[str]) -> list[Attachment]:
    """The files of these documents in the order they came."""
    return uow.all(Attachment, subject=document, subject_id=list(document_ids), order=("at", "id"))


def files_of(attachments: Iterable[Attachment]) -> list[FileFacts]:
    """The same files again, to hang them on another document."""
    return [
        FileFacts.model_validate(attachment.model_dump(include=set(FileFacts.model_fields)))
        for attachment in attachments
    ]


@announces(AttachmentAdded)
def tell_added(event: AttachmentAdded, ctx: Context) -> Iterable[Notice]:
    """A job's card counts its photos; other documents show theirs where they are opened."""
    if event.document != Kind.WORK_ORDER.value:
        return
    order = ctx.uow.get(WorkOrder, event.document_id)
    if order is not None:
        yield Notice("work_order", order.id, f"site:{order.site_id}", Mode.KEEP)
