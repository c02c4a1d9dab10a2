"""What people read of the purchasing policy: its versions, and each in plain words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from wopo.domain.errors import NOT_FOUND
from wopo.domain.people import Person
from wopo.domain.purchasing_policy import SHIPPED_POLICY, PolicyDocument, PurchasingPolicy
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
    current, _ = uow.store(PolicyStore).in_force(day)
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
    """The document in sentences, section by section."""
    for section in document.sections():
        yield from section.words(version, day)


def policy_history(uow: UnitOfWork) -> tuple[PurchasingPolicy, ...]:
    """All versions, the newest first."""
    return tuple(uow.all(PurchasingPolicy, order="-version"))
