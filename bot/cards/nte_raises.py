"""A higher not-to-exceed amount, for those who may grant it; only ever in their own messages."""

from bot.blocks import (
    Block,
    actions,
    button,
    context,
    facts,
    given,
    message,
    moment,
    safe,
    section,
)
from bot.cards import Asked, Card
from bot.ids import Action
from bot.metadata import Target
from bot.reader import Reader
from wopo.domain.nte import RaiseState
from wopo.domain.numbers import short
from wopo.usecases.nte import CARD
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.nte_raises import NteRaiseView, nte_raise_view


def load(uow: UnitOfWork, asked: Asked) -> NteRaiseView:
    """The decision as it is now."""
    return nte_raise_view(uow, asked.subject_id)


def build(view: NteRaiseView, reader: Reader) -> Block:
    """Open: what the job costs and three ways out. Decided: one line."""
    if view.state is not RaiseState.WAITING:
        said = _ended(view, reader)
        return message(said, [context(safe(said) + _when(view))])
    said = f"{named(view)} needs more than {reader.money(view.nte)}"
    return message(
        f"{said} · needs you",
        [
            section(f":moneybag: *{safe(said)}*"),
            *about(view, reader),
            *actions(_buttons(view, reader)),
        ],
    )


def named(view: NteRaiseView) -> str:
    """``WO-118 Feed pump``."""
    return f"{short(view.job.name)} {view.title}"


def about(view: NteRaiseView, reader: Reader) -> list[Block]:
    """The figures, who asks, and why."""
    pairs = [
        ("Not to exceed", reader.money(view.nte)),
        ("Spent and promised", reader.money(view.spent)),
        ("Asked for", reader.money(view.requested) if view.requested else ""),
        ("Wanted", reader.money(view.wanted)),
    ]
    who = safe(", ".join(one.name for one in view.asked_by)) or "wopo, after a warning"
    why = f": {safe(view.reason)}" if view.reason else ""
    return [*facts(given(pairs)), context(f"Asked by {who}, {moment(view.asked_at)}{why}")]


def _buttons(view: NteRaiseView, reader: Reader) -> list[Block]:
    if reader.me is not None and reader.me.id in {one.id for one in view.asked_by}:
        # They would be refused: somebody else decides.
        return [button("Job", Action.JOB_DETAILS, Target(id=view.job.id))]
    target = Target(id=view.id, card=CARD)
    wanted = target.model_copy(update={"seen": str(view.wanted.minor)})
    return [
        button(f"Raise to {reader.money(view.wanted)}", Action.NTE_GRANT, wanted, style="primary"),
        button("Another amount", Action.NTE_OTHER, target),
        button("Refuse", Action.NTE_REFUSE, target),
        button("Job", Action.JOB_DETAILS, Target(id=view.job.id)),
    ]


def _ended(view: NteRaiseView, reader: Reader) -> str:
    by = f" by {view.decided_by.name}" if view.decided_by else ""
    why = f": {view.decision}" if view.decision else ""
    if view.granted is not None:
        return f"{named(view)} may cost {reader.money(view.granted)}, raised{by}{why}"
    if view.state is RaiseState.REFUSED:
        return f"{named(view)} may not cost more, refused{by}{why}"
    return f"{named(view)}: the not-to-exceed amount was changed{by}"


def _when(view: NteRaiseView) -> str:
    return f", {moment(view.decided_at)}" if view.decided_at else ""


CARDS = {CARD: Card(load, build)}
