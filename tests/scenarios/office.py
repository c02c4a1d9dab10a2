"""An office: the company's desk, the real bot on Socket Mode and the local Slack workspace, with
the clock in the test's hands."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from slack_bolt.adapter.socket_mode import SocketModeHandler
from sqlalchemy import Engine

from bot.app import build_app
from bot.courier import Courier
from bot.manifest import manifest
from bot.services import build_services, web_client, who_am_i
from slack_sandbox.driver import Driver, wait_until
from slack_sandbox.server import start
from slack_sandbox.settings import DEMO_APP_TOKEN, DEMO_BOT_TOKEN, DEMO_SIGNING_SECRET
from slack_sandbox.settings import Settings as SandboxSettings
from tests.conftest import Ids, TestClock
from tests.databases import copy_into
from tests.factories.buying import seed
from tests.factories.money import BUYER, FINANCE, RECEIVER, Desk, desk, line
from wopo.config import Settings
from wopo.db.engine import make_engine
from wopo.db.uow import SqlTransactions
from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.outbox import PostedCard
from wopo.domain.purchasing_policy import PolicyDocument
from wopo.usecases.door import ActorRef, Answer, Command
from wopo.usecases.execute import Door, execute
from wopo.usecases.identities import LinkIdentity
from wopo.usecases.purchasing_policy import ImportPolicy
from wopo.usecases.settings import ChangeCompanySettings
from wopo.usecases.subscriptions import Subscribe
from wopo.usecases.workspaces import BindWorkspace

LIMITS = {
    "qty_under_pct": 0,
    "price_under_pct": 0,
    "total_under_pct": 0,
    "date_value_days": 0,
    "days_early": 0,
    "days_late": 0,
}
"""What a company has to set so that every kind is looked for."""


class Office:
    """The company's desk, and the finance channel as its people see and press it."""

    def __init__(self, at: Desk, driver: Driver, courier: Courier, clock: TestClock) -> None:
        self.at, self.driver, self.courier, self.clock = at, driver, courier, clock
        self.users: dict[str, str] = {}
        self.channel, self.count, self.workspace = "", 0, ""
        self.linked: set[str] = set()

    def link(self, who: str) -> None:
        """Let somebody in; from then on their own messages and Home are drawn too."""
        if who not in self.linked:
            self.linked.add(who)
            user = self.users[who]
            self.at.do(LinkIdentity(workspace_id=self.workspace, user_id=user, person=who))

    def carry(self) -> None:
        """Everything that is due, with the second between two messages of a channel."""
        for _ in range(4):
            self.clock.forward(seconds=2)
            while self.courier.deliver_next():
                pass

    def number(self) -> str:
        """A vendor's next number, far from the others'."""
        self.count += 1
        return f"{'ABCDEFGHIJ'[self.count % 10] * 3}-{self.count * 7919}"

    def bill(self, order: str | None, *billed: tuple[str, str], **more: Any) -> None:
        """An invoice with a day of its own, so that only what is tried looks alike."""
        day = self.clock().date() - timedelta(days=self.count % 3)
        self.at.bill(order, *billed, **{"number": self.number(), "invoice_date": day, **more})

    def received(self, *lines: Any, **more: Any) -> str:
        """An order of ten at ten euros, all there and accepted."""
        order = self.at.issued(*(lines or (line(receiver_id=RECEIVER),)), **more)
        for place, one in enumerate(self.at.lines(order)):
            self.at.receive(order, str(one.quantity), place=place)
        return order

    def card(self, case: ExceptionCase) -> dict[str, Any]:
        """The case's message in the channel."""
        audience = f"channel:{self.channel}"
        (copy,) = self.at.world.all(PostedCard, subject_id=case.id, audience=audience)
        found = self.driver.desk(
            "messages", user_id=self.users[FINANCE], channel_id=self.channel, limit=30
        )
        (shown,) = [message for message in found if message["ts"] == copy.ts]
        return dict(shown)

    def newest(self) -> dict[str, Any]:
        """The newest message of the channel."""
        found = self.driver.desk(
            "messages", user_id=self.users[FINANCE], channel_id=self.channel, limit=1
        )
        return dict(found[-1])

    def click(self, shown: dict[str, Any], action: str, who: str, about: str = "") -> None:
        """Click a button of a message or a screen; of several the one that carries this id."""
        (block,) = [
            block
            for block in shown["blocks"]
            for one in [*block.get("elements", ()), block.get("accessory", {})]
            if one.get("action_id") == action and about in one.get("value", "")
        ]
        if "ts" in shown:
            where = {"type": "message", "channel_id": self.channel, "ts": shown["ts"]}
        else:
            where = {"type": "view", "view_id": shown["id"]}
        at = {"block_id": block["block_id"], "action_id": action}
        user = self.users[who]
        done = self.driver.desk("block_action", user_id=user, container=where, **at)
        assert done == {"ok": True}, (done, self.driver.desk("notices", user_id=user))

    def opened(self, shown: dict[str, Any], action: str, who: str, about: str = "") -> Any:
        """Click a button, and give the screen that opens."""
        self.click(shown, action, who, about)
        return self.driver.desk("modals", user_id=self.users[who])[-1]

    def press(self, card: dict[str, Any], action: str, who: str) -> None:
        """Click a button of the card and send the form that opens, as it is filled."""
        self.click(card, action, who)
        user = self.users[who]
        form = self.driver.desk("modals", user_id=user)[-1]
        asked = {block["block_id"] for block in form["blocks"] if block["type"] == "input"}
        why = {"reason": {"input": "As agreed"}} if "pick" not in asked else {}
        values = {name: value for name, value in why.items() if name in asked}
        sent = self.driver.desk("submit_view", user_id=user, view_id=form["id"], values=values)
        assert sent.get("closed") or sent.get("cleared") or "updated" in sent, sent
        if "updated" in sent:
            self.driver.desk("close_view", user_id=user, view_id=form["id"])


