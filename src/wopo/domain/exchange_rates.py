"""Exchange rates from a dated table. Without a rate nothing is guessed."""

from datetime import date
from decimal import Decimal

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from wopo.domain.columns import decimal_field, id_field


class ExchangeRate(SQLModel, table=True):
    """One unit of ``source`` is ``rate`` units of ``target`` from this day on."""

    __tablename__ = "exchange_rate"
    __table_args__ = (UniqueConstraint("source", "target", "day"),)

    id: str = id_field()
    source: str = Field(max_length=3)
    target: str = Field(max_length=3)
    day: date
    rate: Decimal = decimal_field()
