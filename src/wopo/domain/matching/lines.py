"""The checks of one order line: quantity, price, line total, credit, early invoice.

The body is written once for decimals and rationals: it runs in decimals, and again in rationals
when a division did not end.

Readings chosen where the rule text leaves room:

- A negative order line is compared by magnitude: its quantities, and its amounts when the price is
  negative, are turned positive first, and the variances are told that way.
- A line total compares amounts as rounded (rule 5), so parts each rounded up may be a cent over:
  that cent is billed, and the limits say whether it matters. A credit's amount is compared alike.
- A credit is judged against what was billed before it came. A later credit adds to the figures of
  an earlier one (rule 9) but never makes it excessive.
- A line that takes quantity back inside an ordinary invoice is judged like a credit: not by price.
- With nothing received, or more returned than received, anything billed is NOT_RECEIVED.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal, Inexact
from typing import Generic

from wopo.domain.matching.arithmetic import ZERO, Exact, N, as_decimal, as_fraction, round_minor
from wopo.domain.matching.codes import MatchCode, Policy
from wopo.domain.matching.context import InvoiceContext, LineFacts
from wopo.domain.matching.documents import InvoiceLine
from wopo.domain.matching.pricing import Priced, order_price, priced
from wopo.domain.matching.tolerances import NO_LIMITS, Family, Limits
from wopo.domain.matching.verdict import Billed, Check, LineVerdict

Ratio = tuple[Decimal, Decimal]


def judge_line(
    context: InvoiceContext,
    facts: LineFacts,
    billed: Sequence[tuple[InvoiceLine, Ratio]],
    digits: int,
) -> LineVerdict:
    """All billed lines of one invoice on one order line, each with its unit conversion.

    Runs under the exact decimal context of ``judge_invoice``.
    """
    try:
        return _Judgement(context, facts, billed, digits, as_decimal).verdict()
    except Inexact:
        return _Judgement(context, facts, billed, digits, as_fraction).verdict()


def contribution(
    context: InvoiceContext,
    facts: LineFacts,
    billed: Sequence[tuple[InvoiceLine, Ratio]],
    digits: int,
) -> Billed:
    """What the lines add to the order line's sums, without judging them."""
    try:
        return _Judgement(context, facts, billed, digits, as_decimal).billed()
    except Inexact:
        return _Judgement(context, facts, billed, digits, as_fraction).billed()


