"""The built parts that handlers, courier and jobs work with."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from slack_sdk import WebClient
from uuid_utils import uuid7

from bot.limits import Flood, Weather
from wopo.config import Settings
from wopo.domain.outbox import OutboxRow
from wopo.usecases.door import ActorRef, Answer, Command
from wopo.usecases.execute import Door, execute
from wopo.usecases.ports import Clock, NewId, Transactions, UnitOfWork
from wopo.usecases.views.order_papers import OrderPaper
from wopo.usecases.views.payment_batches import BatchView
from wopo.writers.order_files import OrderFiles, write_apart
from wopo.writers.payment_files import write_payments_apart

DEADLINE = 2.0
"""Seconds a use case may take inside a listener; Slack itself gives up at three (P9, P10)."""
CALL_TIMEOUT = 10
"""Seconds the courier waits for an answer of Slack's."""
SHORT_TIMEOUT = 2
"""Seconds a listener waits for an answer of Slack's."""

Papers = Callable[[OrderPaper, Path | None], OrderFiles]
Task = Callable[["Services", OutboxRow], None]


@dataclass(frozen=True)
class Bot:
    """Who we are in Slack, from auth.test."""

    workspace_id: str = ""
    user_id: str = ""
    bot_id: str = ""
    url: str = ""
    name: str = ""


class Bell:
    """Rung at each commit. Every worker hears every ring, even one that was busy meanwhile."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._rung = 0

    def ring(self) -> None:
        """Wake everybody."""
        with self._changed:
            self._rung += 1
            self._changed.notify_all()

    @property
    def rung(self) -> int:
        """How often it rang so far."""
        with self._changed:
            return self._rung

    def wait(self, heard: int, seconds: float) -> None:
        """Until it rings oftener than ``heard``, at most ``seconds``."""
        with self._changed:
            self._changed.wait_for(lambda: self._rung > heard, seconds)


class LastTouch:
    """When each open screen was last acted in, so that of two quick actions the later one's answer
    stays. Safe for several threads; the oldest of ``most`` screens are forgotten."""

    def __init__(self, most: int = 1_000) -> None:
        self.most = most
        self._lock = threading.Lock()
        self._touched: dict[str, Decimal] = {}

    def note(self, view_id: str, moment: str) -> None:
        """Somebody acted in this screen; ``moment`` is Slack's ``action_ts``."""
        with self._lock:
            self._touched[view_id] = max(Decimal(moment), self._touched.pop(view_id, Decimal(0)))
            if len(self._touched) > self.most:
                del self._touched[next(iter(self._touched))]

    def is_last(self, view_id: str, moment: str) -> bool:
        """Whether nobody acted in the screen since that moment."""
        with self._lock:
            return self._touched.get(view_id, Decimal(0)) <= Decimal(moment)


@dataclass
class Services:
    """Everything that was built at the start. ``slack`` is for listeners, with a short timeout
    and no retries of its own; the courier has ``patient``."""

    settings: Settings
    door: Door
    slack: WebClient
    patient: WebClient
    bell: Bell
    bot: Bot = Bot()
    flood: Flood = field(default_factory=Flood)
    weather: Weather = field(default_factory=Weather)
    touched: LastTouch = field(default_factory=LastTouch)
    tasks: dict[str, Task] = field(default_factory=dict)
    once_only: set[str] = field(default_factory=set)
    """Tasks that must not be repeated when nobody knows whether they were done."""
    clicks: dict[str, Any] = field(default_factory=dict)
    """What a click becomes, by action id (see ``bot.clicks``)."""
    redraw: dict[str, Any] = field(default_factory=dict)
    """How a screen is drawn anew, by its callback id: (visit, view id, subject id)."""
    papers: Papers = write_apart
    """Makes an order's files."""
    payments: Callable[[BatchView], dict[str, bytes]] = write_payments_apart
    """Makes a payment batch's files."""
    deadline: float = DEADLINE
    """Seconds a listener's command may take before it is undone."""
    log: logging.Logger = field(default_factory=lambda: logging.getLogger("wopo.bot"))

    @property
    def transactions(self) -> Transactions:
        """Makes units of work."""
        return self.door.transactions

    @property
    def clock(self) -> Clock:
        """The time."""
        return self.door.clock

    @property
    def new_id(self) -> NewId:
        """Ids for rows of our own."""
        return self.door.new_id

    def read(self) -> UnitOfWork:
        """A transaction that only reads."""
        return self.door.transactions.read()

    def execute(self, command: Command, *, actor: ActorRef, key: str) -> Answer:
        """Through the one door, within a listener's time."""
        return execute(self.door, command, actor=actor, key=key, deadline=self.deadline)


def new_id() -> str:
    """A time-ordered id."""
    return uuid7().hex


def utc_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


def web_client(settings: Settings, *, timeout: int, token: str | None = None) -> WebClient:
    """A client that never repeats a call by itself: a dropped line may have been a success."""
    return WebClient(
        token=token or settings.bot_token.get_secret_value() or None,
        base_url=settings.api_url,
        timeout=timeout,
        retry_handlers=[],
    )


def build_services(
    settings: Settings,
    transactions: Transactions,
    *,
    clock: Clock = utc_now,
    new_id: NewId = new_id,
    bot: Bot | None = None,
) -> Services:
    """Put the parts together; a commit wakes the courier."""
    bell = Bell()
    door = Door(transactions, clock, new_id, on_commit=bell.ring)
    return Services(
        settings=settings,
        door=door,
        slack=web_client(settings, timeout=SHORT_TIMEOUT),
        patient=web_client(settings, timeout=CALL_TIMEOUT),
        bell=bell,
        bot=bot or Bot(),
    )


def who_am_i(client: WebClient) -> Bot:
    """Ask Slack who the token belongs to. Raises what slack_sdk raises."""
    told: Any = client.auth_test().data
    return Bot(
        workspace_id=told.get("team_id", ""),
        user_id=told.get("user_id", ""),
        bot_id=told.get("bot_id", ""),
        url=told.get("url", ""),
        name=told.get("team", ""),
    )
