"""One outbox row to Slack: draw it, look whether it is there already, post or update it.

Slack's chat.postMessage has no idempotency key, so every message carries the row's id as metadata;
after an unknown outcome it is searched for before anything is sent again.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.blocks import CHART, Block, cut, paragraph
from bot.cards import Asked, Card
from bot.channels import Later, Many, Nowhere, Place, fallback, resolve
from bot.failures import Failure, Kind, classify
from bot.home import build_home
from bot.limits import POST, Slots
from bot.services import Services
from wopo.domain.outbox import Delivery, Mode, OutboxRow, PostedCard
from wopo.usecases.ports.outbox import Claim, OutboxStore

EVENT_TYPE = "wopo_card"
PAGE = 200
MOST_PAGES = 10
PARENT_WAIT = timedelta(seconds=2)
CLOCKS_APART = timedelta(minutes=5)


@dataclass(frozen=True)
class Done:
    """The row is finished. ``posted``: channel and ts of the message that shows it; ``dm``: a DM
    channel that was just opened; ``trouble``: a channel that took nothing, and why."""

    state: Delivery
    problem: str | None = None
    posted: tuple[str, str] | None = None
    shown_seq: int = 0
    audiences: tuple[str, ...] = ()
    dm: tuple[str, str] | None = None
    trouble: Failure | None = None
    trouble_channel: str = ""


@dataclass(frozen=True)
class Postponed:
    """The row must wait; ``audience``: so must everything else for that audience."""

    until: datetime
    audience: bool = True


class ChannelClosedError(Exception):
    """A channel takes nothing from us and there is no other."""

    def __init__(self, channel: str, failure: Failure) -> None:
        super().__init__(f"{channel}: {failure.code}")
        self.channel = channel
        self.failure = failure


@dataclass(frozen=True)
class Drawn:
    """What is needed to send, read in one transaction."""

    place: Place
    message: Block
    posted: tuple[str, str] | None
    newest: int
    spare: str


class Sender:
    """Sends one claimed row. Holds no state but the slots it shares with its fellows."""

    def __init__(self, services: Services, cards: dict[str, Card], slots: Slots) -> None:
        self.services = services
        self.cards = cards
        self.slots = slots
        self.client = services.patient

    def send(self, claim: Claim) -> Done | Postponed:
        """Bring the row to Slack. Raises what slack_sdk raises, and ``ChannelClosedError``."""
        row = claim.row
        if row.mode is Mode.HOME:
            return self._home(row)
        drawn = self._draw(row)
        if not isinstance(drawn, Drawn):
            return drawn
        place, dm = self._open(drawn.place)
        drawn = replace(drawn, place=place)
        sent = self._keep(claim, drawn) if row.mode is Mode.KEEP else self._post(claim, drawn)
        return replace(sent, dm=dm) if isinstance(sent, Done) and dm else sent

    def _draw(self, row: OutboxRow) -> Drawn | Done | Postponed:
        now = self.services.clock()
        with self.services.read() as uow:
            found = resolve(uow, row, workspace=self.services.bot.workspace_id, at=now)
            match found:
                case Nowhere():
                    return Done(Delivery.SKIPPED, found.why)
                case Later():
                    return Postponed(now + PARENT_WAIT)
                case Many():
                    return Done(Delivery.SENT, audiences=found.audiences)
            posted = uow.find(
                PostedCard, card=row.card, subject_id=row.subject_id, audience=row.audience
            )
            if row.mode is Mode.KEEP and posted is not None and posted.shown_seq >= row.seq:
                return Done(Delivery.SKIPPED, "a newer card shows it")
            shown = (posted.channel, posted.ts) if posted else None
            store = uow.store(OutboxStore)
            newest = max(store.newest_seq(row.card, row.subject_id, row.audience), row.seq)
            asked = Asked(row.subject_id, found.reader, now, row.facts)
            message = self.cards[row.card].draw(uow, asked)
            spare = fallback(uow)
        if message is None:
            return Done(Delivery.SKIPPED, "there is nothing to show any more")
        return Drawn(found, message, shown, newest, spare)

    def _open(self, place: Place) -> tuple[Place, tuple[str, str] | None]:
        """The DM's channel, asked of Slack once and then remembered with the identity."""
        if place.channel:
            return place, None
        told = self.client.conversations_open(users=place.user_id)
        channel = str((told.get("channel") or {}).get("id", ""))
        return replace(place, channel=channel), (place.identity_id, channel)

    def _keep(self, claim: Claim, drawn: Drawn) -> Done | Postponed:
        if drawn.posted is None:
            return self._post(claim, drawn)
        channel, ts = drawn.posted
        busy = self.slots.take("chat.update", channel, self.services.clock())
        if busy:
            return Postponed(busy)
        try:
            self._call(
                "chat.update", channel, lambda body: self.client.chat_update(ts=ts, **body), drawn
            )
        except SlackApiError as error:
            failure = classify(error)
            if failure.kind not in {Kind.MESSAGE, Kind.CHANNEL}:
                raise
            return self._post(claim, drawn)
        return Done(Delivery.SENT, posted=(channel, ts), shown_seq=drawn.newest)

    def _post(self, claim: Claim, drawn: Drawn) -> Done | Postponed:
        place = drawn.place
        if claim.doubtful:
            found = self._find(claim.row, place, drawn.spare)
            if found:
                return Done(Delivery.SENT, posted=found, shown_seq=claim.row.seq)
        try:
            return self._post_into(place.channel, place.thread_ts, claim.row, drawn)
        except SlackApiError as error:
            failure = classify(error)
            if failure.kind is not Kind.CHANNEL:
                raise
            if not drawn.spare or drawn.spare == place.channel or place.user_id:
                raise ChannelClosedError(place.channel, failure) from error
            sent = self._post_into(drawn.spare, None, claim.row, drawn)
            if isinstance(sent, Done):
                return replace(sent, trouble=failure, trouble_channel=place.channel)
            return sent

    def _post_into(
        self, channel: str, thread_ts: str | None, row: OutboxRow, drawn: Drawn
    ) -> Done | Postponed:
        busy = self.slots.take(POST, channel, self.services.clock())
        if busy:
            return Postponed(busy)
        extra: dict[str, Any] = {
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"outbox_id": row.id}},
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if thread_ts:
            extra["thread_ts"] = thread_ts
        told = self._call(
            POST, channel, lambda body: self.client.chat_postMessage(**body, **extra), drawn
        )
        posted = (str(told.get("channel") or channel), str(told.get("ts")))
        return Done(Delivery.SENT, posted=posted, shown_seq=drawn.newest)

    def _call(self, method: str, channel: str, call: Any, drawn: Drawn) -> Any:
        """Call, once more without pictures and once more in plain text when Slack does not take
        the blocks (A51)."""
        text, blocks = drawn.message["text"], drawn.message["blocks"]
        bare = [block for block in blocks if block["type"] != CHART]
        plain = [paragraph(cut(text, 2900))]
        for shown in [blocks, bare] if bare != blocks else [blocks]:
            try:
                return call({"channel": channel, "text": text, "blocks": shown})
            except SlackApiError as error:
                failure = classify(error)
                if failure.kind is Kind.LIMITED:
                    wait = timedelta(seconds=failure.wait)
                    self.slots.close(method, channel, self.services.clock() + wait)
                if failure.kind is not Kind.CONTENT:
                    raise
                self.services.log.error("Slack refused the blocks of a card: %s", failure.code)
        return call({"channel": channel, "text": cut(text, 3900), "blocks": plain})

    def _find(self, row: OutboxRow, place: Place, spare: str) -> tuple[str, str] | None:
        """Channel and ts of the message that an earlier try left behind, in its own channel or in
        the fallback. Raises ``UnreadableError`` when nobody can say."""
        searched = [(place.channel, place.thread_ts)]
        if spare and spare != place.channel and not place.user_id:
            searched.append((spare, None))
        for channel, thread_ts in searched:
            ts = self._search(row, channel, thread_ts)
            if ts:
                return channel, ts
        return None

    def _search(self, row: OutboxRow, channel: str, thread_ts: str | None) -> str | None:
        asked: dict[str, Any] = {
            "channel": channel,
            "oldest": f"{(row.created_at - CLOCKS_APART).timestamp():.6f}",
            "limit": PAGE,
            "include_all_metadata": True,
        }
        method: Callable[..., SlackResponse] = self.client.conversations_history
        if thread_ts:
            method = self.client.conversations_replies
            asked["ts"] = thread_ts
        for _ in range(MOST_PAGES):
            try:
                page = method(**asked)
            except SlackApiError as error:
                if classify(error).kind is Kind.CHANNEL:
                    return None  # We can't be in there, so nothing of ours arrived.
                raise unreadable(error) from error
            for message in page.get("messages") or ():
                carried = (message.get("metadata") or {}).get("event_payload") or {}
                if carried.get("outbox_id") == row.id:
                    return str(message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None
            asked["cursor"] = cursor
        raise UnreadableError("the channel's history is too long to search")

    def _home(self, row: OutboxRow) -> Done:
        with self.services.read() as uow:
            found = resolve(
                uow, row, workspace=self.services.bot.workspace_id, at=self.services.clock()
            )
            if not isinstance(found, Place) or found.reader.me is None:
                return Done(Delivery.SKIPPED, "that person is not in this workspace")
            newest = uow.store(OutboxStore).newest_seq(row.card, row.subject_id, row.audience)
            view = build_home(uow, found.reader.me.id, found.reader)
        self.client.views_publish(user_id=found.user_id, view=view)
        return Done(Delivery.SENT, shown_seq=newest)


class UnreadableError(Exception):
    """Nobody can say whether a message arrived."""


def unreadable(error: SlackApiError) -> Exception:
    """What a failed look into the history means: a wait or a broken line stays what it is; a
    refusal means that it can't be read at all."""
    failure = classify(error)
    if failure.kind in {Kind.LIMITED, Kind.LINE, Kind.DOUBTFUL, Kind.TOKEN, Kind.UNREACHABLE}:
        return error
    return UnreadableError(f"the channel's history can't be read: {failure.code}")
