"""Refusals: what the system says no to, as data that people and programs can both read.

A refusal is declared once beside its rule, with a code and one plain sentence, and raised with the
facts of the moment::

    OWN_REQUEST = Refusal("approval.own_request", "You asked for {number}, so ...", logged=True)
    raise OWN_REQUEST(number="PO-2026-000042")
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class DomainError(Exception):
    """An action was refused and nothing was changed.

    ``code`` is for programs, ``message`` is the one sentence shown to the person, ``field`` names
    the input at fault where there is one, ``facts`` hold the figures the sentence was made from.
    ``logged`` refusals are kept in the append-only refusal log.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        field: str | None = None,
        facts: Mapping[str, Any] | None = None,
        logged: bool = False,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        self.facts = dict(facts or {})
        self.logged = logged


@dataclass(frozen=True)
class Refusal:
    """A declared refusal; calling it makes the error to raise.

    ``sentence`` says what was wrong, that nothing changed, and what to do; its ``{names}`` are
    filled from the facts. ``logged`` is for refusals that matter: a person without the right, a
    click that lost (domain.md, invariant 7).
    """

    code: str
    sentence: str
    logged: bool = False

    def __post_init__(self) -> None:
        other = REFUSALS.setdefault(self.code, self)
        if other.sentence != self.sentence:
            raise ValueError(f"refusal {self.code} is declared twice")

    def __call__(self, *, field: str | None = None, **facts: Any) -> DomainError:
        """The error for these facts; ``field`` is the name of the command's input at fault."""
        return DomainError(
            self.code, self.sentence.format(**facts), field=field, facts=facts, logged=self.logged
        )


REFUSALS: dict[str, Refusal] = {}
"""Every declared refusal by code; the snapshot test reviews all sentences in one place."""

NOT_FOUND = Refusal(
    "not_found", "There is no {kind} {wanted}.{nearest} Nothing was changed; check the number."
)
NOT_ALLOWED = Refusal(
    "not_allowed",
    "You do not have the right to {action}. Nothing was changed; {who} can do it.",
    logged=True,
)
ILLEGAL_MOVE = Refusal(
    "illegal_move",
    "{subject} is {state}, so {verb} is not possible. "
    "Nothing was changed; possible now: {allowed}.",
    logged=True,
)
STALE = Refusal(
    "stale",
    "{subject} was changed by somebody else meanwhile. "
    "Nothing of yours was changed; look at it again and repeat.",
    logged=True,
)
BUSY = Refusal("busy", "Busy: nothing was changed. Please try again.")
STORAGE_DOWN = Refusal(
    "storage_down",
    "The database can't be written right now, so nothing was changed. "
    "Please try again in a minute; the administrator can run wopo doctor.",
)
KEY_REUSED = Refusal(
    "key_reused",
    "This request was sent before with other contents, so nothing was changed. Please start again.",
)
UNKNOWN_ACTOR = Refusal(
    "unknown_actor",
    "wopo does not know you as an active person, so nothing was changed. "
    "Ask an administrator to add you.",
    logged=True,
)
REQUIRED = Refusal("required", "{label} is missing. Nothing was changed; please fill it in.")
INVALID = Refusal("invalid", "{label}: {problem}. Nothing was changed; {accepted}.")


@dataclass(frozen=True)
class Soft:
    """A question that a person may answer once with "yes, go on" (Tryton's user warning).

    Raised as a DomainError whose facts carry ``acknowledge``; sending the command again with that
    name among its ``acknowledged`` lets it pass.
    """

    refusal: Refusal

    def __call__(self, name: str, *, field: str | None = None, **facts: Any) -> DomainError:
        """The error asking for the acknowledgement called ``name``."""
        error = self.refusal(field=field, **facts)
        error.facts["acknowledge"] = name
        return error
