"""HTTP mode: Slack's requests behind a load balancer.

The signature is checked here, before Bolt sees the request: Bolt answers malformed signatures and
timestamps with 500 and logs whole bodies. Whatever is wrong with a request gets 401 or 400 and
one log line without its body (A6, P23).
"""

import json
import logging
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

from slack_bolt import App, BoltRequest, BoltResponse
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.services import Services
from wopo.domain.errors import DomainError
from wopo.usecases.health import outbox_check

PATH = "/slack/events"
LARGEST_BODY = 1_000_000
LOG_EVERY = timedelta(seconds=10)

_TIMESTAMP = re.compile(r"\d{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)


class Edge:
    """The one endpoint for everything Slack sends, and the health check."""

    def __init__(self, app: App, services: Services) -> None:
        self.app = app
        self.services = services
        self.log = logging.getLogger("wopo.http")
        self._verifier = SignatureVerifier(services.settings.signing_secret.get_secret_value())
        self._last_log = services.clock() - LOG_EVERY
        self._unlogged = 0

    async def slack(self, request: Request) -> Response:
        """Verify, parse, dispatch in a worker thread."""
        try:
            raw = await self._body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if raw is None:
            return self._refuse(400, "body too large")
        body = _text(raw)
        if body is None:
            return self._refuse(400, "malformed body")
        if not self._signed(request, body):
            return self._refuse(401, "bad signature")
        if not well_formed(body, request.headers.get("content-type", "")):
            return self._refuse(400, "malformed body")
        answer = await run_in_threadpool(self._dispatch, request, body)
        if answer is None:
            return self._refuse(400, "body of an unknown shape")
        return _to_starlette(answer)

    async def _body(self, request: Request) -> bytes | None:
        chunks, size = [], 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > LARGEST_BODY:
                return None
            chunks.append(chunk)
        return b"".join(chunks)

    def _signed(self, request: Request, body: str) -> bool:
        timestamp = request.headers.get("x-slack-request-timestamp", "")
        signature = request.headers.get("x-slack-signature", "")
        if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
            return False
        return self._verifier.is_valid(body, timestamp, signature)

    def _dispatch(self, request: Request, body: str) -> BoltResponse | None:
        headers: dict[str, Any] = {k: [v] for k, v in request.headers.items()}
        try:
            return self.app.dispatch(BoltRequest(body=body, headers=headers))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            # Bolt reads payloads without asking; the body stays out of the log.
            self.log.warning("a signed body could not be read: %s", type(error).__name__)
            return None

    def _refuse(self, status: int, why: str) -> Response:
        now = self.services.clock()
        self._unlogged += 1
        if now - self._last_log >= LOG_EVERY:
            self.log.warning(
                "%d requests refused, the last with %d: %s", self._unlogged, status, why
            )
            self._last_log, self._unlogged = now, 0
        return JSONResponse({"error": why}, status_code=status)

    async def health(self, _request: Request) -> Response:
        """Green while the database takes writes and nothing is stuck in the outbox (A19)."""
        problems = await run_in_threadpool(self._problems)
        status = 503 if problems else 200
        return JSONResponse({"ok": not problems, "problems": problems}, status_code=status)

    def _problems(self) -> list[str]:
        try:
            with self.services.transactions.write() as uow:
                uow.next_seq("health")
                uow.flush()
            with self.services.read() as uow:
                outbox = outbox_check(uow, self.services.clock())
        except DomainError as error:
            return [error.message]
        return [] if outbox.ok else [outbox.sentence]


def _text(raw: bytes) -> str | None:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None


def well_formed(body: str, content_type: str) -> bool:
    """Whether a body has one of the shapes that Slack sends: JSON, or a form with a payload or a
    command in it."""
    try:
        if content_type.startswith("application/json"):
            return isinstance(json.loads(body), dict)
        found = parse_qs(body, keep_blank_values=True, max_num_fields=100)
        if "payload" in found:
            payload = json.loads(found["payload"][0])
            return isinstance(payload, dict) and isinstance(payload.get("type"), str)
        return "command" in found or "ssl_check" in found
    except (ValueError, RecursionError):
        return False


def _to_starlette(answer: BoltResponse) -> Response:
    response = Response(content=answer.body, status_code=answer.status)
    for name, value in answer.first_headers_without_set_cookie().items():
        response.headers[name] = value
    return response


def build_asgi(app: App, services: Services) -> Starlette:
    """The ASGI application for uvicorn."""
    edge = Edge(app, services)
    return Starlette(
        routes=[
            Route(PATH, edge.slack, methods=["POST"]),
            Route("/healthz", edge.health, methods=["GET"]),
        ]
    )
