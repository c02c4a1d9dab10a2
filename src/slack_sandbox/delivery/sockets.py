"""Socket Mode: tickets, connections, envelopes and their acknowledgements."""

import asyncio
import json
import random
import secrets
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from slack_sandbox.delivery.answers import Answer, NoAnswerError
from slack_sandbox.settings import Settings

Json = dict[str, Any]
HOST = "applink-sandbox"
TICKET_LIFE = 60.0
DEBUG_LIFE = 360.0


@dataclass(eq=False)
class Connection:
    """One open socket of an app."""

    socket: WebSocket
    app_id: str
    waiting: dict[str, asyncio.Future[Json | None]] = field(default_factory=dict)
    asked_to_go: bool = False

    async def send(self, body: Json) -> None:
        """Send one JSON text frame."""
        await self.socket.send_text(json.dumps(body))

    async def close(self, code: int = 1000) -> None:
        """Close the socket if it is still open; whoever waits for an ack is told."""
        if self.socket.application_state is WebSocketState.CONNECTED:
            try:
                await self.socket.close(code)
            except (RuntimeError, WebSocketDisconnect):
                self.asked_to_go = True
        self.give_up()

    def give_up(self) -> None:
        """No ack will come on this socket any more."""
        for future in self.waiting.values():
            if not future.done():
                future.set_exception(NoAnswerError("connection_failed"))
        self.waiting.clear()


class Sockets:
    """All Socket Mode connections of all apps."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._tickets: dict[str, tuple[str, float]] = {}
        self._open: dict[str, list[Connection]] = {}
        self._choice = random.Random(settings.random_seed)  # noqa: S311 - load spreading
        self._started = time.strftime("%Y-%m-%d %H:%M:%S.000", time.gmtime())

    def ticket(self, app_id: str) -> str:
        """A single-use ticket for the next connection of an app."""
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = (app_id, time.monotonic() + TICKET_LIFE)
        return ticket

    def count(self, app_id: str) -> int:
        """How many sockets an app has open."""
        return len(self._open.get(app_id, []))

    async def serve(self, socket: WebSocket) -> None:
        """The life of one connection: ticket, hello, acknowledgements, end."""
        app_id, expires = self._tickets.pop(socket.query_params.get("ticket", ""), ("", 0.0))
        if not app_id or time.monotonic() > expires:
            await socket.close(4403)
            return
        await socket.accept()
        connection = Connection(socket, app_id)
        siblings = self._open.setdefault(app_id, [])
        if len(siblings) >= self._settings.max_sockets:
            await connection.send(self._disconnect("too_many_websockets"))
            await connection.close()
            return
        siblings.append(connection)
        debug = socket.query_params.get("debug_reconnects") == "true"
        life = DEBUG_LIFE if debug else self._settings.connection_life
        refresh = asyncio.create_task(self._refresh(connection, life))
        try:
            await connection.send(self._hello(app_id, len(siblings), life))
            await self._listen(connection)
        except WebSocketDisconnect:
            pass
        finally:
            refresh.cancel()
            siblings.remove(connection)
            connection.give_up()

    async def _listen(self, connection: Connection) -> None:
        while True:
            text = await connection.socket.receive_text()
            try:
                body = json.loads(text)
            except json.JSONDecodeError:
                continue
            if not isinstance(body, dict):
                continue
            future = connection.waiting.pop(str(body.get("envelope_id")), None)
            if future is not None and not future.done():
                payload = body.get("payload")
                future.set_result(payload if isinstance(payload, dict) and payload else None)

    async def _refresh(self, connection: Connection, life: float) -> None:
        await asyncio.sleep(max(life - self._settings.warning_time, 0))
        connection.asked_to_go = True
        await connection.send(self._disconnect("warning"))
        await asyncio.sleep(min(self._settings.warning_time, life))
        await connection.send(self._disconnect("refresh_requested"))
        await connection.close()

    def _hello(self, app_id: str, number: int, life: float) -> Json:
        return {
            "type": "hello",
            "num_connections": number,
            "debug_info": {
                "host": HOST,
                "started": self._started,
                "build_number": 54,
                "approximate_connection_time": int(life),
            },
            "connection_info": {"app_id": app_id},
        }

    @staticmethod
    def _disconnect(reason: str) -> Json:
        return {"type": "disconnect", "reason": reason, "debug_info": {"host": HOST}}

    async def request(
        self, app_id: str, kind: str, payload: Json, *, drop: bool = False, **extra: Any
    ) -> Answer:
        """Send one envelope over any open socket and wait for its acknowledgement.

        `drop` closes the socket right after the envelope left. Raises NoAnswerError.
        """
        ready = [c for c in self._open.get(app_id, []) if not c.asked_to_go]
        candidates = ready or self._open.get(app_id, [])
        if not candidates:
            raise NoAnswerError("connection_failed")
        connection = self._choice.choice(candidates)
        envelope_id = str(uuid.uuid4())
        future: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope_id] = future
        envelope = {"envelope_id": envelope_id, "payload": payload, "type": kind, **extra}
        try:
            await connection.send(envelope)
            if drop:
                await connection.close(1001)
            return Answer(await asyncio.wait_for(future, self._settings.ack_timeout))
        except TimeoutError as error:
            raise NoAnswerError("timeout") from error
        except (RuntimeError, WebSocketDisconnect) as error:
            raise NoAnswerError("connection_failed") from error
        finally:
            connection.waiting.pop(envelope_id, None)
            if future.done() and not future.cancelled():
                future.exception()

    async def disconnect(self, reason: str, app_id: str | None = None) -> int:
        """Ask sockets to go (``warning`` only tells; others close). Returns how many."""
        targets = [c for name, group in self._open.items() if app_id in {None, name} for c in group]
        for connection in targets:
            connection.asked_to_go = True
            await connection.send(self._disconnect(reason))
            if reason != "warning":
                await connection.close()
        return len(targets)

    async def drop_all(self) -> None:
        """Close every socket without a word."""
        for group in list(self._open.values()):
            for connection in list(group):
                await connection.close(1001)
