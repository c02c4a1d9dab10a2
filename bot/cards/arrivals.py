"""The question whether something arrived, in the direct message of who would have received it: one
tap, and what is missing is booked."""

from bot.blocks import Block, actions, button, confirm, context, message, moment, safe, section
from bot.cards import Asked, Card
from bot.ids import Action
from bot.metadata import Target
from bot.reader import Reader
from wopo.domain.case_notes import NoteKind
from wopo.domain.money import plain
from wopo.domain.numbers import short
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.arrivals import ArrivalView, arrival_view

NAME = "arrival"


def load(uow: UnitOfWork, asked: Asked) -> ArrivalView | None:
    """The question for its reader; it is only ever sent to people."""
    if asked.reader.me is None:
        return None
    return arrival_view(uow, asked.subject_id, reader_id=asked.reader.me.id)


def build(view: ArrivalView, reader: Reader) -> Block:
    """Open: the question and its four answers. Answered or settled: one line."""
    if not view.open:
        return message(_ended(view), [context(safe(_ended(view)))])
    blocks = [section(f"*{safe(_question(view, reader))}*\n{safe(_about(view, reader))}")]
    if view.said is NoteKind.NOT_ARRIVED and view.said_at is not None:
        again = f" I ask again on {reader.plain_day(view.ask_on)}." if view.ask_on else ""
        said = f"You said {moment(view.said_at)} that it had not arrived yet."
        blocks.append(context(said + safe(again)))
    return message(
        f"{_question(view, reader)} {_about(view, reader)}",
        [*blocks, *actions(_buttons(view, reader))],
    )


def _question(view: ArrivalView, reader: Reader) -> str:
    much = f"{reader.number(view.missing)} {view.unit} {view.description}"
    return f"Is {much} done?" if view.service else f"Did {much} arrive?"


def _about(view: ArrivalView, reader: Reader) -> str:
    job = f"{short(view.job.number)} {view.job.asset or view.job.title}" if view.job else ""
    counted = f"{reader.number(view.billed)} billed, {reader.number(view.accepted)} received so far"
    parts = [short(view.order_number), view.vendor, job, counted]
    return " · ".join(part for part in parts if part)


def _buttons(view: ArrivalView, reader: Reader) -> list[Block]:
    target = Target(id=view.case_id, card=NAME, seen=plain(view.missing))
    much = f"{reader.number(view.missing)} {view.unit} {view.description}"
    ask = confirm("All of it?", f"{much} will be booked as received today.", "Book it")
    made = [
        button("All", Action.ARRIVED_ALL, target, style="primary", ask=ask),
        button("Some", Action.ARRIVED_SOME, target),
    ]
    if view.ask_on is None:
        made.append(button("Not yet", Action.ARRIVED_NOT_YET, target))
    return [*made, button("Not mine", Action.ARRIVED_NOT_MINE, target)]


def _ended(view: ArrivalView) -> str:
    about = f"{view.description} · {short(view.order_number)}"
    if view.said is NoteKind.NOT_MINE:
        return f"{about}: you said it is not yours; the order's buyer is asked."
    return f"{about}: nothing is missing any more. Thank you."


CARDS = {NAME: Card(load, build)}
