"""What is wrong with an input file, told so that a person can mend it."""

from collections.abc import Sequence
from difflib import get_close_matches

from wopo.domain.errors import DomainError, Refusal
from wopo.domain.imports import PROBLEMS
from wopo.usecases.imports.rows import Place, Problem
from wopo.usecases.imports.taking import MAX_PROBLEMS

UNREADABLE = Refusal("import.unreadable", "{where}: {problem} Nothing was changed.")
TOO_BIG = Refusal(
    "import.too_big",
    "{file} has {found} MB, and at most {limit} MB are read. Nothing was changed; "
    "split the file and import the parts one after the other.",
)


class ReadingError(Exception):
    """A file that can't be read on from here; ``problem`` names file, line and column."""

    def __init__(self, place: Place, sentence: str, column: str | None = None) -> None:
        super().__init__(f"{place.at(column)}: {sentence}")
        self.problem = Problem(place.at(column), sentence)


def problems_error(problems: Sequence[Problem]) -> DomainError:
    """The refusal that lists what is wrong with the files, ``PROBLEMS``."""
    shown = problems[:MAX_PROBLEMS]
    count = f"{len(shown)} problem{'s' if len(shown) > 1 else ''}"
    if len(problems) > MAX_PROBLEMS:
        count = f"more than {MAX_PROBLEMS} problems (the first {MAX_PROBLEMS} follow)"
    return PROBLEMS(count=count, list="\n".join(map(str, shown)), problems=list(map(str, shown)))


def nearest(wanted: str, known: Sequence[str], cutoff: float = 0.6) -> str:
    """`` Did you mean 'currency'?``, or nothing when no known name is near."""
    folded = {name.casefold(): name for name in known}
    near = get_close_matches(wanted.casefold(), list(folded), n=1, cutoff=cutoff)
    return f" Did you mean '{folded[near[0]]}'?" if near else ""
