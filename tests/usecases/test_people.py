"""People: added, changed and deactivated by administrators and imports."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories.jobs import audit, row, rows
from wopo.domain.errors import DomainError
from wopo.domain.outbox import OutboxRow
from wopo.domain.people import AuthorityLimit, LabourRate, Person, Role, may_see_costs
from wopo.domain.settings import CompanySettings
from wopo.usecases.people import (
    DeactivatePerson,
    ReactivatePerson,
    SavePerson,
    SetAuthority,
    SetLabourRate,
)
from wopo.usecases.teams import SaveTeam


def events(transactions) -> list[str]:
    return [entry.event for entry in audit(transactions)]


def test_saving_the_same_person_again_changes_nothing(firm, do, transactions):
    before = events(transactions)
    answer = do(SavePerson(code="tess", name="Tess Technician", roles={Role.TECHNICIAN}))
    assert answer.facts == {"outcome": "unchanged"}
    assert events(transactions) == before


def test_only_the_given_fields_change(firm, do, transactions):
    do(SavePerson(code="tess", department="Mechanics", manager="sue", timezone="Europe/Berlin"))
    tess = row(transactions, Person, firm.tess)
    entry = audit(transactions)[-1]
    assert (tess.name, tess.roles, tess.manager_id) == (
        "Tess Technician",
        ["technician"],
        firm.sue,
    )
    assert entry.event == "person:changed"
    assert entry.facts["before"] == {"department": "", "manager_id": None, "timezone": "UTC"}
    assert entry.facts["after"]["manager_id"] == firm.sue


def test_a_technician_may_not_add_people(firm, do):
    with pytest.raises(DomainError) as refused:
        do(SavePerson(code="new", name="New"), by=firm.tess)
    assert refused.value.code == "not_allowed"
    assert "an admin" in refused.value.message


@pytest.mark.parametrize(
    ("command", "code", "field", "said"),
    [
        (SavePerson(code="new"), "required", "name", "The name is missing"),
        (SavePerson(code=" ", name="X"), "required", "code", "The code is missing"),
        (
            SavePerson(code="tess", name="X", must_be_new=True),
            "code_taken",
            "code",
            "tess is already the person Tess Technician",
        ),
        (SavePerson(code="tess", timezone="Mars/Base"), "person.timezone", "timezone", "Mars/Base"),
        (SavePerson(code="tess", locale="xx_YY"), "person.locale", "locale", "xx_YY"),
        (SavePerson(code="tess", manager="suee"), "not_found", "manager", "Did you mean sue?"),
        (SavePerson(code="tess", site="NORT"), "not_found", "site", "Did you mean NORTH"),
    ],
)
def test_bad_data_is_refused_at_the_field(firm, do, command, code, field, said):
    with pytest.raises(DomainError) as refused:
        do(command, by=firm.ann)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert said in refused.value.message
    assert "Nothing was changed" in refused.value.message


def test_nobody_becomes_their_own_managers_manager(firm, do):
    do(SavePerson(code="tess", manager="sue"))
    with pytest.raises(DomainError) as refused:
        do(SavePerson(code="sue", manager="tess"))
    assert refused.value.code == "person.manager_cycle"


def test_the_last_administrator_stays(firm, do):
    for command in (DeactivatePerson(code="ann"), SavePerson(code="ann", roles={Role.BUYER})):
        with pytest.raises(DomainError) as refused:
            do(command, by=firm.ann)
        assert refused.value.code == "person.last_admin"
    do(SavePerson(code="sue", roles={Role.ADMIN, Role.SUPERVISOR}), by=firm.ann)
    do(DeactivatePerson(code="ann"), by=firm.sue)


def test_a_deactivated_person_can_do_nothing_until_reactivated(firm, do):
    do(SavePerson(code="rob", roles={Role.ADMIN}))
    do(DeactivatePerson(code="rob", reason="left"))
    with pytest.raises(DomainError) as refused:
        do(SavePerson(code="x", name="X"), by=firm.rob)
    assert refused.value.code == "unknown_actor"
    do(ReactivatePerson(code="rob"))
    assert do(SavePerson(code="x", name="X"), by=firm.rob).facts["outcome"] == "added"


def test_authority_is_dated_and_a_new_limit_ends_the_old_one(firm, do, transactions):
    first = SetAuthority(
        person="app", amount=Decimal("500.00"), cost_centre="OPS", valid_from=date(2026, 1, 1)
    )
    do(first)
    do(
        SetAuthority(
            person="app", amount=Decimal(900), cost_centre="OPS", valid_from=date(2026, 3, 1)
        )
    )
    count = len(events(transactions))
    limits = rows(transactions, AuthorityLimit, person_id=firm.app, order="valid_from")
    assert [(limit.amount_minor, limit.valid_to) for limit in limits] == [
        (50000, date(2026, 2, 28)),
        (90000, None),
    ]
    again = SetAuthority(
        person="app", amount=Decimal(900), cost_centre="OPS", valid_from=date(2026, 3, 1)
    )
    do(again)
    assert len(events(transactions)) == count


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (Decimal("-3"), "", "money.negative"),
        (Decimal("1.005"), "", "money.too_fine"),
        (Decimal("1e30"), "", "money.not_a_number"),
        (Decimal("1"), "EURO", "money.currency_unknown"),
        (Decimal("1.5"), "JPY", "money.too_fine"),
    ],
)
def test_bad_limits_are_refused(firm, do, amount, currency, code):
    command = SetAuthority(
        person="app", amount=amount, currency=currency, valid_from=date(2026, 1, 1)
    )
    with pytest.raises(DomainError) as refused:
        do(command, by=firm.ann)
    assert refused.value.code == code


def test_a_limit_may_not_end_before_it_begins(firm, do):
    command = SetAuthority(
        person="app", amount=1, valid_from=date(2026, 2, 1), valid_to=date(2026, 1, 1)
    )
    with pytest.raises(DomainError) as refused:
        do(command)
    assert (refused.value.code, refused.value.field) == ("authority.days", "valid_to")


def test_a_labour_rate_is_kept_per_day_and_audited_with_what_it_was(firm, do, transactions):
    do(SetLabourRate(person="tess", per_hour=Decimal("42.50"), valid_from=date(2026, 1, 1)))
    rates = rows(transactions, LabourRate, person_id=firm.tess)
    entry = audit(transactions)[-1]
    assert [(rate.per_hour, rate.currency) for rate in rates] == [(Decimal("42.5"), "EUR")]
    assert (entry.facts["before"], entry.facts["per_hour"]) == ("40", "42.5")


def test_a_teams_members_are_replaced_as_a_whole(firm, do, transactions):
    answer = do(SaveTeam(code="CREW", members=("tom", "sue")))
    assert answer.facts["outcome"] == "changed"
    entry = audit(transactions)[-1]
    assert entry.facts["before"] == {"members": ["tess"]}
    assert entry.facts["after"] == {"members": ["sue", "tom"]}
    count = len(events(transactions))
    do(SaveTeam(code="CREW", name="Night crew", members=("sue", "tom")))
    assert len(events(transactions)) == count


def test_a_changed_persons_home_is_refreshed(firm, do, transactions):
    do(SavePerson(code="tess", roles={Role.TECHNICIAN, Role.RECEIVER}))
    told = rows(transactions, OutboxRow, order="-seq", limit=1)[0]
    assert (told.card, told.audience) == ("home", f"person:{firm.tess}")


@pytest.mark.parametrize(
    ("roles", "setting", "seen"),
    [
        ([], False, False),
        (["technician"], False, False),
        (["technician", "receiver"], False, False),
        (["technician"], True, True),
        (["technician", "supervisor"], False, True),
        (["auditor"], False, True),
    ],
)
def test_costs_are_shown_by_role_or_setting(roles, setting, seen, clock):
    person = Person(id="p", code="p", name="P", roles=roles, created_at=clock())
    assert may_see_costs(person, CompanySettings(technicians_see_costs=setting)) is seen
