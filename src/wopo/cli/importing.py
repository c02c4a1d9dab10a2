"""``wopo import``: files of other systems, by a mapping or as UBL documents."""

import hashlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from wopo.cli.opening import DATABASE_OPTION, Opened, new_id, open_current
from wopo.db.rehearsal import execute_rehearsed
from wopo.readers.documents import read_document
from wopo.readers.mapping import Import, Mapping, find_mapping, load_mapping, shipped
from wopo.readers.problems import UNREADABLE, ReadingError, problems_error
from wopo.readers.tabular import Files
from wopo.usecases.door import IMPORT
from wopo.usecases.execute import execute
from wopo.usecases.imports.files import ImportFiles, ImportPart
from wopo.usecases.imports.rows import Problem, Row, RowStream, Sourced
from wopo.usecases.imports.taking import MAX_PROBLEMS
from wopo.usecases.imports.ubl import TakeInDocument
from wopo.usecases.views.imports import flagged_view

app = typer.Typer(help="Take in files of other systems.", no_args_is_help=True)


@app.command("csv")
def csv_files(
    mapping: Annotated[str, typer.Argument(help="A mapping file, or one that comes with wopo.")],
    path: Annotated[Path, typer.Argument(help="The folder with the files, or the one file.")],
    db: str = DATABASE_OPTION,
) -> None:
    """Import delimited files by a mapping: everything or nothing, and twice the same is once."""
    console = Console(highlight=False)
    loaded = load_mapping(find_mapping(mapping))
    files = _files_of(loaded, path)
    with _progress(console) as progress:
        counts = [_checked(progress, files, item) for item in loaded.imports]
        command = ImportFiles(
            name=loaded.name,
            files=tuple(each.name for each in files.paths()),
            digest=_digest(find_mapping(mapping), *files.paths()),
            parts=tuple(
                ImportPart(target=item.target, rows=_counted(progress, files, item, count))
                for item, count in zip(loaded.imports, counts, strict=True)
            ),
        )
        database = open_current(db)
        answer = execute_rehearsed(database.door, command, actor=IMPORT, key=f"import:{new_id()}")
    console.print(escape(answer.message))
    _show_flagged(console, database)


@app.command("ubl")
def ubl_files(
    paths: Annotated[list[Path], typer.Argument(help="Documents in XML, in order.")],
    db: str = DATABASE_OPTION,
    cost_centre: Annotated[
        str, typer.Option("--cost-centre", help="Who pays for orders that come in this way.")
    ] = "",
) -> None:
    """Import orders and responses to them, receipt advices, invoices and credit notes, one after
    the other: UBL, and invoices of the Cross Industry Invoice (Factur-X, ZUGFeRD)."""
    console = Console(highlight=False)
    database = open_current(db)
    for path in paths:
        try:
            document = read_document(path)
        except ReadingError as error:
            where = error.problem.where
            raise UNREADABLE(where=where, problem=error.problem.sentence) from error
        command = TakeInDocument(document=document, cost_centre=cost_centre)
        answer = execute(database.door, command, actor=IMPORT, key=f"import:{new_id()}")
        console.print(escape(answer.message))


@app.command("mappings")
def mappings() -> None:
    """List the mappings that come with wopo, with the files each one reads."""
    console = Console(highlight=False)
    for name, path in shipped().items():
        files = ", ".join(table.file for table in load_mapping(path).tables.values())
        console.print(f"{name}: {escape(files)}")


@app.command("flagged")
def flagged(
    db: str = DATABASE_OPTION,
    limit: Annotated[int, typer.Option(help="How many at most.")] = 1000,
) -> None:
    """List what was taken in with a warning, for a person to look at."""
    console = Console(highlight=False)
    with open_current(db).transactions.read() as uow:
        for found in flagged_view(uow, limit=limit):
            place = f"{found.source} line {found.line}" if found.line else found.source
            console.print(escape(f"{found.number} ({place}): {' '.join(found.warnings)}"))


def _files_of(mapping: Mapping, path: Path) -> Files:
    """The mapping's files in a folder, or one file for a mapping with one table."""
    if path.is_dir():
        return Files(mapping, path)
    if len(mapping.tables) != 1:
        raise UNREADABLE(
            where=str(path),
            problem=f"is not a folder, and {mapping.name} reads {len(mapping.tables)} files.",
        )
    return Files(mapping, path.parent, path)


def _digest(*paths: Path) -> str:
    """SHA-256 over the contents of files, in order; a missing one is told by the reader."""
    found = hashlib.sha256()
    for path in paths:
        if path.exists():
            with path.open("rb") as stream:
                while block := stream.read(1_000_000):
                    found.update(block)
    return found.hexdigest()


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=console, transient=True)


def _checked(progress: Progress, files: Files, item: Import) -> int:
    """Read everything once before the database is touched; raises ``PROBLEMS``, else counts."""
    task = progress.add_task(f"check {item.target}", total=None)
    problems: list[Problem] = []
    rows = 0
    for found in files.rows(item):
        if isinstance(found, Problem):
            problems.append(found)
            if len(problems) > MAX_PROBLEMS:
                break
        rows += 1
        progress.advance(task)
    progress.remove_task(task)
    if problems:
        raise problems_error(problems)
    return rows


def _counted(progress: Progress, files: Files, item: Import, total: int) -> RowStream:
    """The rows again, moving the bar as they are taken in."""
    task = progress.add_task(item.target.replace("_", " "), total=total)
    return partial(_advancing, progress, task, files, item)


def _advancing(
    progress: Progress, task: TaskID, files: Files, item: Import
) -> Iterator[Sourced[Row] | Problem]:
    for found in files.rows(item):
        yield found
        progress.advance(task)


def _show_flagged(console: Console, database: Opened, limit: int = 10) -> None:
    """The newest warnings; all of them with ``wopo import flagged``."""
    with database.transactions.read() as uow:
        found = flagged_view(uow, limit=limit + 1)
    for each in found[:limit]:
        console.print(escape(f"  {each.number}: {' '.join(each.warnings)}"))
    if len(found) > limit:
        console.print("  ... all of them: wopo import flagged")
