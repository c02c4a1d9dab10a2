"""Parts, vendors, agreements and rates: entered once, entered again without effect."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.conftest import TestClock
from tests.factories.buying import World, seed
from wopo.db.uow import SqlTransactions
from wopo.domain.audit import AuditEntry
from wopo.domain.errors import DomainError
from wopo.domain.exchange_rates import ExchangeRate
from wopo.domain.money import Money
from wopo.domain.parts import Part
from wopo.domain.price_agreements import PriceAgreement, PriceTier
from wopo.domain.vendors import PreferredVendor, Standing, Vendor
from wopo.usecases.door import Answer, Command
from wopo.usecases.exchange_rates import SetExchangeRate, convert
from wopo.usecases.parts import SavePart
from wopo.usecases.price_agreements import SaveAgreement, TierInput
from wopo.usecases.vendors import SaveVendor, SetPreferredVendor

D = Decimal
Do = Callable[..., Answer]


@pytest.fixture
def world(transactions: SqlTransactions, clock: TestClock) -> World:
    return seed(transactions, clock)


PART = SavePart(number="P-9", name="Bolt", unit="pcs", category="bolts")
VENDOR = SaveVendor(code="V-9", name="Bolts & Co", email="a@b.c", standing=Standing.PREFERRED)
AGREEMENT = SaveAgreement(
    number="C-9", vendor="GRA", part="P-200", valid_from=date(2026, 1, 1),
    tiers=(TierInput(unit_price=D(5)), TierInput(from_quantity=D(50), discount_percent=D(10))),
)  # fmt: skip
RATE = SetExchangeRate(source="eur", target="USD", day=date(2026, 1, 1), rate=D("1.08"))
FAVOUR = SetPreferredVendor(vendor="GRA", part="P-200")
CHANGED: list[tuple[Command, dict[str, Any], str]] = [
    (PART, {"name": "Long bolt"}, "part:changed"),
    (VENDOR, {"standing": Standing.BLOCKED}, "vendor:changed"),
    (AGREEMENT, {"tiers": (TierInput(unit_price=D(6)),)}, "price_agreement:changed"),
    (RATE, {"rate": D("1.09")}, "exchange_rate:set"),
    (FAVOUR, {"preferred": False}, "vendor:preferred"),
]


@pytest.mark.parametrize(("command", "change", "event"), CHANGED)
def test_the_same_again_records_nothing_and_a_change_is_recorded(
    do: Do, world: World, command: Command, change: dict[str, Any], event: str
) -> None:
    assert do(command).facts["outcome"] == "added"
    before = len(world.all_entries())
    assert do(command).facts["outcome"] == "unchanged"
    assert len(world.all_entries()) == before
    assert do(command.model_copy(update=change)).facts["outcome"] == "changed"
    assert [entry.event for entry in world.all_entries()[before:]] == [event]


def test_saved_things_hold_what_was_given(do: Do, world: World) -> None:
    for command in (PART, VENDOR, AGREEMENT, RATE, FAVOUR):
        do(command)
    assert world.all(Part, number="P-9")[0].category == "bolts"
    assert world.all(Vendor, code="V-9")[0].currency == "EUR"
    row = world.all(PriceAgreement, number="C-9")[0]
    assert (row.unit, row.currency, row.part_id) == ("pcs", "EUR", "belt")
    tiers = world.all(PriceTier, agreement_id=row.id)
    assert [(t.from_quantity, t.unit_price) for t in tiers] == [(0, 5), (50, None)]
    assert len(world.all(ExchangeRate)) == 1
    assert len(world.all(PreferredVendor, vendor_id="gra", part_id="belt")) == 1


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (SavePart(number="P-8", unit="pcs"), "name"),
        (SavePart(number="P-8", name="x"), "unit"),
        (SavePart(number=" ", name="x", unit="pcs"), "number"),
        (SaveVendor(code="V-8"), "name"),
        (SaveVendor(code="V-8", name="x", currency="EUX"), "currency"),
        (SaveAgreement(number="C-8", vendor="NOBODY", part="P-100"), "vendor"),
        (SaveAgreement(number="C-8", vendor="GRA", part="P-100"), "valid_from"),
        (SaveAgreement(number="C-8", vendor="BLO", part="P-100"), "vendor"),
        (SetPreferredVendor(vendor="GRA", part="P-100", category="x"), "part"),
        (SetPreferredVendor(vendor="GRA"), "part"),
        (SetPreferredVendor(vendor="BLO", part="P-100"), "vendor"),
        (RATE.model_copy(update={"rate": D(0)}), "rate"),
        (RATE.model_copy(update={"rate": D("1.1234567")}), "rate"),
    ],
)
def test_bad_input_is_refused_at_its_field(
    do: Do, world: World, command: Command, field: str
) -> None:
    before = len(world.all_entries())
    with pytest.raises(DomainError) as refused:
        do(command, by="adm")
    assert refused.value.field == field
    assert len(world.all_entries()) == before


def test_the_unit_of_a_part_in_use_stays(do: Do, world: World) -> None:
    world.stock("seal", "5", 500)
    with pytest.raises(DomainError) as refused:
        do(SavePart(number="P-100", unit="box"), by="ben")
    assert refused.value.code == "part.unit_fixed"
    do(SavePart(number="P-200", unit="box"), by="ben")


def test_technicians_change_no_master_data(do: Do, world: World) -> None:
    for command in (PART, VENDOR, AGREEMENT, RATE, FAVOUR):
        with pytest.raises(DomainError) as refused:
            do(command, by="tess")
        assert refused.value.code == "not_allowed"


def test_amounts_are_converted_at_the_rate_of_the_day(do: Do, world: World) -> None:
    do(RATE)
    with world.transactions.read() as uow:
        amount = Money.of("100", "EUR")
        assert convert(uow, amount, "USD", date(2026, 3, 1)) == Money.of("108", "USD")
        with pytest.raises(DomainError, match="No EUR->USD rate for 2025-12-31"):
            convert(uow, amount, "USD", date(2025, 12, 31))


def test_the_audit_names_before_and_after(do: Do, world: World) -> None:
    do(PART)
    do(PART.model_copy(update={"category": "screws"}), by="ben")
    entry: AuditEntry = world.all_entries()[-1]
    assert (entry.actor_id, entry.facts["before"], entry.facts["after"]) == (
        "ben", {"category": "bolts"}, {"category": "screws"},
    )  # fmt: skip
