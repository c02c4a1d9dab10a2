"""Rules that look at more than one field: ids, totals, options, charts, tables, submit."""

from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from slack_sandbox.blockkit import blocks as limits
from slack_sandbox.blockkit.problem import Problem

Json = dict[str, Any]
Problems = Iterator[Problem]
Found = Iterator[tuple[Json, str]]
_HOLDERS = {"actions": "elements", "context_actions": "elements", "card": "actions"}


def _dicts(value: Any) -> list[tuple[int, Json]]:
    items = value if isinstance(value, list) else []
    return [(number, item) for number, item in enumerate(items) if isinstance(item, dict)]


def walk_blocks(blocks: Any, at: str) -> Found:
    """Every block with its pointer, nested ones too."""
    for number, block in _dicts(blocks):
        where = f"{at}/{number}"
        yield block, where
        if block.get("type") == "container":
            yield from walk_blocks(block.get("child_blocks"), f"{where}/child_blocks")
        if block.get("type") == "carousel":
            yield from walk_blocks(block.get("elements"), f"{where}/elements")


def block_elements(block: Json, at: str) -> Found:
    """The elements of one block, with their pointers."""
    for key in ("element", "accessory"):
        if isinstance(block.get(key), dict):
            yield block[key], f"{at}/{key}"
    holder = _HOLDERS.get(str(block.get("type")))
    if holder:
        for number, element in _dicts(block.get(holder)):
            yield element, f"{at}/{holder}/{number}"


def unique_ids(blocks: Any, at: str) -> Problems:
    """block_id per payload, action_id per block."""
    seen: set[Any] = set()
    for block, where in walk_blocks(blocks, at):
        block_id = block.get("block_id")
        if isinstance(block_id, str) and block_id in seen:
            yield Problem(f"duplicate block_id: {block_id}", f"{where}/block_id")
        seen.add(block_id if isinstance(block_id, str) else None)
        actions: set[str] = set()
        for element, place in block_elements(block, where):
            action_id = element.get("action_id")
            if isinstance(action_id, str) and action_id in actions:
                yield Problem(f"duplicate action_id: {action_id}", f"{place}/action_id")
            actions.add(str(action_id))


def one_focus(blocks: Any, at: str) -> Problems:
    """focus_on_load on one element of a view at most."""
    focused = [
        place
        for block, where in walk_blocks(blocks, at)
        for element, place in block_elements(block, where)
        if element.get("focus_on_load") is True
    ]
    for place in focused[1:]:
        yield Problem("only one element can have focus_on_load", f"{place}/focus_on_load")


def _bare(node: Any) -> Any:
    """An option without the defaults Slack fills in, for comparing."""
    if isinstance(node, dict):
        defaults = {"emoji": True, "verbatim": False}
        return {k: _bare(v) for k, v in node.items() if v is not None and v != defaults.get(k, ...)}
    return node


def element_rules(block: Json, element: Json, at: str, surface: str) -> Problems:
    """What one element promises about itself."""
    options = [option for _, option in _dicts(element.get("options"))]
    for _, group in _dicts(element.get("option_groups")):
        options += [option for _, option in _dicts(group.get("options"))]
    if options:
        known = [_bare(option) for option in options]
        if "initial_option" in element and _bare(element["initial_option"]) not in known:
            yield Problem("must match an option exactly", f"{at}/initial_option")
        for number, option in _dicts(element.get("initial_options")):
            if _bare(option) not in known:
                yield Problem("must match an option exactly", f"{at}/initial_options/{number}")
        values = [option.get("value") for option in options]
        if len({str(value) for value in values}) < len(values):
            yield Problem("duplicate option value", f"{at}/options")
    for low, high in (
        ("min_length", "max_length"),
        ("min_value", "max_value"),
        ("min_lines", "max_lines"),
    ):
        if _above(element.get(low), element.get(high)):
            yield Problem(f"must not be greater than {high}", f"{at}/{low}")
    if element.get("response_url_enabled") and (surface != "O" or block.get("type") != "input"):
        message = "response_url_enabled is only for input blocks in modals"
        yield Problem(message, f"{at}/response_url_enabled")


