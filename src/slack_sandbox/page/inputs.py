"""Fields to type, pick or photograph into."""

from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup

from slack_sandbox.page.elements import Place, common, naming, placeholder
from slack_sandbox.page.html import icon, tag
from slack_sandbox.page.rich_text import rich_text_words

Json = dict[str, Any]
_IMAGES = frozenset({"png", "jpg", "jpeg", "gif", "heic", "webp", "bmp"})


def _typing(element: Json, place: Place) -> Json:
    """Attributes of a text field; it is sent while typing only if its block dispatches."""
    asked = (element.get("dispatch_action_config") or {}).get("trigger_actions_on")
    triggers = " ".join(asked or ["on_enter_pressed"]) if place.dispatch else None
    return (
        common(element, place)
        | naming(element, place)
        | {
            "data_triggers": triggers,
            "placeholder": placeholder(element),
            "maxlength": element.get("max_length"),
            "data_min_length": element.get("min_length"),
        }
    )


def plain_text_input(element: Json, place: Place) -> Markup:
    value = str(element.get("initial_value") or "")
    attributes = _typing(element, place) | {"autocomplete": "off"}
    if element.get("multiline"):
        return tag("textarea", f"\n{value}", class_="text", rows=4, **attributes)
    return tag("input", type="text", class_="text", value=value, **attributes)


def number_input(element: Json, place: Place) -> Markup:
    """A text field with the number keypad: what was typed reaches the app unchanged."""
    decimal = element.get("is_decimal_allowed")
    return tag(
        "input",
        type="text",
        class_="text",
        inputmode="decimal" if decimal else "numeric",
        autocomplete="off",
        value=element.get("initial_value") or "",
        **_typing(element, place),
    )


def typed_input(element: Json, place: Place) -> Markup:
    """email_text_input and url_text_input, with the keyboard that fits."""
    kind = "email" if element["type"] == "email_text_input" else "url"
    attributes = _typing(element, place)
    attributes["placeholder"] = placeholder(element, "name@example.com" if kind == "email" else "")
    return tag(
        "input",
        type=kind,
        class_="text",
        autocomplete="off",
        value=element.get("initial_value") or "",
        **attributes,
    )


def rich_text_input(element: Json, place: Place) -> Markup:
    words = rich_text_words(element.get("initial_value"))
    rows = min(max(int(element.get("min_lines") or 4), 1), 12)
    return tag("textarea", f"\n{words}", class_="text", rows=rows, **_typing(element, place))


def datepicker(element: Json, place: Place) -> Markup:
    attributes = common(element, place) | naming(element, place)
    value = element.get("initial_date") or ""
    return tag("input", type="date", class_="text", value=value, **attributes)


def timepicker(element: Json, place: Place) -> Markup:
    attributes = common(element, place) | naming(element, place)
    value = element.get("initial_time") or ""
    return tag("input", type="time", class_="text", value=value, **attributes)


def datetimepicker(element: Json, place: Place) -> Markup:
    """Shown and entered in the reader's time zone; travels as unix seconds."""
    initial = element.get("initial_date_time")
    value = ""
    if initial:
        at = datetime.fromtimestamp(int(initial), UTC).astimezone(place.context.zone)
        value = f"{at:%Y-%m-%dT%H:%M}"
    attributes = common(element, place) | naming(element, place)
    return tag("input", type="datetime-local", class_="text", value=value, **attributes)


def file_input(element: Json, place: Place) -> Markup:
    """Files from the device, and where pictures are welcome, straight from the camera."""
    types = [str(kind).lower().lstrip(".") for kind in element.get("filetypes") or []]
    pictures = not types or bool(_IMAGES & set(types))
    most = int(element.get("max_files") or 10)
    named = naming(element, place) | {"aria_labelledby": place.label_id}
    chooser = tag(
        "input",
        type="file",
        class_="file-native",
        multiple=most > 1,
        accept=",".join(f".{kind}" for kind in types) or None,
        **named,
    )
    choose = tag(
        "label", icon("clip"), tag("span", "Choose files"), chooser, class_="btn file-choose"
    )
    camera = None
    if pictures:
        lens = tag(
            "input",
            type="file",
            class_="file-native",
            accept="image/*",
            capture="environment",
            data_camera=True,
            aria_label="Use the camera",
        )
        camera = tag(
            "label",
            icon("camera"),
            tag("span", "Camera", aria_hidden="true"),
            lens,
            class_="btn file-choose",
        )
    picked = tag("ul", class_="file-list", data_own=True)
    return tag(
        "div",
        tag("div", choose, camera, class_="file-ways"),
        picked,
        class_="files",
        data_max=most,
        **common(element, place) | {"data_focus": None},
    )
