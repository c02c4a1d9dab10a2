"""Files dropped in Slack: read by then, taken in here, once for their contents whatever is clicked
or delivered twice. What was read and what became of it is told in the thread of the file."""

from collections.abc import Iterable, Mapping
from typing import Any

from wopo.domain.attachments import Attachment, AttachmentAdded
from wopo.domain.errors import NOT_ALLOWED
from wopo.domain.incoming_files import (
    ALREADY_SETTLED,
    INCOMING,
    NOT_READ,
    UNKNOWN_SENDER,
    FileSettled,
    FileState,
    IncomingFile,
)
from wopo.domain.invoices import Invoice
from wopo.domain.outbox import Mode
from wopo.domain.people import Role, roles_text
from wopo.domain.vendors import Vendor
from wopo.usecases.attachments import FileFacts, attach
from wopo.usecases.door import Answer, Command, Context, Notice, announces, reaction, use_case
from wopo.usecases.imports.documents import Document, DocumentKind
from wopo.usecases.imports.responses import take_response
from wopo.usecases.imports.ubl import take_once
from wopo.usecases.imports.ubl_invoices import Chosen, take_invoice
from wopo.usecases.imports.ubl_orders import known_vendor
from wopo.usecases.incoming_questions import understand

READERS = frozenset({Role.FINANCE, Role.BUYER, Role.ADMIN})
_RIGHTS = {
    DocumentKind.INVOICE: frozenset({Role.FINANCE}),
    DocumentKind.CREDIT: frozenset({Role.FINANCE}),
    DocumentKind.RESPONSE: READERS,
}
"""Who may take in what. An order or a receipt advice is not read from a dropped file."""


class Dropped(Command):
    """A file in a message: ``channel`` and ``ts`` are the message's, ``file`` has the SHA-256 of
    its contents and Slack's id."""

    file: FileFacts
    channel: str
    ts: str


class TakeInFile(Dropped):
    """Take in the documents of a file that was read, or ask what is not sure about them."""

    documents: tuple[Document, ...]


class KeepFile(Dropped):
    """Keep a file that no document comes of: a picture, or one that can't be taken in and why.
    ``order_id``: the order it seems to be about."""

    sentence: str
    refused: bool = False
    order_id: str | None = None


class AnswerFile(Command):
    """What a person says to the questions about a file: by their key, an id or nothing."""

    file_id: str
    answers: dict[str, str]


@use_case(TakeInFile, roles=READERS, action="take in vendors' documents")
def take_in_file(command: TakeInFile, ctx: Context) -> Answer:
    """Everything in the file in one transaction, or a question about it; nothing at all for
    contents that came before."""
    row = _row(ctx, command)
    earlier = ctx.uow.find(IncomingFile, claim=row.sha256)
    if earlier is not None and earlier.id != row.id:
        return _repeated(ctx, row, earlier)
    for document in command.documents:
        _check_right(ctx, document)
    row.claim = row.sha256
    row.documents = [document.model_dump(mode="json") for document in command.documents]
    return _go_on(ctx, row, command.documents, {})


@use_case(AnswerFile, roles={Role.FINANCE}, action="enter invoices")
def answer_file(command: AnswerFile, ctx: Context) -> Answer:
    """Take in what waited for these answers; an order that was named may bring new questions."""
    row = ctx.require_locked(IncomingFile, command.file_id, label="file")
    if row.state is not FileState.ASKING:
        raise ALREADY_SETTLED(file=row.name, sentence=row.sentence)
    documents = tuple(Document.model_validate(each) for each in row.documents)
    known = {str(q["key"]): str(q["answer"]) for q in row.questions if q.get("answer") is not None}
    return _go_on(ctx, row, documents, {**known, **command.answers})


@use_case(KeepFile, roles=READERS, action="hand in vendors' documents")
def keep_file(command: KeepFile, ctx: Context) -> Answer:
    """Remember what the file is and why nothing was made of it yet."""
    row = _row(ctx, command)
    earlier = ctx.uow.find(IncomingFile, claim=row.sha256) if row.sha256 else None
    if earlier is not None and earlier.id != row.id:
        return _repeated(ctx, row, earlier)
    row.state = FileState.REFUSED if command.refused else FileState.KEPT
    row.claim = None if command.refused or not row.sha256 else row.sha256
    row.order_id = command.order_id
    return _settled(ctx, row, command.sentence)


def _row(ctx: Context, command: Dropped) -> IncomingFile:
    """The row of this file in this message, new or from an earlier try."""
    file = command.file
    known_as = file.slack_file_id or file.sha256 or ""
    found = ctx.uow.find(
        IncomingFile, slack_file_id=known_as, channel=command.channel, ts=command.ts
    )
    if found is None:
        found = IncomingFile(
            id=ctx.new_id(),
            slack_file_id=known_as,
            channel=command.channel,
            ts=command.ts,
            name=file.name[:255],
            mimetype=file.mimetype,
            size=file.size,
            sha256=file.sha256 or "",
            state=FileState.REFUSED,
            person_id=ctx.actor_id,
            at=ctx.at,
        )
        ctx.uow.add(found)
    return found


