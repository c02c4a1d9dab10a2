"""(b) One click on Approve: from the signed HTTP payload to the ack, commit included.

Beside it, in the same rounds: a Bolt app whose one listener does nothing, given the very same
payload, plus the very rows that the click writes as bare SQL with their commit. Both run in this
process without a web server; Slack is not called, and the courier, which would carry the cards
afterwards, does not run.
"""

import hashlib
import hmac
import json
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from slack_bolt import Ack, App, BoltRequest
from slack_bolt.authorization import AuthorizeResult

from benchmarks.cycle import empty_stock, job
from benchmarks.databases import Copy, postgres_copies, sqlite_copies
from benchmarks.floor import Log, Write, bare_postgres, bare_sqlite, traced
from bot.app import build_app
from bot.local.company import TEAM, slack_id
from bot.local.story import Teller
from bot.services import Bot, build_services
from wopo.cli.opening import Opened, new_id, opened
from wopo.config import Settings
from wopo.domain.approvals import Approval, ApprovalState
from wopo.usecases.door import CONSOLE
from wopo.usecases.execute import execute
from wopo.usecases.purchase_orders import SubmitOrder
from wopo.usecases.workspaces import BindWorkspace

ROUNDS = 5
CLICKS = 10
"""Per round; all rounds together stay below what one person may click in a minute."""
WARM_UP = 5
NEEDS = {"BRG-6204": 1, "SEAL-M25": 1}
SECRET = "a signing secret"
APPROVER = "mira"

Signed = tuple[str, dict[str, list[str]]]


def orders_to_decide(count: int) -> Callable[[Opened], None]:
    """Fills a database with so many orders that wait for the approver."""

    def fill(database: Opened) -> None:
        execute(database.door, BindWorkspace(workspace_id=TEAM), actor=CONSOLE, key=new_id())
        empty_stock(database)
        teller = Teller(database)
        for number in range(1, count + 1):
            for order_id in teller.request("sue", job(teller, number), NEEDS):
                teller.by("ben", SubmitOrder(order_id=order_id))

    return fill


def waiting(database: Opened) -> list[Approval]:
    """The decisions to make, the oldest first."""
    with database.transactions.read() as uow:
        return uow.all(Approval, state=ApprovalState.WAITING, order="id")


def signed(approval: Approval) -> Signed:
    """What Slack sends when the approver clicks on the card, with its signature of this moment."""
    shown = {"id": approval.id, "rev": approval.revision, "card": "approval",
             "seen": approval.content_hash}  # fmt: skip
    payload = {
        "type": "block_actions",
        "user": {"id": slack_id(APPROVER), "username": APPROVER, "team_id": TEAM},
        "team": {"id": TEAM, "domain": "local"},
        "api_app_id": "A1",
        "token": "x",
        "trigger_id": f"1.2.{approval.id}",
        "enterprise": None,
        "is_enterprise_install": False,
        "container": {"type": "message", "message_ts": "1.1", "channel_id": "D1"},
        "channel": {"id": "D1", "name": "directmessage"},
        "message": {"type": "message", "ts": "1.1", "text": "", "blocks": []},
        "actions": [
            {
                "type": "button",
                "action_id": "order.approve",
                "block_id": "b",
                "value": json.dumps(shown),
                "action_ts": "1.2",
            }
        ],
    }
    text, stamp = urlencode({"payload": json.dumps(payload)}), str(int(time.time()))
    digest = hmac.new(SECRET.encode(), f"v0:{stamp}:{text}".encode(), hashlib.sha256)
    headers = {
        "content-type": ["application/x-www-form-urlencoded"],
        "x-slack-request-timestamp": [stamp],
        "x-slack-signature": [f"v0={digest.hexdigest()}"],
    }
    return text, headers


def real_app(database: Opened) -> App:
    """The bot's own app on this database."""
    settings = Settings(
        _env_file=None, SLACK_BOT_TOKEN="xoxb-benchmark", SLACK_SIGNING_SECRET=SECRET
    )
    bot = Bot(workspace_id=TEAM, user_id="U0BOT", bot_id="B0BOT")
    return build_app(build_services(settings, database.transactions, bot=bot))


