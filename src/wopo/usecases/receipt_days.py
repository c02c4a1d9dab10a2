"""Deliveries that came further from their promised day than the policy allows."""

from collections.abc import Sequence
from decimal import Decimal

from wopo.domain.billing_context import order_line
from wopo.domain.findings import Finding, label
from wopo.domain.matching import Arrival, Check, Family, judge_receipt
from wopo.domain.money import Money, plain
from wopo.domain.purchase_orders import PurchaseOrderLine
from wopo.domain.receipts import Receipt, ReceiptLine
from wopo.usecases.case_raising import Draft
from wopo.usecases.judging import Judging

_DAYS = (Family.DAYS_EARLY, Family.DAYS_LATE)


def off_their_day(judging: Judging, receipt: Receipt, came: Sequence[ReceiptLine]) -> list[Draft]:
    """A draft for each line that came too early or too late. Without a limit in the policy none:
    then late deliveries are only told."""
    order, found = judging.order, []
    promised = [row for row in came if _line(judging, row).promised_on is not None]
    if order is None or not promised:
        return []
    for row in promised:
        line = _line(judging, row)
        tolerances = judging.today().lines[line.id].tolerances
        if not any(tolerances.limits(family).limits for family in _DAYS):
            continue
        arrival = Arrival(
            order_line(line, order.currency),
            tolerances,
            row.accepted + row.rejected,
            line.received,
        )
        verdict = judge_receipt([arrival], receipt.received_on)
        for check in verdict.checks:
            if not check.passed and check.unit == "days":
                found.append(_draft(judging, receipt, row, check))
    return found


def _line(judging: Judging, row: ReceiptLine) -> PurchaseOrderLine:
    return judging.lines[row.purchase_order_line_id]


def _draft(judging: Judging, receipt: Receipt, row: ReceiptLine, check: Check) -> Draft:
    order, line = judging.order, _line(judging, row)
    assert order is not None
    assert check.variance is not None
    value = Money(line.net_minor, order.currency).amount * (row.accepted + row.rejected)
    days, allowed = int(check.variance), max(limit.value for limit in check.limits.limits)
    finding = Finding(
        code=check.code.value,
        amount_minor=Money.of(value / line.quantity, order.currency).minor,
        variance=Decimal(days),
        line_id=line.id,
        cost_centre_ids=(line.cost_centre_id,),
        facts={
            "line": label(line),
            "document": f"receipt {receipt.number}",
            "actual": f"{days} day{'' if days == 1 else 's'}",
            "reference": plain(allowed),
            "limit": check.limits.words(),
            "sentence": check.sentence(),
        },
    )
    return Draft(
        finding,
        "receipt",
        receipt.id,
        order.currency,
        order.vendor_id,
        order,
        line,
        receipt_id=receipt.id,
    )