class _Judgement(Generic[N]):
    """One order line under judgement; quantities and amounts as magnitudes."""

    __slots__ = (
        "amount_sign",
        "checks",
        "context",
        "digits",
        "facts",
        "net_price",
        "number",
        "order_net",
        "own",
        "own_net",
        "own_qty",
        "own_rounded",
        "price_sign",
        "qty_sign",
        "zero",
    )

    def __init__(
        self,
        context: InvoiceContext,
        facts: LineFacts,
        billed: Sequence[tuple[InvoiceLine, Ratio]],
        digits: int,
        number: Callable[[Exact], N],
    ) -> None:
        self.context, self.facts, self.digits = context, facts, digits
        self.number: Callable[[Exact], N] = number
        self.checks: list[Check] = []
        self.zero: N = number(ZERO)
        order = facts.order
        price, net = order_price(order, number)
        self.qty_sign = -1 if order.qty < 0 else 1
        self.price_sign = -1 if price < 0 else 1
        self.amount_sign = self.qty_sign * self.price_sign
        self.net_price: N = price * self.price_sign
        self.order_net: N = net * self.amount_sign
        credit = context.invoice.is_credit
        self.own: list[Priced[N]] = [
            priced(
                line,
                order,
                ratio,
                flip=credit and (line.qty < 0) != (self.qty_sign < 0),
                digits=digits,
                number=number,
            )
            for line, ratio in billed
        ]
        way = -1 if credit else 1
        self.own_qty: N = sum((p.qty for p in self.own), self.zero) * way
        self.own_net: N = sum((p.net for p in self.own), self.zero) * way
        self.own_rounded: Decimal = sum((p.rounded for p in self.own), ZERO) * way

    def billed(self) -> Billed:
        """What this invoice adds to the line's sums, in the order's sign."""
        return Billed(self.own_qty, self.own_rounded)

    def verdict(self) -> LineVerdict:
        facts, number = self.facts, self.number
        before = number(facts.earlier.qty)
        quantity = (before + self.own_qty + number(facts.later.qty)) * self.qty_sign
        net = (facts.earlier.net + self.own_rounded + facts.later.net) * self.amount_sign
        ordered_for = round_minor(self.order_net, self.digits)
        if self.own_qty * self.qty_sign < 0 or self.own_rounded * self.amount_sign < 0:
            self._credit()
        days = None
        if not self.context.invoice.is_credit:
            self._quantity(quantity)
            self._prices()
            self._line_total(net, ordered_for)
            days = self._early()
        unit, total = self._price_variances()
        return LineVerdict(
            facts.order.line,
            self.billed(),
            quantity - self._quantity_base(),
            unit,
            total,
            net - ordered_for,
            days,
            self._expected(),
            tuple(self.checks),
        )

    def _quantity_base(self) -> N:
        facts = self.facts
        base = facts.order.qty
        if facts.policy is Policy.THREE_WAY:
            base = facts.received
        elif facts.policy is Policy.FOUR_WAY:
            base = facts.accepted
        figure: N = self.number(base)
        return figure * self.qty_sign

    def _quantity(self, billed: N) -> None:
        facts, sign = self.facts, self.qty_sign
        ordered = self.number(facts.order.qty) * sign
        self._compare(MatchCode.QTY_OVER_ORDERED, Family.QTY_ORDERED, billed, ordered)
        self._compare(MatchCode.QTY_UNDER_ORDERED, Family.QTY_UNDER, billed, ordered, way=-1)
        if facts.policy is Policy.TWO_WAY:
            return
        received = self.number(facts.received) * sign
        if received <= 0:
            self._not_received(billed, received)
            return
        price = self.net_price
        family = Family.QTY_RECEIVED
        self._compare(MatchCode.QTY_OVER_RECEIVED, family, billed, received, each=price)
        if facts.policy is Policy.FOUR_WAY:
            accepted = self.number(facts.accepted) * sign
            self._compare(MatchCode.QTY_OVER_ACCEPTED, family, billed, accepted, each=price)

    def _not_received(self, billed: N, received: N) -> None:
        """Asks whether the received base has limits, not how wide they are (rule 8)."""
        if self.facts.tolerances.limits(Family.QTY_RECEIVED).limits:
            variance = billed - received
            self._add(MatchCode.NOT_RECEIVED, billed <= 0, billed, received, variance)

    def _prices(self) -> None:
        """Line by line, each against the order's net unit price."""
        tolerances = self.facts.tolerances
        if not (tolerances.limits(_OVER).limits or tolerances.limits(_UNDER).limits):
            return
        base, uom = self.net_price, self.facts.order.uom
        unit = f"{self.context.currency}/{uom}" if uom else self.context.currency
        for line in self.own:
            qty = line.qty * self.qty_sign
            if qty > 0:
                price = self._net_unit(line)
                self._compare(MatchCode.PRICE_OVER, _OVER, price, base, each=qty, unit=unit)
                self._compare(MatchCode.PRICE_UNDER, _UNDER, price, base, way=-1, unit=unit)

    def _net_unit(self, line: Priced[N]) -> N:
        return line.net / line.qty * self.price_sign

    def _price_variances(self) -> tuple[N | None, N]:
        """(quantity-weighted unit variance, that x this invoice's quantity), by magnitude."""
        qty = sum((line.qty for line in self.own), self.zero) * self.qty_sign
        net = sum((line.net for line in self.own), self.zero) * self.amount_sign
        total = net - qty * self.net_price
        return (total / qty if qty else None), total

    def _line_total(self, net: Decimal, ordered_for: Decimal) -> None:
        limits = self.facts.tolerances.limits(Family.LINE_TOTAL)
        if not limits.limits:
            return
        over = net - ordered_for
        held = limits.hold(over, ordered_for, as_decimal)
        code, unit = MatchCode.LINE_TOTAL_OVER, self.context.currency
        self._add(code, held, net, ordered_for, over, limits=limits, base=ordered_for, unit=unit)

    def _credit(self) -> None:
        """Quantity and amount given back, each against what was billed before."""
        facts, number = self.facts, self.number
        qty, billed_qty = -self.own_qty * self.qty_sign, number(facts.earlier.qty) * self.qty_sign
        code = MatchCode.CREDIT_EXCEEDS_BILLED
        self._add(code, qty <= 0 or qty <= billed_qty, qty, billed_qty, qty - billed_qty)
        net, billed = -self.own_rounded * self.amount_sign, facts.earlier.net * self.amount_sign
        self._add(
            code, net <= 0 or net <= billed, net, billed, net - billed, unit=self.context.currency
        )

    def _early(self) -> N | None:
        """Line value x days before the promised date; None when a date is not known."""
        promised, dated = self.facts.order.promised_date, self.context.invoice.dated
        if promised is None or dated is None:
            return None
        value: N = self.own_net * self.amount_sign * max((promised - dated).days, 0)
        unit = f"{self.context.currency} days"
        self._compare(MatchCode.EARLY_INVOICE, Family.DATE_VALUE, value, self.zero, unit=unit)
        return value

    def _expected(self) -> Decimal:
        """This invoice's quantities at the order's price, each line rounded."""
        price = self.net_price * self.price_sign
        return sum((round_minor(line.qty * price, self.digits) for line in self.own), ZERO)

    def _compare(
        self,
        code: MatchCode,
        family: Family,
        actual: N,
        reference: N,
        *,
        each: N | None = None,
        way: int = 1,
        unit: str | None = None,
    ) -> None:
        """Is ``actual`` within the limits over (``way`` -1: under) ``reference``?

        Only made when one of the limits is set (rule 10). Percentages are of ``reference``.
        """
        limits = self.facts.tolerances.limits(family)
        if limits.limits:
            variance = (actual - reference) * way
            held = limits.hold(variance, reference, self.number, each)
            self._add(
                code,
                held,
                actual,
                reference,
                variance,
                limits=limits,
                base=reference,
                each=each,
                unit=unit,
            )

    def _add(
        self,
        code: MatchCode,
        held: bool,
        actual: Exact,
        reference: Exact,
        variance: Exact,
        *,
        limits: Limits = NO_LIMITS,
        base: Exact | None = None,
        each: Exact | None = None,
        unit: str | None = None,
    ) -> None:
        if held and not self.context.explain:
            return
        order = self.facts.order
        told_in = (order.uom or "") if unit is None else unit
        self.checks.append(
            Check(
                code,
                held,
                actual,
                reference,
                variance,
                base,
                each,
                limits,
                order.line,
                None,
                told_in,
            )
        )


_OVER, _UNDER = Family.PRICE_OVER, Family.PRICE_UNDER
