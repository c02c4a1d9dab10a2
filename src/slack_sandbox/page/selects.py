"""Menus: one-of-few as the device's own select, search and many-of-many as a combobox."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from markupsafe import Markup

from slack_sandbox.page.elements import Place, common, naming, placeholder
from slack_sandbox.page.html import icon, tag
from slack_sandbox.page.mrkdwn import spoken

Json = dict[str, Any]
Offer = tuple[str, str]  # value, shown words


def _offer(option: Json) -> Offer:
    return str(option.get("value", "")), spoken(option.get("text"))


def _options(offers: Iterable[Offer], chosen: str | None) -> Iterator[Markup]:
    for value, words in offers:
        yield tag("option", words, value=value, selected=value == chosen, data_key=value)


def _native(element: Json, place: Place, body: Iterable[Markup], empty: bool = True) -> Markup:
    first = tag("option", placeholder(element, "Choose an option"), value="", data_key="")
    inner = [first, *body] if empty else list(body)
    select = tag(
        "select", *inner, class_="select", **common(element, place) | naming(element, place)
    )
    return tag("span", select, icon("chevron"), class_="select-wrap")


def static_select(element: Json, place: Place) -> Markup:
    chosen = (element.get("initial_option") or {}).get("value")
    groups = element.get("option_groups")
    if groups:
        body = [
            tag(
                "optgroup",
                *_options(map(_offer, group.get("options", [])), chosen),
                label=spoken(group.get("label")),
                data_key=f"group:{spoken(group.get('label'))}",
            )
            for group in groups
        ]
    else:
        body = list(_options(map(_offer, element.get("options", [])), chosen))
    return _native(element, place, body)


def _conversations(element: Json, place: Place) -> dict[str, str]:
    context = place.context
    if element["type"].endswith("channels_select"):
        return {key: f"#{name}" for key, name in context.channels.items()}
    wanted = (element.get("filter") or {}).get("include")
    offers: dict[str, str] = {}
    if not wanted or {"public", "private"} & set(wanted):
        offers |= {key: f"#{name}" for key, name in context.channels.items()}
    if not wanted or {"im", "mpim"} & set(wanted):
        offers |= context.direct
    return offers


def _initial(element: Json, place: Place) -> list[str]:
    """Ids an element of people or conversations starts with."""
    kind = str(element["type"]).removeprefix("multi_").removesuffix("s_select")
    plural = element.get(f"initial_{kind}s") or []
    single = element.get(f"initial_{kind}")
    chosen = [*plural, *([single] if single else [])]
    if not chosen and element.get("default_to_current_conversation") and place.context.channel_id:
        chosen = [place.context.channel_id]
    return chosen


def _directory(element: Json, place: Place) -> Mapping[str, str]:
    if element["type"].endswith("users_select"):
        return place.context.users
    return _conversations(element, place)


def directory_select(element: Json, place: Place) -> Markup:
    """users_select, conversations_select, channels_select."""
    chosen = next(iter(_initial(element, place)), None)
    return _native(element, place, _options(_directory(element, place).items(), chosen))


def _picker(
    element: Json,
    place: Place,
    offers: list[Json] | None,
    chosen: list[Json],
    many: bool,
) -> Markup:
    """A combobox. With `offers` it searches in the browser, without it asks the app."""
    named = naming(element, place)
    listbox = f"{place.dom_id(element)}-list"
    search = tag(
        "input",
        type="text",
        class_="picker-input",
        role="combobox",
        autocomplete="off",
        autocapitalize="off",
        spellcheck="false",
        aria_expanded="false",
        aria_autocomplete="list",
        aria_controls=listbox,
        placeholder=placeholder(element, "Search"),
        data_own=True,
        data_focus=element.get("focus_on_load") is True,
        **named,
    )
    tokens = tag("span", class_="picker-chips", data_own=True)
    clear = tag("button", icon("close"), type="button", class_="picker-clear", hidden=True)
    field = tag("div", tokens, search, tag("span", clear, data_own=True), class_="picker-field")
    options = tag(
        "ul",
        id=listbox,
        class_="picker-list",
        role="listbox",
        aria_label=place.label or named.get("aria_label"),
        hidden=True,
        data_own=True,
    )
    return tag(
        "div",
        field,
        options,
        class_="picker",
        data_offers=offers,
        data_initial=chosen,
        data_many=many,
        data_max=element.get("max_selected_items"),
        data_min_query=element.get("min_query_length", 3) if offers is None else None,
        **common(element, place) | {"data_focus": None},
    )


def external_select(element: Json, place: Place) -> Markup:
    """One or many of what the app finds for the typed words."""
    many = element["type"].startswith("multi_")
    initial = element.get("initial_options") or [element.get("initial_option")]
    return _picker(element, place, None, [one for one in initial if one], many)


def multi_static_select(element: Json, place: Place) -> Markup:
    offers = list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        offers += [one | {"group": spoken(group.get("label"))} for one in group.get("options", [])]
    return _picker(element, place, offers, element.get("initial_options") or [], True)


def multi_directory_select(element: Json, place: Place) -> Markup:
    names = _directory(element, place)
    offers = [{"text": name, "value": key} for key, name in names.items()]
    chosen = [{"text": names.get(key, key), "value": key} for key in _initial(element, place)]
    return _picker(element, place, offers, chosen, True)
