"""``/parts stock``: where a part lies, and counting it."""

from typing import Any

from slack_bolt import Ack, App

from bot.answers import notice, show
from bot.blocks import Block, button, context, message, paragraph, safe, section
from bot.ids import Action, Callback
from bot.metadata import Target
from bot.modals import stock as forms
from bot.reader import Reader
from bot.services import Services
from bot.visit import Body, Visit
from wopo.usecases.views.stock import StockPart, StockPlace, StockView, stock_part, stock_view


def register(app: App, _services: Services) -> None:
    """Listen to the counting of stock; the command itself is ``/parts``."""
    app.action(Action.STOCK_COUNT)(open_count)
    app.view(Callback.COUNT_STOCK)(count)


def answer(visit: Visit, text: str) -> Block:
    """The parts with these words, or the first of all, and where they lie."""
    with visit.read() as uow:
        found = stock_view(uow, text, reader=visit.person(uow))
    title = f"Stock of {text}" if text else "Stock"
    if not found.parts:
        said = f"No part has the words {text}. Try a part of its name, or its number."
        return message(said, [paragraph(said)])
    return message(title, _list(title, found, visit.reader))


def _list(title: str, view: StockView, reader: Reader) -> list[Block]:
    blocks = [section(f"*{safe(title)}*")]
    for part in view.parts:
        count = button("Count", Action.STOCK_COUNT, Target(id=part.id)) if view.may_count else None
        blocks.append(section(_part(part, reader), accessory=count))
    if view.more:
        blocks.append(context("There are more: add a word, like `/parts stock seal`."))
    return blocks


def _part(part: StockPart, reader: Reader) -> str:
    places = [_place(place, part.unit, reader) for place in part.places]
    return "\n".join(
        [f"*{safe(part.name)}* ({safe(part.number)})", *(places or ["Nothing in stock"])]
    )


def _place(place: StockPlace, unit: str, reader: Reader) -> str:
    said = f"{safe(place.place.name)}: {reader.number(place.free)} {safe(unit)} free"
    if place.reserved:
        said += f", {reader.number(place.reserved)} reserved for jobs"
    return f"{said} · {reader.money(place.value)}" if place.value is not None else said


def open_count(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """What was counted of this part."""
    target = Target.parse(action.get("value"))
    with visit.read() as uow:
        part = stock_part(uow, target.id, reader=visit.person(uow))
    show(visit.services, body, forms.build_count(part, visit.reader))
    ack()


def count(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Enter it."""
    said = visit.do(forms.parse_count(view, visit.reader.locale)).message
    ack(response_action="update", view=notice(said, title="Count"))
