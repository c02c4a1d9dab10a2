"""Labour: hours worked on a job, at the person's rate valid that day."""

from datetime import date, datetime
from decimal import Decimal

from sqlmodel import Field, SQLModel

from wopo.domain.columns import decimal_field, id_field, minor_field, ref, time_field
from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event
from wopo.domain.money import Money, checked_decimal

HOURS_PLACES = 2
HOURS_A_DAY = Decimal(24)

NO_RATE = Refusal(
    "labour.no_rate",
    "{name} has no labour rate valid on {day}. Nothing was changed; "
    "ask an administrator to set the rate, the hours can be entered afterwards.",
    logged=True,
)
HOURS_RANGE = Refusal(
    "labour.hours",
    "{hours} hours can't be entered. Nothing was changed; "
    "enter more than 0 and at most 24 hours, for example 1.5.",
)
DAY_FULL = Refusal(
    "labour.day_full",
    "{name} already has {already} hours on {day}, so {hours} more do not fit into the day. "
    "Nothing was changed; check the hours or the day.",
)
FUTURE_DAY = Refusal(
    "labour.future_day",
    "{day} is still to come. Nothing was changed; enter hours of today or earlier.",
)
CORRECTED = Refusal(
    "labour.corrected",
    "This entry of {hours} hours was already corrected. Nothing was changed; "
    "correct the newest entry instead.",
    logged=True,
)
IS_CORRECTION = Refusal(
    "labour.is_correction",
    "This is a correction itself. Nothing was changed; enter the right hours as a new entry.",
)


class LabourEntry(SQLModel, table=True):
    """Hours worked on a job. A mistake is corrected by a second, negative entry.

    ``rate`` is per hour in ``rate_currency``; ``amount_minor`` is in ``currency``, the cost
    centre's, converted at ``exchange_rate``.
    """

    __tablename__ = "labour_entry"

    id: str = id_field()
    work_order_id: str = ref("work_order")
    person_id: str = ref("person")
    day: date = Field(index=True)
    hours: Decimal = decimal_field()
    rate: Decimal = decimal_field()
    rate_currency: str = Field(max_length=3)
    exchange_rate: Decimal = decimal_field(Decimal(1))
    amount_minor: int = minor_field()
    currency: str = Field(max_length=3)
    cost_centre_id: str = ref("cost_centre", index=False)
    corrects_id: str | None = Field(
        default=None, foreign_key="labour_entry.id", max_length=40, unique=True
    )
    entered_by_id: str | None = ref("person", null=True)
    at: datetime = time_field()
    note: str = Field(default="", max_length=300)

    @property
    def amount(self) -> Money:
        """What the hours cost the job."""
        return Money(self.amount_minor, self.currency)


@event("work_order:labour_entered")
class LabourEntered(Event):
    """Hours were entered, or taken back (negative hours and amount). ``subject_id`` is the work
    order's id."""

    number: str
    work_order_id: str
    labour_entry_id: str
    person_id: str
    person: str
    day: date
    hours: Decimal
    amount: Money
    cost_centre_id: str
    corrects_id: str | None


def checked_hours(hours: Decimal) -> Decimal:
    """More than 0, at most 24, at most two decimals; else a refusal at the field ``hours``."""
    number = checked_decimal(hours, label="Hours", places=HOURS_PLACES, field="hours")
    if not 0 < number <= HOURS_A_DAY:
        raise HOURS_RANGE(field="hours", hours=number)
    return number


def labour_cost(hours: Decimal, rate: Decimal, currency: str, *, exchange: Decimal) -> Money:
    """Hours x rate x exchange rate, rounded once (domain.md, invariant 1)."""
    return Money.of(hours * rate * exchange, currency)
