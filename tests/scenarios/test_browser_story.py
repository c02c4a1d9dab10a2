"""One job, end to end, clicked on a phone: what the README's command starts, in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from slack_sandbox.driver import wait_until
from tests.sandbox.page_chromium import choose, chromium, press, say
from tests.scenarios.phones import Desk, database_in, form_after, newest, row, send, started
from wopo.cli.opening import Opened, opened
from wopo.domain.exception_cases import CaseState, ExceptionCase
from wopo.domain.invoices import Invoice, InvoiceState
from wopo.domain.work_orders import WorkOrder, WorkOrderState
from wopo.usecases.audit import verify

pytestmark = pytest.mark.browser

TITLE = "Dock lights flicker"
SOUTH, FINANCE = "C0SOUTH001", "C0FINANCE1"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[str, Opened]]:
    """What ``make run`` starts, on a free port, with its data in a folder of the test."""
    with started(["-m", "bot.local"], tmp_path) as address:
        yield address, opened(database_in(tmp_path))


@pytest.fixture
def desk(running: tuple[str, Opened]) -> Iterator[Desk]:
    with chromium() as browser:
        yield Desk(browser, running[0])


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
