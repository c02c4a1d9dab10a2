"""A foreign Bolt app, used by people on the page, on a phone and on a desktop."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, expect

from slack_sandbox.server import RunningSandbox, start
from slack_sandbox.settings import Settings
from tests.sandbox.page_app import SEED, ForeignApp, connected, home
from tests.sandbox.page_chromium import (
    DESKTOP,
    PHONE,
    PIXEL,
    WAIT_MS,
    chromium,
    dialog,
    fill_required,
    say,
)

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    seed = tmp_path_factory.mktemp("seed") / "seed.yml"
    seed.write_text(SEED, encoding="utf-8")
    running = start(Settings(port=0, seed=Path(seed), retry_delays=()))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def foreign(workspace: RunningSandbox) -> Iterator[ForeignApp]:
    with connected(workspace.api_url) as app:
        yield app


@pytest.fixture
def ids(workspace: RunningSandbox) -> dict[str, str]:
    people = {one["name"]: one["id"] for one in workspace.call(workspace.desk.people())}
    seen = workspace.call(workspace.desk.channels(people["marco"]))
    app = workspace.call(workspace.desk.apps())[0]
    return {
        **people,
        **{f"#{one['name']}": one["id"] for one in seen},
        "#app": app["id"],
        "bot": app["bot_user_id"],
    }


@pytest.fixture
def open_page(
    browser: Browser, workspace: RunningSandbox, foreign: ForeignApp, ids: dict[str, str]
) -> Iterator[Open]:
    """`open_page("ann", "channel/#general")`; afterwards no page may have had an error."""
    contexts = []
    problems: list[str] = []
    desk = workspace.desk
    for name in ("ann", "marco"):
        for view in workspace.call(desk.modals(ids[name]))[-1:]:
            workspace.call(desk.close_view(ids[name], view["id"], clear=True))

    def open_it(name: str, path: str = "", size: ViewportSize = PHONE) -> Page:
        context = browser.new_context(viewport=size)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: _is_error(said) and problems.append(said.text))
        page.on("request", lambda asked: _at_home(asked.url, workspace.base_url, problems))
        for key, value in ids.items():
            path = path.replace(key, value) if key.startswith("#") else path
        where = f"/client/{path}" if path else "/client"
        page.goto(f"{workspace.base_url}{where}?as={ids[name]}")
        page.locator("body[data-live]").wait_for()
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert problems == []


def _is_error(said: ConsoleMessage) -> bool:
    """409 is what the page tells the person: this can't be done any more."""
    return said.type == "error" and "409 (Conflict)" not in said.text


def _at_home(url: str, base_url: str, problems: list[str]) -> None:
    if not url.startswith((base_url, "blob:", "data:")):
        problems.append(f"asked {url}")


def test_a_form_is_refused_at_the_field_fixed_sent_and_decided_live(
    open_page: Open, foreign: ForeignApp
) -> None:
    page = open_page("ann", "channel/#general")
    say(page, "/form")
    form = dialog(page, "Everything")
    fill_required(form, "New seal", "0")
    form.get_by_role("button", name="Send").click()
    expect(form.get_by_text("More than nothing, please.")).to_be_visible()
    expect(form.get_by_label("Count")).to_have_attribute("aria-invalid", "true")
    expect(form.get_by_label("Title")).to_have_value("New seal")
    expect(form.get_by_role("combobox", name="Asset")).to_have_value("Pump P-4")
    form.get_by_label("Count").fill("2.5")
    form.get_by_role("button", name="Send").click()
    expect(form).to_have_count(0)
    card = page.locator("article", has_text="New seal")
    card.get_by_role("button", name="Approve").click()
    sure = page.get_by_role("alertdialog", name="Are you sure?")
    sure.get_by_role("button", name="Not yet").click()
    expect(card.get_by_role("button", name="Approve")).to_be_visible()
    card.get_by_role("button", name="Approve").click()
    sure.get_by_role("button", name="Yes, approve").click()
    expect(card).to_contain_text("approved by @Ann Visser")
    expect(card.get_by_role("button", name="Approve")).to_have_count(0)
    sent = foreign.submitted[-1]
    assert sent["asset"]["v"]["selected_option"]["value"] == "pump p-4"
    assert sent["hall"]["v"]["selected_option"]["text"]["text"] == "Hall 2"
    assert sent["mail"]["v"]["value"] is None


