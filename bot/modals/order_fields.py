"""The inputs of an order's pages, and what was typed in them as parts of its content."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from bot.blocks import Block, checkboxes, date_input, field, option, search, select, text_input
from bot.ids import Options
from bot.parse import Form, FormError, money, quantity
from bot.reader import Reader
from wopo.domain.errors import DomainError
from wopo.domain.money import Money
from wopo.domain.order_content import ChargeContent, LineContent, OrderContent, ScheduleContent
from wopo.domain.purchase_orders import OrderKind
from wopo.domain.workflow import words
from wopo.usecases.views.purchase_orders import OrderView

_CHARGE = re.compile(r"^(?P<code>\S+)\s+(?P<amount>[\d.,'’\u202f\u00a0]*\d)(?:\s+(?P<label>.*))?$")
_DELIVERY = re.compile(r"^(?P<day>\d{4}-\d\d-\d\d)\s+(?P<quantity>\S.*)$")
_POLICIES = ("2-way", "3-way", "4-way")


def inputs(page: str, view: OrderView, line: LineContent, reader: Reader) -> list[Block]:
    """The inputs of one page."""
    content, names = view.content, view.names
    match page:
        case "terms":
            return _terms(content, names)
        case "kind":
            return _kind(content, names, reader)
        case "amounts":
            return _amounts(content, reader)
        case "what":
            return _what(line, reader)
        case "price":
            return _price(line, content.currency, reader)
        case "whom":
            return _whom(line, names)
        case "dates":
            return _dates(line, reader, only=len(content.lines) == 1)
        case _:
            return _new(content, names)


def _ref(id: str | None, names: Any) -> Block | None:
    return option(names.get(id, id), id) if id else None


def _text(name: str, label: str, value: str | None, *, longest: int, hint: str = "") -> Block:
    return field(
        name, label, text_input(initial=value or "", longest=longest), optional=True, hint=hint
    )


def _amount(minor: int | None, currency: str, reader: Reader) -> str:
    return reader.number(Money(minor, currency).amount) if minor else ""


def _terms(content: OrderContent, names: Any) -> list[Block]:
    day = content.order_date.isoformat() if content.order_date else None
    vendor = search(Options.VENDOR, initial=_ref(content.vendor_id, names))
    place = search(Options.LOCATION, initial=_ref(content.ship_to_id, names))
    buyer = search(Options.PERSON, initial=_ref(content.buyer_id, names))
    return [
        field("vendor_id", "Vendor", vendor),
        _text("payment_terms", "Payment terms", content.payment_terms, longest=80),
        field("ship_to_id", "Ship to", place, optional=True),
        field("buyer_id", "Buyer", buyer, optional=True),
        field("order_date", "Order date", date_input(day), optional=True),
    ]


def _kind(content: OrderContent, names: Any, reader: Reader) -> list[Block]:
    kinds = [option(words(kind.value).capitalize(), kind.value) for kind in OrderKind]
    limit = _amount(content.blanket_limit_minor, content.currency, reader)
    last = content.valid_to.isoformat() if content.valid_to else None
    hint = "For a recurring service, like monthly"
    done, billed = content.service_frequency, content.billing_frequency
    blanket = search(Options.BLANKET, initial=_ref(content.blanket_id, names))
    return [
        field("kind", "Kind", select(kinds, initial=content.kind)),
        field("blanket_id", "A release: called off from", blanket, optional=True),
        _text("service_frequency", "How often is it done?", done, longest=60, hint=hint),
        _text("billing_frequency", "How often is it billed?", billed, longest=60),
        _text("blanket_limit", "Limit of the blanket", limit, longest=30),
        field("valid_to", "Valid to", date_input(last), optional=True),
    ]


def _amounts(content: OrderContent, reader: Reader) -> list[Block]:
    charges = "\n".join(
        f"{charge.code} {reader.number(Money(charge.amount_minor, content.currency).amount)} "
        f"{charge.label}".rstrip()
        for charge in content.charges
    )
    discount = _amount(content.discount_minor, content.currency, reader)
    return [
        field("currency", "Currency", text_input(initial=content.currency, longest=3)),
        _text("discount", "Discount on the order", discount, longest=30),
        _text("discount_label", "What is the discount for?", content.discount_label, longest=120),
        field(
            "charges",
            "Charges",
            text_input(initial=charges, multiline=True, longest=1000),
            optional=True,
            hint="One a line: FREIGHT 12.00 by road",
        ),
    ]


def _what(line: LineContent, reader: Reader) -> list[Block]:
    return [
        field("description", "What?", text_input(initial=line.description, longest=300)),
        _text("vendor_item", "The vendor's number", line.vendor_item, longest=60),
        field("quantity", "How many?", text_input(initial=reader.number(line.quantity))),
        field("unit", "Unit", text_input(initial=line.unit, longest=20)),
        field("unit_price", "Unit price", text_input(initial=reader.number(line.unit_price))),
    ]


def _price(line: LineContent, currency: str, reader: Reader) -> list[Block]:
    percent = reader.number(line.tax_percent) if line.tax_percent else ""
    return [
        field("price_per", "Price is for", text_input(initial=reader.number(line.price_per))),
        _text("discount", "Discount", _amount(line.discount_minor, currency, reader), longest=30),
        _text("discount_label", "What is the discount for?", line.discount_label, longest=120),
        _text("tax_code", "Tax code", line.tax_code, longest=20),
        _text("tax_percent", "Tax per cent", percent, longest=20),
    ]


def _whom(line: LineContent, names: Any) -> list[Block]:
    policies = [option(name, name) for name in _POLICIES]
    job = search(Options.JOB, initial=_ref(line.work_order_id, names))
    centre = search(Options.COST_CENTRE, initial=_ref(line.cost_centre_id, names))
    project = search(Options.PROJECT, initial=_ref(line.project_id, names))
    receiver = search(Options.PERSON, initial=_ref(line.receiver_id, names))
    policy = select(policies, initial=line.match_policy, placeholder="As the company does")
    return [
        field("work_order_id", "For which job?", job, optional=True),
        field("cost_centre_id", "Cost centre", centre),
        field("project_id", "Project", project, optional=True),
        field("receiver_id", "Who receives it?", receiver, optional=True),
        field("match_policy", "Matching of invoices", policy, optional=True),
    ]


def _dates(line: LineContent, reader: Reader, *, only: bool) -> list[Block]:
    planned = "\n".join(f"{part.due_on} {reader.number(part.quantity)}" for part in line.schedule)
    made = [
        field(
            "schedule",
            "Deliveries",
            text_input(initial=planned, multiline=True, longest=1000),
            optional=True,
            hint=f"One a line: day and quantity, together {reader.number(line.quantity)}",
        )
    ]
    if not only:
        box = checkboxes([option("Take this line off the order", "yes")])
        made.append(field("remove", "Remove", box, optional=True))
    return made


def _new(content: OrderContent, names: Any) -> list[Block]:
    centre = content.lines[0].cost_centre_id if content.lines else ""
    centres = search(Options.COST_CENTRE, initial=_ref(centre, names))
    return [
        field("part_id", "Part", search(Options.PART), optional=True),
        field("description", "Or in your words", text_input(longest=300), optional=True),
        field("quantity", "How many?", text_input()),
        field("unit_price", "Unit price", text_input()),
        field("cost_centre_id", "Cost centre", centres),
    ]


def header(page: str, form: Form, content: OrderContent) -> dict[str, Any]:
    """What a page says about the order itself; refusals are collected in the form."""
    match page:
        case "terms":
            return {
                "vendor_id": form.choice("vendor_id", label="The vendor", required=True),
                "payment_terms": form.text("payment_terms"),
                "ship_to_id": form.choice("ship_to_id") or None,
                "buyer_id": form.choice("buyer_id") or None,
                "order_date": form.day("order_date", label="The order date"),
            }
        case "kind":
            return {
                "kind": OrderKind(form.choice("kind", label="The kind", required=True)),
                "service_frequency": form.text("service_frequency") or None,
                "billing_frequency": form.text("billing_frequency") or None,
                "blanket_limit_minor": _minor(form, "blanket_limit", content.currency, "The limit"),
                "blanket_id": form.choice("blanket_id") or None,
                "valid_to": form.day("valid_to", label="The last day"),
            }
        case _:
            currency = form.text("currency", label="The currency", required=True).upper()
            return {
                "currency": currency,
                "discount_minor": _minor(form, "discount", currency, "The discount") or 0,
                "discount_label": form.text("discount_label"),
                "charges": _charges(form, currency),
            }


def _minor(form: Form, name: str, currency: str, label: str) -> int | None:
    try:
        amount = form.money(name, currency, label=label)
    except DomainError as error:
        form.refuse("currency", error.message)
        return None
    return amount.minor if amount is not None else None


def _charges(form: Form, currency: str) -> tuple[ChargeContent, ...]:
    found = []
    for typed in form.text("charges").splitlines():
        match = _CHARGE.match(typed.strip())
        if not typed.strip():
            continue
        if match is None:
            form.refuse(
                "charges", f"{typed.strip()[:40]} is no charge. Write one like FREIGHT 12.00"
            )
            continue
        try:
            amount = money(
                match["amount"], currency, field="charges", label=match["code"], locale=form.locale
            )
        except DomainError as error:
            form.refuse("charges", error.message)
            continue
        label = match["label"] or ""
        found.append(ChargeContent(code=match["code"], label=label, amount_minor=amount.minor))
    return tuple(found)


def line(page: str, form: Form, old: LineContent, currency: str) -> dict[str, Any]:
    """What a page says about one line."""
    match page:
        case "what":
            return {
                "description": form.text("description", label="What", required=True),
                "vendor_item": form.text("vendor_item") or None,
                "quantity": form.quantity("quantity", label="The quantity") or old.quantity,
                "unit": form.text("unit", label="The unit", required=True),
                "unit_price": _price_of(form, old),
            }
        case "price":
            percent = form.price("tax_percent", label="The tax")
            same = percent == (old.tax_percent or None)
            return {
                "price_per": form.quantity("price_per", label="The basis") or old.price_per,
                "discount_minor": _minor(form, "discount", currency, "The discount") or 0,
                "discount_label": form.text("discount_label"),
                "tax_code": form.text("tax_code"),
                "tax_percent": percent or Decimal(0),
                "tax_minor": old.tax_minor if same else None,
            }
        case "whom":
            centre = form.choice("cost_centre_id", label="The cost centre", required=True)
            return {
                "work_order_id": form.choice("work_order_id") or None,
                "cost_centre_id": centre,
                "project_id": form.choice("project_id") or None,
                "receiver_id": form.choice("receiver_id") or None,
                "match_policy": form.choice("match_policy") or None,
            }
        case _:
            return {"schedule": _schedule(form)}


def _price_of(form: Form, old: LineContent) -> Decimal:
    price = form.price("unit_price", label="The unit price", required=True)
    return old.unit_price if price is None else price


def _schedule(form: Form) -> tuple[ScheduleContent, ...]:
    found = []
    for typed in form.text("schedule").splitlines():
        if not typed.strip():
            continue
        match = _DELIVERY.match(typed.strip())
        try:
            if match is None:
                raise ValueError(typed)
            day = date.fromisoformat(match["day"])
            much = quantity(
                match["quantity"], field="schedule", label="The quantity", locale=form.locale
            )
        except ValueError:
            said = f"{typed.strip()[:40]} is no delivery. Write one like 2026-03-31 5"
            form.refuse("schedule", said)
        except DomainError as error:
            form.refuse("schedule", error.message)
        else:
            found.append(ScheduleContent(due_on=day, quantity=much))
    return tuple(found)


def new_line(form: Form, content: OrderContent) -> tuple[LineContent, ...]:
    """The line that is added; none when something was refused. A catalogue part's name and unit
    are put in by whoever knows the catalogue (``description`` and ``unit`` are empty here)."""
    part, text = form.choice("part_id"), form.text("description")
    if not part and not text:
        form.refuse("part_id", "Choose a part, or write what is ordered.")
    much = form.quantity("quantity", label="The quantity")
    price = form.price("unit_price", label="The unit price", required=True)
    centre = form.choice("cost_centre_id", label="The cost centre", required=True)
    if form.errors or much is None or price is None:
        raise FormError(form.errors)
    return (
        LineContent(
            part_id=part or None,
            description=text,
            quantity=much,
            unit="" if part else "pcs",
            unit_price=price,
            cost_centre_id=centre,
        ),
    )
