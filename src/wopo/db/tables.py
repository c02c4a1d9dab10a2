"""Creating the tables, and the triggers that make the append-only ones so."""

from sqlalchemy import DDL, Connection, Engine, Table, event, text
from sqlmodel import SQLModel

import wopo.domain.mapped
import wopo.usecases  # noqa: F401  (registers every use case)
from wopo.db.engine import WRITE

APPEND_ONLY = (
    "audit_entry",
    "refusal_entry",
    "ledger_entry",
    "budget_conversion",
    "stock_movement",
)
"""Tables whose rows are never changed or removed (domain.md, invariants 5, 7 and 8)."""


def append_only_ddl(table: str, dialect: str) -> list[str]:
    """The statements that refuse UPDATE, DELETE, REPLACE and TRUNCATE on ``table``."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("update", "delete")
        ]
    return [
        "CREATE OR REPLACE FUNCTION wopo_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION wopo_append_only()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION wopo_append_only()",
    ]


def _protect(table: Table) -> None:
    for dialect in ("sqlite", "postgresql"):
        for statement in append_only_ddl(table.name, dialect):
            ddl = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
            ddl = ddl.execute_if(dialect=dialect)
            event.listen(table, "after_create", ddl)


for _name in APPEND_ONLY:
    if _name in SQLModel.metadata.tables:
        _protect(SQLModel.metadata.tables[_name])


def protected(connection: Connection) -> set[str]:
    """The append-only tables whose triggers are all there and switched on."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    present = {row[0] for row in connection.execute(text(query))}
    return {table for table in APPEND_ONLY if set(_triggers(table, connection)) <= present}


def protect(engine: Engine) -> list[str]:
    """Put back missing triggers; the tables that were unprotected."""
    with engine.execution_options(**WRITE).begin() as connection:
        missing = sorted(set(APPEND_ONLY) - protected(connection))
        for table in missing:
            for trigger in _triggers(table, connection):
                on = "" if connection.dialect.name == "sqlite" else f" ON {table}"
                connection.execute(text(f"DROP TRIGGER IF EXISTS {trigger}{on}"))
            for statement in append_only_ddl(table, connection.dialect.name):
                connection.exec_driver_sql(statement.replace("%", "%%"))
    return missing


def _triggers(table: str, connection: Connection) -> list[str]:
    verbs = ("update", "delete") if connection.dialect.name == "sqlite" else ("change", "truncate")
    return [f"{table}_no_{verb}" for verb in verbs]


def create_all(engine: Engine) -> None:
    """Create every table in an empty database (tests; installations use the migrations).

    The models name the condition of a partial index for SQLite only: named for PostgreSQL too it
    would load that dialect, with all its drivers' modules, into each bot that runs on SQLite.
    """
    if engine.dialect.name == "postgresql":
        for table in SQLModel.metadata.tables.values():
            for index in table.indexes:
                where = index.dialect_options["sqlite"]["where"]
                index.dialect_options["postgresql"]["where"] = where
    SQLModel.metadata.create_all(engine)
