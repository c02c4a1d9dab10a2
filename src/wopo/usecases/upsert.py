"""Adding or changing a thing by its code, so that giving the same data again changes nothing."""

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sqlmodel import SQLModel

from wopo.domain.errors import NOT_FOUND, REQUIRED, Refusal
from wopo.domain.events import as_json
from wopo.domain.lookup import LABELS, Kind, did_you_mean, nearest
from wopo.usecases.door import Answer, Command, Context
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.lookup import TABLES, LookupStore

M = TypeVar("M", bound=SQLModel)

CODE_TAKEN = Refusal(
    "code_taken",
    "{code} is already the {label} {name}. Nothing was changed; choose another code.",
)


class Save(Command):
    """Add a thing, or change the fields that are given; ``must_be_new`` refuses a code in use."""

    must_be_new: bool = False

    def given(self, *names: str) -> dict[str, Any]:
        """Those of these fields that were given, so that the others stay as they are."""
        return {name: getattr(self, name) for name in names if name in self.model_fields_set}


@dataclass(frozen=True)
class Saved(Generic[M]):
    """What became of a save: the row, whether it is new, and what changed as JSON values."""

    row: M
    added: bool = False
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        """Whether an existing thing is different now."""
        return bool(self.after)

    def answer(self, number: str) -> Answer:
        """The use case's answer; ``facts["outcome"]`` is added, changed or unchanged."""
        outcome = "added" if self.added else "changed" if self.changed else "unchanged"
        return Answer(
            subject_id=str(getattr(self.row, "id", "")),
            number=number,
            message=f"{number} is {outcome}.",
            facts={"outcome": outcome},
        )


def save(ctx: Context, kind: Kind, code: str, values: dict[str, Any], command: Save) -> Saved[Any]:
    """Add or change the row of this kind with this code.

    Raises ``CODE_TAKEN`` for a code in use when it must be new, ``REQUIRED`` for an empty code.
    """
    table = TABLES[kind]
    code = code.strip()
    if not code:
        raise REQUIRED(field=table.key, label="The code")
    row = ctx.uow.find(table.model, **{table.key: code})
    if row is None:
        row = table.model(**{"id": ctx.new_id(), table.key: code, **values})
        ctx.uow.add(row)
        ctx.uow.flush()
        return Saved(row, added=True)
    if command.must_be_new:
        raise CODE_TAKEN(field=table.key, code=code, label=LABELS[kind], name=row.name)
    return change(row, values)


def change(row: M, values: dict[str, Any]) -> Saved[M]:
    """Set what differs and say what it was before."""
    differing = {name: value for name, value in values.items() if getattr(row, name) != value}
    before = {name: as_json(getattr(row, name)) for name in differing}
    for name, value in differing.items():
        setattr(row, name, value)
    return Saved(
        row, before=before, after={name: as_json(value) for name, value in differing.items()}
    )


def by_code(uow: UnitOfWork, kind: Kind, code: str, *, field: str | None = None) -> Any:
    """The row of this kind with this code or name, else a refusal offering the nearest."""
    table = TABLES[kind]
    row = uow.find(table.model, **{table.key: code.strip()})
    if row is None:
        near = nearest(code, uow.store(LookupStore).names(kind, code))
        raise NOT_FOUND(
            field=field,
            kind=LABELS[kind],
            wanted=code.strip() or "without a code",
            nearest=did_you_mean(near),
            choices=near,
        )
    return row


def id_by_code(
    uow: UnitOfWork, kind: Kind, code: str | None, *, field: str | None = None
) -> str | None:
    """The id for a code; none for no code (an empty cell of a table)."""
    return str(by_code(uow, kind, code, field=field).id) if code else None


def references(ctx: Context, command: Save, **names: tuple[Kind, str]) -> dict[str, Any]:
    """Ids for the codes that were given: ``site=(Kind.LOCATION, "site_id")`` turns the command's
    ``site`` into the column ``site_id``."""
    return {
        column: id_by_code(ctx.uow, kind, getattr(command, name), field=name)
        for name, (kind, column) in names.items()
        if name in command.model_fields_set
    }
