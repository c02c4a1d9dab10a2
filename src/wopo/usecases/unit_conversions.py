"""Unit conversions: entering them, and turning a quantity into the order's unit."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from wopo.domain.billing import Document
from wopo.domain.columns import rounded
from wopo.domain.invoices import InvoiceLine
from wopo.domain.lookup import Kind
from wopo.domain.money import NEGATIVE, QUANTITY_PLACES, checked_decimal, plain
from wopo.domain.people import Role
from wopo.domain.purchase_orders import PurchaseOrderLine
from wopo.domain.unit_conversions import (
    NO_CONVERSION,
    SAME_UNIT,
    UnitConversion,
    UnitConversionSet,
    conversions_on,
    same_unit,
    unit_key,
)
from wopo.usecases.door import Answer, Command, Context, silent, use_case
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.upsert import id_by_code

silent(UnitConversionSet, "what waited for it is judged again, and its cases tell")


class SetUnitConversion(Command):
    """One ``source`` is ``factor`` of ``target`` from this day on; of one part (by number), or of
    everything."""

    source: str
    target: str
    part: str = ""
    day: date
    factor: Decimal


@use_case(
    SetUnitConversion,
    roles={Role.BUYER, Role.FINANCE, Role.ADMIN},
    action="enter unit conversions",
    system=True,
)
def set_unit_conversion(command: SetUnitConversion, ctx: Context) -> Answer:
    """Enter or correct a conversion; the same again records nothing.

    Raises ``SAME_UNIT`` and ``NEGATIVE``; what was converted already keeps its quantity.
    """
    source, target = unit_key(command.source), unit_key(command.target)
    if source == target or not source or not target:
        raise SAME_UNIT(field="target", source=command.source, target=command.target)
    label = "The factor"
    factor = checked_decimal(command.factor, label=label, places=QUANTITY_PLACES, field="factor")
    if factor <= 0:
        raise NEGATIVE(field="factor", label=label, bound="more than 0", typed=plain(factor))
    part_id = id_by_code(ctx.uow, Kind.PART, command.part, field="part")
    row = ctx.uow.find(
        UnitConversion, source=source, target=target, part_id=part_id, day=command.day
    )
    before = row.factor if row else None
    of_part = f" of {command.part.strip()}" if part_id else ""
    said = f"1 {source}{of_part} is {plain(factor)} {target} from {command.day} on"
    if before == factor:
        return Answer(message=f"{said} already.", facts={"outcome": "unchanged"})
    if row is None:
        row = UnitConversion(
            id=ctx.new_id(),
            source=source,
            target=target,
            part_id=part_id,
            day=command.day,
            factor=factor,
        )
        ctx.uow.add(row)
    row.factor = factor
    ctx.uow.flush()
    ctx.record(
        UnitConversionSet(
            subject_id=row.id,
            source=source,
            target=target,
            part_id=part_id,
            day=command.day,
            factor=factor,
            before=before,
        )
    )
    outcome = "added" if before is None else "changed"
    return Answer(subject_id=row.id, message=f"{said}.", facts={"outcome": outcome})


def convert_billed(
    uow: UnitOfWork, documents: Iterable[Document], lines: Mapping[str, PurchaseOrderLine]
) -> None:
    """Keep with every billed line in another unit how it becomes the order's, as of the invoice's
    day; what was converted before stays. One statement, and none when every unit is the order's."""
    other: list[tuple[Document, InvoiceLine, PurchaseOrderLine]] = []
    for document in documents:
        for row in document.lines:
            line = lines.get(row.purchase_order_line_id or "")
            if line is None or row.unit_factor is not None or same_unit(row.unit, line.unit):
                continue
            other.append((document, row, line))
    if not other:
        return
    rows = uow.all(UnitConversion, source=sorted(_units((row.unit, ln) for _, row, ln in other)))
    for document, row, line in other:
        day = document.invoice.invoice_date
        ratio = conversions_on(rows, day, line.part_id).ratio(row.unit, line.unit)
        if ratio is not None:
            row.unit_factor, row.unit_divisor = ratio


def _units(wanted: Iterable[tuple[str, PurchaseOrderLine]]) -> set[str]:
    return {unit_key(unit) for given, line in wanted for unit in (given, line.unit)}


def in_order_unit(
    uow: UnitOfWork,
    quantities: Sequence[Decimal],
    unit: str,
    line: PurchaseOrderLine,
    *,
    day: date,
    field: str,
) -> list[Decimal]:
    """Counted quantities in the order line's unit, at most six places. Raises
    ``NO_CONVERSION``."""
    if same_unit(unit, line.unit):
        return list(quantities)
    rows = uow.all(UnitConversion, source=sorted(_units([(unit, line)])))
    ratio = conversions_on(rows, day, line.part_id).ratio(unit, line.unit)
    if ratio is None:
        raise NO_CONVERSION(field=field, source=unit.strip(), target=line.unit)
    return [rounded(quantity * ratio[0] / ratio[1]) for quantity in quantities]
