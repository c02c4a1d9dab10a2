"""The real data beside the checkout: where it is, and what happens when it is not."""

import os
from pathlib import Path

from tests.databases import missing

ROOT = Path(__file__).parents[1]


def shared_data(name: str) -> Path:
    """A folder of the shared data; a test that needs it is skipped (in CI: fails) without it."""
    folder = Path(os.environ.get("WOPO_SHARED_DATA", ROOT.parent / "shared" / "data")) / name
    if not folder.is_dir():
        missing(f"shared data ({name})")
    return folder
