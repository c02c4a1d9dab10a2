"""Ending the budgets of a period that is over: a preview, then one tap; done behind it, since each
order that is closed short takes its time."""

from datetime import date
from typing import Any

from slack_bolt import Ack, App

from bot.answers import notice, show
from bot.ids import Action, Callback
from bot.metadata import Target
from bot.modals.budget_yearend import TITLE, build
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.errors import DomainError
from wopo.domain.outbox import Mode, OutboxRow
from wopo.usecases.budget_yearend import EndBudget
from wopo.usecases.door import ActorRef, Notice
from wopo.usecases.execute import execute
from wopo.usecases.outbox import QueueTask, put
from wopo.usecases.views.budget_yearend import plans

END_BUDGETS = "end_budgets"
PATIENCE = 30.0


def register(app: App, services: Services) -> None:
    """Listen to the card's button and its form, and make the work known."""
    services.tasks[END_BUDGETS] = end_budgets
    app.action(Action.BUDGETS_END)(open_form)
    app.view(Callback.END_BUDGETS)(send)


def open_form(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """What would happen; for finance only, since a channel may have other people in it."""
    visit.check_right(EndBudget)
    ends = date.fromisoformat(Target.parse(action.get("value")).id)
    with visit.read() as uow:
        found = plans(uow, visit.services.clock().date(), ends)
    show(visit.services, body, build(found, ends, visit.reader))
    ack()


def send(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Those that were shown, one after the other."""
    visit.check_right(EndBudget)
    target = Target.parse(view.get("private_metadata"))
    visit.do(QueueTask(task=END_BUDGETS, given={"budget_ids": target.seen.split()}))
    said = "They are being ended. Finance reads what each came to."
    ack(response_action="update", view=notice(said, title=TITLE))


def end_budgets(services: Services, row: OutboxRow) -> None:
    """End each in the name of whoever asked; what is refused is told to them. Done twice it changes
    nothing twice: every key is made of the row's id."""
    actor, refused = ActorRef(str(row.facts["person_id"]), "slack"), []
    for budget_id in row.facts["budget_ids"]:
        try:
            execute(
                services.door,
                EndBudget(budget_id=budget_id),
                actor=actor,
                key=f"{END_BUDGETS}:{row.id}:{budget_id}",
                deadline=PATIENCE,
            )
        except DomainError as error:
            refused.append(error.message)
    if not refused:
        return
    told = Notice(
        "direct",
        row.subject_id,
        f"person:{actor.person_id}",
        Mode.POST,
        {"text": "\n".join(refused)},
    )
    with services.transactions.write() as uow:
        put(uow, told, at=services.clock(), new_id=services.new_id)
        uow.commit()
    services.bell.ring()
