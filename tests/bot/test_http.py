"""HTTP mode: signed requests in, 401 or 400 for whatever is wrong, never a body in the log."""

import asyncio
import json
import logging
import time
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_bolt import App
from starlette.applications import Starlette

from bot.http import LARGEST_BODY, build_asgi, well_formed
from bot.ids import SlashCommand
from bot.services import Services
from tests.bot.conftest import SECRET
from tests.conftest import TestClock
from tests.factories.jobs import Company, rows
from tests.payloads import Payloads, sign, signed
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.outbox import Delivery, Mode
from wopo.domain.work_requests import WorkRequest
from wopo.usecases.door import Notice
from wopo.usecases.outbox import put

PATH = "/slack/events"


class Web:
    """Requests to the ASGI application, as a load balancer would pass them on."""

    def __init__(self, asgi: Starlette) -> None:
        self.transport = httpx.ASGITransport(asgi, raise_app_exceptions=False)

    def post(self, path: str, *, content: str | bytes, headers: Any = None) -> httpx.Response:
        return asyncio.run(self._ask("POST", path, content, headers))

    def get(self, path: str) -> httpx.Response:
        return asyncio.run(self._ask("GET", path, b"", None))

    async def _ask(self, verb: str, path: str, content: Any, headers: Any) -> httpx.Response:
        async with httpx.AsyncClient(transport=self.transport, base_url="http://bot") as client:
            return await client.request(verb, path, content=content, headers=headers)


@pytest.fixture
def web(app: App, services: Services) -> Web:
    return Web(build_asgi(app, services))


def test_a_signed_command_is_answered(web: Web, company: Company, payloads: Payloads) -> None:
    body, headers = signed(payloads.command(SlashCommand.WO, "mine", user="U-tess"), SECRET)
    answer = web.post(PATH, content=body, headers=headers)
    assert answer.status_code == 200
    assert "no open job" in answer.json()["text"]


def test_the_same_signed_form_a_hundred_times_is_one_effect_with_equal_answers(
    web: Web,
    company: Company,
    payloads: Payloads,
    slack: RecordingSlack,
    services: Services,
    transactions: SqlTransactions,
) -> None:
    services.flood.most = 1000
    body, headers = signed(payloads.command(SlashCommand.WO, "", user="U-tess"), SECRET)
    web.post(PATH, content=body, headers=headers)
    form = payloads.submit(
        slack.view(), {"title": "x", "location_id": company.harbour}, user="U-tess"
    )
    body, headers = signed(form, SECRET)
    answers = {web.post(PATH, content=body, headers=headers).text for _ in range(100)}
    assert len(answers) == 1
    assert len(rows(transactions, WorkRequest)) == 1


def test_url_verification_and_ssl_check_are_answered(web: Web) -> None:
    text = json.dumps({"type": "url_verification", "token": "x", "challenge": "c1"})
    headers = {**sign(text, SECRET), "content-type": "application/json"}
    answer = web.post(PATH, content=text, headers=headers)
    assert (answer.status_code, answer.json()) == (200, {"challenge": "c1"})


def test_a_replay_older_than_five_minutes_runs_nothing(
    web: Web, company: Company, payloads: Payloads, slack: RecordingSlack
) -> None:
    command = payloads.command(SlashCommand.WO, "", user="U-tess")
    body, headers = signed(command, SECRET, at=int(time.time()) - 301)
    assert web.post(PATH, content=body, headers=headers).status_code == 401
    assert slack.calls == []


@pytest.mark.parametrize(
    ("timestamp", "signature"),
    [
        ("", "v0=" + "0" * 64),
        ("abc", "v0=" + "0" * 64),
        ("9" * 400, "v0=" + "0" * 64),
        ("-5", "v0=" + "0" * 64),
        ("1.5", "v0=" + "0" * 64),
        ("NOW", ""),
        ("NOW", "v0="),
        ("NOW", "v1=" + "0" * 64),
        ("NOW", "v0=" + "é" * 64),
        ("NOW", "v0=" + "0" * 64),
    ],
)
def test_bad_signatures_and_timestamps_are_401_and_their_body_stays_out_of_the_log(
    web: Web, caplog: pytest.LogCaptureFixture, timestamp: str, signature: str
) -> None:
    stamp = str(int(time.time())) if timestamp == "NOW" else timestamp
    headers = {
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": signature.encode("utf-8"),
        "content-type": "application/json",
    }
    with caplog.at_level(logging.DEBUG):
        answer = web.post(PATH, content='{"secret": "xoxb-very-secret"}', headers=headers)
    assert answer.status_code == 401
    assert "very-secret" not in caplog.text


