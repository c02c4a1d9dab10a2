"""The real data beside the checkout: where it is, and what happens when it is not."""

import os
from pathlib import Path

from tests.databases import missing

ROOT = Path(__file__).parents[1]


def shared_data(name: str) -> Path:
    """A folder of the shared data; a test that needs it is skipped (in CI: fails) without it."""
    folder = _data() / name
    if not folder.is_dir():
        missing(f"shared data ({name})")
    return folder


def shared_design(name: str) -> str:
    """A page of the product's design, which lies beside the shared data."""
    page = _data().parent / "design" / name
    if not page.is_file():
        missing(f"shared design ({name})")
    return page.read_text()


def _data() -> Path:
    return Path(os.environ.get("WOPO_SHARED_DATA", ROOT.parent / "shared" / "data"))
