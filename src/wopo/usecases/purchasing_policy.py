"""The purchasing policy: taking in a new version, and asking what it says."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from wopo.domain.billing_context import LineRule
from wopo.domain.cost_centres import CostCentre
from wopo.domain.invoices import Invoice
from wopo.domain.locations import Location
from wopo.domain.matching import Policy, Tolerances, default_policy
from wopo.domain.parts import Part
from wopo.domain.people import Person, Role
from wopo.domain.policy_sections import Named
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.purchasing_policy import (
    PAST,
    SHIPPED_POLICY,
    UNKNOWN_CODE,
    PolicyDocument,
    PolicyImported,
    PurchasingPolicy,
)
from wopo.domain.tolerance_rules import SHIPPED, Subject, ruled
from wopo.domain.vendors import Vendor
from wopo.usecases.door import Answer, Command, Context, silent, use_case
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.purchasing_policy import PolicyStore

silent(PolicyImported, "whoever takes it in is told, and wopo policy show tells everybody")


class ImportPolicy(Command):
    """Put a new version of the whole policy in force, from its day on (by default today).

    ``text`` is the document as it was written, kept for people to read.
    """

    document: PolicyDocument
    text: str = ""


@use_case(
    ImportPolicy,
    roles={Role.FINANCE, Role.ADMIN},
    action="set the purchasing policy",
    system=True,
)
def import_policy(command: ImportPolicy, ctx: Context) -> Answer:
    """Keep the document as the next version; the newest one again records nothing.

    Raises ``PAST`` and, for a code in a rule that nothing has, ``UNKNOWN_CODE``.
    """
    document = command.document
    version, newest = ctx.uow.store(PolicyStore).newest()
    if document.digest() == newest:
        message = f"Policy {version} says exactly this already."
        return Answer(number=str(version), message=message, facts={"outcome": "unchanged"})
    today = ctx.at.date()
    day = document.effective_from or today
    if day < today:
        raise PAST(field="effective_from", day=day, today=today)
    for section in document.sections().values():
        for named in section.named():
            _check_code(ctx.uow, named)
    row = PurchasingPolicy(
        id=ctx.new_id(),
        version=version + 1,
        title=document.title,
        effective_from=day,
        text=command.text,
        content=document.content(),
        digest=document.digest(),
        imported_by_id=ctx.actor_id,
        imported_at=ctx.at,
    )
    ctx.uow.add(row)
    ctx.record(
        PolicyImported(
            subject_id=row.id,
            version=row.version,
            title=row.title,
            effective_from=day,
            digest=row.digest,
        )
    )
    when = "today" if day == today else str(day)
    return Answer(
        subject_id=row.id,
        number=str(row.version),
        message=f"Policy {row.version} ({row.title}) takes effect {when}.",
        facts={"outcome": "added", "version": row.version},
    )


FINDERS: Mapping[str, Callable[[UnitOfWork, str], object]] = {
    "vendor": lambda uow, code: uow.find(Vendor, code=code),
    "part": lambda uow, code: uow.find(Part, number=code),
    "order": lambda uow, code: uow.find(PurchaseOrder, number=code),
    "category": lambda uow, code: uow.count(Part, category=code),
    "site": lambda uow, code: uow.find(Location, code=code, parent_id=None),
    "cost centre": lambda uow, code: uow.find(CostCentre, code=code),
    "person": lambda uow, code: uow.find(Person, code=code),
}
"""How the codes of each kind are looked up."""


def _check_code(uow: UnitOfWork, named: Named) -> None:
    """A code that a rule names must be there, or it would silently rule nothing."""
    if not FINDERS[named.kind](uow, named.code.strip()):
        raise UNKNOWN_CODE(field="rules", rule=named.rule, kind=named.kind, code=named.code)


@dataclass(frozen=True)
class InForce:
    """The policy of a day: its version (0: what wopo ships) and what it says."""

    version: int
    document: PolicyDocument


def policy_on(uow: UnitOfWork, day: date) -> InForce:
    """The policy in force on ``day``. One query; a version's text is read once per process."""
    version, digest = uow.store(PolicyStore).in_force(day)
    if not version:
        return InForce(0, SHIPPED_POLICY)
    if digest not in _KNOWN:
        row = uow.find(PurchasingPolicy, version=version)
        if row is None:
            raise LookupError(f"policy version {version} is gone")
        if len(_KNOWN) >= MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[digest] = PolicyDocument.model_validate(row.content)
    return InForce(version, _KNOWN[digest])


_KNOWN: dict[str, PolicyDocument] = {}
MOST_KNOWN = 64


