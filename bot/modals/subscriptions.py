"""What a channel wants to hear of exceptions: kinds, amount, cost centres, vendors, how often."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from bot.answers import acknowledged
from bot.blocks import (
    Block,
    actions,
    button,
    field,
    modal,
    option,
    paragraph,
    plain_text,
    select,
    text_input,
)
from bot.ids import Action, Callback, Options
from bot.metadata import MAX_METADATA, FormTarget, Target
from bot.parse import Form
from bot.reader import Reader
from wopo.domain.exception_kinds import KINDS
from wopo.domain.money import Money
from wopo.domain.subscriptions import Rhythm, Subscription
from wopo.usecases.subscriptions import Subscribe, sentence
from wopo.usecases.views.names import Ref

_RHYTHMS = [
    option("At once", Rhythm.AT_ONCE.value, description="Each with a card of its own"),
    option("One digest a day", Rhythm.DAILY.value, description="At the hour below"),
]
_HOURS = [option(f"{hour:02d}:00", str(hour)) for hour in range(24)]


class ChannelTarget(FormTarget):
    """The channel that is subscribed; ``id`` is Slack's, ``name`` as the command told it."""

    name: str = ""
    currency: str = ""


def build(
    target: ChannelTarget,
    now: Subscription | None,
    reader: Reader,
    *,
    centres: Sequence[Ref] = (),
    vendors: Sequence[Ref] = (),
) -> Block:
    """Six inputs, all optional: left alone, the channel hears of everything at once."""
    said = f"This channel hears of {sentence(now)}." if now else "Which exceptions come here?"
    smallest = ""
    if now and now.smallest_minor:
        smallest = reader.number(Money(now.smallest_minor, now.currency).amount)
    kinds = [option(kind.title, code) for code, kind in KINDS.items()]
    inputs: list[Block] = [
        field("kinds", "Kinds", _kinds(kinds, now.kinds if now else ()), optional=True),
        field(
            "smallest",
            f"Smallest amount in {target.currency}",
            text_input(initial=smallest, longest=30),
            optional=True,
        ),
        field(
            "cost_centre_ids", "Cost centres", _several(Options.COST_CENTRE, centres), optional=True
        ),
        field("vendor_ids", "Vendors", _several(Options.VENDOR, vendors), optional=True),
        field(
            "rhythm",
            "When?",
            select(_RHYTHMS, initial=(now.rhythm if now else Rhythm.AT_ONCE).value),
        ),
        field(
            "hour",
            "Hour of the digest",
            select(_HOURS, initial=str(now.hour if now else 8)),
            hint=f"By your clock ({reader.timezone})",
        ),
    ]
    blocks = [paragraph(said), *inputs]
    if now:
        blocks += actions([button("End it", Action.UNSUBSCRIBE, Target(id=target.id))])
    return modal(
        Callback.SUBSCRIBE,
        "Subscribe",
        blocks,
        submit="Save",
        metadata=target.pack(MAX_METADATA),
    )


def _kinds(options: list[Block], chosen: Sequence[str]) -> Block:
    made: Block = {
        "type": "multi_static_select",
        "action_id": str(Action.INPUT),
        "options": options,
        "placeholder": plain_text("All kinds", 150),
    }
    initial = [one for one in options if one["value"] in set(chosen)]
    return made | {"initial_options": initial} if initial else made


def _several(options: Options, chosen: Sequence[Ref]) -> Block:
    made: Block = {
        "type": "multi_external_select",
        "action_id": str(options),
        "min_query_length": 0,
        "placeholder": plain_text("All", 150),
    }
    initial = [option(ref.name, ref.id) for ref in chosen]
    return made | {"initial_options": initial} if initial else made


def parse(view: dict[str, Any], reader: Reader) -> Subscribe:
    """The command, or ``FormError``."""
    target = ChannelTarget.parse(view.get("private_metadata"))
    form = Form(view["state"]["values"], reader.locale)
    smallest = form.money("smallest", target.currency, label="The smallest amount")
    form.check()
    return Subscribe(
        channel=target.id,
        channel_name=target.name,
        kinds=tuple(form.choices("kinds")),
        smallest=smallest.amount if smallest is not None else Decimal(0),
        cost_centre_ids=tuple(form.choices("cost_centre_ids")),
        vendor_ids=tuple(form.choices("vendor_ids")),
        rhythm=Rhythm(form.choice("rhythm") or Rhythm.AT_ONCE),
        hour=int(form.choice("hour") or 8),
        timezone=reader.timezone,
        acknowledged=acknowledged(view),
    )
