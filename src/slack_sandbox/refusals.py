"""Turns Block Kit problems into Slack's own refusals."""

from typing import Any

from slack_sandbox.blockkit import validate_message, validate_view
from slack_sandbox.errors import SlackError
from slack_sandbox.store import Json


def refuse_message(payload: Json) -> list[str]:
    """Warnings about an acceptable message. Raises SlackError invalid_blocks and the like."""
    problems = validate_message(payload)
    errors = [problem for problem in problems if not problem.warning]
    if any(problem.pointer == "/text" for problem in errors):
        raise SlackError("msg_too_long")
    if errors and all(problem.pointer.startswith("/metadata") for problem in errors):
        code = "invalid_metadata_format"
    elif errors and all(problem.pointer.startswith("/attachments") for problem in errors):
        code = "invalid_attachments"
    else:
        code = "invalid_blocks"
    if errors:
        lines = [str(problem) for problem in errors]
        marked = [f"[ERROR] {line}" for line in lines]
        raise SlackError(code, errors=lines, response_metadata={"messages": marked})
    return ["missing_text_in_message"] if problems else []


def refuse_view(view: Any) -> None:
    """Raises SlackError invalid_arguments with pointers when Slack would not take the view."""
    problems = validate_view(view)
    if problems:
        lines = [f"[ERROR] {problem}" for problem in problems]
        head = "[ERROR] failed to match all allowed schemas [json-pointer:/view]"
        raise SlackError("invalid_arguments", response_metadata={"messages": [head, *lines]})
