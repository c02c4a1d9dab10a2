"""What Slack itself checks in a form before the app hears of it."""

import re
from decimal import Decimal, InvalidOperation
from pathlib import PurePosixPath
from typing import Any

from slack_sandbox.inputs import is_empty
from slack_sandbox.store import Json

MAX_FILE_BYTES = 10_000_000
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"https?://\S+")


def form_errors(blocks: list[Json], values: Json) -> dict[str, str]:
    """Sentences by block_id for inputs Slack would not send; empty when all is well."""
    errors: dict[str, str] = {}
    for block in blocks:
        if block.get("type") != "input":
            continue
        element = block["element"]
        value = values[block["block_id"]][element["action_id"]]
        if is_empty(value):
            if not block.get("optional"):
                errors[block["block_id"]] = "Please complete this required field."
            continue
        problem = _problem(element, value)
        if problem:
            errors[block["block_id"]] = problem
    return errors


def _problem(element: Json, value: Json) -> str | None:
    kind = element["type"]
    if kind == "plain_text_input":
        return _length(element, value["value"])
    if kind == "number_input":
        return _number(element, value["value"])
    if kind == "email_text_input" and not _EMAIL.fullmatch(value["value"]):
        return "Please enter a valid email address."
    if kind == "url_text_input" and not _URL.fullmatch(value["value"]):
        return "Please enter a valid URL."
    most = element.get("max_selected_items")
    if most is not None and any(isinstance(v, list) and len(v) > most for v in value.values()):
        return f"Please select at most {most} items."
    return None


def _length(element: Json, text: str) -> str | None:
    if len(text) < element.get("min_length", 0):
        return f"Please enter at least {element['min_length']} characters."
    if len(text) > element.get("max_length", 3000):
        return f"Please enter at most {element.get('max_length', 3000)} characters."
    return None


def _number(element: Json, text: str) -> str | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return "Please enter a number."
    if not number.is_finite():
        return "Please enter a number."
    if not element["is_decimal_allowed"] and number != number.to_integral_value():
        return "Please enter a whole number."
    if element.get("min_value") is not None and number < Decimal(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if element.get("max_value") is not None and number > Decimal(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return None


def file_errors(block: Json, files: list[tuple[str, str, bytes]]) -> str | None:
    """What is wrong with the files chosen for a file input, or None."""
    element: Any = block["element"]
    most = element.get("max_files", 10)
    if len(files) > most:
        return f"Please choose at most {most} files."
    allowed = {kind.lower().lstrip(".") for kind in element.get("filetypes") or []}
    for name, _, content in files:
        ending = PurePosixPath(name).suffix.lstrip(".").lower()
        same = {ending} | ({"jpg", "jpeg"} if ending in {"jpg", "jpeg"} else set())
        if allowed and not allowed & same:
            return f"{name}: only {', '.join(sorted(allowed))} files can be uploaded."
        if len(content) > MAX_FILE_BYTES:
            return f"{name}: a file may have 10 MB at most."
    return None
