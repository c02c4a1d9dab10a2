"""What came back from an app, whichever way it was asked."""

from dataclasses import dataclass
from typing import Any


@dataclass
class Answer:
    """An acknowledgement; `body` is its JSON object, a plain text as ``{"text": ...}``, or None."""

    body: dict[str, Any] | None


class NoAnswerError(Exception):
    """Nobody acknowledged. `reason` is Slack's word for it; `final` forbids another try."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final
