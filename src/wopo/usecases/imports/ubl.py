"""Trade documents taken in one by one: an order, what arrived, what is billed, what is credited.

A document is known by its vendor and number; the same again is no second document. Exceptions that
it raises are told in the one summary and wait in their owners' lists.
"""

import hashlib
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from wopo.domain.imports import DOCUMENT_DIFFERS, NOT_TAKEN, ImportedRecord, ImportFinished
from wopo.domain.people import Role
from wopo.domain.vendors import Vendor
from wopo.usecases.door import Answer, Command, Context, use_case
from wopo.usecases.imports.documents import Document, DocumentKind, Party
from wopo.usecases.imports.responses import take_response
from wopo.usecases.imports.taking import quietly
from wopo.usecases.imports.ubl_invoices import take_invoice
from wopo.usecases.imports.ubl_orders import known_vendor, take_order, vendor_of
from wopo.usecases.imports.ubl_receipts import take_receipt

Take = Callable[[Context, Document, Vendor], Answer]
FindVendor = Callable[[Context, Party, str | None], Vendor]
TAKES: dict[DocumentKind, Take] = {
    DocumentKind.RECEIPT: take_receipt,
    DocumentKind.INVOICE: take_invoice,
    DocumentKind.CREDIT: take_invoice,
    DocumentKind.RESPONSE: take_response,
}


class TakeInDocument(Command):
    """Take in one document. ``cost_centre`` (a code) pays for an order that comes in this way;
    empty: a cost centre of its own."""

    document: Document
    cost_centre: str = ""


@use_case(
    TakeInDocument,
    roles={Role.ADMIN, Role.BUYER, Role.FINANCE},
    action="take in trade documents",
    system=True,
)
def take_in_document(command: TakeInDocument, ctx: Context) -> Answer:
    """Take in the document once; whatever follows from it follows in the same commit."""
    document = command.document
    if document.kind is DocumentKind.DESPATCH:
        raise NOT_TAKEN(
            file=document.file,
            kind=document.kind.value,
            instead="import the receipt advice when the goods are there",
        )
    if document.kind is DocumentKind.ORDER:
        answer = take_order(ctx, document, command.cost_centre)
    else:
        take = TAKES[document.kind]
        if document.kind is not DocumentKind.RESPONSE:  # Jobs wait for what a vendor promises.
            take = imported(take)
        answer = take_once(ctx, document, take, vendor_of)
    if answer.facts.get("outcome") == "added":
        _tell(ctx, document, answer)
    return answer


def imported(take: Take) -> Take:
    """The same, without messages of its own: an import posts nothing but one summary."""

    def run(ctx: Context, document: Document, vendor: Vendor) -> Answer:
        return quietly(ctx, lambda inner: take(inner, document, vendor))

    return run


def take_once(ctx: Context, document: Document, take: Take, find_vendor: FindVendor) -> Answer:
    """Take it in unless it was taken in before; another one under its number is refused.

    ``find_vendor`` gives the vendor of a document that is new, or refuses it.
    """
    vendor = known_vendor(ctx, document.vendor)
    digest = _digest(document)
    earlier = vendor and ctx.uow.find(
        ImportedRecord, target=document.kind.value, source_key=_key(document, vendor)
    )
    name = f"{document.kind.value.capitalize()} {document.number}"
    if earlier:
        if earlier.digest != digest:
            raise DOCUMENT_DIFFERS(
                kind=document.kind.value.capitalize(),
                number=document.number,
                vendor=document.vendor.name,
            )
        return Answer(
            subject_id=earlier.subject_id,
            number=document.number,
            message=f"{name} was taken in before; nothing is changed.",
            facts={"outcome": "unchanged"},
        )
    vendor = find_vendor(ctx, document.vendor, document.currency)
    answer = take(ctx, document, vendor)
    ctx.uow.append(_record(ctx, document, vendor, answer, digest))
    return answer


def _record(
    ctx: Context, document: Document, vendor: Vendor, answer: Answer, digest: str
) -> ImportedRecord:
    return ImportedRecord(
        id=ctx.new_id(),
        target=document.kind.value,
        source_key=_key(document, vendor),
        digest=digest,
        subject_id=answer.subject_id,
        source=document.file[:200],
        warnings=list(answer.facts.get("warnings", ())),
        at=ctx.at,
    )


def _key(document: Document, vendor: Vendor) -> str:
    return f"{vendor.code}|{document.number.strip().upper()}"


def _digest(document: Document) -> str:
    """Over all that the document says; its file's name and layout do not count."""
    said: dict[str, Any] = document.model_dump(mode="json", exclude={"file"})
    for line in said["lines"]:
        del line["line"]
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _tell(ctx: Context, document: Document, answer: Answer) -> None:
    warnings = list(answer.facts.get("warnings", ()))
    ctx.record(
        ImportFinished(
            subject_id=ctx.new_id(),
            files=[document.file],
            counts={document.kind.value: {"added": 1, "changed": 0, "unchanged": 0}},
            warnings=len(warnings),
            rounding_lines=0,
            rounding_largest=Decimal(0),
            rounding_sum=Decimal(0),
            sentence=f"Import of {document.file}: {answer.message}",
        )
    )
