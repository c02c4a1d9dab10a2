"""Modals and App Home."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from slack_sandbox.page.blocks import blocks
from slack_sandbox.page.context import Context
from slack_sandbox.page.html import EMPTY, icon, tag
from slack_sandbox.page.mrkdwn import plain, spoken

Json = dict[str, Any]


def _label(part: Any, otherwise: str) -> Markup:
    return plain(spoken(part) or otherwise)


def _top(view: Json, depth: int, heading: str) -> Markup:
    back = tag(
        "button",
        icon("back"),
        type="button",
        class_="modal-corner",
        aria_label="Back",
        data_close="one",
    )
    cross = tag(
        "button",
        icon("close"),
        type="button",
        class_="modal-corner",
        aria_label="Close" if depth == 0 else "Close all",
        data_close="all",
    )
    title = tag("h2", _label(view.get("title"), ""), id=heading)
    return tag("header", back if depth else None, title, cross, class_="modal-top")


def _foot(view: Json) -> Markup:
    cancel = tag(
        "button",
        _label(view.get("close"), "Cancel" if view.get("submit") else "Close"),
        type="button",
        class_="btn btn-foot",
        data_close="one",
    )
    submit = None
    if view.get("submit"):
        words = tag("span", _label(view["submit"], "Submit"), class_="btn-words")
        submit = tag(
            "button",
            words,
            type="submit",
            class_="btn btn-primary btn-foot btn-submit",
            disabled=bool(view.get("submit_disabled")),
        )
    return tag("footer", cancel, submit, class_="modal-foot")


def modal(view: Json, depth: int, top: bool, context: Context) -> Markup:
    """One modal of the stack; only the top one shows, the others keep what was typed."""
    view_id = str(view.get("id", ""))
    inside = context.within("modal", view_id)
    heading = f"title-{view_id}"
    banner = tag("p", class_="modal-banner", role="alert", hidden=True, data_own=True)
    body = tag("div", blocks(view.get("blocks", []), inside), class_="modal-body")
    form = tag(
        "form",
        _top(view, depth, heading),
        banner,
        body,
        _foot(view),
        class_="modal",
        role="dialog",
        aria_modal="true",
        aria_labelledby=heading,
        tabindex="-1",
        novalidate=True,
    )
    return tag(
        "div",
        form,
        class_="modal-layer",
        hidden=not top,
        data_key=view_id,
        data_view_id=view_id,
        data_callback_id=view.get("callback_id"),
        data_root_view_id=view.get("root_view_id"),
    )


def modal_stack(stack: Sequence[Json], context: Context) -> Markup:
    """Every open modal of the reader, bottom first."""
    last = len(stack) - 1
    return EMPTY.join(modal(view, n, n == last, context) for n, view in enumerate(stack))


def home_view(view: Json | None, app_name: str, context: Context) -> Markup:
    """The published Home of an app, or the sentence Slack shows while there is none."""
    if view is None:
        words = f"{app_name} has not filled this page for you yet."
        return tag("div", tag("p", words), class_="empty", data_key="home-empty")
    view_id = str(view.get("id", ""))
    inside = context.within("home", view_id)
    return tag(
        "div",
        blocks(view.get("blocks", []), inside),
        class_="home-view",
        data_key=view_id,
        data_view_id=view_id,
    )
