"""The content of a purchase order as one value: what an approval binds to, and what it adds up to.

Everything a person can set is in it; promises of the vendor and running sums are not. Amounts are
in minor units of the order's currency, unit prices and quantities are exact decimals.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict

from wopo.domain.errors import REQUIRED, Refusal
from wopo.domain.events import as_json
from wopo.domain.money import (
    MAX_AMOUNT,
    PRICE_PLACES,
    TOO_LARGE,
    Money,
    allocate,
    checked_decimal,
    extend,
    minor_digits,
    plain,
)
from wopo.domain.purchase_orders import OrderKind

HUNDRED = Decimal(100)

CONTENT = Refusal("order.content", "{problem}. Nothing was changed; {accepted}.")


class Part(BaseModel):
    """Base of the parts of a content: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ScheduleContent(Part):
    """One planned delivery of a line."""

    due_on: date
    quantity: Decimal


class ChargeContent(Part):
    """Freight, packing, a fee: by code, net of tax."""

    code: str
    label: str = ""
    amount_minor: int


class LineContent(Part):
    """One thing ordered, for one job and cost centre.

    ``id`` and ``position`` are empty for a new line and given to it when it is kept.
    ``tax_minor`` states the tax where it is not ``tax_percent`` of the line's share.
    """

    id: str = ""
    position: int = 0
    part_id: str | None = None
    service: bool = False
    description: str
    vendor_item: str | None = None
    quantity: Decimal
    unit: str
    unit_price: Decimal
    price_per: Decimal = Decimal(1)
    discount_minor: int = 0
    discount_label: str = ""
    tax_code: str = ""
    tax_percent: Decimal = Decimal(0)
    tax_minor: int | None = None
    work_order_id: str | None = None
    cost_centre_id: str
    project_id: str | None = None
    agreement_id: str | None = None
    agreed_price: Decimal | None = None
    match_policy: str | None = None
    receiver_id: str | None = None
    schedule: tuple[ScheduleContent, ...] = ()


