"""The mapping language: how the files of another system become rows that wopo takes in.

A mapping is a YAML file with four parts. ``format`` says how the files are written (each file may
differ). ``tables`` names files and their columns. ``lookups`` are the joins: a column's value is
looked up in another table. ``imports`` lists what is made, in order: a target, its table, and a
field by field recipe. Nothing of it is code.
"""

import codecs
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from wopo.readers.marked_yaml import KeyPath, Marked, first_mistake, load
from wopo.readers.problems import UNREADABLE, nearest
from wopo.usecases.imports.rows import Row
from wopo.usecases.imports.shapes import CHILDREN, ROWS, Target

Scalar = str | int | bool


class Strict(BaseModel):
    """A part of a mapping; keys it does not know are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def _one_byte_newlines(encoding: str) -> str:
    try:
        codec = codecs.lookup(encoding)
    except LookupError as error:
        raise ValueError(f"'{encoding}' is no encoding; use one like utf-8 or cp1252") from error
    if codec.encode("\n")[0] != b"\n":
        raise ValueError(f"'{encoding}' is not read line by line; save the file as utf-8")
    return codec.name


Encoding = Annotated[str, AfterValidator(_one_byte_newlines)]


class Format(Strict):
    """How values are written in the files."""

    delimiter: str = Field(default=",", min_length=1, max_length=1)
    quote: str | None = Field(default='"', min_length=1, max_length=1)
    encoding: Encoding = "utf-8"
    header: bool = True
    null: tuple[str, ...] = ("",)
    decimal_mark: Literal[".", ","] = "."
    thousands_mark: Literal["", ",", ".", " ", "'"] = ""
    dates: tuple[str, ...] = ("%Y-%m-%d",)
    yes: tuple[str, ...] = ("yes", "true", "1", "y")
    no: tuple[str, ...] = ("no", "false", "0", "n")
    list_separator: str = Field(default=";", min_length=1, max_length=1)


class FormatChange(Strict):
    """What one table writes differently."""

    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    quote: str | None = Field(default=None, min_length=1, max_length=1)
    encoding: Encoding | None = None
    header: bool | None = None
    null: tuple[str, ...] | None = None
    decimal_mark: Literal[".", ","] | None = None
    thousands_mark: Literal["", ",", ".", " ", "'"] | None = None
    dates: tuple[str, ...] | None = None
    yes: tuple[str, ...] | None = None
    no: tuple[str, ...] | None = None
    list_separator: str | None = None


class Table(Strict):
    """A file and its columns: named by its header, or here in their order."""

    file: str
    columns: tuple[str, ...] | None = None
    format: FormatChange = FormatChange()


class Lookup(Strict):
    """A join: find the value in ``table``'s column ``key`` and take its column ``take``."""

    table: str
    key: str
    take: str
    missing: str | None = None
    """Used when the table has no such key; without it that is an error."""


class Recipe(Strict):
    """How one field is filled: from a column, a constant, or a text with {columns} in it."""

    column: str | None = None
    value: Scalar | None = None
    template: str | None = None
    lookup: Lookup | None = None
    map: dict[str, Scalar] | None = None
    default: Scalar | None = None
    optional: bool = False
    """Whether the file may lack the column; then the field is not given."""

    @model_validator(mode="after")
    def _one_source(self) -> "Recipe":
        given = [n for n in ("column", "value", "template") if getattr(self, n) is not None]
        if len(given) != 1:
            raise ValueError("needs exactly one of column, value and template")
        return self


Recipes = dict[str, Recipe]


class Child(Strict):
    """Rows under a record: ``table``'s rows whose column ``key`` equals the record's ``parent``
    column. Without a table they are the record's own rows, gathered while ``key`` stays equal;
    without a key too, every row is a record with just itself under it."""

    table: str | None = None
    key: str | None = None
    parent: str | None = None
    where: dict[str, tuple[str, ...]] = {}
    fields: Recipes

    @model_validator(mode="after")
    def _joined_by_a_key(self) -> "Child":
        if self.table is not None and self.key is None:
            raise ValueError("a table of its own needs the key that joins it")
        return self


class Import(Strict):
    """One kind of record to make: from a table, or from rows written here."""

    target: Target
    table: str | None = None
    rows: tuple[dict[str, Scalar], ...] = ()
    where: dict[str, tuple[str, ...]] = {}
    fields: Recipes = {}
    lines: Child | None = None
    tiers: Child | None = None

    @property
    def child(self) -> Child | None:
        """The rows under each record, where the target has some."""
        return self.lines or self.tiers


class Mapping(Strict):
    """A whole mapping file."""

    name: str
    format: Format = Format()
    tables: dict[str, Table] = {}
    imports: tuple[Import, ...] = Field(min_length=1)

    def format_of(self, table: str) -> Format:
        """The format of one table: the mapping's, changed where the table says so."""
        change = self.tables[table].format.model_dump(exclude_unset=True)
        return self.format.model_copy(update=change)