def opened(template: Engine, folder: Path) -> Iterator[Office]:
    """An office at work, its data in this folder."""
    (folder / "manifest.yml").write_text(yaml.safe_dump(manifest(None)))
    sandbox = start(SandboxSettings(port=0, manifests=[folder / "manifest.yml"]))
    engine = make_engine(f"sqlite:///{folder}/wopo.db")
    copy_into(template, engine)
    settings = Settings(
        _env_file=None,
        SLACK_BOT_TOKEN=DEMO_BOT_TOKEN,
        SLACK_APP_TOKEN=DEMO_APP_TOKEN,
        SLACK_SIGNING_SECRET=DEMO_SIGNING_SECRET,
        SLACK_API_URL=sandbox.api_url,
    )
    clock, ids, transactions = TestClock(), Ids(), SqlTransactions(engine)
    services = build_services(settings, transactions, clock=clock, new_id=ids)
    services.deadline, services.bot = 60.0, who_am_i(services.patient)
    door = Door(transactions, clock, ids)

    def do(command: Command, *, by: str | None = None, surface: str = "") -> Answer:
        actor = ActorRef(by, surface or ("test" if by else "scheduler"))
        return execute(door, command, actor=actor, key=f"key-{ids()}")

    at = desk(do, seed(transactions, clock))
    socket = SocketModeHandler(
        build_app(services),
        DEMO_APP_TOKEN,
        web_client=web_client(settings, timeout=10, token=DEMO_APP_TOKEN),
    )
    socket.connect()
    made = Office(at, Driver(sandbox.base_url), Courier(services), clock)
    _settle_in(made, services.bot.workspace_id)
    yield made
    socket.close()
    engine.dispose()
    sandbox.stop()


def _settle_in(office: Office, workspace: str) -> None:
    do, found = office.at.do, office.driver.desk("people")
    do(BindWorkspace(workspace_id=workspace))
    people = zip((FINANCE, BUYER, RECEIVER), found, strict=False)
    office.users.update({code: user["id"] for code, user in people})
    office.workspace = workspace
    office.link(FINANCE)
    fin = office.users[FINANCE]
    channels = office.driver.desk("channels", user_id=fin)
    office.channel = next(c["id"] for c in channels if c["name"] == "general")
    bot = office.driver.desk("apps")[0]["bot_user_id"]
    office.driver.desk("invite", user_id=fin, channel_id=office.channel, other_id=bot)
    do(Subscribe(channel=office.channel), by=FINANCE)
    do(ChangeCompanySettings(changes={"grace_days_not_received": 0}), by="adm")
    matching = {"company": {"limits": LIMITS}}
    document = PolicyDocument.model_validate({"title": "All of it", "matching": matching})
    do(ImportPolicy(document=document), by=FINANCE)
    wait_until(office.driver.sockets)
