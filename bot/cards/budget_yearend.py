"""A period that is over while its budgets still promise something, for finance."""

from datetime import date

from bot.blocks import Block, actions, button, context, message, safe, section
from bot.cards import Asked, Card
from bot.ids import Action
from bot.metadata import Target
from bot.reader import Reader
from wopo.usecases.budget_yearend_asks import CARD
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.budget_yearend import OpenPeriod, open_period

SHOWN = 8


def load(uow: UnitOfWork, asked: Asked) -> OpenPeriod:
    """What is left of the period now."""
    return open_period(uow, date.fromisoformat(asked.subject_id))


def build(view: OpenPeriod, reader: Reader) -> Block:
    """Open: what each budget promises and the way to the preview. Else one line."""
    day, count = reader.plain_day(view.ends), len(view.promised)
    if not count:
        said = f"The budgets until {day} promise nothing any more."
        return message(said, [context(safe(said))])
    said = (
        f"The budgets until {day} are over; {count} still promise{'s' if count == 1 else ''} money"
    )
    lines = [f"*{safe(whose)}* {reader.money(amount)}" for whose, amount in view.promised[:SHOWN]]
    if count > SHOWN:
        lines.append(f"and {count - SHOWN} more")
    return message(
        f"{said} · needs you",
        [
            section(f":hourglass: *{safe(said)}*"),
            section("\n".join(lines)),
            context(f"{policy(view.lapse)} Nothing moves before you end them."),
            *actions(
                [button("Look and end…", Action.BUDGETS_END, Target(id=view.ends.isoformat()))]
            ),
        ],
    )


def policy(lapse: bool) -> str:
    """What the company does with what is promised."""
    if lapse:
        return "What is promised lapses: its orders are closed short."
    return "What is promised rolls over into the next budgets."


CARDS = {CARD: Card(load, build)}
