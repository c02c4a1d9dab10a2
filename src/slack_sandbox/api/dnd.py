"""dnd.*: when somebody's Do Not Disturb runs, as others are told of it."""

from slack_sandbox.api.core import Call, method
from slack_sandbox.errors import SlackError
from slack_sandbox.store import Json

MOST_USERS = 50
"""How many people Slack tells of in one call."""


@method("dnd.info", "dnd:read")
def info(call: Call) -> Json:
    """One person's."""
    user = call.ws.people.get(call.text("user") or call.app.bot_user_id)
    return call.ws.people.dnd_status(user["id"])


@method("dnd.teamInfo", "dnd:read")
def team_info(call: Call) -> Json:
    """Several people's at once, by their ids."""
    wanted = [id for id in call.text("users").split(",") if id]
    if not wanted:
        raise SlackError("no_users_provided")
    if len(wanted) > MOST_USERS:
        raise SlackError("invalid_arguments")
    if any(call.ws.people.find(id) is None for id in wanted):
        raise SlackError("user_not_visible")
    return {"users": {id: call.ws.people.dnd_status(id) for id in wanted}}
