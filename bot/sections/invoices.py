"""App Home of finance: invoices that match and wait to be released, and the way to enter one."""

from bot.blocks import Block, actions, button, confirm, context, divider, header, safe, section
from bot.cards.invoices import NAME
from bot.ids import Action
from bot.metadata import Target
from bot.reader import Reader
from bot.sections import Section
from wopo.domain.people import Person, Role
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.invoice_cards import InvoiceLineView, invoices_to_release

SHOWN = 5


def to_release(uow: UnitOfWork, person: Person, reader: Reader) -> list[Block]:
    """Each with its one button; the oldest first."""
    if not person.has(Role.FINANCE):
        return []
    lines = invoices_to_release(uow, limit=SHOWN + 1)
    blocks: list[Block] = [header("Invoices")]
    blocks += [_line(line, reader) for line in lines[:SHOWN]]
    if len(lines) > SHOWN:
        blocks.append(context("More wait behind these."))
    blocks += actions([button("Enter invoice", Action.INVOICE_NEW, "home")])
    return [*blocks, divider()]


def _line(line: InvoiceLineView, reader: Reader) -> Block:
    kind = "Credit note" if line.credit else "Invoice"
    amount = reader.money(line.total)
    due = f" · due {reader.day(line.due)}" if line.due else ""
    text = f"*{kind} {safe(line.number)}* · {safe(line.vendor.name)} · {safe(amount)}"
    ask = confirm(
        "Release for payment?",
        f"{kind} {line.number} of {line.vendor.name}: {amount}.",
        "Release",
    )
    target = Target(id=line.id, rev=line.version, card=NAME)
    release = button("Release", Action.INVOICE_MAKE_PAYABLE, target, ask=ask)
    return section(f"{text}\nmatches, waits to be released{due}", accessory=release)


SECTIONS = [Section(30, to_release)]
"""After the exceptions."""
