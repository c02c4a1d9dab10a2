"""The three-way match once more, by brute force, straight from the text of the match case.

Imports nothing from wopo. Every answer is computed from the whole case again: no running sums, no
indexes, rationals everywhere. Slow and plain on purpose.
"""

from datetime import date
from fractions import Fraction

F = Fraction
MINOR = {"JPY": 0, "KWD": 3}
LINE_KEYS = ("quantity_variance", "price_variance_unit", "price_variance_total")


def answer(case):
    """The whole output for a case as parsed from JSON; figures are rationals."""
    events = case.get("events") or default_events(case)
    invoices, receipts, after = {}, {}, []
    for now, event in enumerate(events):
        if event[0] == "I":
            invoices[event] = verdict(case, events, event, now)
        if event[0] == "R":
            receipts[event] = {"exceptions": receipt_codes(case, events, event, now)}
        for earlier in events[:now]:
            if earlier[0] == "I":
                again = verdict(case, events, earlier, now)
                kept = {k: again[k] for k in ("matched", "exceptions", *LINE_KEYS)}
                after.append({"after": event, "invoice": earlier, **kept})
    if len(order_at(case, events, len(events))[0]) < 2:
        for one in invoices.values():
            if one["lines"] or one["price_variance_total"] is None:
                stopped = "NO_PO PO_CLOSED VENDOR_MISMATCH CURRENCY_MISMATCH DUPLICATE_INVOICE"
                if not set(one["exceptions"]) & set(stopped.split()):
                    del one["lines"]
    return {"id": case.get("id"), "invoices": invoices, "receipts": receipts, "after": after}


def printed(value):
    """The answer as JSON values: figures exactly, or to 12 decimals half up."""
    if isinstance(value, dict):
        return {key: printed(one) for key, one in value.items()}
    if isinstance(value, list):
        return [printed(one) for one in value]
    if not isinstance(value, F):
        return value
    places = next((n for n in range(120) if (value * 10**n).denominator == 1), 12)
    digits = str(int(abs(value) * 10**places + F(1, 2))).rjust(places + 1, "0")
    whole, part = digits[: len(digits) - places], digits[len(digits) - places :].rstrip("0")
    body = f"{whole}.{part}" if part else whole
    return f"-{body}" if value < 0 and body != "0" else body


def default_events(case):
    return [
        f"{kind}{i + 1}"
        for kind, key in (("R", "receipts"), ("I", "invoices"), ("A", "amendments"))
        for i in range(len(case.get(key) or []))
    ]


def document(case, event):
    key = {"R": "receipts", "I": "invoices", "A": "amendments"}[event[0]]
    return case[key][int(event[1:]) - 1]


def order_at(case, events, now):
    """Order lines by id, and whether the order is closed, after events 0..now."""
    lines = {str(line["line"]): dict(line) for line in case["po_lines"]}
    closed = False
    for event in events[: now + 1]:
        if event[0] == "A":
            for change in document(case, event):
                if "po_status" in change:
                    closed = True
                else:
                    name = str(change["line"])
                    lines.setdefault(name, {"line": name}).update(change)
    return lines, closed


def received_at(case, events, now, name):
    parts = [
        line
        for event in events[: now + 1]
        if event[0] == "R"
        for line in document(case, event)
        if str(line["line"]) == name
    ]
    accepted = sum((F(p.get("qty_accepted") or 0) for p in parts), F(0))
    return accepted + sum((F(p.get("qty_rejected") or 0) for p in parts), F(0)), accepted


def cents(case, amount):
    scale = 10 ** MINOR.get(case["currency"], 2)
    size = int(abs(amount) * scale + F(1, 2))
    return F(size if amount >= 0 else -size, scale)


def factor(case, source, target):
    if source is None or target is None or source == target:
        return F(1)
    for c in case.get("uom_conversions") or []:
        if (c["from"], c["to"]) == (source, target):
            return F(c["factor"])
    for c in case.get("uom_conversions") or []:
        if (c["to"], c["from"]) == (source, target):
            return 1 / F(c["factor"])
    return None


def is_credit(invoice):
    return invoice.get("type") == "credit"


def num(found, key, default=0):
    return F(found.get(key) or default)


def sign(value):
    return -1 if value < 0 else 1


def order_figures(line):
    """(net unit price, net amount)."""
    qty, per = num(line, "qty"), num(line, "price_per", 1)
    net = qty * num(line, "unit_price") / per - num(line, "line_discount")
    return (net / qty if qty and num(line, "line_discount") else num(line, "unit_price") / per), net


