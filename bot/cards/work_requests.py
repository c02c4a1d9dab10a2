"""The review card of a work request: approve with one tap, reject with a reason."""

from bot.blocks import (
    Block,
    actions,
    button,
    context,
    facts,
    given,
    message,
    moment,
    paragraph,
    safe,
    section,
)
from bot.cards import Asked, Card
from bot.cards.work_orders import place_text
from bot.ids import Action
from bot.metadata import Target
from bot.reader import Reader
from wopo.domain.numbers import short
from wopo.domain.people import Person
from wopo.domain.work_requests import WorkRequestState
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.work_requests import WorkRequestView, work_request_view

NAME = "work_request"


def load(uow: UnitOfWork, asked: Asked) -> WorkRequestView | None:
    """The request for its reviewer; only people get this card."""
    person = uow.get(Person, asked.reader.me.id) if asked.reader.me else None
    return work_request_view(uow, asked.subject_id, reader=person) if person else None


def build(view: WorkRequestView, reader: Reader) -> Block:
    """Open: what, where, who, by when, and the two buttons. Decided: one line, who and when."""
    if view.state is not WorkRequestState.NEW:
        return message(_decision(view), [section(_headline(view)), context(_decided(view))])
    blocks = [section(_headline(view))]
    if view.explanation:
        blocks.append(paragraph(view.explanation))
    blocks += facts(given(_facts(view, reader)))
    if view.files:
        blocks.append(context(f"📎 {len(view.files)} photos and files"))
    return message(_notification(view), [*blocks, *actions(buttons(view))])


def buttons(view: WorkRequestView) -> list[Block]:
    """What the reader may do now."""
    target = Target(id=view.id, card=NAME)
    made = []
    if "approve" in view.verbs:
        made.append(button("Approve", Action.REQUEST_APPROVE, target, style="primary"))
    if "reject" in view.verbs:
        made.append(button("Reject", Action.REQUEST_REJECT, target))
    return made


def _headline(view: WorkRequestView) -> str:
    return f"*{short(view.number)}* {safe(view.title)}"


def _who(view: WorkRequestView) -> str:
    who = view.client or view.requester
    return " · ".join(part for part in (who.name if who else "", view.department) if part)


def _notification(view: WorkRequestView) -> str:
    what = view.asset.name if view.asset else place_text(view.places, "")
    return f"{short(view.number)} · {view.title} · {what} · {_who(view)} asks · needs your decision"


def _facts(view: WorkRequestView, reader: Reader) -> list[tuple[str, str]]:
    entered = view.entered_by.name if view.entered_by else ""
    return [
        ("Where", place_text(view.places, view.exact_spot)),
        ("Asset", view.asset.name if view.asset else ""),
        ("Asked by", _who(view)),
        ("Entered by", entered if view.entered_by != view.requester else ""),
        ("Priority", view.priority.value),
        ("Required by", reader.day(view.required_by)),
        ("Audit finding", view.finding_reference),
        ("Compliance deadline", reader.day(view.compliance_deadline)),
        ("Mandatory", "yes" if view.mandatory else ""),
    ]


def _decision(view: WorkRequestView) -> str:
    who = view.decided_by.name if view.decided_by else "the site's setting"
    return f"{short(view.number)} · {view.title} · {view.state.value} by {who}"


def _decided(view: WorkRequestView) -> str:
    who = safe(view.decided_by.name) if view.decided_by else "the site's setting"
    when = f", {moment(view.decided_at)}" if view.decided_at else ""
    what = f" It is {short(view.work_order.name)} now." if view.work_order else ""
    why = f" {safe(view.reason)}" if view.reason else ""
    return f"{view.state.value.capitalize()} by {who}{when}.{what}{why}"


CARDS = {NAME: Card(load, build)}
