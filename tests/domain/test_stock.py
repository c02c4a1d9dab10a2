"""Stock levels: nothing is promised twice, and value never drifts from quantity."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from wopo.domain.errors import DomainError
from wopo.domain.stock import StockLevel, checked_quantity, share_of

D = Decimal
QUANTITY = st.decimals("0.000001", "1000", places=6)


def level(on_hand: str = "0", value: int = 0, reserved: str = "0") -> StockLevel:
    return StockLevel(
        id="l", part_id="p", location_id="s", currency="EUR", on_hand=D(on_hand),
        value_minor=value, reserved=D(reserved),
    )  # fmt: skip


def test_the_average_cost_of_what_lies_there_is_carried_out() -> None:
    stock = level("10", 1000)
    stock.put(D(10), 2000)
    assert stock.take(D(1)) == 150
    assert (stock.on_hand, stock.value_minor) == (19, 2850)


def test_the_last_piece_takes_what_is_left() -> None:
    stock = level("3", 1000)
    assert [stock.take(D(1)) for _ in range(3)] == [333, 334, 333]
    assert (stock.on_hand, stock.value_minor) == (0, 0)


def test_only_what_is_free_is_reserved() -> None:
    stock = level("3", 1000, "2")
    stock.reserve(D(1), place="Store", unit="pcs")
    with pytest.raises(DomainError, match="Only 0 pcs are free at Store; this needs"):
        stock.reserve(D("0.5"), place="Store", unit="pcs")
    stock.release(D(2))
    assert stock.free == 2


@pytest.mark.parametrize(
    ("on_hand", "value", "counted", "worth", "difference", "change"),
    [
        ("10", 1000, "12", 9999, "2", 200),
        ("10", 1000, "7", 9999, "-3", -300),
        ("10", 1000, "0", 9999, "-10", -1000),
        ("0", 0, "4", 500, "4", 500),
        ("3", 100, "3", 0, "0", 0),
    ],
)
def test_a_count_corrects_at_average_cost(
    on_hand: str, value: int, counted: str, worth: int, difference: str, change: int
) -> None:
    stock = level(on_hand, value)
    assert stock.count(D(counted), worth) == (D(difference), change)
    assert (stock.on_hand, stock.value_minor) == (D(counted), value + change)


def test_a_count_below_what_is_reserved_is_refused() -> None:
    with pytest.raises(DomainError, match="4 of these are reserved"):
        level("10", 1000, "4").count(D(3), 0)


def test_a_delivery_goes_back_at_what_it_brought() -> None:
    stock = level("10", 1000)
    stock.put(D(10), 2000)
    assert stock.take_back(D(10), 2000) == 2000
    assert stock.value_minor == 1000
    stock.take(D(9))
    assert stock.take_back(D(1), 5000) == 100
    with pytest.raises(DomainError):
        level("5", 10, "5").take_back(D(1), 1)


@given(st.integers(-(10**12), 10**12), QUANTITY, QUANTITY)
def test_shares_are_rounded_half_up_of_the_exact_part(
    amount: int, part: Decimal, whole: Decimal
) -> None:
    exact = 2 * amount * int(part.scaleb(6)), 2 * int(whole.scaleb(6))
    assert abs(share_of(amount, part, whole) * exact[1] - exact[0]) <= exact[1] // 2
    assert share_of(amount, whole, whole) == amount


@pytest.mark.parametrize("bad", ["0", "-1", "0.0000001", "1e11"])
def test_a_quantity_is_more_than_nothing(bad: str) -> None:
    with pytest.raises(DomainError) as refused:
        checked_quantity(D(bad), field="quantity")
    assert refused.value.field == "quantity"


class Store(RuleBasedStateMachine):
    """In, out, reserve and count in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.level = level()
        self.moved_value, self.moved = 0, D(0)

    @rule(quantity=QUANTITY, value=st.integers(0, 10**6))
    def put(self, quantity: Decimal, value: int) -> None:
        self.level.put(quantity, value)
        self._move(quantity, value)

    @rule(part=st.integers(1, 10))
    def take(self, part: int) -> None:
        quantity = (self.level.free * part / 10).quantize(D("0.000001"))
        if 0 < quantity <= self.level.free:
            self._move(-quantity, -self.level.take(quantity))

    @rule(part=st.integers(1, 10))
    def reserve(self, part: int) -> None:
        quantity = (self.level.free * part / 10).quantize(D("0.000001"))
        if 0 < quantity <= self.level.free:
            self.level.reserve(quantity, place="s", unit="u")

    @rule()
    def release(self) -> None:
        self.level.release(self.level.reserved)

    @rule(quantity=QUANTITY)
    def count(self, quantity: Decimal) -> None:
        if quantity >= self.level.reserved:
            self._move(*self.level.count(quantity, 777))

    def _move(self, quantity: Decimal, value: int) -> None:
        self.moved += quantity
        self.moved_value += value

    @invariant()
    def level_is_the_sum_of_its_movements(self) -> None:
        assert (self.level.on_hand, self.level.value_minor) == (self.moved, self.moved_value)
        assert 0 <= self.level.reserved <= self.level.on_hand
        assert self.level.value_minor >= 0
        if not self.level.on_hand:
            assert self.level.value_minor == 0


TestStore = Store.TestCase
