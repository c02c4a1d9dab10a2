"""Anchors of the audit trail outside of the database: appended to a file, and read back from the
channel that they were posted in (``wopo audit verify --slack``, entry point ``wopo.anchors``)."""

from typing import Any

from slack_sdk import WebClient

from bot.services import CALL_TIMEOUT, Services, web_client, who_am_i
from wopo.config import Settings
from wopo.db.engine import make_engine
from wopo.db.uow import SqlTransactions
from wopo.domain.anchors import Anchor
from wopo.domain.errors import Refusal
from wopo.domain.outbox import OutboxRow
from wopo.usecases.audit_anchors import WRITE_ANCHOR
from wopo.usecases.settings import AUDIT, FINANCE, channels
from wopo.writers.anchor_file import append_line

PAGE = 200
NO_CHANNEL = Refusal(
    "audit.no_channel",
    "No channel is chosen for the audit trail or for finance. Nothing was checked; choose one with "
    "/wopo channels, or leave --slack out.",
)


def register(services: Services) -> None:
    """Make the piece of work known."""
    services.tasks[WRITE_ANCHOR] = write_anchor


def write_anchor(services: Services, row: OutboxRow) -> None:
    """Append the day's line where a folder is set; one that can't be written is tried again."""
    folder = services.settings.anchors_dir
    if folder is not None:
        append_line(folder, str(row.facts["line"]))


def posted() -> list[Anchor]:
    """Every anchor that the installation of the environment posted in its channel."""
    settings = Settings()
    engine = make_engine(settings.database_url)
    with SqlTransactions(engine).read() as uow:
        chosen = channels(uow)
    engine.dispose()
    channel = chosen.get(AUDIT) or chosen.get(FINANCE)
    if not channel:
        raise NO_CHANNEL()
    return posted_in(web_client(settings, timeout=CALL_TIMEOUT), channel)


def posted_in(client: WebClient, channel: str) -> list[Anchor]:
    """Every anchor in what we ourselves posted in a channel; what others write there is no proof.
    Raises what slack_sdk raises."""
    me = who_am_i(client)
    found: list[Anchor] = []
    asked: dict[str, Any] = {"channel": channel, "limit": PAGE}
    while True:
        page = client.conversations_history(**asked)
        for message in page.get("messages") or ():
            if message.get("bot_id") == me.bot_id or message.get("user") == me.user_id:
                found += Anchor.found_in(str(message.get("text", "")))
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return found
        asked["cursor"] = cursor