def shipped() -> dict[str, Path]:
    """The mappings that come with wopo, by name."""
    folder = Path(str(resources.files("wopo") / "mappings"))
    return {path.stem: path for path in sorted(folder.glob("*.yml"))}


def find_mapping(name: str) -> Path:
    """A mapping file by its path, or a shipped one by its name."""
    path = Path(name)
    if path.suffix in {".yml", ".yaml"} or path.exists():
        return path
    known = shipped()
    if name not in known:
        raise UNREADABLE(
            where=name,
            problem=f"is no mapping file and none that comes with wopo ({', '.join(known)})."
            + nearest(name, list(known)),
        )
    return known[name]


def load_mapping(path: Path) -> Mapping:
    """Read and check a mapping. Raises ``UNREADABLE`` with line and column of the mistake."""
    marked = load(path)
    try:
        mapping = Mapping.model_validate(_spelled_out(marked.data))
    except ValidationError as error:
        raise first_mistake(marked, error, _known_keys, list(ROWS)) from error
    _check_names(mapping, marked)
    return mapping


def _spelled_out(data: Any) -> Any:
    """Write ``field: column`` as ``field: {column: ...}`` and single filter values as lists."""
    if not isinstance(data, dict) or not isinstance(data.get("imports"), list):
        return data
    made = dict(data)
    made["imports"] = [_recipes_spelled_out(item) for item in data["imports"]]
    return made


def _recipes_spelled_out(part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    made = dict(part)
    if isinstance(made.get("fields"), dict):
        made["fields"] = {
            name: {"column": recipe} if isinstance(recipe, str) else recipe
            for name, recipe in made["fields"].items()
        }
    if isinstance(made.get("where"), dict):
        made["where"] = {
            name: [str(item) for item in (wanted if isinstance(wanted, list) else [wanted])]
            for name, wanted in made["where"].items()
        }
    for child in ("lines", "tiers"):
        if child in made:
            made[child] = _recipes_spelled_out(made[child])
    return made


def _known_keys(path: KeyPath) -> list[str]:
    shapes: dict[str, type[Strict]] = {
        "format": Format,
        "lookup": Lookup,
        "lines": Child,
        "tiers": Child,
    }
    kind: type[Strict] = Mapping
    before = path[:-1]
    if before and before[-1] in shapes:
        kind = shapes[str(before[-1])]
    elif len(before) >= 2 and before[-2] == "fields":
        kind = Recipe
    elif len(before) >= 2 and before[-2] == "tables":
        kind = Table
    elif len(before) >= 2 and before[-2] == "imports":
        kind = Import
    return list(kind.model_fields)


def _check_names(mapping: Mapping, marked: Marked) -> None:
    """Tables and fields that are named must be there; told with their place."""
    for index, item in enumerate(mapping.imports):
        path: KeyPath = ("imports", index)
        _known_table(mapping, marked, item.table, (*path, "table"))
        if bool(item.table) == bool(item.rows):
            raise UNREADABLE(
                where=marked.where(path), problem="needs a table or rows, and only one of them."
            )
        row = ROWS[item.target]
        child_name, child_row = CHILDREN.get(item.target, ("", Row))
        _known_fields(marked, item.fields, row, (*path, "fields"))
        _known_recipes(mapping, marked, item.fields, (*path, "fields"))
        for number, given in enumerate(item.rows):
            _known_fields(marked, given, row, (*path, "rows", number))
        if item.child is None:
            continue
        if (item.lines and child_name != "lines") or (item.tiers and child_name != "tiers"):
            wrong = "lines" if item.lines else "tiers"
            raise UNREADABLE(
                where=marked.where((*path, wrong)), problem=f"{item.target} have no {wrong}."
            )
        _known_table(mapping, marked, item.child.table, (*path, child_name, "table"))
        child_path = (*path, child_name, "fields")
        _known_fields(marked, item.child.fields, child_row, child_path)
        _known_recipes(mapping, marked, item.child.fields, child_path)


def _known_table(mapping: Mapping, marked: Marked, name: str | None, path: KeyPath) -> None:
    if name is not None and name not in mapping.tables:
        raise UNREADABLE(
            where=marked.where(path),
            problem=f"there is no table '{name}'.{nearest(name, list(mapping.tables))}",
        )


def _known_fields(marked: Marked, given: dict[str, Any], row: type[Row], path: KeyPath) -> None:
    for name in given:
        if name not in row.model_fields:
            raise UNREADABLE(
                where=marked.where((*path, name)),
                problem=f"there is no field '{name}'.{nearest(name, list(row.model_fields))}",
            )


def _known_recipes(mapping: Mapping, marked: Marked, recipes: Recipes, path: KeyPath) -> None:
    for name, recipe in recipes.items():
        if recipe.lookup is not None:
            _known_table(mapping, marked, recipe.lookup.table, (*path, name, "lookup", "table"))
