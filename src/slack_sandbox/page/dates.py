"""Times as Slack shows them: in the reader's time zone, relative where that is shorter."""

import re
from datetime import UTC, datetime, timedelta

from slack_sandbox.page.context import Context

_TOKEN = re.compile(r"\{(\w+)\}")


def moment(ts: str | float, context: Context) -> datetime:
    """A message's ts, or unix seconds, in the reader's zone."""
    return datetime.fromtimestamp(float(ts), UTC).astimezone(context.zone)


def clock(at: datetime, context: Context, seconds: bool = False) -> str:
    """`14:05`, or `2:05 PM` for readers of that habit."""
    tail = f":{at:%S}" if seconds else ""
    if context.clock_24:
        return f"{at:%H:%M}{tail}"
    return f"{at.hour % 12 or 12}:{at:%M}{tail} {'AM' if at.hour < 12 else 'PM'}"


def _relative(at: datetime, context: Context) -> str | None:
    days = (at.date() - context.now.astimezone(context.zone).date()).days
    return {0: "today", -1: "yesterday", 1: "tomorrow"}.get(days)


def _ago(at: datetime, context: Context) -> str:
    gap = context.now - at
    ahead = gap < timedelta(0)
    seconds = abs(gap).total_seconds()
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            words = f"{count} {unit}{'' if count == 1 else 's'}"
            return f"in {words}" if ahead else f"{words} ago"
    return "now"


def _day(at: datetime, style: str) -> str:
    if style == "date_num":
        return f"{at:%Y-%m-%d}"
    if style.startswith("date_short"):
        return f"{at:%b} {at.day}, {at.year}"
    if style.startswith("date_long"):
        return f"{at:%A}, {at:%B} {at.day}, {at.year}"
    return f"{at:%B} {at.day}, {at.year}"


def formatted(seconds: float, pattern: str, context: Context) -> str:
    """Fill the tokens of a `<!date^…>` pattern; an unknown token stays as it was written."""
    at = moment(seconds, context)

    def fill(match: re.Match[str]) -> str:
        word = match[1]
        if word == "time":
            return clock(at, context)
        if word == "time_secs":
            return clock(at, context, seconds=True)
        if word == "ago":
            return _ago(at, context)
        if word in {"date_pretty", "date_short_pretty", "date_long_pretty"}:
            return _relative(at, context) or _day(at, word)
        if word in {"date", "date_short", "date_long", "date_num"}:
            return _day(at, word)
        return match[0]

    filled = _TOKEN.sub(fill, pattern)
    return filled[:1].upper() + filled[1:] if pattern.startswith("{") else filled


def day_heading(ts: str, context: Context) -> str:
    """The line between two days of a channel: Today, Yesterday, or the date."""
    at = moment(ts, context)
    near = _relative(at, context)
    return near.capitalize() if near else f"{at:%A}, {at:%B} {at.day}"
