"""``/wopo letterhead``: what stands on the orders that go to vendors, and the account they are
paid from."""

from typing import Any

from bot.answers import show
from bot.blocks import Block, context, field, modal, text_input
from bot.ids import Callback
from bot.parse import Form
from bot.visit import Body, Visit
from bot.words import Word
from wopo.domain.bank_details import checked_bic, checked_iban
from wopo.domain.errors import NOT_ALLOWED, DomainError
from wopo.domain.people import Role
from wopo.domain.settings import CompanySettings
from wopo.usecases.settings import ChangeCompanySettings, company

INPUTS: tuple[tuple[str, str, int, bool], ...] = (
    ("name", "Company", 120, False),
    ("address", "Address", 500, True),
    ("phone", "Phone", 60, False),
    ("email", "E-mail", 200, False),
    ("tax_id", "Tax number", 60, False),
    ("iban", "IBAN that payments leave from", 60, False),
    ("bic", "Its BIC", 20, False),
    ("order_terms", "Terms under every order", 3000, True),
)
"""Setting, label, longest text, and whether it has several lines."""


def run(visit: Visit, body: Body, _rest: str) -> Block | None:
    """Open the form, filled with what stands now."""
    if not visit.me.has(Role.ADMIN):
        raise NOT_ALLOWED(action="change the letterhead", who="an administrator")
    with visit.read() as uow:
        view = build(company(uow))
    show(visit.services, body, view)
    return None


def build(now: CompanySettings) -> Block:
    """The letterhead, one input each."""
    inputs = [
        field(
            name,
            label,
            text_input(initial=getattr(now, name), longest=longest, multiline=lines),
            optional=name != "name",
        )
        for name, label, longest, lines in INPUTS
    ]
    note = context("This stands on the PDF of every purchase order, with the place to ship to.")
    return modal(Callback.LETTERHEAD, "Letterhead", [note, *inputs], submit="Save")


def parse(view: dict[str, Any], locale: str) -> ChangeCompanySettings:
    """The command, or ``FormError``."""
    form = Form(view["state"]["values"], locale)
    name = form.text("name", label="The company's name", required=True)
    changes = {setting: form.text(setting) for setting, _, _, _ in INPUTS}
    for setting, checked in (("iban", checked_iban), ("bic", checked_bic)):
        try:
            changes[setting] = checked(changes[setting]) if changes[setting] else ""
        except DomainError as error:
            form.refuse(setting, error.message)
    form.check()
    return ChangeCompanySettings(changes={**changes, "name": name})


WORDS = {"letterhead": Word("letterhead", "what stands on the orders that go out", run)}
