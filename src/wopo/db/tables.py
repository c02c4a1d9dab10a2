"""Creating the tables, and the triggers that make the append-only ones so."""

from sqlalchemy import DDL, Engine, Table, event
from sqlmodel import SQLModel

import wopo.domain
import wopo.usecases  # noqa: F401  (registers every use case)

APPEND_ONLY = ("audit_entry", "refusal_entry", "ledger_entry", "stock_movement")
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


def create_all(engine: Engine) -> None:
    """Create every table in an empty database (tests; installations use the migrations)."""
    SQLModel.metadata.create_all(engine)
