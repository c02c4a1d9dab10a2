"""Lists of jobs: one line each, with its one main button."""

from bot.blocks import Block, actions, button, context, message, safe, section
from bot.cards.work_orders import MORE_VERBS, VERBS
from bot.ids import Action
from bot.metadata import Target
from bot.reader import Reader
from wopo.domain.numbers import short
from wopo.domain.work_requests import Priority
from wopo.domain.workflow import words
from wopo.usecases.views.job_lists import JobLine, JobList

SHOWN = 15
"""Lines in one message: a phone's patience, and far inside Slack's fifty blocks."""


def job_line(line: JobLine, reader: Reader) -> Block:
    """One job: what, where, and how it stands; its main verb is the button."""
    target = Target(id=line.id, rev=line.version)
    known = {**VERBS, **MORE_VERBS}
    verb = next((verb for verb in line.verbs if verb in known), None)
    main = (
        button(*known[verb], target, style="primary")
        if verb
        else button("Details", Action.JOB_DETAILS, target)
    )
    return section(
        f"*{short(line.number)}* {safe(line.title)}\n{_about(line, reader)}", accessory=main
    )


def _about(line: JobLine, reader: Reader) -> str:
    parts = [line.asset.name if line.asset else line.location.name, line.site.name]
    state = words(line.state.value)
    if line.hold_reason:
        state += f": {words(line.hold_reason.value)}"
    parts.append(state)
    if line.waiting_for_parts:
        parts.append("waiting for parts")
    if line.kept_back:
        parts.append("kept back")
    if line.priority in {Priority.EMERGENCY, Priority.HIGH}:
        parts.append(line.priority.value)
    if line.required_by:
        parts.append(("overdue since " if line.overdue else "by ") + reader.day(line.required_by))
    return safe(" · ".join(dict.fromkeys(parts)))


def job_list(title: str, jobs: JobList, reader: Reader, *, empty: str) -> Block:
    """A list as a message only the person sees."""
    if not jobs.lines:
        return message(empty, [section(safe(empty)), *actions([new_work_button()])])
    lines = jobs.lines[:SHOWN]
    blocks = [section(f"*{title}*"), *(job_line(line, reader) for line in lines)]
    if jobs.more or len(jobs.lines) > SHOWN:
        blocks.append(context("There are more. `/wo find words` finds a certain one."))
    return message(f"{title}: {len(lines)} jobs", blocks)


def new_work_button() -> Block:
    """The way to report work."""
    return button("New work order", Action.NEW_WORK, "list")
