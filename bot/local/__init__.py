"""The local start: a small company, a local Slack workspace and the bot, on this machine."""
