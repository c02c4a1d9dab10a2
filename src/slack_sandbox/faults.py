"""Trouble on request: what a real Slack does to an app on a bad day, repeatable by seed."""

import fnmatch
import itertools
import random
import time
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

Kind = Literal[
    "ratelimited",
    "server_error",
    "delay",
    "accept_then_drop",
    "down",
    "late_history",
    "duplicate_event",
    "drop_socket",
]


class Fault(BaseModel):
    """One kind of trouble and when it strikes.

    ``method`` is a pattern over Web API methods (``chat.*``); for ``duplicate_event`` over event
    types, for ``drop_socket`` over envelope types. ``count`` ends the fault after so many strikes,
    ``lasts`` after so many seconds. ``seconds`` is the length of a delay or of late history.
    ``after`` lets a ``server_error`` strike after the call has taken effect.
    """

    model_config = ConfigDict(extra="forbid")

    id: str = ""
    kind: Kind
    method: str = "*"
    channel: str | None = None
    probability: float = Field(default=1.0, ge=0.0, le=1.0)
    count: int | None = Field(default=None, ge=1)
    lasts: float | None = Field(default=None, gt=0)
    seconds: float = Field(default=1.0, ge=0)
    retry_after: int = Field(default=1, ge=0)
    after: bool = False
    seed: int | None = None
    struck: int = 0
    _dice: random.Random = PrivateAttr(default_factory=random.Random)
    _ends: float | None = PrivateAttr(default=None)

    def arm(self, seed: int) -> None:
        """Start the clock and the dice."""
        self._dice = random.Random(seed if self.seed is None else self.seed)  # noqa: S311
        self._ends = None if self.lasts is None else time.monotonic() + self.lasts

    def over(self) -> bool:
        """Whether it will never strike again."""
        if self.count is not None and self.struck >= self.count:
            return True
        return self._ends is not None and time.monotonic() > self._ends

    def strikes(self, method: str, channel: str | None) -> bool:
        """Roll the dice for one occasion, and count a strike."""
        if self.over() or not fnmatch.fnmatchcase(method, self.method):
            return False
        if self.channel is not None and self.channel != channel:
            return False
        if self._dice.random() >= self.probability:
            return False
        self.struck += 1
        return True


class Faults:
    """The troubles in force."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._numbers = itertools.count(1)
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Let a fault be in force from now on."""
        number = next(self._numbers)
        fault.id = fault.id or f"fault-{number}"
        fault.arm(self._seed + number)
        self._faults.append(fault)
        return fault

    def take(self, kinds: Iterable[Kind], method: str, channel: Any = None) -> Fault | None:
        """The first fault of these kinds that strikes this occasion, or None."""
        wanted = set(kinds)
        place = channel if isinstance(channel, str) else None
        for fault in self._faults:
            if fault.kind in wanted and fault.strikes(method, place):
                return fault
        return None

    def all(self) -> list[Fault]:
        """Faults that can still strike."""
        self._faults = [fault for fault in self._faults if not fault.over()]
        return list(self._faults)

    def clear(self, fault_id: str | None = None) -> None:
        """End one fault, or all."""
        self._faults = [f for f in self._faults if fault_id is not None and f.id != fault_id]
