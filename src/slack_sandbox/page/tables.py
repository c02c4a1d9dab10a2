"""table and data_table blocks."""

from typing import Any

from markupsafe import Markup

from slack_sandbox.page.context import Context
from slack_sandbox.page.html import tag
from slack_sandbox.page.mrkdwn import plain, spoken
from slack_sandbox.page.rich_text import rich_text

Json = dict[str, Any]


def _cell_words(cell: Json) -> str:
    if cell.get("type") == "raw_number" and not cell.get("text"):
        return str(cell.get("value", ""))
    return spoken(cell.get("text"))


def _cell(cell: Json | None, context: Context) -> Markup:
    if not cell:
        return Markup("")
    if cell.get("type") == "rich_text":
        return rich_text(cell, context)
    return plain(_cell_words(cell))


def _column_class(settings: list[Json | None], index: int, cell: Json | None) -> str | None:
    setting = (settings[index] if index < len(settings) else None) or {}
    number = bool(cell) and cell is not None and cell.get("type") == "raw_number"
    align = setting.get("align") or ("right" if number else "left")
    wrapped = " wrap" if setting.get("is_wrapped") else ""
    return f"col-{align}{wrapped}"


def _row(
    row: list[Json | None], name: str, settings: list[Json | None], context: Context
) -> Markup:
    return tag(
        "tr",
        *(
            tag(
                name,
                _cell(cell, context),
                class_=_column_class(settings, index, cell),
                scope="col" if name == "th" else None,
            )
            for index, cell in enumerate(row)
        ),
    )


def table(block: Json, context: Context) -> Markup:
    """A table block: its first row is the heading."""
    rows = block.get("rows", [])
    settings = block.get("column_settings") or []
    head = tag("thead", *(_row(row, "th", settings, context) for row in rows[:1]))
    body = tag("tbody", *(_row(row, "td", settings, context) for row in rows[1:]))
    return tag(
        "div",
        tag("table", head, body, class_="grid-table"),
        class_="table-scroll",
        role="region",
        aria_label="Table",
        tabindex="0",
    )


def _sort_key(cell: Json | None) -> str:
    cell = cell or {}
    return str(cell.get("value", _cell_words(cell)))


def _data_row(row: list[Json | None], header: int | None, context: Context, late: bool) -> Markup:
    cells = []
    for index, cell in enumerate(row):
        cells.append(
            tag(
                "th" if index == header else "td",
                _cell(cell, context),
                scope="row" if index == header else None,
                class_=_column_class([], index, cell),
                data_sort=_sort_key(cell),
            )
        )
    return tag("tr", *cells, data_late=late)


def data_table(block: Json, context: Context) -> Markup:
    """A data_table block: headings sort, rows past the page wait behind a button."""
    rows = block.get("rows", [])
    size = int(block.get("page_size") or 5)
    heads = (
        tag(
            "th",
            tag("button", _cell(cell, context), type="button", data_sort_by=str(index)),
            scope="col",
            aria_sort="none",
        )
        for index, cell in enumerate(rows[0] if rows else [])
    )
    header = block.get("row_header_column_index")
    body = (
        _data_row(row, header, context, late=index >= size) for index, row in enumerate(rows[1:])
    )
    caption = spoken(block.get("caption"))
    grid = tag(
        "table",
        tag("caption", caption),
        tag("thead", tag("tr", *heads)),
        tag("tbody", *body, data_own=True),
        class_="grid-table data-table",
    )
    hidden = max(len(rows) - 1 - size, 0)
    more = f"Show {hidden} more row{'' if hidden == 1 else 's'}"
    button = tag("button", more, type="button", class_="link-btn", data_more_rows=True)
    return tag(
        "div",
        tag("div", grid, class_="table-scroll", role="region", aria_label=caption, tabindex="0"),
        button if hidden else None,
        data_own=True,
    )
