"""How a refusal is told in a terminal."""

from rich.console import Console
from rich.text import Text

from wopo.domain.errors import DomainError

console = Console(stderr=True, highlight=False)


def told(error: DomainError) -> Text:
    """The sentence, without markup from what people typed."""
    return Text(error.message)
