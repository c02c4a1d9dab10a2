"""Migrations, run with Alembic from inside the package.

``python -m wopo.db.migrate "message"`` writes the next migration from the models.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlmodel import SQLModel

import wopo.db.tables  # noqa: F401  (maps every table)
from wopo.db.engine import WRITE, make_engine
from wopo.domain.columns import ScaledDecimal, TextEnum, UtcDateTime

FOLDER = Path(__file__).parent / "migrations"


def config(engine: Engine) -> Config:
    """Alembic's configuration for one engine."""
    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    made.attributes["engine"] = engine.execution_options(**WRITE)
    return made


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest schema; nothing happens when it is there already."""
    command.upgrade(config(engine), "head")


def downgrade(engine: Engine, revision: str = "base") -> None:
    """Take the schema back to ``revision``."""
    command.downgrade(config(engine), revision)


def newest() -> str:
    """The newest migration's id."""
    return ScriptDirectory(str(FOLDER)).get_current_head() or ""


def current(engine: Engine) -> str | None:
    """The database's schema version; none when it is empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def differences(engine: Engine) -> list[Any]:
    """What the models say that the migrated database does not, and the other way round."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": compare_type})
        return list(compare_metadata(context, SQLModel.metadata))


def compare_type(
    _context: Any, _inspected: Any, _meta: Any, _found: Any, wanted: Any
) -> bool | None:
    """Our column types are what they are stored as; JSON and text are alike on SQLite."""
    return False if isinstance(wanted, (ScaledDecimal, TextEnum, UtcDateTime)) else None


def render_item(kind: str, item: Any, context: Any) -> Any:
    """Write our column types into migrations as what they are stored as."""
    if kind != "type":
        return False
    context.imports.add("import sqlalchemy as sa")
    if isinstance(item, ScaledDecimal):
        return "sa.BigInteger()"
    if isinstance(item, TextEnum):
        return "sa.String(length=40)"
    if isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return f"sa.String(length={item.length})" if type(item).__name__ == "AutoString" else False


def main(message: str) -> None:
    """Write the next migration from the difference between models and migrations."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/empty.db")
        upgrade(engine)
        command.revision(config(engine), message=message, autogenerate=True)


if __name__ == "__main__":
    main(sys.argv[1])
