"""A real sandbox per test, on a free port, with Slack's waits made short."""

from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient

from slack_sandbox.driver import Driver
from slack_sandbox.server import RunningSandbox, start
from slack_sandbox.settings import DEMO_BOT_TOKEN, Settings

QUICK = {"port": 0, "ack_timeout": 1.0, "retry_delays": (0.0, 0.05, 0.1), "ping_interval": 0.1}


@pytest.fixture
def settings() -> dict[str, Any]:
    """What a test module may override."""
    return dict(QUICK)


@pytest.fixture
def sandbox(settings: dict[str, Any]) -> Iterator[RunningSandbox]:
    running = start(Settings(**settings))
    yield running
    running.stop()


@pytest.fixture
def base_url(sandbox: RunningSandbox) -> str:
    return sandbox.base_url


@pytest.fixture
def driver(base_url: str) -> Driver:
    return Driver(base_url)


@pytest.fixture
def client(sandbox: RunningSandbox) -> WebClient:
    return WebClient(DEMO_BOT_TOKEN, base_url=sandbox.api_url)


@pytest.fixture
def ids(driver: Driver) -> dict[str, str]:
    """Ids by name: people, channels as ``#name``, and the bot as ``bot``."""
    people = {user["name"]: user["id"] for user in driver.desk("people")}
    seen = driver.desk("channels", user_id=people["ada"])
    channels = {f"#{c['name']}": c["id"] for c in seen if c["kind"] != "im"}
    bot = driver.desk("apps")[0]
    return {**people, **channels, "bot": bot["bot_user_id"], "app": bot["id"]}
