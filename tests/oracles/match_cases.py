"""Random match cases from a seed, crowded at the edges: equal to a limit, one minor unit beside it.

Figures come from a small pool so that sums, prices and limits keep meeting each other.
"""

import random
from fractions import Fraction

from . import match_oracle as oracle

PRICES = ["10", "10.00", "10.01", "9.99", "10.2", "0.335", "3.3333", "0", "1.0725", "33.335"]
QUANTITIES = ["1", "2", "3", "5", "7", "9", "10", "11", "2.5", "0.1"]
PERCENTS = ["0", "1", "2", "5", "10", "33.3"]
AMOUNTS = ["0", "0.01", "0.02", "0.2", "1", "2", "10", "20"]
DATES = ["2026-01-10", "2026-01-15", "2026-01-20", "2026-01-21", "2026-02-01"]
UNITS = ["EA", "EA", "EA", "BOX", "DZ", "KG"]
CURRENCIES = ["USD", "USD", "EUR", "JPY", "KWD"]
TOLERANCES = {
    "pct": [
        "price",
        "price_under",
        "qty_over",
        "qty_ordered_over",
        "qty_under",
        "line_total",
        "total",
        "total_under",
        "charge",
        "tax",
        "discount",
        "blanket",
    ],
    "abs": [
        "price",
        "price_ext",
        "price_under",
        "qty_over",
        "qty_ordered_over",
        "qty_under",
        "qty_value",
        "line_total",
        "total",
        "total_under",
        "charge",
        "tax",
        "discount",
        "balance",
        "blanket",
    ],
}


def random_case(seed):
    """A case as parsed from JSON; the same seed makes the same case."""
    dice = random.Random(seed)
    case = {
        "id": str(seed),
        "currency": dice.choice(CURRENCIES),
        "policy": dice.choice(["2-way", "3-way", "4-way"]),
        "tolerances": tolerances(dice, 0.3),
        "po_lines": [order_line(dice, n + 1) for n in range(dice.choice([1, 1, 1, 2, 3]))],
        "uom_conversions": conversions(dice),
    }
    if dice.random() < 0.4:
        case["po"] = order_header(dice, case["currency"])
    receipts(dice, case)
    case["invoices"] = [invoice(dice, case, n) for n in range(dice.choice([1, 1, 2, 3, 4]))]
    case["amendments"] = [amendment(dice, case) for _ in range(dice.choice([0, 0, 1, 2]))]
    if dice.random() < 0.15:
        send_again(dice, case)
    events(dice, case)
    state_totals(dice, case)
    return case


def send_again(dice, case):
    """One invoice once more under another number, on the same day: a look-alike."""
    first = case["invoices"][0]
    first.setdefault("date", dice.choice(DATES))
    case["invoices"].append({**first, "number": "B1"})


def tolerances(dice, share):
    found = {}
    for kind, stems in TOLERANCES.items():
        for stem in stems:
            if dice.random() < share:
                pool = PERCENTS if kind == "pct" else AMOUNTS
                found[f"{stem}_{kind}"] = dice.choice([*pool, None])
    for key, pool in (
        ("blanket_days", ["0", "1", "5"]),
        ("days_early", ["0", "1", "5"]),
        ("days_late", ["0", "1", "5"]),
        ("over_receipt_pct", PERCENTS),
        ("under_receipt_pct", PERCENTS),
        ("date_value_days", ["0", "100", "500"]),
    ):
        if dice.random() < share:
            found[key] = dice.choice(pool)
    if dice.random() < 0.4:
        found["combine"] = dice.choice(["lesser", "greater"])
    return found


def order_line(dice, number):
    line = {
        "line": dice.choice([number, str(number)]),
        "qty": dice.choice(QUANTITIES),
        "unit_price": dice.choice(PRICES),
        "uom": dice.choice(UNITS),
    }
    if dice.random() < 0.1:
        line["qty"] = "-" + line["qty"]
    if dice.random() < 0.05:
        line["unit_price"] = "-" + line["unit_price"]
    if dice.random() < 0.15:
        line["price_per"] = dice.choice(["1", "100", "3"])
    if dice.random() < 0.15:
        line["line_discount"] = dice.choice(["0.5", "1", "0.01"])
    if dice.random() < 0.3:
        line["promised_date"] = dice.choice(DATES)
    if dice.random() < 0.15:
        line["policy"] = dice.choice(["2-way", "3-way", "4-way"])
    if dice.random() < 0.15:
        line["tolerances"] = tolerances(dice, 0.1)
    return line


def conversions(dice):
    pool = [
        {"from": "BOX", "to": "EA", "factor": "12"},
        {"from": "EA", "to": "DZ", "factor": "0.5"},
        {"from": "KG", "to": "BOX", "factor": "2.5"},
    ]
    return [one for one in pool if dice.random() < 0.5]


