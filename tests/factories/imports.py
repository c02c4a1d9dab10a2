"""Imports for tests: rows straight from Python, or whole folders through a mapping."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from wopo.readers.mapping import find_mapping, load_mapping
from wopo.readers.tabular import Files
from wopo.usecases.imports.files import ImportFiles, ImportPart
from wopo.usecases.imports.rows import Place, Problem, Row, Sourced
from wopo.usecases.imports.shapes import CHILDREN, ROWS


def sourced(target: str, number: int, /, **values: Any) -> Sourced[Row]:
    """A row of this kind, standing in line ``number`` of ``<target>.csv``; children are given as
    dicts."""
    if target in CHILDREN:
        name, shape = CHILDREN[target]
        values[name] = tuple(
            Sourced(shape.model_validate(child), Place(f"{name}.csv", place))
            for place, child in enumerate(values.get(name, ()), start=2)
        )
    return Sourced(ROWS[target].model_validate(values), Place(f"{target}.csv", number))


def importing(**targets: Sequence[dict[str, Any]]) -> ImportFiles:
    """A command that takes in these rows, kind after kind."""
    return ImportFiles(
        name="test",
        files=tuple(f"{target}.csv" for target in targets),
        digest="",
        parts=tuple(
            ImportPart(target=target, rows=partial(_rows, target, rows))
            for target, rows in targets.items()
        ),
    )


def _rows(target: str, rows: Sequence[dict[str, Any]]) -> Iterator[Sourced[Row] | Problem]:
    for number, values in enumerate(rows, start=2):
        yield sourced(target, number, **values)


def folder(mapping: str, path: Path) -> ImportFiles:
    """A command that takes in a folder by a mapping's name or path."""
    loaded = load_mapping(find_mapping(mapping))
    files = Files(loaded, path)
    return ImportFiles(
        name=loaded.name,
        files=tuple(each.name for each in files.paths()),
        digest="",
        parts=tuple(
            ImportPart(target=item.target, rows=partial(files.rows, item))
            for item in loaded.imports
        ),
    )


Do = Callable[..., Any]
