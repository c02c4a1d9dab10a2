"""Deciding about orders: the approval card's buttons and their forms."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App

from bot.answers import notice, show, tell
from bot.cards.approvals import question_ended, summary
from bot.clicks import after, quietly
from bot.ids import Action, Callback
from bot.metadata import Target
from bot.modals import approvals as forms
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.approvals import ApprovalState
from wopo.domain.errors import Refusal
from wopo.domain.numbers import short
from wopo.domain.people import Person
from wopo.usecases.approval_passing import takers
from wopo.usecases.approvals import ApproveOrder
from wopo.usecases.door import Answer, Command
from wopo.usecases.views.approvals import ApprovalView, approval_view

ALONE = "Nobody else has the authority for this order. It still waits for you."
QUESTION_CLOSED = Refusal(
    "bot.question_closed",
    "{number} has no open question any more. {ended} Nothing was changed and nothing is needed.",
)
Parse = Callable[[dict[str, Any], str], Command]


def register(app: App, services: Services) -> None:
    """Listen to the buttons of approval cards, in messages and in App Home."""
    services.clicks[str(Action.ORDER_APPROVE)] = approve_command
    app.action(Action.ORDER_APPROVE)(approve)
    app.action(Action.ORDER_REJECT)(open_reject)
    app.action(Action.ORDER_ASK)(open_ask)
    app.action(Action.ORDER_ANSWER)(open_answer)
    app.view(Callback.REJECT_ORDER)(_decided(forms.parse_reject))
    app.view(Callback.ASK_ABOUT_ORDER)(_decided(forms.parse_ask))
    app.view(Callback.ANSWER_QUESTION)(_decided(forms.parse_answer))
    app.action(Action.ORDER_HAND_ON)(open_hand_on)
    app.view(Callback.HAND_ON_DECISION)(_decided(forms.parse_hand_on))


def approve_command(target: Target, yes: frozenset[str]) -> ApproveOrder:
    """What a click on Approve asks for: this approval, of just what was shown."""
    return ApproveOrder(
        approval_id=target.id, revision=target.rev, content_hash=target.seen, acknowledged=yes
    )


def approve(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """One tap. When the person's limit shrank meanwhile nothing is decided, and they are told."""
    answer = visit.do(approve_command(Target.parse(action.get("value")), frozenset()))
    ack()
    if not answer.facts.get("decided", True):
        tell(visit.services, body, answer.message)
    after(visit, body, answer)


def load(visit: Visit, approval_id: str) -> ApprovalView:
    """The decision as the person sees it."""
    with visit.read() as uow:
        person = uow.get(Person, visit.me.id)
        if person is None:
            raise LookupError(f"person {visit.me.id} is gone")
        return approval_view(uow, approval_id, reader=person, today=visit.reader.today)


def open_reject(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Ask for the reason."""
    target = Target.parse(action.get("value"))
    about = summary(load(visit, target.id), visit.reader)
    show(visit.services, body, forms.build_reject(target, about))
    ack()


def open_ask(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Ask for the question."""
    target = Target.parse(action.get("value"))
    about = summary(load(visit, target.id), visit.reader)
    show(visit.services, body, forms.build_ask(target, about))
    ack()


def open_answer(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Ask for the answer to the approver's question."""
    target = Target.parse(action.get("value"))
    view = load(visit, target.id)
    if view.state is not ApprovalState.RETURNED:
        raise QUESTION_CLOSED(number=short(view.order.name), ended=question_ended(view))
    about = summary(view, visit.reader)
    show(visit.services, body, forms.build_answer(target, about, view.question or ""))
    ack()


def open_hand_on(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Ask to whom; where nobody else could decide, say so."""
    target = Target.parse(action.get("value"))
    about = summary(load(visit, target.id), visit.reader)
    with visit.read() as uow:
        people = [
            (person.id, person.name)
            for person in takers(uow, target.id, without=visit.me.id, at=visit.services.clock())
        ]
    view = forms.build_hand_on(target, about, people) if people else notice(ALONE)
    show(visit.services, body, view)
    ack()


def _decided(parse: Parse) -> Callable[..., None]:
    def sent(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
        answer = visit.do(parse(view, visit.reader.locale))
        _say(ack, answer)
        with quietly(visit.services):
            visit.publish_home()

    return sent


def _say(ack: Ack, answer: Answer) -> None:
    """Close the form; only what was not decided needs a word, the cards tell the rest."""
    if answer.facts.get("decided", True):
        ack()
    else:
        ack(response_action="update", view=notice(answer.message))
