"""Words under an exception's card: kept as notes of the case."""

from typing import Any

from slack_bolt import Ack, App

from bot.cards.exception_cases import NAME
from bot.services import Services
from bot.talk import as_words
from bot.visit import Visit
from wopo.domain.outbox import PostedCard
from wopo.usecases.case_answers import KeepComment
from wopo.usecases.settings import INVOICES, channels

QUESTION = "arrival"
"""The card that asks whether it arrived; it is about a case too."""


def register(app: App, _services: Services) -> None:
    """Listen to words in the threads of exceptions' cards. Where files are read, a message with
    files belongs to ``files``, which has its words kept."""
    app.event("message", matchers=[is_comment])(keep)


def is_comment(event: dict[str, Any], visit: Visit | None) -> bool:
    """Words under a card of a case, beside no file that is read as a vendor's paper."""
    if visit is None or _case(visit, event) == "":
        return False
    return not event.get("files") or not _read_here(visit, event)


def _read_here(visit: Visit, event: dict[str, Any]) -> bool:
    with visit.read() as uow:
        papers = channels(uow).get(INVOICES)
    return event.get("channel_type") == "im" or event.get("channel") == papers


def keep(ack: Ack, visit: Visit, event: dict[str, Any]) -> None:
    """Keep the words; silence is answer enough."""
    keep_words(visit, event)
    ack()


def keep_words(visit: Visit, event: dict[str, Any]) -> None:
    """Keep the words of a message where it stands under a case's card, once however often Slack
    tells of it."""
    case_id = _case(visit, event)
    if not case_id:
        return
    with visit.read() as uow:
        words = as_words(str(event.get("text") or ""), uow, visit.workspace_id)
    if words.strip():
        command = KeepComment(case_id=case_id, text=words)
        key = f"{visit.workspace_id}:comment:{event['channel']}:{event['ts']}"
        visit.services.execute(command, actor=visit.actor, key=key)


def _case(visit: Visit, event: dict[str, Any]) -> str:
    """The id of the case under whose card it was written; empty for anything else."""
    if not event.get("thread_ts"):
        return ""
    with visit.read() as uow:
        place = {"channel": event.get("channel"), "ts": event["thread_ts"]}
        card = uow.find(PostedCard, card=[NAME, QUESTION], **place)
        return card.subject_id if card else ""
