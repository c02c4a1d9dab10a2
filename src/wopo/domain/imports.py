"""Imports: what was taken in from which source, so that taking it in again changes nothing."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from wopo.domain.columns import id_field, json_field, time_field
from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event
from wopo.domain.money import Money

PROBLEMS = Refusal(
    "import.problems",
    "The import found {count}, so nothing was changed. Mend the file and import it again:\n{list}",
)
ORDER_DIFFERS = Refusal(
    "import.order_differs",
    "Order {number} was imported before and is different in {file} now. Nothing was changed; "
    "change the order in wopo by a revision, or take it out of the file.",
)
DOCUMENT_DIFFERS = Refusal(
    "import.document_differs",
    "{kind} {number} of {vendor} was taken in before with other contents. Nothing was changed; "
    "ask the vendor which one holds.",
)
NO_ORDER = Refusal(
    "import.no_order",
    "{file} speaks of order {number}, which wopo does not have.{nearest} Nothing was changed; "
    "import the order first.",
)
OTHER_VENDOR = Refusal(
    "import.other_vendor",
    "{file} is from {vendor}, and {number} is with another vendor. Nothing was changed; "
    "ask the sender which order is meant.",
)
NO_LINE = Refusal(
    "import.no_line",
    "{file} line {line}: {item} is on no line of order {number}. Nothing was changed; "
    "the lines are: {lines}.",
)
NOT_TAKEN = Refusal(
    "import.not_taken",
    "{file} is a {kind}, which changes nothing in wopo. Nothing was changed; {instead}.",
)

APPROVED_IN_SOURCE = "approved in the source system"
IMPORTED_RULE = "imported"


class ImportedRecord(SQLModel, table=True):
    """One record of a source as it was last taken in: ``digest`` is over everything it said.

    ``facts`` keep what has no column of its own (ship date, line ids, item numbers); ``warnings``
    are sentences for a person.
    """

    __tablename__ = "imported_record"
    __table_args__ = (UniqueConstraint("target", "source_key"),)

    id: str = id_field()
    target: str = Field(max_length=30, index=True)
    source_key: str = Field(max_length=200)
    digest: str = Field(max_length=64)
    subject_id: str = Field(max_length=40, index=True)
    source: str = Field(max_length=200)
    line: int = 0
    facts: dict[str, Any] = json_field()
    warnings: list[str] = json_field(list)
    at: datetime = time_field()


@event("import:finished")
class ImportFinished(Event):
    """A whole import is done: how many records of each kind were added, changed and left alone,
    how many warnings wait for a person, and by how much rounded line totals differ from the
    source's."""

    files: list[str]
    counts: dict[str, dict[str, int]]
    warnings: int
    rounding_lines: int
    rounding_largest: Decimal
    rounding_sum: Decimal
    sentence: str


@event("import:billed_as_ordered")
class BilledAsOrdered(Event):
    """Every complete imported order was invoiced for what was ordered (for trying the match)."""

    invoices: int
    total: list[Money]
    held: int
    sentence: str
