"""The catalogue of parts."""

from wopo.domain.errors import REQUIRED
from wopo.domain.lookup import Kind
from wopo.domain.parts import UNIT_FIXED, Part, PartAdded, PartChanged
from wopo.domain.people import Role
from wopo.domain.purchase_orders import PurchaseOrderLine
from wopo.domain.stock import StockLevel
from wopo.usecases.door import Answer, Context, silent, use_case
from wopo.usecases.upsert import Save, save

silent(PartAdded, "it concerns nobody until it is asked for")
silent(PartChanged, "it is shown wherever the part is")


class SavePart(Save):
    """Add a part, or change the given fields of the one with this number."""

    number: str
    name: str = ""
    unit: str = ""
    category: str = ""
    service: bool = False
    active: bool = True


@use_case(
    SavePart,
    roles={Role.BUYER, Role.RECEIVER, Role.ADMIN},
    action="add and change parts",
    system=True,
)
def save_part(command: SavePart, ctx: Context) -> Answer:
    """Add or change a part; unchanged data records nothing."""
    known = ctx.uow.find(Part, number=command.number.strip())
    values = command.given("name", "unit", "category", "service", "active")
    for name in ("name", "unit"):
        values[name] = values.get(name, "" if known is None else getattr(known, name)).strip()
        if not values[name]:
            raise REQUIRED(field=name, label=f"The {name}")
    if known is not None and known.unit != values["unit"] and _used(ctx, known):
        raise UNIT_FIXED(field="unit", number=known.number, unit=known.unit)
    saved = save(ctx, Kind.PART, command.number, values, command)
    part: Part = saved.row
    if saved.added:
        ctx.record(PartAdded(subject_id=part.id, number=part.number, called=part.name))
    elif saved.changed:
        ctx.record(
            PartChanged(
                subject_id=part.id, number=part.number, before=saved.before, after=saved.after
            )
        )
    return saved.answer(part.number)


def _used(ctx: Context, part: Part) -> bool:
    return (
        ctx.uow.find(StockLevel, part_id=part.id) is not None
        or ctx.uow.find(PurchaseOrderLine, part_id=part.id) is not None
    )