@dataclass(frozen=True)
class Applied:
    """What the policy says about one order's invoices: as a whole, and line by line."""

    version: int
    tolerances: Tolerances
    lines: Mapping[str, LineRule]


def pays_the_rest(uow: UnitOfWork, day: date) -> bool:
    """Whether of a disputed invoice what is not in dispute is paid, by the policy in force."""
    return policy_on(uow, day).document.disputes.pay_the_rest


@dataclass
class PolicyBook:
    """The versions of the policy, each read once, and what they say about orders.

    ``proposed``: a document that is judged by in place of every version, before it is in force.
    """

    uow: UnitOfWork
    day: date
    proposed: PolicyDocument | None = None
    _current: int | None = None
    _documents: dict[int, PolicyDocument] = field(default_factory=dict)
    _codes: dict[str, str] = field(default_factory=dict)
    _parts: dict[str, Part] = field(default_factory=dict)

    @property
    def current(self) -> int:
        """The version in force today; 0 for what wopo ships."""
        if self._current is None:
            self._current, _ = self.uow.store(PolicyStore).in_force(self.day)
        return self._current

    def version_for(self, invoice: Invoice, *, decided: bool) -> int:
        """The version an invoice is judged by: today's, or for one that was ``decided`` the one it
        was decided by, so that a later policy undoes nothing."""
        used = invoice.verdict.get("policy")
        return int(used) if decided and used is not None else self.current

    def document(self, version: int) -> PolicyDocument:
        """One version as a document."""
        if self.proposed is not None:
            return self.proposed
        if version not in self._documents:
            row = self.uow.find(PurchasingPolicy, version=version) if version else None
            self._documents[version] = _parsed(json.dumps(row.content)) if row else SHIPPED_POLICY
        return self._documents[version]

    def applied(
        self,
        version: int,
        order: PurchaseOrder | None,
        lines: Mapping[str, PurchaseOrderLine],
        *,
        vendor_id: str,
        day: date,
    ) -> Applied:
        """What ``version`` says about the invoices of an order that were entered on ``day``."""
        section = self.document(version).matching
        if self.proposed is not None:
            day = self.proposed.effective_from or self.day
        rules = section.rules
        vendor = self._vendor_code(vendor_id) if any(rule.vendor for rule in rules) else None
        about = Subject(vendor=vendor, order=order.number if order else None)
        if any(rule.part or rule.category for rule in rules):
            self.learn_parts(lines.values())
        whole = ruled(section, version, about, day)
        found: dict[str, LineRule] = {}
        for line in lines.values():
            tolerances, policy, source = whole.tolerances, whole.policy, whole.policy_source
            if rules:
                own = ruled(section, version, self._subject(about, line), day)
                tolerances, policy, source = own.tolerances, own.policy, own.policy_source
            if line.match_policy:
                policy, source = Policy(line.match_policy), "order line"
            if policy is None:
                company = section.company
                policy = company.services if line.service else company.goods
                shipped = policy is default_policy(service=line.service)
                source = SHIPPED if shipped else f"policy {version}, company"
            found[line.id] = LineRule(tolerances, policy, source)
        return Applied(version, whole.tolerances, found)

    def _subject(self, about: Subject, line: PurchaseOrderLine) -> Subject:
        part = self._parts.get(line.part_id or "")
        return about._replace(
            line=line.position,
            part=part.number if part else None,
            category=part.category if part else None,
        )

    def _vendor_code(self, vendor_id: str) -> str | None:
        if vendor_id not in self._codes:
            vendor = self.uow.get(Vendor, vendor_id)
            self._codes[vendor_id] = vendor.code if vendor else ""
        return self._codes[vendor_id] or None

    def learn_parts(self, lines: Iterable[PurchaseOrderLine]) -> None:
        """Parts of these lines, read in one statement."""
        wanted = sorted({line.part_id for line in lines if line.part_id} - set(self._parts))
        if wanted:
            self._parts |= {part.id: part for part in self.uow.all(Part, id=wanted)}

    def learn_vendors(self, vendors: Sequence[Vendor]) -> None:
        """Vendors that were read already, so that none is asked for."""
        self._codes |= {vendor.id: vendor.code for vendor in vendors}


@lru_cache(maxsize=64)
def _parsed(text: str) -> PolicyDocument:
    """A version's document from its content; versions never change, so each is read once."""
    return PolicyDocument.model_validate_json(text)


def book(ctx: Context) -> PolicyBook:
    """The policy as it stands on the day of a change."""
    return PolicyBook(ctx.uow, ctx.at.date())
