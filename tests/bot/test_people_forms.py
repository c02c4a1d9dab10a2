"""People in Slack: found, added, changed, given a limit, deactivated; by administrators only."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from bot.ids import Action, Callback, SlashCommand
from bot.metadata import Target
from tests.factories.jobs import Company, row, rows
from tests.payloads import Payloads
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.audit import AuditEntry
from wopo.domain.people import AuthorityLimit, Person, Role

Json = dict[str, Any]
Send = Callable[[Json], Json]


@pytest.fixture
def press(
    company: Company, send: Send, payloads: Payloads, slack: RecordingSlack
) -> Callable[..., Json]:
    """``press(action, person id)``: a button of the screen that was shown last."""

    def run(action: Action, person_id: str = "people") -> Json:
        send(
            payloads.click_in_view(action, Target(id=person_id).pack(), slack.view(), user="U-ann")
        )
        return slack.view()

    return run


@pytest.fixture
def people(
    company: Company, send: Send, payloads: Payloads, slack: RecordingSlack
) -> Callable[[str], Json]:
    def run(typed: str = "", user: str = "U-ann") -> Json:
        answer = send(payloads.command(SlashCommand.WOPO, f"people {typed}", user=user))
        return answer or slack.view()

    return run


def test_people_are_found_by_a_part_of_their_name(people: Callable[..., Json]) -> None:
    shown = people("tech")
    assert shown["callback_id"] == Callback.PEOPLE
    assert "Tess Technician" in str(shown) and "Tom Technician" in str(shown)
    assert "Bea Buyer" not in str(shown)
    assert "Nobody is called zzz" in str(people("zzz"))
    assert "Rob Requester* (rob)\\nmay report problems" in str(people())


def test_only_an_administrator_sees_them(people: Callable[..., Json]) -> None:
    said = people("tess", user="U-tess")
    assert "Only an admin" in str(said) or "an admin" in str(said)
    assert "blocks" not in said or "Tess Technician" not in str(said["blocks"])


def test_one_is_added_with_roles_and_a_cap_and_can_be_given_a_limit(
    people: Callable[..., Json], press: Callable[..., Json], send: Send, payloads: Payloads,
    transactions: SqlTransactions, slack: RecordingSlack, company: Company,
) -> None:  # fmt: skip
    people()
    values = {
        "code": "nia", "name": "Nia New", "email": "Nia@Example.org", "counter_cap": "80",
        "roles": [Role.TECHNICIAN, Role.APPROVER], "site": company.north, "manager": company.max,
    }  # fmt: skip
    answer = send(payloads.submit(press(Action.PERSON_ADD), values, user="U-ann"))
    (nia,) = rows(transactions, Person, code="nia")
    assert (nia.name, nia.email, nia.counter_cap_minor) == ("Nia New", "nia@example.org", 8000)
    assert (nia.site_id, nia.manager_id) == (company.north, company.max)
    assert nia.roles == ["approver", "technician"]
    assert "an approver needs a limit" in str(answer["view"])

    form = press(Action.PERSON_LIMIT, nia.id)
    send(payloads.submit(form, {"amount": "1,500", "cost_centre": company.ops}, user="U-ann"))
    (limit,) = rows(transactions, AuthorityLimit, person_id=nia.id)
    assert (limit.amount_minor, limit.cost_centre_id) == (150_000, company.ops)
    assert limit.valid_from == date(2026, 3, 2)


def test_a_code_that_is_somebody_elses_is_refused_at_its_field(
    people: Callable[..., Json], press: Callable[..., Json], send: Send, payloads: Payloads,
    transactions: SqlTransactions,
) -> None:  # fmt: skip
    people()
    values = {"code": "tess", "name": "Somebody", "roles": [Role.ADMIN]}
    answer = send(payloads.submit(press(Action.PERSON_ADD), values, user="U-ann"))
    assert answer["errors"] == {
        "code": "tess is already the person Tess Technician. Nothing was changed; "
        "choose another code."
    }
    assert rows(transactions, Person, code="tess")[0].name == "Tess Technician"


@pytest.mark.parametrize("typed", [{}, {"counter_cap": "0"}])
def test_a_form_changes_only_what_differs(
    typed: Json,
    people: Callable[..., Json], press: Callable[..., Json], send: Send, payloads: Payloads,
    transactions: SqlTransactions, company: Company,
) -> None:  # fmt: skip
    people("sue")
    before = row(transactions, Person, company.sue)
    press(Action.PERSON_SHOW, company.sue)
    send(payloads.submit(press(Action.PERSON_CHANGE, company.sue), typed, user="U-ann"))
    after = row(transactions, Person, company.sue)
    assert after.counter_cap_minor == (0 if typed else None)
    changed = {"counter_cap_minor": after.counter_cap_minor}
    assert before.model_dump() | changed == after.model_dump()
    entries = rows(transactions, AuditEntry, subject_id=company.sue, event="person:changed")
    assert len(entries) == len(typed)


def test_one_leaves_and_comes_back_but_never_the_last_administrator(
    people: Callable[..., Json], press: Callable[..., Json], send: Send, payloads: Payloads,
    transactions: SqlTransactions, company: Company, slack: RecordingSlack,
) -> None:  # fmt: skip
    people("tom")
    send(
        payloads.submit(press(Action.PERSON_LEAVES, company.tom), {"reason": "left"}, user="U-ann")
    )
    assert not row(transactions, Person, company.tom).active
    assert "Tom Technician* (tom) · deactivated" in str(people("tom"))
    press(Action.PERSON_SHOW, company.tom)
    shown = press(Action.PERSON_BACK, company.tom)
    assert row(transactions, Person, company.tom).active and "Deactivate" in str(shown)
    answer = send(payloads.submit(press(Action.PERSON_LEAVES, company.ann), {}, user="U-ann"))
    assert "the last active administrator" in str(answer)
    assert row(transactions, Person, company.ann).active
