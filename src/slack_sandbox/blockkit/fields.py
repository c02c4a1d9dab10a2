"""The vocabulary of the limits table: what a field of a block, element or object may hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Text:
    """A text object with so many characters; `plain` forbids mrkdwn."""

    most: int
    plain: bool = False
    least: int = 1


@dataclass(frozen=True)
class Str:
    """A string; `pattern` is a full-match regular expression."""

    most: int
    least: int = 1
    choices: tuple[str, ...] = ()
    pattern: str = ""


@dataclass(frozen=True)
class Int:
    """A whole number within bounds."""

    low: int
    high: int


@dataclass(frozen=True)
class Flag:
    """True or false."""


@dataclass(frozen=True)
class Number:
    """A number, whole or not; `positive` means above zero."""

    positive: bool = False


@dataclass(frozen=True)
class NumberText:
    """A string that reads as a number."""


@dataclass(frozen=True)
class Zone:
    """An IANA time zone name."""


@dataclass(frozen=True)
class Free:
    """Anything: not looked into."""


@dataclass(frozen=True)
class Shape:
    """An object: its fields, which are required, and groups of which exactly one is given.

    `open` lets unknown fields pass. `nullable` lets null stand for the whole object.
    """

    fields: Mapping[str, "Field"]
    required: tuple[str, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()
    any_of: tuple[str, ...] = ()
    at_most_one_of: tuple[tuple[str, ...], ...] = ()
    open: bool = False
    nullable: bool = False


@dataclass(frozen=True)
class ListOf:
    """An array of so many things; `unique` names a field that may not repeat."""

    item: "Field"
    most: int
    least: int = 1
    unique: str = ""


@dataclass(frozen=True)
class ElementIn:
    """A block element of one of these types."""

    allowed: frozenset[str]


@dataclass(frozen=True)
class BlockIn:
    """A block of one of these types, inside another block."""

    allowed: frozenset[str]


@dataclass(frozen=True)
class Typed:
    """An object told apart by its ``type``."""

    variants: Mapping[str, Shape]


@dataclass(frozen=True)
class ContextItem:
    """What a context block holds: a text object or an image element."""


@dataclass(frozen=True)
class Rich:
    """The elements of a rich_text object, followed through its lists."""


Field = (
    Text
    | Str
    | Int
    | Flag
    | Number
    | NumberText
    | Zone
    | Free
    | Shape
    | ListOf
    | ElementIn
    | BlockIn
    | Typed
    | ContextItem
    | Rich
)


@dataclass(frozen=True)
class BlockSpec:
    """A block: where it may stand (M message, O modal, H home) and what it holds."""

    surfaces: str
    shape: Shape


@dataclass(frozen=True)
class ElementSpec:
    """An element: where it may stand and what it holds."""

    shape: Shape
    surfaces: str = "MOH"
    blocks: frozenset[str] = field(default_factory=frozenset)
