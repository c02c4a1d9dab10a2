"""Seeds, the command line, a second start, live changes."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_sdk import WebClient

from slack_sandbox.app import build_app
from slack_sandbox.driver import Driver, wait_until
from slack_sandbox.places import DeskError
from slack_sandbox.seed import SeedError
from slack_sandbox.server import RunningSandbox, free_port, start
from slack_sandbox.settings import Settings

Ids = dict[str, str]
SEED = {
    "team": {"name": "Bakery", "domain": "bakery"},
    "people": [
        {"name": "eva", "real_name": "Eva", "tz": "Europe/Rome", "is_admin": True},
        {"name": "fin", "title": "Baker"},
        {"name": "gus", "is_restricted": True},
    ],
    "apps": [{"manifest": "oven.yml", "bot_token": "xoxb-oven", "app_token": "xapp-oven"}],
    "channels": [
        {"name": "dough", "topic": "Rising", "members": ["everyone", "oven"]},
        {"name": "till", "private": True, "members": ["eva", "gus"]},
    ],
    "messages": [{"channel": "dough", "user": "fin", "text": "Hello @eva"}],
}
MANIFEST = {
    "display_information": {"name": "oven"},
    "features": {"slash_commands": [{"command": "/bake", "description": "d"}]},
    "oauth_config": {"scopes": {"bot": ["chat:write", "channels:history"]}},
    "settings": {"socket_mode_enabled": True},
}


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    (tmp_path / "oven.yml").write_text(yaml.safe_dump(MANIFEST))
    path = tmp_path / "seed.yml"
    path.write_text(yaml.safe_dump(SEED))
    return path


@pytest.fixture
def bakery(seed: Path, tmp_path: Path) -> Iterator[RunningSandbox]:
    running = start(Settings(port=0, db=tmp_path / "w.db", seed=seed))
    yield running
    running.stop()


def test_a_seed_makes_the_workspace(bakery: RunningSandbox) -> None:
    driver = Driver(bakery.base_url)
    assert driver.desk("team")["name"] == "Bakery"
    people = {user["name"]: user for user in driver.desk("people")}
    assert people["fin"]["profile"]["title"] == "Baker"
    assert people["gus"]["is_restricted"] is True
    seen = driver.desk("channels", user_id=people["eva"]["id"])
    assert [(c["name"], c["kind"], c["unread"]) for c in seen] == [
        ("dough", "public", 1),
        ("till", "private", 0),
    ]
    assert [c["name"] for c in driver.desk("channels", user_id=people["gus"]["id"])] == ["till"]
    client = WebClient("xoxb-oven", base_url=bakery.api_url)
    said = client.conversations_history(channel=seen[0]["id"])["messages"][0]
    assert said["text"] == f"Hello <@{people['eva']['id']}>"
    assert driver.desk("commands")[0]["command"] == "/bake"


def test_a_second_start_keeps_what_was_said(seed: Path, tmp_path: Path) -> None:
    for expected in (["Hello"], ["Hello", "again"]):
        running = start(Settings(port=0, db=tmp_path / "w.db", seed=seed))
        driver = Driver(running.base_url)
        eva = driver.desk("people")[0]["id"]
        dough = driver.desk("channels", user_id=eva)[0]["id"]
        shown = driver.desk("messages", user_id=eva, channel_id=dough)
        assert [m["text"].split()[0] for m in shown] == expected
        driver.desk("post_message", user_id=eva, channel_id=dough, text="again")
        running.stop()


def test_a_seed_with_an_unknown_member_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "seed.yml"
    path.write_text(yaml.safe_dump({"channels": [{"name": "x", "members": ["nobody"]}]}))
    with pytest.raises(SeedError, match="nobody"):
        build_app(Settings(seed=path))


def test_a_port_in_use_is_told(sandbox: RunningSandbox) -> None:
    port = int(sandbox.base_url.rsplit(":", 1)[1])
    with pytest.raises(RuntimeError, match="could not listen"):
        start(Settings(port=port))


def test_the_command_starts_fast_serves_and_ends(tmp_path: Path) -> None:
    port = free_port("127.0.0.1")
    source = str(Path(__file__).parents[2] / "src")
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "slack_sandbox", "--port", str(port), "--db", "var/s.db"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": source},
        stderr=subprocess.PIPE,
        text=True,
    )
    driver = Driver(f"http://127.0.0.1:{port}")

    def alive() -> Any:
        try:
            return driver.call("GET", "/sandbox/health")["ok"]
        except OSError:
            return False

    try:
        assert wait_until(alive, timeout=60)
        assert time.monotonic() - started < 10
        assert [user["name"] for user in driver.desk("people")] == ["ada", "ben", "cleo"]
    finally:
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert f"SLACK_API_URL=http://127.0.0.1:{port}/api/" in err
    assert "Traceback" not in err
    assert (tmp_path / "var" / "s.db").exists()


def test_changes_arrive_live(sandbox: RunningSandbox, client: WebClient, ids: Ids) -> None:
    async def next_change() -> dict[str, Any]:
        changes = sandbox.desk.changes(ids["ada"])
        first = asyncio.ensure_future(anext(changes))
        await asyncio.sleep(0)
        posted = await asyncio.to_thread(
            client.chat_postMessage, channel=ids["#general"], text="news"
        )
        change = await asyncio.wait_for(first, 5)
        await changes.aclose()
        return {**change, "posted": posted["ts"]}

    change = sandbox.call(next_change())
    assert (change["kind"], change["channel_id"]) == ("message", ids["#general"])
    assert change["ts"] == change["posted"]


def test_a_deactivated_person_can_do_nothing(
    sandbox: RunningSandbox, driver: Driver, ids: Ids
) -> None:
    driver.call("PATCH", f"/sandbox/people/{ids['ben']}", {"deleted": True})
    with pytest.raises(DeskError, match="deactivated"):
        sandbox.call(sandbox.desk.modals(ids["ben"]))
