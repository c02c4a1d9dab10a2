"""Who has to wait: Slack's rate limits, kept without ever putting a thread to sleep."""

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

PER_CHANNEL = timedelta(seconds=1)
"""Slack lets an app post about one message a second into a channel (slack-platform, 3)."""
POST = "chat.postMessage"
TOKEN_PAUSE = timedelta(seconds=60)
"""How long everything waits before a token that was refused is tried again."""


class Slots:
    """When each method may next be called for each channel. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free: dict[tuple[str, str], datetime] = {}

    def take(self, method: str, channel: str, now: datetime) -> datetime | None:
        """Take the slot; none when it was free, else the moment from which it will be."""
        with self._lock:
            free = self._free.get((method, channel))
            if free is not None and free > now:
                return free
            if method == POST:
                self._free[method, channel] = now + PER_CHANNEL
            return None

    def close(self, method: str, channel: str, until: datetime) -> None:
        """Slack asked to wait (Retry-After)."""
        with self._lock:
            known = self._free.get((method, channel))
            self._free[method, channel] = max(known, until) if known else until

    def forget(self, now: datetime) -> None:
        """Drop what is long over, so that memory stays flat."""
        with self._lock:
            self._free = {key: free for key, free in self._free.items() if free > now}


class Flood:
    """How many requests one person may send in a minute (A67). One person's flood is nobody
    else's business."""

    def __init__(self, most: int = 100, span: timedelta = timedelta(minutes=1)) -> None:
        self.most = most
        self.span = span
        self._lock = threading.Lock()
        self._seen: dict[str, deque[datetime]] = {}

    def wait(self, who: str, now: datetime) -> int:
        """Count a request; 0 when it may pass, else the seconds to wait."""
        with self._lock:
            seen = self._seen.setdefault(who, deque())
            while seen and seen[0] <= now - self.span:
                seen.popleft()
            if len(seen) >= self.most:
                return max(int((seen[0] + self.span - now).total_seconds()), 1)
            seen.append(now)
            if len(self._seen) > 10_000:
                self._seen = {key: times for key, times in self._seen.items() if times}
            return 0


@dataclass
class Weather:
    """What concerns all rows: a pause for everything, and audiences that must wait."""

    paused_until: datetime | None = None
    lines_broken: int = 0
    waiting: dict[str, datetime] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def paused(self, now: datetime) -> bool:
        """Whether nothing at all may be sent now."""
        return self.paused_until is not None and now < self.paused_until

    def skip(self, now: datetime) -> list[str]:
        """Audiences that must wait."""
        with self.lock:
            self.waiting = {who: until for who, until in self.waiting.items() if until > now}
            return list(self.waiting)

    def pause(self, now: datetime, span: timedelta = TOKEN_PAUSE) -> datetime:
        """Let everything wait; until when."""
        self.paused_until = now + span
        return self.paused_until

    def clear_up(self) -> None:
        """Nothing has to wait any more: the bot was let into a channel, or has a new token."""
        with self.lock:
            self.waiting.clear()
        self.paused_until = None

    def wait(self, audience: str, until: datetime) -> None:
        """Let an audience wait."""
        with self.lock:
            self.waiting[audience] = until

    def next_change(self) -> datetime | None:
        """When the first of these waits is over."""
        with self.lock:
            times = [*self.waiting.values()]
        if self.paused_until:
            times.append(self.paused_until)
        return min(times, default=None)
