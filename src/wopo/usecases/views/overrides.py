"""What was let through in spite of a rule: contractors without a contract, and duties that one
person did under a waiver."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from wopo.domain.audit import AuditEntry
from wopo.domain.audit_tests import Period
from wopo.domain.contractor_contracts import ContractOverridden
from wopo.domain.people import Person
from wopo.domain.waivers import WaiverUsed
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.names import Ref, refs

KINDS: dict[str, str] = {
    ContractOverridden.name: "contractor without a contract",
    WaiverUsed.name: "one person, two duties",
}


@dataclass(frozen=True)
class Override:
    """One of them: which rule, on which document, by whom, and why."""

    at: datetime
    kind: str
    number: str
    by: str
    problem: str
    reason: str


def overrides(uow: UnitOfWork, period: Period) -> tuple[Override, ...]:
    """All of a period, the oldest first, as the audit trail has them."""
    entries = [
        entry
        for entry in uow.all(AuditEntry, event=list(KINDS), order="seq")
        if period.start <= entry.at < period.end
    ]
    names = refs(uow, Person, [_person(entry) for entry in entries])
    return tuple(_override(entry, names) for entry in entries)


def _person(entry: AuditEntry) -> str | None:
    found = entry.facts.get("by_id") or entry.facts.get("person_id") or entry.actor_id
    return str(found) if found else None


def _override(entry: AuditEntry, names: Mapping[str, Ref]) -> Override:
    facts = entry.facts
    by = names.get(_person(entry) or "")
    duties = " and ".join(str(duty).replace("_", " ") for duty in facts.get("duties", ()))
    return Override(
        at=entry.at,
        kind=KINDS[entry.event],
        number=str(facts["number"]),
        by=by.name if by else "wopo",
        problem=str(facts.get("problem") or duties),
        reason=str(facts.get("reason") or facts.get("action", "")),
    )


def by_person(found: Sequence[Override]) -> list[tuple[str, str, int]]:
    """(person, kind, how many), the most first."""
    counts = Counter((one.by, one.kind) for one in found)
    return [(by, kind, count) for (by, kind), count in counts.most_common()]
