"""Match cases as JSON: read into documents, or refused in one sentence with the path.

``match_case_shape`` says what each key holds; here is what belongs together: order lines named by
receipts and amendments, events, currencies.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from babel.core import get_global
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from wopo.domain.matching import (
    Amendment,
    Conversions,
    DocumentType,
    Event,
    EventKind,
    Invoice,
    InvoiceLine,
    LineAmendment,
    MatchCase,
    OrderHeader,
    OrderLine,
    Receipt,
    ReceiptLine,
    Tolerances,
)
from wopo.readers import match_case_shape as shape

ZERO, ONE = Decimal(0), Decimal(1)
_PLAIN_KEY = re.compile(r"\w{1,40}")
_LABEL = re.compile(r"([RIA])([1-9][0-9]{0,8})")
_KINDS = {
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "dict_type": "must be an object",
    "list_type": "must be a list",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "missing": "is missing",
}


class MatchCaseError(ValueError):
    """A match case can't be read: ``path`` says where, ``problem`` what is wrong there."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path} {problem}".strip())
        self.path = path
        self.problem = problem


def read_cases(text: str | bytes) -> tuple[list[MatchCase], bool]:
    """(cases, was it a list): one JSON object or a list of them.

    Raises ``MatchCaseError`` at the first thing that is wrong.
    """
    found = _json(text)
    if isinstance(found, list):
        return [read_case(one, f"[{place}]") for place, one in enumerate(found)], True
    return [read_case(found)], False


def read_case(found: Any, path: str = "") -> MatchCase:
    """One case from parsed JSON; ``path`` is where it stands. Raises ``MatchCaseError``."""
    if not isinstance(found, dict):
        raise MatchCaseError(path, "must be an object" if path else "The case must be an object")
    try:
        case = shape.CaseShape.model_validate(found)
    except ValidationError as error:
        raise _refusal(error.errors(include_url=False)[0], path) from None
    try:
        return _Assembly(case).case()
    except MatchCaseError as error:
        raise MatchCaseError(_joined(path, error.path), error.problem) from None


def _json(text: str | bytes) -> Any:
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_object, parse_int=_whole)
    except UnicodeDecodeError as error:
        raise MatchCaseError("", f"The text is not UTF-8 at byte {error.start}.") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise MatchCaseError("", f"The text is not JSON at {where}: {error.msg}.") from None
    except RecursionError:
        raise MatchCaseError("", "The JSON is nested too deeply to be a match case.") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise MatchCaseError("", f"The key {shape.shown(twice)} stands twice in one object.")
    return found


def _whole(digits: str) -> int | str:
    """Python refuses to read endless integers; as text the field's own check tells the path."""
    return int(digits) if len(digits) <= shape.MAX_DIGITS else digits


def _refusal(error: ErrorDetails, path: str) -> MatchCaseError:
    where = _joined(path, _path(error["loc"]))
    kind = error["type"]
    if kind == "extra_forbidden":
        return MatchCaseError(where, f"is not a key of a match case{_meant(error)}")
    if kind in {"enum", "literal_error"}:
        return MatchCaseError(where, f"must be {error['ctx']['expected']}")
    return MatchCaseError(where, _KINDS.get(kind, error["msg"]))


def _meant(error: ErrorDetails) -> str:
    name = str(error["loc"][-1])
    near = get_close_matches(name, _ALL_KEYS, 1)
    return f"; did you mean {near[0]}?" if near else ""


def _path(location: tuple[int | str, ...]) -> str:
    path = ""
    for step in location:
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            path += f".{step if _PLAIN_KEY.fullmatch(step) else shape.shown(step)}"
    return path.lstrip(".")


def _joined(left: str, right: str) -> str:
    if not left or not right or right.startswith("["):
        return left + right
    return f"{left}.{right}"


