"""Importing: one command for a whole set of files, one commit, one audit row per document, and
one summary as the only message (domain.md, "Decided where two good engineers would differ")."""

from collections.abc import Callable, Iterable, Iterator

from pydantic import BaseModel, ConfigDict, Field

from wopo.domain.imports import BilledAsOrdered, ImportFinished
from wopo.domain.money import plain
from wopo.domain.outbox import Mode
from wopo.domain.people import Role
from wopo.usecases.door import Answer, Command, Context, Notice, announces, use_case
from wopo.usecases.imports.catalogue import take_agreements, take_stock
from wopo.usecases.imports.invoices import take_invoices
from wopo.usecases.imports.orders import take_orders
from wopo.usecases.imports.rows import Problem, Row, RowStream, Sourced
from wopo.usecases.imports.saves import SAVES, take_saves
from wopo.usecases.imports.shapes import Target
from wopo.usecases.imports.taking import Taking

Taker = Callable[[Taking, Iterator[Sourced[Row] | Problem]], None]
TAKERS: dict[str, Taker] = {
    "agreements": take_agreements,
    "stock": take_stock,
    "orders": take_orders,
    "invoices": take_invoices,
}


class ImportPart(BaseModel):
    """The rows of one kind. They are read while the import runs, so memory stays flat; the digest
    of the command is over ``ImportFiles.digest``, not over them."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    target: Target
    rows: RowStream = Field(exclude=True, repr=False)


class ImportFiles(Command):
    """Take in a set of files: all of it or nothing. ``digest`` is over the files' contents."""

    name: str
    files: tuple[str, ...]
    digest: str
    parts: tuple[ImportPart, ...]


@use_case(ImportFiles, roles={Role.ADMIN}, action="import files", system=True)
def import_files(command: ImportFiles, ctx: Context) -> Answer:
    """Take in every part in its order; up to twenty problems refuse the whole import."""
    taking = Taking(ctx)
    for part in command.parts:
        taking.outcome(part.target)
        taker = TAKERS.get(part.target)
        if taker is not None:
            taker(taking, part.rows())
        elif part.target in SAVES:
            take_saves(taking, part.target, part.rows())
        taking.write()
        if taking.problems:
            taking.refuse()
    sentence = summary(command.name, taking)
    facts = {kind: outcome.facts() for kind, outcome in taking.outcomes.items()}
    if any(outcome.added or outcome.changed for outcome in taking.outcomes.values()):
        ctx.record(_finished(ctx, command, taking, facts, sentence))
    return Answer(
        message=sentence,
        facts={
            "counts": facts,
            "warnings": taking.warnings,
            "rounding": {
                "lines": taking.rounding.lines,
                "largest": plain(taking.rounding.largest),
                "sum": plain(taking.rounding.sum),
            },
        },
    )


def _finished(
    ctx: Context,
    command: ImportFiles,
    taking: Taking,
    facts: dict[str, dict[str, int]],
    sentence: str,
) -> ImportFinished:
    return ImportFinished(
        subject_id=ctx.new_id(),
        files=list(command.files),
        counts=facts,
        warnings=taking.warnings,
        rounding_lines=taking.rounding.lines,
        rounding_largest=taking.rounding.largest,
        rounding_sum=taking.rounding.sum,
        sentence=sentence,
    )


def summary(name: str, taking: Taking) -> str:
    """The one summary: what was added, changed and left alone, and what waits for a person."""
    told = []
    for kind, outcome in taking.outcomes.items():
        parts = [
            f"{count:,} {word}"
            for word, count in outcome.facts().items()
            if count or (word == "added" and not any(outcome.facts().values()))
        ]
        told.append(f"{kind.replace('_', ' ')} {', '.join(parts)}")
    text = f"Import of {name}: {'; '.join(told)}."
    if taking.rounding.lines:
        text += (
            f" Rounded line totals differ from the source's by {plain(taking.rounding.sum)} in "
            f"all over {taking.rounding.lines:,} lines, at most {plain(taking.rounding.largest)} "
            "a line."
        )
    if taking.warnings:
        waits = "warning waits" if taking.warnings == 1 else "warnings wait"
        text += f" {taking.warnings:,} {waits} for a person."
    return text


@announces(ImportFinished)
def tell_import(event: ImportFinished, ctx: Context) -> Iterable[Notice]:
    """The one summary."""
    yield summary_notice(event, ctx, waiting=event.warnings > 0)


@announces(BilledAsOrdered)
def tell_billed(event: BilledAsOrdered, ctx: Context) -> Iterable[Notice]:
    """The one summary."""
    yield summary_notice(event, ctx, waiting=event.held > 0)


def summary_notice(
    event: ImportFinished | BilledAsOrdered, ctx: Context, *, waiting: bool
) -> Notice:
    """The summary goes to whoever imports, else to finance's channel; ``waiting``: something is
    left for a person."""
    audience = f"person:{ctx.actor_id}" if ctx.actor_id else "setting:finance"
    facts = {"text": event.sentence, "waiting": waiting}
    return Notice("import", event.subject_id, audience, Mode.POST, facts)