def test_every_element_gives_its_value(
    open_page: Open, foreign: ForeignApp, ids: dict[str, str]
) -> None:
    page = open_page("ann", "channel/#general")
    say(page, "/form")
    form = dialog(page, "Everything")
    fill_required(form, "All of it", "7")
    form.get_by_label("Story").fill("line one\nline two")
    form.get_by_label("Mail").fill("ann@example.com")
    form.get_by_label("Site").fill("https://example.com")
    form.get_by_label("Notes").fill("some notes")
    for name in ("Hall 1", "Hall 2"):
        form.get_by_role("combobox", name="Halls").click()
        form.get_by_role("listbox", name="Halls").get_by_role("option", name=name).click()
    form.get_by_label("Owner").select_option(label="Marco Vidal")
    form.get_by_label("Room").select_option(label="#general")
    form.get_by_role("combobox", name="Crew").fill("mar")
    form.get_by_role("listbox", name="Crew").get_by_role("option", name="Marco Vidal").click()
    page.keyboard.press("Escape")
    form.get_by_role("group", name="Safety").get_by_label("Hall 1").check()
    form.get_by_role("radiogroup", name="Urgency").get_by_label("Hall 2").check()
    form.get_by_label("Day").fill("2026-03-04")
    form.get_by_label("Hour").fill("07:45")
    form.get_by_label("Moment").fill("2026-03-02T12:00")
    form.get_by_role("button", name="Send").click()
    expect(form).to_have_count(0)
    sent = {key: value["v"] for key, value in foreign.submitted[-1].items()}
    assert sent["more"]["value"] == "line one\nline two"
    assert sent["rich"]["rich_text_value"]["type"] == "rich_text"
    assert [one["value"] for one in sent["halls"]["selected_options"]] == ["h1", "h2"]
    assert sent["who"]["selected_user"] == ids["marco"]
    assert sent["room"]["selected_conversation"] == ids["#general"]
    assert sent["crew"]["selected_users"] == [ids["marco"]]
    assert [one["value"] for one in sent["safe"]["selected_options"]] == ["h1"]
    assert sent["how"]["selected_option"]["value"] == "h2"
    assert (sent["day"]["selected_date"], sent["hour"]["selected_time"]) == ("2026-03-04", "07:45")
    assert sent["moment"]["selected_date_time"] == 1772449200


def test_a_search_asks_the_app_while_typing(open_page: Open) -> None:
    page = open_page("ann", "channel/#general")
    say(page, "/form")
    form = dialog(page, "Everything")
    asset = form.get_by_role("combobox", name="Asset")
    asset.click()
    expect(form.get_by_text("Type at least 1 letter to search")).to_be_visible()
    asset.press_sequentially("pump")
    offered = form.get_by_role("listbox", name="Asset").get_by_role("option")
    expect(offered).to_have_text(["Pump P-3", "Pump P-4"])
    asset.press("ArrowDown")
    asset.press("ArrowDown")
    asset.press("Enter")
    expect(asset).to_have_value("Pump P-4")
    asset.fill("nothing like it")
    expect(form.get_by_text("No matches")).to_be_visible()
    asset.press("Escape")
    expect(asset).to_have_value("Pump P-4")
    form.get_by_role("button", name="Close").click()
    expect(form).to_have_count(0)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_pushed_form_comes_on_top_and_the_first_keeps_its_words(
    open_page: Open, size: ViewportSize
) -> None:
    page = open_page("ann", "channel/#general", size)
    say(page, "/push")
    first = dialog(page, "First form")
    first.get_by_label("First").fill("typed before")
    first.get_by_role("button", name="Next").click()
    second = dialog(page, "Second form")
    expect(first).to_be_hidden()
    second.get_by_label("Second").fill("second words")
    second.get_by_role("button", name="Send").click()
    expect(second.get_by_text("Kept: second words")).to_be_visible()
    second.get_by_role("button", name="Back").click()
    expect(first.get_by_label("First")).to_have_value("typed before")
    first.get_by_role("button", name="Next").click()
    second.get_by_role("button", name="Close all").click()
    expect(page.locator(".modal-layer")).to_have_count(0)


def test_a_photo_goes_along_with_a_form(open_page: Open, foreign: ForeignApp) -> None:
    page = open_page("ann", "channel/#general")
    say(page, "/file")
    form = dialog(page, "Photo")
    for name in ("wrong.png", "leak.png"):
        photo = {"name": name, "mimeType": "image/png", "buffer": PIXEL}
        form.get_by_label("Photo").set_input_files(photo)
    form.get_by_role("button", name="Remove wrong.png").click()
    expect(form.get_by_text("leak.png")).to_be_visible()
    form.get_by_role("button", name="Send").click()
    expect(form).to_have_count(0)
    files = foreign.submitted[-1]["photo"]["v"]["files"]
    assert [(one["name"], one["size"]) for one in files] == [("leak.png", len(PIXEL))]


