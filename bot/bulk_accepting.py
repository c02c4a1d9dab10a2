"""Accepting many exceptions for one reason: each by itself, in queued steps where they are many."""

from collections.abc import Callable, Sequence
from typing import Any

from bot.modals.exception_cases import CHANGED
from bot.results import tell_result
from bot.services import Services
from wopo.domain.errors import DomainError
from wopo.domain.exception_cases import CaseState
from wopo.domain.numbers import short
from wopo.domain.outbox import Mode, OutboxRow
from wopo.usecases.door import ActorRef, Answer, Notice
from wopo.usecases.exception_cases import AcceptCase
from wopo.usecases.execute import execute
from wopo.usecases.outbox import QueueTask
from wopo.usecases.views.exception_cards import case_view

ACCEPT_CASES = "accept_cases"
STEP = 50
"""Exceptions that one step accepts."""
NAMED = 20
"""Refusals that are told in words."""
PATIENCE = 30.0
Pairs = Sequence[Sequence[str]]
Do = Callable[..., Answer]


def register(services: Services) -> None:
    """Make the piece of work known."""
    services.tasks[ACCEPT_CASES] = accept_step


def queued(person_id: str, pairs: Pairs, reason: str, **told: Any) -> QueueTask:
    """The work that is left: each case with the difference that was shown; ``told`` is what the
    steps before it did."""
    cases = [list(pair) for pair in pairs]
    given = {"person_id": person_id, "cases": cases, "reason": reason, **told}
    return QueueTask(task=ACCEPT_CASES, given=given)


def accept_step(services: Services, row: OutboxRow) -> None:
    """Accept some in the name of whoever asked, and queue the others; the last step tells them.
    Done twice it changes nothing twice: every key is made of the row's id."""
    given = row.facts
    actor = ActorRef(str(given["person_id"]), "slack")

    def do(command: Any, *, part: str) -> Answer:
        key = f"{ACCEPT_CASES}:{row.id}:{part}"
        return execute(services.door, command, actor=actor, key=key, deadline=PATIENCE)

    now, later = given["cases"][:STEP], given["cases"][STEP:]
    done, refused = accept_each(do, services, now, given["reason"])
    done, refused = [*given.get("done", ()), *done], [*given.get("refused", ()), *refused]
    if later:
        rest = queued(actor.person_id or "", later, given["reason"], done=done, refused=refused)
        do(rest, part="rest")
        return
    said = {"text": outcome(done, refused)}
    told = Notice("direct", row.subject_id, f"person:{actor.person_id}", Mode.POST, said)
    tell_result(services, row, told)


def accept_each(
    do: Do, services: Services, pairs: Pairs, reason: str
) -> tuple[list[str], list[str]]:
    """Each as its own form would; the numbers of those accepted, and why the others were not."""
    done, refused = [], []
    for case_id, seen in pairs:
        with services.read() as uow:
            now = case_view(uow, case_id)
        try:
            if now.state is not CaseState.RESOLVED and now.seen != seen:
                raise CHANGED(number=now.number, told=now.told)
            do(AcceptCase(case_id=case_id, reason=reason), part=case_id)
        except DomainError as error:
            refused.append(f"{short(now.number)}: {error.message}")
        else:
            done.append(short(now.number))
    return done, refused


def outcome(done: Sequence[str], refused: Sequence[str]) -> str:
    """What was accepted, and what stays open with why."""
    said = f"Accepted: {len(done)} ({', '.join(done)})." if done else "Accepted: none."
    if not refused:
        return said
    more = len(refused) - NAMED
    lines = [*refused[:NAMED], *([f"and {more} more"] if more > 0 else [])]
    return said + "\nStill open:\n" + "\n".join(lines)
