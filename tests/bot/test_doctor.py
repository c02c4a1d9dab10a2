"""What ``wopo doctor`` says about Slack: each check with the thing broken."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.doctor import channel_check, scopes_check, skew_check, slack_checks
from bot.manifest import manifest
from bot.services import web_client
from tests.conftest import START
from tests.slack import RecordingSlack, Trouble
from wopo.config import Settings
from wopo.db.uow import SqlTransactions
from wopo.domain.outbox import Setting
from wopo.usecases.health import Check

ALL_SCOPES = ",".join(manifest()["oauth_config"]["scopes"]["bot"])


@pytest.fixture
def found(settings: Settings, transactions: SqlTransactions) -> Callable[[], dict[str, Check]]:
    def run() -> dict[str, Check]:
        now = datetime.now(UTC)
        return {check.name: check for check in slack_checks(settings, transactions, now=now)}

    return run


def test_a_sound_installation_has_nothing_to_mend(
    found: Callable[[], dict[str, Check]], transactions: SqlTransactions
) -> None:
    with transactions.write() as uow:
        uow.add(Setting(name="channels", value={"finance": "C1"}))
        uow.commit()
    checks = found()
    assert [check.sentence for check in checks.values() if not check.ok] == []
    assert {"slack", "scopes", "slack clock", "socket", "channel finance"} <= set(checks)


def test_a_token_that_slack_does_not_know(
    found: Callable[[], dict[str, Check]], slack: RecordingSlack
) -> None:
    slack.trouble("auth.test", Trouble(error="invalid_auth"))
    checks = found()
    assert list(checks) == ["slack"], "the rest needs a working token"
    assert "does not take the bot token: invalid_auth" in checks["slack"].sentence


def test_slack_out_of_reach(settings: Settings, transactions: SqlTransactions) -> None:
    away = settings.model_copy(update={"slack_api_url": "http://127.0.0.1:1/api/"})
    check = next(iter(slack_checks(away, transactions, now=START)))
    assert not check.ok
    assert "can't be reached" in check.sentence


def test_no_token_at_all(transactions: SqlTransactions) -> None:
    check = next(iter(slack_checks(Settings(_env_file=None), transactions, now=START)))
    assert (check.ok, "SLACK_BOT_TOKEN is not set" in check.sentence) == (False, True)


def test_missing_scopes_are_named() -> None:
    check = scopes_check(ALL_SCOPES.replace("im:history,", ""))
    assert not check.ok
    assert "lacks these scopes: im:history." in check.sentence
    assert scopes_check(ALL_SCOPES).ok


@pytest.mark.parametrize(("away", "ok"), [(5, True), (400, False), (-400, False)])
def test_the_clock_beside_slacks(away: int, ok: bool) -> None:
    date = START.strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert skew_check(date, START + timedelta(seconds=away)).ok is ok


def test_an_app_token_that_opens_no_socket(
    found: Callable[[], dict[str, Check]], slack: RecordingSlack
) -> None:
    slack.trouble("apps.connections.open", Trouble(error="not_allowed_token_type"))
    assert "not_allowed_token_type" in found()["socket"].sentence


def test_no_channel_is_set(found: Callable[[], dict[str, Check]]) -> None:
    assert "No channel is set" in found()["channels"].sentence


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"name": "fin", "is_member": False}, "The bot is not in #fin."),
        ({"name": "fin", "is_member": True, "is_archived": True}, "#fin is archived."),
    ],
)
def test_a_channel_that_takes_nothing(
    slack: RecordingSlack, settings: Settings, told: dict[str, object], said: str
) -> None:
    slack.do_conversations_info = lambda _a: {"channel": told}  # type: ignore[method-assign]
    check = channel_check(web_client(settings, timeout=5), "finance", "C1")
    assert (check.ok, check.sentence) == (False, said)
    assert "/invite" in check.mend


def test_a_channel_that_is_gone(slack: RecordingSlack, settings: Settings) -> None:
    slack.trouble("conversations.info", Trouble(error="channel_not_found"))
    check = channel_check(web_client(settings, timeout=5), "finance", "C1")
    assert "can't be read: channel_not_found" in check.sentence


def test_settings_never_show_a_secret() -> None:
    shown = repr(
        Settings(
            _env_file=None,
            SLACK_BOT_TOKEN="xoxb-1-secret",
            SLACK_SIGNING_SECRET="deadbeef",
            WOPO_DATABASE_URL="postgresql://u:password@h/d",
        )
    )
    assert not any(secret in shown for secret in ("xoxb-1", "deadbeef", "password"))
