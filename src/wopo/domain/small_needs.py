"""Needs nobody is asked about because they are small are judged by the sum they belong to.

What a rule lets go without an order, at a counter or out of pocket up to an amount would let any
amount go in pieces. So the lines of one request count together, and with them what was let go
within the policy's days (``splits``): whatever has everything of one of its entries in common, as
for orders, and all that one person asked for one job (reliability P14, A28). The policy is asked
about each line as if it cost that sum. Lines that were let go before stay as they are: the last
piece meets the sum.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from wopo.domain.split_orders import SplitSection, Trait

ONE_JOB = frozenset({Trait.REQUESTER, Trait.JOB})
"""What belongs together besides the policy's entries: vendors of small things are often unknown."""


@dataclass(frozen=True)
class LetGo:
    """What was let go lately and what it has in common with a line that is asked for; ``minor`` in
    minor units of the company's currency."""

    common: frozenset[Trait]
    minor: int


def beside(section: SplitSection, earlier: Iterable[LetGo]) -> int:
    """The largest sum that a line is added to, in minor units of the company's currency."""
    earlier = list(earlier)
    sets = (*section.same, ONE_JOB) if section.days else ()
    sums = (sum(one.minor for one in earlier if traits <= one.common) for traits in sets)
    return max(sums, default=0)
