"""A small real HTTP server that answers as Slack's Web API does, and remembers every call.

It checks every message and view against Block Kit's limits, keeps messages so that histories can
be read, and can be told to fail the next calls of a method.
"""

import json
import os
import signal
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from slack_sandbox.blockkit import validate_message, validate_view

TEAM = "T0WOPO"
BOT_USER = "U0BOT"
Json = dict[str, Any]


@dataclass
class Trouble:
    """What happens to a call instead of an answer: an error of Slack's, a status, or a dropped
    line. ``after``: only when the call has taken effect. ``kill``: the caller, which named its
    process in ``X-Pid``, is killed before it reads an answer."""

    error: str = ""
    status: int = 200
    retry_after: int | None = None
    drop: bool = False
    kill: bool = False
    after: bool = False
    channel: str | None = None


@dataclass
class RecordingSlack:
    """The server's memory: ``calls`` are (method, arguments) in order, ``messages`` by channel."""

    calls: list[tuple[str, Json]] = field(default_factory=list)
    messages: dict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))
    posted_hooks: list[Json] = field(default_factory=list)
    troubles: dict[str, deque[Trouble]] = field(default_factory=lambda: defaultdict(deque))
    users: dict[str, Json] = field(default_factory=dict)
    pauses: dict[str, Json] = field(default_factory=dict)
    """Do Not Disturb by user id, as Slack tells others of it."""
    files: dict[str, bytes] = field(default_factory=dict)
    """Private files by id, handed out to whoever brings the bot's token."""
    uploads: dict[str, bytes] = field(default_factory=dict)
    """What was uploaded, by the new file's id."""
    refused: list[tuple[str, list[str]]] = field(default_factory=list)
    url: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ts: int = 0

    def of(self, method: str) -> list[Json]:
        """The arguments of every call of a method."""
        return [arguments for name, arguments in self.calls if name == method]

    def trouble(self, method: str, *troubles: Trouble) -> None:
        """Let the next calls of a method fail."""
        self.troubles[method].extend(troubles)

    def view(self) -> Json:
        """The view that was opened, pushed, updated or published last."""
        shown = [a["view"] for name, a in self.calls if name.startswith("views.")]
        found: Json = shown[-1]
        return found

    def next_ts(self) -> str:
        """Message ids in order."""
        self._ts += 1
        return f"{1_700_000_000 + self._ts}.000100"

    def take_trouble(self, method: str, arguments: Json) -> Trouble | None:
        """The trouble that waits for this call."""
        waiting = self.troubles[method]
        if waiting and waiting[0].channel in (None, arguments.get("channel")):
            return waiting.popleft()
        return None

    def answer(self, method: str, arguments: Json) -> Json:
        """What Slack says to a call that works."""
        with self._lock:
            handler: Callable[[Json], Json] = getattr(
                self, "do_" + method.replace(".", "_"), lambda _a: {}
            )
            problems = _problems(method, arguments)
            if problems:
                self.refused.append((method, problems))
                return {"ok": False, "error": "invalid_blocks", "errors": problems}
            return {"ok": True, **handler(arguments)}

    def do_auth_test(self, _arguments: Json) -> Json:
        return {"team_id": TEAM, "user_id": BOT_USER, "bot_id": "B0BOT", "team": "Test", "url": "x"}

    def do_chat_postMessage(self, arguments: Json) -> Json:  # noqa: N802
        message = {**arguments, "ts": self.next_ts()}
        self.messages[arguments["channel"]].append(message)
        return {"channel": arguments["channel"], "ts": message["ts"], "message": message}

    def do_chat_update(self, arguments: Json) -> Json:
        for message in self.messages[arguments["channel"]]:
            if message["ts"] == arguments["ts"]:
                message.update(arguments)
                return {"channel": arguments["channel"], "ts": arguments["ts"]}
        return {"ok": False, "error": "message_not_found"}

    def do_conversations_open(self, arguments: Json) -> Json:
        return {"channel": {"id": "D" + arguments["users"]}}

    def do_conversations_history(self, arguments: Json) -> Json:
        found = [m for m in self.messages[arguments["channel"]] if not m.get("thread_ts")]
        return {"messages": list(reversed(found))}

    def do_conversations_replies(self, arguments: Json) -> Json:
        thread = [
            message
            for message in self.messages[arguments["channel"]]
            if arguments["ts"] in (message["ts"], message.get("thread_ts"))
        ]
        return {"messages": thread}

    def do_conversations_info(self, arguments: Json) -> Json:
        return {"channel": {"id": arguments["channel"], "name": "somewhere", "is_member": True}}

    def do_files_getUploadURLExternal(self, _arguments: Json) -> Json:  # noqa: N802
        file_id = f"FUP{len(self.uploads) + 1}"
        self.uploads[file_id] = b""
        return {"upload_url": f"{self.url}/upload/{file_id}", "file_id": file_id}

    def do_files_completeUploadExternal(self, arguments: Json) -> Json:  # noqa: N802
        return {"files": json.loads(arguments["files"])}

    def do_files_info(self, arguments: Json) -> Json:
        where = f"{self.url}/files/{arguments['file']}"
        return {"file": {"id": arguments["file"], "name": "shared.xml", "url_private": where}}

    def do_users_info(self, arguments: Json) -> Json:
        user = self.users.get(arguments["user"])
        return {"user": user} if user else {"ok": False, "error": "user_not_found"}

    def do_dnd_teamInfo(self, arguments: Json) -> Json:  # noqa: N802
        wanted = arguments["users"].split(",")
        if any(id not in self.pauses for id in wanted):
            return {"ok": False, "error": "user_not_visible"}
        return {"users": {id: self.pauses[id] for id in wanted}}


