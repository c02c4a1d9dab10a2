"""The app's manifest, for Socket Mode as it stands in manifest.yml, or for HTTP mode."""

from pathlib import Path
from typing import Any

import yaml

from bot.http import PATH

_HERE = Path(__file__).parent
FILE = next(
    (path for path in (_HERE / "manifest.yml", _HERE.parent / "manifest.yml") if path.exists()),
    _HERE.parent / "manifest.yml",
)
"""In an installed wheel it lies beside this module, in a checkout at its top."""


def manifest(http_url: str | None = None, *, file: Path = FILE) -> dict[str, Any]:
    """The manifest as a dict; with ``http_url`` (the public base URL) every request goes there
    instead of through a socket. Raises ``ValueError`` for a URL that is not https."""
    found: dict[str, Any] = yaml.safe_load(file.read_text())
    if http_url is None:
        return found
    if not http_url.startswith("https://"):
        raise ValueError("Slack sends requests to https:// addresses only")
    url = http_url.rstrip("/") + PATH
    settings = found["settings"]
    settings["socket_mode_enabled"] = False
    settings["event_subscriptions"]["request_url"] = url
    settings["interactivity"] |= {"request_url": url, "message_menu_options_url": url}
    for command in found["features"]["slash_commands"]:
        command["url"] = url
    return found


def as_yaml(http_url: str | None = None) -> str:
    """The manifest as text to paste into Slack."""
    text: str = yaml.safe_dump(manifest(http_url), sort_keys=False, allow_unicode=True, width=100)
    return text
