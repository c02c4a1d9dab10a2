"""Bare clients of the wire: a Socket Mode connection by hand, and an HTTP app that keeps score."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from slack_sdk import WebClient
from websockets.sync.client import ClientConnection, connect

from slack_sandbox.settings import DEMO_APP_TOKEN

Json = dict[str, Any]


class Socket:
    """One Socket Mode connection; envelopes are acknowledged only on request."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    def next(self, timeout: float = 3.0) -> Json:
        """The next frame."""
        found: Json = json.loads(self._connection.recv(timeout))
        return found

    def ack(self, envelope: Json, payload: Json | None = None) -> None:
        """Acknowledge an envelope."""
        body = {"envelope_id": envelope["envelope_id"]}
        if payload is not None:
            body["payload"] = payload
        self._connection.send(json.dumps(body))


@contextmanager
def open_socket(api_url: str) -> Iterator[Socket]:
    """A connection past its hello."""
    url = WebClient(base_url=api_url).apps_connections_open(app_token=DEMO_APP_TOKEN)["url"]
    with connect(url) as connection:
        socket = Socket(connection)
        assert socket.next()["type"] == "hello"
        yield socket


class Beside:
    """Something a person does, running while the test plays the app."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._result: Any = None
        self._work = work
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        self._result = self._work()

    def result(self) -> Any:
        """What came of it."""
        self._thread.join(10)
        return self._result


class HttpApp:
    """An app that answers every request with what `reply` says and keeps the requests."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.reply: Callable[[int], tuple[int, dict[str, str], bytes]] = lambda _: (200, {}, b"")


@contextmanager
def http_app() -> Iterator[HttpApp]:
    """A listening `HttpApp`."""
    app = HttpApp()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {key.lower(): value for key, value in self.headers.items()}
            app.requests.append((headers, body))
            status, extra, answer = app.reply(len(app.requests))
            self.send_response(status)
            for key, value in {"Content-Length": str(len(answer)), **extra}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing to say."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        app.url = f"http://127.0.0.1:{server.server_port}/in"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield app
        finally:
            server.shutdown()
            thread.join()


def post_json(url: str, body: Json) -> tuple[int, str]:
    """Status and text of a JSON post."""
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
