"""All open exceptions and held invoices, page by page, and accepting several at once."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.ids import Action, Callback
from bot.modals.case_list import Page, build_cases
from bot.reader import Reader
from tests.conftest import START
from tests.factories.deliveries import Line, issued_order, vendor
from tests.factories.jobs import Company, rows
from tests.payloads import Payloads
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.exception_cases import ExceptionCase, Resolution
from wopo.domain.people import Person
from wopo.usecases.door import Answer
from wopo.usecases.exception_cases import TakeCase
from wopo.usecases.invoice_papers import BilledLine
from wopo.usecases.invoices import EnterInvoice
from wopo.usecases.people import SetAuthority
from wopo.usecases.views.finance_lists import open_cases

Json = dict[str, Any]
Send = Callable[[Json], Json]
Do = Callable[..., Answer]
PO = "PO-2026-000042"


@pytest.fixture
def cases(transactions: SqlTransactions, company: Company, do: Do) -> list[ExceptionCase]:
    """Two bills of an order of which nothing came, 50.00 and 75.00 EUR at stake; Fia took both."""
    vendor(transactions)
    issued_order(transactions, company, Line("10", "12.50"))
    for number, quantity in (("R-1", "4"), ("R-2", "6")):
        line = BilledLine(
            order_line_id=f"{PO}/1", quantity=Decimal(quantity), unit_price=Decimal("12.50")
        )
        do(
            EnterInvoice(number=number, invoice_date="2026-03-01", order_id=PO, lines=(line,)),
            by=company.fin,
        )
    found = sorted(rows(transactions, ExceptionCase), key=lambda case: case.number)
    for case in found:
        do(TakeCase(case_id=case.id), by=company.fin)
    return found


@pytest.fixture
def press(send: Send, payloads: Payloads, slack: RecordingSlack) -> Callable[..., Json]:
    """``press(view, action, nth)``: a button of the view; the view that is shown then."""

    def run(view: Json, action: Action, nth: int = 0, *, user: str = "U-fin") -> Json:
        made = [
            one
            for block in view["blocks"]
            for one in [*block.get("elements", ()), block.get("accessory", {})]
            if one.get("action_id") == action
        ]
        send(payloads.click_in_view(action, made[nth]["value"], view, user=user))
        shown: Json = slack.view()
        return shown

    return run


@pytest.fixture
def home(send: Send, payloads: Payloads, slack: RecordingSlack) -> Callable[[str], Json]:
    def run(user: str) -> Json:
        send(payloads.event({"type": "app_home_opened", "user": user, "tab": "home"}))
        shown: Json = slack.view()
        return shown

    return run


def test_the_lists_are_paged_and_show_the_cards(
    cases: list[ExceptionCase],
    press: Callable[..., Json],
    home: Callable[[str], Json],
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    with transactions.read() as uow:
        fin = uow.find(Person, code="fin")
        assert fin is not None
        page = open_cases(uow, fin, at=START, offset=0, limit=1)
    assert ([line.number for line in page.lines], page.more) == ([cases[0].number], True)
    drawn = build_cases(page, Page(), Reader(), accepts=False)
    first = press(home("U-fin"), Action.CASE_LIST)
    assert first["callback_id"] == Callback.CASE_LIST
    assert "EX-1 " in str(first["blocks"]) and "EX-2 " in str(first["blocks"])
    further = drawn["blocks"][-1]["elements"][0]
    assert further["action_id"] == Action.CASE_LIST_NEXT
    send(payloads.click_in_view(Action.CASE_LIST_NEXT, further["value"], first, user="U-fin"))
    second = slack.view()
    assert "EX-2 " in str(second["blocks"]) and "EX-1 " not in str(second["blocks"])
    assert press(second, Action.CASE_LIST_FIRST)["blocks"] == first["blocks"]
    assert "EX-2" in str(press(second, Action.CASE_SHOW)["title"])
    held = press(home("U-fin"), Action.CASE_LIST, 1)
    assert "R-1" in str(held["blocks"]) and "R-2" in str(held["blocks"])
    assert "On hold because of" in str(press(held, Action.INVOICE_SHOW)["blocks"])


def test_several_are_accepted_for_one_reason_and_who_may_not_is_told_why(
    cases: list[ExceptionCase],
    do: Do,
    press: Callable[..., Json],
    home: Callable[[str], Json],
    send: Send,
    payloads: Payloads,
    transactions: SqlTransactions,
) -> None:
    do(SetAuthority(person="fin", amount=Decimal(60), currency="EUR", valid_from=date(2026, 1, 1)))
    form = press(press(home("U-fin"), Action.CASE_LIST), Action.CASES_ACCEPT)
    picks = [o["value"] for o in form["blocks"][0]["element"]["options"]]
    assert len(picks) == len(cases) == 2
    blank = send(payloads.submit(form, {"cases": picks, "reason": " "}, user="U-fin"))
    assert list(blank["errors"]) == ["reason"]
    sent = {"cases": picks, "reason": "Agreed by phone"}
    answer = send(payloads.submit(form, sent, user="U-fin"))
    told = str(answer["view"]["blocks"])
    small, large = sorted(rows(transactions, ExceptionCase), key=lambda case: case.amount_minor)
    assert (small.resolution, small.reason) == (Resolution.ACCEPTED, "Agreed by phone")
    assert large.resolution is None
    assert "above your limit of" in told and "Accepted: EX-" in told


def test_the_lists_are_for_who_works_with_them(
    cases: list[ExceptionCase],
    home: Callable[[str], Json],
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
) -> None:
    assert "All exceptions" not in str(home("U-tess"))
    value = '{"held":true}'
    view = home("U-tess")
    send(payloads.click_in_view(Action.CASE_LIST, value, view, user="U-tess"))
    assert "do not have the right" in str(slack.view()["blocks"])


def test_after_an_answer_the_card_under_the_form_says_so(
    cases: list[ExceptionCase],
    press: Callable[..., Json],
    home: Callable[[str], Json],
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
) -> None:
    shown = press(press(home("U-fin"), Action.CASE_LIST), Action.CASE_SHOW)
    assert shown["callback_id"] == Callback.CASE_CARD
    form = press(shown, Action.CASE_ACCEPT)
    pick = next(block for block in form["blocks"] if block["type"] == "input")
    values = {pick["block_id"]: pick["element"]["options"][0]["value"]}
    body = payloads.submit(form, values, user="U-fin", view_id="V3")
    body["view"]["previous_view_id"] = "V2"
    assert send(body) == {}
    drawn = [call for call in slack.of("views.update") if call["view_id"] == "V2"][-1]["view"]
    assert drawn["callback_id"] == Callback.CASE_CARD
    assert "accept" in str(drawn["blocks"]).lower()
    assert "Take it" not in str(drawn["blocks"])
