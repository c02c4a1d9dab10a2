"""What screens show of a dropped file: what became of it, and what is asked about it."""

from dataclasses import dataclass

from wopo.domain.errors import NOT_FOUND
from wopo.domain.exception_kinds import kind_of
from wopo.domain.incoming_files import FileState, IncomingFile
from wopo.domain.invoices import Invoice, InvoiceState
from wopo.usecases.attachments import FileFacts
from wopo.usecases.incoming_questions import Question
from wopo.usecases.ports import UnitOfWork


@dataclass(frozen=True)
class IncomingFileView:
    """A file in its thread. ``held_by`` are the titles of what keeps its invoices from being paid;
    ``order_id`` is the order it seems to be about."""

    id: str
    version: int
    state: FileState
    file: FileFacts
    sentence: str
    questions: tuple[Question, ...]
    entered: bool
    held_by: tuple[str, ...]
    order_id: str


def incoming_file_view(uow: UnitOfWork, file_id: str) -> IncomingFileView:
    """The file as it stands. Raises ``NOT_FOUND``. Two queries."""
    row = uow.get(IncomingFile, file_id)
    if row is None:
        raise NOT_FOUND(kind="file", wanted=file_id, nearest="")
    ids = [str(result["id"]) for result in row.results if result["kind"] != "order response"]
    invoices = uow.all(Invoice, id=ids, order="sequence") if ids else []
    codes = [
        code
        for invoice in invoices
        if invoice.state is InvoiceState.ON_HOLD
        for code in invoice.codes
    ]
    return IncomingFileView(
        id=row.id,
        version=row.version,
        state=row.state,
        file=FileFacts(
            name=row.name,
            mimetype=row.mimetype,
            size=row.size,
            slack_file_id=row.slack_file_id,
            sha256=row.sha256 or None,
        ),
        sentence=row.sentence,
        questions=tuple(
            Question.model_validate(each) for each in row.questions if each.get("answer") is None
        ),
        entered=bool(row.results),
        held_by=tuple(dict.fromkeys(kind_of(code).title for code in codes)),
        order_id=row.order_id or "",
    )
