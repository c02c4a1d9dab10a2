"""YAML that remembers line and column of every key, for messages about files people write."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from wopo.readers.problems import UNREADABLE, nearest

MAX_BYTES = 1_000_000
MAX_NODES = 50_000

KeyPath = tuple[str | int, ...]


@dataclass
class Marked:
    """The data of a YAML document, and where each key path stands: (line, column) from 1."""

    data: Any
    marks: dict[KeyPath, tuple[int, int]] = field(default_factory=dict)
    name: str = ""

    def where(self, path: KeyPath) -> str:
        """``mapping.yml line 3, column 5`` of the nearest key that is there."""
        for length in range(len(path), -1, -1):
            mark = self.marks.get(path[:length])
            if mark is not None:
                return f"{self.name} line {mark[0]}, column {mark[1]}"
        return self.name


def load(path: Path) -> Marked:
    """Read a YAML file. Raises ``UNREADABLE`` with line and column of what is wrong."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UNREADABLE(where=path.name, problem=f"can't be opened ({error.strerror}).") from error
    if len(raw) > MAX_BYTES:
        raise UNREADABLE(
            where=path.name, problem="is larger than 1 MB; people don't write that much."
        )
    try:
        node = yaml.compose(raw, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path.name} line {mark.line + 1}, column {mark.column + 1}" if mark else path.name
        raise UNREADABLE(where=where, problem=f"{error.problem or error.context}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UNREADABLE(where=path.name, problem="is not a YAML text in UTF-8.") from error
    marked = Marked(None, name=path.name)
    marked.data = _Walk(marked).value(node, ()) if node is not None else {}
    return marked


def first_mistake(
    marked: Marked,
    error: ValidationError,
    known_keys: Callable[[KeyPath], Sequence[str]],
    values: Sequence[str] = (),
) -> Exception:
    """The refusal for what a document says wrong, with its line and column; a key that is not
    known comes first. ``known_keys`` are those of its place, ``values`` what may be meant."""
    found = error.errors()
    first = next((each for each in found if each["type"] == "extra_forbidden"), found[0])
    path: KeyPath = tuple(first["loc"])
    key = str(path[-1]) if path else ""
    if first["type"] == "extra_forbidden":
        problem = f"'{key}' is not known here.{nearest(key, known_keys(path))}"
    elif not path and not isinstance(marked.data, dict):
        problem = "has to begin with a key and a colon, like 'title:'."
    elif first["type"] == "missing":
        problem = f"'{key}' is missing here."
    elif first["type"] == "literal_error":
        said = str(first["input"])
        problem = f"'{said}' is not one of {first['ctx']['expected']}." + nearest(said, values)
    else:
        problem = f"{key}: {first['msg'].removeprefix('Value error, ')}."
    return UNREADABLE(where=marked.where(path), problem=problem)


class _Walk:
    """Turns nodes into data, noting positions; aliases are read each time they are used."""

    def __init__(self, marked: Marked) -> None:
        self.marked, self.seen = marked, 0

    def value(self, node: yaml.Node, path: KeyPath) -> Any:
        self.seen += 1
        mark = node.start_mark
        self.marked.marks.setdefault(path, (mark.line + 1, mark.column + 1))
        if self.seen > MAX_NODES or len(path) > 20:
            raise UNREADABLE(where=self.marked.where(path), problem="is too large or too deep.")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, i)) for i, item in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[Any, Any]:
        made: dict[Any, Any] = {}
        for key_node, item in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise UNREADABLE(
                    where=self.marked.where(path), problem="has a key that is no text."
                )
            key = key_node.value
            mark = key_node.start_mark
            self.marked.marks[*path, key] = (mark.line + 1, mark.column + 1)
            if key in made:
                raise UNREADABLE(
                    where=self.marked.where((*path, key)), problem=f"'{key}' is there twice."
                )
            made[key] = self.value(item, (*path, key))
        return made


def _scalar(node: yaml.Node) -> Any:
    """A plain value as YAML 1.2 reads it: ``no`` and ``2026-01-01`` are texts, ``007`` is too."""
    kind = node.tag.rpartition(":")[2]
    if kind == "null":
        return None
    if kind == "bool" and node.value.lower() in {"true", "false"}:
        return node.value.lower() == "true"
    if kind == "int" and (node.value == "0" or re.fullmatch(r"[+-]?[1-9]\d*", node.value)):
        return int(node.value)
    return str(node.value)
