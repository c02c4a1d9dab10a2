"""App Home: deliveries that a receiver may expect."""

from bot.blocks import Block, actions, button, context, header, section
from bot.ids import Action
from bot.metadata import Target
from bot.modals.receive import order_text
from bot.reader import Reader
from bot.sections import Section
from wopo.domain.people import Person, Role
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.receiving import receivable_orders

SHOWN = 5


def expected(uow: UnitOfWork, person: Person, reader: Reader) -> list[Block]:
    """Orders that are out, each with its one button."""
    if not person.has(Role.RECEIVER):
        return []
    orders = receivable_orders(uow, today=reader.today, limit=SHOWN + 1)
    if not orders:
        return []
    blocks: list[Block] = [header("Deliveries to come")]
    for order in orders[:SHOWN]:
        receive = button("Receive", Action.ORDER_RECEIVE, Target(id=order.id))
        blocks.append(section(order_text(order, reader), accessory=receive))
    if len(orders) > SHOWN:
        blocks.append(context("There are more; Receive goods finds any of them."))
        blocks += actions([button("Receive goods", Action.RECEIVE, "home")])
    return blocks


SECTIONS = [Section(120, expected)]
"""After a person's own jobs."""
