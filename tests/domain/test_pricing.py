"""What something costs on a day, and who sells it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from wopo.domain.errors import DomainError
from wopo.domain.exchange_rates import ExchangeRate, converted, rate_on
from wopo.domain.money import Money
from wopo.domain.part_requests import PriceBasis
from wopo.domain.price_agreements import PriceAgreement, PriceTier, check_agreement, check_tiers
from wopo.domain.pricing import LastPrice, PriceBook, Wanted
from wopo.domain.vendors import PreferredVendor, Standing, Vendor

D = Decimal
DAY = date(2026, 3, 2)


def vendor(id: str, standing: Standing = Standing.APPROVED, *, active: bool = True) -> Vendor:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Vendor(
        id=id, code=id, name=id, currency="EUR", standing=standing, active=active, created_at=at
    )


def agreement(id: str, vendor_id: str = "a", **more: Any) -> PriceAgreement:
    values = {
        "part_id": "p", "currency": "EUR", "unit": "pcs", "valid_from": date(2026, 1, 1),
        "valid_to": date(2026, 12, 31),
    } | more  # fmt: skip
    return PriceAgreement(id=id, number=id, vendor_id=vendor_id, **values)


def tier(start: str = "0", price: str | None = None, off: str | None = None) -> PriceTier:
    return PriceTier(
        id=f"t{start}{price}",
        agreement_id="",
        from_quantity=D(start),
        unit_price=D(price) if price is not None else None,
        discount_percent=D(off) if off is not None else None,
    )


def last(vendor_id: str, price: str, day: date = DAY, part: str = "p") -> LastPrice:
    return LastPrice(
        id=vendor_id + price, part_id=part, vendor_id=vendor_id, unit_price=D(price), unit="pcs",
        currency="EUR", day=day,
    )  # fmt: skip


def book(*agreements: tuple[PriceAgreement, list[PriceTier]], **more: Any) -> PriceBook:
    vendors = more.pop("vendors", [vendor("a"), vendor("b"), vendor("c")])
    return PriceBook(agreements=agreements, vendors={v.id: v for v in vendors}, **more)


def wanted(quantity: str = "1", **more: Any) -> Wanted:
    return Wanted(D(quantity), "pcs", more.pop("day", DAY), part_id="p", category="cat", **more)


@pytest.mark.parametrize(
    ("quantity", "price"), [("1", "10"), ("9.999999", "10"), ("10", "9"), ("500", "8.5")]
)
def test_the_tier_of_the_quantity_decides(quantity: str, price: str) -> None:
    prices = book((agreement("x"), [tier("0", "10"), tier("100", "8.5"), tier("10", "9")]))
    assert prices.best(wanted(quantity)).unit_price == D(price)


@pytest.mark.parametrize(
    ("day", "valid"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ],
)
def test_an_agreement_is_valid_between_its_days(day: date, *, valid: bool) -> None:
    offer = book((agreement("x"), [tier("0", "10")])).best(wanted(day=day))
    assert (offer.basis is PriceBasis.AGREEMENT) is valid


@pytest.mark.parametrize(
    "more",
    [
        {"active": False},
        {"minimum_quantity": D(2)},
        {"unit": "box"},
        {"part_id": "other"},
        {"part_id": None, "category": "other"},
        {"part_id": None, "service": "p"},
    ],
)
def test_what_an_agreement_does_not_cover_has_no_agreed_price(more: dict[str, Any]) -> None:
    offer = book((agreement("x", **more), [tier("0", "10")])).best(wanted())
    assert (offer.basis, offer.unit_price) == (PriceBasis.NONE, None)


def test_the_minimum_quantity_itself_is_enough() -> None:
    prices = book((agreement("x", minimum_quantity=D(5)), [tier("0", "10")]))
    assert prices.best(wanted("5")).unit_price == D(10)


def test_a_discount_comes_off_the_agreements_own_price() -> None:
    prices = book((agreement("x", price_per=D(100)), [tier("0", "12.34"), tier("10", None, "15")]))
    offer = prices.best(wanted("10"))
    assert (offer.unit_price, offer.price_per) == (D("10.489"), D(100))
    assert offer.amount(D(250)) == Money.of("26.22", "EUR")


def test_a_discount_without_a_price_comes_off_the_last_price() -> None:
    terms = agreement("x", part_id=None, category="cat"), [tier("0", None, "10")]
    assert book(terms, last_prices=[last("a", "20")]).best(wanted()).unit_price == D(18)
    assert book(terms).best(wanted()).basis is PriceBasis.NONE


def test_the_part_comes_before_its_category() -> None:
    prices = book(
        (agreement("wide", part_id=None, category="cat"), [tier("0", "1")]),
        (agreement("own"), [tier("0", "2")]),
    )
    assert prices.best(wanted()).agreement_number == "own"


def test_a_service_is_found_by_its_words() -> None:
    terms = agreement("s", part_id=None, service="Lift check", unit="visit")
    asked = Wanted(D(1), "visit", DAY, service=" lift CHECK")
    assert book((terms, [tier("0", "300")])).best(asked).unit_price == D(300)


def test_contract_prices_prefer_the_preferred_then_the_lowest() -> None:
    a, b = (agreement("A"), [tier("0", "10")]), (agreement("B", "b"), [tier("0", "11")])
    assert book(a, b).best(wanted()).vendor_id == "a"
    favour = [PreferredVendor(id="f", vendor_id="b", part_id="p")]
    assert book(a, b, preferred=favour).best(wanted()).vendor_id == "b"


def test_price_bases_are_compared_per_unit() -> None:
    a = agreement("A", price_per=D(100)), [tier("0", "900")]
    b = agreement("B", "b"), [tier("0", "10")]
    assert book(a, b).best(wanted()).vendor_id == "a"


def test_without_a_contract_the_preferred_vendor_comes_before_the_last_one() -> None:
    favour = [PreferredVendor(id="f", vendor_id="b", category="cat")]
    prices = book(preferred=favour, last_prices=[last("a", "5")])
    offer = prices.best(wanted())
    assert (offer.vendor_id, offer.basis) == ("b", PriceBasis.NONE)


def test_the_vendor_of_the_newest_last_price_is_taken() -> None:
    older = last("a", "5", date(2026, 1, 1))
    offer = book(last_prices=[older, last("b", "6")]).best(wanted())
    assert (offer.vendor_id, offer.unit_price, offer.basis) == ("b", D(6), PriceBasis.LAST_PRICE)


@pytest.mark.parametrize("bad", [vendor("a", Standing.BLOCKED), vendor("a", active=False)])
def test_a_blocked_or_inactive_vendor_is_never_chosen(bad: Vendor) -> None:
    prices = book(
        (agreement("A"), [tier("0", "1")]),
        vendors=[bad],
        preferred=[PreferredVendor(id="f", vendor_id="a", part_id="p")],
        last_prices=[last("a", "1")],
    )
    assert prices.best(wanted()).vendor_id is None
    with pytest.raises(DomainError, match="nothing can be ordered there"):
        bad.check_orderable()


@pytest.mark.parametrize(
    "tiers",
    [
        [tier("0")],
        [tier("0", "1"), tier("0", "2")],
        [tier("0", "-1")],
        [tier("-1", "1")],
        [tier("0", None, "101")],
    ],
)
def test_bad_price_steps_are_refused(tiers: list[PriceTier]) -> None:
    with pytest.raises(DomainError) as refused:
        check_tiers(tiers)
    assert refused.value.field == "tiers"


@pytest.mark.parametrize(
    "more",
    [
        {"part_id": None},
        {"category": "also"},
        {"valid_to": date(2025, 1, 1)},
        {"price_per": D(0)},
        {"minimum_quantity": D(-1)},
    ],
)
def test_a_senseless_agreement_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(DomainError, match="Nothing was changed"):
        check_agreement(agreement("x", **more))


def test_the_rate_of_the_day_is_the_newest_before_it() -> None:
    rates = [
        ExchangeRate(id=str(day), source="EUR", target="USD", day=day, rate=D(rate))
        for day, rate in ((date(2026, 1, 1), "1.1"), (date(2026, 3, 2), "1.2"))
    ]
    assert rate_on(rates, "EUR", "USD", date(2026, 3, 1)) == D("1.1")
    assert rate_on(rates, "EUR", "USD", date(2026, 3, 2)) == D("1.2")
    assert rate_on((), "EUR", "EUR", DAY) == 1
    for source, target, day in (("EUR", "USD", date(2025, 12, 31)), ("USD", "EUR", DAY)):
        with pytest.raises(DomainError, match=f"No {source}->{target} rate for {day}"):
            rate_on(rates, source, target, day)
    assert converted(Money.of("10.05", "EUR"), "JPY", D("161.4")) == Money(1622, "JPY")
