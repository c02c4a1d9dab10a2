"""Saying that an order comes after its delivery or invoice."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.blocks import Block, date_input, field, modal, option, paragraph, select
from bot.ids import Callback
from bot.metadata import MAX_METADATA, Target
from bot.parse import Form
from wopo.domain.after_the_fact import First
from wopo.domain.numbers import short
from wopo.usecases.after_the_fact import SayAfterTheFact
from wopo.usecases.views.purchase_orders import OrderView

_FIRST = [option("Delivered", First.DELIVERY.value), option("Billed", First.INVOICE.value)]


def build(view: OrderView, reasons: Sequence[str]) -> Block:
    """Three picks; nothing has to be typed."""
    return modal(
        Callback.AFTER_THE_FACT,
        "Delivered or billed",
        [
            paragraph(f"{short(view.number)} · {view.vendor.name}"),
            field("first", "What came first?", select(_FIRST, initial=First.DELIVERY.value)),
            field("happened_on", "On which day?", date_input()),
            field(
                "reason",
                "Why does the order come after?",
                select([option(text, text[:75]) for text in reasons]),
                hint="Whoever decides reads this; finance counts it each month",
            ),
        ],
        submit="Save",
        metadata=Target(id=view.id, rev=view.version).pack(MAX_METADATA),
    )


def parse(view: dict[str, Any], locale: str) -> SayAfterTheFact:
    """The command, or ``FormError``."""
    form = Form(view["state"]["values"], locale)
    day = form.day("happened_on", label="The day")
    if day is None and "happened_on" not in form.errors:
        form.refuse("happened_on", "Choose the day of the delivery or of the invoice.")
    reason = form.choice("reason", label="The reason", required=True)
    form.check()
    return SayAfterTheFact(
        order_id=Target.parse(view.get("private_metadata")).id,
        happened_on=day or date.min,
        first=First(form.choice("first") or First.DELIVERY),
        reason=reason,
    )
