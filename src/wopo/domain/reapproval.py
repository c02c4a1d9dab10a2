"""What a change of an approved order leaves standing of its approval: nothing, unless the policy
sets a tolerance, and never the authority for the amount (reliability A29-A32)."""

from dataclasses import dataclass

from wopo.domain.approval_matrix import Reapproval
from wopo.domain.approvals import AUTHORITY
from wopo.domain.money import Money
from wopo.domain.order_content import OrderContent, shares

_LINE_FIXED = ("part_id", "service", "unit", "work_order_id", "cost_centre_id", "project_id")
_HEADER_FIXED = ("kind", "vendor_id", "currency", "blanket_id", "blanket_limit_minor")


@dataclass(frozen=True)
class Touched:
    """What a change touches: ``everything``, or only what some cost centres pay for."""

    everything: bool
    centre_ids: frozenset[str] = frozenset()

    def stands(self, wanted: str) -> bool:
        """Whether a decision that asked for ``wanted`` still holds after the change."""
        kind, _, name = wanted.partition(":")
        if self.everything or wanted == AUTHORITY:
            return False
        return kind != "owner" or name not in self.centre_ids


EVERYTHING = Touched(everything=True)


def touched(
    before: OrderContent,
    after: OrderContent,
    *,
    totals: tuple[Money | None, Money | None],
    tolerance: Reapproval | None,
) -> Touched:
    """What changing one content into another touches.

    ``totals``: what both come to in the company's currency; without a rate everything is touched.
    """
    was, now = totals
    if tolerance is None or was is None or now is None or not tolerance.covers(was, now):
        return EVERYTHING
    if any(getattr(before, name) != getattr(after, name) for name in _HEADER_FIXED):
        return EVERYTHING
    old, new = ({line.id: line for line in side.lines} for side in (before, after))
    if old.keys() != new.keys():
        return EVERYTHING
    pairs = [(old[id], new[id]) for id in old]
    if any(getattr(a, name) != getattr(b, name) for a, b in pairs for name in _LINE_FIXED):
        return EVERYTHING
    paid, pays = shares(before), shares(after)
    centres = (b.cost_centre_id for a, b in pairs if a != b or paid[a.id] != pays[b.id])
    return Touched(everything=False, centre_ids=frozenset(centres))
