"""What people wrote in Slack, as they see it: names instead of ids, plain signs."""

import re
from html import unescape

from wopo.domain.people import Person, SlackIdentity
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.names import refs

_MARK = re.compile(r"<(?P<what>[^<>|]+)(?:\|(?P<label>[^<>]*))?>")


def as_words(text: str, uow: UnitOfWork, workspace_id: str) -> str:
    """A message's text without Slack's marks (slack-platform, 1.4): people by their names, links
    by what they are called, with their address. Two queries where people are named."""
    users = {m["what"][1:] for m in _MARK.finditer(text) if m["what"][:2] in ("@U", "@W")}
    names: dict[str, str] = {}
    if users:
        known = uow.all(SlackIdentity, workspace_id=workspace_id, user_id=sorted(users))
        people = refs(uow, Person, [row.person_id for row in known])
        names = {
            row.user_id: people[row.person_id].name for row in known if row.person_id in people
        }

    def plain(mark: re.Match[str]) -> str:
        what, label = mark["what"], mark["label"] or ""
        if what.startswith("@"):
            return f"@{names.get(what[1:]) or label or 'somebody'}"
        if what.startswith("#"):
            return f"#{label or what[1:]}"
        if what.startswith("!"):
            return label or f"@{what[1:].partition('^')[0]}"
        address = what.removeprefix("mailto:")
        return f"{label} ({what})" if label and label not in what else label or address

    return unescape(_MARK.sub(plain, text))
