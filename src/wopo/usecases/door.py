"""How use cases are declared: commands, who may give them, reactions and announcements.

A concept's module declares, next to its functions::

    class ApprovePurchaseOrder(Command): ...

    @use_case(ApprovePurchaseOrder, roles={Role.APPROVER}, action="approve purchase orders")
    def approve(command, ctx) -> Answer: ...

    @reaction(ReceiptPosted)
    def rematch(event, ctx) -> None: ...

    @announces(PurchaseOrderApproved)
    def tell(event, ctx) -> Iterable[Notice]: ...

    silent(StockCounted, "nobody waits for it")
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict
from sqlmodel import SQLModel

from wopo.domain.errors import NOT_ALLOWED, NOT_FOUND, UNKNOWN_ACTOR
from wopo.domain.events import Event
from wopo.domain.outbox import Mode
from wopo.domain.own_days import day_there
from wopo.domain.people import Person, Role, roles_text
from wopo.usecases.ports import NewId, UnitOfWork


class Command(BaseModel):
    """One intention with its input. Frozen; unknown keys are refused."""

    # Checked by a validator that is built when the first of its kind is given: there are some two
    # hundred kinds, and a bot meets few of them on most days.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    acknowledged: frozenset[str] = frozenset()
    """Names of soft refusals that the person has answered with "yes, go on"."""


class Answer(BaseModel):
    """What a use case says when it is done; kept with the key and given again on a repeat."""

    subject_id: str = ""
    number: str = ""
    message: str = ""
    facts: dict[str, Any] = {}


@dataclass(frozen=True)
class ActorRef:
    """Who acts: a person, or (none) wopo itself; and the surface it came through."""

    person_id: str | None
    surface: str


SCHEDULER = ActorRef(None, "scheduler")
IMPORT = ActorRef(None, "import")
CONSOLE = ActorRef(None, "console")


@dataclass(frozen=True)
class Notice:
    """One outbox row to be: a card about a subject for an audience.

    Audiences: ``person:<id>``, ``site:<location id>``, ``setting:<channel setting>``,
    ``channel:<slack channel id>``, ``thread:<card>:<subject id>`` (reply under that card).
    Rows of one ``stream`` (default: the subject) are sent in order.
    """

    card: str
    subject_id: str
    audience: str
    mode: Mode = Mode.POST
    facts: dict[str, Any] = field(default_factory=dict)
    stream: str = ""


M = TypeVar("M", bound=SQLModel)


class Context:
    """What a use case may touch: the transaction, the actor, the moment, new ids, and events."""

    def __init__(
        self,
        uow: UnitOfWork,
        *,
        actor: Person | None,
        surface: str,
        at: datetime,
        new_id: NewId,
        acknowledged: frozenset[str] = frozenset(),
    ) -> None:
        self.uow = uow
        self.actor = actor
        self.surface = surface
        self.at = at
        self.new_id = new_id
        self.acknowledged = acknowledged
        self.recorded: list[Event] = []

    @property
    def actor_id(self) -> str | None:
        """The acting person's id; none when wopo acts by itself."""
        return self.actor.id if self.actor else None

    @property
    def today(self) -> date:
        """The acting person's own day, which their calendar starts from."""
        return self.day_of(self.at)

    def day_of(self, at: datetime) -> date:
        """The day of a moment where the acting person is; UTC's where wopo acts by itself."""
        return day_there(at, self.actor.timezone if self.actor else "UTC")

    def person(self) -> Person:
        """The acting person, or ``UNKNOWN_ACTOR`` where only a person may act."""
        if self.actor is None:
            raise UNKNOWN_ACTOR()
        return self.actor

    def record(self, *events: Event) -> None:
        """Remember what happened; audit, outbox and reactions follow from it."""
        self.recorded.extend(events)

    def require(
        self,
        kind: type[M],
        id: str | None,
        *,
        label: str,
        field: str | None = None,
        beside: tuple[type[SQLModel], ...] = (),
    ) -> M:
        """The row, or ``NOT_FOUND`` naming what was wanted."""
        row = self.uow.get(kind, id, beside=beside) if id else None
        if row is None:
            raise NOT_FOUND(kind=label, wanted=id or "without a name", nearest="", field=field)
        return row

    def require_locked(
        self, kind: type[M], id: str, *, label: str, beside: tuple[type[SQLModel], ...] = ()
    ) -> M:
        """The row read anew and held until the end, or ``NOT_FOUND``."""
        row = self.uow.lock(kind, id, beside=beside)
        if row is None:
            raise NOT_FOUND(kind=label, wanted=id, nearest="")
        return row

    def require_role(self, *roles: Role, action: str) -> Person:
        """The acting person if they have one of the roles, else ``NOT_ALLOWED``."""
        person = self.person()
        if not person.has(*roles):
            raise NOT_ALLOWED(action=action, who=roles_text(roles))
        return person


C = TypeVar("C", bound=Command)
E = TypeVar("E", bound=Event)
Handler = Callable[[Any, Context], Answer]
Reaction = Callable[[Any, Context], None]
Announcer = Callable[[Any, Context], Iterable[Notice]]


@dataclass(frozen=True)
class UseCase:
    """A registered use case: its function and who may run it."""

    run: Handler
    roles: frozenset[Role] | None
    action: str
    system: bool


class Registry:
    """Everything declared by the concept modules; filled by importing them."""

    use_cases: ClassVar[dict[type[Command], UseCase]] = {}
    reactions: ClassVar[dict[type[Event], list[Reaction]]] = {}
    announcers: ClassVar[dict[type[Event], list[Announcer]]] = {}
    silent: ClassVar[dict[type[Event], str]] = {}


def use_case(
    command: type[C], *, roles: Iterable[Role] | None = None, action: str, system: bool = False
) -> Callable[[Callable[[C, Context], Answer]], Callable[[C, Context], Answer]]:
    """Declare the function that carries out ``command``.

    ``roles``: at least one is needed; none means every active person. ``system``: wopo itself
    (scheduler, import, console) may give it too. ``action`` completes "the right to ...".
    """

    def register(run: Callable[[C, Context], Answer]) -> Callable[[C, Context], Answer]:
        if command in Registry.use_cases:
            raise ValueError(f"{command.__name__} has two use cases")
        allowed = frozenset(roles) if roles is not None else None
        Registry.use_cases[command] = UseCase(run, allowed, action, system)
        return run

    return register


def reaction(
    event: type[E],
) -> Callable[[Callable[[E, Context], None]], Callable[[E, Context], None]]:
    """Declare what else must happen in the same transaction when ``event`` happened."""

    def register(run: Callable[[E, Context], None]) -> Callable[[E, Context], None]:
        Registry.reactions.setdefault(event, []).append(run)
        return run

    return register


def announces(
    event: type[E],
) -> Callable[[Callable[[E, Context], Iterable[Notice]]], Callable[[E, Context], Iterable[Notice]]]:
    """Declare whom ``event`` must be told to."""

    def register(
        run: Callable[[E, Context], Iterable[Notice]],
    ) -> Callable[[E, Context], Iterable[Notice]]:
        Registry.announcers.setdefault(event, []).append(run)
        return run

    return register


def silent(event: type[Event], why: str) -> None:
    """Declare that nobody is told about ``event``, and why."""
    Registry.silent[event] = why
