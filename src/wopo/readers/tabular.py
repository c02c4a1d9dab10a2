"""A mapping applied to files: a stream of rows, and a problem wherever one can't be made."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from wopo.readers.mapping import Child, Format, Import, Recipe, Recipes
from wopo.readers.mapping import Mapping as MappingFile
from wopo.readers.problems import ReadingError, nearest
from wopo.readers.tables import Cells, OpenTable, Run
from wopo.readers.values import kind_of, value_of
from wopo.usecases.imports.rows import Place, Problem, Row, Sourced
from wopo.usecases.imports.shapes import CHILDREN, ROWS

Found = Sourced[Row] | Problem
_NAMES = re.compile(r"\{(\w+)\}")


class Files:
    """The files of one mapping in one folder; tables are opened when first needed.

    ``only`` puts one file in place of the mapping's single table.
    """

    def __init__(self, mapping: MappingFile, folder: Path, only: Path | None = None) -> None:
        self.mapping, self.folder, self.only = mapping, folder, only
        self._open: dict[str, OpenTable] = {}

    def table(self, name: str) -> OpenTable:
        """The opened table. Raises ``ReadingError`` where its file can't be read."""
        found = self._open.get(name)
        if found is None:
            table = self.mapping.tables[name]
            if self.only is not None:
                table = table.model_copy(update={"file": self.only.name})
            found = OpenTable(name, table, self.mapping.format_of(name), self.folder)
            self._open[name] = found
        return found

    def paths(self) -> list[Path]:
        """Every file the mapping names."""
        if self.only is not None:
            return [self.only]
        return [self.folder / table.file for table in self.mapping.tables.values()]

    def rows(self, item: Import) -> Iterator[Found]:
        """The rows of one import, from the beginning; reading ends where a file is broken."""
        try:
            if item.table is None:
                yield from self._written(item)
            else:
                yield from _Rows(self, item, self.table(item.table)).stream()
        except ReadingError as error:
            yield error.problem

    def _written(self, item: Import) -> Iterator[Found]:
        shape = ROWS[item.target]
        for given in item.rows:
            place = Place(f"mapping {self.mapping.name}", 0)
            values: dict[str, Any] = {}
            problems: list[Problem] = []
            for name, value in given.items():
                try:
                    values[name] = _typed(shape, name, value, self.mapping.format)
                except ValueError as error:
                    problems.append(Problem(place.at(name), f"{error}."))
            yield from _made(shape, values, place, problems)


