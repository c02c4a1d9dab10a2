"""The audit trail's daily anchor in Slack and in its file, and reading both back."""

from collections.abc import Callable
from pathlib import Path

from slack_bolt import App

from bot.anchors import posted_in
from bot.courier import Courier
from bot.jobs import JOBS, Clockwork
from bot.services import Services
from tests.conftest import TestClock
from tests.slack import RecordingSlack
from wopo.domain.anchors import Anchor
from wopo.usecases.audit import verify
from wopo.usecases.door import Answer
from wopo.usecases.settings import SetChannels
from wopo.writers.anchor_file import append_line, read_anchors


def test_each_days_anchor_is_posted_and_written_and_fits_the_chain(
    services: Services, slack: RecordingSlack, clock: TestClock, do: Callable[..., Answer],
    deliver: Callable[[], int], app: App, courier: Courier, tmp_path: Path,
) -> None:  # fmt: skip
    services.settings = services.settings.model_copy(update={"anchors_dir": tmp_path / "kept"})
    do(SetChannels(channels={"audit": "CAUD"}))
    (job,) = [job for job in JOBS if job.name == "TakeAnchor"]
    for _ in range(3):
        assert Clockwork(services).run(job)
        deliver()
        while courier.deliver_next(tasks=True):
            pass
        clock.forward(hours=12)
    written = read_anchors(tmp_path / "kept")
    assert [anchor.seq for anchor in written] == [1, 2]
    assert "Audit anchor of 2026-03-02" in slack.messages["CAUD"][0]["text"]
    for message in slack.messages["CAUD"]:
        message["bot_id"] = "B0BOT"
    forged = {"text": str(Anchor(1, "a" * 64)), "user": "U-tom", "ts": "1.1"}
    slack.messages["CAUD"].append(forged)
    posted = posted_in(services.slack, "CAUD")
    assert sorted(map(str, posted)) == sorted(map(str, written))
    with services.read() as uow:
        assert list(verify(uow, anchors=posted)) == []
        faults = list(verify(uow, anchors=Anchor.found_in(forged["text"])))
    assert [fault.seq for fault in faults] == [1]


def test_a_line_is_appended_once_however_often_it_is_delivered(tmp_path: Path) -> None:
    line = f"2026-03-02 {Anchor(7, 'b' * 64)}"
    assert [append_line(tmp_path, line), append_line(tmp_path, line)] == [True, False]
    assert read_anchors(tmp_path) == [Anchor(7, "b" * 64)]
