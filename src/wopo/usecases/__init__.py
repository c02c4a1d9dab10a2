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
    "audit_tests_authority",
    "audit_tests_books",
    "audit_tests_dates",
    "audit_tests_duties",
    "audit_tests_invoices",
    "audit_tests_spending",
    "audit_tests_vendors",
    "match_replay",
    "policy_replay",
}

for _module in pkgutil.iter_modules(__path__):
    if _module.name not in REGISTERS_NOTHING:
        import_module(f"{__name__}.{_module.name}")
