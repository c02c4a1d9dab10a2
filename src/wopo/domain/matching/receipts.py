"""Checks made when goods arrive: more than ordered, too early, too late; and lines completed short.

Received means accepted and rejected together, less returns, as in rule 2. A receipt that only
takes a line's goods back is no delivery: none of the checks is made for that line.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from wopo.domain.matching.arithmetic import ZERO
from wopo.domain.matching.codes import MatchCode
from wopo.domain.matching.documents import OrderLine
from wopo.domain.matching.tolerances import Family, Tolerances, within
from wopo.domain.matching.verdict import Check, ReceiptVerdict


class Arrival(NamedTuple):
    """One order line of a receipt: ``came`` with it, ``received`` in all, this receipt included."""

    order: OrderLine
    tolerances: Tolerances
    came: Decimal
    received: Decimal


def judge_receipt(arrivals: Sequence[Arrival], dated: date | None) -> ReceiptVerdict:
    """The receipt of these lines on this day."""
    checks: list[Check] = []
    completed: list[str] = []
    for arrival in arrivals:
        if arrival.came * _sign(arrival.order) <= 0:
            continue
        _over_receipt(arrival, checks)
        _days(arrival, dated, checks)
        if completes(arrival):
            completed.append(arrival.order.line)
    return ReceiptVerdict(tuple(checks), tuple(completed))


def completes(arrival: Arrival) -> bool:
    """Is the line complete: all there, or short by no more than ``under_receipt_pct``?"""
    sign = _sign(arrival.order)
    ordered, received = arrival.order.qty * sign, arrival.received * sign
    if received >= ordered:
        return True
    limits = arrival.tolerances.limits(Family.UNDER_RECEIPT)
    return bool(limits.limits) and within(limits, ordered - received, ordered)


def _sign(order: OrderLine) -> int:
    return -1 if order.qty < 0 else 1


def _over_receipt(arrival: Arrival, checks: list[Check]) -> None:
    limits = arrival.tolerances.limits(Family.OVER_RECEIPT)
    if not limits.limits:
        return
    order, sign = arrival.order, _sign(arrival.order)
    received, ordered = arrival.received * sign, order.qty * sign
    over = received - ordered
    held = within(limits, over, ordered)
    checks.append(
        Check(
            MatchCode.OVER_RECEIPT,
            held,
            received,
            ordered,
            over,
            ordered,
            limits=limits,
            line=order.line,
            unit=order.uom or "",
        )
    )


def _days(arrival: Arrival, dated: date | None, checks: list[Check]) -> None:
    promised = arrival.order.promised_date
    if promised is None or dated is None:
        return
    late = Decimal((dated - promised).days)
    watched = (
        (MatchCode.EARLY_DELIVERY, Family.DAYS_EARLY, max(-late, ZERO)),
        (MatchCode.LATE_DELIVERY, Family.DAYS_LATE, max(late, ZERO)),
    )
    for code, family, days in watched:
        limits = arrival.tolerances.limits(family)
        if limits.limits:
            held = within(limits, days, ZERO)
            checks.append(
                Check(
                    code,
                    held,
                    days,
                    ZERO,
                    days,
                    ZERO,
                    limits=limits,
                    line=arrival.order.line,
                    unit="days",
                )
            )
