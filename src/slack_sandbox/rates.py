"""The optional limit of posts per channel: short bursts pass, a flood gets 429."""

import math
import time


class Rates:
    """A token bucket per channel; `rate` None lets everything pass."""

    def __init__(self, rate: float | None, burst: int) -> None:
        self._rate = rate
        self._burst = burst
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait(self, channel: str) -> int:
        """Whole seconds to wait before the next post; 0 when it may go now (and counts)."""
        if self._rate is None:
            return 0
        now = time.monotonic()
        level, since = self._buckets.get(channel, (float(self._burst), now))
        level = min(self._burst, level + (now - since) * self._rate)
        if level < 1:
            self._buckets[channel] = (level, now)
            return max(1, math.ceil((1 - level) / self._rate))
        self._buckets[channel] = (level - 1, now)
        return 0
