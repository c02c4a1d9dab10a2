"""Every kind of exception, raised by real documents, told by the real courier in a channel of the
local Slack workspace, and cured there by a button of its card."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import yaml
from slack_bolt.adapter.socket_mode import SocketModeHandler
from sqlalchemy import Engine

from bot.app import build_app
from bot.cards.exception_cases import CURES
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
from tests.factories.money import APPROVER, BUYER, FINANCE, RECEIVER, D, Desk, desk, line
from wopo.config import Settings
from wopo.db.engine import make_engine
from wopo.db.uow import SqlTransactions
from wopo.domain.exception_cases import CaseState, ExceptionCase
from wopo.domain.exception_kinds import KINDS, RECEIPT_WITHOUT_APPROVAL, Cure
from wopo.domain.matching import MatchCode
from wopo.domain.order_content import OrderKind
from wopo.domain.outbox import PostedCard
from wopo.domain.purchase_orders import PurchaseOrderLine
from wopo.domain.purchasing_policy import PolicyDocument
from wopo.usecases.door import ActorRef, Answer, Command
from wopo.usecases.execute import Door, execute
from wopo.usecases.identities import LinkIdentity
from wopo.usecases.invoice_papers import BilledLine
from wopo.usecases.order_changes import CloseOrderShort
from wopo.usecases.purchasing_policy import ImportPolicy
from wopo.usecases.settings import ChangeCompanySettings
from wopo.usecases.subscriptions import Subscribe
from wopo.usecases.workspaces import BindWorkspace

C = MatchCode
NOT_FROM_A_CHANNEL = {
    RECEIPT_WITHOUT_APPROVAL: "comes with imported documents alone, and an import posts one summary"
}
"""Kinds without a card of their own, and why."""
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

    def press(self, card: dict[str, Any], action: str, who: str) -> None:
        """Click a button of the card and send the form that opens, as it is filled."""
        (block,) = [
            block
            for block in card["blocks"]
            if action in {one.get("action_id") for one in block.get("elements", ())}
        ]
        user = self.users[who]
        where = {"type": "message", "channel_id": self.channel, "ts": card["ts"]}
        done = self.driver.desk(
            "block_action",
            user_id=user,
            container=where,
            block_id=block["block_id"],
            action_id=action,
        )
        assert done == {"ok": True}, (done, self.driver.desk("notices", user_id=user))
        form = self.driver.desk("modals", user_id=user)[-1]
        asked = {block["block_id"] for block in form["blocks"] if block["type"] == "input"}
        why = {"reason": {"input": "As agreed"}} if "pick" not in asked else {}
        values = {name: value for name, value in why.items() if name in asked}
        sent = self.driver.desk("submit_view", user_id=user, view_id=form["id"], values=values)
        assert sent.get("closed") or sent.get("cleared") or "updated" in sent, sent
        if "updated" in sent:
            self.driver.desk("close_view", user_id=user, view_id=form["id"])


@pytest.fixture(scope="module")
def office(_template: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    (folder / "manifest.yml").write_text(yaml.safe_dump(manifest(None)))
    sandbox = start(SandboxSettings(port=0, manifests=[folder / "manifest.yml"]))
    engine = make_engine(f"sqlite:///{folder}/wopo.db")
    copy_into(_template, engine)
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

    def do(command: Command, *, by: str | None = None) -> Answer:
        actor = ActorRef(by, "test" if by else "scheduler")
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


Raise = Callable[[Office], object]


def only(*billed: tuple[str, str], **more: Any) -> Raise:
    """An invoice over an order that came as ordered."""
    return lambda o: o.bill(o.received(), *(billed or (("10", "10"),)), **more)


def _twice(office: Office, pieces: str, **second: Any) -> None:
    order = office.received(line("20", receiver_id=RECEIVER))
    first = {"number": office.number(), "invoice_date": office.clock().date()}
    office.bill(order, (pieces, "10"), **first)
    office.bill(order, (pieces, "10"), **{**first, **second})


def _closed(office: Office) -> None:
    order = office.at.issued(line(receiver_id=RECEIVER))
    office.at.receive(order, "9")
    office.bill(order, ("9", "10"))
    office.at.do(CloseOrderShort(order_id=order, reason="the rest will not come"), by=BUYER)
    office.bill(order, ("1", "10"))


def _partly(accepted: str, rejected: str = "0") -> Raise:
    def billed_in_full(office: Office) -> None:
        order = office.at.issued(line(receiver_id=RECEIVER))
        if accepted != "0":
            office.at.receive(order, accepted, rejected)
        office.bill(order, ("10", "10"))

    return billed_in_full


def _more_than_ordered(office: Office) -> str:
    order = office.at.issued(line(receiver_id=RECEIVER))
    asked = frozenset({f"more_than_ordered:{order}"})
    office.at.receive(order, "12", acknowledged=asked)
    return order


def _off_its_day(days: int, *, invoiced: bool = False) -> Raise:
    def come(office: Office) -> None:
        order = office.at.issued(line(receiver_id=RECEIVER))
        with office.at.world.transactions.write() as uow:
            (promised,) = uow.all(PurchaseOrderLine, purchase_order_id=order)
            promised.promised_on = office.clock().date() + timedelta(days=days)
            uow.commit()
        if invoiced:
            office.bill(order, ("10", "10"))
        else:
            office.at.receive(order)

    return come


def _beyond_the_blanket(office: Office) -> None:
    facts = {"kind": OrderKind.BLANKET, "blanket_limit_minor": 5000}
    office.bill(office.received(**facts), ("6", "10"))


def _blanket_after_its_day(office: Office) -> None:
    day = office.clock().date()
    facts = {"kind": OrderKind.BLANKET, "blanket_limit_minor": 5000, "valid_to": day}
    office.bill(office.received(**facts), ("3", "10"), invoice_date=day + timedelta(days=2))


def _foreign_line(unit: str, position: int | None) -> Raise:
    paper = {"quantity": D(2), "unit_price": D(10), "description": "grease", "unit": unit}
    return only(lines=(BilledLine(**paper, position=position),))


STORIES: dict[str, tuple[Raise, Cure]] = {
    C.NO_PO: (
        lambda o: o.bill(None, ("1", "10"), vendor_id="gra", order_reference="PO-9999-000001"),
        Cure.REJECT_INVOICE,
    ),
    C.PO_CLOSED: (_closed, Cure.REJECT_INVOICE),
    C.VENDOR_MISMATCH: (only(vendor_id="acm"), Cure.REJECT_INVOICE),
    C.CURRENCY_MISMATCH: (only(currency="USD"), Cure.REJECT_INVOICE),
    C.DUPLICATE_INVOICE: (lambda o: _twice(o, "4"), Cure.REJECT_INVOICE),
    C.POSSIBLE_DUPLICATE: (lambda o: _twice(o, "7", number=o.number()), Cure.NOT_DUPLICATE),
    C.NOT_RECEIVED: (_partly("0"), Cure.RECORD_RECEIPT),
    C.QTY_OVER_RECEIVED: (_partly("8"), Cure.RECORD_RECEIPT),
    C.QTY_OVER_ACCEPTED: (_partly("9", "1"), Cure.ACCEPT),
    C.QTY_OVER_ORDERED: (lambda o: o.bill(_more_than_ordered(o), ("12", "10")), Cure.AMEND_ORDER),
    C.QTY_UNDER_ORDERED: (only(("8", "10")), Cure.ACCEPT),
    C.PRICE_OVER: (only(("10", "11")), Cure.AMEND_ORDER),
    C.PRICE_UNDER: (only(("10", "9")), Cure.ACCEPT),
    C.LINE_TOTAL_OVER: (only(("10", "11")), Cure.ACCEPT),
    C.LINE_NOT_ON_PO: (_foreign_line("pcs", None), Cure.REJECT_INVOICE),
    C.UOM_MISMATCH: (_foreign_line("crate", 1), Cure.REJECT_INVOICE),
    C.CREDIT_EXCEEDS_BILLED: (
        lambda o: o.at.credit(o.received(), ("2", "10"), number=o.number()),
        Cure.ACCEPT,
    ),
    C.EARLY_INVOICE: (_off_its_day(20, invoiced=True), Cure.ACCEPT),
    C.INVOICE_TOTAL_OVER: (only(tax=D(7)), Cure.ACCEPT),
    C.INVOICE_TOTAL_UNDER: (only(("10", "9")), Cure.ACCEPT),
    C.INVOICE_NOT_BALANCED: (only(stated_total=D(99)), Cure.ACCEPT),
    C.UNEXPECTED_CHARGE: (only(charges={"FREIGHT": D(5)}), Cure.ACCEPT),
    C.CHARGE_OVER: (
        lambda o: o.bill(
            o.received(charges={"FREIGHT": 500}), ("10", "10"), charges={"FREIGHT": D(9)}
        ),
        Cure.ACCEPT,
    ),
    C.TAX_MISMATCH: (only(tax=D(7)), Cure.ACCEPT),
    C.DISCOUNT_MISMATCH: (only(discount=D(3)), Cure.ACCEPT),
    C.AFTER_THE_FACT_PO: (only(invoice_date=date(2026, 2, 1)), Cure.ACCEPT),
    C.OVER_BLANKET_LIMIT: (_beyond_the_blanket, Cure.ACCEPT),
    C.BLANKET_EXPIRED: (_blanket_after_its_day, Cure.ACCEPT),
    C.OVER_RECEIPT: (_more_than_ordered, Cure.ACKNOWLEDGE),
    C.EARLY_DELIVERY: (_off_its_day(5), Cure.ACKNOWLEDGE),
    C.LATE_DELIVERY: (_off_its_day(-5), Cure.ACKNOWLEDGE),
    "DOCUMENT_CONTRADICTS": (
        only(contradictions=("It names two orders.",)),
        Cure.ACKNOWLEDGE,
    ),
}
WHO = {Cure.RECORD_RECEIPT: RECEIVER, Cure.AMEND_ORDER: BUYER}


def test_every_kind_has_a_story() -> None:
    assert set(STORIES) | set(NOT_FROM_A_CHANNEL) == set(KINDS)


@pytest.mark.parametrize("code", sorted(STORIES, key=lambda code: STORIES[code][1] in WHO))
def test_it_is_raised_told_and_cured(office: Office, code: str) -> None:
    told, cure = STORIES[code]
    before = {case.id for case in office.at.world.all(ExceptionCase)}
    told(office)
    office.carry()
    new = [case for case in office.at.world.all(ExceptionCase) if case.id not in before]
    (case,) = [one for one in new if one.code == code]
    card = office.card(case)
    assert case.title in card["text"]
    who = WHO.get(cure, FINANCE)
    office.link(who)
    office.press(card, CURES[cure][0][1], who)
    if cure is Cure.AMEND_ORDER:
        office.at.approve(str(case.purchase_order_id), by=APPROVER)
    office.carry()
    assert office.at.world.get(ExceptionCase, case.id).state is CaseState.RESOLVED
    left = [
        one.get("action_id")
        for block in office.card(case)["blocks"]
        for one in [*block.get("elements", ()), block.get("accessory", {})]
    ]
    assert [id for id in left if id] == ["case.details"]
