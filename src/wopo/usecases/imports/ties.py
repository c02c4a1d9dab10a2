"""Which order line a document's line is about: by its reference, else by item number, else by
description and price; where that leaves a doubt, a person is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wopo.domain.imports import NO_LINE, ImportedRecord
from wopo.domain.lookup import words_of
from wopo.domain.parts import Part
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.usecases.door import Context
from wopo.usecases.imports.documents import Document, DocumentLine

Lines = Mapping[str, PurchaseOrderLine]


@dataclass
class Ties:
    """The order line of each document line, in the document's order, and what did not fit."""

    lines: list[PurchaseOrderLine | None] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unsure: dict[int, list[PurchaseOrderLine]] = field(default_factory=dict)
    """Place of a line that is tied to none -> order lines it may be about, the likeliest first."""


@dataclass(frozen=True)
class _Known:
    """What an order's lines are called: by the ids of their source, and by item numbers."""

    by_source: Mapping[str, PurchaseOrderLine]
    items: Mapping[str, frozenset[str]]
    """Order line id -> item numbers, folded."""


def tie(
    ctx: Context,
    order: PurchaseOrder,
    lines: Lines,
    document: Document,
    answers: Mapping[int, str] | None = None,
) -> Ties:
    """Tie every line: a reference to an order line wins; without one the item number decides, and
    among several lines of one item the one that still lacks most; then description and price.

    ``answers``: what a person said about a place, an order line's id or nothing for "none of them".
    """
    known = _known(ctx, order, lines)
    answers = answers or {}
    ties = Ties()
    for place, line in enumerate(document.lines):
        if place in answers:
            ties.lines.append(lines.get(answers[place]))
            continue
        found = known.by_source.get(line.order_line or "")
        if found is not None and _other_item(line, known.items[found.id]):
            ties.warnings.append(
                f"Line {line.id} names order line {line.order_line} but another item "
                f"({', '.join(line.items())})."
            )
        if found is None and line.order_line:
            ties.warnings.append(f"Line {line.id} names order line {line.order_line}, unknown.")
        ties.lines.append(found or _by_item(line, lines, known, ties.lines))
    for place, line in enumerate(document.lines):
        if ties.lines[place] is None and place not in answers:
            _by_words(place, line, lines, ties)
    return ties


def _by_words(place: int, line: DocumentLine, lines: Lines, ties: Ties) -> None:
    """One order line of the same description, or the only one alike at the same price; else all
    that are left are asked about."""
    used = {each.id for each in ties.lines if each is not None}
    left = [each for each in lines.values() if not each.cancelled and each.id not in used]
    said = [words_of(text) for text in (line.name, line.description) if text]
    same = [each for each in left if words_of(each.description) in said]
    priced = [each for each in same if _same_price(line, each)]
    alike = [
        each
        for each in left
        if _same_price(line, each) and any(_alike(words_of(each.description), s) for s in said)
    ]
    sure = next((found for found in (same, priced, alike) if len(found) == 1), None)
    if sure is not None:
        ties.lines[place] = sure[0]
        return

    def likelihood(each: PurchaseOrderLine) -> tuple[bool, bool, int]:
        return each not in alike + same, not _same_price(line, each), each.position

    if left:
        ties.unsure[place] = sorted(left, key=likelihood)


def _alike(one: set[str], other: set[str]) -> bool:
    """Whether three words of five are in both."""
    return 5 * len(one & other) >= 3 * len(one | other) > 0


def _same_price(line: DocumentLine, each: PurchaseOrderLine) -> bool:
    if line.price is None:
        return False
    return line.price * each.price_per == each.unit_price * line.price_per


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
