"""``/wopo budget``: what is left, what is promised, the burn as a picture, what promises most."""

from bot.answers import whisper
from bot.blocks import (
    CHART,
    Block,
    button,
    context,
    facts,
    given,
    header,
    message,
    safe,
    section,
)
from bot.ids import Action
from bot.metadata import Target
from bot.reader import Reader
from bot.visit import Body, Visit
from bot.words import Word
from wopo.domain.errors import NOT_ALLOWED
from wopo.domain.money import Money
from wopo.domain.numbers import short
from wopo.usecases.views.budgets import BudgetLine, BudgetScreen, Commitment, budget_screen

LINES = 12
"""Budgets of one screen; the others by their code."""


def run(visit: Visit, body: Body, rest: str) -> Block | None:
    """Show it to whoever may see costs; where Slack does not take the picture, without it."""
    if not visit.reader.costs:
        raise NOT_ALLOWED(action="see budgets", who="finance or a supervisor")
    with visit.read() as uow:
        view = budget_screen(uow, visit.reader.today, rest)
    if body.get("response_url") and whisper(body, build(view, visit.reader)):
        return None
    return build(view, visit.reader, picture=False)


def build(view: BudgetScreen, reader: Reader, *, picture: bool = True) -> Block:
    """The chosen budget closely, then all of the day; every number of the picture in words too."""
    chosen = view.chosen
    if chosen is None:
        text = "No budget covers today. Finance sets them: `wopo import csv budgets`."
        return message(text, [section(text)])
    said = f"{_name(chosen)}: {reader.money(chosen.left)} left of {reader.money(chosen.limit)}"
    blocks = [header(f"Budget {_name(chosen)}"), *facts(given(_figures(chosen, reader)))]
    if picture and view.burn:
        blocks.append(_picture(view, reader))
    blocks.append(context(_burn_text(view, reader)))
    if view.largest:
        blocks.append(section("*Promised, the largest*"))
        blocks += [_commitment(one, reader) for one in view.largest]
    others = [line for line in view.lines if line.id != chosen.id]
    if others:
        blocks.append(section("*All budgets of today*"))
        blocks.append(section("\n".join(_line(line, reader) for line in view.lines[:LINES])))
        blocks.append(context("`/wopo budget CODE` shows one closely."))
    return message(said, blocks)


def _name(line: BudgetLine) -> str:
    return f"{line.code} {line.name}"


def _figures(line: BudgetLine, reader: Reader) -> list[tuple[str, str]]:
    days = f"{reader.plain_day(line.starts)} – {reader.plain_day(line.ends)}"
    return [
        ("Left", _left(line.left, reader)),
        ("Limit", reader.money(line.limit)),
        ("Spent", reader.money(line.spent)),
        ("Promised", reader.money(line.promised)),
        ("Asked for", reader.money(line.requested) if line.requested else ""),
        ("Days", days),
    ]


def _left(left: Money, reader: Reader) -> str:
    return f"{':warning: ' if left.minor < 0 else ''}{reader.money(left)}"


def _line(line: BudgetLine, reader: Reader) -> str:
    used = f" · {line.used} %" if line.used is not None else ""
    indent = "\u2003" * line.depth
    return f"{indent}*{safe(line.code)}* {safe(_left(line.left, reader))} left{used}"


def _commitment(one: Commitment, reader: Reader) -> Block:
    look = button("Show", Action.ORDER_SHOW, Target(id=one.order.id))
    text = f"*{short(one.order.name)}* {safe(one.vendor)} · {safe(reader.money(one.amount))}"
    return section(text, accessory=look)


def _burn_text(view: BudgetScreen, reader: Reader) -> str:
    """How much of it is gone, and where the picture ends, against an even pace."""
    if view.chosen is None or not view.burn:
        return "Nothing is spent yet."
    end, spent, even = view.burn[-1]
    used = f"{view.chosen.used} % is spent or promised. " if view.chosen.used is not None else ""
    pace = "faster" if even < spent else "slower"
    said = f"{reader.money(spent)} spent by {reader.plain_day(end)}, {pace} than an even pace"
    return safe(f"{used}{said} ({reader.money(even)}).")


def _picture(view: BudgetScreen, reader: Reader) -> Block:
    """A line of what was spent by each month, beside an even pace; in whole units."""
    months = [reader.month(end) for end, _, _ in view.burn]
    lines = {
        "Spent": [spent for _, spent, _ in view.burn],
        "Even pace": [even for _, _, even in view.burn],
    }
    series = [
        {
            "name": name,
            "data": [
                {"label": month, "value": int(amount.amount)}
                for month, amount in zip(months, amounts, strict=True)
            ],
        }
        for name, amounts in lines.items()
    ]
    currency = view.chosen.limit.currency if view.chosen else ""
    axes = {"categories": months, "x_label": "By the end of", "y_label": currency}
    return {
        "type": CHART,
        "title": "Spent over time",
        "chart": {"type": "line", "series": series, "axis_config": axes},
    }


WORDS = {
    "budget": Word("budget [CODE]", "what is left, what is promised, and how fast it burns", run)
}
