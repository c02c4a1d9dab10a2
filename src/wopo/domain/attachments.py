"""Photos and files hung on a document."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from wopo.domain.columns import id_field, ref, time_field
from wopo.domain.events import Event, event


class Attachment(SQLModel, table=True):
    """A photo or file, by its Slack file or by its path in the installation's file store."""

    __tablename__ = "attachment"

    id: str = id_field()
    subject: str = Field(max_length=40)
    subject_id: str = Field(max_length=40, index=True)
    name: str = Field(max_length=255)
    mimetype: str = Field(default="", max_length=100)
    size: int = 0
    slack_file_id: str | None = Field(default=None, max_length=40, index=True)
    url: str | None = Field(default=None, max_length=1000)
    sha256: str | None = Field(default=None, max_length=64, index=True)
    added_by_id: str | None = ref("person", null=True)
    at: datetime = time_field()


@event("attachment:added")
class AttachmentAdded(Event):
    """A photo or file was hung on a document; ``subject_id`` is the attachment's id."""

    document: str
    document_id: str
    file: str
    added_by_id: str | None
