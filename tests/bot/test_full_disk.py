"""A disk without room: the person reads it at their form, nothing is half there, and the same form
goes through when there is room again (A19)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, text

from bot.ids import SlashCommand
from tests.factories.jobs import Company, rows
from tests.payloads import Payloads
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.audit import AuditEntry
from wopo.domain.work_requests import WorkRequest
from wopo.usecases.audit import verify

Send = Callable[[dict[str, Any]], dict[str, Any]]
ROOM = 1_000_000


@pytest.fixture
def pages(engine: Engine) -> Callable[[int], None]:
    """Let the database grow by so many pages and no further, as a full disk would."""

    def limit(more: int) -> None:
        with engine.connect() as connection:
            held = connection.scalar(text("PRAGMA page_count"))
            connection.execute(text(f"PRAGMA max_page_count={held + more}"))

    return limit


def test_a_form_on_a_full_disk_says_so_and_passes_when_there_is_room(
    company: Company,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
    pages: Callable[[int], None],
) -> None:
    send(payloads.command(SlashCommand.WO, "", user="U-tess"))
    form = slack.view()
    given = {"title": "Leak", "location_id": company.harbour, "explanation": "x" * 2_900}
    before = rows(transactions, AuditEntry)

    pages(0)
    answer = send(payloads.submit(form, given, user="U-tess"))
    assert "The database can't be written right now, so nothing was changed" in str(answer)
    assert rows(transactions, WorkRequest) == []
    assert rows(transactions, AuditEntry) == before

    pages(ROOM)
    send(payloads.submit(form, given, user="U-tess"))
    assert len(rows(transactions, WorkRequest)) == 1
    with transactions.read() as uow:
        assert list(verify(uow)) == []
