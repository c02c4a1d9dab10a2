"""Out-of-pocket purchases: a technician paid already; somebody decides, the job bears it, and the
person is paid back once.

They are checked like orders: a limit in the policy, receipts declared twice or billed as well, the
job's not-to-exceed amount, the budget, and a decision by somebody else with the authority.
"""

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from pydantic import Field as Entry
from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from wopo.domain.columns import (
    Row,
    decimal_field,
    enum_field,
    id_field,
    json_field,
    minor_field,
    ref,
    time_field,
)
from wopo.domain.duplicates import NEAR_DAYS
from wopo.domain.errors import Refusal, Soft
from wopo.domain.events import Event, event
from wopo.domain.money import Money, plain
from wopo.domain.policy_sections import Section
from wopo.domain.workflow import Workflow

SAME_RECEIPT = Refusal(
    "out_of_pocket.same_receipt",
    "This receipt is declared already, as {number} of {who}. Nothing was changed; "
    "send the photo of another receipt.",
    logged=True,
)
ALIKE = Soft(
    Refusal(
        "out_of_pocket.alike",
        "It looks like {others}. Nothing was changed; "
        "if it is another purchase, send it all the same.",
    )
)
OVER_NTE = Soft(
    Refusal(
        "out_of_pocket.over_nte",
        "With {number} {job} would cost more than its not-to-exceed amount of {nte}. "
        "Nothing was changed; ask the supervisor to raise it, or approve all the same.",
        logged=True,
    )
)
OWN_PURCHASE = Refusal(
    "out_of_pocket.own",
    "You paid {number} yourself, so someone else must approve it. Nothing was changed; "
    "{who} can decide.",
    logged=True,
)
NO_AUTHORITY = Refusal(
    "out_of_pocket.no_authority",
    "You cannot decide about {number}. Nothing was changed; {who} can.",
    logged=True,
)
FUTURE_DAY = Refusal(
    "out_of_pocket.future",
    "{day} is still to come. Nothing was changed; give the day on the receipt.",
)
PHOTO_UNREAD = Soft(
    Refusal(
        "out_of_pocket.photo_unread",
        "The receipt of {number} is still being read, so nobody knows yet whether it was declared "
        "before. Nothing was changed; wait a minute, or look at it and approve all the same.",
    )
)
NOTHING_TO_PAY = Refusal(
    "out_of_pocket.nothing_to_pay",
    "Nothing waits to be paid back, so no file was made and nothing was changed.",
)

DEFAULT_REASONS = (
    "The job could not wait",
    "No vendor's shop was near",
    "The vendor did not have it",
    "No phone or signal in the shop",
    "Another reason",
)


class PocketSection(Section):
    """What may be paid out of one's own pocket: ``up_to`` in the company's currency, for one
    purchase and for all that one person or for one job within the days of ``splits`` (what is more
    is flagged for whoever decides), and the reasons to pick from."""

    up_to: Decimal = Entry(default=Decimal(50), ge=0, decimal_places=2)
    reasons: tuple[str, ...] = Entry(default=DEFAULT_REASONS, min_length=1, max_length=20)

    def words(self, version: int, day: date) -> Iterator[str]:
        """One sentence."""
        reasons = "; ".join(self.reasons)
        yield (
            f"Out of pocket up to {plain(self.up_to)}, for one purchase and for all of one person "
            f"or job within the days that orders are added up, for a reason from the list "
            f"({reasons}); more is flagged for whoever decides."
        )


