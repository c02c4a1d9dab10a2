"""Column types: exact decimals, enums as text, UTC times and JSON, alike on both databases.

SQLite stores decimals as floats and SQLModel stores enums by name and as a native type; both are
traps that these types close. ``table=True`` models do not validate, so rules live in verbs and
CHECK constraints.
"""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, String, TypeDecorator
from sqlmodel import AutoString, Field, SQLModel

from wopo.domain.money import PRICE_PLACES, round_half_up

# Tables are not validated (see above), so the validator that pydantic builds for each model would
# only take memory; where something asks for it after all, it is built then.
SQLModel.model_config["defer_build"] = True


class Row(SQLModel):
    """Base of the tables that get most rows: lines of documents, ledger, audit, outbox.

    A row is made in one step. SQLModel sets it column by column through SQLAlchemy's record of
    changes, which a new row does not need, and which takes ten times as long (benchmark
    ``cycle``). Raises ``TypeError`` for a column that there is not.
    """

    def __init__(self, **values: Any) -> None:
        fields = type(self).model_fields
        if not values.keys() <= fields.keys():
            raise TypeError(f"{type(self).__name__} has no {sorted(values.keys() - fields.keys())}")
        given = set(values)
        for name in fields.keys() - given:
            if not fields[name].is_required():
                values[name] = fields[name].get_default(call_default_factory=True)
        vars(self).update(values)
        object.__setattr__(self, "__pydantic_fields_set__", given)
        object.__setattr__(self, "__pydantic_extra__", None)
        object.__setattr__(self, "__pydantic_private__", None)


class ScaledDecimal(TypeDecorator[Decimal]):
    """A decimal of at most six places kept as an integer of millionths."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        scaled = Decimal(value).scaleb(PRICE_PLACES)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {PRICE_PLACES} decimals")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else _unscale(int(value))


def _unscale(value: int) -> Decimal:
    number = Decimal(value).scaleb(-PRICE_PLACES)
    whole = number.to_integral_value()
    return whole if number == whole else number.normalize()


class TextEnum(TypeDecorator[StrEnum]):
    """A string enum kept as its value, so a new member needs no migration."""

    impl = String
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__(40)
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else str(self.kind(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.kind(value)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, stored in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# One of each for all columns: SQLAlchemy keeps for every type it meets how a dialect writes and
# reads it, and there are over eight hundred columns.
_ID = AutoString(40)
_DECIMAL = ScaledDecimal()
_MINOR = BigInteger()
_TIME = UtcDateTime()
_JSON = JSON()
_text_enum = cache(TextEnum)


def id_field(**extra: Any) -> Any:
    """A primary key given by the caller (ids are passed in, never made by the database)."""
    return Field(primary_key=True, max_length=40, sa_type=_ID, **extra)


def ref(table: str, *, null: bool = False, index: bool = True) -> Any:
    """A foreign key to ``table``'s id; indexed unless told otherwise."""
    extra: dict[str, Any] = {"default": None} if null else {}
    extra |= {"foreign_key": f"{table}.id", "max_length": 40, "sa_type": _ID}
    return Field(index=index, nullable=null, **extra)


def decimal_field(default: Decimal | None = None, *, null: bool = False) -> Any:
    """A quantity or a unit price: exact, at most six places."""
    if null or default is not None:
        return Field(default=default, sa_type=_DECIMAL, nullable=null)
    return Field(sa_type=_DECIMAL, nullable=False)


def minor_field(default: int | None = 0, *, null: bool = False) -> Any:
    """An amount in minor units of the row's currency."""
    return Field(default=default, sa_type=_MINOR, nullable=null)


def enum_field(
    kind: type[StrEnum], *, default: Any = ..., null: bool = False, index: bool = False
) -> Any:
    """A state or kind kept as text."""
    extra: dict[str, Any] = {} if default is ... else {"default": default}
    if null and default is ...:
        extra["default"] = None
    return Field(sa_type=_text_enum(kind), nullable=null, index=index, **extra)


def time_field(*, null: bool = False, index: bool = False) -> Any:
    """A moment in UTC."""
    extra: dict[str, Any] = {"default": None} if null else {}
    return Field(sa_type=_TIME, nullable=null, index=index, **extra)


def json_field(factory: Any = dict) -> Any:
    """A small JSON value that is always replaced as a whole, never changed in place."""
    return Field(default_factory=factory, sa_type=_JSON, nullable=False)


def rounded(value: Decimal) -> Decimal:
    """A derived unit price or quantity cut to what a column can hold (six places, half up)."""
    return round_half_up(value, PRICE_PLACES)
