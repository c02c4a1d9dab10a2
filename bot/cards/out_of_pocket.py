"""An out-of-pocket purchase: to decide about, or for who paid to read what became of it."""

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
from bot.cards.approvals import jobs_text
from bot.ids import Action
from bot.metadata import Target
from bot.reader import Reader
from wopo.domain.numbers import short
from wopo.domain.out_of_pocket import PocketState
from wopo.domain.people import Person
from wopo.usecases.out_of_pocket_paybacks import CARD
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.out_of_pocket import PocketLine, PocketView, pocket_view

_SAID = {
    PocketState.APPROVED: "Approved{by}; finance pays it back.",
    PocketState.REJECTED: "Not paid back, decided{by}: {reason}",
    PocketState.WITHDRAWN: "Taken back by {person}.",
    PocketState.PAID_BACK: "Paid back.",
}


def load(uow: UnitOfWork, asked: Asked) -> PocketView | None:
    """The purchase for whoever reads the card; it is only ever sent to people."""
    person = uow.get(Person, asked.reader.me.id) if asked.reader.me else None
    return None if person is None else pocket_view(uow, asked.subject_id, reader=person)


def build(view: PocketView, reader: Reader) -> Block:
    """Open: all that is needed to decide. Else one line: what became of it."""
    if view.state is not PocketState.WAITING:
        said = ended(view)
        when = f" {moment(view.decided_at)}" if view.decided_at else ""
        text = f"{summary(view, reader)} · {said}"
        return message(text, [section(headline(view, reader)), context(f"{safe(said)}{when}")])
    if not view.open:
        who = " or ".join(view.asked_of) or "nobody yet; finance is told"
        agreed = f"{' and '.join(view.agreed)} agreed. " if view.agreed else ""
        text = f"{agreed}Waits for {who}."
        back = [button("Take back", Action.POCKET_WITHDRAW, _target(view))] if view.own else []
        blocks = [section(headline(view, reader)), context(safe(text)), *actions(back)]
        return message(f"{summary(view, reader)} · {text}", blocks)
    return message(
        f"{summary(view, reader)} · needs you",
        [
            section(headline(view, reader)),
            *facts(given(_facts(view, reader))),
            *_warnings(view, reader),
            *actions(buttons(view)),
        ],
    )


def buttons(view: PocketLine) -> list[Block]:
    """Approve with one tap, or reject with a reason."""
    target = _target(view)
    return [
        button("Approve", Action.POCKET_APPROVE, target, style="primary"),
        button("Reject", Action.POCKET_REJECT, target),
    ]


def _target(view: PocketLine) -> Target:
    return Target(id=view.id, rev=view.version, card=CARD)


def summary(view: PocketLine, reader: Reader) -> str:
    """``OOP-3 · Tess · 40.00 EUR · Hose · WO-88 pump``."""
    parts = [short(view.number), view.person, amount_text(view, reader), view.description]
    return " · ".join([*parts, jobs_text((view.job,))])


def amount_text(view: PocketLine, reader: Reader) -> str:
    """Who paid knows what they paid; others need the right to costs."""
    return view.amount.format(reader.locale) if view.own else reader.money(view.amount)


def headline(view: PocketLine, reader: Reader) -> str:
    """The purchase in two lines."""
    first = f"*{short(view.number)}* · paid by {safe(view.person)} · "
    return f"{first}*{safe(amount_text(view, reader))}*\n{safe(view.description)}"


def ended(view: PocketView) -> str:
    """What became of it."""
    by = f" by {view.decided_by}" if view.decided_by else ""
    text = _SAID[view.state]
    return text.format(by=by, reason=view.decision_reason, person=view.person)


def _facts(view: PocketView, reader: Reader) -> list[tuple[str, str]]:
    left = reader.money(view.left_after) if view.left_after is not None else ""
    return [
        ("For", jobs_text((view.job,))),
        ("Bought", reader.day(view.bought_on)),
        ("Why", view.reason),
        ("Part", f"{reader.number(view.quantity)} {view.part}" if view.part else ""),
        ("Budget after this", left),
        ("Others lately", reader.money(view.together) if view.together else ""),
        ("Approval rule", view.rule),
        ("Agreed", ", ".join(view.agreed)),
        ("Receipt", f"{view.photos} photo{'' if view.photos == 1 else 's'}"),
    ]


def flags(view: PocketLine) -> list[Block]:
    """What whoever decides should know, wherever the buttons stand."""
    return [section(f":warning: {safe(flag[:1].upper() + flag[1:])}") for flag in view.flags]


def _warnings(view: PocketView, reader: Reader) -> list[Block]:
    made = flags(view)
    if view.instead:
        at = f" (contract {view.instead.agreement})" if view.instead.agreement else ""
        price, paid = reader.money(view.instead.amount), reader.money(view.amount)
        made.append(section(f"{safe(view.instead.vendor)}{safe(at)}: {price} · paid: {paid}"))
    return made


CARDS = {CARD: Card(load, build)}
