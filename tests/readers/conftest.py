"""Files and mappings written for one test."""

from collections.abc import Callable
from pathlib import Path

import pytest

from wopo.readers.mapping import load_mapping
from wopo.readers.tabular import Files
from wopo.usecases.imports.rows import Problem, Row


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., tuple[list[Row], list[str]]]:
    """``read(mapping, file=contents, ...)``: the rows and the problems of the first import."""

    def run(mapping: str, **files: str | bytes) -> tuple[list[Row], list[str]]:
        path = tmp_path / "mapping.yml"
        path.write_text(mapping)
        for name, contents in files.items():
            raw = contents if isinstance(contents, bytes) else contents.encode()
            (tmp_path / f"{name}.csv").write_bytes(raw)
        loaded = load_mapping(path)
        found = list(Files(loaded, tmp_path).rows(loaded.imports[0]))
        rows = [each.row for each in found if not isinstance(each, Problem)]
        return rows, [str(each) for each in found if isinstance(each, Problem)]

    return run
