"""What can be done: one frozen command and one function per intention, behind one door.

Importing this package registers every use case, reaction and announcement.
"""

import pkgutil
from importlib import import_module

for _module in pkgutil.iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
