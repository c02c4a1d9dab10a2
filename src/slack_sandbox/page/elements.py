"""Interactive elements. Each carries `data-kind`, `data-block-id` and `data-action-id`; the
script of the page reads its raw value from the DOM and sends it as soon as it changes when
`data-dispatch` is set."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from slack_sandbox.page.context import Context
from slack_sandbox.page.html import icon, revision, tag
from slack_sandbox.page.mrkdwn import link, safe_href, spoken, text_object

Json = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Where an element sits: its block, and the ids of the label and hint that speak for it."""

    block_id: str
    context: Context
    label: str | None = None
    label_id: str | None = None
    described_by: str | None = None
    optional: bool = True
    dispatch: bool = True

    def dom_id(self, element: Json) -> str:
        """A DOM id that two copies of the same card do not share."""
        key = f"{self.context.scope}/{self.block_id}/{element.get('action_id', '')}"
        return f"f-{revision(key)}"


Draw = Callable[[Json, Place], Markup]


def common(element: Json, place: Place) -> Json:
    """The attributes every element has."""
    action_id = element.get("action_id", "")
    return {
        "data_kind": element.get("type"),
        "data_block_id": place.block_id,
        "data_action_id": action_id,
        "data_key": f"{element.get('type')}:{action_id}",
        "data_confirm": element.get("confirm"),
        "data_dispatch": place.dispatch,
        "data_focus": element.get("focus_on_load") is True,
    }


def naming(element: Json, place: Place) -> Json:
    """How the element gets its accessible name: the input block's label, else its own words."""
    named: Json = {"aria_describedby": place.described_by}
    if place.label_id:
        named["id"] = place.dom_id(element)
        named["aria_required"] = "true" if not place.optional else None
    else:
        named["aria_label"] = place.label or spoken(element.get("placeholder")) or "Choose"
    return named


def button(element: Json, place: Place) -> Markup:
    style = element.get("style")
    attributes = common(element, place) | {
        "class_": f"btn btn-{style}" if style in {"primary", "danger"} else "btn",
        "data_value": element.get("value"),
        "aria_label": element.get("accessibility_label"),
    }
    words = tag("span", text_object(element.get("text"), place.context), class_="btn-words")
    href = safe_href(str(element.get("url") or ""))
    if href:
        return tag(
            "a", words, icon("out"), href=href, target="_blank", rel="noopener", **attributes
        )
    return tag("button", words, type="button", **attributes)


def icon_button(element: Json, place: Place) -> Markup:
    name = spoken(element.get("text")) or str(element.get("icon", ""))
    attributes = common(element, place) | {"data_kind": "icon_button", "aria_label": name}
    return tag(
        "button",
        icon("trash"),
        type="button",
        class_="btn btn-icon",
        title=name,
        data_value=element.get("value"),
        **attributes,
    )


def feedback_buttons(element: Json, place: Place) -> Markup:
    def one(key: str, drawn: str) -> Markup:
        part = element.get(key, {})
        return tag(
            "button",
            icon(drawn),
            type="button",
            class_="btn btn-icon",
            title=spoken(part.get("text")),
            aria_label=spoken(part.get("accessibility_label") or part.get("text")),
            data_value=part.get("value"),
            **common(element, place) | {"data_key": f"{element.get('action_id')}:{key}"},
        )

    return tag("div", one("positive_button", "up"), one("negative_button", "down"), class_="pair")


def overflow(element: Json, place: Place) -> Markup:
    """The three dots: the options wait in the DOM and show as a menu."""
    options = [
        {
            "text": spoken(option.get("text")),
            "value": option.get("value"),
            "url": safe_href(str(option.get("url") or "")),
            "description": spoken(option.get("description")),
        }
        for option in element.get("options", [])
    ]
    return tag(
        "button",
        icon("dots"),
        type="button",
        class_="btn btn-icon",
        aria_haspopup="menu",
        aria_label="More actions",
        data_options=options,
        **common(element, place),
    )


def _choice(element: Json, option: Json, place: Place, kind: str, number: int) -> Markup:
    initial = element.get("initial_options") or [element.get("initial_option") or {}]
    chosen = option.get("value") in [one.get("value") for one in initial]
    box = tag(
        "input",
        type=kind,
        name=place.dom_id(element),
        value=option.get("value", ""),
        checked=chosen,
        id=f"{place.dom_id(element)}-{number}",
        data_key=option.get("value", ""),
    )
    words = tag("span", text_object(option.get("text"), place.context), class_="choice-text")
    more = None
    if option.get("description"):
        described = text_object(option["description"], place.context)
        more = tag("span", described, class_="choice-more")
    return tag(
        "label",
        box,
        tag("span", words, more, class_="choice-words"),
        class_="choice",
        data_key=f"choice:{option.get('value', '')}",
    )


def choices(element: Json, place: Place) -> Markup:
    """Checkboxes or radio buttons as one named group."""
    kind = "checkbox" if element["type"] == "checkboxes" else "radio"
    named: Json = {"aria_describedby": place.described_by}
    if place.label_id:
        named |= {"aria_labelledby": place.label_id, "id": place.dom_id(element)}
    else:
        named["aria_label"] = place.label or "Options"
    options = element.get("options", [])
    return tag(
        "div",
        *(_choice(element, option, place, kind, n) for n, option in enumerate(options)),
        class_="choices",
        role="group" if kind == "checkbox" else "radiogroup",
        **common(element, place) | named,
    )


def workflow_button(element: Json, place: Place) -> Markup:
    url = str(element.get("workflow", {}).get("trigger", {}).get("url", ""))
    return link(url, text_object(element.get("text"), place.context))


def unknown(element: Json, place: Place) -> Markup:
    words = f"This element cannot be displayed ({element.get('type')})."
    return tag("span", words, class_="unknown")


def placeholder(element: Json, otherwise: str = "") -> str | None:
    """The grey words in an empty field."""
    return spoken(element.get("placeholder")) or otherwise or None
