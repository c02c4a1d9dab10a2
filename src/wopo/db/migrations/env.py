"""Alembic's environment: the engine comes from ``wopo.db.migrate``."""

from alembic import context
from sqlalchemy import text
from sqlmodel import SQLModel

from wopo.db.migrate import compare_type, render_item

ADVISORY_LOCK = 760_001
"""Two instances that start together on PostgreSQL migrate one after the other."""


def run() -> None:
    """Migrate in one transaction."""
    engine = context.config.attributes["engine"]
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=SQLModel.metadata,
            compare_type=compare_type,
            render_item=render_item,
            render_as_batch=connection.dialect.name == "sqlite",
        )
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
            context.run_migrations()
        connection.commit()


run()
