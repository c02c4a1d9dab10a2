"""What wopo ships: the tolerances and policies of a company that has set none."""

from decimal import Decimal

from wopo.domain.matching.arithmetic import ZERO
from wopo.domain.matching.codes import Policy
from wopo.domain.matching.tolerances import Combine, Tolerances

SHIPPED_DEFAULTS: tuple[tuple[str, Decimal, str], ...] = (
    ("price_pct", ZERO, "nobody is overcharged by accident; cheaper passes, as in D365"),
    ("qty_over_pct", ZERO, "pay for what was ordered and accepted, no more"),
    ("line_total_pct", ZERO, "the second price defence: many small bills add up"),
    ("total_pct", ZERO, "lines, charges, tax and discount together"),
    ("charge_pct", ZERO, "freight nobody agreed to is asked about"),
    ("tax_pct", ZERO, "tax too low is as wrong as tax too high"),
    ("discount_pct", ZERO, "a promised discount must arrive"),
    ("blanket_abs", ZERO, "a blanket order's limit is what was approved"),
    ("blanket_days", ZERO, "after its last day a blanket order has to be renewed"),
    ("over_receipt_pct", ZERO, "more than ordered is kept or sent back by decision"),
    ("balance_abs", ZERO, "an invoice adds up, or somebody looks at it"),
)
"""What wopo ships, key by key with the reason: explicit zeros, so that nothing is unlimited by
accident and every relaxation is somebody's decision (matching.md 10.2)."""


def default_tolerances() -> Tolerances:
    """The shipped company defaults."""
    return Tolerances(
        {key: value for key, value, _ in SHIPPED_DEFAULTS},
        Combine.LESSER,
        {key: "company default" for key, _, _ in SHIPPED_DEFAULTS},
    )


def default_policy(*, service: bool) -> Policy:
    """4-way for goods: the receiver records accepted and rejected in one step; 3-way for services,
    against the service confirmation; 2-way only where a policy names it (matching.md 13)."""
    return Policy.THREE_WAY if service else Policy.FOUR_WAY
