"""One job, end to end, clicked on a phone: what the README's command starts, in a real browser.

``WOPO_PHOTOS=folder`` keeps a picture of each main screen.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from bot.local import company
from slack_sandbox.driver import Driver, wait_until
from tests.sandbox.page_chromium import PHONE, WAIT_MS, choose, chromium, press, say
from wopo.cli.opening import Opened, opened
from wopo.domain.exception_cases import CaseState, ExceptionCase
from wopo.domain.invoices import Invoice, InvoiceState
from wopo.domain.work_orders import WorkOrder, WorkOrderState
from wopo.usecases.audit import verify

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
SECONDS = 240
"""How long the start may take while other tests keep the machine busy."""
TITLE = "Dock lights flicker"
SOUTH, FINANCE = "C0SOUTH001", "C0FINANCE1"


class Desk:
    """People at their phones."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.app = ""

    def page(self, code: str, place: str) -> Page:
        """A phone of this person, showing a channel, or the app's home or messages."""
        page = self.browser.new_page(viewport=PHONE)
        page.set_default_timeout(WAIT_MS)
        who = f"?as={company.slack_id(code)}"
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
            page.screenshot(path=str(Path(folder) / f"{name}.png"))


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[str, Opened]]:
    """What ``make run`` starts, on a free port, with its data in a folder of the test."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"sqlite:///{tmp_path}/wopo.db"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SLACK_")},
        "WOPO_DATABASE_URL": url,
        "WOPO_FILES_DIR": str(tmp_path / "files"),
        "WOPO_LOCAL_PORT": str(port),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.local"],
            cwd=tmp_path,
            env=environment,
            stdout=log,
            stderr=log,
        )
        try:
            _until_at_work(process, f"http://127.0.0.1:{port}", tmp_path / "log")
            yield f"http://127.0.0.1:{port}", opened(url)
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=60) == 0, (tmp_path / "log").read_text()


def _until_at_work(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    tick = threading.Event()
    for _ in range(SECONDS * 5):
        assert process.poll() is None, log.read_text()
        if "at work" in log.read_text() and Driver(address).sockets():
            return
        tick.wait(0.2)
    raise AssertionError(log.read_text())


@pytest.fixture
def desk(running: tuple[str, Opened]) -> Iterator[Desk]:
    with chromium() as browser:
        yield Desk(browser, running[0])


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


def test_one_job_from_a_phone_to_its_cost(running: tuple[str, Opened], desk: Desk) -> None:
    _, database = running
    tom = desk.page("tom", "home")
    _report_and_start(desk, tom)
    _ask_for_lights(desk, tom)
    _approve(desk)
    _issue(desk)
    _receive(desk, "2", "DN-1")
    fay = _bill_all_three(desk)
    with database.transactions.read() as uow:
        invoice = uow.find(Invoice, number="EW-77")
        assert invoice is not None
        assert invoice.state == InvoiceState.ON_HOLD
    case = fay.locator("#main").get_by_text("LED high-bay light 150 W", exact=False).last
    expect(case).to_be_visible()
    desk.photo(fay, "exception")
    _receive(desk, "1", "DN-2")
    wait_until(lambda: _settled(database, invoice.id))
    expect(fay.locator("#main").get_by_text("cause", exact=False).last).to_be_visible()
    desk.photo(fay, "exception-closed")
    _complete(desk, tom)
    say(fay, "/wopo why PO-3")
    why = fay.locator("#main").get_by_text("Why PO-3?").last
    expect(why).to_be_visible()
    desk.photo(fay, "why")
    with database.transactions.read() as uow:
        job = uow.find(WorkOrder, title=TITLE)
        assert job is not None
        assert job.state == WorkOrderState.COMPLETED
        assert [str(fault) for fault in verify(uow)] == []


def _report_and_start(desk: Desk, tom: Page) -> None:
    """A first-come-first-served site: reported, free at once, taken, started."""
    desk.photo(tom, "home")
    form = tom.get_by_role("dialog", name="New work order")
    press(newest(tom, "New work order"), form)
    form.get_by_label("What is wrong").fill(TITLE)
    choose(form, "Where?", "Loading dock")
    expect(form.get_by_text("it joins the queue")).to_be_visible()
    desk.photo(tom, "new-work-order")
    send(form, "Send", "WO-")
    take, start, complete = (
        row(tom, TITLE).get_by_role("button", name=name)
        for name in ("Take it", "Start", "Complete")
    )
    press(take, start)
    press(start, complete)


def _ask_for_lights(desk: Desk, tom: Page) -> None:
    """No stock, so it says before sending that an order is needed, without a price."""
    channel = desk.page("tom", SOUTH)
    form = form_after(channel, "/parts WO-5", "Request parts")
    form.get_by_label("How many?").fill("3")
    choose(form, "Which part?", "LED high-bay")
    following = form.get_by_text("urchase order", exact=False).first
    expect(following).to_be_visible()
    assert "EUR" not in form.inner_text()
    desk.photo(channel, "request-parts")
    send(form, "Send", "in approval")
    channel.close()


def _approve(desk: Desk) -> None:
    mira = desk.page("mira", "messages")
    card = mira.locator("#main [data-ts]").filter(has_text="Elektra Wholesale").last
    desk.photo(mira, "approval")
    approved = card.get_by_text("Approved by Mira Vidal", exact=False)
    press(card.get_by_role("button", name="Approve"), approved)
    expect(card.get_by_role("button", name="Approve")).to_have_count(0)


def _issue(desk: Desk) -> None:
    ben = desk.page("ben", SOUTH)
    say(ben, "/po 3")
    issued = ben.locator("#main").get_by_text("issued", exact=False).last
    press(newest(ben, "Issue to vendor"), issued, confirm="Issue")


def _receive(desk: Desk, accepted: str, note: str) -> None:
    rita = desk.page("rita", SOUTH)
    form = form_after(rita, "/receive PO-3", "Receive goods")
    form.get_by_label("accepted", exact=False).first.fill(accepted)
    form.get_by_label("Delivery note", exact=False).fill(note)
    desk.photo(rita, f"receive-{note}")
    send(form, "Book", "GRN-")
    rita.close()


def _bill_all_three(desk: Desk) -> Page:
    """More billed than came: the person is told at once, the channel gets the exception."""
    fay = desk.page("fay", FINANCE)
    form = form_after(fay, "/invoice PO-3", "Enter invoice")
    form.get_by_label("Its number").fill("EW-77")
    form.get_by_label("billed (pcs)", exact=False).fill("3")
    desk.photo(fay, "invoice")
    send(form, "Enter", "on hold")
    return fay


def _settled(database: Opened, invoice_id: str) -> bool:
    with database.transactions.read() as uow:
        cases = uow.all(ExceptionCase, invoice_id=invoice_id)
        invoice = uow.get(Invoice, invoice_id)
    closed = all(case.state == CaseState.RESOLVED for case in cases)
    return closed and invoice is not None and invoice.state == InvoiceState.MATCHED


def _complete(desk: Desk, tom: Page) -> None:
    form = tom.get_by_role("dialog", name="Complete")
    press(row(tom, TITLE).get_by_role("button", name="Complete"), form)
    desk.photo(tom, "complete")
    press(form.get_by_role("button", name="Done"), tom.locator("#frame:not([inert])"))
    expect(tom.locator("#main").get_by_text(TITLE)).to_have_count(0)