def bills(case, lines, invoice, name):
    """[(quantity, net)] of an invoice on an order line, in its unit, signed by the document."""
    found, order = [], lines[name]
    for line in invoice["lines"]:
        ratio = factor(case, line.get("uom"), order.get("uom"))
        if str(line.get("po_line")) != name or ratio is None:
            continue
        qty = num(line, "qty") * ratio
        net = num(line, "qty") * num(line, "unit_price") / num(order, "price_per", 1)
        net += num(line, "line_charge")
        if is_credit(invoice) and sign(qty) != sign(num(order, "qty")):
            qty, net = -qty, -net
        found.append((qty, net))
    return found


def document_lines(case, lines, invoice):
    """Sum of the rounded line amounts as written."""
    total = F(0)
    for line in invoice["lines"]:
        per = num(lines.get(str(line.get("po_line")), {}), "price_per", 1)
        net = num(line, "qty") * num(line, "unit_price") / per + num(line, "line_charge")
        total += cents(case, net)
    return total


def value(case, lines, invoice):
    """What the invoice adds to the value billed on the order."""
    total = stray = F(0)
    for line in invoice["lines"]:
        name = str(line.get("po_line"))
        one = {**invoice, "lines": [line]}
        if name in lines and bills(case, lines, one, name):
            total += cents(case, bills(case, lines, one, name)[0][1])
        else:
            stray += document_lines(case, lines, one)
    return -(total + abs(stray)) if is_credit(invoice) else total + stray


def beyond(tolerances, keys, variance, base, each=0):
    """Is a variance beyond its limits? None when no limit is set."""
    held = []
    for key, kind in keys:
        limit = tolerances.get(key)
        if limit is not None:
            left, right = {
                "pct": (variance * 100, F(limit) * base),
                "abs": (variance, F(limit)),
                "ext": (variance * each, F(limit)),
            }[kind]
            held.append(left <= right)
    if not held:
        return None
    if variance <= 0:
        return False
    return not (any(held) if tolerances.get("combine") == "greater" else all(held))


def pair(stem):
    return [(f"{stem}_pct", "pct"), (f"{stem}_abs", "abs")]


PRICE = [*pair("price"), ("price_ext_abs", "ext")]
RECEIVED = [*pair("qty_over"), ("qty_value_abs", "ext")]


def ordered_keys(tolerances):
    own = pair("qty_ordered_over")
    return own if any(key in tolerances for key, _ in own) else pair("qty_over")


def text(name):
    return (name or "").strip().casefold()


def who(case, invoice):
    vendor = invoice.get("vendor") or (case.get("po") or {}).get("vendor")
    return text(vendor), invoice.get("type") or "invoice"


def grand_total(case, lines, invoice):
    rest = sum(map(F, (invoice.get("charges") or {}).values()), F(0))
    rest += num(invoice, "tax") - num(invoice, "discount")
    return document_lines(case, lines, invoice) + rest


def look(case, lines, invoice):
    total = invoice.get("stated_total")
    total = grand_total(case, lines, invoice) if total is None else F(total)
    currency = text(invoice.get("currency") or case["currency"])
    return (*who(case, invoice), total, currency, invoice.get("date"))


def header_stops(case, events, event):
    """As things stood when the invoice was entered."""
    entered = events.index(event)
    invoice, po = document(case, event), case.get("po") or {}
    codes = set()
    if invoice.get("po_found") is False:
        codes.add("NO_PO")
    else:
        if order_at(case, events, entered)[1]:
            codes.add("PO_CLOSED")
        if (
            invoice.get("vendor")
            and po.get("vendor")
            and text(invoice["vendor"]) != text(po["vendor"])
        ):
            codes.add("VENDOR_MISMATCH")
        if invoice.get("currency") and text(invoice["currency"]) != text(case["currency"]):
            codes.add("CURRENCY_MISMATCH")
    for other in (document(case, e) for e in events[:entered] if e[0] == "I"):
        if who(case, other) == who(case, invoice) and text(other["number"]) == text(
            invoice["number"]
        ):
            codes.add("DUPLICATE_INVOICE")
    return codes


def counted(case, events, event, now):
    """Live invoices before this one, and live credits after it."""
    entered = events.index(event)
    live = [
        e
        for e in events[: now + 1]
        if e[0] == "I" and e != event and not header_stops(case, events, e)
    ]
    before = [document(case, e) for e in live if events.index(e) < entered]
    later = [document(case, e) for e in live if events.index(e) > entered]
    return before, [invoice for invoice in later if is_credit(invoice)]


def billed_by(case, lines, invoices, name):
    """(quantity, rounded net, exact net) of several invoices on an order line."""
    qty = net = exact = F(0)
    for invoice in invoices:
        way = -1 if is_credit(invoice) else 1
        for q, amount in bills(case, lines, invoice, name):
            qty, exact = qty + way * q, exact + way * amount
            net += way * cents(case, amount)
    return qty, net, exact


