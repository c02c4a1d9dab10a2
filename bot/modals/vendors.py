"""A vendor's screen, the form of its standing and holds, and the one of a contract's files."""

from typing import Any

from bot.blocks import (
    Block,
    actions,
    button,
    checkboxes,
    context,
    date_input,
    facts,
    field,
    given,
    modal,
    option,
    photos,
    safe,
    section,
    select,
    text_input,
)
from bot.files import file_block
from bot.ids import Action, Callback
from bot.metadata import MAX_METADATA, Target
from bot.modals.work_requests import file_facts
from bot.parse import Form
from bot.reader import Reader
from bot.sellers import STANDINGS, hold_text, record_text
from wopo.domain.numbers import short
from wopo.domain.vendor_holds import HoldKind
from wopo.domain.vendors import Standing
from wopo.domain.workflow import words
from wopo.usecases.attachments import CONTRACT, AddAttachments
from wopo.usecases.vendor_holds import RegardVendor
from wopo.usecases.views.vendors import ContractLine, VendorView

HOLDS: dict[HoldKind, tuple[str, str]] = {
    HoldKind.ORDERS: ("Orders", "Nothing new is ordered"),
    HoldKind.INVOICES: ("Invoices", "They are taken in, and not released"),
    HoldKind.PAYMENTS: ("Payments", "Nothing is paid"),
}
FILES_SHOWN = 3


def build_vendor(vendor: VendorView, reader: Reader) -> Block:
    """What stands, what may be changed, how it delivers, contracts and open orders."""
    pairs = given(
        (
            ("Delivers", record_text(vendor.record)),
            ("Preferred for", ", ".join(vendor.preferred_for)),
        )
    )
    reach = [text for text in (vendor.payment_terms, vendor.email, vendor.phone) if text]
    regarded = STANDINGS[vendor.standing][0] if vendor.active else "Inactive"
    kind = " · contractor" if vendor.contractor else ""
    head = f"*{safe(vendor.name)}* ({safe(vendor.code)})\n{regarded}{kind}"
    blocks = [
        section("\n".join([head, *(hold_text(hold, reader) for hold in vendor.holds)])),
        *_change(vendor, reader),
        *facts(pairs),
        *([context(safe(" · ".join(reach)))] if reach else []),
        *_contracts(vendor, reader),
        *_orders(vendor, reader),
    ]
    target = Target(id=vendor.id).pack(MAX_METADATA)
    return modal(Callback.VENDOR, "Vendor", blocks, metadata=target)


def _change(vendor: VendorView, reader: Reader) -> list[Block]:
    if reader.me is None or not reader.me.may(RegardVendor):
        return []
    return actions([button("Standing and holds", Action.VENDOR_CHANGE, Target(id=vendor.id))])


def _contracts(vendor: VendorView, reader: Reader) -> list[Block]:
    made = [section("*Contracts*" if vendor.contracts else "*Contracts*\nnone")]
    for line in vendor.contracts:
        add = None
        if reader.me is not None and reader.me.may(RegardVendor):
            add = button("Add file", Action.CONTRACT_FILES, Target(id=line.id, seen=vendor.id))
        made.append(section(_contract(line, reader), accessory=add))
        made += [
            file_block(file.name, file.mimetype, file.slack_file_id)
            for file in line.files[:FILES_SHOWN]
        ]
        if len(line.files) > FILES_SHOWN:
            made.append(context(f"… and {len(line.files) - FILES_SHOWN} more files"))
    if vendor.more_contracts:
        made.append(context("There are more contracts."))
    return made


def _contract(line: ContractLine, reader: Reader) -> str:
    ends = f"until {reader.plain_day(line.valid_to)}" if line.valid_to else "without an end"
    if line.valid_from > reader.today:
        ends = f"from {reader.plain_day(line.valid_from)} {ends}"
    what = [line.subject, "service contract" if line.service_contract else ""]
    texts = [f"*{safe(line.number)}* · {safe(' · '.join(text for text in what if text))} · {ends}"]
    if line.minimum:
        texts.append(f"at least {reader.number(line.minimum)} {safe(line.unit)}")
    if line.tiers and reader.costs:
        texts.append("; ".join(_tier(line, tier, reader) for tier in line.tiers[:4]))
    return "\n".join(texts)


def _tier(line: ContractLine, tier: tuple[Any, Any, Any], reader: Reader) -> str:
    start, price, discount = tier
    said = []
    if price is not None:
        amount = reader.price(price, line.currency, per=line.price_per)
        said.append(f"{amount} {line.currency}")
    if discount is not None:
        said.append(f"{reader.number(discount)} % off")
    return (f"from {reader.number(start)}: " if start else "") + " less ".join(said)


def _orders(vendor: VendorView, reader: Reader) -> list[Block]:
    made = [section("*Open orders*" if vendor.orders else "*Open orders*\nnone")]
    for row in vendor.orders:
        text = f"*{short(row.number)}* · {reader.money(row.total)} · {words(row.state.value)}"
        look = button("Details", Action.ORDER_DETAILS, Target(id=row.id))
        made.append(section(text, accessory=look))
    if vendor.more_orders:
        made.append(context("There are more open orders."))
    return made


def build_change(vendor: VendorView) -> Block:
    """Standing and holds as they are, to be changed with a reason."""
    standings = [
        option(name, standing, description=what) for standing, (name, what) in STANDINGS.items()
    ]
    holds = [option(name, kind, description=what) for kind, (name, what) in HOLDS.items()]
    chosen = [hold.kind.value for hold in vendor.holds]
    inputs = [
        section(f"*{safe(vendor.name)}*"),
        field("standing", "Standing", select(standings, initial=vendor.standing)),
        field("holds", "On hold", checkboxes(holds, chosen=chosen), optional=True),
        field(
            "until",
            "Last day of a new hold",
            date_input(),
            optional=True,
            hint="Empty: until somebody lifts it",
        ),
        field("reason", "Why?", text_input(longest=300), hint="Whoever runs into it reads this"),
    ]
    return modal(
        Callback.CHANGE_VENDOR,
        "Standing and holds",
        inputs,
        submit="Save",
        metadata=Target(id=vendor.id).pack(MAX_METADATA),
    )


def parse_change(view: dict[str, Any], locale: str) -> RegardVendor:
    """The command, or ``FormError``."""
    form = Form(view["state"]["values"], locale)
    until = form.day("until", label="The last day")
    standing = form.choice("standing", label="The standing", required=True)
    form.check()
    return RegardVendor(
        vendor_id=Target.parse(view.get("private_metadata")).id,
        standing=Standing(standing),
        holds=frozenset(HoldKind(kind) for kind in form.choices("holds")),
        until=until,
        reason=form.text("reason"),
    )


def build_files(target: Target, number: str) -> Block:
    """Files for a contract; ``target`` names it, and its vendor."""
    return modal(
        Callback.CONTRACT_FILES,
        "Contract's files",
        [section(f"*{safe(number)}*"), photos(label="PDF or photos") | {"optional": False}],
        submit="Add",
        metadata=target.pack(MAX_METADATA),
    )


def parse_files(view: dict[str, Any], locale: str) -> AddAttachments:
    """The command; a file that does not lie in Slack is refused."""
    form = Form(view["state"]["values"], locale)
    return AddAttachments(
        document=CONTRACT,
        document_id=Target.parse(view.get("private_metadata")).id,
        files=tuple(file_facts(file) for file in form.files("files")),
    )
