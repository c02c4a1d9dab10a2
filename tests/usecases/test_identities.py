"""Who is who in Slack: claimed, linked, refused."""

from dataclasses import replace

import pytest

from tests.factories.jobs import Company, audit, row, rows
from wopo.domain.audit import RefusalEntry
from wopo.domain.errors import DomainError
from wopo.domain.identities import SlackUser
from wopo.domain.outbox import IdempotencyRow, Setting
from wopo.domain.people import Person, Role, SlackIdentity
from wopo.usecases.identities import LinkIdentity, UnlinkIdentity, UpdateIdentity, admit
from wopo.usecases.identity_claims import ClaimWorkspace, offer_claim_code
from wopo.usecases.people import DeactivatePerson, ReactivatePerson, SavePerson

TESS = SlackUser("T1", "U-TESS", name="tess", email="Tess@Example.org")


@pytest.fixture
def claimed(firm, do, door) -> Company:
    code = offer_claim_code(door)
    do(claim(code))
    return firm


def claim(code: str, **other) -> ClaimWorkspace:
    facts = {"workspace_id": "T1", "user_id": "U-ANN", "name": "Ann", "email": "ann@example.org"}
    return ClaimWorkspace(code=code, **{**facts, **other})


def refusal(call) -> DomainError:
    with pytest.raises(DomainError) as refused:
        call()
    return refused.value


def test_the_first_to_type_the_code_becomes_administrator(do, door, transactions):
    code = offer_claim_code(door)
    do(claim(code.lower().replace("-", " ")))
    people = rows(transactions, Person)
    assert [(p.name, p.email, p.roles) for p in people] == [
        ("Ann", "ann@example.org", ["admin", "supervisor"])
    ]
    assert admit(door, SlackUser("T1", "U-ANN"), key="k").person_id == people[0].id
    assert refusal(lambda: do(claim(code, user_id="U-EVE"))).code == "claim.none"
    assert offer_claim_code(door) is None


def test_the_code_itself_is_kept_nowhere(do, door, transactions):
    code = offer_claim_code(door)
    do(claim(code))
    kept = str([entry.facts for entry in audit(transactions)])
    kept += str([setting.value for setting in rows(transactions, Setting)])
    kept += str([(row.answer, row.digest) for row in rows(transactions, IdempotencyRow)])
    assert code not in kept
    assert code.replace("-", "") not in kept


def test_a_person_with_the_same_address_becomes_administrator_and_is_not_doubled(
    firm, do, door, transactions
):
    do(SavePerson(code="bea", email="boss@example.org"))
    do(claim(offer_claim_code(door), email="Boss@example.org"))
    assert row(transactions, Person, firm.bea).roles == ["admin", "buyer"]


def test_wrong_codes_are_logged_and_after_ten_the_code_is_void(do, door, transactions):
    code = offer_claim_code(door)
    for _ in range(10):
        assert refusal(lambda: do(claim("AAAA-BBBB-CCCC"))).code == "claim.wrong"
    assert refusal(lambda: do(claim(code))).code == "claim.locked"
    assert len(rows(transactions, RefusalEntry, code="claim.wrong")) == 10
    do(claim(offer_claim_code(door)))


def test_a_known_address_links_the_user_at_first_sight(claimed, door, transactions):
    assert admit(door, TESS, key="first").name == "Tess Technician"
    assert admit(door, TESS, key="second").person_id == claimed.tess
    linked = [entry for entry in audit(transactions) if entry.event == "identity:linked"]
    assert [entry.facts["how"] for entry in linked] == ["claim", "e-mail"]