def verdict(case, events, event, now):
    invoice = document(case, event)
    stops = header_stops(case, events, event)
    if stops:
        return {
            "number": invoice["number"],
            "matched": False,
            "exceptions": sorted(stops),
            **dict.fromkeys(LINE_KEYS),
            "lines": {},
        }
    lines, _ = order_at(case, events, now)
    codes, details = set(), {}
    for billed in invoice["lines"]:
        name = str(billed.get("po_line"))
        if name not in lines:
            codes.add("LINE_NOT_ON_PO")
        elif factor(case, billed.get("uom"), lines[name].get("uom")) is None:
            codes.add("UOM_MISMATCH")
        elif name not in details:
            details[name] = line_verdict(case, events, event, now, name)
            codes |= set(details[name]["exceptions"])
    found = {"number": invoice["number"]}
    found |= dict.fromkeys(LINE_KEYS)
    sums = [d["price_variance_total"] for d in details.values()]
    found["price_variance_total"] = sum(sums, F(0)) if sums else None
    named = {str(billed.get("po_line")) for billed in invoice["lines"]} & set(lines)
    if len(details) == len(named) == 1:
        found |= next(iter(details.values()))
    if not is_credit(invoice):
        codes |= whole_invoice(case, events, event, now, found)
    codes |= always(case, events, event)
    return {**found, "lines": details, "exceptions": sorted(codes), "matched": not codes}


def line_verdict(case, events, event, now, name):
    invoice, (lines, _) = document(case, event), order_at(case, events, now)
    order = lines[name]
    t = {**(case.get("tolerances") or {}), **(order.get("tolerances") or {})}
    policy = order.get("policy") or case["policy"]
    before, later = counted(case, events, event, now)
    earlier, own, credits_ = (
        billed_by(case, lines, docs, name) for docs in (before, [invoice], later)
    )
    received, accepted = received_at(case, events, now, name)
    price, order_net = order_figures(order)
    qs, ps = sign(num(order, "qty")), sign(price)
    price, ordered = price * ps, num(order, "qty") * qs
    qty = qs * (earlier[0] + own[0] + credits_[0])
    net = qs * ps * (earlier[1] + own[1] + credits_[1])
    order_net *= qs * ps
    received, accepted = received * qs, accepted * qs
    base = {"2-way": ordered, "3-way": received, "4-way": accepted}[policy]
    billed = bills(case, lines, invoice, name)
    own_qty = sum((q for q, _ in billed), F(0)) * qs
    own_net = sum((n for _, n in billed), F(0)) * qs * ps
    over = net - cents(case, order_net)
    found = {
        "quantity_variance": qty - base,
        "price_variance_unit": own_net / own_qty - price if own_qty else None,
        "price_variance_total": own_net - own_qty * price,
        "line_total_variance": over,
    }
    codes = set()
    given_qty, given_net = -qs * own[0], -qs * ps * own[1]
    if given_qty > 0 and given_qty > qs * earlier[0]:
        codes.add("CREDIT_EXCEEDS_BILLED")
    if given_net > 0 and given_net > qs * ps * earlier[1]:
        codes.add("CREDIT_EXCEEDS_BILLED")
    if not is_credit(invoice):
        if beyond(t, ordered_keys(t), qty - ordered, ordered):
            codes.add("QTY_OVER_ORDERED")
        if beyond(t, pair("qty_under"), ordered - qty, ordered):
            codes.add("QTY_UNDER_ORDERED")
        if policy != "2-way" and received <= 0:
            if qty > 0 and beyond(t, RECEIVED, F(1), F(1)) is not None:
                codes.add("NOT_RECEIVED")
        elif policy != "2-way":
            if beyond(t, RECEIVED, qty - received, received, price):
                codes.add("QTY_OVER_RECEIVED")
            if policy == "4-way" and beyond(t, RECEIVED, qty - accepted, accepted, price):
                codes.add("QTY_OVER_ACCEPTED")
        for q, n in billed:
            if q * qs > 0:
                if beyond(t, PRICE, n / q * ps - price, price, q * qs):
                    codes.add("PRICE_OVER")
                if beyond(t, pair("price_under"), price - n / q * ps, price):
                    codes.add("PRICE_UNDER")
        if beyond(t, pair("line_total"), over, cents(case, order_net)):
            codes.add("LINE_TOTAL_OVER")
        if order.get("promised_date") and invoice.get("date"):
            early = day(order["promised_date"]) - day(invoice["date"])
            found["date_value_days"] = qs * ps * own[2] * max(early.days, 0)
            if beyond(t, [("date_value_days", "abs")], found["date_value_days"], F(0)):
                codes.add("EARLY_INVOICE")
    return {**found, "exceptions": sorted(codes)}


