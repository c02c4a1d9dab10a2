"""Auditor's tests of authority: 4, 5, 10, 17, 18 and 20."""

from collections.abc import Iterator
from datetime import timedelta

from wopo.domain.audit_patterns import NEAR, REPEATED, untimely
from wopo.domain.audit_tests import Hit
from wopo.domain.people import PersonDeactivated, PersonReactivated
from wopo.usecases.audit_tests.duties import decision_hit
from wopo.usecases.audit_tests.scope import Scope, finds, when
from wopo.usecases.ports.audit_tests import Decision, Recorded

AT_ONCE = timedelta(seconds=5)


@finds(4)
def above_limit(scope: Scope) -> Iterator[Hit]:
    """Decisions that the approver's limits did not cover, nor had covered before they ended."""
    authority = scope.authority
    for row in scope.store.decisions(scope.period):
        limit = authority.limit_of(row)
        if authority.lacks(row, limit) and authority.ended(row) is None:
            had = "had no limit for it" if limit is None else f"could approve up to {limit}"
            text = f"{scope.name(row.by_id)} {had} on {row.decided_at.date()}"
            yield decision_hit(4, row, text)


@finds(5)
def after_the_end(scope: Scope) -> Iterator[Hit]:
    """Decisions that only an authority covered that had ended, and those in another's place
    outside of a delegation's days."""
    authority = scope.authority
    for row in scope.store.decisions(scope.period):
        if not authority.stood_in(row):
            whom = scope.name(row.authority_id)
            text = f"{scope.name(row.by_id)} decided in place of {whom} without a delegation then"
            yield decision_hit(5, row, text)
            continue
        limit = authority.limit_of(row)
        if authority.lacks(row, limit):
            ended = authority.ended(row)
            if ended is not None:
                text = f"the authority of {scope.name(row.by_id)} for it ended on {ended}"
                yield decision_hit(5, row, text)


@finds(10)
def below_limit(scope: Scope) -> Iterator[Hit]:
    """Approvers with several decisions at 90 to 100 per cent of their limit."""
    authority = scope.authority
    near: dict[str, list[Decision]] = {}
    for row in scope.store.decisions(scope.period):
        limit = authority.limit_of(row)
        if row.by_authority and limit and NEAR * limit.minor <= row.amount_minor <= limit.minor:
            near.setdefault(row.by_id, []).append(row)
    for by_id, rows in sorted(near.items()):
        if len(rows) >= REPEATED:
            text = f"{len(rows)} orders at 90 to 100 % of the limit: " + ", ".join(
                f"{row.number} {row.amount}" for row in rows
            )
            yield Hit(
                10, scope.name(by_id), rows[-1].decided_at.date(), text, None,
                tuple(row.order_id for row in rows),
            )  # fmt: skip


@finds(17)
def at_night(scope: Scope) -> Iterator[Hit]:
    """Decisions on a weekend or at night where the approver is."""
    for row in scope.store.decisions(scope.period):
        if told := untimely(row.decided_at, scope.zone(row.by_id)):
            yield decision_hit(17, row, f"{scope.name(row.by_id)} approved {told}")


@finds(18)
def at_once(scope: Scope) -> Iterator[Hit]:
    """Decisions that nobody can have read first."""
    for row in scope.store.decisions(scope.period):
        taken = row.decided_at - row.asked_at
        if taken < AT_ONCE:
            seconds = f"{taken.seconds}.{taken.microseconds // 100_000}"
            text = f"{scope.name(row.by_id)} approved {seconds} seconds after it was asked"
            yield decision_hit(18, row, text)


@finds(20)
def inactive(scope: Scope) -> Iterator[Hit]:
    """Decisions in the name of somebody who was deactivated at that moment."""
    gone: dict[str, list[tuple[Recorded, bool]]] = {}
    for name, active in ((PersonDeactivated.name, False), (PersonReactivated.name, True)):
        for entry in scope.store.recorded(name):
            gone.setdefault(entry.subject_id, []).append((entry, active))
    for row in scope.store.decisions(scope.period):
        before = [pair for pair in gone.get(row.by_id, ()) if pair[0].at <= row.decided_at]
        if before:
            last, active = max(before, key=lambda pair: pair[0].at)
            if not active:
                text = f"{scope.name(row.by_id)} was deactivated on {when(last.at)}"
                yield decision_hit(20, row, text)