@pytest.mark.parametrize(
    ("other", "code", "said"),
    [
        ({"email": "stranger@example.org"}, "identity.unknown", "does not know you"),
        ({"email": ""}, "identity.unknown", "does not know you"),
        ({"deactivated": True}, "identity.deactivated", "deactivated in Slack"),
        ({"guest": True}, "identity.guest", "Guests of this workspace"),
        ({"workspace_id": "T2"}, "identity.foreign_workspace", "own workspace"),
        ({"bot": True}, "identity.bot", "Apps and bots"),
    ],
)
def test_strangers_are_refused_each_with_a_sentence_and_logged(
    claimed, door, transactions, other, code, said
):
    error = refusal(lambda: admit(door, replace(TESS, **other), key="k"))
    assert error.code == code
    assert said in error.message
    assert "nothing was changed" in error.message
    assert [entry.code for entry in rows(transactions, RefusalEntry)] == [code]
    assert rows(transactions, SlackIdentity, user_id="U-TESS") == []


def test_a_linked_user_who_becomes_a_guest_or_is_deactivated_is_refused(claimed, do, door):
    admit(door, TESS, key="k")
    update = UpdateIdentity(workspace_id="T1", user_id="U-TESS", guest=True)
    do(update)
    assert refusal(lambda: admit(door, TESS, key="k")).code == "identity.guest"
    do(update.model_copy(update={"guest": False, "deactivated": True}))
    assert refusal(lambda: admit(door, TESS, key="k")).code == "identity.deactivated"
    do(UpdateIdentity(workspace_id="T1", user_id="U-TESS"))
    assert admit(door, TESS, key="k").person_id == claimed.tess


def test_deactivating_a_person_suspends_their_identity(claimed, do, door, transactions):
    admit(door, TESS, key="k")
    do(DeactivatePerson(code="tess"))
    error = refusal(lambda: admit(door, TESS, key="k"))
    assert (error.code, error.message[:26]) == (
        "identity.deactivated",
        "You are deactivated in wop",
    )
    assert [entry.event for entry in audit(transactions)[-2:]] == [
        "person:deactivated",
        "identity:suspended",
    ]
    do(UpdateIdentity(workspace_id="T1", user_id="U-TESS"))
    assert rows(transactions, SlackIdentity, user_id="U-TESS")[0].deactivated
    do(ReactivatePerson(code="tess"))
    assert admit(door, TESS, key="k").person_id == claimed.tess


def test_one_address_of_two_people_is_never_guessed(claimed, do, door):
    do(SavePerson(code="tess2", name="Tess Two", email="tess@example.org"))
    assert refusal(lambda: admit(door, TESS, key="k")).code == "identity.email_ambiguous"


def test_a_second_user_can_not_be_the_same_person(claimed, do, door):
    admit(door, TESS, key="k")
    twin = replace(TESS, user_id="U-TWIN")
    assert refusal(lambda: admit(door, twin, key="k")).code == "identity.taken"
    by_hand = LinkIdentity(workspace_id="T1", user_id="U-TWIN", person="tess")
    assert refusal(lambda: do(by_hand, by=claimed.ann)).code == "identity.taken"
    do(UnlinkIdentity(workspace_id="T1", user_id="U-TESS"), by=claimed.ann)
    do(by_hand, by=claimed.ann)
    assert admit(door, twin, key="k").person_id == claimed.tess


def test_only_an_administrator_links_by_hand(claimed, do):
    command = LinkIdentity(workspace_id="T1", user_id="U-TOM", person="tom")
    assert refusal(lambda: do(command, by=claimed.tess)).code == "not_allowed"
    do(command, by=claimed.ann)
    do(SavePerson(code="tom", roles={Role.BUYER}), by=claimed.ann)


def test_equal_user_ids_of_another_workspace_never_cross(claimed, do, door):
    admit(door, TESS, key="k")
    stranger = replace(TESS, workspace_id="T9")
    assert refusal(lambda: admit(door, stranger, key="k")).code == "identity.foreign_workspace"
    foreign = LinkIdentity(workspace_id="T9", user_id="U-X", person="tom")
    assert refusal(lambda: do(foreign, by=claimed.ann)).code == "identity.foreign_workspace"
