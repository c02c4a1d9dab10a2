"""Sites, places, assets, cost centres, projects and clients: added, changed, given twice."""

import pytest

from tests.factories.jobs import audit, row
from wopo.domain.cost_centres import CostCentre
from wopo.domain.errors import DomainError
from wopo.domain.locations import Location
from wopo.usecases.assets import SaveAsset
from wopo.usecases.clients import SaveClient
from wopo.usecases.cost_centres import SaveCostCentre, SaveProject
from wopo.usecases.locations import SaveLocation, path
from wopo.usecases.lookup import find_jobs
from wopo.usecases.work_requests import ReportWork


def refusal(call) -> DomainError:
    with pytest.raises(DomainError) as refused:
        call()
    return refused.value


def test_a_place_belongs_to_the_site_at_its_root(firm, do, transactions):
    shelf = do(SaveLocation(code="SHELF", name="Shelf", parent="NORTH-B", holds_stock=True))
    found = row(transactions, Location, shelf.subject_id)
    assert (found.site_id, found.parent_id, found.holds_stock) == (
        firm.north,
        firm.boiler_room,
        True,
    )
    assert row(transactions, Location, firm.north).site_id == firm.north
    with transactions.read() as uow:
        names = [place.code for place in path(uow, uow.get(Location, shelf.subject_id))]
    assert names == ["NORTH", "NORTH-B", "SHELF"]


@pytest.mark.parametrize(
    "command",
    [
        SaveLocation(code="NORTH-B", name="Boiler room", parent="NORTH"),
        SaveAsset(tag="PUMP-1", name="Feed pump", location="NORTH-B"),
        SaveCostCentre(code="OPS", name="Operations", currency="EUR"),
        SaveProject(code="RETROFIT", name="Retrofit"),
        SaveClient(code="TEN", name="Tenant Ltd"),
    ],
    ids=lambda command: type(command).__name__,
)
def test_the_same_data_again_changes_nothing(firm, do, transactions, command):
    before = len(audit(transactions))
    assert do(command).facts == {"outcome": "unchanged"}
    assert len(audit(transactions)) == before


@pytest.mark.parametrize(
    ("command", "event", "before", "after"),
    [
        (
            SaveLocation(code="NORTH", intake="first_come_first_served"),
            "location:changed",
            {"intake": "review"},
            {"intake": "first_come_first_served"},
        ),
        (
            SaveAsset(tag="PUMP-1", name="Main pump"),
            "asset:changed",
            {"name": "Feed pump"},
            {"name": "Main pump"},
        ),
        (
            SaveCostCentre(code="OPS", currency="USD", name="Ops"),
            "cost_centre:changed",
            {"name": "Operations", "currency": "EUR"},
            {"name": "Ops", "currency": "USD"},
        ),
        (
            SaveClient(code="TEN", phone=" 123 "),
            "client:changed",
            {"phone": None},
            {"phone": "123"},
        ),
    ],
    ids=["location", "asset", "cost centre", "client"],
)
def test_a_change_is_audited_with_before_and_after(
    firm, do, transactions, command, event, before, after
):
    assert do(command, by=firm.ann if event != "x" else None).facts["outcome"] == "changed"
    entry = audit(transactions)[-1]
    assert (entry.event, entry.facts["before"], entry.facts["after"]) == (event, before, after)


@pytest.mark.parametrize(
    ("command", "code", "field"),
    [
        (SaveLocation(code="NEW"), "required", "name"),
        (SaveLocation(code="NORTH", parent="NORTH-B"), "location.own_parent", "parent"),
        (SaveLocation(code="NORTH-B", parent="HARBOUR"), None, None),
        (SaveLocation(code="NORTH", parent="HARBOUR"), "location.site_fixed", "parent"),
        (SaveAsset(tag="NEW", name="New"), "required", "location"),
        (SaveAsset(tag="NEW", location="NORTH"), "required", "name"),
        (SaveAsset(tag="NEW", name="New", location="NORHT"), "not_found", "location"),
        (SaveCostCentre(code="X", name="X", currency="EURO"), "money.currency_unknown", "currency"),
        (SaveCostCentre(code="X", name="X", parent="OPPS"), "not_found", "parent"),
        (SaveCostCentre(code="OPS", parent="OPS"), "cost_centre.parent_cycle", "parent"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(firm, do, command, code, field):
    if code is None:
        assert do(command).facts["outcome"] == "changed"
        return
    error = refusal(lambda: do(command, by=firm.ann))
    assert (error.code, error.field) == (code, field)


def test_a_place_with_jobs_keeps_its_site(firm, do):
    do(ReportWork(title="Leak", location_id=firm.boiler_room), by=firm.sue)
    error = refusal(lambda: do(SaveLocation(code="NORTH-B", parent="HARBOUR")))
    assert error.code == "location.site_fixed"


def test_a_used_cost_centre_keeps_its_currency(firm, do, transactions):
    do(ReportWork(title="Leak", location_id=firm.boiler_room), by=firm.sue)
    error = refusal(lambda: do(SaveCostCentre(code="OPS", currency="USD")))
    assert error.code == "cost_centre.currency_fixed"
    assert "a work order already uses it" in error.message
    assert row(transactions, CostCentre, firm.ops).currency == "EUR"


def test_a_renamed_asset_is_found_by_its_new_name(firm, do, transactions):
    do(ReportWork(title="Noise", location_id=firm.boiler_room, asset_id=firm.pump), by=firm.sue)
    do(SaveAsset(tag="PUMP-1", name="Condensate unit"))
    with transactions.read() as uow:
        assert len(find_jobs(uow, "condensate")) == 1
        assert find_jobs(uow, "feed") == []


def test_only_an_administrator_adds_sites(firm, do):
    error = refusal(lambda: do(SaveLocation(code="S", name="South"), by=firm.tess))
    assert error.code == "not_allowed"
