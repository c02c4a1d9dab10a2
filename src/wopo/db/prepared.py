"""Statements that are compiled once and then carried out by the driver itself.

SQLAlchemy writes them and knows the types. What it does anew each time a statement is carried out
(find the compiled one, wrap parameters, cursor and rows, load rows step by step) costs ten times
what the database takes for a row found by its key (benchmark ``cycle``). Rows of tables become
the same instances that a session makes, known to it by their keys.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Connection, Dialect, Select, SelectBase
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, class_mapper
from sqlalchemy.orm.attributes import instance_state, manager_of_class, set_committed_value
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel

KEPT = 4_000
"""How many statements stay compiled: more than there are."""
SHAPES = 200
"""For how many lengths of its lists, and values written into it, a statement's text is kept."""

Values = Mapping[str, Any]
Process = Callable[[Any], Any]
"""From what a program holds to what the driver takes, or back."""


class Shape:
    """A statement whose lists have certain lengths and whose text has certain values written out:
    the text, and where each parameter of the driver's comes from."""

    def __init__(
        self, compiled: SQLCompiler, writers: Mapping[str, Process], values: Values
    ) -> None:
        state = compiled.construct_expanded_state(dict(values))
        self.text = state.statement
        self.positional = state.positiontup is not None
        one_of = {
            name: (of, place)
            for of, names in state.parameter_expansion.items()
            for place, name in enumerate(names)
        }
        self.names = tuple(state.parameters if state.positiontup is None else state.positiontup)
        sources = [one_of.get(name, (name, -1)) for name in self.names]
        self.sources = [(name, place, writers.get(name)) for name, place in sources]

    def parameters(self, values: Values) -> Any:
        """As the driver takes them."""
        found = []
        for name, place, write in self.sources:
            value = values[name] if place < 0 else values[name][place]
            found.append(value if write is None else write(value))
        return tuple(found) if self.positional else dict(zip(self.names, found, strict=True))


class Entity:
    """How part of a row, from its place ``start`` on, becomes an instance."""

    def __init__(self, kind: type[SQLModel], start: int, dialect: Dialect) -> None:
        columns = [attribute.columns[0] for attribute in class_mapper(kind).column_attrs]
        reads = [_reader(column.type, dialect) for column in columns]
        self.kind, self.manager = kind, manager_of_class(kind)
        self.names = [column.name for column in columns]
        self.start, self.end = start, start + len(columns)
        self.reads = [(place, read) for place, read in enumerate(reads) if read is not None]
        self.key = [
            (start + place, reads[place])
            for place, column in enumerate(columns)
            if column.primary_key
        ]

    def load(self, session: Session, row: Sequence[Any], *, anew: bool) -> Any:
        """The instance of this row: the session's own where it has one (brought up to date only
        if ``anew``), none where an outer join found no row."""
        found = [row[place] if read is None else read(row[place]) for place, read in self.key]
        if found[0] is None:
            return None
        key = (self.kind, tuple(found), None)
        held = session.identity_map.get(key)
        if held is not None and not anew:
            return held
        values = list(row[self.start : self.end])
        for place, read in self.reads:
            values[place] = read(values[place])
        if held is not None:
            for name, value in zip(self.names, values, strict=True):
                set_committed_value(held, name, value)
            return held
        made = self.manager.new_instance()
        vars(made).update(zip(self.names, values, strict=True))
        state = instance_state(made)
        state.key, state.session_id = key, session.hash_key
        session.identity_map.add(state)
        for listener in session.dispatch.loaded_as_persistent:
            listener(session, state)
        return made


