"""Assets: what breaks and is looked after."""

from wopo.domain.assets import Asset, AssetAdded, AssetChanged
from wopo.domain.errors import REQUIRED
from wopo.domain.lookup import Kind, words_of
from wopo.domain.people import Role
from wopo.usecases.door import Answer, Context, silent, use_case
from wopo.usecases.ports.lookup import LookupStore
from wopo.usecases.upsert import Save, references, save

silent(AssetAdded, "it concerns nobody until it breaks")
silent(AssetChanged, "it is shown wherever the asset is")


class SaveAsset(Save):
    """Add an asset by its tag, or change the given fields."""

    tag: str
    name: str = ""
    location: str = ""
    cost_centre: str = ""


@use_case(
    SaveAsset,
    roles={Role.ADMIN, Role.SUPERVISOR},
    action="add and change assets",
    system=True,
)
def save_asset(command: SaveAsset, ctx: Context) -> Answer:
    """Add or change an asset; unchanged data records nothing."""
    known = ctx.uow.find(Asset, tag=command.tag.strip())
    if known is None and not command.name:
        raise REQUIRED(field="name", label="The name")
    if not command.location and (known is None or "location" in command.model_fields_set):
        raise REQUIRED(field="location", label="The location")
    values = command.given("name")
    values |= references(
        ctx,
        command,
        location=(Kind.LOCATION, "location_id"),
        cost_centre=(Kind.COST_CENTRE, "cost_centre_id"),
    )
    saved = save(ctx, Kind.ASSET, command.tag, values, command)
    asset: Asset = saved.row
    if saved.added or "name" in saved.after:
        ctx.uow.store(LookupStore).set_words("asset", asset.id, words_of(asset.tag, asset.name))
    if saved.added:
        ctx.record(
            AssetAdded(
                subject_id=asset.id,
                tag=asset.tag,
                called=asset.name,
                location_id=asset.location_id,
            )
        )
    elif saved.changed:
        ctx.record(
            AssetChanged(subject_id=asset.id, tag=asset.tag, before=saved.before, after=saved.after)
        )
    return saved.answer(asset.tag)
