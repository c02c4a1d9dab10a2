"""The databases: engines, the unit of work, and each concept's finders. Sessions live only here.

Importing this package registers the database's side of every port. Migrations are left out: the
running bot does not load them.
"""

import pkgutil
from importlib import import_module

_NOT_AT_RUNTIME = {"migrations", "migrate"}

for _module in pkgutil.iter_modules(__path__):
    if _module.name not in _NOT_AT_RUNTIME:
        import_module(f"{__name__}.{_module.name}")
