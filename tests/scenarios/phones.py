"""Real processes and real phones for the stories: a bot in the local Slack workspace, clicked in
Chromium at the size of a phone.

``WOPO_PHOTOS=folder`` keeps a picture of each main screen.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from bot.local import company
from slack_sandbox.driver import Driver
from tests.sandbox.page_chromium import PHONE, WAIT_MS, press, say

ROOT = Path(__file__).parents[2]
SECONDS = 240
"""How long the start may take while other tests keep the machine busy."""


class Desk:
    """People at their phones."""

    def __init__(
        self, browser: Browser, address: str, slack_id: Callable[[str], str] = company.slack_id
    ) -> None:
        self.browser = browser
        self.address = address
        self.slack_id = slack_id
        self.app = ""

    def page(self, code: str, place: str) -> Page:
        """A phone of this person, showing a channel, or the app's home or messages."""
        page = self.browser.new_page(viewport=PHONE)
        page.set_default_timeout(WAIT_MS)
        who = f"?as={self.slack_id(code)}"
        if not self.app:
            page.goto(f"{self.address}/client{who}")
            link = page.locator("a[href*='/client/app/']").first.get_attribute("href")
            self.app = str(link).split("?")[0].rsplit("/", 1)[0]
        inside = (
            f"{self.app}/{place}" if place in {"home", "messages"} else f"/client/channel/{place}"
        )
        page.goto(f"{self.address}{inside}{who}")
        return page

    def photo(self, page: Page, name: str) -> None:
        """Keep a picture, when asked to."""
        if folder := os.environ.get("WOPO_PHOTOS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(Path(folder) / f"{name}.png"), animations="disabled")


@contextmanager
def started(program: Sequence[str], folder: Path) -> Iterator[str]:
    """The address of a local workspace and its bot, which ``python`` starts with these arguments;
    their data lies in the folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SLACK_")},
        "WOPO_DATABASE_URL": database_in(folder),
        "WOPO_FILES_DIR": str(folder / "files"),
        "WOPO_LOCAL_PORT": str(port),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }
    log = folder / "log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, *program], cwd=folder, env=environment, stdout=written, stderr=written
        )
        try:
            _until_at_work(process, f"http://127.0.0.1:{port}", log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=60) == 0, log.read_text()


def database_in(folder: Path) -> str:
    """The URL of the database that ``started`` uses."""
    return f"sqlite:///{folder}/wopo.db"


def _until_at_work(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    tick = threading.Event()
    for _ in range(SECONDS * 5):
        assert process.poll() is None, log.read_text()
        if "at work" in log.read_text() and Driver(address).sockets():
            return
        tick.wait(0.2)
    raise AssertionError(log.read_text())


def row(page: Page, text: str) -> Locator:
    """The part of a screen that is about this."""
    return page.locator("#main [data-block-id]").filter(has_text=text).first


def newest(page: Page, name: str) -> Locator:
    """The newest button of this name."""
    return page.locator("#main").get_by_role("button", name=name).last


def form_after(page: Page, command: str, title: str) -> Locator:
    """The form that a command opens."""
    say(page, command)
    form = page.get_by_role("dialog", name=title)
    failed = page.locator(".composer-error").filter(visible=True)
    for _ in range(3):
        expect(form.or_(failed).first).to_be_visible()
        if form.is_visible():
            break
        page.locator("#main form.composer textarea").press("Enter")  # It kept what was typed.
    expect(form).to_be_visible()
    return form


def send(form: Locator, button: str, words: str) -> None:
    """Send a form, read the words that it becomes, and close that."""
    said = form.page.get_by_role("dialog").filter(has_text=words)
    press(form.get_by_role("button", name=button), said)
    said.locator(".modal-foot").get_by_role("button", name="Close").click()
    expect(said).to_have_count(0)
