"""The purchasing policy as people write it: YAML, every mistake told with its line and column."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from wopo.domain.purchasing_policy import PolicyDocument
from wopo.readers.marked_yaml import KeyPath, first_mistake, load


def read_policy(path: Path) -> tuple[PolicyDocument, str]:
    """The document and its text. Raises ``UNREADABLE`` with line and column of the mistake."""
    marked = load(path)
    try:
        document = PolicyDocument.model_validate(marked.data)
    except ValidationError as error:
        raise first_mistake(marked, error, _known_keys) from error
    return document, path.read_text(encoding="utf-8")


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
