"""Reminding owners of their open cases, telling who is above them when nothing happens, and asking
receivers again whether something arrived."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from wopo.domain.case_notes import ArrivalAskedAgain, CaseNote, NoteKind
from wopo.domain.case_snoozes import EVERYWHERE, CasesEscalated, OwnerReminded
from wopo.domain.deliveries import at_work
from wopo.domain.exception_cases import CaseState, ExceptionCase
from wopo.domain.money import plain
from wopo.domain.numbers import short
from wopo.domain.outbox import Mode, PostedCard
from wopo.domain.people import Person, Role
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.usecases.case_answers import asked_to, missing_of
from wopo.usecases.door import Answer, Command, Context, Notice, announces, use_case
from wopo.usecases.exception_notices import QUESTION
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


class AskArrivals(Command):
    """Ask again whether it arrived, on the day that the receiver named."""


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


@use_case(AskArrivals, action="ask again whether goods arrived", system=True)
def ask_arrivals(command: AskArrivals, ctx: Context) -> Answer:
    """Once per answer, in the person's working hours from their day on; not when it arrived, or
    when they answered anew, meanwhile."""
    hours, asked = company(ctx.uow).working_hours, 0
    begun = (ctx.at + EVERYWHERE).date()
    notes = ctx.uow.store(SweepStore).arrivals_to_ask(begun, AT_ONCE)
    people = ctx.uow.many(Person, {str(note.by_id) for note in notes})
    for note in notes:
        person = people[str(note.by_id)]
        event = _question(ctx, note) if person.active else None
        if event is not None:
            day = at_work(person, ctx.at, hours)
            if day is None or (note.ask_on or day) > day:
                continue
            ctx.record(event)
            asked += 1
        note.asked_at = ctx.at
        once(ctx, "ask_arrival", note.id)
    return Answer(message=f"{asked} receivers asked again.", facts={"asked": asked})


def _question(ctx: Context, note: CaseNote) -> ArrivalAskedAgain | None:
    """What is asked again; none when nothing is to be asked any more."""
    case = ctx.require(ExceptionCase, note.case_id, label="exception")
    said = (NoteKind.NOT_ARRIVED, NoteKind.NOT_MINE)
    (last,) = ctx.uow.all(
        CaseNote,
        case_id=case.id,
        by_id=note.by_id,
        said=list(said),
        order=("-at", "-id"),
        limit=1,
    )
    if case.state is CaseState.RESOLVED or last.id != note.id:
        return None
    if asked_to(ctx.uow, case) != note.by_id:
        return None
    line = ctx.require(PurchaseOrderLine, str(case.purchase_order_line_id), label="order line")
    order = ctx.require(PurchaseOrder, line.purchase_order_id, label="purchase order")
    much = f"{plain(missing_of(line))} {line.unit} {line.description}"
    return ArrivalAskedAgain(
        subject_id=case.id,
        number=case.number,
        person_id=str(note.by_id),
        text=f"Did {much} ({short(order.number)}) arrive by now? Answer in the question above.",
    )


@announces(ArrivalAskedAgain)
def post_question(event: ArrivalAskedAgain, ctx: Context) -> Iterable[Notice]:
    """The question has all its answers again, and a reply in its thread calls it to mind (an edit
    alone tells nobody)."""
    audience = f"person:{event.person_id}"
    yield Notice(QUESTION, event.subject_id, audience, Mode.KEEP)
    copy = ctx.uow.find(PostedCard, card=QUESTION, subject_id=event.subject_id, audience=audience)
    if copy is not None:
        thread = f"at:{copy.channel}:{copy.ts}"
        yield Notice("direct", event.subject_id, thread, Mode.REPLY, {"text": event.text})
