"""What must come out of AdventureWorks' purchasing files, read with plain Python.

Imports nothing from wopo. A bill for what was ordered is wrong exactly on the lines where less was
accepted (or received) than ordered, and suspicious where two bills look alike.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Expected:
    """Lines are named by their detail id, orders by their id, both as in the files."""

    orders: int
    lines: int
    by_status: Counter[str]
    billed_orders: frozenset[str]
    over_accepted: frozenset[str]
    over_received: frozenset[str]
    look_alikes: frozenset[str]
    unapproved: frozenset[str]
    due_too_early: frozenset[str]
    rounding_sum: Decimal
    rounding_largest: Decimal
    totals: dict[str, Decimal]
    accrued: Decimal
    committed: Decimal


def table(folder: Path, name: str) -> list[list[str]]:
    """The rows of one file."""
    return [line.split("\t") for line in (folder / name).read_text().splitlines()]


def cents(amount: Decimal) -> Decimal:
    """Half up to the cent."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def expected(folder: Path) -> Expected:
    """Everything that can be known from the files alone."""
    heads = {row[0]: row for row in table(folder, "PurchaseOrderHeader.csv")}
    details: dict[str, list[list[str]]] = defaultdict(list)
    for row in table(folder, "PurchaseOrderDetail.csv"):
        details[row[0]].append(row)
    over_accepted, over_received, early = set(), set(), set()
    rounding = []
    totals: dict[str, Decimal] = {}
    for number, head in heads.items():
        net = Decimal(0)
        for row in details[number]:
            ordered, received, stocked = (Decimal(row[i]) for i in (3, 7, 9))
            amount = cents(ordered * Decimal(row[5]))
            net += amount
            rounding.append(amount - Decimal(row[6]))
            if head[2] == "4" and ordered > stocked:
                over_accepted.add(row[1])
            if head[2] == "4" and ordered > received:
                over_received.add(row[1])
            if row[2] < head[6]:
                early.add(number)
        totals[number] = net + cents(Decimal(head[9])) + cents(Decimal(head[10]))
    billed = [number for number, head in heads.items() if head[2] == "4"]
    accrued, committed = _costs(heads, details)
    return Expected(
        orders=len(heads),
        lines=sum(map(len, details.values())),
        by_status=Counter(head[2] for head in heads.values()),
        billed_orders=frozenset(billed),
        over_accepted=frozenset(over_accepted),
        over_received=frozenset(over_received),
        look_alikes=frozenset(_look_alikes(billed, heads, totals)),
        unapproved=frozenset(
            number
            for number, head in heads.items()
            if head[2] in {"1", "3"} and any(Decimal(row[7]) for row in details[number])
        ),
        due_too_early=frozenset(early),
        rounding_sum=sum(rounding, Decimal(0)),
        rounding_largest=max(map(abs, rounding)),
        totals=totals,
        accrued=accrued,
        committed=committed,
    )


def _look_alikes(
    billed: list[str], heads: dict[str, list[str]], totals: dict[str, Decimal]
) -> set[str]:
    """Every bill that has the vendor, the date and the total of one before it."""
    seen: set[tuple[str, str, Decimal]] = set()
    alike = set()
    for number in sorted(billed, key=int):
        look = (heads[number][4], heads[number][7], totals[number])
        if look in seen:
            alike.add(number)
        seen.add(look)
    return alike


def _costs(
    heads: dict[str, list[str]], details: dict[str, list[list[str]]]
) -> tuple[Decimal, Decimal]:
    """Net of tax, freight shared by amount: what came is accrued, the rest of what was approved is
    committed. To within a cent a line, since shares are rounded."""
    accrued = committed = Decimal(0)
    for number, head in heads.items():
        nets = [cents(Decimal(row[3]) * Decimal(row[5])) for row in details[number]]
        whole = sum(nets)
        for row, net in zip(details[number], nets, strict=True):
            share = net + cents(Decimal(head[10])) * net / whole
            part = min(Decimal(row[9]) / Decimal(row[3]), Decimal(1))
            accrued += share * part
            if head[2] in {"2", "4"}:
                committed += share * (1 - part)
    return accrued, committed
