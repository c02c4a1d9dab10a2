"""A change of a vendor's bank details, for those who may confirm it; only ever in their own
messages, since accounts are nothing for a channel."""

from bot.blocks import (
    Block,
    actions,
    button,
    context,
    facts,
    given,
    message,
    moment,
    safe,
    section,
)
from bot.cards import Asked, Card
from bot.ids import Action
from bot.metadata import Target
from bot.reader import Reader
from wopo.domain.bank_details import BankState
from wopo.usecases.bank_details import CARD
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.bank_details import BankVersion, BankView, view_of

CALL = (
    "Call the vendor on a number that you knew before, never on one from the letter or e-mail that "
    "asked for the change. Nothing is paid to this vendor meanwhile."
)


def load(uow: UnitOfWork, asked: Asked) -> BankView:
    """The version as it is now, beside what is in force."""
    return view_of(uow, asked.subject_id)


def build(view: BankView, _reader: Reader) -> Block:
    """Old and new, who entered it, and the two ways out; once decided one line."""
    asked = view.asked
    if asked is None:
        raise LookupError(f"a card about no version of {view.vendor.name}")
    if asked.state is not BankState.WAITING:
        said = f"Bank details of {view.vendor.name} ({asked.masked}): {asked.state.value}"
        return message(said, [context(safe(f"{said}{_decided(asked)}"))])
    said = f"{view.vendor.name} is to be paid to {asked.masked}: please call and confirm"
    blocks = [section(f"🏦 *{safe(said)}*"), *about(view, asked), context(CALL)]
    return message(said, [*blocks, *actions(buttons(asked.id))])


def about(view: BankView, asked: BankVersion) -> list[Block]:
    """Both accounts, and where it came from."""
    before = view.in_force
    who = safe(asked.entered_by.name) if asked.entered_by else "an import"
    pairs = [
        ("New account", account_text(asked)),
        ("Until now", account_text(before) if before else "none"),
        ("Number on file before the change", asked.phone_before),
    ]
    return [*facts(given(pairs)), context(f"Entered by {who}, {moment(asked.entered_at)}")]


def account_text(version: BankVersion) -> str:
    """The account in full: IBAN in groups of four and BIC, or the words."""
    if not version.iban:
        return version.account
    iban = " ".join(version.iban[at : at + 4] for at in range(0, len(version.iban), 4))
    return f"{iban} · {version.bic}" if version.bic else iban


def buttons(bank_details_id: str) -> list[Block]:
    """Both open a form: each needs something to be written down."""
    target = Target(id=bank_details_id, card=CARD)
    return [
        button("Confirm", Action.BANK_CONFIRM, target, style="primary"),
        button("Refuse", Action.BANK_REFUSE, target),
    ]


def _decided(asked: BankVersion) -> str:
    who = f" by {asked.decided_by.name}" if asked.decided_by else ""
    if asked.state is BankState.CONFIRMED:
        return f"{who}; called {asked.called} on {asked.known_number}"
    return f"{who}: {asked.reason}" if asked.reason else who


CARDS = {CARD: Card(load, build)}
