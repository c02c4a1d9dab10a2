"""``/wopo budget`` on a phone, and ``wopo budget`` outside."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.blocks import CHART
from bot.ids import SlashCommand
from tests.factories.jobs import Company, Do, rows
from tests.factories.shop import Shop, asked, open_shop
from tests.payloads import Payloads
from tests.slack import RecordingSlack, Trouble
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import Approval
from wopo.usecases.approvals import ApproveOrder
from wopo.usecases.budgets import SetBudget
from wopo.usecases.cost_centres import SaveCostCentre

Json = dict[str, Any]
Send = Callable[[Json], Json]
YEAR = {"starts": date(2026, 1, 1), "ends": date(2026, 12, 31)}


@pytest.fixture
def shop(do: Do, company: Company, transactions: SqlTransactions) -> Shop:
    """Operations (1,000 EUR) below All (2,000 EUR); 312.50 EUR are promised."""
    made = open_shop(do, company)
    do(SaveCostCentre(code="ALL", name="All", currency="EUR"))
    do(SaveCostCentre(code="OPS", parent="ALL"))
    do(SetBudget(cost_centre="ALL", amount=Decimal(2000), **YEAR))
    do(SetBudget(cost_centre="OPS", amount=Decimal(1000), **YEAR))
    asked(do, company, made, made.seal, 30, submit=True)
    (found,) = rows(transactions, Approval)
    approve = {"approval_id": found.id, "revision": 1, "content_hash": found.content_hash}
    do(ApproveOrder(**approve), by=company.app)
    return made


@pytest.fixture
def typed(send: Send, payloads: Payloads, slack: RecordingSlack, shop: Shop) -> Callable[..., Json]:
    """``typed("OPS")``: what comes back, as a message of its own or as the command's answer."""

    def run(code: str = "", user: str = "U-fin") -> Json:
        before = len(slack.posted_hooks)
        said = send(payloads.command(SlashCommand.WOPO, f"budget {code}", user=user))
        return said or slack.posted_hooks[before]

    return run


def test_it_shows_what_is_left_promised_and_burnt_and_the_largest_promise(
    typed: Callable[..., Json],
) -> None:
    said = typed()
    assert said["text"] == "ALL All: 1,687.50 EUR left of 2,000.00 EUR"
    blocks = str(said["blocks"])
    for text in (
        "312.50 EUR",
        "*PO-1* Grainger",
        "*OPS* 687.50 EUR left · 31 %",
        "15 % is spent or promised. 0.00 EUR spent by Mar 2, 2026, slower than",
    ):
        assert text in blocks, text
    (chart,) = [block for block in said["blocks"] if block["type"] == CHART]
    assert [one["name"] for one in chart["chart"]["series"]] == ["Spent", "Even pace"]
    assert chart["chart"]["axis_config"]["categories"] == ["Jan", "Feb", "Mar"]


def test_one_budget_by_its_code_and_a_wrong_code_names_the_nearest(
    typed: Callable[..., Json],
) -> None:
    assert typed("ops")["text"].startswith("OPS Operations: 687.50 EUR left")
    assert "Did you mean OPS?" in typed("OPPS")["text"]


def test_without_the_right_to_costs_there_is_nothing(typed: Callable[..., Json]) -> None:
    said = typed(user="U-tess")
    assert "right to see budgets" in said["text"]
    assert "EUR" not in str(said)


def test_where_slack_takes_no_picture_the_numbers_come_alone(
    typed: Callable[..., Json], payloads: Payloads, slack: RecordingSlack
) -> None:
    payloads.hook = f"{slack.url}/api/old.workspace"
    slack.trouble("old.workspace", Trouble(error="invalid_blocks", status=400))
    said = typed()
    assert said["response_type"] == "ephemeral"
    assert [block for block in said["blocks"] if block["type"] == CHART] == []
    assert "312.50 EUR" in str(said["blocks"])
