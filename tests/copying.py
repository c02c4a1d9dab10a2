"""SQLite databases copied whole: the tables and the first rows cost every test next to nothing."""

from sqlalchemy import Engine

from wopo.db.engine import make_engine


def copy_into(source: Engine, target: Engine) -> None:
    """Make one SQLite database what another is."""
    left, right = source.raw_connection(), target.raw_connection()
    left.driver_connection.backup(right.driver_connection)
    left.close()
    right.close()


def copied(source: Engine) -> Engine:
    """The same SQLite database in a memory of its own."""
    target = make_engine("sqlite://")
    copy_into(source, target)
    return target


def changes(engine: Engine) -> int:
    """How many rows were written through the one connection of a database in memory."""
    connection = engine.raw_connection()
    written: int = connection.driver_connection.total_changes
    connection.close()
    return written
