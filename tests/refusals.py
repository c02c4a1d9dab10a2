"""Every sentence that wopo refuses with, in one list for review.

``python -m tests.refusals`` writes ``tests/architecture/refusals.txt`` anew.
"""

import importlib
import pkgutil
from pathlib import Path

import bot
import wopo
from wopo.domain.errors import REFUSALS

LIST = Path(__file__).parent / "architecture" / "refusals.txt"
OURS = "test."
"""How the codes begin of refusals that tests declare for themselves."""


def listed() -> str:
    """The code and the sentence of each refusal, by code; ``!`` marks those that are logged."""
    for package in (wopo, bot):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations." not in module.name:
                importlib.import_module(module.name)
    told = (
        f"{code}{' !' if refusal.logged else ''}\n    {refusal.sentence}\n"
        for code, refusal in sorted(REFUSALS.items())
        if not code.startswith(OURS)
    )
    return "".join(told)


if __name__ == "__main__":
    LIST.write_text(listed())
