"""Chromium for the tests of the page, and what people do there again and again."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

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
        yield browser
        browser.close()


def say(page: Page, text: str) -> None:
    box = page.locator("#main form.composer textarea")
    box.fill(text)
    box.press("Enter")


def dialog(page: Page, title: str) -> Locator:
    return page.get_by_role("dialog", name=title)


def fill_required(form: Locator, title: str, count: str) -> None:
    form.get_by_label("Title").fill(title)
    form.get_by_label("Count").fill(count)
    form.get_by_label("Hall", exact=True).select_option(label="Hall 2")
    form.get_by_role("combobox", name="Asset").fill("p-4")
    form.get_by_role("option", name="Pump P-4").click()
