"""What can be done: one frozen command and one function per intention, behind one door.

Importing this package registers every use case, reaction and announcement. Modules that register
nothing are left to who needs them: the running bot does not load what only ``wopo`` reports.
"""

import pkgutil
from collections.abc import Collection, Iterable
from importlib import import_module

import wopo.domain.mapped  # noqa: F401  (a use case names tables that it does not import)

REGISTERS_NOTHING = {
    "audit",
    "audit_authority",
    "audit_orders",
    "audit_tests",
    "match_replay",
    "policy_replay",
    "ports",
    "views",
}


def register(folders: Iterable[str], package: str, without: Collection[str] = ()) -> None:
    """Import all modules in a package's folders, also of the packages in it, but those named."""
    # ``pkgutil.walk_packages`` would import every package, also those that are left out.
    for module in pkgutil.iter_modules(folders):
        if module.name not in without:
            loaded = import_module(f"{package}.{module.name}")
            if module.ispkg:
                register(loaded.__path__, loaded.__name__)


register(__path__, __name__, without=REGISTERS_NOTHING)
