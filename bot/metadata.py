"""What travels through Slack and back: an opaque id and the revision it was shown for.

Everything else is read again in the transaction: what Slack brings back is a snapshot from when
the message or form was drawn.
"""

from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from wopo.domain.errors import Refusal

MAX_VALUE = 2000
"""Characters in a button's value (slack-platform, 1.2)."""
MAX_METADATA = 3000
"""Characters in a view's private_metadata (slack-platform, 1.3)."""

UNREADABLE = Refusal(
    "slack.unreadable",
    "This button or form is from an older wopo. Nothing was changed; "
    "open it again from /wo or the app's Home tab.",
)


class Carried(BaseModel):
    """A value that travels. ``parse`` refuses what is not ours with ``UNREADABLE``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def pack(self, limit: int = MAX_VALUE) -> str:
        """As JSON; raises ``ValueError`` when it does not fit, which is our own mistake."""
        text = self.model_dump_json(exclude_defaults=True)
        if len(text) > limit:
            raise ValueError(f"{type(self).__name__} is {len(text)} characters, limit {limit}")
        return text

    @classmethod
    def parse(cls, text: str | None) -> Self:
        """The value back from Slack."""
        try:
            return cls.model_validate_json(text or "")
        except ValidationError as error:
            raise UNREADABLE() from error


class Target(Carried):
    """Which thing a button or a form is about: ``card`` is the card it was drawn on (so that a
    stale click redraws it), ``rev`` the version or revision it showed, ``seen`` the hash of the
    content it showed."""

    id: str
    rev: int = 0
    card: str = ""
    seen: str = ""


class FormTarget(Target):
    """A form's private metadata. ``home``: opened from App Home, which is drawn anew afterwards.
    ``place``: channel and message the form grew out of."""

    place: tuple[str, str] | None = None


class Question(Carried):
    """A soft refusal waiting for "yes, go on": the button that was clicked, once more. ``under``
    and ``about``: the screen it lies over, and what that is about."""

    action: str
    target: Target
    acknowledge: tuple[str, ...]
    under: str = ""
    about: str = ""