def _repeated(ctx: Context, row: IncomingFile, earlier: IncomingFile) -> Answer:
    row.state = FileState.REPEATED
    row.results = earlier.results
    said = f"The same file came before ({earlier.name}, {earlier.at.date()}); nothing was changed."
    return _settled(ctx, row, f"{said} {earlier.sentence}")


def _check_right(ctx: Context, document: Document) -> None:
    allowed = _RIGHTS.get(document.kind)
    if allowed is None:
        raise NOT_READ(file=document.file, kind=document.kind.value)
    if not ctx.person().has(*allowed):
        action = f"take in {document.kind.value}s"
        raise NOT_ALLOWED(action=action, who=roles_text(sorted(allowed)))


def _go_on(
    ctx: Context,
    row: IncomingFile,
    documents: tuple[Document, ...],
    answers: Mapping[str, str],
) -> Answer:
    """Take everything in, or ask what is still not sure; what was answered stays answered."""
    understood = [
        understand(ctx, document, _vendor_of(ctx, document), place, answers)
        for place, document in enumerate(documents)
    ]
    asked = [question for each in understood for question in each.questions]
    if asked:
        answered = [{"key": key, "answer": value} for key, value in answers.items()]
        row.questions = [*answered, *(each.model_dump(mode="json") for each in asked)]
        row.state = FileState.ASKING
        lines = f"{len(asked)} things in it are" if len(asked) > 1 else "One thing in it is"
        said = f"{_names(documents)}: {lines} not sure, so nothing is entered yet."
        return _settled(ctx, row, said)
    row.results = [
        _taken(ctx, row, document, each.chosen)
        for document, each in zip(documents, understood, strict=True)
    ]
    row.state, row.questions = FileState.ENTERED, []
    return _settled(ctx, row, " ".join(result["sentence"] for result in row.results))


def _names(documents: Iterable[Document]) -> str:
    return ", ".join(f"{each.kind.value.capitalize()} {each.number}" for each in documents)


def _taken(ctx: Context, row: IncomingFile, document: Document, chosen: Chosen) -> dict[str, Any]:
    def take(inner: Context, said: Document, vendor: Vendor) -> Answer:
        if said.kind is DocumentKind.RESPONSE:
            answer = take_response(inner, said, vendor)
            attach(inner, "purchase_order", answer.subject_id, [_facts(row)])
            return answer
        files = (_facts(row),)
        return take_invoice(inner, said, vendor, chosen=chosen, imported=False, files=files)

    answer = take_once(ctx, document, take, lambda *_: _vendor_of(ctx, document))
    return {
        "kind": document.kind.value,
        "id": answer.subject_id,
        "number": answer.number,
        "sentence": answer.message,
    }


def _vendor_of(ctx: Context, document: Document) -> Vendor:
    """A vendor of ours: a file that somebody sent makes nobody one."""
    party = document.vendor
    found = known_vendor(ctx, party)
    if found is None:
        name = party.name or next(iter(party.ids), "somebody without a name")
        raise UNKNOWN_SENDER(file=document.file, vendor=name)
    return found


def _facts(row: IncomingFile) -> FileFacts:
    return FileFacts(
        name=row.name,
        mimetype=row.mimetype,
        size=row.size,
        slack_file_id=row.slack_file_id,
        sha256=row.sha256,
    )


def _settled(ctx: Context, row: IncomingFile, sentence: str) -> Answer:
    row.sentence = sentence[:2000]
    row.version += 1
    ctx.record(
        FileSettled(
            subject_id=row.id,
            file=row.name,
            sha256=row.sha256,
            state=row.state.value,
            sentence=row.sentence,
            document_ids=[str(result["id"]) for result in row.results],
        )
    )
    return Answer(
        subject_id=row.id,
        message=row.sentence,
        facts={"state": row.state.value, "results": row.results},
    )


@reaction(AttachmentAdded)
def entered_by_hand(event: AttachmentAdded, ctx: Context) -> None:
    """Somebody entered the invoice of a picture, or of a file that could not be read."""
    if event.document != "invoice":
        return
    attachment = ctx.require(Attachment, event.subject_id, label="file")
    if attachment.slack_file_id is None:
        return
    waiting = ctx.uow.all(IncomingFile, slack_file_id=attachment.slack_file_id)
    for row in waiting:
        if not INCOMING.can(row.state, "enter_by_hand"):
            continue
        invoice = ctx.require(Invoice, event.document_id, label="invoice")
        row.state = INCOMING.move(row.state, "enter_by_hand", subject=row.name)
        row.claim = row.claim or _free_claim(ctx, row)
        sentence = f"Entered by hand as {invoice.number} over {invoice.total}."
        row.results = [
            {"kind": "invoice", "id": invoice.id, "number": invoice.number, "sentence": sentence}
        ]
        _settled(ctx, row, sentence)


def _free_claim(ctx: Context, row: IncomingFile) -> str | None:
    taken = row.sha256 and ctx.uow.find(IncomingFile, claim=row.sha256)
    return None if taken or not row.sha256 else row.sha256


@announces(FileSettled)
def tell_file(event: FileSettled, ctx: Context) -> Iterable[Notice]:
    """The answer in the thread of the file, kept up to date."""
    row = ctx.require(IncomingFile, event.subject_id, label="file")
    yield Notice("incoming_file", row.id, f"at:{row.channel}:{row.ts}", Mode.KEEP)
