"""Build HTML out of parts that are escaped by construction.

Everything an app or a person wrote passes through `tag` or `join`; only `Markup` made here is
taken as HTML. No other module of the page turns a plain string into markup.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from markupsafe import Markup, escape

Child = str | Markup | None
VOID = frozenset({"img", "input", "br", "hr"})
EMPTY = Markup("")


def _attribute(name: str, value: Any) -> str:
    spelled = name.rstrip("_").replace("_", "-")
    if value is True:
        return f" {spelled}"
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return f' {spelled}="{escape(str(value))}"'


def join(parts: Iterable[Child], between: str = "") -> Markup:
    """Parts in a row, each escaped unless it is markup already; None is left out."""
    return escape(between).join(part for part in parts if part is not None)


def tag(name: str, /, *children: Child, **attributes: Any) -> Markup:
    """One element. `class_` is class, `data_ts` is data-ts, True is a bare attribute,
    None and False leave the attribute out, dicts and lists travel as JSON."""
    spelled = "".join(
        _attribute(key, value)
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    opening = f"<{name}{spelled}>"
    if name in VOID:
        return Markup(opening)  # noqa: S704  (every attribute value is escaped above)
    return Markup(f"{opening}{join(children)}</{name}>")  # noqa: S704  (children are escaped)


def icon(name: str, label: str | None = None) -> Markup:
    """A drawing of the page's own sprite: decoration, or an image with a name."""
    use = tag("use", href=f"/client/static/sprite.svg#i-{name}")
    if label is None:
        return tag("svg", use, class_="icon", aria_hidden="true", focusable="false")
    return tag("svg", use, class_="icon", role="img", aria_label=label)


def lines(text: str) -> Markup:
    """Plain text with its line breaks."""
    return Markup("<br>").join(text.split("\n"))


def revision(markup: str) -> str:
    """A short fingerprint: the browser leaves a part alone while its fingerprint stays."""
    return hashlib.blake2b(markup.encode(), digest_size=6).hexdigest()
