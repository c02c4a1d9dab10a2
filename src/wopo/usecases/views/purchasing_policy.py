"""What people read of the purchasing policy: its versions, and each in plain words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wopo.domain.errors import NOT_FOUND
from wopo.domain.matching import Combine
from wopo.domain.money import plain
from wopo.domain.people import Person
from wopo.domain.purchasing_policy import SHIPPED_POLICY, PolicyDocument, PurchasingPolicy
from wopo.domain.tolerance_rules import NO_LIMIT, Scope, Subject, ToleranceRule, ruled
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.purchasing_policy import PolicyStore
from wopo.usecases.views.names import refs


@dataclass(frozen=True)
class PolicyView:
    """One version of the policy. ``lines`` say it in plain words, ``text`` as it was written."""

    version: int
    title: str
    effective_from: date | None
    in_force: bool
    imported_by: str
    lines: tuple[str, ...]
    text: str


def policy_view(uow: UnitOfWork, *, day: date, version: int | None = None) -> PolicyView:
    """The version in force on ``day``, or the one asked for. Raises ``NOT_FOUND``."""
    current = uow.store(PolicyStore).in_force(day)
    wanted = current if version is None else version
    if not wanted:
        shipped = tuple(policy_words(SHIPPED_POLICY, 0, day))
        return PolicyView(0, SHIPPED_POLICY.title, None, not current, "", shipped, "")
    row = uow.find(PurchasingPolicy, version=wanted)
    if row is None:
        raise NOT_FOUND(kind="policy version", wanted=wanted, nearest="")
    by = refs(uow, Person, [row.imported_by_id]).get(row.imported_by_id or "")
    document = PolicyDocument.model_validate(row.content)
    return PolicyView(
        row.version,
        row.title,
        row.effective_from,
        row.version == current,
        by.name if by else "the console",
        tuple(policy_words(document, row.version, day)),
        row.text,
    )


def policy_words(document: PolicyDocument, version: int, day: date) -> Iterator[str]:
    """The document in sentences; limits that nobody set are told as such."""
    section = document.matching
    company = section.company
    yield f"Goods are matched {company.goods.value}, services {company.services.value}."
    found = ruled(section, version, Subject(), day).tolerances
    known = set(found.values)
    yield "For the whole company:"
    for key in sorted(known):
        yield f"  {_limit(key, found.values[key])} ({found.sources.get(key, '')})"
    yield f"  {NO_LIMIT} for anything else, so it is not checked"
    yield f"  {_combined(found.combine or Combine.LESSER)}"
    for rule in sorted(section.rules, key=lambda rule: -rule.rank):
        yield from _rule_words(rule)


def _rule_words(rule: ToleranceRule) -> Iterator[str]:
    days = ""
    if rule.valid_from or rule.valid_to:
        days = f", from {rule.valid_from or 'the beginning'} to {rule.valid_to or 'further notice'}"
    matched = f", matched {rule.policy.value}" if rule.policy else ""
    yield f"{rule.name}: {rule.about}{days}{matched}:"
    yield from (f"  {text}" for text in _own_limits(rule))


def _own_limits(scope: Scope) -> Iterator[str]:
    own = scope.tolerances("")
    for key, value in own.values.items():
        yield _limit(key, value)
    if scope.combine is not None:
        yield _combined(scope.combine)


def _limit(key: str, value: Decimal | None) -> str:
    if value is None:
        return f"{key}: {NO_LIMIT}"
    return f"{key}: {plain(value)}{' %' if key.endswith('_pct') else ''}"


def _combined(combine: Combine) -> str:
    if combine is Combine.LESSER:
        return "where several limits are set, all must hold"
    return "where several limits are set, one that holds is enough"


def policy_history(uow: UnitOfWork) -> tuple[PurchasingPolicy, ...]:
    """All versions, the newest first."""
    return tuple(uow.all(PurchasingPolicy, order="-version"))
