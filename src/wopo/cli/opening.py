"""Opening the database for a command: engine, unit of work, the door, and the schema's state."""

from dataclasses import dataclass
from datetime import UTC, datetime

import typer
from sqlalchemy import Engine
from uuid_utils import uuid7

from wopo.db import migrate
from wopo.db.engine import make_engine
from wopo.db.uow import SqlTransactions
from wopo.domain.errors import Refusal
from wopo.usecases.execute import Door
from wopo.usecases.health import Check

DATABASE_OPTION = typer.Option(
    "sqlite:///var/wopo.db", "--db", envvar="WOPO_DATABASE_URL", help="Database URL."
)
OLD_SCHEMA = Refusal(
    "schema.old",
    "The database has schema {found}, this version of wopo needs {wanted}. "
    "Nothing was changed; run wopo migrate.",
)


def new_id() -> str:
    """A time-ordered id."""
    return uuid7().hex


def utc_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Opened:
    """An opened database."""

    engine: Engine
    transactions: SqlTransactions
    door: Door

    def schema_check(self) -> Check:
        """Whether the schema is this version's."""
        found, wanted = migrate.current(self.engine), migrate.newest()
        if found == wanted:
            return Check("schema", ok=True, sentence=f"The schema is {wanted}.")
        return Check(
            "schema",
            ok=False,
            sentence=f"The schema is {found or 'empty'}, this version needs {wanted}.",
            mend="Run wopo migrate.",
        )


def opened(url: str) -> Opened:
    """Open the database without asking for its schema (doctor, migrate)."""
    engine = make_engine(url)
    transactions = SqlTransactions(engine)
    return Opened(engine, transactions, Door(transactions, utc_now, new_id))


def open_current(url: str) -> Opened:
    """Open the database and refuse a schema that is not this version's (A65)."""
    database = opened(url)
    found, wanted = migrate.current(database.engine), migrate.newest()
    if found != wanted:
        raise OLD_SCHEMA(found=found or "none yet", wanted=wanted)
    return database
