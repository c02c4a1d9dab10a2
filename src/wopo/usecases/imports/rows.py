"""The rows an import understands, one shape per kind of record, and where each one stood.

Readers turn files into these rows; the use cases take them in. A row knows nothing of files; its
``Place`` does, so that every problem can name file, line and column.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from wopo.domain.errors import DomainError
from wopo.domain.money import MAX_AMOUNT, QUANTITY_PLACES, minor_digits


@dataclass(frozen=True)
class Place:
    """Where a row stood: ``columns`` tells the column that a field came from. In XML the ``word``
    is element."""

    file: str
    line: int
    columns: Mapping[str, str] = field(default_factory=dict)
    word: str = "column"

    def at(self, name: str | None = None) -> str:
        """``vendors.csv line 12, column currency``; without a field only file and line."""
        where = f"{self.file} line {self.line}" if self.line else self.file
        return f"{where}, {self.word} {self.columns.get(name, name)}" if name else where


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with the input, as a person reads it."""

    where: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.where}: {self.sentence}"


def _currency(code: str) -> str:
    try:
        minor_digits(code)
    except DomainError as error:
        raise ValueError(f"'{code}' is not an ISO 4217 currency; use a code like EUR") from error
    return code


def _exact(value: Decimal) -> Decimal:
    if not value.is_finite() or abs(value) > MAX_AMOUNT:
        raise ValueError(f"'{value}' is not a number up to {MAX_AMOUNT:,}; use one like 1234.56")
    if value != value.quantize(Decimal(1).scaleb(-QUANTITY_PLACES)):
        raise ValueError(f"'{value}' has more than {QUANTITY_PLACES} decimals; shorten it")
    return value


def _positive(value: Decimal) -> Decimal:
    if value <= 0:
        raise ValueError(f"'{value}' must be more than 0")
    return value


def _not_negative(value: Decimal) -> Decimal:
    if value < 0:
        raise ValueError(f"'{value}' must be 0 or more")
    return value


Currency = Annotated[str, AfterValidator(_currency)]
Exact = Annotated[Decimal, AfterValidator(_exact)]
Positive = Annotated[Decimal, AfterValidator(_exact), AfterValidator(_positive)]
Quantity = Annotated[Decimal, AfterValidator(_exact), AfterValidator(_not_negative)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=40)]
LongCode = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Unit = Annotated[str, StringConstraints(min_length=1, max_length=20)]


def text(limit: int) -> Any:
    """An optional text of at most ``limit`` characters."""
    return Field(default="", max_length=limit)


class Row(BaseModel):
    """One record of a source. ``KEY`` names the fields by which it is known again."""

    # As with commands, the validator of a kind is built when the first of its kind is read.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
    KEY: ClassVar[tuple[str, ...]] = ("code",)

    def source_key(self) -> str:
        """What this record is known by in its source, on every import."""
        return "|".join(str(getattr(self, name) or "-") for name in self.KEY)


R_co = TypeVar("R_co", bound=Row, covariant=True)


@dataclass(frozen=True)
class Sourced(Generic[R_co]):
    """A row and the place it stood at."""

    row: R_co
    place: Place


RowStream = Callable[[], Iterator["Sourced[Row] | Problem"]]
"""Opens a source from its beginning; yields rows, and a problem where one can't be read."""
