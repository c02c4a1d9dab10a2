"""The courier: once, in order, never lost; whatever Slack or a crash does."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot.blocks import Block, message
from bot.cards import Asked, Card
from bot.courier import MOST_TRIES, Courier
from bot.reader import Reader
from bot.sending import EVENT_TYPE
from bot.services import Services
from tests.conftest import TestClock
from tests.slack import TEAM, RecordingSlack, Trouble
from wopo.db.uow import SqlTransactions
from wopo.domain.outbox import Delivery, Mode, OutboxRow, PostedCard, Setting
from wopo.domain.people import Person, SlackIdentity
from wopo.usecases.door import Notice
from wopo.usecases.outbox import put
from wopo.usecases.ports import UnitOfWork

STATE = {"text": "first"}


def load(_uow: UnitOfWork, asked: Asked) -> str | None:
    if asked.subject_id == "poison":
        raise ZeroDivisionError("a card that can't be drawn")
    if asked.subject_id == "gone":
        return None
    return STATE["text"]


def build(view: str, _reader: Reader) -> Block:
    return message(view)


def sentence(_uow: UnitOfWork, asked: Asked) -> str:
    return str(asked.facts["text"])


@pytest.fixture(autouse=True)
def _state() -> Iterator[None]:
    STATE["text"] = "first"
    yield


@pytest.fixture
def courier(services: Services) -> Courier:
    return Courier(services, {"thing": Card(load, build), "direct": Card(sentence, build)})


@pytest.fixture(autouse=True)
def _people(transactions: SqlTransactions, clock: TestClock) -> None:
    with transactions.write() as uow:
        for code, roles in (("ann", ["admin"]), ("tess", ["technician"])):
            uow.add(Person(id=code, code=code, name=code, roles=roles, created_at=clock()))
        uow.flush()
        for code in ("ann", "tess"):
            uow.add(
                SlackIdentity(
                    id=f"i-{code}", workspace_id=TEAM, user_id=f"U-{code}", person_id=code
                )
            )
        uow.add(Setting(name="channels", value={"site:s1": "C1", "site:s2": "C2"}))
        uow.commit()


@pytest.fixture
def tell(services: Services) -> Callable[..., OutboxRow]:
    def run(
        subject: str = "w1",
        audience: str = "site:s1",
        mode: Mode = Mode.KEEP,
        card: str = "thing",
        **facts: Any,
    ) -> OutboxRow:
        with services.transactions.write() as uow:
            notice = Notice(card, subject, audience, mode, facts)
            row = put(uow, notice, at=services.clock(), new_id=services.new_id)
            uow.commit()
        return row

    return run


@pytest.fixture
def state(transactions: SqlTransactions) -> Callable[[OutboxRow], tuple[str, int, str | None]]:
    def run(row: OutboxRow) -> tuple[str, int, str | None]:
        with transactions.read() as uow:
            found = uow.get(OutboxRow, row.id)
            assert found is not None
            return found.state.value, found.attempts, found.problem

    return run


Tell = Callable[..., OutboxRow]
State = Callable[[OutboxRow], tuple[str, int, str | None]]
Deliver = Callable[[], int]


def texts(slack: RecordingSlack, channel: str) -> list[str]:
    return [m["text"] for m in slack.messages[channel]]


def test_a_kept_card_is_posted_once_and_then_updated_in_place(
    tell: Tell, deliver: Deliver, slack: RecordingSlack, state: State
) -> None:
    row = tell()
    deliver()
    STATE["text"] = "second"
    tell()
    deliver()
    assert texts(slack, "C1") == ["second"]
    assert len(slack.of("chat.postMessage")) == 1
    posted = slack.of("chat.postMessage")[0]
    assert posted["metadata"] == {
        "event_type": EVENT_TYPE,
        "event_payload": {"outbox_id": row.id},
    }
    assert (posted["unfurl_links"], posted["unfurl_media"]) == (False, False)
    assert state(row)[0] == "sent"


def test_only_the_newest_state_is_shown_and_older_rows_are_dropped(
    tell: Tell, deliver: Deliver, slack: RecordingSlack, state: State
) -> None:
    rows = [tell() for _ in range(3)]
    STATE["text"] = "third"
    deliver()
    assert texts(slack, "C1") == ["third"]
    assert len(slack.of("chat.postMessage")) == 1
    assert slack.of("chat.update") == []
    assert [state(row)[0] for row in rows] == ["sent", "skipped", "skipped"]


def test_a_dm_opens_its_channel_once_and_remembers_it(
    tell: Tell, deliver: Deliver, slack: RecordingSlack, clock: TestClock
) -> None:
    tell(audience="person:tess", mode=Mode.POST, card="direct", text="one")
    deliver()
    clock.forward(seconds=2)
    tell(audience="person:tess", mode=Mode.POST, card="direct", text="two")
    deliver()
    assert texts(slack, "DU-tess") == ["one", "two"]
    assert len(slack.of("conversations.open")) == 1


def test_whoever_is_not_in_slack_is_skipped_with_the_reason(
    tell: Tell, deliver: Deliver, slack: RecordingSlack, state: State
) -> None:
    row = tell(audience="person:nobody", mode=Mode.POST, card="direct", text="x")
    deliver()
    assert state(row) == ("skipped", 1, "that person is not in this workspace")
    assert slack.calls == []


def test_a_reply_waits_for_its_card_and_lands_in_its_thread(
    tell: Tell, deliver: Deliver, slack: RecordingSlack, clock: TestClock
) -> None:
    slack.trouble("chat.postMessage", Trouble(error="not_so_fast"))
    tell()
    tell(audience="thread:thing:w1", mode=Mode.REPLY, card="direct", text="parts reserved")
    deliver()
    assert slack.messages["C1"] == []
    clock.forward(seconds=10)
    deliver()
    clock.forward(seconds=10)
    deliver()
    parent, reply = slack.messages["C1"]
    assert (reply["text"], reply["thread_ts"]) == ("parts reserved", parent["ts"])


def test_a_channel_gets_one_message_a_second_and_others_do_not_wait(
    tell: Tell, deliver: Deliver, slack: RecordingSlack, clock: TestClock
) -> None:
    for number in range(3):
        tell(subject=f"w{number}", mode=Mode.POST)
    tell(subject="other", audience="site:s2", mode=Mode.POST)
    deliver()
    assert (len(slack.messages["C1"]), len(slack.messages["C2"])) == (1, 1)
    clock.forward(seconds=1)
    deliver()
    assert len(slack.messages["C1"]) == 2
    clock.forward(seconds=1)
    deliver()
    assert len(slack.messages["C1"]) == 3


def test_retry_after_is_kept_to_the_second_for_that_channel_only(
    tell: Tell, deliver: Deliver, slack: RecordingSlack, clock: TestClock, state: State
) -> None:
    slack.trouble("chat.postMessage", Trouble(status=429, retry_after=30, channel="C1"))
    row = tell(mode=Mode.POST)
    tell(subject="w2", audience="site:s2", mode=Mode.POST)
    deliver()
    assert (len(slack.messages["C1"]), len(slack.messages["C2"])) == (0, 1)
    clock.forward(seconds=29)
    deliver()
    assert len(slack.of("chat.postMessage")) == 2
    clock.forward(seconds=1)
    deliver()
    assert len(slack.messages["C1"]) == 1
    assert state(row)[:2] == ("sent", 1), "waiting for Slack does not count as a try"


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble(drop=True, after=True),
        Trouble(status=500, after=True),
        Trouble(error="fatal_error", after=True),
        Trouble(error="internal_error", after=True),
    ],
    ids=["dropped line", "500", "fatal_error", "internal_error"],
)
def test_after_an_unknown_outcome_the_message_is_looked_for_not_sent_again(
    tell: Tell,
    deliver: Deliver,
    slack: RecordingSlack,
    clock: TestClock,
    state: State,
    trouble: Trouble,
) -> None:
    slack.trouble("chat.postMessage", trouble)
    row = tell()
    deliver()
    assert state(row)[0] == "pending"
    clock.forward(seconds=60)
    deliver()
    assert len(slack.messages["C1"]) == 1, "the message that arrived is the only one"
    assert state(row)[0] == "sent"
    STATE["text"] = "second"
    tell()
    deliver()
    assert texts(slack, "C1") == ["second"]


def test_a_message_that_did_not_arrive_is_sent_after_the_look(
    tell: Tell, deliver: Deliver, slack: RecordingSlack, clock: TestClock
) -> None:
    slack.trouble("chat.postMessage", Trouble(drop=True))
    tell()
    deliver()
    clock.forward(seconds=60)
    deliver()
    assert texts(slack, "C1") == ["first"]
    assert slack.of("conversations.history")[0]["include_all_metadata"]


def test_where_nobody_can_look_the_row_is_parked_as_unknown(
    tell: Tell, deliver: Deliver, slack: RecordingSlack, clock: TestClock, state: State
) -> None:
    slack.trouble("chat.postMessage", Trouble(drop=True, after=True))
    slack.trouble("conversations.history", Trouble(error="missing_scope"))
    row = tell()
    deliver()
    clock.forward(seconds=60)
    deliver()
    found = state(row)
    assert found[0] == "unknown"
    assert "missing_scope" in (found[2] or "")
    assert len(slack.messages["C1"]) == 1


def test_a_worker_that_died_after_posting_leaves_no_second_message(
    tell: Tell,
    deliver: Deliver,
    courier: Courier,
    slack: RecordingSlack,
    clock: TestClock,
    state: State,
) -> None:
    row = tell(mode=Mode.POST)
    with courier.services.transactions.write() as uow:
        from wopo.usecases.ports.outbox import OutboxStore

        claim = uow.store(OutboxStore).claim(
            worker="dead", now=clock(), lease=timedelta(seconds=60), tasks=False, skip=()
        )
        uow.commit()
    assert claim is not None
    courier.sender.send(claim)  # Posted; the process is killed before it can write that down.
    assert deliver() == 0, "the claim is still good"
    clock.forward(seconds=61)
    deliver()
    assert len(slack.messages["C1"]) == 1
    assert state(row)[0] == "sent"


def test_a_worker_that_died_before_posting_loses_nothing(
    tell: Tell, deliver: Deliver, services: Services, slack: RecordingSlack, clock: TestClock
) -> None:
    from wopo.usecases.ports.outbox import OutboxStore

    tell(mode=Mode.POST)
    with services.transactions.write() as uow:
        uow.store(OutboxStore).claim(
            worker="dead", now=clock(), lease=timedelta(seconds=60), tasks=False, skip=()
        )
        uow.commit()
    clock.forward(seconds=61)
    deliver()
    assert texts(slack, "C1") == ["first"]


def test_a_closed_channel_falls_back_and_the_administrator_hears_once(
    tell: Tell,
    deliver: Deliver,
    slack: RecordingSlack,
    clock: TestClock,
    transactions: SqlTransactions,
) -> None:
    with transactions.write() as uow:
        setting = uow.get(Setting, "channels")
        assert setting is not None
        setting.value = {**setting.value, "fallback": "C9"}
        uow.commit()
    archived = [Trouble(error="is_archived", channel="C1")] * 2
    slack.trouble("chat.postMessage", *archived)
    for subject in ("w1", "w2"):
        tell(subject=subject, mode=Mode.POST)
        deliver()
        clock.forward(seconds=3)
        deliver()
    assert len(slack.messages["C9"]) == 2
    words = texts(slack, "DU-ann")
    assert len(words) == 1
    assert "I cannot post in channel C1 (archived)" in words[0]


def test_without_a_fallback_it_waits_in_the_outbox(
    tell: Tell, deliver: Deliver, slack: RecordingSlack, clock: TestClock, state: State
) -> None:
    slack.trouble("chat.postMessage", Trouble(error="not_in_channel", channel="C1"))
    row = tell(mode=Mode.POST)
    deliver()
    assert state(row) == ("pending", 1, "not_in_channel")
    assert "/invite" in texts(slack, "DU-ann")[0]
    clock.forward(minutes=11)
    deliver()
    assert state(row)[0] == "sent"


def test_a_card_that_can_no_longer_be_changed_is_posted_anew(
    tell: Tell, deliver: Deliver, slack: RecordingSlack, clock: TestClock
) -> None:
    tell()
    deliver()
    slack.trouble("chat.update", Trouble(error="edit_window_closed"))
    STATE["text"] = "second"
    clock.forward(seconds=2)
    tell()
    deliver()
    assert texts(slack, "C1") == ["first", "second"]
    STATE["text"] = "third"
    tell()
    deliver()
    assert texts(slack, "C1") == ["first", "third"]


def test_blocks_that_slack_does_not_take_are_sent_as_plain_text(
    tell: Tell, deliver: Deliver, slack: RecordingSlack, state: State
) -> None:
    slack.trouble("chat.postMessage", Trouble(error="invalid_blocks"))
    row = tell(mode=Mode.POST)
    deliver()
    assert state(row)[0] == "sent"
    assert slack.messages["C1"][0]["blocks"][0]["text"]["type"] == "plain_text"


def test_a_poison_row_stops_nobody_and_ends_as_a_dead_letter(
    tell: Tell, deliver: Deliver, slack: RecordingSlack, clock: TestClock, state: State
) -> None:
    row = tell(subject="poison", mode=Mode.POST)
    tell(subject="w2", mode=Mode.POST)
    deliver()
    assert len(slack.messages["C1"]) == 1
    for _ in range(MOST_TRIES):
        clock.forward(minutes=20)
        deliver()
    assert state(row) == ("dead", MOST_TRIES, "ZeroDivisionError while drawing it")


def test_an_outage_of_an_hour_counts_against_no_row(
    tell: Tell, deliver: Deliver, slack: RecordingSlack, clock: TestClock, state: State
) -> None:
    slack.trouble("chat.postMessage", *[Trouble(status=503)] * 60)
    rows = [tell(subject=f"w{number}") for number in range(5)]
    for _ in range(60):
        clock.forward(minutes=1)
        deliver()
    slack.troubles.clear()
    for _ in range(12):
        clock.forward(seconds=30)
        deliver()
    assert [state(row)[0] for row in rows] == ["sent"] * 5
    assert len(slack.messages["C1"]) == 5


def test_a_revoked_token_stops_everything_without_losing_a_try(
    tell: Tell, deliver: Deliver, slack: RecordingSlack, clock: TestClock, state: State
) -> None:
    slack.trouble("chat.postMessage", Trouble(error="token_revoked"))
    row = tell(mode=Mode.POST)
    tell(subject="w2", audience="site:s2", mode=Mode.POST)
    deliver()
    assert len(slack.of("chat.postMessage")) == 1, "nothing else is even tried"
    assert state(row) == ("pending", 0, "token_revoked")
    clock.forward(seconds=61)
    deliver()
    assert (len(slack.messages["C1"]), len(slack.messages["C2"])) == (1, 1)


def test_several_audiences_get_a_row_each(
    tell: Tell, deliver: Deliver, services: Services, slack: RecordingSlack, clock: TestClock
) -> None:
    for audience in ("site:s1", "site:s2"):
        tell(audience=audience)
    deliver()
    tell(audience="thread:thing:w1", mode=Mode.REPLY, card="direct", text="please decide")
    clock.forward(seconds=2)
    deliver()
    assert [texts(slack, channel) for channel in ("C1", "C2")] == [["first", "please decide"]] * 2


def test_what_has_nothing_to_show_any_more_is_skipped(
    tell: Tell, deliver: Deliver, slack: RecordingSlack, state: State
) -> None:
    row = tell(subject="gone")
    deliver()
    assert state(row) == ("skipped", 1, "there is nothing to show any more")
    assert slack.calls == []


def test_two_couriers_share_the_work_without_doubles(
    tell: Tell, courier: Courier, services: Services, slack: RecordingSlack, clock: TestClock
) -> None:
    other = Courier(services, courier.sender.cards)
    for number in range(10):
        tell(subject=f"w{number}", audience=f"site:s{number % 2 + 1}", mode=Mode.POST)
    for _ in range(12):
        clock.forward(seconds=1)
        for each in (courier, other):
            each.deliver_next()
            each.deliver_next()
    assert len(slack.messages["C1"]) + len(slack.messages["C2"]) == 10
    assert len(slack.of("chat.postMessage")) == 10


def test_slow_work_has_a_lane_of_its_own(
    tell: Tell, deliver: Deliver, courier: Courier, services: Services, state: State
) -> None:
    done: list[str] = []
    services.tasks["read"] = lambda _services, row: done.append(row.facts["file"])
    row = tell(audience="task:read", card="task", mode=Mode.POST, file="F1")
    assert deliver() == 0
    assert courier.deliver_next(tasks=True)
    assert (done, state(row)[0]) == (["F1"], "sent")


def test_posted_cards_remember_the_newest_row_they_show(
    tell: Tell, deliver: Deliver, transactions: SqlTransactions
) -> None:
    rows = [tell(), tell()]
    deliver()
    with transactions.read() as uow:
        posted = uow.find(PostedCard, card="thing", subject_id="w1")
        assert posted is not None
        last = uow.get(OutboxRow, rows[-1].id)
        assert last is not None
        assert (posted.shown_seq, last.state) == (last.seq, Delivery.SKIPPED)
