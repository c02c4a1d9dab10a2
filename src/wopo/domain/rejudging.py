"""Which orders need not be judged again: those that no limit of any policy could hold.

An order is *quiet* when its invoices bill exactly what was ordered and accepted, at the order's
prices and taxes, and nothing was ever found in it. Every difference that the match knows is then
zero, and zero passes under every limit; so nothing but its figures is asked for, no policy and no
object. Where that is not certain the order is *loud*, and judged in full.
"""

from collections.abc import Iterable
from typing import NamedTuple

from wopo.domain.matching import Tolerances


class Watched(NamedTuple):
    """What else some version of the policy looks at: that less is billed than ordered, and that
    something is billed before the day it was promised for."""

    under: bool
    early: bool

    @classmethod
    def by(cls, limits: Iterable[Tolerances]) -> "Watched":
        """What these limits look at, all together."""
        keys = {key for one in limits for key, value in one.values.items() if value is not None}
        return cls(
            under=bool(keys & {"qty_under_pct", "qty_under_abs"}), early="date_value_days" in keys
        )
