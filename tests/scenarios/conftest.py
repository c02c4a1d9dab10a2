"""An office for each file of stories."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.scenarios.office import Office, opened


@pytest.fixture(scope="module")
def office(_template: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    yield from opened(_template, tmp_path_factory.mktemp("office"))
