"""A vendor's bank details: a change, its confirmation with the call-back note, its refusal."""

from typing import Any

from bot.blocks import (
    Block,
    actions,
    context,
    divider,
    field,
    modal,
    option,
    paragraph,
    safe,
    search,
    section,
    text_input,
)
from bot.cards.bank_details import CALL, about, account_text, buttons
from bot.ids import Callback, Options
from bot.metadata import MAX_METADATA, Target
from bot.parse import Form
from wopo.usecases.bank_details import ConfirmBankDetails, EnterBankDetails, RefuseBankDetails
from wopo.usecases.views.bank_details import BankVersion, BankView


def build_enter(view: BankView | None) -> Block:
    """Which vendor, and where it is paid from now on; what stands is above."""
    blocks = _standing(view) if view else []
    initial = option(view.vendor.name, view.vendor.id) if view else None
    inputs = [
        field("vendor_id", "Vendor", search(Options.VENDOR, initial=initial)),
        field("iban", "IBAN", text_input(longest=60), optional=True),
        field("bic", "BIC", text_input(longest=20), optional=True),
        field(
            "account",
            "Or the account in words",
            text_input(longest=300),
            optional=True,
            hint="Where the vendor has no IBAN",
        ),
    ]
    note = context("Nothing is paid to the vendor until somebody else has called and confirmed it.")
    return modal(Callback.BANK_DETAILS, "Bank details", [*blocks, *inputs, note], submit="Change")


def _standing(view: BankView) -> list[Block]:
    now = account_text(view.in_force) if view.in_force else "none is confirmed"
    blocks: list[Block] = [section(f"*{safe(view.vendor.name)}* is paid to: {safe(now)}")]
    if view.waiting:
        blocks += [
            section("*A change waits for a second person*"),
            *about(view, view.waiting),
            *actions(buttons(view.waiting.id)),
        ]
    return [*blocks, divider()]


def parse_enter(view: dict[str, Any], locale: str) -> EnterBankDetails:
    """The command, or ``FormError``."""
    form = Form(view["state"]["values"], locale)
    vendor_id = form.choice("vendor_id", label="The vendor", required=True)
    form.check()
    return EnterBankDetails(
        vendor_id=vendor_id,
        iban=form.text("iban"),
        bic=form.text("bic"),
        account=form.text("account"),
    )


def _waiting(view: BankView) -> tuple[BankVersion, list[Block]]:
    if view.asked is None:
        raise LookupError(f"a form about no version of {view.vendor.name}")
    return view.asked, [section(f"*{safe(view.vendor.name)}*"), *about(view, view.asked)]


def build_confirm(view: BankView) -> Block:
    """The call-back note: who was called, and on which number known before."""
    asked, blocks = _waiting(view)
    inputs = [
        paragraph(CALL),
        field("called", "Whom did you call?", text_input(longest=200, focus=True)),
        field(
            "known_number",
            "On which number?",
            text_input(initial=asked.phone_before, longest=60),
            hint="The number that was on file before the change",
        ),
    ]
    return modal(
        Callback.CONFIRM_BANK,
        "Confirm bank details",
        [*blocks, *inputs],
        submit="Confirm",
        metadata=Target(id=asked.id).pack(MAX_METADATA),
    )


def parse_confirm(view: dict[str, Any], locale: str) -> ConfirmBankDetails:
    """The command, or ``FormError``."""
    form = Form(view["state"]["values"], locale)
    called = form.text("called", label="Who was called", required=True)
    number = form.text("known_number", label="The number", required=True)
    form.check()
    target = Target.parse(view.get("private_metadata"))
    return ConfirmBankDetails(bank_details_id=target.id, called=called, known_number=number)


def build_refuse(view: BankView) -> Block:
    """Why the change does not stand."""
    asked, blocks = _waiting(view)
    reason = field("reason", "Why?", text_input(multiline=True, longest=500, focus=True))
    return modal(
        Callback.REFUSE_BANK,
        "Refuse bank details",
        [*blocks, reason],
        submit="Refuse",
        metadata=Target(id=asked.id).pack(MAX_METADATA),
    )


def parse_refuse(view: dict[str, Any], locale: str) -> RefuseBankDetails:
    """The command, or ``FormError``."""
    form = Form(view["state"]["values"], locale)
    reason = form.text("reason", label="The reason", required=True)
    form.check()
    target = Target.parse(view.get("private_metadata"))
    return RefuseBankDetails(bank_details_id=target.id, reason=reason)
