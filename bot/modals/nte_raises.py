"""The forms of a higher not-to-exceed amount: another amount than was asked for, and no."""

from typing import Any

from bot.blocks import Block, field, modal, safe, section, text_input
from bot.cards.nte_raises import about, named
from bot.ids import Callback
from bot.metadata import MAX_METADATA, Target
from bot.parse import Form
from bot.reader import Reader
from wopo.usecases.nte import GrantNteRaise, RefuseNteRaise
from wopo.usecases.views.nte_raises import NteRaiseView


def _shown(view: NteRaiseView, reader: Reader, *inputs: Block) -> list[Block]:
    return [section(f"*{safe(named(view))}*"), *about(view, reader), *inputs]


def _carried(view: NteRaiseView) -> str:
    return Target(id=view.id, seen=view.wanted.currency).pack(MAX_METADATA)


def build_other(view: NteRaiseView, reader: Reader) -> Block:
    """How much, and why."""
    shown = reader.number(view.wanted.amount)
    amount = field(
        "amount",
        f"May cost in all ({view.wanted.currency})",
        text_input(initial=shown, longest=30, focus=True),
    )
    reason = field("reason", "Why?", text_input(longest=500), optional=True)
    blocks = _shown(view, reader, amount, reason)
    return modal(
        Callback.GRANT_NTE, "Not to exceed", blocks, submit="Raise", metadata=_carried(view)
    )


def parse_other(view: dict[str, Any], locale: str) -> GrantNteRaise:
    """The command, or ``FormError``."""
    form = Form(view["state"]["values"], locale)
    target = Target.parse(view.get("private_metadata"))
    amount = form.money("amount", target.seen, label="The amount", required=True)
    form.check()
    return GrantNteRaise(
        nte_raise_id=target.id,
        amount=amount.amount if amount is not None else None,
        reason=form.text("reason"),
    )


def build_refuse(view: NteRaiseView, reader: Reader) -> Block:
    """Why the amount stays."""
    reason = field("reason", "Why?", text_input(multiline=True, longest=500, focus=True))
    blocks = _shown(view, reader, reason)
    return modal(Callback.REFUSE_NTE, "Refuse", blocks, submit="Refuse", metadata=_carried(view))


def parse_refuse(view: dict[str, Any], locale: str) -> RefuseNteRaise:
    """The command, or ``FormError``."""
    form = Form(view["state"]["values"], locale)
    reason = form.text("reason", label="The reason", required=True)
    form.check()
    target = Target.parse(view.get("private_metadata"))
    return RefuseNteRaise(nte_raise_id=target.id, reason=reason)
