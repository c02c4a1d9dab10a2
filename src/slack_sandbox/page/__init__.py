"""The page of the local workspace: Slack as a person sees it, on a phone and on a desktop."""

from slack_sandbox.page.routes import routes

__all__ = ["routes"]
