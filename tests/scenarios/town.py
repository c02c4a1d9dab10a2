"""The small company with its people at their phones, and a clock that a story may put forward."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlmodel import SQLModel

from bot.jobs import JOBS, Clockwork, Job
from bot.local import company
from bot.local.story import Teller
from bot.services import build_services
from slack_sandbox.driver import Driver, wait_until
from tests.sandbox.page_chromium import PIXEL, choose, chromium, press, say
from tests.scenarios.clocked_bot import NAME, AheadClock
from tests.scenarios.phones import Desk, database_in, form_after, started
from wopo.cli.opening import Opened, opened
from wopo.config import Settings
from wopo.db import migrate
from wopo.domain.numbers import short
from wopo.domain.outbox import Delivery, OutboxRow
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.work_orders import WorkOrder
from wopo.domain.work_requests import Priority
from wopo.usecases.audit import verify
from wopo.usecases.door import Command
from wopo.usecases.subscriptions import Subscribe
from wopo.usecases.work_order_assignment import TakeJob
from wopo.usecases.work_order_moves import StartWork
from wopo.usecases.work_requests import ApproveWorkRequest

Row = TypeVar("Row", bound=SQLModel)
NORTH, SOUTH, FINANCE = "C0NORTH001", "C0SOUTH001", "C0FINANCE1"
HERE = ZoneInfo("Europe/Berlin")
TUESDAY, SATURDAY = 1, 5
LONGEST = 120
"""Days that all stories together take at most."""


@dataclass
class Town:
    """What the stories share: phones, the database behind the bot, and the time."""

    desk: Desk
    teller: Teller
    database: Opened
    clock: AheadClock

    @property
    def driver(self) -> Driver:
        """The local workspace."""
        return Driver(self.desk.address)

    @property
    def now(self) -> datetime:
        """The time where all of them live."""
        return self.clock().astimezone(HERE)

    def night(self) -> None:
        """Let it be the next night, half past two."""
        self._reach(self.now + timedelta(days=1), 2)

    def morning(self) -> None:
        """Let it be the next working day, half past nine."""
        day = self.now + timedelta(days=1)
        while day.weekday() >= SATURDAY:
            day += timedelta(days=1)
        self._reach(day, 9)

    def week_after_next(self) -> None:
        """Let it be a Tuesday, when nothing of before is counted together with what comes now."""
        days = (TUESDAY - self.now.weekday()) % 7 + 7
        self._reach(self.now + timedelta(days=days), 10)

    def _reach(self, day: datetime, hour: int) -> None:
        wait_until(self.all_told)
        self.clock.reach(day.replace(hour=hour, minute=30, second=0, microsecond=0))

    def all_told(self) -> bool:
        """Whether the courier has nothing left to carry."""
        return not self.all(OutboxRow, state=[Delivery.PENDING, Delivery.SENDING], limit=1)

    def all(self, kind: type[Row], **where: Any) -> list[Row]:
        """Rows as they are now."""
        with self.database.transactions.read() as uow:
            return uow.all(kind, **where)

    def one(self, kind: type[Row], **where: Any) -> Row:
        """The only such row."""
        (found,) = self.all(kind, **where)
        return found

    def job(
        self, who: str, title: str, tag: str, priority: Priority = Priority.NORMAL
    ) -> WorkOrder:
        """A job that somebody reported, took and began; where requests are reviewed, Sue did."""
        reported = self.teller.report(who, title, tag, priority)
        if reported.facts["state"] == "new":
            approved = ApproveWorkRequest(work_request_id=reported.subject_id)
            reported = self.teller.by("sue", approved)
        id = reported.facts["work_order_id"]
        self.teller.by(who, TakeJob(work_order_id=id))
        self.teller.by(who, StartWork(work_order_id=id))
        return self.one(WorkOrder, id=id)

    def order_for(self, job: WorkOrder) -> PurchaseOrder:
        """The newest order for a job."""
        lines = self.all(PurchaseOrderLine, work_order_id=job.id, order="-id", limit=1)
        return self.one(PurchaseOrder, id=lines[0].purchase_order_id)

    def sweep(self, command: type[Command]) -> None:
        """What the bot's clockwork does with this sweep; its own ticks go by the real time."""
        services = build_services(Settings(), self.database.transactions, clock=self.clock)
        (job,) = [job for job in JOBS if isinstance(job, Job) and job.name == command.__name__]
        assert Clockwork(services).run(job)

    def sound(self) -> None:
        """The books agree with the documents."""
        with self.database.transactions.read() as uow:
            assert [str(fault) for fault in verify(uow)] == []


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The company on its first day, a Tuesday ahead of whatever day it is."""
    folder = tmp_path_factory.mktemp("town")
    clock, url = AheadClock(folder / "ahead"), database_in(folder)
    clock.reach(_first_day())
    plain = opened(url)
    migrate.upgrade(plain.engine)
    company.load(plain, url)
    database = replace(plain, door=replace(plain.door, clock=clock))
    with started(["-m", NAME, str(clock.file)], folder) as address, chromium() as browser:
        town = Town(Desk(browser, address), Teller(database), database, clock)
        town.teller.by("fay", Subscribe(channel=FINANCE, channel_name="finance-exceptions"))
        yield town
    plain.engine.dispose()


def _first_day() -> datetime:
    """A Tuesday at ten from which all stories fit into one year, as their numbers do."""
    day = datetime.now(HERE) + timedelta(days=1)
    if (day + timedelta(days=LONGEST)).year != day.year:
        day = day.replace(year=day.year + 1, month=1, day=7)
    day += timedelta(days=(TUESDAY - day.weekday()) % 7)
    return day.replace(hour=10, minute=0, second=0, microsecond=0)


@pytest.fixture
def town(place: Town) -> Iterator[Town]:
    """The company in a week of the story's own; after it everybody puts their phone away, and the
    books are looked at."""
    place.week_after_next()
    yield place
    for context in place.desk.browser.contexts:
        context.close()
    place.sound()


def card(page: Page, *about: str) -> Locator:
    """The newest message that says all of this."""
    found = page.locator("#main [data-ts]")
    for text in about:
        found = found.filter(has_text=text)
    return found.last


def ask_for_parts(page: Page, job: WorkOrder, part: str, quantity: str) -> Locator:
    """The form of what a job needs, filled in, when it says what happens next."""
    form = form_after(page, f"/parts {short(job.number)}", "Request parts")
    form.get_by_label("How many?").fill(quantity)
    choose(form, "Which part?", part)
    expect(form.get_by_text("Approver:", exact=False)).to_be_visible()
    return form


def approve(shown: Locator, words: str) -> None:
    """Approve on a card, and see it end: who, and no button is left to decide with."""
    button = shown.get_by_role("button", name="Approve", exact=True)
    press(button, shown.get_by_text(words, exact=False).first)
    expect(shown.get_by_role("button", name="Reject")).to_have_count(0)
    expect(button).to_have_count(0)


def says(shown: Locator, *words: str) -> None:
    """All of this stands on the card."""
    for text in words:
        expect(shown).to_contain_text(text)


def told_in_thread(page: Page, title: str, words: str) -> None:
    """The thread of the job with this title, on a phone that shows its channel, says this."""
    card(page, title).locator("a", has_text="repl").click()
    expect(page.get_by_text(words, exact=False).first).to_be_visible()


def photo_in_thread(page: Page, shown: Locator, words: str) -> None:
    """A picture as the answer to a message."""
    shown.hover()
    shown.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Reply in thread").click()
    photo = {"name": "till.png", "mimeType": "image/png", "buffer": PIXEL}
    page.locator("#aside [data-attach]").last.set_input_files(photo)
    page.get_by_label("Reply in thread").press("Enter")
    expect(page.locator("#aside").get_by_text(words, exact=False)).to_be_visible()


def budget_of(page: Page, code: str) -> Locator:
    """What ``/wopo budget`` says of a cost centre."""
    say(page, f"/wopo budget {code}")
    shown = card(page, f"Budget {code}")
    expect(shown).to_be_visible()
    return shown
