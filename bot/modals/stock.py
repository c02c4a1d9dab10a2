"""Counting stock: what truly lies at a place."""

from typing import Any

from bot.blocks import Block, field, modal, option, paragraph, search, text_input
from bot.ids import Callback, Options
from bot.metadata import MAX_METADATA, Target
from bot.parse import Form
from bot.reader import Reader
from wopo.usecases.stock import AdjustStock
from wopo.usecases.views.stock import StockPart

REASON = "Stock count"


def build_count(part: StockPart, reader: Reader) -> Block:
    """What was counted where; the cost of a piece only from people with the right to costs, and
    only needed where nothing was known to be."""
    first = option(part.places[0].place.name, part.places[0].place.id) if part.places else None
    inputs = [
        field("location_id", "Where?", search(Options.STORE, initial=first)),
        field("counted", "How many lie there?", text_input(focus=True), hint=f"In {part.unit}"),
        field("reason", "Why?", text_input(initial=REASON, longest=300)),
    ]
    if reader.costs:
        hint = "Only where the books say that nothing is there"
        inputs.insert(
            2, field("unit_cost", "Worth a piece", text_input(), optional=True, hint=hint)
        )
    return modal(
        Callback.COUNT_STOCK,
        "Count",
        [paragraph(f"{part.name} ({part.number})"), *inputs],
        submit="Enter",
        metadata=Target(id=part.id).pack(MAX_METADATA),
    )


def parse_count(view: dict[str, Any], locale: str) -> AdjustStock:
    """The command, or ``FormError``."""
    target = Target.parse(view.get("private_metadata"))
    form = Form(view["state"]["values"], locale)
    place = form.choice("location_id", label="The place", required=True)
    counted = form.count("counted", label="The count")
    unit_cost = form.price("unit_cost", label="The cost of a piece")
    reason = form.text("reason", label="The reason", required=True)
    form.check()
    assert counted is not None
    return AdjustStock(
        part_id=target.id,
        location_id=place,
        counted=counted,
        unit_cost=unit_cost,
        reason=reason,
    )
