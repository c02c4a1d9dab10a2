"""Which order line a document's line is about: by its reference, else by item number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wopo.domain.imports import NO_LINE, ImportedRecord
from wopo.domain.parts import Part
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.usecases.door import Context
from wopo.usecases.imports_documents import Document, DocumentLine

Lines = Mapping[str, PurchaseOrderLine]


@dataclass
class Ties:
    """The order line of each document line, in the document's order, and what did not fit."""

    lines: list[PurchaseOrderLine | None] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Known:
    """What an order's lines are called: by the ids of their source, and by item numbers."""

    by_source: Mapping[str, PurchaseOrderLine]
    items: Mapping[str, frozenset[str]]
    """Order line id -> item numbers, folded."""


def tie(ctx: Context, order: PurchaseOrder, lines: Lines, document: Document) -> Ties:
    """Tie every line: a reference to an order line wins; without one the item number decides, and
    among several lines of one item the one that still lacks most."""
    known = _known(ctx, order, lines)
    ties = Ties()
    for line in document.lines:
        found = known.by_source.get(line.order_line or "")
        if found is not None and _other_item(line, known.items[found.id]):
            ties.warnings.append(
                f"Line {line.id} names order line {line.order_line} but another item "
                f"({', '.join(line.items())})."
            )
        if found is None and line.order_line:
            ties.warnings.append(f"Line {line.id} names order line {line.order_line}, unknown.")
        ties.lines.append(found or _by_item(line, lines, known, ties.lines))
    return ties


def every_line(
    ties: Ties, order: PurchaseOrder, lines: Lines, document: Document
) -> list[PurchaseOrderLine]:
    """All of them, or ``NO_LINE`` naming the line that is on no order line."""
    found: list[PurchaseOrderLine] = []
    for line, tied in zip(document.lines, ties.lines, strict=True):
        if tied is None:
            raise NO_LINE(
                file=document.file,
                line=line.line,
                item=line.name or ", ".join(line.items()) or f"line {line.id}",
                number=order.number,
                lines="; ".join(f"{each.position} {each.description}" for each in lines.values()),
            )
        found.append(tied)
    return found


def _known(ctx: Context, order: PurchaseOrder, lines: Lines) -> _Known:
    record = ctx.uow.find(ImportedRecord, target="orders", subject_id=order.id)
    part_ids = sorted({line.part_id for line in lines.values() if line.part_id})
    numbers = {part.id: part.number for part in ctx.uow.all(Part, id=part_ids)} if part_ids else {}
    by_source = {str(line.position): line for line in lines.values()}
    items = {
        line.id: {line.vendor_item, numbers.get(line.part_id or "")} for line in lines.values()
    }
    for source in record.facts.get("lines", ()) if record else ():
        line = lines.get(source["line_id"])
        if line is not None:
            items[line.id].update(source["items"])
            if source["source_line"]:
                by_source[source["source_line"]] = line
    return _Known(
        by_source,
        {id: frozenset(item.casefold() for item in found if item) for id, found in items.items()},
    )


def _other_item(line: DocumentLine, items: frozenset[str]) -> bool:
    named = {item.casefold() for item in line.items()}
    return bool(named and items and not named & items)


def _by_item(
    line: DocumentLine,
    lines: Lines,
    known: _Known,
    taken: Sequence[PurchaseOrderLine | None],
) -> PurchaseOrderLine | None:
    named = {item.casefold() for item in line.items()}
    used = {each.id for each in taken if each is not None}
    candidates = [each for each in lines.values() if named & known.items[each.id]]

    def rank(each: PurchaseOrderLine) -> tuple[bool, bool, int]:
        return each.id in used, each.received >= each.quantity, each.position

    return min(candidates, key=rank, default=None)