class PocketState(StrEnum):
    """waiting -> approved -> paid_back; rejected; withdrawn."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    PAID_BACK = "paid_back"


_S = PocketState
POCKET = Workflow(
    {
        (_S.WAITING, "approve"): _S.APPROVED,
        (_S.WAITING, "reject"): _S.REJECTED,
        (_S.WAITING, "withdraw"): _S.WITHDRAWN,
        (_S.APPROVED, "pay_back"): _S.PAID_BACK,
    }
)
"""Every legal move."""


class OutOfPocket(SQLModel, table=True):
    """One purchase (OOP). ``amount_minor`` is what was paid, ``charged_minor`` the same in the cost
    centre's currency on the day it was bought; gross, as the receipt says.

    ``part_request_line_id``: the need of the job that ``quantity`` was bought for.
    ``flags``: what whoever decides should know, in words. ``together_minor``: what it is decided
    together with, in the cost centre's currency. ``photos_read``: its photos were compared with all
    that were declared. ``matrix_rule``: the policy's rule about who decides. ``eligible_ids``: of
    whom it is asked now. ``payback_id``: the file it was paid back with.
    """

    __tablename__ = "out_of_pocket"
    __table_args__ = (
        Index("ix_out_of_pocket_state", "state", "created_at"),
        Index("ix_out_of_pocket_alike", "amount_minor", "bought_on"),
    )

    id: str = id_field()
    number: str = Field(max_length=40, unique=True)
    state: PocketState = enum_field(PocketState, default=PocketState.WAITING)
    work_order_id: str = ref("work_order")
    cost_centre_id: str = ref("cost_centre", index=False)
    project_id: str | None = ref("project", null=True, index=False)
    person_id: str = ref("person")
    bought_on: date
    description: str = Field(max_length=300)
    part_id: str | None = ref("part", null=True, index=False)
    part_request_line_id: str | None = ref("part_request_line", null=True, index=False)
    quantity: Decimal = decimal_field(Decimal(1))
    amount_minor: int = minor_field()
    currency: str = Field(max_length=3)
    charged_minor: int = minor_field()
    charged_currency: str = Field(max_length=3)
    reason: str = Field(max_length=200)
    flags: list[str] = json_field(list)
    together_minor: int = minor_field()
    photos_read: bool = False
    matrix_rule: str = Field(default="", max_length=80)
    eligible_ids: list[str] = json_field(list)
    created_at: datetime = time_field()
    decided_by_id: str | None = ref("person", null=True, index=False)
    decided_at: datetime | None = time_field(null=True)
    decision_reason: str = Field(default="", max_length=500)
    payback_id: str | None = ref("payback", null=True)
    version: int = 0

    @property
    def amount(self) -> Money:
        """What was paid."""
        return Money(self.amount_minor, self.currency)

    @property
    def charged(self) -> Money:
        """What it costs the job."""
        return Money(self.charged_minor, self.charged_currency)


class PocketDecision(Row, table=True):
    """One decision that a purchase needs; ``step`` says when it is its turn, ``wanted`` who makes
    it, as for orders (``Approval.wanted``); ``made_for_id``: in whose place it was made."""

    __tablename__ = "pocket_decision"

    id: str = id_field()
    out_of_pocket_id: str = ref("out_of_pocket")
    step: int = 1
    wanted: str = Field(max_length=80)
    made_by_id: str | None = ref("person", null=True, index=False)
    made_for_id: str | None = ref("person", null=True, index=False)
    made_at: datetime | None = time_field(null=True)


class PocketAsk(Row, table=True):
    """That a purchase is asked of one person now. What waits for them is one look into its
    index."""

    __tablename__ = "pocket_ask"
    __table_args__ = (Index("ix_pocket_ask_waiting", "person_id", "waiting", "asked_at"),)

    person_id: str = Field(primary_key=True, foreign_key="person.id", max_length=40)
    out_of_pocket_id: str = Field(
        primary_key=True, foreign_key="out_of_pocket.id", max_length=40, index=True
    )
    waiting: bool = True
    asked_at: datetime = time_field()


class Payback(SQLModel, table=True):
    """One file of purchases that were paid back (RB)."""

    __tablename__ = "payback"

    id: str = id_field()
    number: str = Field(max_length=40, unique=True)
    made_by_id: str | None = ref("person", null=True, index=False)
    at: datetime = time_field()


def following(purchase: OutOfPocket, verb: str) -> PocketState:
    """The state that a move leads to; ``ILLEGAL_MOVE`` where it is none."""
    return POCKET.move(purchase.state, verb, subject=purchase.number)


def move(purchase: OutOfPocket, verb: str) -> None:
    """Make a legal move, else ``ILLEGAL_MOVE``."""
    purchase.state = following(purchase, verb)
    purchase.version += 1


def near_days(day: date) -> tuple[date, date]:
    """The days between which the same amount may be the same purchase."""
    near = timedelta(days=NEAR_DAYS)
    return day - near, day + near


def names_of(people: Collection[str]) -> str:
    """Who can decide, or that nobody can yet."""
    return " or ".join(people) or "nobody yet; finance is told"


@event("out_of_pocket:declared")
class PocketDeclared(Event):
    """Somebody paid for a job out of their own pocket and asks for it back."""

    number: str
    work_order_id: str
    person_id: str
    amount: Money
    reason: str
    flags: list[str]
    eligible_ids: list[str]


@event("out_of_pocket:rerouted")
class PocketRerouted(Event):
    """Others decide about it now."""

    number: str
    before_ids: list[str]
    eligible_ids: list[str]


@event("out_of_pocket:step_decided")
class PocketStepDecided(Event):
    """One of several decisions was made: it is the turn of ``next_ids``; ``before_ids`` had the
    purchase before."""

    number: str
    wanted: str
    by_id: str
    for_id: str | None
    before_ids: list[str]
    next_ids: list[str]


@event("out_of_pocket:photos_read")
class PocketPhotosRead(Event):
    """The photos of its receipt were compared with all others; ``twin_ids`` are living purchases
    with one of the very same, ``unread`` photos that could not be read."""

    number: str
    twin_ids: list[str]
    unread: list[str]


@event("out_of_pocket:approved")
class PocketApproved(Event):
    """It is paid back and the job bears it."""

    number: str
    work_order_id: str
    person_id: str
    by_id: str
    amount: Money


@event("out_of_pocket:ended")
class PocketEnded(Event):
    """It is not paid back: rejected, or withdrawn by who declared it."""

    number: str
    work_order_id: str
    person_id: str
    state: PocketState
    reason: str


@event("out_of_pocket:paid_back")
class PocketsPaidBack(Event):
    """These purchases are on a file of finance; ``subject_id`` is the file's."""

    number: str
    purchase_ids: list[str]
    numbers: list[str]
    totals: list[Money]
