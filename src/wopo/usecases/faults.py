"""What a verification finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing that does not fit. ``kind``: chain, budget, order line, ledger, approval, revision
    or number. ``seq`` is the first bad entry of the audit chain, where it is about the chain."""

    kind: str
    subject: str
    problem: str
    seq: int | None = None

    def __str__(self) -> str:
        return f"{self.kind}: {self.subject}: {self.problem}"
