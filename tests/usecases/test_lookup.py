"""Finding what people mean."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.jobs import (
    NOW,
    add,
    contractor,
    free_job,
    order_line,
    started_job,
)
from wopo.db.engine import make_engine
from wopo.db.tables import create_all
from wopo.db.uow import SqlTransactions
from wopo.domain.errors import DomainError
from wopo.domain.lookup import Kind, looks_like
from wopo.domain.numbers import NumberSeries, document_number, short
from wopo.domain.purchase_orders import OrderState, PurchaseOrder
from wopo.domain.vendors import Vendor
from wopo.usecases.lookup import find_jobs, resolve
from wopo.usecases.work_order_moves import CancelWorkOrder


def orders(transactions, *numbers: str) -> None:
    contractor(transactions)
    series = {int(n.split("-")[1]) for n in numbers if n.startswith("PO-")}
    add(
        transactions,
        *(NumberSeries(prefix="PO", year=year, last=999_999) for year in sorted(series)),
        *(
            PurchaseOrder(id=n, number=n, vendor_id="acme", currency="EUR", created_at=NOW)
            for n in numbers
        ),
    )


def find(transactions, typed: str, *kinds: Kind) -> str:
    with transactions.read() as uow:
        return resolve(uow, typed, kinds=kinds or (Kind.PURCHASE_ORDER,)).number


def refusal(transactions, typed: str, *kinds: Kind) -> DomainError:
    with pytest.raises(DomainError) as refused:
        find(transactions, typed, *kinds)
    return refused.value


@pytest.mark.parametrize(
    "typed", ["PO-42", "po 42", "PO42", "42", "PO-2026-42", "po-2026-000042", "2026-42", " 42 "]
)
def test_any_tail_finds_its_order(transactions, typed):
    orders(transactions, "PO-2026-000042", "PO-2026-000142", "PO-2026-000420")
    assert find(transactions, typed) == "PO-2026-000042"


def test_a_tail_of_two_years_is_refused_with_both(transactions):
    orders(transactions, "PO-2025-000042", "PO-2026-000042")
    error = refusal(transactions, "PO-42")
    assert error.code == "lookup.ambiguous"
    assert "PO-2026-000042 or PO-2025-000042" in error.message or (
        "PO-2025-000042 or PO-2026-000042" in error.message
    )
    assert find(transactions, "PO-2025-42") == "PO-2025-000042"


def test_a_bare_number_of_two_kinds_is_refused_with_both(firm, do, transactions):
    order_line(transactions, firm, free_job(do, firm), OrderState.DRAFT)
    add(transactions, NumberSeries(prefix="PO", year=2026, last=1))
    error = refusal(transactions, "1", Kind.WORK_ORDER, Kind.PURCHASE_ORDER)
    assert "WO-2026-000001 or PO-2026-000001" in error.message
    assert find(transactions, "wo1", Kind.WORK_ORDER, Kind.PURCHASE_ORDER) == "WO-2026-000001"


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("PO-1O42", "PO-1042"), ("P0-1042", "PO-1042"), ("PO-l042", "PO-1042")],
)
def test_a_look_alike_is_offered_and_never_taken(transactions, typed, offered):
    orders(transactions, "PO-2026-001042")
    error = refusal(transactions, typed)
    assert error.code == "not_found"
    assert f"There is no purchase order {typed}. Did you mean {offered}?" in error.message
    assert error.facts["choices"] == [offered]


def test_a_number_that_does_not_exist_offers_the_nearest_and_never_a_longer_one(transactions):
    orders(transactions, "PO-2026-000142", "PO-2026-000999")
    error = refusal(transactions, "PO-42")
    assert "Did you mean PO-2026-000142?" in error.message
    assert "999" not in error.message


def test_imported_numbers_are_found_whole_or_by_their_end(transactions):
    orders(transactions, "AEG012345", "PO4012", "AEG099")
    assert find(transactions, "aeg012345") == "AEG012345"
    assert find(transactions, "12345") == "AEG012345"
    assert find(transactions, "PO4012") == "PO4012"
    assert "Did you mean AEG012345" in refusal(transactions, "AEG01234").message


@pytest.mark.parametrize("typed", ["", "   ", "-", "###"])
def test_nothing_typed_is_answered_with_an_example(transactions, typed):
    error = refusal(transactions, typed)
    assert error.code == "lookup.too_vague"
    assert "PO-42" in error.message


@pytest.mark.parametrize(
    ("kind", "typed", "number"),
    [
        (Kind.PERSON, "TESS", "tess"),
        (Kind.PERSON, "tess technician", "tess"),
        (Kind.LOCATION, "boiler room", "NORTH-B"),
        (Kind.ASSET, "pump-1", "PUMP-1"),
        (Kind.TEAM, "Night crew", "CREW"),
        (Kind.CLIENT, "ten", "TEN"),
    ],
)
def test_people_and_things_are_found_by_code_or_name_in_any_case(
    firm, transactions, kind, typed, number
):
    assert find(transactions, typed, kind) == number


@pytest.mark.parametrize(
    ("kind", "typed", "offered"),
    [
        (Kind.PERSON, "tes", "tess"),
        (Kind.VENDOR, "Graingr", "Grainger"),
        (Kind.ASSET, "PUMP-2", "PUMP-1"),
        (Kind.LOCATION, "boiler-room", "Boiler room"),
    ],
)
def test_the_nearest_is_offered_for_unknown_names(firm, transactions, kind, typed, offered):
    add(
        transactions,
        Vendor(id="g", code="GRA", name="Grainger", currency="EUR", created_at=NOW),
    )
    assert offered in refusal(transactions, typed, kind).facts["choices"]


@pytest.mark.parametrize("typed", ["%", "_", "50% off", "a'b", "\\"])
def test_signs_of_the_database_mean_nothing(firm, transactions, typed):
    assert refusal(transactions, typed, Kind.PERSON).code in {"not_found", "lookup.too_vague"}


def found(transactions, typed: str, **how) -> list[str]:
    with transactions.read() as uow:
        return [order.number for order in find_jobs(uow, typed, **how)]


def test_jobs_are_found_by_title_asset_and_place(firm, do, transactions):
    free_job(do, firm)
    do(
        CancelWorkOrder(work_order_id=started_job(do, firm, title="Fan rattles"), reason="gone"),
        by=firm.sue,
    )
    assert found(transactions, "leak") == ["WO-2026-000001"]
    assert found(transactions, "FEED boiler") == ["WO-2026-000002", "WO-2026-000001"]
    assert found(transactions, "rattl pump") == ["WO-2026-000002"]
    assert found(transactions, "feed", open_only=True) == ["WO-2026-000001"]
    assert found(transactions, "crane") == []
    assert found(transactions, "pump", limit=1) == ["WO-2026-000002"]
    assert found(transactions, "") == []


@pytest.fixture(scope="module")
def thousand():
    """Purchase orders 1..1000 of 2026, in a database of their own."""
    engine = make_engine("sqlite://")
    create_all(engine)
    made = SqlTransactions(engine)
    orders(made, *(document_number("PO", 2026, n) for n in range(1, 1001)))
    yield made
    engine.dispose()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    n=st.integers(1, 1200),
    form=st.sampled_from(["PO-{n}", "po{n}", "PO {n:04d}", "{n}", "PO-2026-{n}", "2026-{n:06d}"]),
)
def test_a_tail_finds_exactly_its_number_or_nothing(thousand, n, form):
    typed = form.format(n=n)
    if n <= 1000:
        assert find(thousand, typed) == document_number("PO", 2026, n)
    else:
        assert refusal(thousand, typed).code == "not_found"


@settings(max_examples=40, deadline=None)
@given(n=st.integers(1, 1000), swap=st.sampled_from([("0", "O"), ("1", "l"), ("5", "S")]))
def test_a_look_alike_never_resolves(thousand, n, swap):
    right = short(document_number("PO", 2026, n))
    typed = right[:3] + right[3:].replace(*swap)
    if typed != right:
        assert looks_like(typed) == right
        assert refusal(thousand, typed).facts["choices"] == [right]
