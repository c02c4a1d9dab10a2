"""Words under an exception's card: kept as notes of the case."""

from typing import Any

from slack_bolt import Ack, App

from bot.cards.exception_cases import NAME
from bot.services import Services
from bot.talk import as_words
from bot.visit import Visit
from wopo.domain.outbox import PostedCard
from wopo.usecases.case_answers import KeepComment
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.settings import INVOICES, channels

QUESTION = "arrival"
"""The card that asks whether it arrived; it is about a case too."""


def register(app: App, _services: Services) -> None:
    """Listen to words in the threads of exceptions' cards. Where files are read, a message with
    files belongs to ``files``, which has its words kept."""
    app.event("message", matchers=[is_comment])(keep)


def is_comment(context: dict[str, Any], event: dict[str, Any], visit: Visit | None) -> bool:
    """Words under a card of a case, beside no file that is read as a vendor's paper. What was read
    for it goes on to ``keep``."""
    if visit is None or not event.get("thread_ts"):
        return False
    with visit.read() as uow:
        comment = _comment(uow, visit, event)
        if comment is None or (event.get("files") and _read_here(uow, event)):
            return False
    context["comment"] = comment
    return True


def _read_here(uow: UnitOfWork, event: dict[str, Any]) -> bool:
    papers = channels(uow).get(INVOICES)
    return event.get("channel_type") == "im" or event.get("channel") == papers


def keep(ack: Ack, visit: Visit, event: dict[str, Any], comment: KeepComment) -> None:
    """Keep the words; silence is answer enough."""
    _keep(visit, event, comment)
    ack()


def keep_words(visit: Visit, event: dict[str, Any]) -> None:
    """Keep the words of a message where it stands under a case's card."""
    if not event.get("thread_ts"):
        return
    with visit.read() as uow:
        comment = _comment(uow, visit, event)
    if comment is not None:
        _keep(visit, event, comment)


def _keep(visit: Visit, event: dict[str, Any], comment: KeepComment) -> None:
    """Once, however often Slack tells of the message."""
    if comment.text.strip():
        key = f"{visit.workspace_id}:comment:{event['channel']}:{event['ts']}"
        visit.services.execute(comment, actor=visit.actor, key=key)


def _comment(uow: UnitOfWork, visit: Visit, event: dict[str, Any]) -> KeepComment | None:
    """What was written, about the case under whose card it stands; none for anything else."""
    place = {"channel": event.get("channel"), "ts": event["thread_ts"]}
    card = uow.find(PostedCard, card=[NAME, QUESTION], **place)
    if card is None:
        return None
    words = as_words(str(event.get("text") or ""), uow, visit.workspace_id)
    return KeepComment(case_id=card.subject_id, text=words)
