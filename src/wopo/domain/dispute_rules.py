"""The disputes section of the purchasing policy: what becomes of the rest of a disputed invoice."""

from collections.abc import Iterator
from datetime import date

from wopo.domain.policy_sections import Section


class DisputesSection(Section):
    """Whether what is not in dispute is paid meanwhile. Shipped: no, the whole invoice waits."""

    pay_the_rest: bool = False

    def words(self, version: int, day: date) -> Iterator[str]:
        """See ``Section``."""
        if self.pay_the_rest:
            yield "Of a disputed invoice only the disputed part is held back; the rest is paid."
        else:
            yield "A disputed invoice is on hold as a whole until the vendor answers."
