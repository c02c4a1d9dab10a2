"""The one error that becomes Slack's ``{"ok": false, "error": ...}``."""

from typing import Any


class SlackError(Exception):
    """A refusal as the Web API words it; `extra` joins the answer (needed, provided, errors...)."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra

    def body(self) -> dict[str, Any]:
        """The JSON answer."""
        return {"ok": False, "error": self.code, **self.extra}
