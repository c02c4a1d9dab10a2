"""The audit trail's own work: nobody clicks here, its anchors are written when they are due."""

from slack_bolt import App

from bot import anchors
from bot.services import Services


def register(_app: App, services: Services) -> None:
    """Make the work known."""
    anchors.register(services)
