"""The shape of a match case in JSON, key by key; unknown keys are refused."""

import json
import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, create_model
from pydantic_core import PydanticCustomError

from wopo.domain.matching import TOLERANCE_KEYS, Combine, DocumentType, Policy

MAX_DIGITS = 40
"""Longest figure accepted, sign and point included; the match's exact arithmetic is sized to it."""

MAX_SHOWN = 50

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _wrong(problem: str, **facts: Any) -> PydanticCustomError:
    return PydanticCustomError("match_case", "{problem}", {"problem": problem.format(**facts)})


def shown(value: Any) -> str:
    """What was found, on one line and not at full length."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."


def _number(value: Any) -> Decimal:
    if isinstance(value, float):
        raise _wrong('must be a decimal in quotes, like "12.50"')
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise _wrong('must be a plain decimal like "12.50", not {shown}', shown=shown(value))
    if len(value) > MAX_DIGITS:
        raise _wrong("has {n} digits; {most} are the most", n=len(value), most=MAX_DIGITS)
    return Decimal(value)


def _not_negative(value: Any) -> Decimal:
    number = _number(value)
    if number < 0:
        raise _wrong("must be zero or more, not {shown}", shown=shown(value))
    return number


def _positive(value: Any) -> Decimal:
    number = _number(value)
    if number <= 0:
        raise _wrong("must be more than zero, not {shown}", shown=shown(value))
    return number


def _date(value: Any) -> date:
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise _wrong("must be a date like 2026-03-31, not {shown}", shown=shown(value))


def _text(value: Any) -> Any:
    """Numbers of documents and lines may be written as whole JSON numbers."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise _wrong("must be text")
    if not value.strip():
        raise _wrong("must not be empty")
    return value


def _line_id(value: Any) -> Any:
    return _text(value).strip()


def _echoed(value: Any) -> Any:
    if value is not None and not isinstance(value, str | int):
        raise _wrong("must be text")
    return value


Number = Annotated[Decimal, PlainValidator(_number)]
NotNegative = Annotated[Decimal, PlainValidator(_not_negative)]
Positive = Annotated[Decimal, PlainValidator(_positive)]
Day = Annotated[date, PlainValidator(_date)]
Text = Annotated[str, PlainValidator(_text)]
LineId = Annotated[str, PlainValidator(_line_id)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


TolerancesShape = create_model(
    "TolerancesShape",
    __base__=_Shape,
    combine=(Combine | None, None),
    **dict.fromkeys(TOLERANCE_KEYS, (NotNegative | None, None)),  # type: ignore[call-overload]
)
"""Every tolerance; a key set to null is told apart from an absent one by ``model_fields_set``."""


class OrderLineShape(_Shape):
    """A key of ``po_lines``."""

    line: LineId
    qty: Number
    unit_price: Number
    uom: Text | None = None
    price_per: Positive | None = None
    line_discount: Number | None = None
    promised_date: Day | None = None
    policy: Policy | None = None
    tolerances: TolerancesShape | None = None


class OrderShape(_Shape):
    """The key ``po``."""

    vendor: Text | None = None
    currency: Text | None = None
    date: Day | None = None
    limit: NotNegative | None = None
    valid_to: Day | None = None


class ReceiptLineShape(_Shape):
    """A line of a receipt."""

    line: LineId
    qty_accepted: Number | None = None
    qty_rejected: Number | None = None


class InvoiceLineShape(_Shape):
    """A line of an invoice; ``po_line`` null is a line that names no order line."""

    po_line: LineId | None = None
    qty: Number
    unit_price: Number
    uom: Text | None = None
    line_charge: Number | None = None


class InvoiceShape(_Shape):
    """A key of ``invoices``."""

    number: Text
    lines: list[InvoiceLineShape]
    charges: dict[str, Number] | None = None
    tax: Number | None = None
    discount: Number | None = None
    date: Day | None = None
    type: DocumentType | None = None
    vendor: Text | None = None
    currency: Text | None = None
    po_found: Annotated[bool, Field(strict=True)] | None = None
    stated_total: Number | None = None
    expected_charges: dict[str, Number] | None = None
    expected_tax: Number | None = None
    expected_discount: Number | None = None


class AmendmentShape(_Shape):
    """A changed order line, or the order closed."""

    line: LineId | None = None
    qty: Number | None = None
    unit_price: Number | None = None
    po_status: Literal["CLOSED"] | None = None


class ConversionShape(_Shape):
    """quantity in ``to`` = quantity in ``from`` x factor."""

    source: Text = Field(alias="from")
    to: Text
    factor: Positive


class CaseShape(_Shape):
    """A whole case."""

    id: Annotated[Any, BeforeValidator(_echoed)] = None
    description: Any = None
    source: Any = None
    system: Any = None
    note: Any = None
    derived: Any = None
    needs: Any = None
    sources_extra: Any = None
    title: Any = None
    currency: Text | None = None
    policy: Policy | None = None
    tolerances: TolerancesShape | None = None
    po_lines: list[OrderLineShape]
    po: OrderShape | None = None
    receipts: list[list[ReceiptLineShape]] | None = None
    receipt_dates: list[Day | None] | None = None
    invoices: list[InvoiceShape] | None = None
    amendments: list[list[AmendmentShape]] | None = None
    events: list[str] | None = None
    uom_conversions: list[ConversionShape] | None = None
