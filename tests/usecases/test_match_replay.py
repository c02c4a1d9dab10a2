"""A proposed policy judges the past: what it would hold and let go, with nothing changed."""

from datetime import date

import pytest

from tests.factories.buying import seed
from tests.factories.money import FINANCE, Desk, desk
from tests.factories.money import line as order_line
from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.invoices import Invoice, InvoiceState
from wopo.domain.purchasing_policy import PolicyDocument
from wopo.usecases.exception_cases import AcceptCase
from wopo.usecases.match_replay import Summary, orders_since, replay
from wopo.usecases.purchasing_policy import ImportPolicy
from wopo.usecases.views.match_explained import explained, invoice_called

SINCE = date(2026, 3, 2)
WIDE = {"line_total_pct": "no limit", "total_pct": "no limit"}


@pytest.fixture
def at(transactions, clock, do) -> Desk:
    return desk(do, seed(transactions, clock))


def proposal(limits: dict, **more) -> PolicyDocument:
    matching = {"company": {"limits": limits}}
    return PolicyDocument.model_validate({"title": "Proposed", "matching": matching, **more})


def billed(at: Desk, price: str, number: str) -> Invoice:
    order = at.issued(order_line())
    at.receive(order)
    return at.bill(order, ("10", price), number=number)


def replayed(transactions, clock, policy, since=SINCE) -> tuple[dict, Summary]:
    """By pages of one order, so that every test turns pages."""
    summary = Summary()
    found = {}
    for one in replay(transactions, policy, since=since, at=clock(), page=1):
        found[one.number] = one
        summary.add(one)
    return found, summary


def everything(at: Desk) -> list[str]:
    """Invoices, cases and audit as they stand."""
    kinds = (Invoice, ExceptionCase)
    rows = [row.model_dump_json() for kind in kinds for row in at.world.all(kind)]
    return [*rows, str(len(at.world.all_entries()))]


def test_a_wider_policy_lets_go_what_people_had_to_accept(at, do, transactions, clock):
    billed(at, "10", "even")
    over = billed(at, "10.2", "over")
    accepted = billed(at, "10.3", "accepted")
    for case in at.world.all(ExceptionCase, invoice_id=accepted.id):
        do(AcceptCase(case_id=case.id, reason="agreed"), by=FINANCE)
    far = billed(at, "15", "far")
    assert far.state is InvoiceState.ON_HOLD
    before = everything(at)
    found, summary = replayed(transactions, clock, proposal({"price_pct": 5, **WIDE}))
    assert {number for number, one in found.items() if one.released} == {"over", "accepted"}
    assert found["far"].after == ("PRICE_OVER",)
    assert (summary.released.money(), summary.by_hand) == ("205.00 EUR", 1)
    assert summary.held.count == 0
    assert summary.vanishing == {"INVOICE_TOTAL_OVER": 3, "LINE_TOTAL_OVER": 3, "PRICE_OVER": 2}
    assert [one.number for one in summary.largest] == ["accepted", "over"]
    assert everything(at) == before
    assert at.invoice(over.id).state is InvoiceState.ON_HOLD


def test_a_tighter_policy_holds_what_is_matched(at, do, transactions, clock):
    document = proposal({"price_pct": 10, **WIDE})
    do(ImportPolicy(document=document), by=FINANCE)
    assert billed(at, "10.5", "A").state is InvoiceState.MATCHED
    tight = proposal({"price_pct": 0, **WIDE}, effective_from="2027-01-01")
    found, summary = replayed(transactions, clock, tight)
    assert (found["A"].held, found["A"].after) == (True, ("PRICE_OVER",))
    assert summary.held.money() == "105.00 EUR"


def test_the_past_by_its_own_policy_is_as_it_was(at, transactions, clock):
    order = at.issued()
    at.receive(order, "6")
    at.bill(order, ("4", "10"), number="A")
    at.bill(order, ("4", "10"), number="B", invoice_date=date(2026, 3, 3))
    at.credit(order, ("2", "10"), invoice_date=date(2026, 3, 4))
    billed(at, "11", "C")
    at.bill(None, ("1", "1"), number="N", vendor_id="gra")
    found, summary = replayed(transactions, clock, proposal({}))
    assert orders_since(transactions, SINCE) == 2
    assert {n: one.after for n, one in found.items()} == {n: one.before for n, one in found.items()}
    assert summary.judged.count == 4
    assert replayed(transactions, clock, proposal({}), since=date(2026, 3, 3))[0] == {}


def test_a_verdict_is_explained_check_by_check(at, do, transactions):
    document = proposal({"price_pct": 2, "price_ext_abs": 50, "tax_pct": "no limit"})
    do(ImportPolicy(document=document), by=FINANCE)
    billed(at, "11", "R-1")
    with transactions.read() as uow:
        view = explained(uow, invoice_called(uow, " r-1 ").id)
    assert view.policy == "policy 1"
    assert view.lines == ("line 1 (bearing): 4-way (company default)",)
    (price,) = [c for c in view.checks if c.code == "PRICE_OVER"]
    assert (price.passed, price.where) == (False, "line 1 (bearing)")
    assert price.compared == "unit price billed 11 EUR/pcs, ordered at 10 EUR/pcs"
    assert price.limit == (
        "limit 2 % (price_pct, policy 1, company) and 50 on the extended difference "
        "(price_ext_abs, policy 1, company)"
    )
    passed = {c.code: c for c in view.checks if c.passed}
    assert passed["QTY_OVER_ACCEPTED"].compared == "billed 10 pcs, accepted 10 pcs"
    free = {c.code: c.limit for c in view.checks if c.passed is None}
    assert free == {
        "EARLY_INVOICE": "no limit",
        "INVOICE_TOTAL_UNDER": "no limit",
        "PRICE_UNDER": "no limit",
        "QTY_UNDER_ORDERED": "no limit",
        "TAX_MISMATCH": "no limit",
    }
    assert view.verdict.startswith("Not within its limits: ")
