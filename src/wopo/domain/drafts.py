"""What somebody typed into a form that could not be sent, kept for a day (reliability.md, A55)."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from wopo.domain.columns import id_field, json_field, ref, time_field


class FormDraft(SQLModel, table=True):
    """One form of one person. Its id is the screen's own, so that sending the same screen again
    keeps one draft, and one that was sent at last leaves none. ``view`` is the form as it looked,
    filled with what was typed."""

    __tablename__ = "form_draft"

    id: str = id_field()
    person_id: str = ref("person")
    title: str = Field(default="", max_length=80)
    view: dict[str, Any] = json_field()
    at: datetime = time_field()
