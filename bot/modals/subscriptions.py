"""What a channel wants to hear of exceptions: its subscriptions, and the form of one."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from bot.answers import acknowledged
from bot.blocks import (
    Block,
    actions,
    button,
    confirm,
    context,
    field,
    modal,
    option,
    paragraph,
    plain_text,
    safe,
    search,
    section,
    select,
    text_input,
)
from bot.ids import Action, Callback, Options
from bot.metadata import MAX_METADATA, FormTarget
from bot.parse import Form
from bot.reader import Reader
from wopo.domain.exception_kinds import KINDS
from wopo.domain.money import Money
from wopo.domain.subscriptions import DAYS, MOST, Rhythm, Subscription
from wopo.usecases.subscriptions import Subscribe
from wopo.usecases.views.names import Ref
from wopo.usecases.views.subscriptions import SubscriptionView

Chosen = Mapping[str, Sequence[Ref]]
"""What is chosen by now, by input."""
_RHYTHMS = [
    option("At once", Rhythm.AT_ONCE.value, description="Each with a card of its own"),
    option("A digest every hour", Rhythm.HOURLY.value, description="When something changed in it"),
    option("A digest every day", Rhythm.DAILY.value, description="At the hour below"),
    *(
        option(f"A digest every {day}", f"{Rhythm.WEEKLY.value}:{number}")
        for number, day in enumerate(DAYS)
    ),
]
_HOURS = [option(f"{hour:02d}:00", str(hour)) for hour in range(24)]
_SEVERAL = (
    ("vendor_ids", "Vendors", Options.VENDOR),
    ("site_ids", "Sites", Options.SITE),
    ("cost_centre_ids", "Cost centres", Options.COST_CENTRE),
    ("owner_ids", "Who takes care of it", Options.PERSON),
)
QUIET = "When nothing is open and nothing changed, no digest is posted."


class ChannelTarget(FormTarget):
    """The channel that is subscribed; ``id`` is Slack's, ``name`` as the command told it.
    ``subscription_id``: the one to be changed, none for another one."""

    name: str = ""
    currency: str = ""
    subscription_id: str = ""

    def one(self, subscription_id: str) -> "ChannelTarget":
        """The same channel and one of its subscriptions."""
        return self.model_copy(update={"subscription_id": subscription_id})


def build_list(target: ChannelTarget, rows: Sequence[SubscriptionView]) -> Block:
    """What the channel hears by now, each with its two buttons."""
    blocks: list[Block] = []
    for row in rows:
        one = target.one(row.id)
        ask = confirm("End it?", f"This channel hears no more of: {row.name}", "End it", "Keep it")
        blocks.append(section(f"*{safe(row.name)}*\n{safe(row.when)}"))
        blocks += actions(
            [
                button("Change", Action.SUBSCRIPTION_CHANGE, one),
                button("End", Action.UNSUBSCRIBE, one, style="danger", ask=ask),
            ]
        )
    if not rows:
        blocks.append(paragraph("This channel hears of no exceptions."))
    blocks.append(context("What fits several that tell at once is posted once."))
    if len(rows) < MOST:
        blocks += actions([button("Add another", Action.SUBSCRIBE, target)])
    return modal(
        Callback.SUBSCRIPTIONS, "Subscriptions", blocks, metadata=target.pack(MAX_METADATA)
    )


def build(target: ChannelTarget, now: Subscription | None, reader: Reader, chosen: Chosen) -> Block:
    """Left alone, the channel hears of everything at once."""
    kinds = [option(kind.title, code) for code, kind in KINDS.items()]
    smallest = ""
    if now and now.smallest_minor:
        smallest = reader.number(Money(now.smallest_minor, now.currency).amount)
    zone = now.timezone if now else reader.timezone
    inputs: list[Block] = [
        field("rhythm", "When?", select(_RHYTHMS, initial=_rhythm(now)), hint=QUIET),
        field("hour", "Hour of the digest", select(_HOURS, initial=str(now.hour if now else 8))),
        field("kinds", "Kinds", _kinds(kinds, now.kinds if now else ()), optional=True),
        field(
            "smallest",
            f"Smallest amount in {target.currency}",
            text_input(initial=smallest, longest=30),
            optional=True,
        ),
        *(
            field(name, label, _several(options, chosen.get(name, ())), optional=True)
            for name, label, options in _SEVERAL
        ),
        field(
            "timezone",
            "Time zone of the digest",
            search(Options.TIMEZONE, initial=option(zone, zone)),
            hint="Its hour and day are those of this zone",
        ),
    ]
    title = "Change subscription" if now else "Subscribe"
    lead = "Which exceptions come here? What is left empty means all of them."
    return modal(
        Callback.SUBSCRIBE,
        title,
        [paragraph(lead), *inputs],
        submit="Save",
        metadata=target.pack(MAX_METADATA),
    )


def _rhythm(now: Subscription | None) -> str:
    if now is None:
        return Rhythm.AT_ONCE.value
    if now.rhythm is Rhythm.WEEKLY:
        return f"{now.rhythm.value}:{now.weekday}"
    return now.rhythm.value


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
    rhythm, _, weekday = form.choice("rhythm", label="When", required=True).partition(":")
    hour = form.choice("hour", label="The hour", required=True)
    zone = form.choice("timezone", label="The time zone", required=True)
    form.check()
    return Subscribe(
        channel=target.id,
        subscription_id=target.subscription_id,
        channel_name=target.name,
        kinds=tuple(form.choices("kinds")),
        smallest=smallest.amount if smallest is not None else Decimal(0),
        **{name: tuple(form.choices(name)) for name, _, _ in _SEVERAL},
        rhythm=Rhythm(rhythm),
        hour=int(hour),
        weekday=int(weekday or 0),
        timezone=zone,
        acknowledged=acknowledged(view),
    )
