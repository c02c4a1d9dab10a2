"""What the tests of the use cases begin with."""

import pytest

from tests.conftest import Beginning
from tests.factories.jobs import Company, Do, make_company


@pytest.fixture
def firm(do: Do, begin: Beginning) -> Company:
    """The small company."""
    return begin("company", lambda: make_company(do))
