"""Short ways to write a match case and what is expected of it."""

from typing import Any, NamedTuple


class Example(NamedTuple):
    """A case and the part of its answer that the example is about.

    ``expected`` maps I1 to the keys of its verdict, R1 to the codes of a receipt, and "R2 I1" to
    the keys of the entry for I1 after R2. ``codes`` of I1 may be written in one string.
    """

    name: str
    case: dict[str, Any]
    expected: dict[str, Any]


def line(number: int, qty: str, price: str, **more: Any) -> dict[str, Any]:
    """An order line, in EA unless told otherwise."""
    return {"line": str(number), "qty": qty, "unit_price": price, "uom": "EA"} | more


def came(qty: str, rejected: str = "0", number: int = 1) -> dict[str, str]:
    """A line of a receipt."""
    return {"line": str(number), "qty_accepted": qty, "qty_rejected": rejected}


def bill(qty: str, price: str, number: int | None = 1, **more: Any) -> dict[str, Any]:
    """A billed line."""
    named = None if number is None else str(number)
    return {"po_line": named, "qty": qty, "unit_price": price} | more


def invoice(*lines: dict[str, Any], number: str = "INV-1", **more: Any) -> dict[str, Any]:
    """An invoice of these lines."""
    return {"number": number, "lines": list(lines)} | more


def credit(*lines: dict[str, Any], number: str = "CN-1", **more: Any) -> dict[str, Any]:
    """A credit note of these lines."""
    return invoice(*lines, number=number, type="credit", **more)


def example(
    name: str,
    expected: dict[str, Any],
    tolerances: dict[str, str | None] | None = None,
    lines: list[dict[str, Any]] | None = None,
    invoices: list[dict[str, Any]] | None = None,
    receipts: list[list[dict[str, Any]]] | None = None,
    policy: str = "2-way",
    currency: str = "USD",
    **more: Any,
) -> Example:
    """An order of ten at 10.00 unless ``lines`` says otherwise."""
    case = {
        "id": name,
        "currency": currency,
        "policy": policy,
        "tolerances": tolerances or {},
        "po_lines": lines or [line(1, "10", "10.00")],
        "receipts": receipts or [],
        "invoices": invoices or [],
    } | more
    return Example(name, case, expected)


def codes(text: str, **more: Any) -> dict[str, Any]:
    """Expected verdict: codes in one string, and variances by their short names."""
    names = {
        "qty": "quantity_variance",
        "unit": "price_variance_unit",
        "total": "price_variance_total",
    }
    found = {names.get(key, key): value for key, value in more.items()}
    return {"exceptions": sorted(text.split()), "matched": not text} | found
