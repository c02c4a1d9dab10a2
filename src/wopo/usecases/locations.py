"""The tree of sites and places."""

from typing import Any

from wopo.domain.errors import REQUIRED
from wopo.domain.locations import (
    OWN_PARENT,
    SITE_FIXED,
    Intake,
    Location,
    LocationAdded,
    LocationChanged,
)
from wopo.domain.lookup import Kind, words_of
from wopo.domain.people import Role
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.door import Answer, Context, silent, use_case
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.lookup import LookupStore
from wopo.usecases.upsert import Save, references, save

silent(LocationAdded, "it concerns nobody until work is reported there")
silent(LocationChanged, "it is shown wherever the location is")


class SaveLocation(Save):
    """Add a site (no parent) or a place inside one, or change the given fields."""

    code: str
    name: str = ""
    parent: str = ""
    intake: Intake = Intake.REVIEW
    cost_centre: str = ""
    holds_stock: bool = False
    address: str = ""


@use_case(
    SaveLocation, roles={Role.ADMIN}, action="add and change sites and locations", system=True
)
def save_location(command: SaveLocation, ctx: Context) -> Answer:
    """Add or change a location; unchanged data records nothing."""
    known = ctx.uow.find(Location, code=command.code.strip())
    if known is None and not command.name:
        raise REQUIRED(field="name", label="The name")
    values = command.given("name", "intake", "holds_stock", "address")
    values |= references(
        ctx,
        command,
        parent=(Kind.LOCATION, "parent_id"),
        cost_centre=(Kind.COST_CENTRE, "cost_centre_id"),
    )
    if known is None or "parent_id" in values:
        values["site_id"] = _site(ctx, known, values)
    saved = save(ctx, Kind.LOCATION, command.code, values, command)
    place: Location = saved.row
    if saved.added and place.parent_id is None:
        place.site_id = place.id
    if saved.added or {"name", "code"} & saved.after.keys():
        words = words_of(place.code, place.name)
        ctx.uow.store(LookupStore).set_words("location", place.id, words)
    if saved.added:
        ctx.record(
            LocationAdded(
                subject_id=place.id,
                code=place.code,
                called=place.name,
                site_id=place.site_id,
                parent_id=place.parent_id,
            )
        )
    elif saved.changed:
        ctx.record(
            LocationChanged(
                subject_id=place.id, code=place.code, before=saved.before, after=saved.after
            )
        )
    return saved.answer(place.code)


def _site(ctx: Context, known: Location | None, values: dict[str, Any]) -> str:
    """The root of the tree the location will stand in; a place never moves to another site."""
    parent = ctx.uow.get(Location, values["parent_id"]) if values.get("parent_id") else None
    if known is None:
        return parent.site_id if parent else ""
    above = parent
    while above is not None:
        if above.id == known.id:
            raise OWN_PARENT(field="parent", parent=parent.code if parent else "", code=known.code)
        above = ctx.uow.get(Location, above.parent_id) if above.parent_id else None
    site_id = parent.site_id if parent else known.id
    if site_id != known.site_id and _used(ctx, known):
        site = ctx.uow.get(Location, known.site_id)
        raise SITE_FIXED(field="parent", code=known.code, site=site.name if site else known.site_id)
    return site_id


def _used(ctx: Context, place: Location) -> bool:
    return (
        ctx.uow.find(Location, parent_id=place.id) is not None
        or ctx.uow.find(WorkOrder, location_id=place.id) is not None
    )


def path(uow: UnitOfWork, location: Location) -> list[Location]:
    """The location and everything above it, the site first; one query for the site's tree."""
    tree = {place.id: place for place in uow.all(Location, site_id=location.site_id)}
    found = [location]
    while found[0].parent_id in tree and len(found) <= len(tree):
        found.insert(0, tree[found[0].parent_id])
    return found
