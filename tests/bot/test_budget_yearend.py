"""A period that is over with open promises: a card to finance, a preview, one tap that ends it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.courier import Courier
from bot.ids import Action
from tests.conftest import TestClock
from tests.factories.jobs import Company, Do, rows
from tests.factories.shop import asked, open_shop
from tests.payloads import Payloads
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import Approval
from wopo.domain.budgets import Budget
from wopo.usecases.approvals import ApproveOrder
from wopo.usecases.budget_yearend_asks import AskYearEnd
from wopo.usecases.budgets import SetBudget
from wopo.usecases.settings import SetChannels

Json = dict[str, Any]
Send = Callable[[Json], Json]
OLD, NEW = (date(2026, 1, 1), date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 12, 31))


def set_budget(do: Do, days: tuple[date, date]) -> None:
    do(SetBudget(cost_centre="OPS", starts=days[0], ends=days[1], amount=Decimal(1000)))


@pytest.fixture
def over(do: Do, company: Company, transactions: SqlTransactions, clock: TestClock) -> None:
    """312.50 EUR are promised in a budget that ended yesterday."""
    do(SetChannels(channels={"finance": "CFIN"}))
    shop = open_shop(do, company)
    set_budget(do, OLD)
    asked(do, company, shop, shop.seal, 30, submit=True)
    (found,) = rows(transactions, Approval)
    approve = {"approval_id": found.id, "revision": 1, "content_hash": found.content_hash}
    do(ApproveOrder(**approve), by=company.app)
    assert do(AskYearEnd()).facts["asked"] == 0
    clock.forward(days=30)


def card(slack: RecordingSlack) -> Json:
    return next(m for m in slack.messages["CFIN"] if "The budgets until" in m["text"])


def tap(slack: RecordingSlack, send: Send, payloads: Payloads, user: str = "U-fin") -> Json:
    (row,) = (block for block in card(slack)["blocks"] if block["type"] == "actions")
    send(payloads.click(Action.BUDGETS_END, row["elements"][0]["value"], user=user))
    return slack.view()


@pytest.mark.usefixtures("over")
def test_finance_is_asked_once_looks_and_ends_it(
    do: Do,
    deliver: Callable[[], int],
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    courier: Courier,
    clock: TestClock,
    transactions: SqlTransactions,
) -> None:
    set_budget(do, NEW)
    assert [do(AskYearEnd()).facts["asked"] for _ in range(2)] == [1, 0]
    deliver()
    said = "The budgets until Mar 31, 2026 are over; 1 still promises money · needs you"
    assert card(slack)["text"] == said
    assert "*OPS* 312.50 EUR" in str(card(slack)["blocks"])
    view = tap(slack, send, payloads)
    assert "312.50 EUR rolls over · 1 order" in str(view["blocks"])
    assert view["submit"]["text"] == "End it"
    send(payloads.submit(view, {}, user="U-fin"))
    assert courier.deliver_next(tasks=True)
    for _ in range(2):  # A channel takes a message a second.
        clock.forward(minutes=1)
        deliver()
    held = {row.ends: row.committed_minor for row in rows(transactions, Budget)}
    assert held == {OLD[1]: 0, NEW[1]: 31_250}
    assert card(slack)["text"] == "The budgets until Mar 31, 2026 promise nothing any more."


@pytest.mark.usefixtures("over")
def test_what_can_not_move_says_why_and_nobody_else_ends_it(
    do: Do,
    deliver: Callable[[], int],
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    courier: Courier,
) -> None:
    do(AskYearEnd())
    deliver()
    view = tap(slack, send, payloads)
    assert "312.50 EUR stays · 1 order: there is no budget for the next day" in str(view["blocks"])
    opened = len(slack.of("views.open"))
    tap(slack, send, payloads, user="U-tess")
    assert len(slack.of("views.open")) == opened
    assert "right to end budgets" in slack.posted_hooks[-1]["text"]
    send(payloads.submit(view, {}, user="U-fin"))
    assert courier.deliver_next(tasks=True)
    deliver()
    assert "Nothing can move now" in str(tap(slack, send, payloads)["blocks"])
