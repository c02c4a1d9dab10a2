"""What the match answers: a check per comparison, a verdict per line, invoice, receipt and case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from wopo.domain.matching.arithmetic import ZERO, Exact, plain
from wopo.domain.matching.codes import CODES, HEADER_STOPS, MatchCode
from wopo.domain.matching.tolerances import NO_LIMITS, Limits


class Check(NamedTuple):
    """One comparison: what was compared, how far apart, which limits, and whether it passed.

    ``variance`` is positive when ``actual`` lies beyond ``reference`` in the direction the code
    watches. ``base`` is what a percentage is taken of, ``each`` what an extended limit multiplies
    with. Comparisons of names carry ``told`` in place of figures. ``unit`` is a unit of measure,
    a currency, or empty. ``line`` is the order line, ``subject`` the charge code where there is
    one.
    """

    code: MatchCode
    passed: bool
    actual: Exact | None = None
    reference: Exact | None = None
    variance: Exact | None = None
    base: Exact | None = None
    each: Exact | None = None
    limits: Limits = NO_LIMITS
    line: str | None = None
    subject: str | None = None
    unit: str = ""
    told: tuple[str, str] | None = None

    def sentence(self) -> str:
        """``billed 100 kg, accepted 90 kg, 10 kg over (limit 0 % (qty_over_pct))``."""
        facts = CODES[self.code]
        where = " ".join(filter(None, (self.line and f"line {self.line}:", self.subject)))
        lead = f"{where} " if where else ""
        if self.told is not None:
            return f"{lead}{facts.actual} {self.told[0]}, {facts.reference} {self.told[1]}"
        if self.actual is None or self.reference is None or self.variance is None:
            return f"{lead}{self.code.value}"
        actual, reference = self._figure(self.actual), self._figure(self.reference)
        text = f"{lead}{facts.actual} {actual}, {facts.reference} {reference}, {self._apart()}"
        return f"{text} ({self.limits.words()})" if self.limits.limits else text

    def _figure(self, value: Exact) -> str:
        return f"{plain(value)} {self.unit}".rstrip()

    def _apart(self) -> str:
        if self.actual is None or self.reference is None or self.actual == self.reference:
            return "equal"
        difference = Fraction(self.actual) - Fraction(self.reference)
        word = "over" if difference > 0 else "under"
        return f"{self._figure(abs(difference))} {word}"


class Billed(NamedTuple):
    """What an invoice adds to an order line, in the order's unit and sign; credits subtract.

    ``net`` is the sum of the line amounts as rounded.
    """

    qty: Exact = ZERO
    net: Decimal = ZERO


class LineVerdict(NamedTuple):
    """An invoice on one order line. A negative order line's figures are magnitudes.

    ``quantity_variance``: billed so far less ordered, received or accepted, by policy.
    ``price_variance_unit``: net unit price less the order's; None when nothing can be divided.
    ``value_days``: line value x days before the promised date, when both dates are known.
    ``expected``: this invoice's quantities at the order's price, rounded line by line.
    """

    line: str
    billed: Billed
    quantity_variance: Exact
    price_variance_unit: Exact | None
    price_variance_total: Exact
    line_total_variance: Decimal
    value_days: Exact | None
    expected: Decimal
    checks: tuple[Check, ...]

    @property
    def exceptions(self) -> tuple[str, ...]:
        """Sorted codes raised on this order line."""
        return raised(self.checks)


class Figures(NamedTuple):
    """The variances of a whole invoice; None where they were not compared."""

    invoice_total: Decimal | None = None
    tax: Decimal | None = None
    discount: Decimal | None = None
    charges: Mapping[str, Decimal] | None = None
    blanket: Decimal | None = None


NO_FIGURES = Figures()


@dataclass(frozen=True, slots=True)
class InvoiceVerdict:
    """The answer for one invoice: every check made, and the variances.

    ``lines`` is empty and every variance None when the header stopped it. ``value`` is the sum of
    its rounded line amounts as they count against the order (credits negative). ``order_lines``
    counts the order lines it bills, also those that could not be compared.
    """

    number: str
    checks: tuple[Check, ...]
    lines: Mapping[str, LineVerdict] = field(default_factory=dict)
    figures: Figures = NO_FIGURES
    value: Decimal = ZERO
    price_variance_total: Exact | None = None
    order_lines: int = 0

    @property
    def exceptions(self) -> tuple[str, ...]:
        """Sorted codes raised, each once."""
        return raised(self.checks)

    @property
    def matched(self) -> bool:
        """Nothing was raised."""
        return all(check.passed for check in self.checks)

    @property
    def stopped(self) -> bool:
        """Did the header stop it? Then it counts nowhere."""
        return any(not check.passed and check.code in HEADER_STOPS for check in self.checks)

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that raised something: one exception case each."""
        return tuple(check for check in self.checks if not check.passed)

    @property
    def single(self) -> LineVerdict | None:
        """The verdict of the only order line it bills; None when it bills several, or none."""
        return next(iter(self.lines.values())) if self.lines and self.order_lines == 1 else None


@dataclass(frozen=True, slots=True)
class ReceiptVerdict:
    """The answer for one receipt; ``completed`` are lines short by no more than the under-limit."""

    checks: tuple[Check, ...] = ()
    completed: tuple[str, ...] = ()

    @property
    def exceptions(self) -> tuple[str, ...]:
        """Sorted codes raised, each once."""
        return raised(self.checks)


class Rejudged(NamedTuple):
    """An earlier invoice judged again after a later event."""

    after: str
    invoice: str
    verdict: InvoiceVerdict


@dataclass(frozen=True, slots=True)
class CaseVerdict:
    """The answers for a whole case, by the labels of the events (``I1``, ``R2``)."""

    id: Any
    invoices: Mapping[str, InvoiceVerdict]
    receipts: Mapping[str, ReceiptVerdict]
    after: tuple[Rejudged, ...]
    several_lines: bool
    """Has the order several lines? Then variances are told line by line."""


def raised(checks: tuple[Check, ...]) -> tuple[str, ...]:
    """Sorted codes of the checks that did not pass, each once."""
    return tuple(sorted({check.code.value for check in checks if not check.passed}))