def empty_app() -> App:
    """A Bolt app with one inline listener that does nothing but acknowledge."""
    known = AuthorizeResult(
        enterprise_id=None, team_id=TEAM, bot_id="B0BOT", bot_user_id="U0BOT", bot_token="xoxb-1"
    )
    app = App(signing_secret=SECRET, authorize=lambda: known, process_before_response=True)

    @app.action("order.approve")
    def nothing(ack: Ack) -> None:
        ack()

    return app


def click(app: App, request: Signed) -> None:
    """One request; raises ``RuntimeError`` for any answer but 200."""
    text, headers = request
    answer = app.dispatch(BoltRequest(body=text, headers=headers))
    if answer.status != 200:
        raise RuntimeError(f"the click was answered with {answer.status}: {answer.body}")


def log_of(url: str) -> Log:
    """What each click writes: one transaction a click."""
    database = opened(url)
    app, decisions = real_app(database), waiting(database)
    with traced(database.engine) as log:
        for approval in decisions:
            click(app, signed(approval))
    database.engine.dispose()
    if len(log.transactions) != len(decisions):
        raise RuntimeError(f"{len(decisions)} clicks, {len(log.transactions)} transactions")
    return log


def timed(work: Callable[[], None]) -> float:
    """Milliseconds."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def rounds(url: str, write: Write, log: Log, *, clicks: int) -> dict[str, list[float]]:
    """Milliseconds of our clicks, of the empty listener and of the rows, round by round."""
    database = opened(url)
    ours, empty, decisions = real_app(database), empty_app(), waiting(database)
    found: dict[str, list[float]] = {"ours": [], "listener": [], "rows": []}
    work = list(zip(decisions, log.transactions, strict=True))
    for start in range(0, len(work), clicks):
        some = [(signed(approval), rows) for approval, rows in work[start : start + clicks]]
        found["ours"] += [timed(lambda r=request: click(ours, r)) for request, _ in some]
        for request, rows in some:
            found["listener"].append(timed(lambda r=request: click(empty, r)))
            found["rows"].append(timed(lambda w=rows: write(w)))
    left = len(waiting(database))
    database.engine.dispose()
    if left:
        raise RuntimeError(f"{left} orders were clicked on and are not approved")
    return {name: taken[min(WARM_UP, len(work) // 2) :] for name, taken in found.items()}


def measure(
    name: str,
    copies: Callable[[Callable[[Opened], None]], AbstractContextManager[Copy]],
    bare: Callable[[str], AbstractContextManager[Write]],
    *,
    clicks: int = CLICKS,
    times: int = ROUNDS,
) -> dict[str, Any]:
    """Medians over all rounds, the first clicks left out."""
    with copies(orders_to_decide(clicks * times)) as copy:
        log = log_of(copy())
        with bare(copy()) as write:
            found = rounds(copy(), write, log, clicks=clicks)
    ours, listener, rows = (statistics.median(found[key]) for key in ("ours", "listener", "rows"))
    floor = [a + b for a, b in zip(found["listener"], found["rows"], strict=True)]
    return {
        "benchmark": f"click {name}",
        "milliseconds": round(ours, 2),
        "floor_milliseconds": round(statistics.median(floor), 2),
        "of_it_empty_listener": round(listener, 2),
        "of_it_rows": round(rows, 2),
        "times_the_floor": round(ours / statistics.median(floor), 2),
        "rows_per_click": round(log.rows / len(log.transactions), 1),
        "target": "at most 5 times the floor",
    }


def benchmarks() -> Iterator[dict[str, Any]]:
    """SQLite (synchronous=FULL), then PostgreSQL (fsync on)."""
    yield measure(
        "sqlite", sqlite_copies, lambda url: bare_sqlite(Path(url.removeprefix("sqlite:///")))
    )
    yield measure("postgresql", postgres_copies, bare_postgres)
