"""``/wopo why PO-42``: the chain from the request to the invoice, up and down."""

from bot.blocks import Block, context, message, paragraph, safe, section
from bot.reader import Reader
from bot.visit import Body, Visit
from bot.words import Word
from wopo.domain.errors import REQUIRED
from wopo.domain.numbers import short
from wopo.domain.people import Person
from wopo.usecases.lookup import resolve
from wopo.usecases.views.chain import ChainLine, ChainView, chain_view

LINES = 12
"""Lines of the chain in one paragraph: well inside its 3,000 characters."""
SHOWN = 60


def run(visit: Visit, _body: Body, rest: str) -> Block | None:
    """Find the document that was meant, and lay out its chain."""
    if not rest:
        raise REQUIRED(field=None, label="A number, for example /wopo why PO-42,")
    with visit.read() as uow:
        found = resolve(uow, rest)
        person = uow.get(Person, visit.me.id)
        if person is None:
            raise LookupError("the acting person is gone")
        view = chain_view(uow, found, reader=person)
    return build(view, short(found.number), visit.reader)


def build(view: ChainView, number: str, reader: Reader) -> Block:
    """From the top down; the one that was asked about in bold."""
    if not view.lines:
        text = f"{number} hangs on nothing, and nothing hangs on it."
        return message(text, [paragraph(text)])
    shown = [_line(line, reader) for line in view.lines[:SHOWN]]
    blocks = [
        section("\n".join(shown[start : start + LINES])) for start in range(0, len(shown), LINES)
    ]
    if view.more or len(view.lines) > SHOWN:
        blocks.append(context("There is more than is shown here."))
    return message(f"The chain of {number}", [section(f"*Why {safe(number)}?*"), *blocks])


def _line(line: ChainLine, reader: Reader) -> str:
    number = f"*{safe(short(line.number))}*" if line.here else safe(short(line.number))
    parts = [
        f"{line.label} {number}".strip(),
        safe(line.text[:80]),
        safe(line.state),
        reader.money(line.amount) if line.amount is not None else "",
        safe(line.why[:120]),
    ]
    arrow = "↳ " if line.depth else ""
    return "\u2003" * line.depth + arrow + " · ".join(part for part in parts if part)


WORDS = {"why": Word("why PO-42", "what a thing came from, and what came of it", run)}
