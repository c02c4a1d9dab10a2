"""One breach of a Block Kit rule."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """What is wrong, in Slack's phrases, and where, as a JSON pointer.

    A `warning` is something Slack accepts but a reader suffers from (no fallback text).
    """

    message: str
    pointer: str
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"
