"""App Home: requests and jobs that wait for a decision, my jobs, free jobs."""

from bot.blocks import Block, actions, button, context, divider, header, safe, section
from bot.cards.work_requests import NAME as REQUEST
from bot.ids import Action
from bot.lists import job_line
from bot.metadata import Target
from bot.reader import Reader
from bot.sections import Section
from wopo.domain.numbers import short
from wopo.domain.people import Person, Role
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.job_lists import JobList, free_jobs, my_jobs
from wopo.usecases.views.people import home_view
from wopo.usecases.views.work_requests import RequestLine

JOBS = 10
FREE = 5


def to_decide(uow: UnitOfWork, person: Person, reader: Reader) -> list[Block]:
    """What waits for a supervisor's word."""
    if not person.has(Role.SUPERVISOR):
        return []
    view = home_view(uow, person.id, today=reader.today, jobs=1)
    if not view.to_review and not view.to_approve:
        return []
    blocks: list[Block] = [header("Waits for your decision")]
    for request in view.to_review:
        blocks += _request(request)
    if view.more_to_review:
        blocks.append(context("There are more requests behind these."))
    blocks += [job_line(line, reader) for line in view.to_approve]
    return [*blocks, divider()]


def _request(line: RequestLine) -> list[Block]:
    who = line.client or line.requester
    parts = [
        line.asset.name if line.asset else line.location.name,
        line.site.name,
        f"asked by {who.name}" if who else "",
        line.priority.value,
    ]
    about = safe(" · ".join(part for part in parts if part))
    target = Target(id=line.id, card=REQUEST)
    return [
        section(f"*{short(line.number)}* {safe(line.title)}\n{about}"),
        *actions(
            [
                button("Approve", Action.REQUEST_APPROVE, target, style="primary"),
                button("Reject", Action.REQUEST_REJECT, target),
            ]
        ),
    ]


def mine(uow: UnitOfWork, person: Person, reader: Reader) -> list[Block]:
    """My jobs, each with its one main button."""
    jobs = my_jobs(uow, person, today=reader.today, limit=JOBS)
    return _list("Your jobs", jobs, reader, rest="`/wo mine` shows the rest.")


def free(uow: UnitOfWork, person: Person, reader: Reader) -> list[Block]:
    """Jobs a technician might take."""
    if not person.has(Role.TECHNICIAN):
        return []
    jobs = free_jobs(uow, person, today=reader.today, limit=FREE)
    return _list("Free jobs", jobs, reader, rest="`/wo queue` shows the rest.")


def _list(title: str, jobs: JobList, reader: Reader, *, rest: str) -> list[Block]:
    if not jobs.lines:
        return []
    more = [context(rest)] if jobs.more else []
    return [header(title), *(job_line(line, reader) for line in jobs.lines), *more]


SECTIONS = [Section(10, to_decide), Section(100, mine), Section(110, free)]
