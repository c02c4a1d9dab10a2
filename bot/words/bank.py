"""``/wopo bank``: where a vendor is paid, and changing it."""

from bot.answers import show
from bot.blocks import Block
from bot.modals.bank_details import build_enter
from bot.visit import Body, Visit
from bot.words import Word
from wopo.domain.lookup import Kind
from wopo.usecases.bank_details import EnterBankDetails
from wopo.usecases.lookup import resolve
from wopo.usecases.views.bank_details import bank_view


def run(visit: Visit, body: Body, rest: str) -> Block | None:
    """Open the form; with a vendor's code or name also what stands for it."""
    visit.check_right(EnterBankDetails)
    with visit.read() as uow:
        found = resolve(uow, rest, kinds=(Kind.VENDOR,)) if rest else None
        view = bank_view(uow, found.id) if found else None
    show(visit.services, body, build_enter(view))
    return None


WORDS = {"bank": Word("bank [vendor]", "where a vendor is paid; a second person confirms", run)}
