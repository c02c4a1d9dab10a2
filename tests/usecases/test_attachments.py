"""Photos and files: kept once, checked, going along."""

import pytest

from tests.factories.jobs import audit, free_job, rows
from wopo.domain.attachments import Attachment
from wopo.domain.errors import DomainError
from wopo.domain.outbox import OutboxRow
from wopo.usecases.attachments import AddAttachments, FileFacts

PHOTO = FileFacts(name="a.jpg", mimetype="image/jpeg", size=10, slack_file_id="F1")


def to_job(job: str, *files: FileFacts, document: str = "work_order") -> AddAttachments:
    return AddAttachments(document=document, document_id=job, files=files)


def test_the_same_slack_file_or_contents_hangs_once(firm, do, transactions):
    job = free_job(do, firm)
    pdf = FileFacts(name="m.pdf", mimetype="application/pdf", sha256="ab" * 32)
    answer = do(to_job(job, PHOTO, PHOTO, pdf), by=firm.tess)
    assert len(answer.facts["added"]) == 2
    count = len(audit(transactions))
    same = PHOTO.model_copy(update={"name": "renamed.jpg"})
    again = do(to_job(job, same, pdf.model_copy(update={"slack_file_id": "F9"})), by=firm.tom)
    assert again.facts["added"] == []
    assert len(audit(transactions)) == count
    assert {a.name for a in rows(transactions, Attachment)} == {"a.jpg", "m.pdf"}


def test_the_same_file_may_hang_on_two_documents(firm, do, transactions):
    for job in (free_job(do, firm), free_job(do, firm)):
        do(to_job(job, PHOTO), by=firm.tess)
    assert len(rows(transactions, Attachment, slack_file_id="F1")) == 2


def test_the_card_of_the_job_is_refreshed(firm, do, transactions):
    job = free_job(do, firm)
    do(to_job(job, PHOTO), by=firm.tess)
    last = rows(transactions, OutboxRow, order="-seq", limit=1)[0]
    assert (last.card, last.subject_id, last.audience) == ("work_order", job, f"site:{firm.north}")


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ({"size": 10_000_001}, "too large (10.0 MB)"),
        ({"size": 500_000_000}, "too large (500.0 MB)"),
        ({"mimetype": "image/svg+xml"}, "a kind that is not taken (image/svg+xml)"),
        ({"mimetype": "application/x-msdownload"}, "a kind that is not taken"),
    ],
)
def test_what_is_not_taken_is_refused_and_nothing_is_kept(firm, do, transactions, file, said):
    job = free_job(do, firm)
    bad = PHOTO.model_copy(update={"slack_file_id": "F2", **file})
    with pytest.raises(DomainError) as refused:
        do(to_job(job, PHOTO, bad), by=firm.tess)
    assert (refused.value.code, refused.value.field) == ("invalid", "files")
    assert said in refused.value.message
    assert "up to 10 MB are taken" in refused.value.message
    assert rows(transactions, Attachment) == []


@pytest.mark.parametrize(
    ("document", "id"), [("work_order", "nothing"), ("spaceship", "x"), ("invoice", "x")]
)
def test_a_file_hangs_on_something_that_exists(firm, do, document, id):
    with pytest.raises(DomainError) as refused:
        do(to_job(id, PHOTO, document=document), by=firm.tess)
    assert refused.value.code == "not_found"


def test_an_auditor_adds_nothing(firm, do):
    with pytest.raises(DomainError) as refused:
        do(to_job(free_job(do, firm), PHOTO), by=firm.aud)
    assert refused.value.code == "not_allowed"
