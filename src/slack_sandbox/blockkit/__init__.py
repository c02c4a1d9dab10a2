"""Block Kit's limits as data, and a validator of plain dicts. Imports nothing of the sandbox.

``validate_message(payload)`` and ``validate_view(view)`` return a list of `Problem`; an empty
list means that Slack would take it.
"""

from slack_sandbox.blockkit.problem import Problem
from slack_sandbox.blockkit.validate import validate_message, validate_view

__all__ = ["Problem", "validate_message", "validate_view"]
