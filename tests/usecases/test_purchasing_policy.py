"""The policy in force judges real invoices: narrowest rule first, by the day, in versions."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories.buying import seed
from tests.factories.money import FINANCE, RECEIVER, Desk, desk
from tests.factories.money import line as order_line
from wopo.domain.errors import DomainError
from wopo.domain.invoices import InvoiceState
from wopo.domain.parts import Part
from wopo.domain.purchase_orders import PurchaseOrderLine
from wopo.domain.purchasing_policy import PolicyDocument, PurchasingPolicy
from wopo.domain.vendors import Vendor
from wopo.usecases.purchasing_policy import ImportPolicy
from wopo.usecases.receipt_corrections import VoidReceipt
from wopo.usecases.views.purchasing_policy import policy_view

D = Decimal


@pytest.fixture
def at(transactions, clock, do) -> Desk:
    return desk(do, seed(transactions, clock))


@pytest.fixture
def policy(do):
    """``policy(company={...}, rules=[...])``: put it in force."""

    def put(company: dict | None = None, rules: list | None = None, **more):
        matching = {"company": {"limits": company or {}}, "rules": rules or []}
        document = PolicyDocument.model_validate({"title": "Ours", "matching": matching, **more})
        return do(ImportPolicy(document=document, text="# ours"), by=FINANCE)

    return put


def part_of(at: Desk) -> Part:
    return at.world.all(Part)[0]


def billed_over(at: Desk, price: str, number: str = "R-1", **more):
    """An invoice for ten pieces ordered at 10 and accepted, billed at ``price``."""
    order = at.issued(order_line(**more))
    at.receive(order)
    day = at.world.clock().date()
    return at.bill(order, ("10", price), number=number, invoice_date=day)


def price_limit(invoice) -> dict:
    (check,) = [c for c in invoice.verdict["checks"] if c["code"] == "PRICE_OVER"]
    (limit,) = [x for x in check["limits"] if x["key"] == "price_pct"]
    return limit


WIDE = {"line_total_pct": "no limit", "total_pct": "no limit"}


def test_without_a_policy_what_wopo_ships_holds(at):
    invoice = billed_over(at, "10.01")
    assert invoice.state is InvoiceState.ON_HOLD
    assert price_limit(invoice) == {
        "key": "price_pct",
        "value": "0",
        "source": "company default",
    }


def test_the_narrowest_rule_that_names_a_limit_wins(at, policy):
    part, vendor = part_of(at), at.world.get(Vendor, "gra")
    order = at.issued(order_line(part_id=part.id))
    at.receive(order)
    number = at.order(order).number
    ladder = [
        ("category", {"category": part.category or "x"}, "1"),
        ("vendor", {"vendor": vendor.code}, "2"),
        ("part", {"part": part.number}, "3"),
        ("both", {"part": part.number, "vendor": vendor.code}, "4"),
        ("order", {"order": number}, "5"),
        ("line", {"order": number, "line": 1}, "6"),
    ]
    if not part.category:
        ladder = ladder[1:]
    rules: list[dict] = []
    for place, (name, about, limit) in enumerate(ladder):
        rules.insert(0, {"name": name, **about, "limits": {"price_pct": limit}})
        version = policy({"price_pct": "0.5", **WIDE}, rules).facts["version"]
        invoice = at.bill(order, ("1", "10"), number=f"R-{place}")
        found = price_limit(invoice)
        assert found == {"key": "price_pct", "value": limit, "source": f"policy {version}, {name}"}


def test_a_limit_lets_an_honest_difference_through_to_the_cent(at, policy):
    policy({"price_pct": 5, "line_total_pct": 5, "total_pct": 5})
    assert billed_over(at, "10.5", "A").state is InvoiceState.MATCHED
    over = billed_over(at, "10.501", "B")
    assert over.codes == ["INVOICE_TOTAL_OVER", "LINE_TOTAL_OVER", "PRICE_OVER"]


def test_a_rule_holds_between_its_days(at, policy, clock):
    rule = {"name": "march", "vendor": "gra", "valid_to": "2026-03-02"}
    vendor = at.world.get(Vendor, "gra")
    rule["vendor"] = vendor.code
    policy(WIDE, [{**rule, "limits": {"price_pct": "no limit"}}])
    assert billed_over(at, "99", "A").state is InvoiceState.MATCHED
    clock.forward(days=1)
    assert billed_over(at, "99", "B").codes == ["PRICE_OVER"]


def test_a_later_policy_undoes_nothing_and_judges_what_is_undecided(at, policy, do, clock):
    policy({"price_pct": 20, **WIDE})
    order = at.issued()
    at.receive(order, "5")
    matched = at.bill(order, ("5", "11"), number="A")
    waiting = at.bill(order, ("5", "11"), number="B", invoice_date=date(2026, 3, 3))
    assert (matched.state, waiting.codes) == (
        InvoiceState.MATCHED,
        ["QTY_OVER_ACCEPTED", "QTY_OVER_RECEIVED"],
    )
    policy({"price_pct": 0, **WIDE})
    at.receive(order, "5")
    assert at.invoice(matched.id).state is InvoiceState.MATCHED
    assert at.invoice(waiting.id).codes == ["PRICE_OVER"]


def test_two_way_by_rule_asks_for_no_receipt(at, policy):
    vendor = at.world.get(Vendor, "gra")
    order = at.issued()
    assert at.bill(order, ("10", "10"), number="A").codes == ["NOT_RECEIVED"]
    policy(rules=[{"name": "subscriptions", "vendor": vendor.code, "policy": "2-way"}])
    other = at.issued()
    assert at.bill(other, ("10", "10"), number="B", invoice_date=date(2026, 3, 3)).codes == []


def test_versions_are_kept_and_the_same_again_is_none(at, policy, transactions, clock):
    assert policy({"price_pct": 1}).facts["outcome"] == "added"
    assert policy({"price_pct": "1"}).facts["outcome"] == "unchanged"
    planned = policy({"price_pct": 2}, effective_from="2026-03-10")
    assert "takes effect 2026-03-10" in planned.message
    with transactions.read() as uow:
        assert policy_view(uow, day=date(2026, 3, 9)).version == 1
        view = policy_view(uow, day=date(2026, 3, 10))
    assert (view.version, view.in_force, view.text) == (2, True, "# ours")
    assert "  price_pct: 2 % (policy 2, company)" in view.lines
    assert "  no limit for anything else, so it is not checked" in view.lines
    assert len(at.world.all(PurchasingPolicy)) == 2


@pytest.mark.parametrize(
    ("rules", "more", "said"),
    [
        ([], {"effective_from": "2026-03-01"}, "which is past"),
        ([{"name": "x", "vendor": "NOBODY"}], {}, "is about vendor NOBODY, which is not there"),
        ([{"name": "x", "category": "NOTHING"}], {}, "category NOTHING"),
    ],
)
def test_a_policy_that_can_not_hold_is_refused(at, policy, rules, more, said):
    with pytest.raises(DomainError) as error:
        policy(rules=rules, **more)
    assert said in error.value.message
    assert "Nothing was changed" in error.value.message
    assert at.world.all(PurchasingPolicy) == []


def test_a_voided_receipt_is_judged_by_the_version_it_was_matched_by(at, policy, do):
    policy({"price_pct": 20, **WIDE})
    order = at.issued()
    receipt = at.receive(order)
    matched = at.bill(order, ("10", "11"))
    policy({"price_pct": 0, **WIDE})
    do(VoidReceipt(receipt_id=receipt.subject_id, reason="other order"), by=RECEIVER)
    assert at.invoice(matched.id).codes == ["NOT_RECEIVED"]


def test_more_may_come_than_was_ordered_where_the_policy_says_so(at, policy):
    def more_than_ordered(accepted: str) -> set[str]:
        order = at.issued()
        at.receive(order, accepted, acknowledged=frozenset({f"more_than_ordered:{order}"}))
        return {case.code for case in at.cases().values() if case.purchase_order_id == order}

    assert more_than_ordered("10.1") == {"OVER_RECEIPT"}
    policy({"over_receipt_pct": 10})
    assert more_than_ordered("11") == set()
    assert more_than_ordered("11.1") == {"OVER_RECEIPT"}
    policy({"over_receipt_pct": "no limit"})
    assert more_than_ordered("90") == set()


def test_a_delivery_off_its_day_is_raised_only_beyond_the_limit(at, policy):
    def delivered(day: int) -> dict[str, str]:
        order = at.issued()
        with at.world.transactions.write() as uow:
            (line,) = uow.all(PurchaseOrderLine, purchase_order_id=order)
            line.promised_on = date(2026, 3, day)
            uow.commit()
        at.receive(order)
        return {c.code: c.told for c in at.cases().values() if c.purchase_order_id == order}

    assert delivered(9) == {}
    policy({"days_early": 3, "days_late": 0})
    assert delivered(5) == {}
    assert delivered(9) == {
        "EARLY_DELIVERY": "Line 1 (bearing): delivered 7 days early, allowed 3."
    }
    assert delivered(1) == {"LATE_DELIVERY": "Line 1 (bearing): delivered 1 day late, allowed 0."}
