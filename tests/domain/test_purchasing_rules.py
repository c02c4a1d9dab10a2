"""Where a line goes by the policy: the first rule that holds, by every condition there is."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from wopo.domain.money import Money
from wopo.domain.part_requests import LineKind, PriceBasis, Route
from wopo.domain.purchasing_conditions import Conditions, JobFacts, LineFacts
from wopo.domain.purchasing_policy import SHIPPED_POLICY
from wopo.domain.purchasing_rules import BUYERS_CHOICE, RoutesSection
from wopo.domain.work_orders import WorkType
from wopo.domain.work_requests import Priority

LIMIT = Money.of("250", "EUR")
SHIPPED = SHIPPED_POLICY.routes
PART, SERVICE = LineKind.PART, LineKind.SERVICE
LINE = LineFacts(
    PART,
    False,
    PriceBasis.LAST_PRICE,
    Money.of("100", "EUR"),
    LIMIT,
    part="BRG-1",
    category="Bearings",
    vendor="ACME",
    job=JobFacts(WorkType.REPAIR, Priority.NORMAL, "MAIN", "CC-1"),
)


def section(*rules: dict[str, Any]) -> RoutesSection:
    last = {"name": "rest", "sentence": "The rest.", "route": "purchase order"}
    return RoutesSection.model_validate({"rules": [*rules, last]})


def rule(name: str = "x", route: str = "counter purchase", **more: Any) -> dict[str, Any]:
    return {"name": name, "sentence": f"It is {name}.", "route": route, **more}


@pytest.mark.parametrize(
    ("kind", "stock", "basis", "amount", "rule", "route"),
    [
        (PART, True, PriceBasis.STOCK, None, "from-stock", Route.STOCK),
        (PART, False, PriceBasis.NONE, None, "no-agreed-price", Route.BUYER),
        (SERVICE, False, PriceBasis.NONE, None, "no-agreed-price", Route.BUYER),
        (SERVICE, False, PriceBasis.AGREEMENT, "900", "service", Route.ORDER),
        (PART, False, PriceBasis.AGREEMENT, "250.01", "over-250", Route.ORDER),
        (PART, False, PriceBasis.AGREEMENT, "250", "under-contract", Route.CALL_OFF),
        (PART, False, PriceBasis.LAST_PRICE, "250", "small-purchase", Route.ORDER),
        (PART, False, PriceBasis.LAST_PRICE, None, "over-250", Route.ORDER),
    ],
)
def test_the_first_rule_that_holds_answers(
    kind: LineKind, stock: bool, basis: PriceBasis, amount: str | None, rule: str, route: Route
) -> None:
    price = Money.of(amount, "EUR") if amount else None
    ruling = SHIPPED.decide(LineFacts(kind, stock, basis, price, LIMIT))
    assert ruling is not None
    assert (ruling.rule, ruling.route) == (rule, route)
    assert ruling.sentence.endswith(".")
    assert "{" not in ruling.rule + ruling.sentence


def test_a_blanket_order_is_called_off_before_all_else() -> None:
    ruling = SHIPPED.bought(replace(LINE, blanket=True, kind=SERVICE))
    assert (ruling.rule, ruling.route) == ("blanket-order", Route.CALL_OFF)


def test_an_order_carries_its_strictest_rule() -> None:
    assert SHIPPED.stricter("small-purchase", "over-250") == "over-250"
    assert SHIPPED.stricter("service", "over-1000") == "service"
    assert SHIPPED.stricter("", "small-purchase") == "small-purchase"


@pytest.mark.parametrize(
    ("when", "line"),
    [
        ({"kind": "service"}, replace(LINE, kind=SERVICE)),
        ({"kind": ["service", "free_text"]}, replace(LINE, kind=LineKind.FREE_TEXT)),
        ({"category": "seals"}, replace(LINE, category="Seals ")),
        ({"part": ["SEAL-1", "seal-2"]}, replace(LINE, part="SEAL-2")),
        ({"vendor": "GRA"}, replace(LINE, vendor="gra")),
        ({"contract": True}, replace(LINE, basis=PriceBasis.AGREEMENT)),
        ({"blanket": True}, replace(LINE, blanket=True)),
        ({"priced": False}, replace(LINE, basis=PriceBasis.NONE, amount=None)),
        ({"over": 100}, replace(LINE, amount=Money.of("100.01", "EUR"))),
        ({"over": "company limit"}, replace(LINE, amount=Money.of("250.01", "EUR"))),
        ({"over": 1000}, replace(LINE, amount=None)),
        ({"up_to": "99.99"}, replace(LINE, amount=Money.of("99.99", "EUR"))),
        ({"job_type": "preventive"}, replace(LINE, job=JobFacts(WorkType.PREVENTIVE))),
        ({"priority": ["high", "low"]}, replace(LINE, job=JobFacts(priority=Priority.LOW))),
        ({"emergency": True}, replace(LINE, job=JobFacts(priority=Priority.EMERGENCY))),
        ({"site": "NORTH"}, replace(LINE, job=JobFacts(site="NORTH"))),
        ({"cost_centre": "CC-2"}, replace(LINE, job=JobFacts(cost_centre="CC-2"))),
    ],
)
def test_a_condition_holds_for_its_line_and_for_no_other(
    when: dict[str, Any], line: LineFacts
) -> None:
    routes = section(rule(when=when))
    assert routes.bought(line).rule == "x"
    assert routes.bought(LINE).rule == "rest"
    assert Conditions.model_validate(when).failing(LINE)


def test_the_condition_that_is_told_is_the_first_in_the_order_of_the_document() -> None:
    given = {
        "kind": "service",
        "category": "seals",
        "part": "SEAL-1",
        "vendor": "GRA",
        "contract": True,
        "blanket": True,
        "job_type": "preventive",
        "site": "NORTH",
        "cost_centre": "CC-2",
    }
    for count in range(len(given)):
        left = dict(list(given.items())[count:])
        first = dict(list(left.items())[:1])
        found = Conditions.model_validate(left).failing(LINE)
        assert found == Conditions.model_validate(first).failing(LINE)


def test_what_no_rule_takes_from_stock_is_bought_at_no_known_price() -> None:
    spare = rule("spare", "from stock", when={"emergency": True})
    routes = section(spare, rule("unknown", "buyer", when={"priced": False}))
    stocked = replace(LINE, from_stock=True, basis=PriceBasis.STOCK, amount=None)
    assert routes.said(stocked).rule == "unknown"
    asked = [(one.name, why_not is None) for one, why_not in routes.asked(stocked)]
    assert asked == [("spare", False), ("unknown", True)]


def test_an_unknown_amount_is_up_to_none() -> None:
    routes = section(rule(when={"up_to": 1000}))
    assert routes.bought(replace(LINE, amount=None)).rule == "rest"


def test_all_conditions_must_hold() -> None:
    routes = section(rule(when={"category": "bearings", "site": "NORTH"}))
    assert routes.bought(LINE).rule == "rest"
    assert routes.bought(replace(LINE, job=JobFacts(site="NORTH"))).rule == "x"


def test_out_of_pocket_is_allowed_up_to_its_amount_and_not_a_cent_more() -> None:
    routes = section(rule(route="out of pocket", allowed_up_to=30))
    ruling = routes.bought(replace(LINE, amount=Money.of("30", "EUR")))
    assert (ruling.route, ruling.allowed) == (Route.OUT_OF_POCKET, Money.of("30", "EUR"))
    assert routes.bought(replace(LINE, amount=Money.of("30.01", "EUR"))).rule == "rest"
    assert routes.bought(replace(LINE, amount=None)).allowed == Money.of("30", "EUR")


def test_what_the_policy_leaves_in_stock_is_bought() -> None:
    routes = section(rule(route="from stock", when={"emergency": True}))
    assert routes.decide(replace(LINE, from_stock=True)) is None
    urgent = replace(LINE, from_stock=True, job=JobFacts(priority=Priority.EMERGENCY))
    assert routes.decide(urgent) is not None


def test_what_a_buyer_orders_goes_by_a_rule_that_orders_or_by_their_choice() -> None:
    assert section(rule(when={"over": 1})).ordered(LINE).rule == "rest"
    own = RoutesSection.model_validate({"rules": [rule()]})
    assert own.ordered(LINE) is BUYERS_CHOICE


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ([], "the last rule must hold without conditions"),
        ([rule(when={"over": 1})], "the last rule must hold without conditions"),
        ([rule("a"), rule("b")], "'a' always holds, so 'b' below it is never asked"),
        ([rule("a", when={"over": 1}), rule("A")], "two rules are called 'a'"),
        ([rule(route="out of pocket")], "needs the route 'out of pocket' and allowed_up_to"),
        ([rule(allowed_up_to=3)], "needs the route 'out of pocket' and allowed_up_to"),
        ([rule(route="from stock", when={"over": 3})], "so it can't ask for over"),
        ([rule(when={"over": "much"})], "'much' is no amount"),
        ([rule(when={"up_to": -1})], "'-1' is no amount"),
        ([rule(when={"category": []})], "at least 1 item"),
    ],
)
def test_a_table_that_can_not_decide_is_refused(rules: list[dict[str, Any]], told: str) -> None:
    with pytest.raises(ValidationError) as error:
        RoutesSection.model_validate({"rules": rules})
    assert told in str(error.value)


def test_a_table_keeps_its_amounts_exactly_as_json() -> None:
    routes = section(rule(when={"over": Decimal("12.5")}))
    again = RoutesSection.model_validate(routes.model_dump(mode="json", exclude_unset=True))
    assert again == routes
