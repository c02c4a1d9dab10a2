"""Ids with Slack's prefixes, and message timestamps that never repeat."""

import hashlib
import secrets
import string
import time

_ALPHABET = string.ascii_uppercase + string.digits


def new_id(prefix: str, length: int = 10) -> str:
    """A fresh id: prefix and random capitals and digits."""
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(length))


def stable_id(prefix: str, name: str) -> str:
    """An id that depends on the name only, so that a seed gives the same ids every time."""
    number = int.from_bytes(hashlib.sha256(f"{prefix}:{name}".encode()).digest()[:8])
    letters = ""
    for _ in range(9):
        number, digit = divmod(number, 36)
        letters += _ALPHABET[digit]
    return f"{prefix}0{letters}"


def short_id(length: int = 5) -> str:
    """What Slack invents for a missing block_id or action_id."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(length))


class Stamps:
    """Gives ``seconds.micros`` strings, each later than the one before, across a restart too."""

    def __init__(self, last: str = "0.000000") -> None:
        seconds, micros = last.split(".")
        self._last = int(seconds) * 1_000_000 + int(micros)

    def next(self) -> str:
        """The next message id."""
        self._last = max(self._last + 1, time.time_ns() // 1000)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"
