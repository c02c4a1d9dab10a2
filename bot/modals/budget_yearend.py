"""What ending the budgets of a period does, before it is done."""

from collections.abc import Sequence
from datetime import date

from bot.blocks import Block, context, modal, safe, section
from bot.cards.budget_yearend import policy
from bot.ids import Callback
from bot.metadata import MAX_METADATA, Target
from bot.reader import Reader
from wopo.usecases.budget_yearend import Promise, YearEnd

TITLE = "Period over"
REASONS = 3


def build(plans: Sequence[YearEnd], ends: date, reader: Reader) -> Block:
    """Each budget with what moves, and what stays and why; just looking where nothing can move."""
    shown = [section(_budget(plan, reader)) for plan in plans]
    if not plans:
        shown = [section("Nothing can move now: each budget was ended, and what stays needs you.")]
    head = f"*Budgets until {safe(reader.plain_day(ends))}*"
    blocks = [section(head), *shown]
    if not plans:
        return modal(Callback.NOTICE, TITLE, blocks)
    ids = " ".join(plan.budget.id for plan in plans)
    metadata = Target(id=ends.isoformat(), seen=ids).pack(MAX_METADATA)
    said = "End it" if len(plans) == 1 else f"End {len(plans)} budgets"
    blocks.append(context(policy(plans[0].lapse)))
    return modal(Callback.END_BUDGETS, TITLE, blocks, submit=said, metadata=metadata)


def _budget(plan: YearEnd, reader: Reader) -> str:
    what = "lapses" if plan.lapse else "rolls over"
    lines = [f"*{safe(plan.whose)}*"]
    if plan.moving:
        sum_ = reader.money(plan.sum_of(plan.moving))
        lines.append(f"{sum_} {what} · {_orders(plan.moving)}")
    if plan.staying:
        sum_ = reader.money(plan.sum_of(plan.staying))
        why = "; ".join(sorted({one.why for one in plan.staying})[:REASONS])
        lines.append(f"{sum_} stays · {_orders(plan.staying)}: {safe(why)}")
    if not plan.moving and not plan.staying:
        lines.append("promises nothing")
    return "\n".join(lines)


def _orders(promises: Sequence[Promise]) -> str:
    count = len({one.order.id for one in promises})
    return f"{count} order{'' if count == 1 else 's'}"
