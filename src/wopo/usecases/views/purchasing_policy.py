"""What people read of the purchasing policy: its versions, and each in plain words."""

from collections.abc import Mapping
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
    """One version of the policy. ``sections`` say it in plain words, by the name that each has in
    the document, and ``text`` as it was written."""

    version: int
    title: str
    effective_from: date | None
    in_force: bool
    imported_by: str
    sections: Mapping[str, tuple[str, ...]]
    text: str

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it in sentences."""
        return tuple(line for lines in self.sections.values() for line in lines)


def policy_view(uow: UnitOfWork, *, day: date, version: int | None = None) -> PolicyView:
    """The version in force on ``day``, or the one asked for. Raises ``NOT_FOUND``."""
    current, _ = uow.store(PolicyStore).in_force(day)
    wanted = current if version is None else version
    if not wanted:
        shipped = policy_words(SHIPPED_POLICY, 0, day)
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
        policy_words(document, row.version, day),
        row.text,
    )


def policy_words(
    document: PolicyDocument, version: int, day: date
) -> Mapping[str, tuple[str, ...]]:
    """The document in sentences, section by section."""
    return {
        name: tuple(section.words(version, day)) for name, section in document.sections().items()
    }


def policy_history(uow: UnitOfWork) -> tuple[PurchasingPolicy, ...]:
    """All versions, the newest first."""
    return tuple(uow.all(PurchasingPolicy, order="-version"))
