"""Photos that people put into a job's thread hang on the job, each once."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.courier import Courier
from bot.handlers.thread_files import KEEP_FILES
from bot.services import Services
from tests.conftest import TestClock
from tests.factories.jobs import Company, Do, rows, started_job
from tests.payloads import Payloads
from tests.slack import BOT_USER, TEAM, RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.attachments import Attachment
from wopo.domain.outbox import OutboxRow, PostedCard
from wopo.usecases.settings import SetChannels

Json = dict[str, Any]
PHOTO = {
    "id": "F1",
    "name": "leak.jpg",
    "mimetype": "image/jpeg",
    "size": 348_221,
    "mode": "hosted",
    "is_external": False,
}


@pytest.fixture
def carry(courier: Courier, deliver: Callable[[], int], clock: TestClock) -> Callable[[], None]:
    """Everything that is due, with the second between two messages of a channel."""

    def run() -> None:
        while courier.deliver_next(tasks=True):
            pass
        for _ in range(6):
            clock.forward(seconds=2)
            deliver()

    return run


@pytest.fixture
def job(do: Do, company: Company, carry: Callable[[], None]) -> str:
    """A job whose card stands in the channel of its site; its id."""
    do(SetChannels(channels={f"site:{company.north}": "C1"}))
    found = started_job(do, company)
    carry()
    return found


@pytest.fixture
def reply(
    job: str,
    payloads: Payloads,
    send: Callable[[Json], Json],
    transactions: SqlTransactions,
    carry: Callable[[], None],
) -> Callable[..., None]:
    """``reply(files)``: a message with files under the job's card, and what is due after it."""

    def run(files: list[Json], user: str = "U-tess", event_id: str = "", **more: Any) -> None:
        (card,) = rows(transactions, PostedCard, card="work_order")
        event = {
            "type": "message",
            "subtype": "file_share",
            "channel_type": "channel",
            "channel": card.channel,
            "ts": "9.1",
            "thread_ts": card.ts,
            "user": user,
            "team": TEAM,
            "text": "",
            "files": files,
            **more,
        }
        send(payloads.event(event, event_id=event_id))
        carry()

    return run


def replies(slack: RecordingSlack) -> list[str]:
    return [m["text"] for m in slack.messages["C1"] if "kept with" in m["text"]]


def test_photos_in_the_thread_are_kept_once_and_answered_once(
    job: str,
    reply: Callable[..., None],
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    second = {**PHOTO, "id": "F2", "name": "pump.png", "mimetype": "image/png"}
    for _ in range(3):
        reply([PHOTO, second], event_id="Ev-same")
    reply([PHOTO], ts="9.2")
    found = rows(transactions, Attachment, order="name")
    assert [(file.name, file.subject, file.subject_id) for file in found] == [
        ("leak.jpg", "work_order", job),
        ("pump.png", "work_order", job),
    ]
    assert replies(slack) == ["2 photos are kept with WO-1."]


def test_work_that_is_done_again_after_a_crash_is_answered_once(
    reply: Callable[..., None],
    carry: Callable[[], None],
    services: Services,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    reply([PHOTO])
    (work,) = rows(transactions, OutboxRow, audience=f"task:{KEEP_FILES}")
    services.tasks[KEEP_FILES](services, work)
    carry()
    assert replies(slack) == ["The photo is kept with WO-1."]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"size": 500_000_000}, "leak.jpg is too large (500.0 MB)"),
        ({"mimetype": "image/svg+xml"}, "a kind that is not taken"),
        ({"is_external": True}, "does not lie in Slack itself"),
    ],
)
def test_what_is_not_taken_is_said_in_the_thread(
    change: Json,
    said: str,
    reply: Callable[..., None],
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    for _ in range(3):
        reply([{**PHOTO, **change}], event_id="Ev-same")
    assert len([m for m in slack.messages["C1"] if said in m["text"]]) == 1
    assert rows(transactions, Attachment) == []


def test_one_file_that_is_not_taken_keeps_no_other_out(
    reply: Callable[..., None], slack: RecordingSlack, transactions: SqlTransactions
) -> None:
    reply([{**PHOTO, "id": "F7", "name": "clip.svg", "mimetype": "image/svg+xml"}, PHOTO])
    assert [file.name for file in rows(transactions, Attachment)] == ["leak.jpg"]
    (said,) = replies(slack)
    assert said.startswith("The photo is kept with WO-1. Files: clip.svg is of a kind")


@pytest.mark.parametrize(
    "more",
    [
        {"thread_ts": "1.1"},
        {"files": []},
        {"bot_id": "B9"},
        {"user": BOT_USER},
        {"user": "U-nobody"},
        {"user_team": "T-other"},
    ],
)
def test_other_threads_words_bots_and_strangers_are_left_alone(
    more: Json,
    reply: Callable[..., None],
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    before = len(slack.messages["C1"])
    reply(**{"files": [PHOTO], **more})
    assert rows(transactions, Attachment) == []
    assert len(slack.messages["C1"]) == before
