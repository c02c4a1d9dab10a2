"""Tells open pages what changed. Every person with a page open has one or more queues here."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

Change = dict[str, Any]


class Hub:
    """Fan-out of small change notes, in the server's event loop."""

    def __init__(self) -> None:
        self._queues: dict[str, set[asyncio.Queue[Change | None]]] = {}

    def tell(self, user_ids: set[str] | list[str], change: Change) -> None:
        """Give a change to every open page of these people."""
        for user_id in set(user_ids):
            for queue in self._queues.get(user_id, ()):
                queue.put_nowait(change)

    def tell_all(self, change: Change) -> None:
        """Give a change to every open page."""
        self.tell(set(self._queues), change)

    def close(self) -> None:
        """End every listener: the server stops."""
        for queues in self._queues.values():
            for queue in queues:
                queue.put_nowait(None)

    async def listen(self, user_id: str) -> AsyncIterator[Change]:
        """Changes from now on; the queue is dropped when the iterator is closed."""
        queue: asyncio.Queue[Change | None] = asyncio.Queue()
        self._queues.setdefault(user_id, set()).add(queue)
        try:
            while (change := await queue.get()) is not None:
                yield change
        finally:
            listeners = self._queues[user_id]
            listeners.discard(queue)
            if not listeners:
                del self._queues[user_id]
