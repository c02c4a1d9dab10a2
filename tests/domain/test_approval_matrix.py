"""The approval rules of the policy: which order meets which, and who is asked then."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from wopo.domain.approval_matrix import ApprovalRule, ApprovalSection, BudgetState, OrderFacts
from wopo.domain.purchase_orders import OrderKind
from wopo.domain.vendors import Standing

D = Decimal
FACTS = OrderFacts(
    amount=D(500),
    cost_centres=frozenset({"4711"}),
    categories=frozenset({"Seals", ""}),
    standing=Standing.APPROVED,
    budget=BudgetState.WITHIN,
    kind=OrderKind.STANDARD,
)


def rule(steps: Any = ("manager",), **when: Any) -> ApprovalRule:
    return ApprovalRule.model_validate({"name": "r", "when": when, "steps": steps})


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ({}, True),
        ({"above": "499.99", "up_to": 500}, True),
        ({"above": 500}, False),
        ({"up_to": "499.99"}, False),
        ({"cost_centre": 4711}, True),
        ({"cost_centre": ["4712", "4713"]}, False),
        ({"category": "seals"}, True),
        ({"category": "belts"}, False),
        ({"vendor": ["on_trial", "approved"]}, True),
        ({"vendor": "on_trial"}, False),
        ({"budget": "over"}, False),
        ({"kind": "standard", "budget": "within", "above": 100}, True),
        ({"kind": "blanket"}, False),
    ],
)
def test_a_rule_is_about_what_meets_all_of_its_conditions(
    when: dict[str, Any], holds: bool
) -> None:
    assert rule(**when).when.holds(FACTS) is holds


def test_an_amount_that_no_rate_tells_is_above_every_limit() -> None:
    unknown = OrderFacts(**{**FACTS.__dict__, "amount": None})
    assert rule(above=1_000_000).when.holds(unknown)
    assert not rule(up_to=1_000_000).when.holds(unknown)


def test_the_first_rule_that_fits_decides_and_its_last_step_covers_the_amount() -> None:
    section = ApprovalSection.model_validate(
        {
            "rules": [
                {"name": "big", "when": {"above": 5000}, "steps": ["authority"]},
                {"name": "seals", "when": {"category": "seals"},
                 "steps": ["manager", ["owner", "role finance", "person ANA"]]},
                {"name": "rest", "steps": ["role finance"]},
            ]
        }
    )  # fmt: skip
    found = section.rule_for(FACTS)
    assert found is not None
    assert found.words == (
        "1. the requester's manager, 2. the cost centre's owner and finance and ANA, "
        "3. authority for the amount"
    )
    assert [one.kind for one in section.named()] == ["category", "person"]
    kept = section.model_dump(mode="json", exclude_unset=True)
    assert ApprovalSection.model_validate(kept) == section


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        (["boss"], "'boss' is nobody who decides"),
        (["role"], "'role' does not say who decides"),
        (["role chief"], "there is no role 'chief'"),
        (["person"], "'person' does not say who decides"),
        (["manager Sue"], "'manager Sue' does not say who decides"),
        ([], "needs 1 to 8 steps"),
        ([[]], "each step of 'r' needs 1 to 6 deciders"),
        (["manager", ["owner", "manager"]], "'r' asks manager twice"),
    ],
)
def test_steps_that_say_nothing_are_refused_with_a_sentence(steps: Any, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        rule(steps)
    with pytest.raises(ValidationError, match="no amount is both"):
        rule(above=10, up_to=10)
