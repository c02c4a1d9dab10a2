"""What an order adds up to, and what counts as another content."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wopo.domain.errors import DomainError
from wopo.domain.money import Money, extend
from wopo.domain.order_content import (
    ChargeContent,
    LineContent,
    OrderContent,
    ScheduleContent,
    changed,
    check_content,
    check_dates,
    shares,
    totals,
)
from wopo.domain.purchase_orders import OrderKind, Progress
from wopo.usecases.order_documents import without_derived_tax

D = Decimal
DAY = date(2026, 3, 2)


def line(**more: Any) -> LineContent:
    values: dict[str, Any] = {
        "description": "Seal", "quantity": D(3), "unit": "pcs", "unit_price": D("9.99"),
        "cost_centre_id": "cc",
    } | more  # fmt: skip
    return LineContent(**values)


def order(*lines: LineContent, **more: Any) -> OrderContent:
    return OrderContent(vendor_id="v", lines=lines or (line(),), **{"currency": "EUR"} | more)


QUANTITY = st.decimals("0.000001", "100000", places=6)
PRICE = st.decimals("0", "10000", places=6)
PERCENT = st.sampled_from([D(0), D(7), D(19), D("5.5"), D(21)])
LINES = st.lists(
    st.builds(
        line,
        quantity=QUANTITY,
        unit_price=PRICE,
        price_per=st.sampled_from([D(1), D(100), D(1000)]),
        tax_percent=PERCENT,
    ),
    min_size=1,
    max_size=8,
)
CURRENCY = st.sampled_from(["EUR", "JPY", "KWD"])


@given(LINES, CURRENCY, st.lists(st.integers(0, 10**7), max_size=3), st.integers(0, 10**9))
def test_an_order_adds_up_exactly(
    lines: list[LineContent], currency: str, charges: list[int], off: int
) -> None:
    charged = tuple(
        ChargeContent(code=f"C{at}", amount_minor=amount) for at, amount in enumerate(charges)
    )
    bare = order(*lines, currency=currency, charges=charged)
    discount = min(off, totals(bare).net_minor)
    found = totals(bare.model_copy(update={"discount_minor": discount}))
    nets = [
        extend(item.quantity, item.unit_price, currency, per=item.price_per).minor for item in lines
    ]
    assert [item.net_minor for item in found.lines] == nets
    assert found.net_minor == sum(nets)
    assert found.charges_minor == sum(charges)
    assert sum(item.share_minor for item in found.lines) == sum(nets) + sum(charges) - discount
    assert found.tax_minor == sum(item.tax_minor for item in found.lines)
    assert found.total_minor == sum(nets) + sum(charges) - discount + found.tax_minor


@given(LINES, st.integers(1, 500))
def test_shares_follow_the_lines_within_one_unit(lines: list[LineContent], freight: int) -> None:
    made = order(*lines, charges=(ChargeContent(code="F", amount_minor=freight),))
    found = totals(made)
    if not found.net_minor:
        return
    for item in found.lines:
        fair = item.net_minor + D(freight) * item.net_minor / found.net_minor
        assert abs(item.share_minor - fair) < 1


def test_a_worked_example() -> None:
    made = order(
        line(id="a", tax_percent=D(19)),
        line(id="b", quantity=D(250), unit_price=D("12.34"), price_per=D(100), discount_minor=85),
        charges=(ChargeContent(code="FREIGHT", amount_minor=1000),),
        discount_minor=300,
    )
    found = check_content(made)
    assert [item.net_minor for item in found.lines] == [2997, 3000]
    assert shares(made) == {"a": 2997 + 500 - 150, "b": 3000 + 500 - 150}
    assert found.tax_minor == Money.of(D("33.47") * D("0.19"), "EUR").minor == 636
    assert found.total_minor == 5997 + 1000 - 300 + 636


def test_a_stated_tax_stays_and_a_derived_one_is_left_out() -> None:
    stated = order(line(tax_percent=D(19), tax_minor=570), line(tax_percent=D(19), tax_minor=569))
    kept = without_derived_tax(stated)
    assert [item.tax_minor for item in kept.lines] == [570, None]
    assert totals(kept) == totals(stated)


def test_one_content_has_one_hash() -> None:
    left = order(line(quantity=D("2.50")), charges=_charges("A", "B"))
    right = order(line(quantity=D("2.5")), charges=_charges("B", "A"))
    assert left.hash() == right.hash()
    assert left.hash() != order(line(quantity=D("2.51")), charges=_charges("A", "B")).hash()


def _charges(*codes: str) -> tuple[ChargeContent, ...]:
    return tuple(ChargeContent(code=code, amount_minor=5) for code in codes)


def test_what_changed_is_named() -> None:
    before = order(line(id="a"), line(id="b"), line(id="c"))
    after = order(line(id="a", quantity=D(4)), line(id="b"), line(id="d"), payment_terms="30 days")
    assert changed(before, after) == {
        "payment_terms": ["", "30 days"],
        "lines": {"a": {"quantity": ["3", "4"]}, "c": "removed", "d": "added"},
    }
    assert changed(before, before) == {}


BAD: list[tuple[OrderContent, str]] = [
    (OrderContent(vendor_id="v", currency="EUR"), "lines"),
    (order(currency="EUX"), "currency"),
    (order(line(quantity=D(0))), "quantity"),
    (order(line(quantity=D(-1))), "quantity"),
    (order(line(quantity=D("0.0000001"))), "quantity"),
    (order(line(unit_price=D(-1))), "unit_price"),
    (order(line(unit_price=D("0.1234567"))), "unit_price"),
    (order(line(price_per=D(0))), "price_per"),
    (order(line(tax_percent=D(-1))), "tax_percent"),
    (order(line(description=" ")), "description"),
    (order(line(unit="")), "unit"),
    (order(line(discount_minor=2998)), "discount"),
    (order(line(discount_minor=-1)), "discount"),
    (order(discount_minor=2998), "discount"),
    (order(discount_minor=-1), "discount"),
    (order(line(id="a"), line(id="a")), "lines"),
    (order(charges=_charges("A", "A")), "charges"),
    (order(charges=_charges(" ")), "charges"),
    (order(charges=(ChargeContent(code="A", amount_minor=-1),)), "charges"),
    (order(line(schedule=(ScheduleContent(due_on=DAY, quantity=D(2)),))), "schedule"),
    (
        order(
            line(
                schedule=(
                    ScheduleContent(due_on=DAY, quantity=D(4)),
                    ScheduleContent(due_on=DAY, quantity=D(-1)),
                )
            )
        ),
        "schedule",
    ),
    (order(kind=OrderKind.RECURRING, service_frequency="monthly"), "service_frequency"),
    (order(kind=OrderKind.BLANKET), "blanket_limit"),
]


@pytest.mark.parametrize(("made", "field"), BAD)
def test_what_cannot_be_ordered_is_refused_at_its_field(made: OrderContent, field: str) -> None:
    with pytest.raises(DomainError) as refused:
        check_content(made)
    assert refused.value.field == field
    assert "Nothing was changed" in refused.value.message


@pytest.mark.parametrize("price", [D("1e9"), D("9999999999")])
def test_a_total_beyond_reason_is_refused(price: Decimal) -> None:
    with pytest.raises(DomainError, match="exceeds the allowed maximum"):
        check_content(order(line(quantity=D("1e9"), unit_price=price)))


def test_a_past_day_is_refused_unless_it_stood_there() -> None:
    yesterday = DAY - timedelta(days=1)
    past = order(line(schedule=(ScheduleContent(due_on=yesterday, quantity=D(3)),)))
    with pytest.raises(DomainError, match="2026-03-01 is past"):
        check_dates(past, DAY)
    check_dates(past, DAY, before=past)
    check_dates(order(valid_to=DAY), DAY)
    with pytest.raises(DomainError):
        check_dates(order(valid_to=yesterday), DAY, before=past.model_copy(update={"lines": ()}))


@pytest.mark.parametrize(
    ("lines", "progress"),
    [
        ([], Progress.NONE),
        ([(0, 5), (0, 1)], Progress.NONE),
        ([(5, 5), (0, 1)], Progress.PARTIAL),
        ([(4, 5)], Progress.PARTIAL),
        ([(5, 5), (1, 1)], Progress.FULL),
        ([(5, 5), (0, 0)], Progress.FULL),
        ([(6, 5), (0, 1)], Progress.OVER),
        ([(1, 0)], Progress.OVER),
    ],
)
def test_progress_is_derived_from_the_lines(
    lines: list[tuple[int, int]], progress: Progress
) -> None:
    assert Progress.of((D(done), D(due)) for done, due in lines) is progress
