"""A refusal for a job's not-to-exceed amount carries the one tap that asks for more."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.ids import Action, SlashCommand
from bot.metadata import Target
from tests.factories.jobs import Company, Do, rows
from tests.factories.shop import Shop, asked, open_shop
from tests.payloads import Payloads
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import Approval
from wopo.domain.part_requests import PartRequest
from wopo.domain.purchase_orders import OrderState, PurchaseOrder
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.approvals import RejectOrder
from wopo.usecases.budget_overrides import AskOverride
from wopo.usecases.budgets import SetBudget
from wopo.usecases.nte import AskForHigherNte
from wopo.usecases.settings import ChangeCompanySettings
from wopo.usecases.work_orders import ChangeWorkOrder

Json = dict[str, Any]
Send = Callable[[Json], Json]


@pytest.fixture
def shop(do: Do, company: Company) -> Shop:
    return open_shop(do, company)


@pytest.fixture
def job(transactions: SqlTransactions, do: Do, company: Company, shop: Shop) -> str:
    """A job that may cost 300 EUR, with an order over 312.50 that waits for Abe."""
    asked(do, company, shop, shop.seal, 30, submit=True)
    job_id = rows(transactions, WorkOrder)[0].id
    do(ChangeWorkOrder(work_order_id=job_id, nte=Decimal(300)), by=company.sue)
    return job_id


def button(blocks: list[Json], action: str) -> Json:
    found = [e for b in blocks if b["type"] == "actions" for e in b["elements"]]
    return next(one for one in found if one["action_id"] == action)


def card(slack: RecordingSlack, who: str = "sue") -> Json:
    return next(m for m in slack.messages[f"DU-{who}"] if "WO-1" in m["text"])


def test_one_tap_asks_one_tap_raises_and_the_order_passes(
    job: str,
    deliver: Callable[[], int],
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    approval = rows(transactions, Approval)[0]
    value = Target(id=approval.id, rev=1, seen=approval.content_hash).pack()
    send(payloads.click(Action.ORDER_APPROVE, value, user="U-app"))
    refusal = slack.posted_hooks[-1]
    assert refusal["text"].startswith("With this WO-1 would cost 312.50 EUR, more than its")
    ask = button(refusal["blocks"], Action.NTE_ASK)
    send(payloads.click(Action.NTE_ASK, ask["value"], user="U-app"))
    assert "Sue Supervisor is asked for a higher amount for WO-1" in slack.posted_hooks[-1]["text"]
    deliver()
    grant = button(card(slack)["blocks"], Action.NTE_GRANT)
    assert grant["text"]["text"] == "Raise to 312.50 EUR"
    send(payloads.click(Action.NTE_GRANT, grant["value"], user="U-sue"))
    deliver()
    assert "may cost 312.50 EUR, raised by Sue Supervisor" in card(slack)["text"]
    send(payloads.click(Action.ORDER_APPROVE, value, user="U-app"))
    assert rows(transactions, PurchaseOrder)[0].state is OrderState.APPROVED


def test_a_button_never_raises_to_more_than_it_says(
    job: str,
    do: Do,
    company: Company,
    deliver: Callable[[], int],
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    do(AskForHigherNte(work_order_id=job, wanted_minor=35_000), by=company.tess)
    deliver()
    shown = button(card(slack)["blocks"], Action.NTE_GRANT)["value"]
    do(AskForHigherNte(work_order_id=job, wanted_minor=90_000), by=company.tess)
    send(payloads.click(Action.NTE_GRANT, shown, user="U-sue"))
    assert "was changed by somebody else meanwhile" in slack.posted_hooks[-1]["text"]
    assert rows(transactions, WorkOrder)[0].nte_minor == 30_000
    deliver()
    grant = button(card(slack)["blocks"], Action.NTE_GRANT)
    assert grant["text"]["text"] == "Raise to 900.00 EUR"


def test_another_amount_and_no_are_forms_with_the_refusal_at_the_field(
    job: str,
    do: Do,
    company: Company,
    deliver: Callable[[], int],
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    do(AskForHigherNte(work_order_id=job, reason="two more"), by=company.tess)
    deliver()
    value = button(card(slack)["blocks"], Action.NTE_OTHER)["value"]
    send(payloads.click(Action.NTE_OTHER, value, user="U-sue"))
    form = slack.view()
    for typed in ("0", "299"):
        said = send(payloads.submit(form, {"amount": typed}, user="U-sue"))
        assert "may cost 300.00 EUR already" in said["errors"]["amount"]
    said = send(payloads.submit(form, {"amount": "1,000", "reason": "a pair"}, user="U-sue"))
    assert "WO-1 may cost 1,000.00 EUR now." in str(said["view"])
    assert rows(transactions, WorkOrder)[0].nte_minor == 100_000
    deliver()
    send(payloads.click(Action.NTE_REFUSE, value, user="U-sue"))
    assert "The higher amount for WO-1" in slack.posted_hooks[-1]["text"]


def test_over_a_form_the_way_out_lies_on_top_and_what_was_typed_stays(
    job: str,
    do: Do,
    shop: Shop,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    do(ChangeCompanySettings(changes={"nte_on_request": "stop"}))
    send(payloads.command(SlashCommand.PARTS, "WO-1", user="U-tess"))
    form, before = slack.of("views.open")[-1]["view"], len(rows(transactions, PartRequest))
    said = send(payloads.submit(form, {"part_id": shop.seal, "quantity": "9"}, user="U-tess"))
    assert said["response_action"] == "push"
    assert "EUR" not in str(said["view"])
    assert len(rows(transactions, PartRequest)) == before
    ask = button(said["view"]["blocks"], Action.NTE_ASK)["value"]
    send(payloads.click_in_view(Action.NTE_ASK, ask, said["view"], user="U-tess"))
    shown = slack.of("views.update")[-1]["view"]
    assert "Sue Supervisor is asked for a higher amount" in str(shown)


def test_an_order_over_its_budget_is_let_by_finance_with_a_reason(
    do: Do,
    company: Company,
    shop: Shop,
    deliver: Callable[[], int],
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    year = {"starts": date(2026, 1, 1), "ends": date(2026, 12, 31)}
    do(SetBudget(cost_centre="OPS", amount=Decimal(300), **year))
    asked(do, company, shop, shop.seal, 30, submit=True)
    approval = rows(transactions, Approval)[0]
    approve = Target(id=approval.id, rev=1, seen=approval.content_hash).pack()
    send(payloads.click(Action.ORDER_APPROVE, approve, user="U-app"))
    ask = button(slack.posted_hooks[-1]["blocks"], Action.BUDGET_ASK)["value"]
    send(payloads.click(Action.BUDGET_ASK, ask, user="U-app"))
    assert "finance is asked" in slack.posted_hooks[-1]["text"]
    deliver()
    (wanted,) = [m for m in slack.messages["DU-fin"] if "does not fit its budget" in m["text"]]
    assert "-12.50 EUR" in str(wanted["blocks"])
    let = button(wanted["blocks"], Action.BUDGET_OVERRIDE)["value"]
    older = Target.parse(let).model_copy(update={"rev": 0}).pack()
    send(payloads.click(Action.BUDGET_OVERRIDE, older, user="U-fin"))
    assert "was changed by somebody else meanwhile" in slack.posted_hooks[-1]["text"]
    send(payloads.click(Action.BUDGET_OVERRIDE, let, user="U-fin"))
    said = send(payloads.submit(slack.view(), {"reason": "the line stands"}, user="U-fin"))
    assert "may exceed its budget" in str(said["view"])
    deliver()
    card_of_approver = next(m for m in slack.messages["DU-app"] if m["text"].startswith("PO-1"))
    assert "Fia Finance: the line stands" in str(card_of_approver["blocks"])
    send(payloads.click(Action.ORDER_APPROVE, approve, user="U-app"))
    assert rows(transactions, PurchaseOrder)[0].state is OrderState.APPROVED


def test_a_card_that_asks_to_let_an_order_pass_ends_with_what_waits(
    do: Do,
    company: Company,
    shop: Shop,
    deliver: Callable[[], int],
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    asked(do, company, shop, shop.seal, 30, submit=True)
    order = rows(transactions, PurchaseOrder)[0].id
    do(AskOverride(order_id=order), by=company.app)
    deliver()
    approval = rows(transactions, Approval)[0]
    do(RejectOrder(approval_id=approval.id, revision=1, reason="no"), by=company.app)
    deliver()
    texts = [m["text"] for m in slack.messages["DU-fin"] if m["text"].startswith("PO-1")]
    assert ["does not wait any more" in text for text in texts] == [True]