def test_home_follows_the_app_and_never_wipes_what_is_being_typed(
    open_page: Open, foreign: ForeignApp
) -> None:
    page = open_page("ann", "app/#app/home")
    expect(page.get_by_role("heading", name="Waiting for you")).to_be_visible()
    page.get_by_label("Search").fill("half a wo")
    before = foreign.clicks
    page.get_by_role("button", name="Press").click()
    expect(page.get_by_text(f"Pressed {before + 1} times")).to_be_visible()
    expect(page.get_by_label("Search")).to_have_value("half a wo")
    page.get_by_label("Search").press("Enter")
    expect(page.locator("[data-busy]")).to_have_count(0)
    assert foreign.actions[-1]["value"] == "half a wo"
    page.get_by_role("link", name="Messages").click()
    expect(page.get_by_label("Message helper")).to_be_visible()


def test_a_redraw_does_not_swallow_what_is_being_pressed(
    open_page: Open, foreign: ForeignApp, ids: dict[str, str]
) -> None:
    page = open_page("ann", "app/#app/home")
    page.get_by_role("button", name="Press").hover()
    page.mouse.down()
    before = foreign.clicks
    with page.expect_response(lambda answer: "x-refresh" in answer.request.headers):
        foreign.app.client.views_publish(user_id=ids["ann"], view=home(before + 70))
    page.mouse.up()
    expect(page.get_by_text("This changed while you clicked")).to_be_visible()
    expect(page.get_by_text(f"Pressed {before + 70} times")).to_be_visible()
    page.get_by_role("button", name="Press").click()
    expect(page.get_by_text(f"Pressed {before + 1} times")).to_be_visible()


def test_a_second_person_sees_it_at_once_and_is_told_of_what_waits(open_page: Open) -> None:
    ann = open_page("ann", "channel/#general")
    marco = open_page("marco", size=DESKTOP)
    say(ann, "hello *there* @Marco Vidal")
    row = marco.get_by_role("link", name=re.compile("^general"))
    expect(row.locator(".badge")).to_be_visible()
    row.click()
    said = marco.locator("article", has_text="hello").last
    expect(said).to_be_visible()
    expect(row.locator(".badge")).to_have_count(0)
    marco.get_by_label("Message #general").fill("half a thou")
    say(ann, "one more")
    expect(marco.get_by_text("one more")).to_be_visible()
    expect(marco.get_by_label("Message #general")).to_have_value("half a thou")


def test_a_thread_grows_beside_its_channel(open_page: Open) -> None:
    ann = open_page("ann", "channel/#general")
    say(ann, "who has the key?")
    message = ann.locator("article", has_text="who has the key?")
    message.get_by_role("button", name="More actions").click()
    ann.get_by_role("menuitem", name="Reply in thread").click()
    ann.get_by_label("Reply in thread").fill("I do")
    ann.get_by_label("Reply in thread").press("Enter")
    expect(ann.locator("#aside article", has_text="I do")).to_be_visible()
    ann.get_by_label("Reply in thread").fill("/form")
    ann.get_by_label("Reply in thread").press("Enter")
    expect(ann.get_by_role("alert")).to_contain_text("not supported in threads")
    ann.locator("#aside").get_by_role("link", name="Back").click()
    expect(message.get_by_role("link", name="1 reply")).to_be_visible()


def test_an_app_that_does_not_answer_is_named_where_the_person_looked(open_page: Open) -> None:
    page = open_page("ann", "channel/#general")
    say(page, "/mute")
    expect(page.locator("#main").get_by_role("alert")).to_contain_text("/mute failed")
    expect(page.get_by_label("Message #general")).to_have_value("/mute")
    expect(page.locator("article").last).to_be_in_viewport()
    say(page, "/form")
    fill_required(dialog(page, "Everything"), "Silent", "1")
    dialog(page, "Everything").get_by_role("button", name="Send").click()
    card = page.locator("article", has_text="Silent")
    card.get_by_role("button", name="Dead end").click()
    expect(card.get_by_role("alert")).to_contain_text("helper did not respond")


def test_an_answer_for_one_person_says_so(open_page: Open) -> None:
    page = open_page("ann", "channel/#general")
    other = open_page("marco", "channel/#general")
    say(page, "/whisper")
    secret = page.locator("article", has_text="It stays between us.")
    expect(secret).to_contain_text("Only visible to you")
    say(page, "after the secret")
    expect(other.get_by_text("after the secret")).to_be_visible()
    expect(other.get_by_text("It stays between us.")).to_have_count(0)