def _above(low: Any, high: Any) -> bool:
    if low is None or high is None:
        return False
    try:
        return Decimal(str(low)) > Decimal(str(high))
    except InvalidOperation:
        return False


def _chart(block: Json, at: str) -> Problems:
    chart = block.get("chart")
    if not isinstance(chart, dict) or chart.get("type") == "pie":
        return
    axes = chart.get("axis_config")
    categories = axes.get("categories") if isinstance(axes, dict) else None
    if not isinstance(categories, list):
        return
    for number, series in _dicts(chart.get("series")):
        labels = [point.get("label") for _, point in _dicts(series.get("data"))]
        if labels != categories:
            where = f"{at}/chart/series/{number}/data"
            yield Problem("must have exactly one point per category", where)


def _equal_rows(block: Json, at: str) -> Problems:
    rows = [row for row in block.get("rows") or [] if isinstance(row, list)]
    for number, row in enumerate(rows):
        if len(row) != len(rows[0]):
            yield Problem("rows must be of equal length", f"{at}/rows/{number}")
    for number, (_, cell) in enumerate(_headers(rows)):
        if block.get("type") == "data_table" and cell.get("type") == "rich_text":
            yield Problem("unsupported type: rich_text", f"{at}/rows/0/{number}/type")
    index = block.get("row_header_column_index")
    if isinstance(index, int) and rows and index >= len(rows[0]):
        yield Problem("must name a column", f"{at}/row_header_column_index")


def _headers(rows: list[list[Any]]) -> list[tuple[int, Json]]:
    return _dicts(rows[0]) if rows else []


def _container(block: Json, at: str) -> Problems:
    if block.get("is_collapsible") and block.get("has_header_divider"):
        yield Problem("only for containers that are not collapsible", f"{at}/has_header_divider")
    if block.get("default_collapsed") and not block.get("is_collapsible"):
        yield Problem("only for collapsible containers", f"{at}/default_collapsed")


def _task(block: Json, at: str) -> Problems:
    if block.get("status") == "pending":
        yield Problem("pending is only for tasks of a plan", f"{at}/status")


BLOCK_RULES: dict[str, Callable[[Json, str], Problems]] = {
    "data_visualization": _chart,
    "data_table": _equal_rows,
    "container": _container,
    "task_card": _task,
}


def _characters(node: Any) -> int:
    if isinstance(node, dict):
        return sum(
            len(str(value))
            if key in {"text", "value"} and not isinstance(value, (dict, list))
            else _characters(value)
            for key, value in node.items()
        )
    if isinstance(node, list):
        return sum(_characters(item) for item in node)
    return 0


def message_totals(blocks: Any, at: str) -> Problems:
    """What all blocks of a message share: tables, charts, Markdown."""
    by_type: dict[str, list[Json]] = {}
    for block, _ in walk_blocks(blocks, at):
        by_type.setdefault(str(block.get("type")), []).append(block)
    if len(by_type.get("table", [])) > 1:
        yield Problem("only one table allowed", at)
    if len(by_type.get("data_visualization", [])) > limits.MAX_CHARTS:
        yield Problem(f"no more than {limits.MAX_CHARTS} data_visualization blocks allowed", at)
    for kind, key, most in (
        ("markdown", "text", limits.MAX_MARKDOWN),
        ("table", "rows", limits.MAX_TABLE_CHARACTERS),
        ("data_table", "rows", limits.MAX_DATA_TABLE_CHARACTERS),
    ):
        found = by_type.get(kind, [])
        total = sum(
            len(block[key]) if isinstance(block.get(key), str) else _characters(block.get(key))
            for block in found
        )
        if total > most and (kind != "markdown" or len(found) > 1):
            yield Problem(f"all {kind} blocks together: no more than {most} characters", at)
