"""What a failed call to Slack means for the row that caused it."""

import socket
from dataclasses import dataclass
from enum import Enum, auto
from http.client import HTTPException
from urllib.error import URLError

from slack_sdk.errors import SlackApiError, SlackClientError

CALL_ERRORS = (SlackClientError, HTTPException, OSError)
"""Everything a call of slack_sdk raises: Slack's own refusals, broken answers, broken lines."""


class NotYetError(Exception):
    """Slow work that could not be done this time and did nothing: another try may help."""


class GivenUpError(Exception):
    """Slow work that no further try can help: the row is a dead letter at once."""


class OutcomeUnknownError(Exception):
    """Slow work that may have been done, and must not be done twice: a person looks first."""


class Kind(Enum):
    """What follows from a failure."""

    LIMITED = auto()
    """Slack asks to wait; nothing was done."""
    UNREACHABLE = auto()
    """The request never left: nothing was done, and others will fail too."""
    LINE = auto()
    """The line broke or Slack fell over: it may have been done, and others may fail too."""
    DOUBTFUL = auto()
    """Slack itself says that part of it may have been done."""
    TOKEN = auto()
    """Our token no longer works: everything waits."""
    CHANNEL = auto()
    """That channel takes no messages from us."""
    PERSON = auto()
    """That person gets no messages any more."""
    MESSAGE = auto()
    """That message can't be changed any more."""
    CONTENT = auto()
    """Slack does not take what we built."""
    REFUSED = auto()
    """Any other refusal: tried again some times."""


@dataclass(frozen=True)
class Failure:
    """A classified failure. ``wait`` is in seconds, only for ``LIMITED``."""

    kind: Kind
    code: str
    wait: float = 0.0


_CODES: dict[str, Kind] = {
    **dict.fromkeys(("ratelimited", "rate_limited", "message_limit_exceeded"), Kind.LIMITED),
    **dict.fromkeys(
        ("fatal_error", "internal_error", "request_timeout", "service_unavailable"), Kind.DOUBTFUL
    ),
    **dict.fromkeys(
        ("token_revoked", "token_expired", "invalid_auth", "not_authed", "account_inactive"),
        Kind.TOKEN,
    ),
    **dict.fromkeys(
        (
            "channel_not_found",
            "is_archived",
            "not_in_channel",
            "restricted_action",
            "restricted_action_read_only_channel",
            "team_access_not_granted",
        ),
        Kind.CHANNEL,
    ),
    **dict.fromkeys(
        ("user_not_found", "user_disabled", "users_not_found", "cannot_dm_bot", "user_not_visible"),
        Kind.PERSON,
    ),
    **dict.fromkeys(
        (
            "message_not_found",
            "cant_update_message",
            "edit_window_closed",
            "block_mismatch",
            "is_inactive",
        ),
        Kind.MESSAGE,
    ),
    **dict.fromkeys(
        (
            "invalid_blocks",
            "invalid_blocks_format",
            "invalid_arguments",
            "msg_too_long",
            "msg_blocks_too_long",
            "metadata_too_large",
            "no_text",
        ),
        Kind.CONTENT,
    ),
}

DEFAULT_WAIT = 30.0


def classify(error: BaseException) -> Failure:
    """What became of the call, as far as can be known."""
    if isinstance(error, SlackApiError):
        return _answered(error)
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, (ConnectionRefusedError, socket.gaierror)):
        return Failure(Kind.UNREACHABLE, type(reason).__name__)
    return Failure(Kind.LINE, type(reason).__name__)


def _answered(error: SlackApiError) -> Failure:
    response = error.response
    status = getattr(response, "status_code", 200)
    data = getattr(response, "data", response)
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    if status >= 500:
        return Failure(Kind.LINE, f"HTTP {status}")
    if status == 429 or _CODES.get(code) is Kind.LIMITED:
        return Failure(Kind.LIMITED, "ratelimited", _retry_after(response))
    if not code.replace("_", "").isalnum():
        return Failure(Kind.LINE, "an answer that is not JSON")
    return Failure(_CODES.get(code, Kind.REFUSED), code)


def _retry_after(response: object) -> float:
    headers = getattr(response, "headers", None) or {}
    for name, value in dict(headers).items():
        if str(name).lower() == "retry-after":
            try:
                return max(float(value[0] if isinstance(value, list) else value), 0.0)
            except ValueError:
                return DEFAULT_WAIT
    return DEFAULT_WAIT