class OrderContent(Part):
    """Header, lines, charges and delivery schedule of one revision."""

    kind: OrderKind = OrderKind.STANDARD
    vendor_id: str
    currency: str
    payment_terms: str = ""
    ship_to_id: str | None = None
    buyer_id: str | None = None
    order_date: date | None = None
    discount_minor: int = 0
    discount_label: str = ""
    service_frequency: str | None = None
    billing_frequency: str | None = None
    blanket_limit_minor: int | None = None
    blanket_id: str | None = None
    valid_to: date | None = None
    lines: tuple[LineContent, ...] = ()
    charges: tuple[ChargeContent, ...] = ()

    @property
    def without_job(self) -> bool:
        """Whether no line belongs to a job: an order for stock or for a cost centre alone."""
        return not any(line.work_order_id for line in self.lines)

    def canonical(self) -> dict[str, Any]:
        """The content as JSON values in one form: ``2.50`` and ``2.5`` are the same price."""
        data: dict[str, Any] = as_json(self.model_dump())
        data["charges"].sort(key=lambda charge: charge["code"])
        return data

    def hash(self) -> str:
        """SHA-256 over the canonical JSON; an approval holds for exactly this."""
        text = json.dumps(
            self.canonical(), sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class LineTotals:
    """What a line adds up to: its net, its share of order charges and discount, its tax."""

    net_minor: int
    share_minor: int
    tax_minor: int


@dataclass(frozen=True)
class OrderTotals:
    """What an order adds up to: total = net + charges + tax - discount."""

    lines: tuple[LineTotals, ...]
    net_minor: int
    charges_minor: int
    tax_minor: int
    total_minor: int


def totals(content: OrderContent) -> OrderTotals:
    """The one computation of an order's figures; every line is rounded once, half up, and the
    shares add up exactly to net + charges - discount."""
    nets = [_net(line, content.currency) for line in content.lines]
    charges = sum(charge.amount_minor for charge in content.charges)
    parts = zip(nets, allocate(charges, nets), allocate(content.discount_minor, nets), strict=True)
    shares = [net + charge - discount for net, charge, discount in parts]
    taxes = [
        _tax(line, share, content.currency)
        for line, share in zip(content.lines, shares, strict=True)
    ]
    total = sum(nets) + charges - content.discount_minor + sum(taxes)
    if abs(total) > int(MAX_AMOUNT.scaleb(minor_digits(content.currency))):
        raise TOO_LARGE(label="The total", maximum=f"{MAX_AMOUNT:,} {content.currency}")
    return OrderTotals(
        tuple(LineTotals(*line) for line in zip(nets, shares, taxes, strict=True)),
        sum(nets),
        charges,
        sum(taxes),
        total,
    )


def shares(content: OrderContent) -> dict[str, int]:
    """What each line costs its job and cost centre, by line id, in minor units."""
    figures = totals(content).lines
    return {
        line.id: figure.share_minor for line, figure in zip(content.lines, figures, strict=True)
    }


def _net(line: LineContent, currency: str) -> int:
    gross = extend(line.quantity, line.unit_price, currency, per=line.price_per)
    return gross.minor - line.discount_minor


def _tax(line: LineContent, share_minor: int, currency: str) -> int:
    if line.tax_minor is not None:
        return line.tax_minor
    share = Money(share_minor, currency).amount
    return Money.of(share * line.tax_percent / HUNDRED, currency).minor


def check_content(content: OrderContent) -> OrderTotals:
    """Refuse what can't be ordered, with the field at fault; else its totals."""
    minor_digits(content.currency)
    if not content.lines:
        raise CONTENT(field="lines", problem="The order has no line", accepted="add one")
    for line in content.lines:
        _check_line(line)
    _check_unique([line.id for line in content.lines if line.id], "lines", "line")
    _check_unique([charge.code for charge in content.charges], "charges", "charge code")
    for charge in content.charges:
        if not charge.code.strip() or charge.amount_minor < 0:
            raise CONTENT(
                field="charges",
                problem="A charge needs a code and an amount of 0 or more",
                accepted="enter both, for example FREIGHT 12.00",
            )
    _check_kind(content)
    found = totals(content)
    for line, figures in zip(content.lines, found.lines, strict=True):
        if figures.net_minor < 0 or line.discount_minor < 0:
            raise CONTENT(
                field="discount",
                problem=f"The discount of {line.description} must be between 0 and its price",
                accepted="enter a smaller discount",
            )
    if not 0 <= content.discount_minor <= found.net_minor:
        raise CONTENT(
            field="discount",
            problem="The order's discount must be between 0 and what its lines come to",
            accepted="enter a smaller discount",
        )
    return found


def _check_line(line: LineContent) -> None:
    if not line.description.strip():
        raise REQUIRED(field="description", label="A line's description")
    if not line.unit.strip():
        raise REQUIRED(field="unit", label=f"The unit of {line.description}")
    for name, value, least in (
        ("quantity", line.quantity, "more than 0"),
        ("price_per", line.price_per, "more than 0"),
        ("unit_price", line.unit_price, "0 or more"),
        ("tax_percent", line.tax_percent, "0 or more"),
    ):
        label = f"The {name.replace('_', ' ')} of {line.description}"
        number = checked_decimal(value, label=label, places=PRICE_PLACES, field=name)
        if number < 0 or (number == 0 and least.startswith("more")):
            raise CONTENT(
                field=name,
                problem=f"{label} is {plain(number)}",
                accepted=f"it must be {least}",
            )
    if line.schedule and sum(part.quantity for part in line.schedule) != line.quantity:
        raise CONTENT(
            field="schedule",
            problem=f"The deliveries of {line.description} do not add up to "
            f"{plain(line.quantity)} {line.unit}",
            accepted="plan the whole quantity, or nothing",
        )
    if any(part.quantity <= 0 for part in line.schedule):
        raise CONTENT(
            field="schedule",
            problem="A planned delivery has no quantity",
            accepted="enter more than 0",
        )


def _check_kind(content: OrderContent) -> None:
    if content.kind is OrderKind.RECURRING and not (
        content.service_frequency and content.billing_frequency
    ):
        raise CONTENT(
            field="service_frequency",
            problem="A recurring service needs how often it is done and how often it is billed",
            accepted="enter both, for example monthly",
        )
    if content.kind is OrderKind.BLANKET and not (content.blanket_limit_minor or 0) > 0:
        raise CONTENT(
            field="blanket_limit",
            problem="A blanket order needs a limit",
            accepted="enter the most that may be called off",
        )
    if (content.kind is OrderKind.RELEASE) != (content.blanket_id is not None):
        raise CONTENT(
            field="blanket_id",
            problem="A release, and only a release, is called off from a blanket order",
            accepted="choose the kind release and its blanket order, or neither",
        )


def _check_unique(values: list[str], field: str, label: str) -> None:
    if len(set(values)) != len(values):
        raise CONTENT(
            field=field, problem=f"A {label} is there twice", accepted="give each only once"
        )


def dates_of(content: OrderContent) -> Iterator[date]:
    """Days that lie ahead when they are entered: the last day, and every planned delivery."""
    if content.valid_to:
        yield content.valid_to
    for line in content.lines:
        yield from (part.due_on for part in line.schedule)


def check_dates(content: OrderContent, today: date, before: OrderContent | None = None) -> None:
    """Refuse a day in the past that was not there already."""
    known = set(dates_of(before)) if before else set()
    for day in dates_of(content):
        if day < today and day not in known:
            raise CONTENT(
                field="schedule", problem=f"{day} is past", accepted="choose today or later"
            )


def changed(before: OrderContent, after: OrderContent) -> dict[str, Any]:
    """What differs, for people and for the audit: header fields as [before, after], and per line
    id its fields, or "added" / "removed"."""
    old, new = before.canonical(), after.canonical()
    found: dict[str, Any] = {
        name: [old[name], new[name]] for name in old if name != "lines" and old[name] != new[name]
    }
    lines = ({line["id"]: line for line in side["lines"]} for side in (old, new))
    was, now = lines
    differing: dict[str, Any] = {}
    for id in {**was, **now}:
        if id not in now or id not in was:
            differing[id] = "removed" if id in was else "added"
        elif was[id] != now[id]:
            differing[id] = {
                name: [was[id][name], now[id][name]]
                for name in was[id]
                if was[id][name] != now[id][name]
            }
    return {**found, **({"lines": differing} if differing else {})}
