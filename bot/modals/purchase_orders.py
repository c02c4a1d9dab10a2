"""Small forms about an order: what the vendor promised, ending it, and choosing a vendor."""

from typing import Any

from bot.answers import acknowledged
from bot.blocks import (
    Block,
    checkboxes,
    date_input,
    field,
    modal,
    option,
    paragraph,
    search,
    select,
    text_input,
)
from bot.ids import Callback, Options
from bot.metadata import MAX_METADATA, Target
from bot.parse import Form
from bot.reader import Reader
from wopo.domain.numbers import short
from wopo.usecases.order_changes import CancelOrder, CloseOrderShort, LinePromise, RecordPromise
from wopo.usecases.part_request_sourcing import SetLineVendor, SplitLine, VendorShare
from wopo.usecases.purchase_orders import WithdrawOrder
from wopo.usecases.views.part_requests import PartLineView
from wopo.usecases.views.purchase_orders import OrderView

ALL = "all"
State = dict[str, Any]


def _form(
    callback: Callback, title: str, view: OrderView, inputs: list[Block], *, submit: str
) -> Block:
    about = paragraph(f"{short(view.number)} · {view.vendor.name}")
    metadata = Target(id=view.id, rev=view.version).pack(MAX_METADATA)
    return modal(callback, title, [about, *inputs], submit=submit, metadata=metadata)


def _read(view: State, locale: str) -> tuple[Target, Form]:
    return Target.parse(view.get("private_metadata")), Form(view["state"]["values"], locale)


def _open_lines(view: OrderView, reader: Reader) -> list[Block]:
    return [
        option("Everything that is still to come", ALL),
        *(
            option(f"{reader.number(line.quantity)} {line.unit} {line.description}", line.id)
            for line in view.lines
            if line.open
        ),
    ]


def build_promise(view: OrderView, reader: Reader) -> Block:
    """What the vendor said, for all lines or for one."""
    lines = _open_lines(view, reader)
    inputs = [
        field("lines", "What for?", select(lines, initial=ALL)),
        field("promised_on", "Promised on", date_input(), optional=True),
        field(
            "backordered",
            "Is it on backorder?",
            checkboxes([option("Yes, the vendor has none", "yes")]),
            optional=True,
        ),
        field("note", "Note", text_input(longest=200), optional=True),
    ]
    title = "Vendor's promise"
    return _form(Callback.ORDER_PROMISE, title, view, inputs, submit="Record")


def parse_promise(view: State, locale: str, order: OrderView) -> RecordPromise:
    """The command, or ``FormError``: a day, or that there is none."""
    target, form = _read(view, locale)
    chosen = form.choice("lines", label="The line", required=True)
    day = form.day("promised_on", label="The promised day")
    backordered = bool(form.choices("backordered"))
    note = form.text("note")
    if day is None and not backordered and not note:
        form.refuse("promised_on", "Say a day, or that it is on backorder.")
    form.check()
    ids = [line.id for line in order.lines if line.open and chosen in (ALL, line.id)]
    lines = tuple(
        LinePromise(line_id=id, promised_on=day, backordered=backordered, note=note) for id in ids
    )
    return RecordPromise(order_id=target.id, lines=lines)


def build_close_short(view: OrderView, reader: Reader) -> Block:
    """What will not come any more."""
    inputs = [
        field("line_ids", "What will not come?", select(_open_lines(view, reader), initial=ALL)),
        field("reason", "Why?", text_input(multiline=True, longest=500, focus=True)),
    ]
    return _form(Callback.CLOSE_ORDER_SHORT, "Close short", view, inputs, submit="Close short")


def parse_close_short(view: State, locale: str) -> CloseOrderShort:
    """The command, or ``FormError``."""
    target, form = _read(view, locale)
    chosen = form.choice("line_ids", label="The line", required=True)
    reason = form.text("reason", label="The reason", required=True)
    form.check()
    lines = () if chosen == ALL else (chosen,)
    return CloseOrderShort(
        order_id=target.id, line_ids=lines, reason=reason, acknowledged=acknowledged(view)
    )


def build_cancel(view: OrderView, _reader: Reader) -> Block:
    """Why nothing will be bought."""
    inputs = [field("reason", "Why?", text_input(multiline=True, longest=500, focus=True))]
    return _form(Callback.CANCEL_ORDER, "Cancel order", view, inputs, submit="Cancel order")


def parse_cancel(view: State, locale: str) -> CancelOrder:
    """The command, or ``FormError``."""
    target, form = _read(view, locale)
    reason = form.text("reason", label="The reason", required=True)
    form.check()
    return CancelOrder(order_id=target.id, reason=reason)


def build_withdraw(view: OrderView, _reader: Reader) -> Block:
    """Why it is taken back before it was decided."""
    inputs = [field("reason", "Why?", text_input(longest=500, focus=True), optional=True)]
    return _form(Callback.WITHDRAW_ORDER, "Take back", view, inputs, submit="Take back")


def parse_withdraw(view: State, locale: str) -> WithdrawOrder:
    """The command."""
    target, form = _read(view, locale)
    return WithdrawOrder(order_id=target.id, reason=form.text("reason"))


def build_source(job: str, line: PartLineView, reader: Reader, vendor: Block | None) -> Block:
    """Vendor and price of a need, or its split over two vendors."""
    much = f"{reader.number(line.quantity)} {line.unit} {line.description}"
    return modal(
        Callback.SOURCE_LINE,
        "Choose vendor",
        [
            paragraph(f"{much} · {short(job)} · {line.text}"),
            field("vendor_id", "Vendor", search(Options.VENDOR, initial=vendor)),
            field(
                "unit_price",
                "Unit price",
                text_input(longest=30),
                optional=True,
                hint="In the vendor's currency. Leave empty for the agreed or last price",
            ),
            field(
                "quantity",
                "How many there?",
                text_input(longest=30),
                optional=True,
                hint="Leave empty for all; the rest then goes to the second vendor",
            ),
            field("other_vendor_id", "Second vendor", search(Options.VENDOR), optional=True),
            field("other_price", "Unit price there", text_input(longest=30), optional=True),
            field(
                "submit",
                "And then?",
                checkboxes([option("Send the order for approval at once", "yes")], chosen=["yes"]),
                optional=True,
            ),
        ],
        submit="Choose",
        metadata=Target(id=line.id).pack(MAX_METADATA),
    )


def parse_source(view: State, locale: str, line: PartLineView) -> SetLineVendor | SplitLine:
    """One vendor for all, or two that share; or ``FormError``."""
    target, form = _read(view, locale)
    vendor = form.choice("vendor_id", label="The vendor", required=True)
    price = form.price("unit_price", label="The unit price")
    other = form.choice("other_vendor_id")
    much = form.quantity("quantity", label="The quantity", required=bool(other))
    other_price = form.price("other_price", label="The unit price there")
    submit = bool(form.choices("submit"))
    left = line.to_buy - much if much is not None else None
    if much is not None and not other and left:
        form.refuse("other_vendor_id", "Say who delivers the rest.")
    if other and left is not None and left <= 0:
        form.refuse("quantity", "Nothing would be left for the second vendor.")
    form.check()
    if not other or much is None or left is None:
        return SetLineVendor(line_id=target.id, vendor_id=vendor, unit_price=price, submit=submit)
    shares = (
        VendorShare(vendor_id=vendor, quantity=much, unit_price=price),
        VendorShare(vendor_id=other, quantity=left, unit_price=other_price),
    )
    return SplitLine(line_id=target.id, shares=shares, submit=submit)
