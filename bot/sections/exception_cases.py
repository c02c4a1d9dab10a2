"""App Home: exceptions that wait for somebody of my desk."""

from datetime import UTC, datetime, time

from bot.blocks import Block, actions, button, context, divider, header, safe, section
from bot.cards.exception_cases import NAME, age_text, shown_sentence
from bot.cards.imports import ALL_CASES
from bot.ids import Action
from bot.metadata import Target
from bot.reader import Reader
from bot.sections import Section
from wopo.domain.numbers import short
from wopo.domain.people import Person, Role
from wopo.usecases.exception_cases import AcceptCase
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.exception_cards import CaseLine, CaseList, my_cases

SHOWN = 5


def case_text(line: CaseLine, reader: Reader) -> str:
    """One exception in a list: what, how much, of whom, since when."""
    title = f"*{short(line.number)} {safe(line.title)}*"
    amount = f" · {safe(reader.money(line.amount))}" if reader.costs else ""
    about = [
        line.vendor.name if line.vendor else "",
        line.owner.name if line.owner else "nobody took it",
        age_text(line.raised_at.date(), reader.today) + (" – overdue" if line.overdue else ""),
        f"snoozed until {reader.plain_day(line.snoozed_until)}" if line.snoozed_until else "",
    ]
    told = safe(shown_sentence(line.told, line.measure, reader))
    return "\n".join(
        part for part in (f"{title}{amount}", told, safe(" · ".join(filter(None, about)))) if part
    )


def case_blocks(line: CaseLine, reader: Reader) -> list[Block]:
    """The line with its buttons; what is mine already is not to be taken."""
    row = [button("Show", Action.CASE_SHOW, Target(id=line.id))]
    mine = reader.me is not None and line.owner is not None and line.owner.id == reader.me.id
    if not (mine and line.taken):
        take = "Take over" if line.taken else "Take it"
        row.insert(0, button(take, Action.CASE_TAKE, Target(id=line.id, card=NAME)))
    return [section(case_text(line, reader)), *actions(row)]


def waiting(uow: UnitOfWork, person: Person, reader: Reader) -> list[Block]:
    """Mine first, then those of my desk; the oldest first."""
    today = datetime.combine(reader.today, time(), tzinfo=UTC)
    cases = my_cases(uow, person, at=today, limit=SHOWN)
    lists = list_buttons(person)
    if not cases.lines:
        return [context("No exception waits for you."), *actions(lists)] if lists else []
    blocks: list[Block] = [header("What does not match")]
    for line in cases.lines:
        blocks += case_blocks(line, reader)
    if cases.more:
        blocks.append(context("There are more behind these."))
    accepts = reader.me is not None and reader.me.may(AcceptCase)
    if accepts and any(line.acceptable for line in own_lines(cases, person.id)):
        lists.insert(0, accept_button("inbox"))
    return [*blocks, *actions(lists), divider()]


def own_lines(cases: CaseList, person_id: str) -> list[CaseLine]:
    """Those of the list that are this person's own."""
    return [line for line in cases.lines if line.owner and line.owner.id == person_id]


def accept_button(place: str) -> Block:
    """The way to accept several of one's own for one reason."""
    return button("Accept several of mine", Action.CASES_ACCEPT, place)


def list_buttons(person: Person) -> list[Block]:
    """The ways to all of them, and for finance to the invoices they hold."""
    row = []
    if person.has(Role.FINANCE, Role.BUYER):
        row.append(button("All exceptions", Action.CASE_LIST, ALL_CASES))
    if person.has(Role.FINANCE):
        row.append(button("Invoices on hold", Action.CASE_LIST, '{"held":true}'))
    return row


SECTIONS = [Section(20, waiting)]
"""Among what waits for a person."""
