"""What a person is told when something was refused or went wrong, and what the log keeps.

A refusal (``DomainError``) is one sentence where the person is. Anything else gets a reference id:
the person sees the id, the log has the trace beside it. Slack always gets status 200, so that it
shows no banner of its own.
"""

from typing import Any

from pydantic import ValidationError
from slack_bolt import BoltResponse
from slack_sdk.errors import SlackApiError

from bot import answers
from bot.blocks import Block, actions, button
from bot.failures import CALL_ERRORS
from bot.ids import Action
from bot.metadata import Question, Target
from bot.parse import FormError
from bot.services import Services
from bot.visit import Body
from wopo.domain.budgets import OVER
from wopo.domain.errors import INVALID, DomainError, Refusal
from wopo.domain.nte import NTE_OVER, NTE_OVER_UNSAID
from wopo.usecases.outbox import refresh_card

UNEXPECTED = Refusal(
    "bot.unexpected",
    "Something went wrong in wopo; the reference is {reference}. Please look whether it was done "
    "before you try again, and give an administrator the reference.",
)
TOO_SLOW = Refusal(
    "bot.too_slow", "Slack did not wait long enough for the form. Nothing was changed; click again."
)
SLACK_DOWN = Refusal(
    "bot.slack_down",
    "Slack did not answer wopo. What you decided is kept if it was shown as done; "
    "otherwise please try again.",
)


def handle(services: Services, error: Exception, body: Body) -> BoltResponse:
    """The answer to Slack for a failed listener or middleware."""
    if isinstance(error, FormError):
        return answers.errors(error.errors, body["view"])
    if isinstance(error, DomainError):
        return _refused(services, error, body)
    if isinstance(error, ValidationError) and body.get("type") == "view_submission":
        return answers.errors(_invalid(error), body["view"])
    if isinstance(error, SlackApiError) and error.response.get("error") in answers.LATE:
        return answers.tell(services, body, TOO_SLOW().message)
    reference = services.new_id()[-8:]
    services.log.error("reference %s", reference, exc_info=error)
    if isinstance(error, CALL_ERRORS):
        return answers.tell(services, body, SLACK_DOWN().message)
    return answers.tell(services, body, UNEXPECTED(reference=reference).message)


def _invalid(error: ValidationError) -> dict[str, str]:
    """What a command does not take, at the inputs of the same names."""
    found = {}
    for problem in error.errors(include_url=False, include_context=False, include_input=False):
        name = str(problem["loc"][0]) if problem["loc"] else ""
        found[name] = INVALID(
            label=name.replace("_", " ").capitalize() or "This",
            problem=problem["msg"],
            accepted="correct it and send again",
        ).message
    return found


def _refused(services: Services, error: DomainError, body: Body) -> BoltResponse:
    row = _way_out(error)
    if row:
        return answers.offer(services, body, error.message, row)
    name = error.facts.get("acknowledge")
    if body.get("type") == "view_submission":
        if name:
            return answers.ask_in_form(body["view"], error.message, str(name))
        return answers.errors({error.field or "": error.message}, body["view"])
    target = clicked_target(body)
    if name and target is not None:
        question = Question(
            action=body["actions"][0]["action_id"], target=target, acknowledge=(str(name),)
        )
        answers.ask_about_click(services, body, error.message, question)
        return answers.ok()
    if target is not None and target.card:
        _redraw(services, target)
    return answers.tell(services, body, error.message)


def _way_out(error: DomainError) -> list[Block]:
    """One tap that asks for what a job or an order would need; nothing for other refusals."""
    facts = error.facts
    if error.code in {NTE_OVER.code, NTE_OVER_UNSAID.code}:
        target = Target(id=str(facts["job_id"]), seen=str(facts["wanted_minor"]))
        return actions([button("Ask for more", Action.NTE_ASK, target, style="primary")])
    if error.code == OVER.code and "order_id" in facts:
        target = Target(id=str(facts["order_id"]))
        return actions([button("Ask to let it pass", Action.BUDGET_ASK, target, style="primary")])
    return []


def clicked_target(body: Body) -> Target | None:
    """What a clicked button was about; none for anything else."""
    clicked: Any = (body.get("actions") or [{}])[0]
    try:
        return Target.parse(clicked.get("value"))
    except DomainError:
        return None


def _redraw(services: Services, target: Target) -> None:
    """A refused click was made on what is no longer so: draw every copy of the card anew."""
    try:
        with services.transactions.write() as uow:
            refresh_card(uow, target.card, target.id, at=services.clock(), new_id=services.new_id)
            uow.commit()
    except DomainError as error:
        services.log.warning("a stale card could not be drawn anew: %s", error.code)
        return
    services.bell.ring()
