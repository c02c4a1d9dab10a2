"""How much somebody could approve at a moment, as it was known then: limits that were set later,
even for days before, do not count."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from wopo.domain.approval_rights import Need, level
from wopo.domain.audit_tests import Period
from wopo.domain.delegations import Delegation
from wopo.domain.exchange_rates import ExchangeRate
from wopo.domain.money import Money
from wopo.domain.on_call import OnCall
from wopo.domain.people import AuthorityLimit, AuthoritySet
from wopo.usecases.faults import Fault
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.audit_tests import AuditTestStore, Decision, Recorded


class Authority:
    """Everybody's limits and the exchange rates, read once: there are few."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.limits: dict[str, list[AuthorityLimit]] = {}
        for limit in uow.all(AuthorityLimit, order=("valid_from", "id")):
            self.limits.setdefault(limit.person_id, []).append(limit)
        self.sets: dict[str, list[Recorded]] = {}
        for entry in uow.store(AuditTestStore).recorded(AuthoritySet.name):
            self.sets.setdefault(entry.subject_id, []).append(entry)
        self.delegations: dict[str, list[Delegation]] = {}
        for row in uow.all(Delegation, order=("starts", "id")):
            self.delegations.setdefault(row.from_id, []).append(row)
        self.duties = {duty.id: duty for duty in uow.all(OnCall)}
        self.rates: dict[str, list[ExchangeRate]] = {}
        for rate in uow.all(ExchangeRate, order="day"):
            self.rates.setdefault(rate.source, []).append(rate)

    def behind(self, row: Decision) -> list[AuthorityLimit]:
        """The limits behind a decision as they stood then: the cap of whoever was on call, else
        those of who decided, or in whose place."""
        if row.on_call_id is not None:
            duty = self.duties.get(row.on_call_id)
            return [_cap(duty, row)] if duty is not None and duty.person_id == row.by_id else []
        who = row.authority_id
        return limits_at(self.limits.get(who, []), self.sets.get(who, []), row.decided_at)

    def need(self, row: Decision, day: date | None = None) -> Need:
        """What a decision had to cover on its day, or would have on another."""
        day = day or row.decided_at.date()
        rates = {
            rate.target: rate.rate
            for rate in self.rates.get(row.currency, ())
            if rate.day <= row.decided_at.date()
        }
        return Need(row.amount, row.centres, day, rates=rates)

    def limit_of(self, row: Decision) -> Money | None:
        """How much the approver could approve for this order at that moment; none for nothing."""
        found = level(self.behind(row), self.need(row))
        if found is None:
            return None
        # A limit in another currency seldom is a whole number of minor units: what is beyond the
        # last whole one could not be used either.
        scale = 10 ** len(str(Money(0, row.currency).amount).partition(".")[2])
        return Money(found.numerator * scale // found.denominator, row.currency)

    def stood_in(self, row: Decision) -> bool:
        """Whether whoever decided in another's place stood in for them at that moment."""
        here, seen = row.authority_id, set[str]()
        while here != row.by_id and here not in seen:
            seen.add(here)
            links = [
                one
                for one in self.delegations.get(here, ())
                if one.made_at <= row.decided_at and one.held(row.decided_at)
            ]
            if not links:
                return False
            here = links[-1].to_id
        return here == row.by_id

    def lacks(self, row: Decision, limit: Money | None) -> bool:
        """Whether the decision needed more authority than that."""
        return row.by_authority and (limit is None or limit < row.amount)

    def ended(self, row: Decision) -> date | None:
        """The last day on which an older limit of the approver would have covered it; none where
        none ever did."""
        limits = self.behind(row)
        days = {limit.valid_to for limit in limits if limit.valid_to is not None}
        over = sorted((day for day in days if day < row.decided_at.date()), reverse=True)
        for day in over:
            found = level(limits, self.need(row, day))
            if found is not None and found >= row.amount.amount:
                return day
        return None


def _cap(duty: OnCall, row: Decision) -> AuthorityLimit:
    """What somebody on call could approve, as a limit for every cost centre."""
    day, first, last = row.decided_at.date(), duty.starts, duty.ends
    if duty.held(row.decided_at):
        # Limits go by UTC's days, being on call by the person's own.
        first, last = min(first, day), max(last, day)
    else:
        ended = duty.ended_at.date() if duty.ended_at is not None else last
        last = min(last, ended, day - timedelta(days=1))
    return AuthorityLimit(
        id="",
        person_id=duty.person_id,
        cost_centre_id=None,
        amount_minor=duty.cap_minor,
        currency=duty.currency,
        valid_from=first,
        valid_to=last,
    )


def limits_at(
    rows: Sequence[AuthorityLimit], sets: Iterable[Recorded], at: datetime
) -> list[AuthorityLimit]:
    """Limits as they stood at a moment: as they stand now, or, where one was set since, as the
    audit trail says that they were set until then."""
    sets = list(sets)
    if all(entry.at <= at for entry in sets):
        return list(rows)
    named = {(entry.facts["cost_centre_id"], entry.facts["valid_from"]) for entry in sets}
    kept = [row for row in rows if (row.cost_centre_id, row.valid_from.isoformat()) not in named]
    return kept + list(_replayed(entry for entry in sets if entry.at <= at))


def _replayed(sets: Iterable[Recorded]) -> Iterator[AuthorityLimit]:
    made: dict[tuple[str | None, date], AuthorityLimit] = {}
    for entry in sets:
        facts = entry.facts
        start = date.fromisoformat(facts["valid_from"])
        amount = Money.of(facts["amount"]["amount"], facts["amount"]["currency"])
        for (centre, earlier), limit in made.items():
            if centre == facts["cost_centre_id"] and earlier < start and limit.covers(start):
                limit.valid_to = start - timedelta(days=1)
        made[facts["cost_centre_id"], start] = AuthorityLimit(
            id="",
            person_id=entry.subject_id,
            cost_centre_id=facts["cost_centre_id"],
            amount_minor=amount.minor,
            currency=amount.currency,
            valid_from=start,
            valid_to=date.fromisoformat(facts["valid_to"]) if facts["valid_to"] else None,
        )
    yield from made.values()


EVER = Period(date(1970, 1, 1), date(9998, 12, 31))


def authority_faults(uow: UnitOfWork) -> Iterator[Fault]:
    """Approvals that the approver's authority did not cover on that day."""
    authority = Authority(uow)
    for row in uow.store(AuditTestStore).decisions(EVER):
        if not authority.stood_in(row):
            problem = f"{row.by_id} decided in place of {row.authority_id} without a delegation"
            yield Fault("authority", row.number, problem)
        if not row.by_authority:
            continue
        limit = authority.limit_of(row)
        if authority.lacks(row, limit):
            had = "could approve nothing of it" if limit is None else f"could approve up to {limit}"
            day = row.decided_at.date()
            problem = f"{row.amount} were approved by {row.by_id}, who {had} on {day}"
            yield Fault("authority", row.number, problem)
