"""The databases: engines, the unit of work, and each concept's finders. Sessions live only here.

Importing this package registers the database's side of every port.
"""

import pkgutil
from importlib import import_module

for _module in pkgutil.iter_modules(__path__):
    if _module.name != "migrations":
        import_module(f"{__name__}.{_module.name}")
