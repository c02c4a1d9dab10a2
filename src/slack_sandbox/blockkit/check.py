"""Walks a payload along the limits tables and reports every breach."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from slack_sandbox.blockkit import fields as f
from slack_sandbox.blockkit.blocks import BLOCKS
from slack_sandbox.blockkit.elements import ELEMENTS, IMAGE
from slack_sandbox.blockkit.problem import Problem
from slack_sandbox.blockkit.rich import check_rich

Problems = Iterator[Problem]
_TEXT_KEYS = {"plain_text": {"type", "text", "emoji"}, "mrkdwn": {"type", "text", "verbatim"}}


def check(value: Any, spec: f.Field, at: str, surface: str) -> Problems:
    """Every breach of `spec` by `value`, which stands at pointer `at` on `surface` (M, O, H)."""
    yield from _CHECKS[type(spec)](value, spec, at, surface)


def length(value: str, most: int, least: int, at: str) -> Problems:
    """Too long or too short."""
    if len(value) > most:
        yield Problem(f"must be less than {most + 1} characters", at)
    if len(value) < least:
        yield Problem(f"must be more than {least - 1} characters", at)


def _text(value: Any, spec: f.Text, at: str, _: str) -> Problems:
    if not isinstance(value, dict):
        yield Problem("must provide an object", at)
        return
    kind = value.get("type")
    if kind not in _TEXT_KEYS or (spec.plain and kind != "plain_text"):
        yield Problem(f"unsupported type: {kind}", f"{at}/type")
        return
    for key in sorted(value.keys() - _TEXT_KEYS[kind]):
        yield Problem(f"invalid additional property: {key}", at)
    if not isinstance(value.get("text"), str):
        yield Problem("must provide a string", f"{at}/text")
        return
    yield from length(value["text"], spec.most, spec.least, f"{at}/text")


def _str(value: Any, spec: f.Str, at: str, _: str) -> Problems:
    if not isinstance(value, str):
        yield Problem("must provide a string", at)
        return
    yield from length(value, spec.most, spec.least, at)
    if spec.choices and value not in spec.choices:
        yield Problem(f"must be one of: {', '.join(spec.choices)}", at)
    if spec.pattern and not re.fullmatch(spec.pattern, value):
        yield Problem(f"must match pattern {spec.pattern}", at)


def _int(value: Any, spec: f.Int, at: str, _: str) -> Problems:
    if isinstance(value, bool) or not isinstance(value, int):
        yield Problem("must provide an integer", at)
    elif value < spec.low:
        yield Problem(f"must be greater than or equal to {spec.low}", at)
    elif value > spec.high:
        yield Problem(f"must be less than or equal to {spec.high}", at)


def _flag(value: Any, _: f.Flag, at: str, __: str) -> Problems:
    if not isinstance(value, bool):
        yield Problem("must provide a boolean", at)


def _number(value: Any, spec: f.Number, at: str, _: str) -> Problems:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        yield Problem("must provide a number", at)
    elif spec.positive and value <= 0:
        yield Problem("must be greater than 0", at)


def _number_text(value: Any, _: f.NumberText, at: str, __: str) -> Problems:
    if not isinstance(value, str):
        yield Problem("must provide a string", at)
        return
    try:
        finite = Decimal(value).is_finite()
    except InvalidOperation:
        finite = False
    if not finite:
        yield Problem("must be a number", at)


def _zone(value: Any, _: f.Zone, at: str, __: str) -> Problems:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, TypeError):
        yield Problem("must be a valid IANA time zone", at)


def _free(_: Any, __: f.Free, ___: str, ____: str) -> Problems:
    return iter(())


def shape(value: Any, spec: f.Shape, at: str, surface: str, skip: frozenset[str]) -> Problems:
    """An object's fields; keys in `skip` are somebody else's business."""
    if value is None and spec.nullable:
        return
    if not isinstance(value, dict):
        yield Problem("must provide an object", at)
        return
    given = {key for key, item in value.items() if item is not None}
    for key in spec.required:
        if key not in given:
            yield Problem(f"missing required field: {key}", at)
    yield from _choices(spec, given, at)
    for key, item in value.items():
        if key in skip or item is None:
            continue
        if key in spec.fields:
            yield from check(item, spec.fields[key], f"{at}/{key}", surface)
        elif not spec.open:
            yield Problem(f"invalid additional property: {key}", at)


def _choices(spec: f.Shape, given: set[str], at: str) -> Problems:
    if spec.any_of and not given & set(spec.any_of):
        names = " or ".join(f"`{name}`" for name in spec.any_of)
        yield Problem(f"must define either {names}", at)
    for group in spec.one_of:
        names = " or ".join(f"`{name}`" for name in group)
        count = len(given & set(group))
        if count == 0:
            yield Problem(f"must define either {names}", at)
        if count > 1:
            yield Problem(f"must define only one of {names}", at)
    for group in spec.at_most_one_of:
        if len(given & set(group)) > 1:
            names = " or ".join(f"`{name}`" for name in group)
            yield Problem(f"must define only one of {names}", at)


def _shape(value: Any, spec: f.Shape, at: str, surface: str) -> Problems:
    yield from shape(value, spec, at, surface, frozenset())


def _list(value: Any, spec: f.ListOf, at: str, surface: str) -> Problems:
    if not isinstance(value, list):
        yield Problem("must provide an array", at)
        return
    if len(value) > spec.most:
        yield Problem(f"no more than {spec.most} items allowed", at)
    if len(value) < spec.least:
        yield Problem(f"no less than {spec.least} items allowed", at)
    seen: set[Any] = set()
    for number, item in enumerate(value):
        yield from check(item, spec.item, f"{at}/{number}", surface)
        if spec.unique and isinstance(item, dict):
            name = item.get(spec.unique)
            if name in seen:
                yield Problem(f"duplicate {spec.unique}: {name}", f"{at}/{number}/{spec.unique}")
            seen.add(name)


def _element(value: Any, spec: f.ElementIn, at: str, surface: str) -> Problems:
    if not isinstance(value, dict):
        yield Problem("must provide an object", at)
        return
    kind = value.get("type")
    if kind not in spec.allowed or surface not in ELEMENTS[str(kind)].surfaces:
        yield Problem(f"unsupported type: {kind}", f"{at}/type")
        return
    yield from shape(value, ELEMENTS[str(kind)].shape, at, surface, frozenset({"type"}))


def block(value: Any, allowed: frozenset[str], at: str, surface: str) -> Problems:
    """One block and everything in it."""
    if not isinstance(value, dict):
        yield Problem("must provide an object", at)
        return
    kind = value.get("type")
    if kind not in allowed or kind not in BLOCKS or surface not in BLOCKS[str(kind)].surfaces:
        yield Problem(f"unsupported type: {kind}", f"{at}/type")
        return
    yield from shape(value, BLOCKS[str(kind)].shape, at, surface, frozenset({"type"}))


def _block(value: Any, spec: f.BlockIn, at: str, surface: str) -> Problems:
    yield from block(value, spec.allowed, at, surface)


def _typed(value: Any, spec: f.Typed, at: str, surface: str) -> Problems:
    if not isinstance(value, dict):
        yield Problem("must provide an object", at)
        return
    kind = value.get("type")
    if kind not in spec.variants:
        yield Problem(f"unsupported type: {kind}", f"{at}/type")
        return
    yield from shape(value, spec.variants[str(kind)], at, surface, frozenset({"type"}))


def _context(value: Any, _: f.ContextItem, at: str, surface: str) -> Problems:
    if isinstance(value, dict) and value.get("type") == "image":
        yield from shape(value, IMAGE, at, surface, frozenset({"type"}))
    else:
        yield from check(value, f.Text(3000), at, surface)


def _rich(value: Any, _: f.Rich, at: str, __: str) -> Problems:
    yield from check_rich(value, at)


_CHECKS: dict[type, Callable[[Any, Any, str, str], Problems]] = {
    f.Text: _text,
    f.Str: _str,
    f.Int: _int,
    f.Flag: _flag,
    f.Number: _number,
    f.NumberText: _number_text,
    f.Zone: _zone,
    f.Free: _free,
    f.Shape: _shape,
    f.ListOf: _list,
    f.ElementIn: _element,
    f.BlockIn: _block,
    f.Typed: _typed,
    f.ContextItem: _context,
    f.Rich: _rich,
}
