"""HTTP delivery: signed requests to the app's own URLs."""

import asyncio
import hashlib
import hmac
import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from slack_sandbox.delivery.answers import Answer, NoAnswerError

Json = dict[str, Any]
_MAX_REDIRECTS = 2


@dataclass
class Reply:
    """Status, headers (lower case) and body of one HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's v0 signature of a request body."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def form(fields: Json) -> tuple[bytes, str]:
    """A urlencoded body and its content type."""
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


class Webhooks:
    """Sends requests from a thread pool, so that a slow app holds nobody else up."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._pool = ThreadPoolExecutor(max_workers=32, thread_name_prefix="webhook")

    def close(self) -> None:
        """Let the threads end."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def request(
        self,
        url: str,
        secret: str,
        body: bytes,
        content_type: str,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """POST one signed body. Raises NoAnswerError unless the answer is 200 in time."""
        loop = asyncio.get_running_loop()
        stamp = str(int(time.time()))
        all_headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature(secret, stamp, body),
            **(headers or {}),
        }
        work = loop.run_in_executor(self._pool, self._post, url, body, all_headers)
        try:
            reply = await asyncio.wait_for(work, self._timeout)
        except TimeoutError as error:
            raise NoAnswerError("http_timeout") from error
        if reply.status != 200:
            final = reply.headers.get("x-slack-no-retry") == "1"
            redirected = 300 <= reply.status < 400
            reason = "too_many_redirects" if redirected else "http_error"
            raise NoAnswerError(reason, final=final)
        return Answer(_body(reply))

    def _post(self, url: str, body: bytes, headers: dict[str, str]) -> Reply:
        for _ in range(_MAX_REDIRECTS + 1):
            reply = self._once(url, body, headers)
            if reply.status not in {301, 302, 307, 308} or "location" not in reply.headers:
                break
            url = reply.headers["location"]
        return reply

    def _once(self, url: str, body: bytes, headers: dict[str, str]) -> Reply:
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(parts.netloc, timeout=self._timeout)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, found, answer.read())
        except TimeoutError as error:
            raise NoAnswerError("http_timeout") from error
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswerError("connection_failed") from error
        finally:
            connection.close()


def _body(reply: Reply) -> Json | None:
    text = reply.body.decode("utf-8", "replace")
    if not text.strip():
        return None
    if reply.headers.get("content-type", "").startswith("application/json"):
        try:
            parsed = json.loads(text)
        except json.JSONDecodeError:
            return {"text": text}
        return parsed if isinstance(parsed, dict) else None
    return {"text": text}