def _problems(method: str, arguments: Json) -> list[str]:
    found: list[Any] = []
    if method in {"chat.postMessage", "chat.update"}:
        found = list(validate_message(arguments))
    if "view" in arguments:
        found = list(validate_view(arguments["view"]))
    return [str(problem) for problem in found]


class _Handler(BaseHTTPRequestHandler):
    slack: RecordingSlack

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path.startswith("/hook/"):
            said = json.loads(raw)
            problems = [str(problem) for problem in validate_message(said)]
            self.slack.posted_hooks.append({**said, "problems": problems})
            self._send(400 if problems else 200, b"ok")
            return
        if self.path.startswith("/upload/"):
            self.slack.uploads[self.path.removeprefix("/upload/")] = raw
            self._send(200, f"OK - {len(raw)}".encode())
            return
        method = self.path.removeprefix("/api/")
        arguments = _arguments(raw, self.headers.get("content-type", ""))
        self.slack.calls.append((method, arguments))
        trouble = self.slack.take_trouble(method, arguments)
        if trouble is not None and not trouble.after:
            self._fail(trouble)
            return
        answer = self.slack.answer(method, arguments)
        if trouble is not None:
            self._fail(trouble)
            return
        self._send(200, json.dumps(answer).encode())

    def do_GET(self) -> None:
        """A private file; without the token, Slack's page to sign in, with status 200."""
        name = self.path.removeprefix("/files/")
        trouble = self.slack.take_trouble("file", {})
        if trouble is not None:
            self._fail(trouble)
        elif self.headers.get("Authorization") != "Bearer xoxb-test":
            self._send(200, b"<html>Sign in</html>", {"Content-Type": "text/html"})
        else:
            found = self.slack.files[name]
            self._send(200, found, {"Content-Type": "application/octet-stream"})

    def _fail(self, trouble: Trouble) -> None:
        if trouble.kill:
            os.kill(int(self.headers["x-pid"]), signal.SIGKILL)
        if trouble.drop or trouble.kill:
            self.close_connection = True
            return
        extra = {} if trouble.retry_after is None else {"Retry-After": str(trouble.retry_after)}
        body = {"ok": False, "error": trouble.error or "ratelimited"}
        self._send(trouble.status, json.dumps(body).encode(), extra)

    def _send(self, status: int, body: bytes, extra: dict[str, str] | None = None) -> None:
        self.send_response(status)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        for name, value in {**headers, **(extra or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


def _arguments(raw: bytes, content_type: str) -> Json:
    if content_type.startswith("application/json"):
        found: Json = json.loads(raw or b"{}")
        return found
    return {name: values[0] for name, values in parse_qs(raw.decode()).items()}


@contextmanager
def recording_slack() -> Iterator[RecordingSlack]:
    """A server on a free port of this machine, stopped afterwards."""
    slack = RecordingSlack()
    handler = type("Handler", (_Handler,), {"slack": slack})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    slack.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield slack
    server.shutdown()
    server.server_close()
    thread.join()
