"""Every table mapped: importing this is what whoever opens a database or a session needs."""

import pkgutil
from importlib import import_module
from typing import Any

from sqlalchemy import Date, Integer
from sqlmodel import AutoString, SQLModel

import wopo.domain

for _module in pkgutil.iter_modules(wopo.domain.__path__):
    import_module(f"wopo.domain.{_module.name}")

# Without object relationships the order of inserts in one flush is not known, so references are
# checked when the transaction commits, on both databases.
for _table in SQLModel.metadata.tables.values():
    for _key in _table.foreign_key_constraints:
        _key.deferrable, _key.initially = True, "DEFERRED"

# For every type it meets SQLAlchemy keeps how a dialect writes and reads it; SQLModel makes a new
# one for each column. Those that are alike are one here, as ``columns`` does for our own.
_SHARED = (AutoString, Date, Integer)
_known: dict[str, Any] = {}
for _table in SQLModel.metadata.tables.values():
    for _column in _table.columns:
        if type(_column.type) in _SHARED:
            _column.type = _known.setdefault(repr(_column.type), _column.type)
