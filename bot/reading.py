"""The slow work on a dropped file: fetch it, keep it, see what it is, read it, take it in.

Runs from the outbox's lane for slow work, at least once: the commands carry keys made from the
row's id, and a file is known by its contents.
"""

import re
from typing import Any

from bot.failures import NotYetError
from bot.files import Contents, fetch
from bot.services import Services
from wopo.domain.errors import BUSY, DomainError, Refusal
from wopo.domain.lookup import Kind
from wopo.domain.outbox import OutboxRow
from wopo.readers.problems import UNREADABLE, ReadingError
from wopo.usecases.attachments import FileFacts
from wopo.usecases.door import ActorRef
from wopo.usecases.execute import execute
from wopo.usecases.imports.documents import Document
from wopo.usecases.incoming_files import KeepFile, TakeInFile
from wopo.usecases.lookup import resolve

READ_FILE = "read_file"
PATIENCE = 60.0
"""Seconds that taking a file in may take; nobody waits for an answer of Slack's."""
UNKNOWN_KIND = Refusal(
    "file.unknown_kind",
    "{file} is no file that wopo reads: invoices come as XML (UBL, Factur-X), as a table (CSV), "
    "as a PDF or as a picture. Nothing was changed; drop it in one of these forms.",
)
_MAGIC: tuple[tuple[bytes, int, str], ...] = (
    (b"%PDF-", 0, "application/pdf"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"WEBP", 8, "image/webp"),
    (b"ftyphei", 4, "image/heic"),
    (b"ftypmif1", 4, "image/heic"),
)
_ORDER = re.compile(r"\bPO[ -]?(?:\d{4}-)?\d+\b")
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def kind_of(raw: bytes, name: str) -> str | None:
    """The media type by the contents themselves; a name counts only for tables, which have no mark
    of their own. None for what is not read."""
    for mark, at, kind in _MAGIC:
        if raw[at : at + len(mark)] == mark:
            return kind
    start = raw[:200]
    for mark in _MARKS:
        start = start.removeprefix(mark)
    if start.replace(b"\0", b"").lstrip().startswith(b"<"):
        return "application/xml"
    is_table = name.lower().endswith((".csv", ".tsv", ".txt")) and b"\0" not in raw[:4096]
    return "text/csv" if is_table else None


def read_file(services: Services, row: OutboxRow) -> None:
    """Do the work of one row: every way ends in an answer in the file's thread."""
    work = _Reading(services, row)
    try:
        work.run()
    except DomainError as error:
        if error.code == BUSY.code:
            raise NotYetError(error.message) from error
        work.refuse(error.message)
    except ReadingError as error:
        problem = error.problem
        work.refuse(UNREADABLE(where=problem.where, problem=problem.sentence).message)


class _Reading:
    """One file under way; ``facts`` become truer as more is known of it."""

    def __init__(self, services: Services, row: OutboxRow) -> None:
        self.services = services
        self.row = row
        self.file: dict[str, Any] = row.facts["file"]
        name = str(self.file.get("name") or self.file.get("title") or "file")[:255]
        self.facts = FileFacts(name=name, slack_file_id=str(self.file["id"]))

    def run(self) -> None:
        """Fetch, recognise, read, take in. Of a file from another workspace the message tells
        nothing but its id."""
        if not (self.file.get("url_private_download") or self.file.get("url_private")):
            told = self.services.patient.files_info(file=self.facts.slack_file_id or "")
            self.file = {**self.file, **(told.get("file") or {})}
        contents = fetch(self.services.settings, self.file)
        kind = kind_of(contents.raw, self.facts.name)
        known = {"mimetype": kind or "", "size": len(contents.raw), "sha256": contents.sha256}
        self.facts = self.facts.model_copy(update=known)
        if kind is None:
            raise UNKNOWN_KIND(file=self.facts.name)
        documents = self._documents(contents, kind)
        if not documents:
            self._keep()
            return
        command = TakeInFile(
            file=self.facts,
            channel=self.row.facts["channel"],
            ts=self.row.facts["ts"],
            documents=documents,
        )
        self._execute(command, "taken")

    def _documents(self, contents: Contents, kind: str) -> tuple[Document, ...]:
        """What can be read in it; nothing in a picture or in a PDF without an invoice's XML. The
        readers and lxml are loaded with the first file, for most bots never meet one."""
        from wopo.readers.documents import document_of, read_document
        from wopo.readers.invoice_tables import read_invoices
        from wopo.readers.pdf import embedded_xml

        if kind == "application/xml":
            return (read_document(contents.path),)
        if kind == "text/csv":
            return read_invoices(contents.path, self.services.settings.invoice_mapping)
        if kind != "application/pdf":
            return ()
        embedded = embedded_xml(contents.path)
        return (document_of(embedded, contents.path.name),) if embedded is not None else ()

    def _keep(self) -> None:
        """Beside a form: wopo reads no figures out of a picture, since a wrong digit is money."""
        order_id = self._order()
        about = " It seems to be for the order that is named beside it." if order_id else ""
        sentence = f"{self.facts.name} is kept; a person enters its figures.{about}"
        self._execute(self._kept(sentence, refused=False, order_id=order_id), "kept")

    def refuse(self, sentence: str) -> None:
        """Keep the file, and say why nothing came of it."""
        self._execute(self._kept(sentence, refused=True), "refused")

    def _kept(self, sentence: str, *, refused: bool, order_id: str | None = None) -> KeepFile:
        return KeepFile(
            file=self.facts,
            channel=self.row.facts["channel"],
            ts=self.row.facts["ts"],
            sentence=sentence,
            refused=refused,
            order_id=order_id,
        )

    def _order(self) -> str | None:
        """The order that the message or the file's name names, if it is one of ours."""
        said = f"{self.row.facts.get('text', '')} {self.facts.name}".replace("_", " ")
        for typed in _ORDER.findall(said.upper()):
            try:
                with self.services.read() as uow:
                    return resolve(uow, typed, kinds=(Kind.PURCHASE_ORDER,)).id
            except DomainError:
                continue
        return None

    def _execute(self, command: TakeInFile | KeepFile, part: str) -> None:
        actor = ActorRef(str(self.row.facts["person_id"]), "slack")
        key = f"file:{self.row.id}:{part}"
        execute(self.services.door, command, actor=actor, key=key, deadline=PATIENCE)
