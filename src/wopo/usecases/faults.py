"""What a verification finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing that does not fit. ``kind``: chain, budget, order, order line, ledger, approval,
    authority, refusal, revision, number, stock, row (one that can't be read or is not what was
    written) or check (one that could not be finished).
    ``seq`` is the first bad entry of the audit chain, where it is about the chain."""

    kind: str
    subject: str
    problem: str
    seq: int | None = None

    def __str__(self) -> str:
        return f"{self.kind}: {self.subject}: {self.problem}"
