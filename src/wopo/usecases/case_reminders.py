"""Reminding owners of their open cases, and telling who is above them when nothing happens."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from wopo.domain.case_snoozes import CasesEscalated, OwnerReminded
from wopo.domain.deliveries import at_work
from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.outbox import Mode
from wopo.domain.people import Person, Role
from wopo.usecases.door import Answer, Command, Context, Notice, announces, use_case
from wopo.usecases.ports.people import PeopleStore
from wopo.usecases.ports.sweeps import SweepStore
from wopo.usecases.settings import FINANCE, channels, company
from wopo.usecases.sweeps import AT_ONCE, once

MOST_REMINDED = 50
"""Cases that one reminder counts."""
OWNER, ABOVE = "case_reminder", "case_escalation"
"""The cards of a reminder and of an escalation."""
Audience = tuple[str, str]
"""Whom an escalation goes to: the subject of its card, and its audience."""


class RemindOwners(Command):
    """Remind owners of their open cases, in their working hours, once a day."""


class EscalateCases(Command):
    """Tell who is above a case's owner that it is overdue, once per case."""


@use_case(RemindOwners, action="remind owners of exceptions", system=True)
def remind_owners(command: RemindOwners, ctx: Context) -> Answer:
    """One reminder per person and day, with what is due first; what is put off, and what is kept
    quiet, is not called to mind."""
    settings, store = company(ctx.uow), ctx.uow.store(SweepStore)
    before = ctx.at - timedelta(hours=settings.remind_owners_after_hours)
    days = {
        person.id: day
        for person in ctx.uow.all(
            Person, id=sorted(store.owners(before, ctx.at)), active=True, order="id"
        )
        if (day := at_work(person, ctx.at, settings.working_hours)) is not None
    }
    periods = {id: f"{day.isoformat()}:{id}" for id, day in days.items()}
    done = store.done("remind_owner", list(periods.values())) if periods else set()
    reminded = 0
    for person_id, period in periods.items():
        if period in done:
            continue
        ids = store.to_remind(person_id, before, ctx.at, days[person_id], MOST_REMINDED)
        if ids:
            once(ctx, "remind_owner", period, cases=len(ids))
            ctx.record(OwnerReminded(subject_id=person_id, case_ids=ids))
            reminded += 1
    return Answer(message=f"{reminded} people reminded.", facts={"reminded": reminded})


@announces(OwnerReminded)
def post_reminder(event: OwnerReminded, ctx: Context) -> Iterable[Notice]:
    """To the person alone; what is still open is read when it is sent."""
    audience = f"person:{event.subject_id}"
    yield Notice(OWNER, event.subject_id, audience, Mode.POST, {"case_ids": event.case_ids})


@use_case(EscalateCases, action="escalate exceptions", system=True)
def escalate_cases(command: EscalateCases, ctx: Context) -> Answer:
    """Cases overdue by the set number of days, each once: to their owner's manager, else to
    finance. Putting a case off does not stop this: somebody else shall know that it was."""
    days = company(ctx.uow).escalate_after_days
    if not days:
        return Answer(message="Nothing is escalated.", facts={"escalated": 0})
    due = ctx.uow.store(SweepStore).to_escalate(ctx.at - timedelta(days=days), ctx.at, AT_ONCE)
    by_audience: dict[Audience, list[ExceptionCase]] = {}
    above = _Above(ctx)
    for case in due:
        for whom in above.told(case):
            by_audience.setdefault(whom, []).append(case)
    told: set[str] = set()
    for (subject_id, audience), cases in by_audience.items():
        ids = [case.id for case in cases]
        told.update(ids)
        ctx.record(CasesEscalated(subject_id=subject_id, case_ids=ids, audience=audience))
    for case_id in sorted(told):
        once(ctx, "escalated", case_id)
    return Answer(message=f"{len(told)} exceptions escalated.", facts={"escalated": len(told)})


class _Above:
    """Who is above the owners of cases, and may be told now."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._hours = company(ctx.uow).working_hours
        self._finance: list[Audience] | None = None

    def told(self, case: ExceptionCase) -> Sequence[Audience]:
        """The owner's manager, else finance; nobody while it is night for them."""
        owner = self._ctx.uow.get(Person, case.owner_id) if case.owner_id else None
        manager_id = owner.manager_id if owner else None
        manager = self._ctx.uow.get(Person, manager_id) if manager_id else None
        if manager is None or not manager.active:
            return self._desk()
        return self._awake([manager])

    def _desk(self) -> list[Audience]:
        """The channel that is set for finance, else everybody of finance."""
        if self._finance is None:
            if channels(self._ctx.uow).get(FINANCE):
                self._finance = [(FINANCE, f"setting:{FINANCE}")]
            else:
                people = self._ctx.uow.store(PeopleStore).with_role(Role.FINANCE)
                self._finance = self._awake(people)
        return self._finance

    def _awake(self, people: Sequence[Person]) -> list[Audience]:
        return [
            (person.id, f"person:{person.id}")
            for person in people
            if at_work(person, self._ctx.at, self._hours) is not None
        ]


@announces(CasesEscalated)
def post_escalation(event: CasesEscalated, ctx: Context) -> Iterable[Notice]:
    """One message for all that is told to somebody now."""
    facts = {"case_ids": event.case_ids}
    yield Notice(ABOVE, event.subject_id, event.audience, Mode.POST, facts)
