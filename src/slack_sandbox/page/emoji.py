"""Emoji by name. The common ones are drawings of the page's own sprite, so that they look the
same on every machine, with or without an emoji font; the rest are characters."""

from typing import Final

from markupsafe import Markup

from slack_sandbox.page.html import tag

DRAWN: Final = frozenset(
    {
        "arrow_right",
        "bell",
        "blue_circle",
        "bulb",
        "bust",
        "calendar",
        "camera",
        "chart",
        "clock",
        "factory",
        "green_circle",
        "hourglass",
        "inbox_tray",
        "information_source",
        "link",
        "lock",
        "mag",
        "memo",
        "moneybag",
        "no_entry",
        "package",
        "page_facing_up",
        "pencil",
        "pushpin",
        "question",
        "receipt",
        "recycle",
        "red_circle",
        "rotating_light",
        "speech_balloon",
        "star",
        "tada",
        "thumbsup",
        "truck",
        "warning",
        "wave",
        "white_check_mark",
        "white_circle",
        "wrench",
        "x",
        "yellow_circle",
    }
)
SAME_AS: Final = {
    "heavy_check_mark": "white_check_mark",
    "ballot_box_with_check": "white_check_mark",
    "hourglass_flowing_sand": "hourglass",
    "hammer_and_wrench": "wrench",
    "gear": "wrench",
    "nut_and_bolt": "wrench",
    "hammer": "wrench",
    "negative_squared_cross_mark": "x",
    "heavy_multiplication_x": "x",
    "pencil2": "pencil",
    "spiral_note_pad": "memo",
    "clipboard": "memo",
    "dollar": "moneybag",
    "euro": "moneybag",
    "credit_card": "receipt",
    "articulated_lorry": "truck",
    "mailbox_with_mail": "inbox_tray",
    "outbox_tray": "inbox_tray",
    "date": "calendar",
    "spiral_calendar_pad": "calendar",
    "large_green_circle": "green_circle",
    "large_blue_circle": "blue_circle",
    "large_yellow_circle": "yellow_circle",
    "large_orange_circle": "yellow_circle",
    "orange_circle": "yellow_circle",
    "black_circle": "white_circle",
    "no_entry_sign": "no_entry",
    "octagonal_sign": "no_entry",
    "alarm_clock": "clock",
    "clock1": "clock",
    "stopwatch": "clock",
    "+1": "thumbsup",
    "bar_chart": "chart",
    "chart_with_upwards_trend": "chart",
    "page_with_curl": "page_facing_up",
    "bust_in_silhouette": "bust",
    "busts_in_silhouette": "bust",
    "construction_worker": "bust",
    "round_pushpin": "pushpin",
    "mag_right": "mag",
    "closed_lock_with_key": "lock",
    "repeat": "recycle",
    "arrows_counterclockwise": "recycle",
    "grey_question": "question",
    "electric_plug": "bulb",
    "zap": "bulb",
}
CHARACTERS: Final = {
    "smile": "☺",
    "heart": "♥",
    "eyes": "👀",
    "point_right": "☞",
    "arrow_up": "↑",
    "arrow_down": "↓",
    "arrow_left": "←",
    "heavy_plus_sign": "+",
    "heavy_minus_sign": "−",
    "fire": "🔥",
    "phone": "☎",
    "email": "✉",
    "envelope": "✉",
    "scales": "⚖",
    "umbrella": "☂",
    "snowflake": "❄",
    "sunny": "☀",
    "droplet": "💧",
    "house": "⌂",
    "scissors": "✂",
}
_BY_CHARACTER: Final = {
    "✅": "white_check_mark",
    "⚠️": "warning",
    "⚠": "warning",
    "🔧": "wrench",
    "🛠️": "wrench",
    "📦": "package",
    "⏳": "hourglass",
    "⌛": "hourglass",
    "❌": "x",
    "🚨": "rotating_light",
    "📝": "memo",
    "💰": "moneybag",
    "🚚": "truck",
    "🔔": "bell",
    "📅": "calendar",
    "📷": "camera",
    "💬": "speech_balloon",
    "ℹ️": "information_source",
    "🔴": "red_circle",
    "🟡": "yellow_circle",
    "🟢": "green_circle",
    "🔵": "blue_circle",
    "🔒": "lock",
    "🔍": "mag",
    "📄": "page_facing_up",
    "📥": "inbox_tray",
    "⭐": "star",
    "🏭": "factory",
    "🧾": "receipt",
    "👍": "thumbsup",
    "🎉": "tada",
    "👋": "wave",
    "💡": "bulb",
    "📌": "pushpin",
}
TYPED: Final = "|".join(sorted(_BY_CHARACTER, key=len, reverse=True))


def emoji(name: str) -> Markup:
    """The emoji called `name`; an unknown one stays readable as `:name:`, as in Slack."""
    plain = name.split("::", 1)[0]
    drawn = SAME_AS.get(plain, plain)
    spoken = plain.replace("_", " ")
    if drawn in DRAWN:
        use = tag("use", href=f"/client/static/sprite.svg#e-{drawn}")
        return tag("svg", use, class_="emoji", role="img", aria_label=spoken)
    if plain in CHARACTERS:
        return tag("span", CHARACTERS[plain], class_="emoji-char", role="img", aria_label=spoken)
    return Markup(":{}:").format(name)


def typed_emoji(character: str) -> Markup:
    """An emoji that was typed as a character."""
    return emoji(_BY_CHARACTER[character])
