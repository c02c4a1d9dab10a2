"""Imports: all or nothing, twice the same is once, one audit row a record, one summary."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from tests.factories.imports import importing
from wopo.db.uow import SqlTransactions
from wopo.domain.audit import AuditEntry, AuditHead, chain_faults
from wopo.domain.budgets import Budget
from wopo.domain.cost_centres import CostCentre
from wopo.domain.errors import DomainError
from wopo.domain.imports import ImportedRecord
from wopo.domain.locations import Location
from wopo.domain.outbox import OutboxRow
from wopo.domain.people import AuthorityLimit, LabourRate, Person, Team, TeamMember
from wopo.domain.price_agreements import PriceAgreement, PriceTier
from wopo.domain.stock import MovementKind, StockLevel, StockMovement
from wopo.domain.vendors import Vendor
from wopo.domain.work_requests import WorkRequest
from wopo.usecases.door import Answer
from wopo.usecases.settings import channels

Do = Callable[..., Answer]

CENTRES = [{"code": "OPS", "name": "Operations", "currency": "EUR"}]
SITES = [
    {"code": "N", "name": "North", "cost_centre": "OPS"},
    {"code": "N-1", "name": "Store", "parent": "N", "holds_stock": True},
]
PARTS = [{"number": "P-1", "name": "Bearing", "unit": "pcs"}]
VENDORS = [{"code": "V1", "name": "Vendor one", "currency": "EUR"}]
DAY = date(2026, 1, 1)


def test_a_whole_company_comes_in_one_commit(do: Do, transactions: SqlTransactions) -> None:
    answer = do(
        importing(
            cost_centres=CENTRES,
            projects=[{"code": "ROOF", "name": "New roof"}],
            clients=[{"code": "T1", "name": "Tenant"}],
            locations=SITES,
            assets=[{"tag": "A-1", "name": "Pump", "location": "N-1"}],
            people=[
                {"code": "ANA", "name": "Ana", "roles": ("technician",), "cost_centre": "OPS"},
                {"code": "MIRA", "name": "Mira", "roles": ("approver", "admin"), "active": True},
                {"code": "OLD", "name": "Olaf", "roles": ("technician",), "active": False},
            ],
            teams=[{"code": "T", "name": "Night", "members": ("ANA",)}],
            labour_rates=[
                {"person": "ANA", "per_hour": "42.5", "currency": "EUR", "valid_from": DAY}
            ],
            authority_limits=[
                {"person": "MIRA", "amount": "5000", "currency": "EUR", "valid_from": DAY}
            ],
            budgets=[
                {"cost_centre": "OPS", "starts": DAY, "ends": date(2026, 12, 31), "amount": "9000"}
            ],
            channels=[
                {"purpose": "finance", "channel": "C012345"},
                {"purpose": "site:N", "channel": "C0SITE"},
            ],
            vendors=VENDORS,
            parts=PARTS,
            preferred_vendors=[{"vendor": "V1", "part": "P-1"}],
            exchange_rates=[
                {"source": "USD", "target": "EUR", "day": DAY, "rate": Decimal("0.91")}
            ],
        )
    )

    assert answer.facts["counts"]["people"] == {"added": 3, "changed": 0, "unchanged": 0}
    with transactions.read() as uow:
        people = {person.code: person for person in uow.all(Person)}
        assert people["MIRA"].roles == ["admin", "approver"]
        assert not people["OLD"].active
        assert uow.find(TeamMember, person_id=people["ANA"].id) is not None
        assert uow.find(Team, code="T") is not None
        assert uow.all(LabourRate)[0].per_hour == Decimal("42.5")
        assert uow.all(AuthorityLimit)[0].amount_minor == 500_000
        assert uow.all(Budget)[0].limit_minor == 900_000
        north = uow.find(Location, code="N")
        assert north is not None
        assert channels(uow) == {"finance": "C012345", f"site:{north.id}": "C0SITE"}
        assert [row.audience for row in uow.all(OutboxRow)] == ["setting:finance"]
        assert list(chain_faults(uow.all(AuditEntry, order="seq"), uow.all(AuditHead)[0])) == []


def test_the_same_again_changes_nothing(do: Do, transactions: SqlTransactions) -> None:
    command = importing(cost_centres=CENTRES, locations=SITES, vendors=VENDORS, parts=PARTS)
    do(command)
    with transactions.read() as uow:
        before = (uow.count(AuditEntry), uow.count(OutboxRow), uow.count(ImportedRecord))

    answer = do(command)

    assert answer.facts["counts"]["locations"] == {"added": 0, "changed": 0, "unchanged": 2}
    with transactions.read() as uow:
        after = (uow.count(AuditEntry), uow.count(OutboxRow), uow.count(ImportedRecord))
    assert after == before


def test_what_people_changed_here_is_not_undone_by_the_same_file(
    do: Do, transactions: SqlTransactions
) -> None:
    do(importing(vendors=VENDORS))
    with transactions.write() as uow:
        vendor = uow.find(Vendor, code="V1")
        assert vendor is not None
        vendor.name = "Renamed by hand"
        uow.commit()

    do(importing(vendors=VENDORS))

    with transactions.read() as uow:
        assert uow.all(Vendor)[0].name == "Renamed by hand"


def test_a_changed_row_changes_only_what_it_says(do: Do, transactions: SqlTransactions) -> None:
    do(importing(vendors=[{**VENDORS[0], "phone": "123"}]))

    answer = do(importing(vendors=[{**VENDORS[0], "name": "Vendor 1 Ltd"}]))

    assert answer.facts["counts"]["vendors"]["changed"] == 1
    with transactions.read() as uow:
        vendor = uow.all(Vendor)[0]
        assert (vendor.name, vendor.phone) == ("Vendor 1 Ltd", "123")
        changes = [e.facts for e in uow.all(AuditEntry, event="vendor:changed")]
    assert changes[0]["before"] == {"name": "Vendor one"}


def test_one_wrong_row_undoes_everything(do: Do, transactions: SqlTransactions) -> None:
    with pytest.raises(DomainError) as refused:
        do(
            importing(
                cost_centres=CENTRES,
                vendors=VENDORS,
                locations=[*SITES, {"code": "X", "name": "X", "cost_centre": "OSP"}],
            )
        )

    assert refused.value.code == "import.problems"
    assert "locations.csv line 4, column cost_centre: There is no cost centre OSP." in (
        refused.value.message
    )
    assert "Did you mean OPS?" in refused.value.message
    with transactions.read() as uow:
        assert uow.count(CostCentre) == uow.count(Vendor) == uow.count(AuditEntry) == 0


def test_problems_are_told_together_up_to_twenty(do: Do) -> None:
    rows = [{"code": f"L{i}", "name": "x", "parent": "NOWHERE"} for i in range(30)]

    with pytest.raises(DomainError) as refused:
        do(importing(locations=rows))

    assert "more than 20 problems (the first 20 follow)" in refused.value.message
    assert len(refused.value.facts["problems"]) == 20
    assert "line 21" in refused.value.facts["problems"][19]


def test_a_record_twice_in_one_file_is_a_problem(do: Do) -> None:
    with pytest.raises(DomainError, match=r"vendors.csv line 3: 'V1' is there twice, first in"):
        do(importing(vendors=[VENDORS[0], {**VENDORS[0], "name": "Other"}]))


def test_stock_is_opened_once_and_valued(do: Do, transactions: SqlTransactions) -> None:
    row = {"part": "P-1", "location": "N-1", "quantity": "40", "unit_cost": "1.255",
           "currency": "EUR"}  # fmt: skip
    base = {"cost_centres": CENTRES, "locations": SITES, "parts": PARTS}
    do(importing(**base, stock=[row]))
    do(importing(**base, stock=[row]))

    with transactions.read() as uow:
        level, movement = uow.all(StockLevel)[0], uow.all(StockMovement)
        assert (level.on_hand, level.value_minor) == (Decimal(40), 5020)
        assert [m.kind for m in movement] == [MovementKind.OPENING]

    with pytest.raises(DomainError, match="has a balance already; adjust it in wopo"):
        do(importing(stock=[{**row, "quantity": "41"}]))


def test_agreements_come_with_their_tiers(do: Do, transactions: SqlTransactions) -> None:
    row = {
        "number": "C-1",
        "vendor": "V1",
        "part": "P-1",
        "currency": "EUR",
        "unit": "pcs",
        "valid_from": DAY,
        "tiers": [{"from_quantity": 1, "unit_price": "2.3456"}, {"from_quantity": 100,
                  "unit_price": "2"}],
    }  # fmt: skip
    do(importing(vendors=VENDORS, parts=PARTS, agreements=[row]))
    answer = do(importing(agreements=[{**row, "tiers": [{"unit_price": "2.5"}]}]))

    assert answer.facts["counts"]["agreements"]["changed"] == 1
    with transactions.read() as uow:
        assert uow.count(PriceAgreement) == 1
        assert [tier.unit_price for tier in uow.all(PriceTier)] == [Decimal("2.5")]

    with pytest.raises(DomainError, match="column part: there is no part 'P-2'"):
        do(importing(agreements=[{**row, "number": "C-2", "part": "P-2"}]))


def test_a_channel_serves_a_known_purpose(do: Do) -> None:
    with pytest.raises(DomainError, match=r"column purpose: 'lunch': no channel serves that; use"):
        do(importing(channels=[{"purpose": "lunch", "channel": "C012345"}]))


def test_every_finding_of_an_audit_becomes_a_request_once(
    do: Do, transactions: SqlTransactions
) -> None:
    found = {
        "audit": "ISO 2026",
        "reference": "F-1",
        "title": "Guard rail missing",
        "location": "N-1",
        "compliance_deadline": date(2026, 4, 1),
        "mandatory": True,
    }
    files = {"cost_centres": CENTRES, "locations": SITES}
    do(importing(**files, findings=[found, {**found, "reference": "F-2", "title": "No sign"}]))
    do(importing(findings=[{**found, "title": "Guard rail is missing"}]))
    with transactions.read() as uow:
        requests = uow.all(WorkRequest, order="finding_reference")
        assert [(r.finding_reference, r.title) for r in requests] == [
            ("ISO 2026 F-1", "Guard rail missing"),
            ("ISO 2026 F-2", "No sign"),
        ]
        assert all(request.mandatory for request in requests)
        assert requests[0].compliance_deadline == date(2026, 4, 1)
    with pytest.raises(DomainError, match=r"column location: .*N-2.*N-1"):
        do(importing(findings=[{**found, "reference": "F-3", "location": "N-2"}]))
