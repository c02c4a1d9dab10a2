"""Who is admitted, and the code that is never kept."""

from datetime import UTC, datetime

import pytest

from wopo.domain.errors import DomainError
from wopo.domain.identities import SlackUser, admitted, claim_fits, claim_hash
from wopo.domain.people import Person, SlackIdentity

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def call(user=None, identity=None, person=None, workspace="T1", *, linked=True) -> Person:
    return admitted(
        SlackUser(**{"workspace_id": "T1", "user_id": "U1", **(user or {})}),
        workspace_id=workspace,
        identity=SlackIdentity(
            id="i",
            workspace_id="T1",
            user_id="U1",
            person_id="p",
            **(identity or {}),
        )
        if linked
        else None,
        person=Person(id="p", code="p", name="P", created_at=AT, **(person or {})),
    )


def test_a_linked_active_member_is_the_person():
    assert call().id == "p"
    assert call(workspace=None).id == "p"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"user": {"workspace_id": "T2"}}, "identity.foreign_workspace"),
        ({"user": {"workspace_id": "T2", "guest": True}}, "identity.foreign_workspace"),
        ({"user": {"deactivated": True}}, "identity.deactivated"),
        ({"user": {"guest": True}}, "identity.guest"),
        ({"user": {"bot": True}}, "identity.bot"),
        ({"identity": {"guest": True}}, "identity.guest"),
        ({"identity": {"deactivated": True}}, "identity.deactivated"),
        ({"person": {"active": False}}, "identity.deactivated"),
        ({"linked": False}, "identity.unknown"),
    ],
)
def test_everybody_else_is_refused_with_a_logged_sentence_of_their_own(facts, code):
    with pytest.raises(DomainError) as refused:
        call(**facts)
    assert refused.value.code == code
    assert refused.value.logged
    assert "nothing was changed" in refused.value.message


@pytest.mark.parametrize(
    ("typed", "fits"),
    [
        ("ABCD-2345", True),
        ("abcd2345", True),
        (" ABCD 2345 ", True),
        ("ABCD-2346", False),
        ("", False),
        ("ＡBCD-2345", False),
    ],
)
def test_a_code_fits_whatever_its_dashes_and_case(typed, fits):
    hashed = claim_hash("ABCD-2345", "salt")
    assert claim_fits(typed, salt="salt", hashed=hashed) is fits
    assert not claim_fits("ABCD-2345", salt="other", hashed=hashed)
