"""After-the-fact orders: the delivery or the invoice came before anybody was asked.

What came first is told by dates: given with the order, of an invoice that waits without an order,
of a receipt, or of an invoice. Such an order is a kind of its own, goes its own way to approval,
says why, and is counted each month (domain.md).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator
from pydantic import Field as Entry
from sqlmodel import Field, SQLModel

from wopo.domain.approval_matrix import ApprovalRule, Condition, Step
from wopo.domain.columns import enum_field, id_field, ref, time_field
from wopo.domain.errors import Refusal, Soft
from wopo.domain.events import Event, event
from wopo.domain.policy_sections import Section
from wopo.domain.purchase_orders import OrderKind

FOUND = Soft(
    Refusal(
        "after_the_fact.found",
        "{vendor}'s invoice {invoice} of {day} over the same {amount} has no order yet. Nothing "
        "was sent; if {number} is for it, choose Already delivered or billed, else send it all "
        "the same.",
        logged=True,
    )
)
REASON_MISSING = Refusal(
    "after_the_fact.reason_missing",
    "{number} is an after-the-fact order, and nothing says since when and why. Nothing was sent; "
    "choose Already delivered or billed in its Details first.",
)
NOT_PAST = Refusal(
    "after_the_fact.not_past",
    "{day} is still to come, so {number} is in time. Nothing was changed; "
    "give the day of the delivery or of the invoice.",
)
OTHER_KIND = Refusal(
    "after_the_fact.other_kind",
    "{number} is {kind}, which is never after the fact. Nothing was changed; "
    "send it for approval as it is.",
)
MAY_BE = (OrderKind.STANDARD, OrderKind.AFTER_THE_FACT)
NAME = "after the fact"
DEFAULT_REASONS = (
    "It was an emergency",
    "The vendor delivered without an order",
    "Nobody knew that an order is needed",
    "The order was forgotten",
    "Another reason",
)


def _finance() -> tuple[Step, ...]:
    return ApprovalRule.model_validate({"name": NAME, "steps": ["role finance"]}).steps


class AfterTheFactSection(Section):
    """How after-the-fact orders are decided about: these steps, and the authority for the amount
    last, unless a rule of the approval section is about their kind; and the reasons to pick from.
    """

    steps: tuple[Step, ...] = Entry(default_factory=_finance)
    reasons: Annotated[tuple[str, ...], BeforeValidator(tuple)] = Entry(
        default=DEFAULT_REASONS, min_length=1, max_length=20
    )

    @property
    def rule(self) -> ApprovalRule:
        """Their way as a rule of the matrix."""
        when = Condition(kind=(OrderKind.AFTER_THE_FACT,))
        return ApprovalRule(name=NAME, when=when, steps=self.steps)

    def words(self, version: int, day: date) -> Iterator[str]:
        """One sentence."""
        reasons = "; ".join(self.reasons)
        yield (
            f"An order after the delivery or the invoice is approved by {self.rule.words}, and "
            f"says why ({reasons})."
        )


class First(StrEnum):
    """What came before the order."""

    DELIVERY = "delivery"
    INVOICE = "invoice"


class AfterTheFact(SQLModel, table=True):
    """What was said of one order: since when, by what, and why it comes after."""

    __tablename__ = "after_the_fact"

    id: str = id_field()
    purchase_order_id: str = Field(
        foreign_key="purchase_order.id", max_length=40, index=True, unique=True
    )
    happened_on: date
    first: First = enum_field(First)
    reason: str = Field(max_length=200)
    said_by_id: str | None = ref("person", null=True, index=False)
    at: datetime = time_field()

    def days(self, asked_on: date) -> int:
        """How many days the order came too late."""
        return (asked_on - self.happened_on).days


@dataclass(frozen=True)
class Dates:
    """The days around one order: when it was first asked for, what was said, what is known."""

    asked_on: date
    said_on: date | None = None
    received_on: date | None = None
    billed_on: date | None = None

    @property
    def first(self) -> tuple[date, First | None] | None:
        """The earliest day and what it is of, where it is before the order (or was said to be);
        none for an order in time. ``First`` is none for what was only said."""
        known: list[tuple[date, First | None]] = [
            (day, what)
            for day, what in (
                (self.received_on, First.DELIVERY),
                (self.billed_on, First.INVOICE),
            )
            if day is not None and day < self.asked_on
        ]
        if self.said_on is not None:
            known.append((self.said_on, None))
        return min(known, key=lambda found: found[0], default=None)


@event("purchase_order:after_the_fact")
class SaidAfterTheFact(Event):
    """Somebody said that an order comes after its delivery or invoice, and why."""

    number: str
    happened_on: date
    first: First
    reason: str


@event("after_the_fact:reported")
class AfterTheFactReported(Event):
    """Finance reads which orders of a month came after the fact. ``subject_id`` is the month."""

    text: str
    count: int
