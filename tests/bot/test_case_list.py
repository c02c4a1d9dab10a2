"""All open exceptions and held invoices, page by page, and accepting several at once."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.bulk_accepting import ACCEPT_CASES, accept_step, queued
from bot.courier import Courier
from bot.ids import Action, Callback
from bot.modals.case_list import Page, build_cases
from bot.reader import Reader
from bot.services import Services
from tests.conftest import START, TestClock
from tests.factories.deliveries import Line, issued_order, vendor
from tests.factories.jobs import Company, rows
from tests.payloads import Payloads
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.exception_cases import CaseState, ExceptionCase, Resolution
from wopo.domain.exception_kinds import Cure
from wopo.domain.outbox import OutboxRow
from wopo.domain.people import Person
from wopo.usecases.door import Answer
from wopo.usecases.exception_cases import AssignCase, TakeCase
from wopo.usecases.invoice_papers import BilledLine
from wopo.usecases.invoices import EnterInvoice
from wopo.usecases.people import SetAuthority
from wopo.usecases.views.finance_lists import CasePlace, open_cases
from wopo.usecases.views.names import Ref

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
        page = open_cases(uow, fin, at=START, behind=None, limit=1)
    assert ([line.number for line in page.lines], page.more) == ([cases[0].number], True)
    drawn = build_cases(page, Page(), Reader(me=fin), accepts=False)
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


def test_page_behind_page_everything_comes_once_and_ones_own_first(
    cases: list[ExceptionCase], do: Do, company: Company, transactions: SqlTransactions
) -> None:
    def walked(code: str) -> list[str]:
        found: list[str] = []
        with transactions.read() as uow:
            me, behind = uow.find(Person, code=code), None
            assert me is not None
            while len(found) < 10:
                page = open_cases(uow, me, at=START, behind=behind, limit=1)
                (last,) = page.lines
                found.append(last.number)
                if not page.more:
                    break
                behind = CasePlace(last.owner == Ref(me.id, me.name), last.raised_at, last.id)
        return found

    bill = {"invoice_date": "2026-03-01", "order_id": PO}
    line = BilledLine(order_line_id=f"{PO}/1", quantity=Decimal(1), unit_price=Decimal("12.50"))
    do(EnterInvoice(number="R-3", lines=(line,), **bill), by=company.fin)
    do(AssignCase(case_id=cases[0].id, person_id=company.bea), by=company.fin)
    every = rows(transactions, ExceptionCase)
    for code, me in (("fin", company.fin), ("bea", company.bea)):
        every.sort(key=lambda case: (case.owner_id != me, case.raised_at, case.id))
        assert 0 < sum(case.owner_id == me for case in every) < len(every)
        assert walked(code) == [case.number for case in every]


def test_several_are_accepted_for_one_reason_and_who_may_not_is_told_why(
    cases: list[ExceptionCase],
    do: Do,
    press: Callable[..., Json],
    home: Callable[[str], Json],
    send: Send,
    payloads: Payloads,
    transactions: SqlTransactions,
) -> None:
    form = press(press(home("U-fin"), Action.CASE_LIST), Action.CASES_ACCEPT)
    assert press(home("U-fin"), Action.CASES_ACCEPT)["blocks"] == form["blocks"]
    assert Action.CASES_ACCEPT not in str(home("U-rec"))
    do(SetAuthority(person="fin", amount=Decimal(60), currency="EUR", valid_from=date(2026, 1, 1)))
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
    assert "above your limit of" in told and "Accepted: 1 (EX-" in told


def test_my_own_come_first_and_are_not_offered_to_take(
    cases: list[ExceptionCase], do: Do, company: Company, home: Callable[[str], Json]
) -> None:
    line = BilledLine(order_line_id=f"{PO}/1", quantity=Decimal(1), unit_price=Decimal("12.50"))
    facts: dict[str, Any] = {"invoice_date": "2026-03-01", "order_id": PO, "lines": (line,)}
    do(AssignCase(case_id=cases[0].id, person_id=company.bea), by=company.fin)
    do(EnterInvoice(number="R-3", **facts), by=company.fin)

    def listed(user: str) -> list[tuple[str, bool]]:
        blocks = home(user)["blocks"]
        found = []
        for at, block in enumerate(blocks):
            text = str((block.get("text") or {}).get("text", ""))
            if text.startswith("*EX-"):
                row = [one["text"]["text"] for one in blocks[at + 1]["elements"]]
                found.append((text.partition(" ")[0].strip("*"), "Take it" in row))
        return found

    mine = listed("U-fin")
    assert mine[0] == ("EX-2", False)
    assert ("EX-3", True) in mine and "EX-1" not in [number for number, _ in mine]


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


def field_of(form: Json, name: str) -> Json:
    found: Json = next(b["element"] for b in form["blocks"] if b.get("block_id") == name)
    return found


def test_all_of_mine_within_my_limit_are_accepted_in_steps(
    transactions: SqlTransactions,
    company: Company,
    do: Do,
    press: Callable[..., Json],
    home: Callable[[str], Json],
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    courier: Courier,
    deliver: Callable[[], int],
    clock: TestClock,
    services: Services,
) -> None:
    vendor(transactions)
    issued_order(transactions, company, Line("40", "5"))
    for n in range(7):
        price = "90" if n == 6 else "5"
        paper = BilledLine(position=1, quantity=Decimal(1), unit_price=Decimal(price))
        facts = {"invoice_date": date(2026, 2, n + 1), "order_id": PO, "lines": (paper,)}
        do(EnterInvoice(number=f"R-{n}", **facts), by=company.fin)
    for case in rows(transactions, ExceptionCase):
        do(TakeCase(case_id=case.id), by=company.fin)
    do(SetAuthority(person="fin", amount=Decimal(60), currency="EUR", valid_from=date(2026, 1, 1)))
    form = press(press(home("U-fin"), Action.CASE_LIST), Action.CASES_ACCEPT)
    found = rows(transactions, ExceptionCase)
    small = [case for case in found if case.amount_minor <= 6000 and Cure.ACCEPT in case.cures()]
    assert 10 < len(small) < len(found)
    assert f"All {len(small)} (" in str(form["blocks"])
    picks = field_of(form, "cases")["options"]
    assert field_of(form, "which")["initial_option"]["value"] == "ticked"
    both = {"which": "all", "cases": [picks[0]["value"]], "reason": "Agreed by phone"}
    mixed = send(payloads.submit(form, both, user="U-fin", view_id="S0"))
    assert "choose only those ticked" in mixed["errors"]["which"]
    sent = {"which": "all", "reason": "Agreed by phone"}
    told = send(payloads.submit(form, sent, user="U-fin", view_id="S1"))
    assert f"{len(small)} exceptions are being accepted" in str(told["view"]["blocks"])
    # Behind them, each once more: more than one step does, and nothing is left to accept in them.
    pairs = [(case.id, "") for case in small]
    do(queued(company.fin, pairs * 4, "again"), by=company.fin)
    while courier.deliver_next(tasks=True):
        pass
    for work in rows(transactions, OutboxRow, audience=f"task:{ACCEPT_CASES}"):
        accept_step(services, work)  # As after a crash that came before it was ticked off.
    after = {case.id: case for case in rows(transactions, ExceptionCase)}
    assert {after[case.id].resolution for case in small} <= {
        Resolution.ACCEPTED, Resolution.CAUSE_GONE
    }  # fmt: skip
    assert {after[case.id].state for case in found if case.amount_minor > 6000} == {
        CaseState.ASSIGNED
    }
    for _ in range(20):
        clock.forward(seconds=2)
        deliver()
    first, second = [m["text"] for m in slack.messages["DU-fin"] if "Accepted:" in m["text"]]
    assert f"Accepted: {len(small)} (EX-" in first
    assert "Accepted: none." in second and "nothing was changed" in second
    stale = send(payloads.submit(form, sent, user="U-fin", view_id="S2"))
    assert "By now it is 0 exceptions" in stale["errors"]["which"]
