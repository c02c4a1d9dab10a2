"""A finance person's morning, clicked on a phone: the digest, exceptions taken, five kinds cured,
the taken ones accepted together, and what is due handed to the bank.

``WOPO_PHOTOS=folder`` keeps a picture of each main screen.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from slack_sandbox.driver import wait_until
from tests.factories.money import FINANCE
from tests.factories.payments import confirmed, received, released
from tests.sandbox.page_chromium import chromium, press
from tests.scenarios.office import Office
from tests.scenarios.phones import Desk, form_after, newest, send
from tests.scenarios.test_every_exception import STORIES
from wopo.domain.exception_cases import CaseState, ExceptionCase, Resolution
from wopo.domain.matching import MatchCode
from wopo.domain.purchasing_policy import PolicyDocument
from wopo.domain.subscriptions import Rhythm
from wopo.usecases.audit import verify
from wopo.usecases.purchasing_policy import ImportPolicy
from wopo.usecases.settings import ChangeCompanySettings
from wopo.usecases.subscriptions import Subscribe
from wopo.usecases.sweeps import SendDigests

pytestmark = pytest.mark.browser

C, R = MatchCode, Resolution
CURED: dict[str, tuple[str, str, str, Resolution]] = {
    C.NO_PO: ("Reject invoice", "Reject invoice", "Reject", R.INVOICE_REJECTED),
    C.POSSIBLE_DUPLICATE: (
        "Not a duplicate", "Not a duplicate", "It is another one", R.NOT_A_DUPLICATE,
    ),
    C.TAX_MISMATCH: ("Dispute", "Dispute the invoice", "Dispute", R.DISPUTED),
    C.DISCOUNT_MISMATCH: ("Accept", "Accept the difference", "Accept", R.ACCEPTED),
    C.OVER_RECEIPT: ("Acknowledge", "Acknowledge", "Acknowledge", R.ACKNOWLEDGED),
}  # fmt: skip
"""By kind: its button, the form's title, the form's button, and how the case ends."""
MESSAGES = 6
"""How often the courier goes until the night's cards are posted: a message a second."""
LIMITS = {"total_pct": 20}
"""So that what differs is told once: by its part, not by the total as well."""
TOGETHER = (C.CHARGE_OVER, C.UNEXPECTED_CHARGE)
"""Exceptions that are taken, and accepted for one reason."""
LEFT = {C.AFTER_THE_FACT_PO: 2}
"""How many are left for the afternoon."""


@pytest.fixture
def phones(office: Office) -> Iterator[Desk]:
    with chromium() as browser:
        yield Desk(browser, office.driver.base_url, office.users.__getitem__)


def cases(office: Office) -> dict[str, ExceptionCase]:
    """Cases by kind."""
    return {case.code: case for case in office.at.world.all(ExceptionCase)}


def overnight(office: Office) -> None:
    """What there is in the morning: exceptions of seven kinds, a released invoice, and a digest."""
    at = office.at
    easy = {
        "title": "Totals are judged by their parts",
        "matching": {"company": {"limits": LIMITS}},
    }
    at.do(ImportPolicy(document=PolicyDocument.model_validate(easy)), by=FINANCE)
    at.do(Subscribe(channel=office.channel, rhythm=Rhythm.DAILY, hour=6), by=FINANCE)
    own = {"name": "Harbour Works", "iban": "NL91ABNA0417164300"}
    at.do(ChangeCompanySettings(changes=own), by="adm")
    confirmed(at)
    due = office.clock().date() + timedelta(days=1)
    released(at, received(at), office.number(), due_date=due)
    for code in [*CURED, *TOGETHER]:
        STORIES[code][0](office)
    for _ in range(MESSAGES):
        office.carry()
    office.clock.forward(days=1)
    at.do(SendDigests())
    office.carry()


def live(shown: Locator) -> Locator:
    """The buttons in there that wopo listens to."""
    return shown.locator("button[data-action-id]")


def card(page: Page, office: Office, case: ExceptionCase) -> Locator:
    return page.locator(f"#main [data-ts='{office.card(case)['ts']}']")