def order_header(dice, currency):
    found = {"currency": currency, "vendor": "V1", "date": dice.choice(DATES)}
    if dice.random() < 0.5:
        found["limit"] = dice.choice(["100", "50", "0", "33.34"])
        found["valid_to"] = dice.choice(DATES)
    return found


def beside(dice, figure, step):
    """The figure, a step above or a step below it."""
    return plain(Fraction(figure) + dice.choice([0, 0, 0, 1, -1]) * Fraction(step))


def plain(value):
    return oracle.printed(value)


def receipts(dice, case):
    case["receipts"] = []
    for _ in range(dice.choice([0, 1, 1, 2, 3])):
        found = []
        for line in case["po_lines"]:
            if dice.random() < 0.8:
                qty = dice.choice([line["qty"], line["qty"], dice.choice(QUANTITIES)])
                if dice.random() < 0.15:
                    qty = plain(-Fraction(qty))
                rejected = dice.choice(["0", "0", "0", "1", "0.1"])
                accepted = beside(dice, qty, dice.choice(["0.01", "1"]))
                found.append(
                    {"line": line["line"], "qty_accepted": accepted, "qty_rejected": rejected}
                )
        case["receipts"].append(found)
    if dice.random() < 0.5:
        case["receipt_dates"] = [dice.choice(DATES) for _ in case["receipts"]]


def invoice(dice, case, place):
    found = {
        "number": dice.choice([f"A{place}", f"A{place}", f"A{place}", "A0", " a0 "]),
        "lines": [],
    }
    for _ in range(dice.choice([1, 1, 1, 2, 3])):
        found["lines"].append(invoice_line(dice, dice.choice(case["po_lines"])))
    if dice.random() < 0.2:
        found["type"] = dice.choice(["credit", "credit", "invoice"])
    for key in ("charges", "expected_charges"):
        if dice.random() < 0.3:
            found[key] = {
                c: dice.choice(AMOUNTS) for c in ("FREIGHT", "DUTY") if dice.random() < 0.7
            }
    for key in ("tax", "discount"):
        if dice.random() < 0.4:
            found[key] = dice.choice(AMOUNTS)
            found[f"expected_{key}"] = beside(dice, found[key], "0.01")
    if dice.random() < 0.5:
        found["date"] = dice.choice(DATES)
    if dice.random() < 0.1:
        found["vendor"] = dice.choice(["V1", " v1", "V2"])
    if dice.random() < 0.1:
        found["currency"] = dice.choice([case["currency"], "CHF"])
    if dice.random() < 0.03:
        found["po_found"] = False
    return found


def invoice_line(dice, order):
    qty = dice.choice([order["qty"], order["qty"], dice.choice(QUANTITIES)])
    line = {
        "po_line": order["line"],
        "qty": beside(dice, qty, dice.choice(["0.01", "1"])),
        "unit_price": beside(dice, dice.choice([order["unit_price"]] * 3 + PRICES), "0.01"),
        "uom": dice.choice([order["uom"]] * 5 + UNITS),
    }
    if dice.random() < 0.3:
        share = dice.choice([Fraction(k, 100) for k in (1, 2, 5, 10)])
        line["unit_price"] = beside(dice, Fraction(order["unit_price"]) * (1 + share), "0.01")
    if dice.random() < 0.05:
        line["po_line"] = dice.choice([None, "99"])
    if dice.random() < 0.1:
        line["line_charge"] = dice.choice(AMOUNTS)
    if dice.random() < 0.1:
        del line["uom"]
    return line


def amendment(dice, case):
    if dice.random() < 0.15:
        return [{"po_status": "CLOSED"}]
    if dice.random() < 0.1:
        return [{"line": "99", "qty": dice.choice(QUANTITIES), "unit_price": dice.choice(PRICES)}]
    line = dice.choice(case["po_lines"])
    qty = beside(dice, line["qty"], "1")
    keeps_side = Fraction(qty) * Fraction(line["qty"]) > 0
    return [
        {
            "line": line["line"],
            "qty": qty if keeps_side else line["qty"],
            "unit_price": beside(dice, line["unit_price"], "0.01"),
        }
    ]


def events(dice, case):
    if not case["amendments"] and dice.random() < 0.3:
        return
    found = oracle.default_events(case)
    dice.shuffle(found)
    case["events"] = found


def state_totals(dice, case):
    """Some invoices state a total: the right one, or one beside a limit."""
    played = oracle.default_events(case)
    lines, _ = oracle.order_at(case, played, len(played))
    for one in case["invoices"]:
        if dice.random() < 0.3:
            total = oracle.grand_total(case, lines, one)
            limit = case["tolerances"].get("balance_abs") or "0.01"
            one["stated_total"] = beside(dice, total, dice.choice(["0.01", limit]))
