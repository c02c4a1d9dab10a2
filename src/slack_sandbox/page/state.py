"""From what the browser reads off its fields to the raw values the desk takes."""

from datetime import datetime, tzinfo
from typing import Any

Raw = dict[str, dict[str, Any]]


def _settled(value: Any, zone: tzinfo) -> Any:
    if not isinstance(value, dict) or "local" not in value:
        return value
    try:
        at = datetime.fromisoformat(str(value["local"]))
    except ValueError:
        return None
    return int(at.replace(tzinfo=zone).timestamp())


def settle(raw: Any, zone: tzinfo) -> Raw:
    """Turn wall-clock times (`{"local": "2026-11-24T10:00"}`) into unix seconds.

    The clock on the wall is the person's, so their zone decides, not the machine's.
    """
    if not isinstance(raw, dict):
        return {}
    return {
        str(block_id): {str(key): _settled(value, zone) for key, value in fields.items()}
        for block_id, fields in raw.items()
        if isinstance(fields, dict)
    }


def settle_choice(choice: Any, zone: tzinfo) -> Any:
    """The same for the value of a single element."""
    return _settled(choice, zone)
