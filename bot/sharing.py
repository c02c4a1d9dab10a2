"""Files for a person, in their own messages with the bot."""

from collections.abc import Mapping

from bot.services import Services
from wopo.domain.people import SlackIdentity


def direct_channel(services: Services, person_id: str) -> str:
    """The channel of a person's messages with us, opened where it is not known yet; empty when they
    are not in this workspace. Raises what slack_sdk raises."""
    with services.read() as uow:
        identity = uow.find(
            SlackIdentity,
            person_id=person_id,
            workspace_id=services.bot.workspace_id,
            deactivated=False,
        )
    if identity is None:
        return ""
    if identity.dm_channel:
        return identity.dm_channel
    told = services.patient.conversations_open(users=identity.user_id)
    return str((told.get("channel") or {}).get("id", ""))


def upload(services: Services, channel: str, files: Mapping[str, bytes], comment: str) -> None:
    """Put files by their names into a channel, under one message. Raises what slack_sdk raises."""
    services.patient.files_upload_v2(
        channel=channel,
        initial_comment=comment,
        file_uploads=[
            {"filename": name, "title": name, "content": raw} for name, raw in files.items()
        ],
    )
