"""The manifest: valid, and in agreement with what the app listens to."""

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from slack_bolt import App

from bot.ids import Shortcut, SlashCommand
from bot.manifest import as_yaml, manifest
from tests.databases import missing

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("WOPO_SHARED_DATA", ROOT.parent / "shared" / "data"))


@pytest.mark.shared_data
@pytest.mark.parametrize("url", [None, "https://wopo.example.com/"])
def test_the_manifest_is_valid_in_both_modes(url: str | None) -> None:
    file = SHARED / "slack" / "manifest.schema.2.0.0.json"
    if not file.exists():
        missing("Slack's manifest schema")
    jsonschema.validate(manifest(url), json.loads(file.read_text()))


def test_http_mode_names_the_address_everywhere_and_closes_the_socket() -> None:
    found = manifest("https://wopo.example.com/")
    address = "https://wopo.example.com/slack/events"
    assert found["settings"]["socket_mode_enabled"] is False
    assert found["settings"]["interactivity"]["request_url"] == address
    assert {c["url"] for c in found["features"]["slash_commands"]} == {address}
    assert as_yaml("https://wopo.example.com/").count(address) == len(SlashCommand) + 3


def test_an_address_without_tls_is_refused() -> None:
    with pytest.raises(ValueError, match="https"):
        manifest("http://wopo.example.com")


def test_every_command_and_shortcut_has_a_listener_and_the_other_way_round() -> None:
    features = manifest()["features"]
    assert {c["command"] for c in features["slash_commands"]} == {str(c) for c in SlashCommand}
    assert {s["callback_id"] for s in features["shortcuts"]} == {str(s) for s in Shortcut}


def listened(app: App) -> set[str]:
    """Names that the app's listeners ask for, as they stand in their matchers' closures."""
    found: set[str] = set()
    for listener in app._listeners:
        for matcher in listener.matchers:
            for cell in getattr(getattr(matcher, "func", None), "__closure__", None) or ():
                found |= _names(cell.cell_contents)
    return found


def _names(value: Any) -> set[str]:
    if isinstance(value, str):
        return {str(value)}
    if isinstance(value, dict):
        return {name for item in value.values() for name in _names(item)}
    return set()


def test_the_app_really_listens_to_all_of_it(app: App) -> None:
    names = listened(app)
    wanted = {str(c) for c in SlashCommand} | {str(s) for s in Shortcut}
    events = manifest()["settings"]["event_subscriptions"]["bot_events"]
    wanted |= {event.partition(".")[0] for event in events}
    assert wanted - names == set()


NEEDED = {
    "chat.postMessage": "chat:write",
    "conversations.history": "channels:history",
    "conversations.open": "im:write",
    "users.info": "users:read",
    "dnd_updated_user": "dnd:read",
    "dnd.teamInfo": "dnd:read",
    "users.info(email)": "users:read.email",
    "conversations.info": "channels:read",
    "slash commands": "commands",
    "message.im": "im:history",
    "files in forms": "files:read",
}


def test_the_scopes_cover_what_the_bot_calls() -> None:
    granted = set(manifest()["oauth_config"]["scopes"]["bot"])
    assert set(NEEDED.values()) - granted == set()
