"""The 25 tests that auditors run, in files by what they look at.

Importing this package registers what each of them finds.
"""

import pkgutil
from importlib import import_module

for _module in pkgutil.iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
