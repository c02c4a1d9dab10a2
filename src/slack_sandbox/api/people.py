"""users.*: who somebody is."""

from slack_sandbox.api.core import Call, method
from slack_sandbox.store import Json


def _seen(call: Call, user: Json) -> Json:
    """Without ``users:read.email`` the address is not shown."""
    if "users:read.email" in call.app.scopes:
        return user
    profile = {key: value for key, value in user["profile"].items() if key != "email"}
    return {**user, "profile": profile}


@method("users.info", "users:read")
def info(call: Call) -> Json:
    """One person."""
    return {"user": _seen(call, call.ws.people.get(call.need("user", "user_not_found")))}


@method("users.list", "users:read")
def list_(call: Call) -> Json:
    """Everybody, deactivated people and bots too."""
    found = [_seen(call, user) for user in call.ws.people.all()]
    page, cursor = call.page(found, call.limit())
    return {
        "members": page,
        "cache_ts": int(call.ws.stamps.next().split(".")[0]),
        "response_metadata": {"next_cursor": cursor},
    }


@method("users.lookupByEmail", "users:read.email")
def by_email(call: Call) -> Json:
    """The active person with an address."""
    return {"user": call.ws.people.by_email(call.need("email", "users_not_found"))}


@method("users.getPresence", "users:read")
def presence(call: Call) -> Json:
    """Everybody with an account is there."""
    user = call.ws.people.get(call.text("user") or call.app.bot_user_id)
    return {"presence": "away" if user["deleted"] else "active"}


@method("users.profile.get", "users.profile:read", "users:read")
def profile(call: Call) -> Json:
    """The profile part of a person."""
    user = call.ws.people.get(call.text("user") or call.app.bot_user_id)
    return {"profile": _seen(call, user)["profile"]}
