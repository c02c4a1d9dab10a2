"""Changing an order: every field of it, on pages of at most six inputs.

A page is filled from the order's whole content and gives the whole content back with that page's
fields replaced; the version it was opened on travels along, so that two people can't undo each
other. A change of an order that was sent for approval needs a reason.
"""

from collections.abc import Mapping
from typing import Any

from bot.answers import acknowledged
from bot.blocks import Block, field, modal, option, paragraph, select, text_input
from bot.ids import Action, Callback
from bot.metadata import MAX_METADATA, Target
from bot.modals import order_fields as fields
from bot.parse import Form
from bot.reader import Reader
from wopo.domain.errors import NOT_FOUND
from wopo.domain.numbers import short
from wopo.domain.order_content import LineContent, OrderContent
from wopo.usecases.order_changes import ReviseOrder
from wopo.usecases.purchase_orders import EditOrder
from wopo.usecases.views.purchase_orders import OrderView

PAGES = {
    "terms": "Vendor and terms",
    "kind": "Kind and validity",
    "amounts": "Discount and charges",
    "what": "Line: what and how much",
    "price": "Line: price and tax",
    "whom": "Line: for whom",
    "dates": "Line: deliveries, removing",
    "new": "A new line",
}
LINE_PAGES = ("what", "price", "whom", "dates")


class OrderPage(Target):
    """The order, the page, the line, and the version that the inputs were filled from."""

    page: str = "what"
    line: str = ""


def build(view: OrderView, reader: Reader, page: str = "what", line_id: str = "") -> Block:
    """One page, filled with what stands now; the lists on top lead to the others."""
    lines = view.content.lines
    line = next((line for line in lines if line.id == line_id), lines[0])
    pages = [option(title, name) for name, title in PAGES.items()]
    chosen = select(pages, initial=page) | {"action_id": str(Action.ORDER_CHANGE_PAGE)}
    choosers = [chosen]
    if page in LINE_PAGES and len(lines) > 1:
        named = [option(f"{one.position}. {one.description}", one.id) for one in lines]
        choosers.append(
            select(named, initial=line.id) | {"action_id": str(Action.ORDER_CHANGE_LINE)}
        )
    target = OrderPage(id=view.id, rev=view.version, page=page, line=line.id)
    blocks = [
        {"type": "actions", "block_id": f"page.{page}.{line.id}", "elements": choosers},
        *([paragraph(f"{line.position}. {line.description}")] if page in LINE_PAGES else []),
        *_apart(fields.inputs(page, view, line, reader), target),
    ]
    if needs_reason(view):
        about = "The order then needs approval again"
        blocks.append(field("reason", "Why?", text_input(longest=500), hint=about))
    return modal(
        Callback.CHANGE_ORDER,
        f"Change {short(view.number)}",
        blocks,
        submit="Save",
        metadata=target.pack(MAX_METADATA),
    )


def _apart(made: list[Block], target: OrderPage) -> list[Block]:
    """Block ids of their own for each page and line: Slack keeps what was typed where the ids stay
    the same, and would carry one line's quantity over to the next."""
    end = f"@{target.page}.{target.line}"
    return [block | {"block_id": f"{block['block_id']}{end}"} for block in made]


def plain_ids(values: dict[str, Any]) -> dict[str, Any]:
    """The sent state by field names."""
    return {name.partition("@")[0]: given for name, given in values.items()}


def at_blocks(view: dict[str, Any], errors: Mapping[str, str]) -> dict[str, str]:
    """Refusals by field names, at the blocks of this page."""
    inputs = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    blocks = {name.partition("@")[0]: name for name in inputs}
    return {blocks.get(name, name): sentence for name, sentence in errors.items()}


def needs_reason(view: OrderView) -> bool:
    """Whether a change makes a new revision, which says why."""
    return "edit" not in view.verbs


def parse(view: dict[str, Any], locale: str, order: OrderView) -> EditOrder | ReviseOrder:
    """The command with the whole content, or ``FormError``."""
    target = OrderPage.parse(view.get("private_metadata"))
    form = Form(plain_ids(view["state"]["values"]), locale)
    content = changed(form, target, order.content)
    reason = ""
    if needs_reason(order):
        reason = form.text("reason", label="The reason", required=True)
    form.check()
    said = {"order_id": target.id, "content": content, "version": target.rev}
    if needs_reason(order):
        return ReviseOrder(**said, reason=reason, acknowledged=acknowledged(view))
    return EditOrder(**said, acknowledged=acknowledged(view))


def changed(form: Form, target: OrderPage, content: OrderContent) -> OrderContent:
    """The content with the page's fields as they were sent."""
    match target.page:
        case "terms" | "kind" | "amounts":
            return content.model_copy(update=fields.header(target.page, form, content))
        case "new":
            return content.model_copy(
                update={"lines": (*content.lines, *fields.new_line(form, content))}
            )
        case _:
            return content.model_copy(update={"lines": _lines(form, target, content)})


def _lines(form: Form, target: OrderPage, content: OrderContent) -> tuple[LineContent, ...]:
    if target.line not in {line.id for line in content.lines}:
        raise NOT_FOUND(kind="line", wanted="on this order", nearest="", field="lines")
    if target.page == "dates" and form.choices("remove"):
        return tuple(line for line in content.lines if line.id != target.line)
    return tuple(
        line.model_copy(update=fields.line(target.page, form, line, content.currency))
        if line.id == target.line
        else line
        for line in content.lines
    )
