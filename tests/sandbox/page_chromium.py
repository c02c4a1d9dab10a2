"""Chromium for the tests of the page, and what people do there again and again."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

WAIT_MS = 20_000
"""How long a person looks for something on a machine that is busy with other things."""
NOT_DONE = ".app-failed, .toast-error, .modal-banner, .composer-error"
"""Where the page says that something was not done."""
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium of this machine; without one the test is skipped, in CI it fails."""
    path = shutil.which("chromium")
    if path is None:
        reason = "chromium is not installed"
        if os.environ.get("WOPO_CI_STRICT") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        expect.set_options(timeout=WAIT_MS)
        yield browser
        browser.close()


def say(page: Page, text: str) -> None:
    box = page.locator("#main form.composer textarea")
    box.fill(text)
    box.press("Enter")


def press(button: Locator, until: Locator, *, confirm: str = "", tries: int = 4) -> None:
    """Press, answer the question, and look until this shows; press again, as a person would, when
    the page says that it was not done."""
    page = button.page
    failed = page.locator(NOT_DONE).filter(visible=True)
    for _ in range(tries):
        button.click()
        if confirm:
            page.get_by_role("alertdialog").get_by_role("button", name=confirm).click()
        expect(until.or_(failed).first).to_be_visible()
        if until.is_visible():
            return
        expect(page.locator("[data-busy], .toast-error")).to_have_count(0)
        expect(until.or_(button).first).to_be_visible()
        if until.is_visible():
            return
    raise AssertionError(f"{tries} times it was not done: {failed.all_inner_texts()}")


def choose(form: Locator, label: str, typed: str) -> None:
    """Search, and take the first that is found; search again when the page could not ask."""
    box = form.get_by_role("combobox", name=label)
    found = form.page.get_by_role("option").filter(has_text=typed).first
    failed = form.locator(".picker-note.failed")
    for _ in range(4):
        box.fill(typed)
        expect(found.or_(failed).first).to_be_visible()
        if found.is_visible():
            break
        box.fill("")
    found.click()
    expect(box).to_have_value(re.compile(re.escape(typed)))


def dialog(page: Page, title: str) -> Locator:
    return page.get_by_role("dialog", name=title)


def fill_required(form: Locator, title: str, count: str) -> None:
    form.get_by_label("Title").fill(title)
    form.get_by_label("Count").fill(count)
    form.get_by_label("Hall", exact=True).select_option(label="Hall 2")
    form.get_by_role("combobox", name="Asset").fill("p-4")
    form.get_by_role("option", name="Pump P-4").click()
