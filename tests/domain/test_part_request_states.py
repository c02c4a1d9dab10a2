"""Where a request line stands, derived."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wopo.domain.part_request_states import Bought, StateFacts, derive_state, state_text
from wopo.domain.part_requests import LineState, Route
from wopo.domain.purchase_orders import OrderState

D = Decimal
DAY = date(2026, 3, 5)


def facts(quantity: int = 10, **more: Any) -> StateFacts:
    return StateFacts(quantity=D(quantity), unit="pcs", **more)


def bought(state: OrderState, quantity: int = 10, received: int = 0, **more: Any) -> Bought:
    return Bought("PO-2026-000042", state, D(quantity), D(received), **more)


I, A = OrderState.ISSUED, OrderState.APPROVED  # noqa: E741
TABLE: list[tuple[StateFacts, LineState, str]] = [
    (facts(cancelled=True), LineState.CANCELLED, "cancelled"),
    (facts(), LineState.TO_BUY, "to buy: waits for procurement"),
    (facts(route=Route.COUNTER), LineState.TO_BUY, "to buy: at a vendor's counter"),
    (facts(route=Route.OUT_OF_POCKET), LineState.TO_BUY, "to buy: may be paid out of pocket"),
    (
        facts(route=Route.NO_ORDER, rule="rent"),
        LineState.NO_ORDER,
        "closed: no order needed (rule “rent”)",
    ),
    (
        facts(route=Route.NO_ORDER, rule="rent", reserved=D(4)),
        LineState.RESERVED,
        "4 reserved: ready now, 6 closed: no order needed (rule “rent”)",
    ),
    (facts(route=Route.NO_ORDER, issued=D(10)), LineState.ISSUED, "handed out"),
    (facts(reserved=D(10)), LineState.RESERVED, "reserved: ready now"),
    (facts(reserved=D(4), issued=D(6)), LineState.RESERVED, "6 handed out, 4 reserved: ready now"),
    (facts(issued=D(10)), LineState.ISSUED, "handed out"),
    (facts(issued=D(10), returned=D(2)), LineState.ISSUED, "handed out; 2 given back"),
    (
        facts(bought=[bought(OrderState.DRAFT)]),
        LineState.TO_BUY,
        "to buy: PO-42 is being prepared",
    ),
    (facts(bought=[bought(OrderState.REJECTED)]), LineState.TO_BUY, "to buy: PO-42 was rejected"),
    (
        facts(bought=[bought(OrderState.PENDING_APPROVAL)]),
        LineState.IN_APPROVAL,
        "in approval (PO-42)",
    ),
    (
        facts(bought=[bought(A)]),
        LineState.ORDERED,
        "approved, goes to the vendor next (PO-42)",
    ),
    (facts(bought=[bought(I)]), LineState.ORDERED, "ordered (PO-42)"),
    (
        facts(bought=[bought(I, promised_on=DAY)]),
        LineState.PROMISED,
        "promised on 5 Mar 2026 (PO-42)",
    ),
    (
        facts(bought=[bought(I, promised_on=DAY, backordered=True)]),
        LineState.BACKORDERED,
        "on backorder at the vendor, promised on 5 Mar 2026 (PO-42)",
    ),
    (
        facts(bought=[bought(I, received=4)]),
        LineState.ORDERED,
        "4 arrived, 6 ordered (PO-42)",
    ),
    (facts(bought=[bought(I, received=10)]), LineState.RECEIVED, "arrived"),
    (facts(bought=[bought(I, received=12)]), LineState.RECEIVED, "arrived"),
    (
        facts(reserved=D(4), bought=[bought(I, 6, 6)]),
        LineState.RESERVED,
        "6 arrived, 4 reserved: ready now",
    ),
    (
        facts(issued=D(4), bought=[bought(I, 6, 6)]),
        LineState.RECEIVED,
        "4 handed out, 6 arrived",
    ),
    (
        facts(bought=[bought(I, received=4, ended=True)]),
        LineState.TO_BUY,
        "4 arrived, 6 to buy: waits for procurement",
    ),
    (
        facts(bought=[bought(I, 5), bought(OrderState.PENDING_APPROVAL, 5)]),
        LineState.IN_APPROVAL,
        "5 ordered (PO-42), 5 in approval (PO-42)",
    ),
]


@pytest.mark.parametrize(("given_facts", "state", "text"), TABLE)
def test_the_part_furthest_behind_gives_the_state(
    given_facts: StateFacts, state: LineState, text: str
) -> None:
    assert (derive_state(given_facts), state_text(given_facts)) == (state, text)


AMOUNT = st.integers(0, 12)
SHARES = st.lists(
    st.builds(
        bought,
        st.sampled_from(OrderState),
        AMOUNT,
        AMOUNT,
        ended=st.booleans(),
        backordered=st.booleans(),
        promised_on=st.sampled_from([None, DAY]),
    ),
    max_size=4,
)


@given(st.integers(1, 12), AMOUNT, AMOUNT, SHARES)
def test_states_agree_with_the_quantities(
    quantity: int, reserved: int, issued: int, shares: list[Bought]
) -> None:
    found = facts(quantity, reserved=D(reserved), issued=D(issued), bought=shares)
    state = derive_state(found)
    there = state in (LineState.ISSUED, LineState.RECEIVED)
    assert there == (found.done >= found.quantity)
    assert found.unsourced >= 0
    if found.unsourced and not there:
        assert state is LineState.TO_BUY
    if state is LineState.RESERVED:
        assert found.reserved + found.done >= found.quantity
    covered = found.issued + found.reserved + found.ordered + found.unsourced
    assert covered >= found.quantity
