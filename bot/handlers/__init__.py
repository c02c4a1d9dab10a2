"""Listeners, one module per concept. Each has ``register(app, services)`` and thin functions:
parse, command, answer. Every module of this package is registered by ``bot.app``."""

import pkgutil
from importlib import import_module

from slack_bolt import App

from bot.services import Services


def register_all(app: App, services: Services) -> None:
    """Call ``register`` of every module, in the order of their names."""
    for module in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{module.name}").register(app, services)
