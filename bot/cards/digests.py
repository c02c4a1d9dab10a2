"""What waits for one message instead of many: a channel's digest, an approver's reminder."""

from collections.abc import Sequence
from datetime import datetime

from bot.blocks import (
    CHART,
    Block,
    button,
    context,
    cut,
    given,
    header,
    message,
    paragraph,
    safe,
    section,
)
from bot.blocks import facts as fields
from bot.cards import Asked, Card
from bot.ids import Action
from bot.metadata import Target
from bot.reader import Reader
from wopo.domain.money import Money
from wopo.domain.numbers import short
from wopo.domain.outbox import PostedCard
from wopo.domain.subscriptions import Rhythm
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.digests import AGES, DigestView, Moves, Total, digest_view
from wopo.usecases.views.exception_cards import CaseLine

MOST_CARDS = 10


def load_digest(uow: UnitOfWork, asked: Asked) -> DigestView | None:
    """The figures of the moment the digest is sent; none when there is nothing to tell."""
    view = digest_view(
        uow,
        asked.subject_id,
        since=datetime.fromisoformat(asked.facts["since"]),
        until=datetime.fromisoformat(asked.facts["until"]),
        missed=int(asked.facts["missed"]),
    )
    return None if view.empty else view


def build_digest(view: DigestView, reader: Reader) -> Block:
    """How much is open, by kind and age, with a picture; what moved since the last one; the
    largest. Every number of the picture stands in words too, for phones that can't show it."""
    total, moved = _total(view.open, reader), _moved(view.moves)
    blocks = [header(_TITLES[view.rhythm]), section(f"*{total} open*\n{moved}")]
    if view.missed:
        one = _PERIODS[view.rhythm]
        missed = f"{view.missed} missed {one}{'' if view.missed == 1 else 's'}"
        blocks.append(context(f"This covers {missed} too."))
    if view.open.count:
        blocks.append(_picture(view.kinds))
    blocks += fields(given((kind.name, _total(kind, reader)) for kind in view.kinds))
    ages = " · ".join(f"{age.name}: {_total(age, reader)}" for age in view.ages)
    if ages:
        blocks.append(context(f"By age: {safe(ages)}"))
    if view.largest:
        blocks.append(section("*The largest*"))
        blocks += [_largest(line, reader) for line in view.largest]
    blocks.append(context(f"{safe(view.name)}, {safe(view.when)} · `/wopo subscribe` changes it"))
    kinds = ", ".join(f"{kind.name}: {kind.count}" for kind in view.kinds)
    words = [f"{total} open, {moved}", kinds, ages]
    return message(f"{view.name}: " + "\n".join(text for text in words if text), blocks)


_TITLES = {
    Rhythm.HOURLY: "Exceptions this hour",
    Rhythm.DAILY: "Exceptions today",
    Rhythm.WEEKLY: "Exceptions this week",
}
_PERIODS = {Rhythm.HOURLY: "hour", Rhythm.DAILY: "day", Rhythm.WEEKLY: "week"}
MOST_SERIES = 6
"""Series of a chart that every workspace takes (slack-platform, 1.1)."""
MOST_LETTERS = 20
"""Of a name in a chart."""


def _moved(moves: Moves) -> str:
    told = [
        f"{count} {word}"
        for count, word in (
            (moves.new, "new"),
            (moves.closed, "closed"),
            (moves.reopened, "reopened"),
            (moves.grown, "grown"),
        )
        if count
    ]
    return " · ".join(told) or "nothing changed since the last one"


def _picture(kinds: Sequence[Total]) -> Block:
    """Bars by age, one series for each of the most frequent kinds, the others together."""
    shown = [(kind.name, kind.ages) for kind in kinds]
    if len(shown) > MOST_SERIES:
        rest = [ages for _, ages in shown[MOST_SERIES - 1 :]]
        others = tuple(sum(ages) for ages in zip(*rest, strict=True))
        shown = [*shown[: MOST_SERIES - 1], ("Other kinds", others)]
    categories = [age.name for age in AGES]
    series = [
        {
            "name": cut(name, MOST_LETTERS),
            "data": [
                {"label": label, "value": count}
                for label, count in zip(categories, ages, strict=True)
            ],
        }
        for name, ages in shown
    ]
    axes = {"categories": categories, "x_label": "Open for", "y_label": "Exceptions"}
    return {
        "type": CHART,
        "title": "Open exceptions by age and kind",
        "chart": {"type": "bar", "series": series, "axis_config": axes},
    }


def _total(total: Total, reader: Reader) -> str:
    amounts = " + ".join(reader.money(amount) for amount in total.amounts)
    return f"{total.count} · {amounts}" if amounts else str(total.count)


def _largest(line: CaseLine, reader: Reader) -> Block:
    parts = [
        f"*{safe(short(line.number))}* {safe(line.title)}",
        safe(line.vendor.name) if line.vendor else "",
        safe(_amount(line.amount, reader)),
        safe(line.owner.name) if line.owner else "nobody yet",
        "overdue" if line.overdue else "",
    ]
    look = button("Show", Action.CASE_SHOW, Target(id=line.id))
    return section(" · ".join(part for part in parts if part), accessory=look)


def _amount(amount: Money, reader: Reader) -> str:
    return reader.money(amount) if amount.minor else ""


def load_reminder(uow: UnitOfWork, asked: Asked) -> tuple[str, bool] | None:
    """The sentence, and whether the person's cards are in this DM."""
    text = str(asked.facts.get("text") or "")
    if not text:
        return None
    me = asked.reader.me
    ids = list(asked.facts.get("approval_ids") or ())[:MOST_CARDS]
    audience = f"person:{me.id if me else ''}"
    cards = uow.count(PostedCard, card="approval", subject_id=ids, audience=audience) if ids else 0
    return text, cards > 0


def build_reminder(view: tuple[str, bool], _reader: Reader) -> Block:
    """What waits, longest first, and the way to it."""
    text, cards_here = view
    first, _, rest = text.partition("\n")
    where = "The cards are above in this conversation, and in" if cards_here else "They are in"
    return message(
        text,
        [
            section(f"*{safe(first)}*"),
            *([paragraph(rest)] if rest else []),
            context(f"{where} the app's Home tab; `/wopo inbox` shows them too."),
        ],
    )


CARDS = {
    "digest": Card(load_digest, build_digest),
    "reminder": Card(load_reminder, build_reminder),
}
