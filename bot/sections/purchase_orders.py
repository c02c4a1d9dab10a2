"""App Home of a buyer: needs without a vendor or a price, and orders to send on."""

from bot.blocks import Block, context, header
from bot.cards.purchase_orders import need_line, order_line
from bot.reader import Reader
from bot.sections import Section
from wopo.domain.people import Person, Role
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.order_lists import orders_to_do
from wopo.usecases.views.part_requests import to_source

NEEDS = 5
ORDERS = 5


def to_buy(uow: UnitOfWork, person: Person, reader: Reader) -> list[Block]:
    """What a buyer does next."""
    if not person.has(Role.BUYER):
        return []
    needs, total = to_source(uow, person, limit=NEEDS)
    orders = orders_to_do(uow, person, today=reader.today, limit=ORDERS)
    blocks: list[Block] = []
    if needs:
        blocks += [header("Needs to buy"), *(need_line(need, reader) for need in needs)]
    if total > len(needs):
        blocks.append(context(f"… and {total - len(needs)} more: `/po queue`"))
    if orders.lines:
        blocks += [header("Orders to send on"), *(order_line(o, reader) for o in orders.lines)]
    if orders.more:
        blocks.append(context("There are more: `/po open`"))
    return blocks


SECTIONS = [Section(15, to_buy)]