class _Rows:
    """One import of one table: recipes resolved once, then row by row."""

    def __init__(self, files: Files, item: Import, table: OpenTable) -> None:
        self.files, self.item, self.table = files, item, table
        self.shape = ROWS[item.target]
        used = _columns(item)
        self.maker = _Maker(files, table, self.shape, item.fields, used)
        self.runs: dict[str, list[Run]] = {}
        self.child_table = table
        if item.child is not None:
            self.child_name, child_shape = CHILDREN[item.target]
            if item.child.table is not None:
                self.child_table = files.table(item.child.table)
            self.child_maker = _Maker(files, self.child_table, child_shape, item.child.fields, used)

    def stream(self) -> Iterator[Found]:
        child = self.item.child
        if child is None:
            for cells in self.table.cells():
                if self.table.passes(cells, self.item.where):
                    yield from self._one(cells, {}, [])
        elif child.key is None:
            for cells in self.table.cells():
                if self.table.passes(cells, self.item.where):
                    yield from self._group([cells], child)
        elif child.table is None:
            yield from self._gathered(child, child.key)
        else:
            yield from self._joined(child, child.key)

    def _one(
        self, cells: Cells, extra: Mapping[str, Any], problems: Sequence[Problem]
    ) -> Iterator[Found]:
        values, place, own = self.maker.values(cells)
        yield from _made(self.shape, {**values, **extra}, place, [*own, *problems])

    def _joined(self, child: Child, joined_by: str) -> Iterator[Found]:
        """Each record with the rows of another table; rows without a record are problems."""
        runs = self.child_table.runs(joined_by)
        key_at = self.table.position(child.parent or joined_by)
        for cells in self.table.cells():
            own = runs.pop(cells.fields[key_at] or "", [])
            if not self.table.passes(cells, self.item.where):
                continue
            rows, problems = self._children(
                [c for run in own for c in self.child_table.cells(run)], child
            )
            yield from self._one(cells, {self.child_name: tuple(rows)}, problems)
        for key, lost in runs.items():
            yield Problem(
                self.child_table.place(lost[0].line).at(joined_by),
                f"there is no '{key}' in {self.table.file.name}, so the row belongs to nothing.",
            )

    def _gathered(self, child: Child, gathered_by: str) -> Iterator[Found]:
        """Records of one key that stand together are one row with children."""
        key_at = self.table.position(gathered_by)
        seen: dict[str, int] = {}
        group: list[Cells] = []
        for cells in self.table.cells():
            if not self.table.passes(cells, self.item.where):
                continue
            key = cells.fields[key_at] or ""
            if group and key != group[0].fields[key_at]:
                yield from self._group(group, child)
                group = []
            if not group and key in seen:
                yield Problem(
                    self.table.place(cells.line).at(gathered_by),
                    f"'{key}' was already read from line {seen[key]} on; "
                    "rows of one number must stand together.",
                )
            seen.setdefault(key, cells.line)
            group.append(cells)
        if group:
            yield from self._group(group, child)

    def _group(self, group: list[Cells], child: Child) -> Iterator[Found]:
        rows, problems = self._children(group, child)
        first = self.maker.values(group[0])[0]
        for cells in group[1:]:
            values, place, own = self.maker.values(cells)
            problems.extend(own)
            problems.extend(
                Problem(
                    place.at(name),
                    f"differs from line {group[0].line} of the same {child.key}; make them alike.",
                )
                for name in values
                if values[name] != first.get(name)
            )
        yield from self._one(group[0], {self.child_name: tuple(rows)}, problems)

    def _children(
        self, group: Sequence[Cells], child: Child
    ) -> tuple[list[Sourced[Row]], list[Problem]]:
        rows: list[Sourced[Row]] = []
        problems: list[Problem] = []
        for number, cells in enumerate(group, start=1):
            if not self.child_table.passes(cells, child.where):
                continue
            values, place, own = self.child_maker.values(cells)
            if "position" in self.child_maker.shape.model_fields:
                values.setdefault("position", number)
            for found in _made(self.child_maker.shape, values, place, own):
                (problems if isinstance(found, Problem) else rows).append(found)  # type: ignore[arg-type]
        return rows, problems


