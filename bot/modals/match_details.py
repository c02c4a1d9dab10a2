"""Details of a match: for every check the two figures, the limit, who set it, and the verdict."""

from collections.abc import Sequence

from bot.blocks import Block, actions, context, divider, modal, moment, safe, section
from bot.cards.exception_cases import how_it_ended, note_text, reopening
from bot.ids import Callback
from bot.reader import Reader
from wopo.domain.exception_kinds import Measure
from wopo.domain.numbers import short
from wopo.usecases.views.exception_cards import CaseView, NoteView
from wopo.usecases.views.match_explained import CheckView, ExplainedView

TOGETHER = 5
"""Checks in one section: well inside its 3,000 characters."""
SHOWN = 60
SAID = 2500
"""Characters of one comment."""
_OPEN_TO_ALL = (Measure.QUANTITY, Measure.NAMES, Measure.DAYS)


def build(view: ExplainedView, reader: Reader) -> Block:
    """The whole verdict on one screen; prices only for who may see them."""
    return modal(Callback.NOTICE, "How it was matched", _verdict(view, reader))


def build_case(
    case: CaseView, notes: Sequence[NoteView], match: ExplainedView | None, reader: Reader
) -> Block:
    """What was said about the exception, the newest first, then how its invoice was matched."""
    ended = f"\n{safe(how_it_ended(case))}" if case.resolution else ""
    blocks = [section(f"*{short(case.number)} · {safe(case.title)}*{ended}")]
    for note in notes:
        blocks.append(section(f"{note_text(note, reader, SAID)}\n{moment(note.at)}"))
    if not notes:
        blocks.append(context("What is written in the thread of its card is kept here."))
    blocks += actions(reopening(case, reader))
    if match is not None:
        blocks += [divider(), *_verdict(match, reader)]
    return modal(Callback.NOTICE, "Details", blocks)


def _verdict(view: ExplainedView, reader: Reader) -> list[Block]:
    seen = [check for check in view.checks if reader.costs or check.measure in _OPEN_TO_ALL]
    made = [check for check in seen if check.passed is not None]
    lead = f"*{safe(view.number)}* · {safe(view.vendor)}\n{safe(view.verdict)}"
    blocks = [section(lead), context(f"Judged by {safe(view.policy)}. {safe(_matched(view))}")]
    for start in range(0, min(len(made), SHOWN), TOGETHER):
        texts = [_told(check) for check in made[start : min(start + TOGETHER, SHOWN)]]
        blocks.append(section("\n".join(texts)))
    if len(made) > SHOWN:
        blocks.append(context(f"and {len(made) - SHOWN} more: wopo match explain"))
    free = _unlimited(seen)
    if free:
        blocks.append(context(f"No limit, so not compared: {safe(free)}"))
    return blocks


def _matched(view: ExplainedView) -> str:
    return "; ".join(view.lines[:10])


def _told(check: CheckView) -> str:
    sign = "✅" if check.passed else "❌"
    where = f" · {safe(check.where)}" if check.where else ""
    lines = [f"{sign} *{safe(check.title)}*{where}"]
    lines += [safe(text[:250]) for text in (check.compared, check.limit) if text]
    return "\n".join(lines)


def _unlimited(checks: Sequence[CheckView]) -> str:
    titles = [check.title for check in checks if check.passed is None]
    return ", ".join(dict.fromkeys(titles))
