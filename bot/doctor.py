"""What can be wrong between wopo and Slack, for ``wopo doctor`` (entry point ``wopo.doctor``)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.failures import CALL_ERRORS, classify
from bot.mail import mail_check
from bot.manifest import manifest
from bot.services import CALL_TIMEOUT, utc_now, web_client
from wopo.config import Settings
from wopo.db.engine import make_engine
from wopo.db.uow import SqlTransactions
from wopo.domain.errors import DomainError
from wopo.usecases.health import Check
from wopo.usecases.ports import Transactions
from wopo.usecases.settings import channels

LARGEST_SKEW = 60
"""Seconds; Slack refuses requests signed more than five minutes away, so this warns early."""


def checks() -> Iterator[Check]:
    """Every check on the installation that the environment describes."""
    settings = Settings()
    engine = make_engine(settings.database_url)
    yield from slack_checks(settings, SqlTransactions(engine), now=utc_now())
    yield mail_check(settings)
    engine.dispose()


def slack_checks(
    settings: Settings, transactions: Transactions, *, now: datetime
) -> Iterator[Check]:
    """Tokens first; what needs a working token comes only after it works."""
    if not settings.bot_token.get_secret_value():
        yield Check(
            "slack",
            ok=False,
            sentence="SLACK_BOT_TOKEN is not set, so the bot can't start.",
            mend="Install the app (README, five minutes to a real workspace) and set the token.",
        )
        return
    client = web_client(settings, timeout=CALL_TIMEOUT)
    try:
        told = client.auth_test()
    except CALL_ERRORS as error:
        yield _token_check(settings, error)
        return
    yield Check("slack", ok=True, sentence=f"The bot token works in {told.get('team')}.")
    headers = {name.lower(): value for name, value in dict(told.headers).items()}
    yield scopes_check(_header(headers, "x-oauth-scopes"))
    yield skew_check(_header(headers, "date"), now)
    if settings.app_token.get_secret_value():
        yield socket_check(settings)
    yield from channel_checks(client, transactions)


def _header(headers: dict[str, Any], name: str) -> str:
    value = headers.get(name, "")
    return str(value[0] if isinstance(value, list) else value)


def _token_check(settings: Settings, error: Exception) -> Check:
    failure = classify(error)
    answered = isinstance(error, SlackApiError)
    return Check(
        "slack",
        ok=False,
        sentence=f"Slack at {settings.api_url} does not take the bot token: {failure.code}."
        if answered
        else f"Slack can't be reached at {settings.api_url}: {failure.code}.",
        mend="Copy the bot token again from the app's OAuth page and restart the bot."
        if answered
        else "Check the network and SLACK_API_URL.",
    )


def scopes_check(granted: str) -> Check:
    """Whether the token has every scope of the manifest."""
    wanted = set(manifest()["oauth_config"]["scopes"]["bot"])
    missing = sorted(wanted - {scope.strip() for scope in granted.split(",")})
    if not granted or not missing:
        return Check("scopes", ok=True, sentence="The bot has every scope it needs.")
    return Check(
        "scopes",
        ok=False,
        sentence=f"The bot lacks these scopes: {', '.join(missing)}.",
        mend="Paste the manifest (wopo manifest) into the app's settings and reinstall the app.",
    )


def skew_check(date_header: str, now: datetime) -> Check:
    """How far this machine's clock is from Slack's."""
    try:
        slack = parsedate_to_datetime(date_header)
    except ValueError:
        return Check("slack clock", ok=True, sentence="Slack did not tell the time.")
    if slack.tzinfo is None:
        slack = slack.replace(tzinfo=UTC)
    away = abs((now - slack).total_seconds())
    if away <= LARGEST_SKEW:
        return Check("slack clock", ok=True, sentence="This machine's clock agrees with Slack's.")
    return Check(
        "slack clock",
        ok=False,
        sentence=f"This machine's clock is {away:.0f} s away from Slack's.",
        mend="Set the machine's clock (NTP); signatures older than five minutes are refused.",
    )


def socket_check(settings: Settings) -> Check:
    """Whether a socket could be opened with the app token."""
    token = settings.app_token.get_secret_value()
    client = web_client(settings, timeout=CALL_TIMEOUT, token=token)
    try:
        client.apps_connections_open(app_token=token)
    except CALL_ERRORS as error:
        return Check(
            "socket",
            ok=False,
            sentence=f"No socket can be opened with SLACK_APP_TOKEN: {classify(error).code}.",
            mend="Make an app-level token with the scope connections:write and switch on "
            "Socket Mode in the app's settings.",
        )
    return Check("socket", ok=True, sentence="A socket can be opened.")


def channel_checks(client: WebClient, transactions: Transactions) -> Iterator[Check]:
    """Whether the bot is in each channel that the settings name."""
    try:
        with transactions.read() as uow:
            named = channels(uow)
    except DomainError:
        return  # The database's own checks say what is wrong with it.
    if not named:
        yield Check(
            "channels",
            ok=False,
            sentence="No channel is set, so nothing is posted outside direct messages.",
            mend="Type /wopo channels in Slack and choose the channels.",
        )
    for purpose, channel in sorted(named.items()):
        yield channel_check(client, purpose, channel)


def channel_check(client: WebClient, purpose: str, channel: str) -> Check:
    """Whether the bot can post in one channel."""
    name = f"channel {purpose}"
    mend = "Type /invite @wopo in that channel, or choose another with /wopo channels."
    try:
        told: Any = client.conversations_info(channel=channel).get("channel") or {}
    except CALL_ERRORS as error:
        sentence = f"The channel {channel} can't be read: {classify(error).code}."
        return Check(name, ok=False, sentence=sentence, mend=mend)
    called = f"#{told.get('name', channel)}"
    if told.get("is_archived"):
        return Check(name, ok=False, sentence=f"{called} is archived.", mend=mend)
    if not told.get("is_member"):
        return Check(name, ok=False, sentence=f"The bot is not in {called}.", mend=mend)
    return Check(name, ok=True, sentence=f"The bot is in {called}.")
