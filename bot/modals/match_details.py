"""Details of a match: for every check the two figures, the limit, who set it, and the verdict."""

from collections.abc import Sequence

from bot.blocks import Block, context, modal, safe, section
from bot.ids import Callback
from bot.reader import Reader
from wopo.domain.exception_kinds import Measure
from wopo.usecases.views.match_explained import CheckView, ExplainedView

TOGETHER = 5
"""Checks in one section: well inside its 3,000 characters."""
SHOWN = 60
_OPEN_TO_ALL = (Measure.QUANTITY, Measure.NAMES, Measure.DAYS)


def build(view: ExplainedView, reader: Reader) -> Block:
    """The whole verdict on one screen; prices only for who may see them."""
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
    return modal(Callback.NOTICE, "How it was matched", blocks)


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
