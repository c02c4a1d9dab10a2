"""A client of the desk and the admin routes for programs in other processes; plain stdlib."""

import base64
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote

from slack_sandbox.places import DeskError

T = TypeVar("T")
POLL = 0.02


class Driver:
    """Acts for people over HTTP: ``driver.desk("slash_command", user_id=..., ...)``."""

    def __init__(self, base_url: str, timeout: float = 30.0) -> None:
        self.base_url = base_url.rstrip("/")
        self._timeout = timeout

    def desk(self, what: str, **arguments: Any) -> Any:
        """One method of `Desk` by name; files as ``(name, mimetype, bytes)``. Raises DeskError."""
        if arguments.get("files"):
            arguments["files"] = _wrapped(arguments["files"])
        return self.call("POST", f"/sandbox/desk/{what}", arguments)

    def call(self, verb: str, path: str, body: Any = None) -> Any:
        """Any admin route: its JSON answer. Raises DeskError with the sentence of a refusal."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 - the sandbox's own address
            self.base_url + path,
            data=data,
            method=verb,
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as answer:  # noqa: S310
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                text = error.read().decode("utf-8", "replace")
            raise DeskError(_sentence(text)) from error

    def fault(self, kind: str, **fields: Any) -> Any:
        """Ask for trouble (see `faults.Fault`)."""
        return self.call("POST", "/sandbox/faults", {"kind": kind, **fields})

    def requests(self, method: str = "") -> list[dict[str, Any]]:
        """The log of API calls, of one method if named."""
        query = f"?method={quote(method)}" if method else ""
        found: list[dict[str, Any]] = self.call("GET", f"/sandbox/requests{query}")
        return found

    def sockets(self) -> int:
        """Open Socket Mode connections of all apps."""
        return sum(self.call("GET", "/sandbox/health")["sockets"].values())


def _sentence(text: str) -> str:
    try:
        return str(json.loads(text).get("error", text))
    except (ValueError, AttributeError):
        return text


def _wrapped(files: Any) -> Any:
    if isinstance(files, dict):
        return {key: _wrapped(group) for key, group in files.items()}
    return [
        {"name": name, "mimetype": kind, "base64": base64.b64encode(content).decode()}
        for name, kind, content in files
    ]


def wait_until(question: Callable[[], T], timeout: float = 20.0) -> T:
    """Ask until the answer is true, and return it. Raises TimeoutError."""
    end = time.monotonic() + timeout
    while not (answer := question()):
        if time.monotonic() > end:
            raise TimeoutError("what was waited for did not happen")
        time.sleep(POLL)
    return answer
