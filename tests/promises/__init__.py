"""The promises of reliability: few rounds by default, their full counts with WOPO_SOAK=1."""

import os

SOAK = os.environ.get("WOPO_SOAK") == "1"


def rounds(few: int, *, soak: int) -> int:
    """How often a promise is tried in this run."""
    return soak if SOAK else few