def test_commands_and_names_are_suggested_while_typing(open_page: Open) -> None:
    page = open_page("ann", "channel/#general")
    box = page.get_by_label("Message #general")
    box.press_sequentially("/fo")
    listed = page.get_by_role("listbox", name="Suggestions")
    expect(listed.get_by_role("option")).to_have_text(["/form [anything]Everything in one form"])
    box.press("Tab")
    expect(box).to_have_value("/form ")
    box.fill("")
    box.press_sequentially("ask @vid")
    listed.get_by_role("option", name="Marco Vidal").click()
    expect(box).to_have_value("ask @marco ")
    box.press("Enter")
    mention = page.locator("article", has_text="ask").last.locator(".mention")
    expect(mention).to_have_text("@Marco Vidal")


def test_shortcuts_open_from_the_composer_and_from_a_message(open_page: Open) -> None:
    page = open_page("ann", "channel/#general")
    page.get_by_role("button", name="Attach a file or run a shortcut").click()
    page.get_by_role("menuitem", name="Report a problem").click()
    dialog(page, "Problem").get_by_role("button", name="Cancel").click()
    expect(dialog(page, "Problem")).to_have_count(0)
    say(page, "the belt squeaks")
    message = page.locator("article", has_text="the belt squeaks")
    message.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Make a job").click()
    expect(dialog(page, "Job").get_by_label("Job")).to_have_value("the belt squeaks")
    dialog(page, "Job").get_by_role("button", name="Send").click()
    expect(dialog(page, "Job")).to_have_count(0)


def test_an_overflow_menu_sends_the_chosen_option(open_page: Open, foreign: ForeignApp) -> None:
    page = open_page("ann", "channel/#general", DESKTOP)
    say(page, "/form")
    fill_required(dialog(page, "Everything"), "Overflow", "1")
    dialog(page, "Everything").get_by_role("button", name="Send").click()
    card = page.locator("article", has_text="Overflow")
    more = card.get_by_role("button", name="More actions", exact=True)
    more.click()
    page.get_by_role("menuitem", name="Archive").click()
    expect(page.locator("[data-busy]")).to_have_count(0)
    assert foreign.actions[-1]["selected_option"]["value"] == "archive"


def test_a_photo_in_a_message_is_shown_to_everybody(open_page: Open) -> None:
    ann = open_page("ann", "channel/#general")
    marco = open_page("marco", "channel/#general")
    photo = {"name": "valve.png", "mimeType": "image/png", "buffer": PIXEL}
    ann.locator("#main [data-attach]").first.set_input_files(photo)
    say(ann, "look at this")
    shown = marco.get_by_role("img", name="valve.png")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1


def test_a_public_channel_can_be_joined_and_an_app_invited(open_page: Open) -> None:
    page = open_page("ann", "channel/#tools")
    page.get_by_role("button", name="Join #tools").click()
    expect(page.get_by_label("Message #tools")).to_be_visible()
    say(page, "/invite nobody-here")
    expect(page.get_by_role("alert")).to_contain_text("Nothing was changed")


def test_the_person_of_a_tab_can_be_exchanged(open_page: Open) -> None:
    page = open_page("ann")
    page.get_by_role("button", name="Ann Visser: switch person").click()
    page.get_by_role("dialog", name="Who are you?").get_by_role("link", name="Marco Vidal").click()
    expect(page.get_by_role("button", name="Marco Vidal: switch person")).to_be_visible()


@pytest.mark.parametrize("path", ["", "dms", "channel/#general", "app/#app/home"])
def test_nothing_is_wider_than_a_phone(open_page: Open, path: str) -> None:
    page = open_page("ann", path)
    width = "Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)"
    assert page.evaluate(width) <= PHONE["width"]
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, a.row, .tab, .btn, select")]
        .filter((node) => node.checkVisibility() && !node.closest(".replies"))
        .filter((node) => node.getBoundingClientRect().height < 40)
        .map((node) => node.outerHTML.slice(0, 80))"""
    )
    assert small == []


def test_an_unknown_person_is_shown_the_way_back(
    browser: Browser, workspace: RunningSandbox
) -> None:
    page = browser.new_page()
    answer = page.goto(f"{workspace.base_url}/client?as=UNOBODY")
    assert answer is not None
    assert answer.status == 404
    page.get_by_role("link", name="Start as somebody else").click()
    expect(page.get_by_role("button", name="switch person")).to_be_visible()
    page.close()
