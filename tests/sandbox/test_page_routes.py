"""The addresses of the page: who may ask for what, and what is never handed to a browser."""

import json
from collections.abc import Iterator

import httpx
import pytest

from slack_sandbox.server import start
from slack_sandbox.settings import Settings

SCRIPT = b"<script>alert(1)</script>"


@pytest.fixture(scope="module")
def page() -> Iterator[httpx.Client]:
    running = start(Settings(port=0))
    with httpx.Client(base_url=running.base_url, follow_redirects=True) as client:
        client.headers["X-Page"] = "1"
        yield client
    running.stop()


@pytest.fixture
def ada(page: httpx.Client) -> str:
    return str(page.get("/").url.params["as"])


@pytest.fixture
def general(page: httpx.Client, ada: str) -> str:
    html = regions(page, ada, "/client")["sidebar"]
    return html.split("/client/channel/")[1].split("?")[0]


def regions(page: httpx.Client, who: str, path: str) -> dict[str, str]:
    answer = page.get(path, params={"as": who}, headers={"X-Regions": "1", "X-Refresh": "1"})
    assert answer.status_code == 200
    return dict(answer.json()["regions"])


def do(page: httpx.Client, who: str, doing: str, files: object = None, **asked: object) -> dict:
    data = {"asked": json.dumps(asked)}
    sent = files or {"none": ("", b"")}
    answer = page.post(f"/client/do/{doing}", params={"as": who}, data=data, files=sent)
    return dict(answer.json())


def test_the_bare_address_becomes_the_first_person(page: httpx.Client, ada: str) -> None:
    answer = page.get("/")
    assert answer.url.path == "/client"
    assert "Ada Admin: switch person" in answer.text


def test_the_page_may_load_nothing_from_elsewhere_and_run_nothing_inline(
    page: httpx.Client, ada: str
) -> None:
    answer = page.get("/client", params={"as": ada})
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "style=" not in answer.text
    assert "<script>" not in answer.text
    for path in ("page.js", "slack.css", "sprite.svg", "icon.svg"):
        assert page.get(f"/client/static/{path}").status_code == 200


def test_another_site_cannot_act_for_a_person(page: httpx.Client, ada: str, general: str) -> None:
    data = {"asked": json.dumps({"channel": general, "text": "forged"})}
    plain = httpx.post(f"{page.base_url}/client/do/message", params={"as": ada}, data=data)
    assert plain.status_code == 404
    assert "forged" not in regions(page, ada, f"/client/channel/{general}")["main"]


def test_what_is_said_is_shown_escaped(page: httpx.Client, ada: str, general: str) -> None:
    do(page, ada, "message", channel=general, text=SCRIPT.decode())
    main = regions(page, ada, f"/client/channel/{general}")["main"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in main
    assert "<script" not in main


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/pdf"])
def test_a_file_that_could_run_is_only_offered_for_download(
    page: httpx.Client, ada: str, general: str, kind: str
) -> None:
    sent = do(page, ada, "message", {"file": ("a.bin", SCRIPT, kind)}, channel=general, text="f")
    file_id = sent["files"][0]["id"]
    answer = page.get(f"/client/file/{file_id}", params={"as": ada})
    assert answer.content == SCRIPT
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_file_is_only_for_those_who_may_see_it(page: httpx.Client, ada: str) -> None:
    assert page.get("/client/file/F404", params={"as": ada}).status_code == 404


@pytest.mark.parametrize(
    ("doing", "asked", "sentence"),
    [
        ("message", {"text": "x"}, "which channel"),
        ("message", {"channel": "C404", "text": "x"}, "C404"),
        ("submit", {"view_id": "V404"}, "not open"),
        ("join", {"channel": "C404"}, "C404"),
    ],
)
def test_what_cannot_be_done_is_answered_with_a_sentence(
    page: httpx.Client, ada: str, doing: str, asked: dict, sentence: str
) -> None:
    assert sentence in do(page, ada, doing, **asked)["failed"]


def test_an_unreadable_wish_is_refused(page: httpx.Client, ada: str) -> None:
    answer = page.post("/client/do/message", params={"as": ada}, data={"asked": "{"})
    assert answer.status_code == 409
    assert "cannot be read" in answer.json()["failed"]
    assert page.post("/client/do/dance", params={"as": ada}).status_code == 404


def test_nobody_listens_for_a_person_who_is_not_there(page: httpx.Client) -> None:
    assert page.get("/client/events", params={"as": "U404"}).status_code == 404


def test_the_stream_begins_by_asking_to_look_again_and_then_tells_of_changes(
    page: httpx.Client, ada: str, general: str
) -> None:
    with page.stream("GET", "/client/events", params={"as": ada}) as stream:
        lines = stream.iter_lines()
        assert [next(lines) for _ in range(3)] == ["retry: 1000", "event: ready", "data: {}"]
        do(page, ada, "message", channel=general, text="news")
        change = next(line for line in lines if line.startswith("data: "))
    assert json.loads(change.removeprefix("data: "))["channel_id"] == general


def test_an_unknown_place_is_a_page_of_its_own(page: httpx.Client, ada: str) -> None:
    for path in ("/client/channel/C404", "/client/app/A404/home", "/client/thread/C404/1.0"):
        answer = page.get(path, params={"as": ada})
        assert answer.status_code == 404
        assert "Go home" in answer.text
        part = page.get(path, params={"as": ada}, headers={"X-Regions": "1"})
        assert part.json()["failed"]
