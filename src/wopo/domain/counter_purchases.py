"""Purchases at a vendor's counter: a number in the shop, up to a cap a day, else somebody decides.

The cap counts what one person, and what one job, got numbers for on the same day, so that nothing
is gained by splitting a purchase (reliability A28).
"""

from dataclasses import dataclass

from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event
from wopo.domain.money import Money
from wopo.domain.people import Person
from wopo.domain.settings import CompanySettings

RULE = "counter cap"
"""What decides about a purchase within the cap; written on the approval in place of a person."""

NOT_COUNTER = Refusal(
    "counter.not_counter",
    "{number} was not bought at a counter. Nothing was changed; receive it instead.",
)
NOT_BOUGHT = Refusal(
    "counter.not_bought",
    "{number} is {state}, so nothing may be bought on it. Nothing was changed; {accepted}.",
    logged=True,
)


@dataclass(frozen=True)
class CounterFacts:
    """What the rule looks at. ``amount`` and ``today``, what the person or the job (whichever is
    more) got numbers for today, are in the cap's currency; no amount where no rate compares them.
    """

    cap: Money
    amount: Money | None
    today: Money
    within_nte: bool
    within_budget: bool


@dataclass(frozen=True)
class CounterRuling:
    """Whether the number is given at once, and the rule's name and sentence; without figures but
    the cap, since technicians and channels read it."""

    at_once: bool
    rule: str
    sentence: str


def cap_of(person: Person, settings: CompanySettings) -> Money:
    """What the person may buy at counters in a day without asking."""
    own = person.counter_cap_minor
    return Money(settings.counter_cap_minor if own is None else own, settings.currency)


def decide(facts: CounterFacts) -> CounterRuling:
    """The first thing in the way, or none."""
    cap = facts.cap
    if facts.amount is None:
        return _asks("no-rate", "No exchange rate compares it with the counter cap")
    if cap < facts.today + facts.amount:
        return _asks(
            "over-counter-cap", f"With it more than {cap} would be bought at counters today"
        )
    if not facts.within_nte:
        return _asks("over-nte", "The job would cost more than its not-to-exceed amount")
    if not facts.within_budget:
        return _asks("over-budget", "The budget does not cover it")
    sentence = f"Up to {cap} a day a person buys at a counter without asking."
    return CounterRuling(True, RULE, sentence)


def _asks(rule: str, why: str) -> CounterRuling:
    return CounterRuling(False, rule, f"{why}, so somebody decides first.")


@event("approval:by_rule")
class ApprovedByRule(Event):
    """A rule allowed a purchase, nobody approved it: ``rule`` and its sentence say why, ``cap`` and
    ``today`` what they were measured by. ``subject_id`` is the approval's."""

    order_id: str
    number: str
    revision: int
    amount: Money
    rule: str
    sentence: str
    cap: Money
    today: Money
    asked_by_id: str


@event("counter:receipt_kept")
class TillReceiptKept(Event):
    """The photo of the till receipt is there. ``booked``: the goods are received with it;
    otherwise a receiver has to. ``subject_id`` is the order's."""

    number: str
    attachment_ids: list[str]
    booked: bool


@event("counter:receipt_asked")
class TillReceiptAsked(Event):
    """The till receipt was asked for. ``last``: for the second time, the supervisors are told."""

    number: str
    person_id: str
    last: bool
