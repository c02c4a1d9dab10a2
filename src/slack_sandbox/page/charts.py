"""data_visualization blocks as inline SVG: bar, line, area and pie. The numbers also stand in
a table for people who do not see the drawing."""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from markupsafe import Markup

from slack_sandbox.page.html import EMPTY, join, tag

Json = dict[str, Any]
WIDTH, HEIGHT = 360, 210
LEFT, RIGHT, TOP, BOTTOM = 46, 8, 10, 34
COLOURS = 12


class Series(NamedTuple):
    name: str
    values: list[float]


class Scale(NamedTuple):
    """Maps values to the drawing; `marks` are the round numbers of the value axis."""

    low: float
    high: float
    marks: list[float]

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP), 1)


def number(value: float) -> str:
    """A short spelling for an axis or a label: 1,240 or 3.5."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}".rstrip("0")


def scale(values: list[float]) -> Scale:
    """About four round steps that hold every value and zero."""
    low, high = min([0.0, *values]), max([0.0, *values])
    span = (high - low) or 1.0
    power = 10 ** math.floor(math.log10(span / 4))
    step = next(power * size for size in (1, 2, 2.5, 5, 10) if power * size * 4 >= span)
    first, last = math.floor(low / step), math.ceil(high / step)
    last = max(last, first + 1)
    return Scale(first * step, last * step, [step * n for n in range(first, last + 1)])


def _series(chart: Json, categories: list[str]) -> list[Series]:
    drawn = []
    for one in chart.get("series", []):
        points = {str(point.get("label")): float(point.get("value") or 0) for point in one["data"]}
        drawn.append(Series(str(one.get("name", "")), [points.get(c, 0.0) for c in categories]))
    return drawn


def _axes(axis: Scale, categories: list[str]) -> Iterator[Markup]:
    for mark in axis.marks:
        y = axis.y(mark)
        yield tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, class_="grid")
        yield tag("text", number(mark), x=LEFT - 6, y=y + 4, text_anchor="end")
    slot = (WIDTH - LEFT - RIGHT) / max(len(categories), 1)
    every = math.ceil(len(categories) / max(int(360 / 58), 1))
    for index, category in enumerate(categories):
        if index % every == 0:
            x = round(LEFT + slot * (index + 0.5), 1)
            words = category if len(category) <= 10 else f"{category[:9]}…"
            yield tag("text", words, x=x, y=HEIGHT - BOTTOM + 16, text_anchor="middle")


def _bars(series: list[Series], axis: Scale, count: int) -> Iterator[Markup]:
    slot = (WIDTH - LEFT - RIGHT) / max(count, 1)
    width = min(slot * 0.7 / max(len(series), 1), 36)
    for place, one in enumerate(series):
        for index, value in enumerate(one.values):
            left = LEFT + slot * (index + 0.5) + width * (place - len(series) / 2)
            top, foot = sorted((axis.y(value), axis.y(0)))
            yield tag(
                "rect",
                x=round(left, 1),
                y=top,
                width=round(width - 1, 1),
                height=max(foot - top, 0.5),
                rx=2,
                class_=f"fill-{place % COLOURS}",
            )


def _lines(series: list[Series], axis: Scale, count: int, area: bool) -> Iterator[Markup]:
    slot = (WIDTH - LEFT - RIGHT) / max(count, 1)
    for place, one in enumerate(series):
        at = [
            (round(LEFT + slot * (n + 0.5), 1), axis.y(value)) for n, value in enumerate(one.values)
        ]
        points = " ".join(f"{x},{y}" for x, y in at)
        if area and at:
            floor = axis.y(0)
            closed = f"{at[0][0]},{floor} {points} {at[-1][0]},{floor}"
            yield tag("polygon", points=closed, class_=f"area fill-{place % COLOURS}")
        yield tag("polyline", points=points, class_=f"stroke-{place % COLOURS}")
        for x, y in at:
            yield tag("circle", cx=x, cy=y, r=3, class_=f"fill-{place % COLOURS}")


def _pie(segments: list[Json]) -> Iterator[Markup]:
    values = [max(float(one.get("value") or 0), 0.0) for one in segments]
    total = sum(values) or 1.0
    angle, radius = -math.pi / 2, 90
    for place, value in enumerate(values):
        share = value / total
        if share >= 0.9999:
            yield tag("circle", cx=100, cy=100, r=radius, class_=f"fill-{place % COLOURS}")
            continue
        after = angle + share * 2 * math.pi
        ends = [
            f"{100 + radius * math.cos(a):.2f},{100 + radius * math.sin(a):.2f}"
            for a in (angle, after)
        ]
        large = int(share > 0.5)
        path = f"M100,100 L{ends[0]} A{radius},{radius} 0 {large} 1 {ends[1]} Z"
        yield tag("path", d=path, class_=f"slice fill-{place % COLOURS}")
        angle = after


def _legend(entries: list[tuple[str, str]]) -> Markup:
    rows = (
        tag(
            "li",
            tag("span", class_=f"swatch back-{n % COLOURS}"),
            tag("span", name, class_="legend-name"),
            tag("span", value, class_="legend-value") if value else None,
        )
        for n, (name, value) in enumerate(entries)
    )
    return tag("ul", *rows, class_="legend")


def _numbers(head: list[str], rows: list[list[str]], title: str) -> Markup:
    top = tag("tr", *(tag("th", cell, scope="col") for cell in head))
    body = (tag("tr", *(tag("td", cell) for cell in row)) for row in rows)
    caption = tag("caption", title)
    return tag("table", caption, tag("thead", top), tag("tbody", *body), class_="visually-hidden")


def _pie_chart(chart: Json, title: str) -> Markup:
    segments = chart.get("segments", [])
    names = [(str(one.get("label", "")), number(float(one.get("value") or 0))) for one in segments]
    drawing = tag("svg", *_pie(segments), viewBox="0 0 200 200", class_="pie", aria_hidden="true")
    table = _numbers(["", "Value"], [list(one) for one in names], title)
    return tag("div", drawing, _legend(names), table, class_="chart-pie")


def _axis_labels(axis: Json) -> Markup:
    shown = [
        tag("span", tag("b", f"{side}: "), str(axis[key]))
        for side, key in (("Across", "x_label"), ("Up", "y_label"))
        if axis.get(key)
    ]
    return tag("p", join(shown, " · "), class_="chart-axes") if shown else EMPTY


def _xy_chart(chart: Json, title: str) -> Markup:
    config = chart.get("axis_config") or {}
    categories = [str(one) for one in config.get("categories", [])]
    series = _series(chart, categories)
    axis = scale([value for one in series for value in one.values])
    kind = chart.get("type")
    if kind == "bar":
        marks = list(_bars(series, axis, len(categories)))
    else:
        marks = list(_lines(series, axis, len(categories), area=kind == "area"))
    drawing = tag(
        "svg",
        *_axes(axis, categories),
        *marks,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        class_="xy",
        aria_hidden="true",
    )
    rows = [
        [category, *(number(one.values[n]) for one in series)]
        for n, category in enumerate(categories)
    ]
    table = _numbers(["", *(one.name for one in series)], rows, title)
    legend = _legend([(one.name, "") for one in series])
    return tag("div", drawing, legend, _axis_labels(config), table)


def chart_figure(block: Json) -> Markup:
    """The whole data_visualization block."""
    title = str(block.get("title", ""))
    chart = block.get("chart") or {}
    inner = _pie_chart(chart, title) if chart.get("type") == "pie" else _xy_chart(chart, title)
    return tag("figure", tag("figcaption", title), inner, class_="chart")
