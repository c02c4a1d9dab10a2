"""The cost ledger: every unit of money of a job or cost centre, append-only.

What an order line costs is derived from its facts; the ledger is posted the difference between
that and what stands there. So receipt, return, revision, invoice and credit in any order end in
the same sum (domain.md, invariant 8).
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from wopo.domain.columns import enum_field, id_field, minor_field, ref, time_field
from wopo.domain.events import Event, event
from wopo.domain.money import Money


class CostKind(StrEnum):
    """What state the money is in, or what it was spent on. ``REVERSED`` marks money that was
    planned or committed and will not be spent."""

    PLANNED = "planned"
    COMMITTED = "committed"
    ACCRUED = "accrued"
    INVOICED = "invoiced"
    VARIANCE = "variance"
    REVERSED = "reversed"
    STOCK_ISSUE = "stock_issue"
    LABOUR = "labour"
    OUT_OF_POCKET = "out_of_pocket"


class LedgerEntry(SQLModel, table=True):
    """One signed amount, in the cost centre's currency, with the document it comes from."""

    __tablename__ = "ledger_entry"
    __table_args__ = (Index("ix_ledger_line", "purchase_order_line_id", "kind"),)

    id: str = id_field()
    at: datetime = time_field()
    kind: CostKind = enum_field(CostKind)
    amount_minor: int = minor_field()
    currency: str = Field(max_length=3)
    cost_centre_id: str = ref("cost_centre", index=False)
    work_order_id: str | None = ref("work_order", null=True)
    project_id: str | None = ref("project", null=True, index=False)
    budget_id: str | None = ref("budget", null=True)
    purchase_order_line_id: str | None = ref("purchase_order_line", null=True, index=False)
    source: str = Field(max_length=40)
    source_id: str = Field(max_length=40, index=True)
    by_id: str | None = ref("person", null=True, index=False)


@event("cost:posted")
class CostPosted(Event):
    """Money of an order, a job or a budget changed its state. ``subject_id`` is the document it
    comes from; ``moved`` is the sum posted per kind."""

    source: str
    work_order_ids: list[str]
    moved: dict[str, Money]
