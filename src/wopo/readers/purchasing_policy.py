"""The purchasing policy as people write it: YAML, every mistake told with its line and column."""

from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from wopo.domain.errors import Refusal
from wopo.domain.purchasing_policy import PolicyDocument
from wopo.readers.marked_yaml import KeyPath, first_mistake, load

NO_EXAMPLE = Refusal(
    "purchasing_policy.no_example",
    "There is no example '{name}'. Nothing was changed; choose one of {known}.",
)


def read_policy(path: Path) -> tuple[PolicyDocument, str]:
    """The document and its text. Raises ``UNREADABLE`` with line and column of the mistake."""
    marked = load(path)
    try:
        document = PolicyDocument.model_validate(marked.data)
    except ValidationError as error:
        raise first_mistake(marked, error, _known_keys) from error
    return document, path.read_text(encoding="utf-8")


def examples() -> dict[str, str]:
    """The documents that ship, by name: ``default`` is what holds where nobody set a policy."""
    shipped = resources.files("wopo") / "policies"
    names = sorted(file.name for file in shipped.iterdir() if file.name.endswith(".yml"))
    return {
        name.removesuffix(".yml"): (shipped / name).read_text(encoding="utf-8") for name in names
    }


def example(name: str) -> str:
    """The text of a document that ships. Raises ``NO_EXAMPLE``."""
    known = examples()
    if name not in known:
        raise NO_EXAMPLE(name=name, known=", ".join(known))
    return known[name]


def _known_keys(path: KeyPath) -> Sequence[str]:
    """The keys that may stand where the last one of ``path`` does."""
    kind: type[BaseModel] = PolicyDocument
    for key in path[:-1]:
        if isinstance(key, str) and key in kind.model_fields:
            kind = _model_in(kind.model_fields[key].annotation) or kind
    return list(kind.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that a field holds, by itself or several of it."""
    for kind in (annotation, *get_args(annotation)):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
    return None
