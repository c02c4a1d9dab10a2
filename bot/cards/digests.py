"""What waits for one message instead of many: a channel's daily digest, an approver's reminder."""

from datetime import datetime

from bot.blocks import (
    Block,
    context,
    given,
    header,
    message,
    paragraph,
    safe,
    section,
)
from bot.blocks import facts as fields
from bot.cards import Asked, Card
from bot.reader import Reader
from wopo.domain.money import Money
from wopo.domain.numbers import short
from wopo.domain.outbox import PostedCard
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.digests import DigestView, Total, digest_view
from wopo.usecases.views.exception_cards import CaseLine

MOST_CARDS = 10


def load_digest(uow: UnitOfWork, asked: Asked) -> DigestView:
    """The figures of the moment the digest is sent."""
    since = asked.facts.get("since")
    return digest_view(
        uow,
        asked.subject_id,
        at=asked.at,
        since=datetime.fromisoformat(since) if since else None,
        missed=int(asked.facts.get("missed") or 0),
    )


def build_digest(view: DigestView, reader: Reader) -> Block:
    """How much is open, by kind and age; the largest; what moved since the last one."""
    total = _total(view.open, reader)
    moved = f"{view.raised} new · {view.resolved} resolved · {view.reopened} reopened"
    blocks = [header("Exceptions today"), section(f"*{total} open*\n{moved}")]
    if view.missed:
        days = "day" if view.missed == 1 else "days"
        blocks.append(context(f"This covers {view.missed} missed {days} too."))
    blocks += fields(given((kind.name, _total(kind, reader)) for kind in view.kinds))
    ages = " · ".join(f"{age.name}: {age.count}" for age in view.ages)
    if ages:
        blocks.append(context(f"By age: {safe(ages)}"))
    if view.largest:
        blocks.append(section("*The largest*"))
        blocks += [section(_line(line, reader)) for line in view.largest]
    blocks.append(context(safe(view.subscription)))
    return message(f"Exceptions: {total} open, {moved}", blocks)


def _total(total: Total, reader: Reader) -> str:
    amounts = " + ".join(reader.money(amount) for amount in total.amounts)
    return f"{total.count} · {amounts}" if amounts else str(total.count)


def _line(line: CaseLine, reader: Reader) -> str:
    parts = [
        f"*{safe(short(line.number))}* {safe(line.title)}",
        safe(line.vendor.name) if line.vendor else "",
        _amount(line.amount, reader),
        safe(line.owner.name) if line.owner else "nobody yet",
        "overdue" if line.overdue else "",
    ]
    return " · ".join(part for part in parts if part)


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
