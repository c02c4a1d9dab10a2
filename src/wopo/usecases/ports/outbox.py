"""The outbox as its carrier needs it: rows are claimed, then finished or given back."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from wopo.domain.outbox import Delivery, OutboxRow

TASK = "task:"
"""Audiences that are slow work of wopo's own, not something to tell."""
DOUBT = "outcome unknown"
"""How a row's ``problem`` begins when a try may have reached Slack."""


@dataclass(frozen=True)
class Claim:
    """A row that this worker alone may send now. ``doubtful``: an earlier try may have arrived,
    so look before sending again."""

    row: OutboxRow
    doubtful: bool


class OutboxStore(ABC):
    """Guarded moves of outbox rows; safe with several workers and several instances."""

    @abstractmethod
    def claim(
        self, *, worker: str, now: datetime, lease: timedelta, tasks: bool, skip: Collection[str]
    ) -> Claim | None:
        """The oldest due row that nothing earlier of its stream and audience stands before.

        Rows whose worker has been silent for ``lease`` are due again. ``skip`` names audiences
        that must wait; ``tasks`` chooses between slow work and messages.
        """

    @abstractmethod
    def finish(
        self, row_id: str, worker: str, state: Delivery, *, at: datetime, problem: str | None = None
    ) -> bool:
        """End a claimed row; false when another worker has taken it over meanwhile."""

    @abstractmethod
    def give_back(
        self, row_id: str, worker: str, *, next_at: datetime, problem: str | None, counted: bool
    ) -> bool:
        """Make a claimed row due again at ``next_at``; ``counted``: the try was one of the few."""

    @abstractmethod
    def newest_seq(self, card: str, subject_id: str, audience: str) -> int:
        """The newest row's place in the order for one card and audience; 0 when there is none. Of
        the subject's own stream, in which kept cards are."""

    @abstractmethod
    def pass_over(
        self, card: str, subject_id: str, audience: str, *, up_to: int, at: datetime
    ) -> int:
        """Mark waiting rows as not needed, since the card shown now already contains them."""

    @abstractmethod
    def waiting(self, card: str, subject_id: str) -> bool:
        """Whether a row of this card is still to be sent."""

    @abstractmethod
    def next_due(self) -> datetime | None:
        """When the next waiting row is due; none when nothing waits."""

    @abstractmethod
    def told_since(self, stream: str, since: datetime) -> bool:
        """Whether a row of this stream was written after ``since``."""

    @abstractmethod
    def hurry(self, problems: Collection[str], *, now: datetime) -> int:
        """Make rows that wait because of one of these problems due now; how many there were."""
