"""Files of Slack's: how one is shown in a form, how its contents are fetched, and where they are
kept.

A file's address comes with the message, so the token goes only to Slack itself, and no redirect is
followed with it.
"""

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from bot.blocks import Block, context, safe
from bot.services import CALL_TIMEOUT
from wopo.config import Settings
from wopo.domain.errors import Refusal
from wopo.usecases.attachments import MAX_BYTES

PICTURES = {"image/png", "image/jpeg", "image/gif"}
"""What Slack shows in a block."""
BLOCK = 65_536
TOO_LARGE = Refusal(
    "bot.file_too_large",
    "{file} has more than {limit} MB, so it was not read. Nothing was changed; "
    "ask the sender for a smaller file.",
)
NOT_SLACKS = Refusal(
    "bot.file_not_slacks",
    "{file} does not lie in Slack itself, so it was not read. Nothing was changed; "
    "upload the file to Slack.",
)
NOT_HANDED_OUT = Refusal(
    "bot.file_not_handed_out",
    "Slack did not hand out {file} ({why}). Nothing was changed; drop it once more, or have an "
    "administrator run wopo doctor.",
)


def file_block(name: str, mimetype: str, slack_file_id: str | None) -> Block:
    """A picture as a picture, anything else by its name."""
    if slack_file_id and mimetype in PICTURES:
        return {
            "type": "image",
            "slack_file": {"id": slack_file_id},
            "alt_text": safe(name)[:2000] or "photo",
        }
    return context(f"📎 {safe(name)}")


@dataclass(frozen=True)
class Contents:
    """A file's bytes, their SHA-256 and where they are kept under the file's own name."""

    raw: bytes
    sha256: str
    path: Path


def fetch(settings: Settings, file: dict[str, Any]) -> Contents:
    """The contents of a file object of Slack's, at most ``MAX_BYTES``, kept below ``files_dir``.

    Raises ``TOO_LARGE``, ``NOT_SLACKS`` or ``NOT_HANDED_OUT``; a line that breaks or a Slack that
    is down raises what urllib raises, for another try.
    """
    name = str(file.get("name") or file.get("title") or "file")
    too_large = TOO_LARGE(file=name, limit=MAX_BYTES // 1_000_000)
    if int(file.get("size") or 0) > MAX_BYTES:
        raise too_large
    url = str(file.get("url_private_download") or file.get("url_private") or "")
    external = file.get("is_external") or file.get("mode") in {"external", "tombstone"}
    if external or not _is_slacks(url, settings.api_url):
        raise NOT_SLACKS(file=name)
    token = settings.bot_token.get_secret_value()
    request = Request(url, headers={"Authorization": f"Bearer {token}"})  # noqa: S310 (checked)
    raw = bytearray()
    try:
        with build_opener(_NoRedirect).open(request, timeout=CALL_TIMEOUT) as response:
            _check_answer(response, name, str(file.get("mimetype") or ""))
            while block := response.read(BLOCK):
                raw += block
                if len(raw) > MAX_BYTES:
                    raise too_large
    except HTTPError as error:
        if error.code == 429 or error.code >= 500:
            raise
        raise NOT_HANDED_OUT(file=name, why=f"HTTP {error.code}") from error
    return _kept(bytes(raw), name, settings.files_dir)


class _NoRedirect(HTTPRedirectHandler):
    """The token would go along to wherever a redirect points."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


def _is_slacks(url: str, api_url: str) -> bool:
    """Whether an address is Slack's own, or that of the stand-in that we are told to talk to."""
    asked, api = urlsplit(url), urlsplit(api_url)
    if (asked.scheme, asked.netloc) == (api.scheme, api.netloc):
        return True
    host = asked.hostname or ""
    return asked.scheme == "https" and (host == "slack.com" or host.endswith(".slack.com"))


def _check_answer(response: HTTPResponse, name: str, mimetype: str) -> None:
    """Without the right to read files, Slack answers with its sign-in page and status 200."""
    if int(response.headers.get("Content-Length") or 0) > MAX_BYTES:
        raise TOO_LARGE(file=name, limit=MAX_BYTES // 1_000_000)
    if response.headers.get_content_type() == "text/html" and mimetype != "text/html":
        raise NOT_HANDED_OUT(file=name, why="it sent a page to sign in; is files:read granted?")


def _kept(raw: bytes, name: str, folder: Path) -> Contents:
    """Write the contents once, under their hash and the file's own name."""
    digest = hashlib.sha256(raw).hexdigest()
    safe_name = re.sub(r"[^\w.() -]", "_", name).lstrip(".")[-100:] or "file"
    path = folder / "incoming" / digest[:2] / digest / safe_name
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as stream:
            stream.write(raw)
        os.replace(stream.name, path)  # noqa: PTH105 (atomic)
    return Contents(raw, digest, path)
