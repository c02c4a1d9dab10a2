"""The purchasing policy: one written document with a section per concern, kept in versions.

A version is never changed. In force on a day is the newest version whose day has come: what was
decided last wins, also over a version that was planned earlier for a later day.
"""

import hashlib
import json
from datetime import date, datetime
from typing import Any

from pydantic import Field as Entry
from sqlmodel import Field, SQLModel

from wopo.domain.after_the_fact import AfterTheFactSection
from wopo.domain.approval_matrix import ApprovalSection
from wopo.domain.columns import id_field, json_field, ref, time_field
from wopo.domain.dispute_rules import DisputesSection
from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event
from wopo.domain.out_of_pocket import PocketSection
from wopo.domain.policy_sections import Part, Section
from wopo.domain.purchasing_rules import RoutesSection
from wopo.domain.split_orders import SplitSection
from wopo.domain.tolerance_rules import MatchingSection

PAST = Refusal(
    "purchasing_policy.past",
    "The policy would take effect on {day}, which is past, and change what was decided since. "
    "Nothing was changed; let it take effect today ({today}) or later.",
)
UNKNOWN_CODE = Refusal(
    "purchasing_policy.unknown",
    "The rule '{rule}' is about {kind} {code}, which is not there. "
    "Nothing was changed; correct the code, or add the {kind} first.",
)


class PolicyDocument(Part):
    """What people write. Every section may be left out; then what wopo ships holds for it.

    A new section is a field here and a ``Section`` in a file of its own; taking it in, telling its
    mistakes by line and column, and showing it in plain words follow.
    """

    title: str = Entry(min_length=1, max_length=120)
    effective_from: date | None = None
    routes: RoutesSection = RoutesSection()
    matching: MatchingSection = MatchingSection()
    splits: SplitSection = SplitSection()
    approval: ApprovalSection = ApprovalSection()
    pocket: PocketSection = PocketSection()
    after_the_fact: AfterTheFactSection = AfterTheFactSection()
    disputes: DisputesSection = DisputesSection()

    def sections(self) -> dict[str, Section]:
        """The sections by their names, in the order of the document."""
        values = ((name, getattr(self, name)) for name in type(self).model_fields)
        return {name: value for name, value in values if isinstance(value, Section)}

    def content(self) -> dict[str, Any]:
        """As JSON values, with exactly the keys that were written."""
        return self.model_dump(mode="json", exclude_unset=True)

    def digest(self) -> str:
        """SHA-256 over the content, whatever comments and order it was written in."""
        text = json.dumps(self.content(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


class PurchasingPolicy(SQLModel, table=True):
    """One version: its text as it was written, and its content as it was understood."""

    __tablename__ = "purchasing_policy"

    id: str = id_field()
    version: int = Field(unique=True)
    title: str = Field(max_length=120)
    effective_from: date
    text: str
    content: dict[str, Any] = json_field()
    digest: str = Field(max_length=64)
    imported_by_id: str | None = ref("person", null=True)
    imported_at: datetime = time_field()


SHIPPED_POLICY = PolicyDocument(title="What wopo ships")
"""The policy of a company that has set none; its version is 0."""


@event("purchasing_policy:imported")
class PolicyImported(Event):
    """A new version of the purchasing policy is known, and takes effect on its day."""

    version: int
    title: str
    effective_from: date
    digest: str
