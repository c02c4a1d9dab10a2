"""The rules: what documents are, which moves are legal, what they cost.

No session, no clock, no network, no Slack: times, ids and people are passed in, and every verb
returns its event. Importing this package maps every table.
"""

import pkgutil
from importlib import import_module

for _module in pkgutil.iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
