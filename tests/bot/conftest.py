"""The bot on a real database and a recording Slack."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_bolt import App, BoltRequest

import wopo.db  # noqa: F401  (registers the database's side of every port)
from bot.app import build_app
from bot.courier import Courier
from bot.services import Bot, Services, build_services
from slack_sandbox.blockkit import validate_message, validate_view
from tests.conftest import Beginning, Ids, TestClock
from tests.factories.jobs import PEOPLE, Company, make_company
from tests.payloads import Payloads
from tests.slack import BOT_USER, TEAM, RecordingSlack, recording_slack
from wopo.config import Settings
from wopo.db.uow import SqlTransactions
from wopo.usecases.door import Answer
from wopo.usecases.identities import LinkIdentity
from wopo.usecases.settings import SetChannels
from wopo.usecases.workspaces import BindWorkspace
from wopo.writers.order_files import write_order_files
from wopo.writers.payment_files import write_payment_files

SECRET = "a-signing-secret"

PATIENT = 60.0
"""Seconds for a command where its deadline is not what is tried: the machine may be busy."""


@pytest.fixture
def slack() -> Iterator[RecordingSlack]:
    """Slack's Web API on this machine."""
    with recording_slack() as server:
        yield server
    assert [hook["problems"] for hook in server.posted_hooks if hook["problems"]] == []
    assert server.refused == [], "Slack would not take these"


@pytest.fixture
def settings(slack: RecordingSlack) -> Settings:
    """Settings that point at the recording Slack."""
    return Settings(
        _env_file=None,
        SLACK_BOT_TOKEN="xoxb-test",
        SLACK_APP_TOKEN="xapp-test",
        SLACK_SIGNING_SECRET=SECRET,
        SLACK_API_URL=f"{slack.url}/api",
    )


@pytest.fixture
def services(
    settings: Settings, transactions: SqlTransactions, clock: TestClock, new_id: Ids
) -> Services:
    """The built parts, with the test's clock and ids."""
    bot = Bot(workspace_id=TEAM, user_id=BOT_USER, bot_id="B0BOT", url="https://x", name="Test")
    made = build_services(settings, transactions, clock=clock, new_id=new_id, bot=bot)
    made.deadline, made.papers = PATIENT, write_order_files
    made.payments = write_payment_files
    return made


@pytest.fixture
def app(services: Services) -> App:
    """The Bolt app."""
    return build_app(services)


@pytest.fixture
def payloads(slack: RecordingSlack) -> Payloads:
    """What Slack sends."""
    return Payloads(f"{slack.url}/hook/1")


@pytest.fixture
def send(app: App) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """``send(payload)``: dispatch as a socket would; the answer's body, which must be a 200."""

    def run(payload: dict[str, Any]) -> dict[str, Any]:
        answer = app.dispatch(BoltRequest(body=payload, mode="socket_mode"))
        assert answer.status == 200, (answer.status, answer.body)
        if not answer.body:
            return {}
        found: dict[str, Any] = json.loads(answer.body)
        assert problems_of(found) == []
        return found

    return run


def problems_of(answer: dict[str, Any]) -> list[Any]:
    """What Slack would not take of an answer: the message of a command, the view of a form."""
    if "view" in answer:
        return list(validate_view(answer["view"]))
    return list(validate_message(answer)) if "blocks" in answer else []


@pytest.fixture
def courier(services: Services) -> Courier:
    """A courier that works only when told."""
    return Courier(services)


@pytest.fixture
def deliver(courier: Courier) -> Callable[[], int]:
    """``deliver()``: carry everything that is due; how many rows were handled."""

    def run() -> int:
        handled = 0
        while courier.deliver_next():
            handled += 1
        return handled

    return run


@pytest.fixture
def work(app: App, courier: Courier) -> Callable[[], None]:
    """``work()``: do the slow work that is due, as the app declared it."""

    def run() -> None:
        while courier.deliver_next(tasks=True):
            pass

    return run


@pytest.fixture
def company(do: Callable[..., Answer], begin: Beginning) -> Company:
    """The small company; everybody in it is in Slack as ``U-<code>``."""

    def build() -> Company:
        made = make_company(do)
        do(BindWorkspace(workspace_id=TEAM))
        for code in PEOPLE:
            do(LinkIdentity(workspace_id=TEAM, user_id=f"U-{code}", person=code))
        sites = {f"site:{made.north}": "C1", f"site:{made.harbour}": "C2"}
        do(SetChannels(channels=sites))
        return made

    return begin("company in Slack", build)
