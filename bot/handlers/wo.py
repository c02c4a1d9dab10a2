"""``/wo``: new work, my jobs, free jobs, one job by its number, and finding by words."""

from typing import Any

from slack_bolt import Ack, App

from bot.answers import replace
from bot.blocks import Block, actions, button, message, paragraph
from bot.cards.work_orders import build as build_card
from bot.handlers.work_orders import job
from bot.handlers.work_requests import open_form
from bot.ids import Action, SlashCommand
from bot.lists import job_list, new_work_button
from bot.modals.work_requests import Origin
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.errors import DomainError
from wopo.domain.lookup import Kind, parse_tail
from wopo.usecases.lookup import find_jobs, offered, resolve
from wopo.usecases.views.job_lists import JobList, found_jobs, free_jobs, my_jobs

LIMIT = 15


def register(app: App, _services: Services) -> None:
    """Listen to the command and to the buttons of its answers."""
    app.command(SlashCommand.WO)(command)
    app.action(Action.MINE)(list_clicked)
    app.action(Action.QUEUE)(list_clicked)
    app.action(Action.SHOW_JOB)(show_clicked)


def command(ack: Ack, visit: Visit, body: Body) -> None:
    """The first word decides; whatever is no word of ours is looked for."""
    text = str(body.get("text") or "").strip()
    word, _, rest = text.partition(" ")
    match word.lower():
        case "" | "new":
            open_form(visit, body, Origin(), title=rest.strip())
            ack()
        case "mine" | "queue":
            ack(**_only_me(_list(visit, word.lower())))
        case "find" if rest.strip():
            ack(**_only_me(_found(visit, rest.strip())))
        case _:
            ack(**_only_me(look_up(visit, text)))


def _only_me(said: Block) -> dict[str, Any]:
    return {"response_type": "ephemeral", **said}


def _list(visit: Visit, which: str) -> Block:
    with visit.read() as uow:
        person = visit.person(uow)
        today = visit.reader.today
        if which == "queue":
            jobs = free_jobs(uow, person, today=today, limit=LIMIT)
            return job_list("Free jobs", jobs, visit.reader, empty="No job is free right now.")
        jobs = my_jobs(uow, person, today=today, limit=LIMIT)
    return job_list("Your jobs", jobs, visit.reader, empty="You have no open job.")


def _find(visit: Visit, words: str) -> JobList:
    with visit.read() as uow:
        orders = find_jobs(uow, words, limit=LIMIT + 1)
        reader = visit.person(uow)
        return found_jobs(uow, orders, reader, today=visit.reader.today, limit=LIMIT)


def _found(visit: Visit, words: str) -> Block:
    jobs = _find(visit, words)
    empty = f"No job has the words {words}."
    return job_list(f"Jobs with {words}", jobs, visit.reader, empty=empty)


def look_up(visit: Visit, text: str) -> Block:
    """A number shows that job. Other words are looked for; what is found nowhere is answered with
    the nearest right thing and a button for it."""
    refusal: DomainError | None = None
    if any(c.isdigit() for c in text):
        try:
            with visit.read() as uow:
                found = resolve(uow, text, kinds=(Kind.WORK_ORDER,))
        except DomainError as error:
            refusal = error
        else:
            return build_card(job(visit, found.id), visit.reader)
    jobs = _find(visit, text) if parse_tail(text) is None else JobList((), more=False)
    if jobs.lines:
        return job_list(f"Jobs with {text}", jobs, visit.reader, empty="")
    return _nearest(text, refusal)


def _nearest(text: str, refusal: DomainError | None) -> Block:
    sentence = refusal.message if refusal else f"No job has the words {text}."
    choices = offered(refusal) if refusal else []
    offers = [button(number, Action.SHOW_JOB, number) for number in choices[:3]]
    others = [
        button("My jobs", Action.MINE, "mine"),
        button("Free jobs", Action.QUEUE, "queue"),
        new_work_button(),
    ]
    return message(sentence, [paragraph(sentence), *actions([*offers, *others][:4])])


def list_clicked(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The list instead of the answer that offered it."""
    replace(body, _list(visit, str(action.get("value"))))
    ack()


def show_clicked(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The job that was offered."""
    replace(body, look_up(visit, str(action.get("value"))))
    ack()
