"""What is read of the purchasing policy besides whole rows."""

from abc import ABC, abstractmethod
from datetime import date


class PolicyStore(ABC):
    """Finders over the policy's versions, without reading the documents."""

    @abstractmethod
    def in_force(self, day: date) -> tuple[int, str]:
        """(version, digest) in force on ``day``; (0, empty) where nobody has written one."""

    @abstractmethod
    def newest(self) -> tuple[int, str]:
        """(version, digest) of the newest version; (0, empty) where there is none."""