def day(written):
    return date.fromisoformat(written)


def whole_invoice(case, events, event, now, found):
    invoice, (lines, _) = document(case, event), order_at(case, events, now)
    t, po, codes = case.get("tolerances") or {}, case.get("po") or {}, set()
    billed, wanted = invoice.get("charges") or {}, invoice.get("expected_charges") or {}
    found["charge_variances"] = {}
    for code in {*billed, *wanted}:
        expected = num(wanted, code)
        apart = found["charge_variances"][code] = num(billed, code) - expected
        if beyond(t, pair("charge"), apart, abs(expected)):
            codes.add("CHARGE_OVER" if expected else "UNEXPECTED_CHARGE")
    for key in ("tax", "discount"):
        expected = num(invoice, f"expected_{key}")
        apart = found[f"{key}_variance"] = num(invoice, key) - expected
        if beyond(t, pair(key), abs(apart), abs(expected)):
            codes.add(f"{key.upper()}_MISMATCH")
    total = grand_total(case, lines, invoice)
    if invoice.get("stated_total") is not None and beyond(
        t, [("balance_abs", "abs")], abs(F(invoice["stated_total"]) - total), F(0)
    ):
        codes.add("INVOICE_NOT_BALANCED")
    expected = sum(map(F, wanted.values()), F(0))
    expected += num(invoice, "expected_tax") - num(invoice, "expected_discount")
    for name in lines:
        price = order_figures(lines[name])[0]
        expected += sum(
            (cents(case, q * price) for q, _ in bills(case, lines, invoice, name)), F(0)
        )
    found["invoice_total_variance"] = total - expected
    if beyond(t, pair("total"), total - expected, abs(expected)):
        codes.add("INVOICE_TOTAL_OVER")
    if beyond(t, pair("total_under"), expected - total, abs(expected)):
        codes.add("INVOICE_TOTAL_UNDER")
    if po.get("valid_to") and invoice.get("date"):
        late = (day(invoice["date"]) - day(po["valid_to"])).days
        if beyond(t, [("blanket_days", "abs")], F(max(late, 0)), F(0)):
            codes.add("BLANKET_EXPIRED")
    if po.get("limit"):
        before, later = counted(case, events, event, now)
        spent = sum((value(case, lines, i) for i in [*before, invoice, *later]), F(0))
        found["blanket_variance"] = spent - F(po["limit"])
        if beyond(t, pair("blanket"), found["blanket_variance"], F(po["limit"])):
            codes.add("OVER_BLANKET_LIMIT")
    return codes


def always(case, events, event):
    invoice, entered, codes = document(case, event), events.index(event), set()
    lines, _ = order_at(case, events, entered)
    ordered = (case.get("po") or {}).get("date")
    if ordered and invoice.get("date") and day(invoice["date"]) < day(ordered):
        codes.add("AFTER_THE_FACT_PO")
    for e in events[:entered]:
        if e[0] == "I" and invoice.get("date"):
            other = document(case, e)
            if text(other["number"]) != text(invoice["number"]) and look(
                case, lines, other
            ) == look(case, lines, invoice):
                codes.add("POSSIBLE_DUPLICATE")
    return codes


def receipt_codes(case, events, event, now):
    lines, _ = order_at(case, events, now)
    dates, codes = case.get("receipt_dates") or [], set()
    came = document(case, event)
    dated = dates[int(event[1:]) - 1] if dates else None
    for name in {str(line["line"]) for line in came}:
        order = lines[name]
        t = {**(case.get("tolerances") or {}), **(order.get("tolerances") or {})}
        qs = sign(num(order, "qty"))
        arrived = sum(
            (
                num(p, "qty_accepted") + num(p, "qty_rejected")
                for p in came
                if str(p["line"]) == name
            ),
            F(0),
        )
        if arrived * qs <= 0:
            continue
        ordered, received = num(order, "qty") * qs, received_at(case, events, now, name)[0] * qs
        if beyond(t, [("over_receipt_pct", "pct")], received - ordered, ordered):
            codes.add("OVER_RECEIPT")
        if order.get("promised_date") and dated:
            late = F((day(dated) - day(order["promised_date"])).days)
            if beyond(t, [("days_late", "abs")], late, F(0)):
                codes.add("LATE_DELIVERY")
            if beyond(t, [("days_early", "abs")], -late, F(0)):
                codes.add("EARLY_DELIVERY")
    return sorted(codes)
