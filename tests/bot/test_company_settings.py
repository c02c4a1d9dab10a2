"""The company's settings: shown in words, changed in small forms, by administrators only."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.ids import Action, Callback, SlashCommand
from bot.metadata import Target
from bot.modals.company_settings import GROUPS
from tests.factories.jobs import Company, rows
from tests.payloads import Payloads
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.audit import AuditEntry
from wopo.domain.settings import CompanySettings, Duty, Strictness
from wopo.usecases.door import Answer
from wopo.usecases.settings import ChangeCompanySettings
from wopo.usecases.settings import company as settings_now

Json = dict[str, Any]
Send = Callable[[Json], Json]
ELSEWHERE = {
    "name",
    "address",
    "phone",
    "email",
    "tax_id",
    "iban",
    "bic",
    "order_terms",
    "currency",
}
"""The letterhead's, and the currency that amounts were kept in since the beginning."""


@pytest.fixture
def form(
    company: Company, send: Send, payloads: Payloads, slack: RecordingSlack
) -> Callable[[str], Json]:
    """``form(group)``: the group's form, opened from the overview."""

    def run(group: str) -> Json:
        assert send(payloads.command(SlashCommand.WOPO, "settings", user="U-ann")) == {}
        overview = slack.view()
        assert overview["callback_id"] == Callback.COMPANY_SETTINGS
        send(
            payloads.click_in_view(
                Action.CHANGE_SETTINGS, Target(id=group).pack(), overview, user="U-ann"
            )
        )
        opened: Json = slack.view()
        assert opened["callback_id"] == Callback.CHANGE_SETTINGS
        return opened

    return run


def now(transactions: SqlTransactions) -> CompanySettings:
    with transactions.read() as uow:
        return settings_now(uow)


def test_every_setting_has_its_place_and_no_form_is_long() -> None:
    names = [item.name for _, items in GROUPS.values() for item in items]
    assert len(names) == len(set(names))
    assert set(names) | ELSEWHERE == set(CompanySettings.model_fields)
    assert all(len(items) <= 6 and all(i.meaning for i in items) for _, items in GROUPS.values())


@pytest.mark.parametrize("group", GROUPS)
def test_a_form_that_is_saved_as_it_opened_changes_nothing(
    group: str, form: Callable[[str], Json], send: Send, payloads: Payloads,
    transactions: SqlTransactions, do: Callable[..., Answer],
) -> None:  # fmt: skip
    pairs = [[Duty.REQUESTER, Duty.RECEIVER]]
    do(ChangeCompanySettings(changes={"waived_pairs": pairs, "budgets_gross": True}))
    before = now(transactions)
    assert send(payloads.submit(form(group), {}, user="U-ann")) == {}
    assert now(transactions) == before


def test_what_is_changed_is_kept_with_old_and_new_in_the_audit(
    form: Callable[[str], Json], send: Send, payloads: Payloads, transactions: SqlTransactions
) -> None:
    values = {"budget_on_approval": "warn", "budget_counts_requests": "yes"}
    assert send(payloads.submit(form("budgets"), values, user="U-ann")) == {}
    counter = {"counter_cap_minor": "1,250.50"}
    assert send(payloads.submit(form("counter"), counter, user="U-ann")) == {}
    kept = now(transactions)
    assert (kept.budget_on_approval, kept.budget_counts_requests) == (Strictness.WARN, True)
    assert kept.counter_cap_minor == 125_050
    audited = [e for e in rows(transactions, AuditEntry) if e.event == "setting:changed"]
    assert "125050" in str(audited[-1].model_dump()) and "10000" in str(audited[-1].model_dump())


def test_each_bad_input_is_refused_at_its_field_and_nothing_is_kept(
    form: Callable[[str], Json], send: Send, payloads: Payloads, transactions: SqlTransactions
) -> None:
    before = now(transactions)
    values = {
        "order_needed_above_minor": "1.234",
        "confirm_approval_above_minor": "-5",
        "remind_approvers_after_hours": "0",
        "approval_expires_after_days": "1.5",
        "working_hours": "18-8",
    }
    answer = send(payloads.submit(form("approvals"), values, user="U-ann"))
    assert set(answer["errors"]) == set(values)
    assert now(transactions) == before


def test_nobody_but_an_administrator_opens_or_saves_them(
    form: Callable[[str], Json], send: Send, payloads: Payloads, transactions: SqlTransactions
) -> None:
    refused = send(payloads.command(SlashCommand.WOPO, "settings", user="U-fin"))
    assert "right" in refused["text"]
    before = now(transactions)
    values = {"technicians_see_costs": "yes"}
    assert "errors" in send(payloads.submit(form("people"), values, user="U-tess"))
    assert now(transactions) == before
