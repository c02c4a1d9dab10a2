"""(c) The match of one order with N lines, N growing tenfold: the cost of a line must stay flat."""

import json
import time
from typing import Any

from wopo.domain.matching import judge
from wopo.readers.match_case import read_cases

SIZES = (100, 1_000, 10_000)


def case(lines: int) -> str:
    """An order of N lines, received and billed in full but for every hundredth line."""
    numbers = [str(number) for number in range(1, lines + 1)]
    return json.dumps(
        {
            "id": str(lines),
            "currency": "EUR",
            "policy": "4-way",
            "tolerances": {"price_pct": "0", "qty_over_pct": "0", "line_total_pct": "0"},
            "po_lines": [
                {"line": number, "qty": "10", "unit_price": "3.3333", "uom": "pcs"}
                for number in numbers
            ],
            "receipts": [
                [
                    {
                        "line": number,
                        "qty_accepted": "9" if number.endswith("00") else "10",
                        "qty_rejected": "0",
                    }
                    for number in numbers
                ]
            ],
            "invoices": [
                {
                    "number": "I",
                    "lines": [
                        {"po_line": number, "qty": "10", "unit_price": "3.3333"}
                        for number in numbers
                    ],
                }
            ],
        }
    )


def benchmarks(sizes: tuple[int, ...] = SIZES) -> list[dict[str, Any]]:
    """Microseconds a line, median of five, beside the smallest size."""
    found: list[dict[str, Any]] = []
    for lines in sizes:
        (parsed,), _ = read_cases(case(lines))
        taken = sorted(_seconds(parsed) for _ in range(5))[2]
        per_line = taken / lines * 1e6
        smallest = found[0]["microseconds_per_line"] if found else per_line
        found.append(
            {
                "benchmark": f"match of {lines} lines",
                "microseconds_per_line": round(per_line, 1),
                "times_the_smallest": round(per_line / smallest, 2),
                "target": "flat",
            }
        )
    return found


def _seconds(parsed: Any) -> float:
    started = time.perf_counter()
    judge(parsed)
    return time.perf_counter() - started