def test_refusals_are_logged_at_most_every_ten_seconds(
    web: Web, clock: TestClock, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "wopo.http"):
        for _ in range(50):
            web.post(PATH, content="x")
        clock.forward(seconds=11)
        web.post(PATH, content="x")
    lines = [r.message for r in caplog.records if r.name == "wopo.http"]
    assert len(lines) == 2
    assert lines[1].startswith("50 requests refused")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b"[1]", "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"payload=notjson", "application/x-www-form-urlencoded"),
        (b"payload=%5B%5D", "application/x-www-form-urlencoded"),
        (b"hello", "text/plain"),
        (b"", "application/x-www-form-urlencoded"),
        (b"[" * 100_000, "application/json"),
        (b"x" * (LARGEST_BODY + 1), "application/json"),
        (b'{"type": "event_callback"}', "application/json"),
        (urlencode({"payload": '{"type": "view_submission"}'}).encode(), "application/x-form"),
        (urlencode({"payload": '{"type": "block_actions", "actions": 5}'}).encode(), "x/y"),
    ],
)
def test_malformed_bodies_are_400_even_when_signed(web: Web, body: bytes, kind: str) -> None:
    text = body.decode("latin-1")
    headers = {**sign_bytes(body), "content-type": kind}
    answer = web.post(PATH, content=body, headers=headers)
    assert answer.status_code in {400, 401}, text[:60]


def sign_bytes(body: bytes) -> dict[str, str]:
    try:
        return sign(body.decode(), SECRET)
    except UnicodeDecodeError:
        return sign("x", SECRET)


@given(st.one_of(st.text(), st.dictionaries(st.text(), st.integers()).map(json.dumps)))
@settings(max_examples=200, deadline=None)
def test_no_body_breaks_the_first_look(text: str) -> None:
    for kind in ("application/json", "application/x-www-form-urlencoded", ""):
        assert well_formed(text, kind) in {True, False}


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
        ),
        max_leaves=8,
    ),
    st.sampled_from(
        ["view_submission", "block_actions", "shortcut", "message_action", "event_callback", "x"]
    ),
)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_signed_nonsense_is_never_a_500(web: Web, junk: Any, kind: str) -> None:
    body = {"type": kind, "user": junk, "team": junk, "view": junk, "actions": junk, "event": junk}
    text, headers = signed(body, SECRET)
    assert web.post(PATH, content=text, headers=headers).status_code in {200, 400, 401, 404}


def test_health_is_green_then_red_when_something_is_stuck(
    web: Web, services: Services, transactions: SqlTransactions
) -> None:
    assert web.get("/healthz").json() == {"ok": True, "problems": []}
    with transactions.write() as uow:
        notice = Notice("direct", "s", "person:x", Mode.POST, {"text": "x"})
        row = put(uow, notice, at=services.clock(), new_id=services.new_id)
        row.state = Delivery.DEAD
        uow.commit()
    answer = web.get("/healthz")
    assert answer.status_code == 503
    assert "could not be delivered" in answer.json()["problems"][0]


def test_health_is_red_while_the_database_can_not_be_written(
    web: Web, services: Services, transactions: SqlTransactions
) -> None:
    with transactions.write() as uow:
        uow.session.connection().exec_driver_sql("PRAGMA query_only=ON")
        uow.session.rollback()
    answer = web.get("/healthz")
    with transactions.read() as uow:
        uow.session.connection().exec_driver_sql("PRAGMA query_only=OFF")
    assert answer.status_code == 503
    assert "can't be written" in answer.json()["problems"][0]
