"""The whole bot against the local Slack workspace, over a socket and over HTTP."""

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine

from bot.__main__ import main, run
from bot.ids import Action, Options
from bot.manifest import manifest
from bot.services import Services, build_services
from slack_sandbox.driver import Driver
from slack_sandbox.server import RunningSandbox, start
from slack_sandbox.settings import DEMO_APP_TOKEN, DEMO_BOT_TOKEN, DEMO_SIGNING_SECRET
from slack_sandbox.settings import Settings as SandboxSettings
from wopo.config import Settings
from wopo.db.engine import make_engine
from wopo.db.uow import SqlTransactions
from wopo.domain.locations import Intake
from wopo.domain.people import Role
from wopo.usecases.cost_centres import SaveCostCentre
from wopo.usecases.door import CONSOLE, Command
from wopo.usecases.execute import execute
from wopo.usecases.locations import SaveLocation
from wopo.usecases.people import SavePerson
from wopo.usecases.settings import SetChannels

SECONDS = 60.0


def wait_for(what: Callable[[], Any]) -> Any:
    """The first true value, looked for again and again."""
    tick = threading.Event()
    for _ in range(int(SECONDS / 0.05)):
        found = what()
        if found:
            return found
        tick.wait(0.05)
    raise AssertionError("it did not come")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(params=["socket", "http"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def sandbox(tmp_path: Path, mode: str, port: int) -> Iterator[RunningSandbox]:
    found = manifest("https://bot" if mode == "http" else None)
    file = tmp_path / "manifest.yml"
    file.write_text(yaml.safe_dump(found).replace("https://bot", f"http://127.0.0.1:{port}"))
    running = start(SandboxSettings(port=0, manifests=[file], ping_interval=0.1))
    yield running
    running.stop()


@pytest.fixture
def live(
    sandbox: RunningSandbox, sqlite_url: str, mode: str, port: int
) -> Iterator[tuple[Services, Engine]]:
    settings = Settings(
        _env_file=None,
        SLACK_BOT_TOKEN=DEMO_BOT_TOKEN,
        SLACK_APP_TOKEN=DEMO_APP_TOKEN,
        SLACK_SIGNING_SECRET=DEMO_SIGNING_SECRET,
        SLACK_API_URL=sandbox.api_url,
        WOPO_HTTP_PORT=port,
    )
    engine = make_engine(sqlite_url)
    services = build_services(settings, SqlTransactions(engine))
    stop = threading.Event()
    ended: list[int] = []

    def work() -> None:
        ended.append(run(services, stop, http=mode == "http"))

    thread = threading.Thread(target=work)
    thread.start()
    wait_for(lambda: services.bot.workspace_id)
    yield services, engine
    stop.set()
    thread.join(SECONDS)
    assert ended == [0], "the bot ends cleanly when it is told to"
    engine.dispose()


def test_a_job_from_the_phone_to_done(
    live: tuple[Services, Engine], sandbox: RunningSandbox
) -> None:
    services, _ = live
    desk = Driver(sandbox.base_url).desk
    ids = {user["name"]: user["id"] for user in desk("people")}
    bot = desk("apps")[0]["bot_user_id"]
    channels = {c["name"]: c["id"] for c in desk("channels", user_id=ids["ada"])}
    channel = channels["general"]
    desk("invite", user_id=ids["ada"], channel_id=channel, other_id=bot)

    def give(command: Command) -> str:
        return execute(services.door, command, actor=CONSOLE, key=services.new_id()).subject_id

    give(SaveCostCentre(code="OPS", name="Operations", currency="EUR"))
    site = give(SaveLocation(code="DOCK", name="Dock", intake=Intake.FIRST_COME, cost_centre="OPS"))
    give(SetChannels(channels={f"site:{site}": channel}))
    give(
        SavePerson(
            code="ada",
            name="Ada",
            email="ada@example.com",
            roles=frozenset({Role.TECHNICIAN}),
            cost_centre="OPS",
        )
    )

    def ask() -> Any:
        return desk("slash_command", user_id=ids["ada"], channel_id=channel, command="/wo", text="")

    assert wait_for(lambda: ask().get("ok")), "the bot listens"
    form = wait_for(lambda: desk("modals", user_id=ids["ada"]))[-1]
    place = desk(
        "options",
        user_id=ids["ada"],
        container={"type": "view", "view_id": form["id"]},
        block_id="location_id",
        action_id=Options.LOCATION,
        typed="do",
    )["options"][0]
    sent = desk(
        "submit_view",
        user_id=ids["ada"],
        view_id=form["id"],
        values={
            "title": {"input": "Crane squeaks"},
            "location_id": {str(Options.LOCATION): place},
            "priority": {"input": "normal"},
        },
    )
    assert "WO-1" in str(sent["updated"]["title"])

    def card() -> Any:
        found = desk("messages", user_id=ids["ada"], channel_id=channel)
        return next((m for m in found if m["text"].startswith("WO-1 ·")), None)

    for action, state in (
        (Action.JOB_TAKE, "assigned"),
        (Action.JOB_START, "in progress"),
    ):
        shown = wait_for(card)
        row = next(
            b
            for b in shown["blocks"]
            if b["type"] == "actions" and b["elements"][0]["action_id"] == action
        )
        done = desk(
            "block_action",
            user_id=ids["ada"],
            container={"type": "message", "channel_id": channel, "ts": shown["ts"]},
            block_id=row["block_id"],
            action_id=action,
        )
        assert done == {"ok": True}
        wait_for(lambda state=state: state in card()["text"])
    home = desk("open_home", user_id=ids["ada"])
    assert home is not None or wait_for(lambda: desk("home", user_id=ids["ada"]))
    assert "Crane squeaks" in str(wait_for(lambda: desk("home", user_id=ids["ada"])))
    where = {"user_id": ids["ada"], "channel_id": channel, "thread_ts": card()["ts"]}
    wait_for(lambda: any("Started" in m["text"] for m in desk("thread", **where)))
    photo = ("squeak.png", "image/png", b"picture")
    desk("post_message", **where, text="Here it is", files=[photo])
    said = "The photo is kept with WO-1."
    wait_for(lambda: any(m["text"] == said for m in desk("thread", **where)))


def test_without_tokens_it_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"):
        monkeypatch.delenv(name, raising=False)
    assert main([]) == 2
    assert "SLACK_BOT_TOKEN and SLACK_APP_TOKEN" in capsys.readouterr().err
    assert main(["--http"]) == 2
    assert "SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET" in capsys.readouterr().err
