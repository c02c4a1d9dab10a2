"""How payloads reach an app: Socket Mode or signed HTTP."""

from slack_sandbox.delivery.broker import Broker, NoAnswerError

__all__ = ["Broker", "NoAnswerError"]