class Prepared:
    """A statement compiled for one kind of database."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled = cast(SQLCompiler, statement.compile(dialect=dialect))
        self._own = dict(compiled.params)
        self._lists = tuple(name for bind, name in compiled.bind_names.items() if bind.expanding)
        self._written = tuple(compiled.bind_names[bind] for bind in compiled.literal_execute_params)
        writers = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect)
            for bind, name in compiled.bind_names.items()
        }
        self._writers = {name: write for name, write in writers.items() if write is not None}
        self._shapes: dict[tuple[Any, ...], Shape] = {}
        # What SQLAlchemy compiled is large and only needed again for other shapes.
        several = self._lists or any(self._own[name] is None for name in self._written)
        self._compiled = compiled if several else None
        if not several:
            self._written = ()
            self._shapes[()] = Shape(compiled, self._writers, self._own)
        self.parts: list[Entity | tuple[int, Process | None]] = []
        place = 0
        for found in _results(statement):
            if isinstance(found, type):
                entity = _entity(found, place, dialect)
                self.parts.append(entity)
                place = entity.end
            else:
                self.parts.append((place, _reader(found, dialect)))
                place += 1

    def shape(self, values: Values) -> Shape:
        """As it is for lists as long as these, with these values written out."""
        key = (*[len(values[name]) for name in self._lists], *[values[n] for n in self._written])
        known = self._shapes.get(key)
        if known is None:
            assert self._compiled is not None, "without lists and values there is one shape"
            if len(self._shapes) >= SHAPES:
                self._shapes.clear()
            known = self._shapes[key] = Shape(self._compiled, self._writers, values)
        return known

    def call(self, values: Values) -> tuple[str, Any]:
        """Its text and the driver's parameters."""
        asked = {**self._own, **values}
        shape = self.shape(asked)
        return shape.text, shape.parameters(asked)

    def calls(self, rows: Sequence[Values]) -> tuple[str, list[Any]]:
        """Its text and the driver's parameters for every row; each names all of them."""
        shape = self.shape(rows[0])
        return shape.text, [shape.parameters(row) for row in rows]

    def read(self, session: Session, row: Sequence[Any], *, anew: bool) -> tuple[Any, ...]:
        """What a row of the driver's says: values, and instances for tables."""
        said: list[Any] = []
        for part in self.parts:
            if isinstance(part, Entity):
                said.append(part.load(session, row, anew=anew))
            else:
                place, read = part
                said.append(row[place] if read is None else read(row[place]))
        return tuple(said)


_PREPARED: dict[tuple[Any, str], Prepared] = {}
_ENTITIES: dict[tuple[type[SQLModel], int, str], Entity] = {}


def _entity(kind: type[SQLModel], start: int, dialect: Dialect) -> Entity:
    """One for all statements that have the table at this place."""
    key = kind, start, dialect.name
    known = _ENTITIES.get(key)
    if known is None:
        known = _ENTITIES[key] = Entity(kind, start, dialect)
    return known


def prepared(statement: Any, dialect: Dialect) -> Prepared:
    """The statement compiled; a constant, as it is known again by itself."""
    key = statement, dialect.name
    known = _PREPARED.get(key)
    if known is None:
        if len(_PREPARED) >= KEPT:
            _PREPARED.clear()
        known = _PREPARED[key] = Prepared(statement, dialect)
    return known


def rows(
    session: Session,
    connection: Connection,
    statement: Any,
    values: Values,
    *,
    anew: bool = False,
) -> list[tuple[Any, ...]]:
    """What the statement answers. Instances that the session has stay as they are unless
    ``anew``. Raises ``DBAPIError`` as SQLAlchemy does."""
    known = prepared(statement, connection.dialect)
    found = _carry_out(connection, *known.call(values), _fetched)
    return [known.read(session, row, anew=anew) for row in found]


def change(connection: Connection, statement: Any, values: Values) -> int:
    """Carry out a statement that answers nothing; how many rows it met."""
    call = prepared(statement, connection.dialect).call(values)
    return int(_carry_out(connection, *call, _met))


def change_many(connection: Connection, statement: Any, values: Sequence[Values]) -> int:
    """The same for many rows at once."""
    text, calls = prepared(statement, connection.dialect).calls(values)
    if len(calls) == 1:
        return int(_carry_out(connection, text, calls[0], _met))
    return int(_carry_out(connection, text, calls, _met, many=True))


def _fetched(cursor: Any) -> Any:
    return cursor.fetchall()


def _met(cursor: Any) -> Any:
    return cursor.rowcount


def _carry_out(
    connection: Connection, text: str, parameters: Any, ask: Process, *, many: bool = False
) -> Any:
    """What ``ask`` takes from the driver's cursor after the statement. Who listens to the engine
    hears of it, and the driver's errors are SQLAlchemy's."""
    driver, listeners, dialect = connection.connection, connection.dispatch, connection.dialect
    cursor = driver.cursor()
    for listener in listeners.before_cursor_execute:
        text, parameters = listener(connection, cursor, text, parameters, None, many)
    error_type = dialect.loaded_dbapi.Error
    try:
        (cursor.executemany if many else cursor.execute)(text, parameters)
        answer = ask(cursor)
    except error_type as error:
        if dialect.is_disconnect(error, driver, cursor):
            connection.invalidate(error)
        raise DBAPIError.instance(text, parameters, error, error_type, dialect=dialect) from error
    for listener in listeners.after_cursor_execute:
        listener(connection, cursor, text, parameters, None, many)
    cursor.close()
    return answer


def _results(statement: Any) -> list[Any]:
    """What each part of a row is: a table's class, or a column's type."""
    if isinstance(statement, Select):
        return [part["type"] for part in statement.column_descriptions]
    if isinstance(statement, SelectBase):
        return [column.type for column in statement.selected_columns]
    if isinstance(statement, UpdateBase):
        return [part["type"] for part in statement.returning_column_descriptions]
    return []


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> Process | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