def _keys(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


_ALL_KEYS = sorted(
    set().union(
        *(
            _keys(model)
            for model in (
                shape.CaseShape,
                shape.OrderLineShape,
                shape.OrderShape,
                shape.ReceiptLineShape,
                shape.InvoiceLineShape,
                shape.InvoiceShape,
                shape.AmendmentShape,
                shape.ConversionShape,
                shape.TolerancesShape,
            )
        )
    )
)


class _Assembly:
    """Documents from a case whose shape is right."""

    def __init__(self, case: shape.CaseShape) -> None:
        self.found = case
        self.order_lines = [line.line for line in case.po_lines]

    def case(self) -> MatchCase:
        found = self.found
        self._unique_lines()
        policy = found.policy
        if policy is None:
            policy = self._policy_of_lines()
        amendments = [
            self._amendment(changes, f"amendments[{i}]")
            for i, changes in enumerate(found.amendments or [])
        ]
        case = MatchCase(
            order=self._header(),
            policy=policy,
            lines=tuple(_order_line(line) for line in found.po_lines),
            tolerances=_tolerances(found.tolerances),
            receipts=tuple(self._receipts()),
            invoices=tuple(_invoice(invoice) for invoice in found.invoices or []),
            amendments=tuple(amendments),
            events=None if found.events is None else tuple(self._events(found.events)),
            conversions=self._conversions(),
            id=found.id,
        )
        self._lines_exist_when_named(case)
        return case

    def _unique_lines(self) -> None:
        seen: set[str] = set()
        for i, line in enumerate(self.order_lines):
            if line in seen:
                raise MatchCaseError(
                    f"po_lines[{i}].line", f"is {shape.shown(line)}, which stands twice"
                )
            seen.add(line)

    def _policy_of_lines(self) -> Any:
        policies = [line.policy for line in self.found.po_lines]
        if not policies or None in policies:
            raise MatchCaseError("policy", "is missing")
        return policies[0]

    def _header(self) -> OrderHeader:
        found, order = self.found, self.found.po or shape.OrderShape()
        code = found.currency or order.currency
        if code is None:
            raise MatchCaseError("currency", "is missing")
        currency = _currency(code, "currency" if found.currency else "po.currency")
        if order.currency and _currency(order.currency, "po.currency") != currency:
            raise MatchCaseError(
                "po.currency", f"is {shape.shown(order.currency)}, but currency is {currency}"
            )
        return OrderHeader(currency, order.vendor, order.date, order.limit, order.valid_to)

    def _receipts(self) -> list[Receipt]:
        receipts = self.found.receipts or []
        dates = self.found.receipt_dates
        if dates is not None and len(dates) != len(receipts):
            raise MatchCaseError(
                "receipt_dates", f"has {len(dates)} dates for {len(receipts)} receipts"
            )
        return [
            Receipt(
                tuple(
                    ReceiptLine(line.line, line.qty_accepted or ZERO, line.qty_rejected or ZERO)
                    for line in receipt
                ),
                dates[i] if dates else None,
            )
            for i, receipt in enumerate(receipts)
        ]

    def _amendment(self, changes: list[shape.AmendmentShape], path: str) -> Amendment:
        for i, change in enumerate(changes):
            names_line = change.line is not None
            if names_line == (change.po_status is not None):
                raise MatchCaseError(f"{path}[{i}]", "must name either a line or a po_status")
            if not names_line and change.model_fields_set - {"po_status", "line"}:
                raise MatchCaseError(f"{path}[{i}]", "has a po_status, so it can't change a line")
        return Amendment(
            tuple(
                LineAmendment(change.line, change.qty, change.unit_price)
                for change in changes
                if change.line is not None
            ),
            closes=any(change.po_status for change in changes),
        )

    def _events(self, labels: list[str]) -> list[Event]:
        found = self.found
        counts = {
            EventKind.RECEIPT: len(found.receipts or []),
            EventKind.INVOICE: len(found.invoices or []),
            EventKind.AMENDMENT: len(found.amendments or []),
        }
        events: list[Event] = []
        for i, label in enumerate(labels):
            read = _LABEL.fullmatch(label)
            if read is None:
                raise MatchCaseError(
                    f"events[{i}]", f"must be like R1, I1 or A1, not {shape.shown(label)}"
                )
            event = Event(EventKind(read[1]), int(read[2]) - 1)
            if event.place >= counts[event.kind]:
                raise MatchCaseError(f"events[{i}]", f"is {label}, but there is no such document")
            events.append(event)
        twice = next((label for label, times in Counter(labels).items() if times > 1), None)
        if twice is not None:
            raise MatchCaseError("events", f"has {twice} twice")
        return events

    def _conversions(self) -> Conversions:
        factors: dict[tuple[str, str], Decimal] = {}
        for i, one in enumerate(self.found.uom_conversions or []):
            pair = one.source, one.to
            if factors.setdefault(pair, one.factor) != one.factor:
                raise MatchCaseError(
                    f"uom_conversions[{i}]",
                    f"gives {shape.shown(one.source)} to {shape.shown(one.to)} a second factor",
                )
        return Conversions(factors)

    def _lines_exist_when_named(self, case: MatchCase) -> None:
        known = set(self.order_lines)
        for kind, place in case.history():
            if kind is EventKind.RECEIPT:
                for i, part in enumerate(case.receipts[place].lines):
                    if part.line not in known:
                        self._no_line(f"receipts[{place}][{i}].line", part.line)
            elif kind is EventKind.AMENDMENT:
                for i, change in enumerate(case.amendments[place].lines):
                    if change.line not in known and None in (change.qty, change.unit_price):
                        self._no_line(f"amendments[{place}][{i}].line", change.line)
                    known.add(change.line)

    def _no_line(self, path: str, line: str) -> None:
        lines = ", ".join(map(shape.shown, self.order_lines[:10])) or "none"
        raise MatchCaseError(path, f"is {shape.shown(line)}, but the order's lines are {lines}")


def _currency(code: str, path: str) -> str:
    currency = code.strip().upper()
    if currency not in get_global("all_currencies"):
        raise MatchCaseError(path, f"is {shape.shown(code)}, which is not an ISO 4217 currency")
    return currency


def _tolerances(found: BaseModel | None) -> Tolerances:
    if found is None:
        return Tolerances()
    named = found.model_dump(exclude_unset=True)
    combine = named.pop("combine", None)
    return Tolerances(named, combine)


def _order_line(line: shape.OrderLineShape) -> OrderLine:
    return OrderLine(
        line=line.line,
        qty=line.qty,
        unit_price=line.unit_price,
        uom=line.uom,
        price_per=line.price_per or ONE,
        line_discount=line.line_discount or ZERO,
        promised_date=line.promised_date,
        policy=line.policy,
        tolerances=None if line.tolerances is None else _tolerances(line.tolerances),
    )


def _invoice(found: shape.InvoiceShape) -> Invoice:
    return Invoice(
        number=found.number,
        lines=tuple(
            InvoiceLine(line.po_line, line.qty, line.unit_price, line.uom, line.line_charge or ZERO)
            for line in found.lines
        ),
        charges=_amounts(found.charges),
        tax=found.tax or ZERO,
        discount=found.discount or ZERO,
        dated=found.date,
        type=found.type or DocumentType.INVOICE,
        vendor=found.vendor,
        currency=found.currency,
        po_found=found.po_found is not False,
        stated_total=found.stated_total,
        expected_charges=_amounts(found.expected_charges),
        expected_tax=found.expected_tax or ZERO,
        expected_discount=found.expected_discount or ZERO,
    )


def _amounts(found: Mapping[str, Decimal] | None) -> Mapping[str, Decimal]:
    return dict(found or {})
