"""What can be done: one frozen command and one function per intention, behind one door.

Importing this package registers every use case, reaction and announcement. Modules that register
nothing are left to who needs them: the running bot does not load what only ``wopo`` reports.
"""

import pkgutil
from importlib import import_module

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

for _module in pkgutil.walk_packages(__path__, f"{__name__}."):
    if _module.name.removeprefix(f"{__name__}.").split(".")[0] not in REGISTERS_NOTHING:
        import_module(_module.name)