def test_a_finance_persons_morning(office: Office, phones: Desk) -> None:
    overnight(office)
    fin = phones.page(FINANCE, office.channel)
    digest = fin.locator("#main [data-ts]").filter(has_text="Exceptions today").last
    expect(digest.get_by_text("The largest")).to_be_visible()
    phones.photo(fin, "digest")
    for code in TOGETHER:
        _take(fin, office, cases(office)[code])
    for code, (button, title, answer, ends) in CURED.items():
        case = cases(office)[code]
        shown = card(fin, office, case)
        form = fin.get_by_role("dialog", name=title)
        press(shown.get_by_role("button", name=button, exact=True), form)
        phones.photo(fin, f"cure-{code}")
        press(
            form.get_by_role("button", name=answer, exact=True), fin.locator("#frame:not([inert])")
        )
        wait_until(lambda code=code, ends=ends: cases(office)[code].resolution is ends)
        office.carry()
        expect(live(shown)).to_have_text(["Details"])
    _accept_together(office, phones)
    _export(fin, office, phones)
    _press_whatever_is_left(fin, office, phones)
    with office.at.world.transactions.read() as uow:
        assert [str(fault) for fault in verify(uow)] == []


def _take(fin: Page, office: Office, case: ExceptionCase) -> None:
    shown = card(fin, office, case)
    taking = shown.get_by_role("button", name="Take it")
    taking.click()
    wait_until(lambda: cases(office)[case.code].state is CaseState.ASSIGNED)
    office.carry()
    expect(shown.get_by_role("button", name="Take over")).to_be_visible()


def _accept_together(office: Office, phones: Desk) -> None:
    """Those that were taken, ticked in one form, for one reason."""
    home = phones.page(FINANCE, "home")
    everything = home.get_by_role("dialog", name="All exceptions")
    press(newest(home, "All exceptions"), everything)
    phones.photo(home, "all-exceptions")
    form = home.get_by_role("dialog", name="Accept several")
    press(everything.get_by_role("button", name="Accept several of mine"), form)
    for box in form.get_by_role("checkbox").all():
        box.check()
    form.get_by_label("Why?").fill("Agreed by phone")
    phones.photo(home, "accept-several")
    send(form, "Accept", f"Accepted: {len(TOGETHER)}")
    assert {cases(office)[code].resolution for code in TOGETHER} == {R.ACCEPTED}
    everything.locator(".modal-foot").get_by_role("button", name="Close").click()
    expect(everything).to_have_count(0)
    home.close()


def _export(fin: Page, office: Office, phones: Desk) -> None:
    """A batch of what is due; its files come into the messages of whoever made it."""
    form = form_after(fin, "/wopo payables", "Payables")
    phones.photo(fin, "payables")
    send(form, "Make batch", "pays 100.00 EUR to 1 vendor")
    while office.courier.deliver_next(tasks=True):
        pass
    office.carry()
    mine = phones.page(FINANCE, "messages")
    for name in ("PB-2026-000001.csv", "PB-2026-000001.xml"):
        expect(mine.locator("#main").get_by_text(name).first).to_be_visible()
    phones.photo(mine, "export")
    events = {entry.event for entry in office.at.world.all_entries()}
    assert "payment_batch:exported" in events


def _press_whatever_is_left(fin: Page, office: Office, phones: Desk) -> None:
    """Nothing in the channel is left with a live button that does nothing: each opens a screen,
    says its sentence to whoever pressed, or changes its case and so its card."""
    phones.photo(fin, "left")
    said, screen = fin.locator("#main article.ephemeral"), fin.locator(".modal-layer")
    cards = fin.locator("#main article:not(.ephemeral)")
    for place in range(live(cards).count()):
        before = (said.count(), _owners(office))
        live(cards).nth(place).click()
        wait_until(lambda then=before: screen.count() or (said.count(), _owners(office)) != then)
        if screen.count():
            screen.locator(".modal-foot button").first.click()
            expect(screen).to_have_count(0)
    office.carry()
    taken = cards.get_by_text(f"{FINANCE.title()} takes care of it")
    expect(taken).to_have_count(sum(LEFT.values()))


def _owners(office: Office) -> dict[str, str | None]:
    return {case.id: case.owner_id for case in office.at.world.all(ExceptionCase)}