class _Maker:
    """The recipes of one shape over one table."""

    def __init__(
        self,
        files: Files,
        table: OpenTable,
        shape: type[Row],
        recipes: Recipes,
        used: frozenset[str],
    ) -> None:
        self.files, self.table, self.shape, self.used = files, table, shape, used
        recipes = {n: recipe for n, recipe in recipes.items() if not self._left_out(recipe)}
        self.columns = {name: _source(recipe) for name, recipe in recipes.items()}
        self.recipes = [(name, recipe, self._positions(recipe)) for name, recipe in recipes.items()]

    def _left_out(self, recipe: Recipe) -> bool:
        """Whether the file lacks an optional column; one that nothing else reads and that is
        spelled nearly so is a mistake."""
        column = recipe.column
        if not recipe.optional or column is None or column in self.table.index:
            return False
        unread = [name for name in self.table.columns if name not in self.used]
        if nearest(column, unread, cutoff=0.75):
            raise self.table.no_column(column)
        return True

    def _positions(self, recipe: Recipe) -> dict[str, int]:
        if recipe.column is not None:
            return {recipe.column: self.table.position(recipe.column)}
        names = _NAMES.findall(recipe.template or "")
        return {name: self.table.position(name) for name in names}

    def values(self, cells: Cells) -> tuple[dict[str, Any], Place, list[Problem]]:
        """Typed values by field; what can't be typed is a problem."""
        place = self.table.place(cells.line, self.columns)
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for name, recipe, positions in self.recipes:
            try:
                raw = self._raw(recipe, positions, cells)
                if raw is not None:
                    values[name] = _typed(self.shape, name, raw, self.table.how)
            except ValueError as error:
                problems.append(Problem(place.at(name), f"{error}."))
        return values, place, problems

    def _raw(self, recipe: Recipe, positions: Mapping[str, int], cells: Cells) -> Any:
        raw: Any = recipe.value
        if recipe.column is not None:
            raw = cells.fields[positions[recipe.column]]
        elif recipe.template is not None:
            raw = _NAMES.sub(lambda m: cells.fields[positions[m[1]]] or "", recipe.template)
        if raw is not None and recipe.lookup is not None:
            raw = self._looked_up(str(raw), recipe)
        if raw is not None and recipe.map is not None:
            if str(raw) not in recipe.map:
                known = ", ".join(recipe.map)
                raise ValueError(
                    f"'{raw}' is not one of {known}{nearest(str(raw), list(recipe.map))}"
                )
            raw = recipe.map[str(raw)]
        return recipe.default if raw is None else raw

    def _looked_up(self, wanted: str, recipe: Recipe) -> str | None:
        assert recipe.lookup is not None
        table = self.files.table(recipe.lookup.table)
        found = table.lookup(recipe.lookup.key, recipe.lookup.take)
        if wanted in found:
            return found[wanted]
        if recipe.lookup.missing is not None:
            return recipe.lookup.missing
        raise ValueError(
            f"'{wanted}' is not in {table.file.name}, column {recipe.lookup.key}"
            f"{nearest(wanted, list(found))}"
        )


def _columns(item: Import) -> frozenset[str]:
    """Every column that the import names."""
    named = set(item.where)
    recipes = list(item.fields.values())
    child = item.child
    if child is not None:
        named.update([*child.where, child.key or "", child.parent or ""])
        recipes += child.fields.values()
    for recipe in recipes:
        named.update([recipe.column or "", *_NAMES.findall(recipe.template or "")])
    return frozenset(named)


def _source(recipe: Recipe) -> str:
    if recipe.column is not None:
        return recipe.column
    if recipe.template is not None:
        return "+".join(_NAMES.findall(recipe.template)) or "constant"
    return "constant"


def _typed(shape: type[Row], name: str, raw: Any, how: Format) -> Any:
    """The field's value. Raises ``ValueError`` with what is accepted."""
    kind, choices = kind_of(shape, name)
    return value_of(raw, kind, choices, how) if isinstance(raw, str) else raw


def _made(
    shape: type[Row], values: Mapping[str, Any], place: Place, problems: Sequence[Problem]
) -> Iterator[Found]:
    """The row, or every problem with it."""
    if problems:
        yield from problems
        return
    try:
        yield Sourced(shape.model_validate(values), place)
    except ValidationError as error:
        for fault in error.errors():
            name = str(fault["loc"][0]) if fault["loc"] else None
            yield Problem(place.at(name), _sentence(fault))


def _sentence(fault: ErrorDetails) -> str:
    """What pydantic found, as a person reads it."""
    context = fault.get("ctx", {})
    match fault["type"]:
        case "missing":
            return "is empty, and it is needed."
        case "string_too_long":
            return f"is longer than {context['max_length']} characters; shorten it."
        case "string_too_short":
            return "is empty, and it is needed."
        case "string_pattern_mismatch":
            return f"'{fault['input']}' does not look right; a Slack channel is like C0123ABCD."
        case "greater_than_equal":
            return f"'{fault['input']}' must be {context['ge']} or more."
        case "value_error":
            return f"{context['error']}."
        case _:
            return f"'{fault['input']}': {fault['msg']}."
