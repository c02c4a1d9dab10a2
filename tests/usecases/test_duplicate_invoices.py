"""An invoice entered twice: the same number stops, a look-alike asks (A42, A43)."""

from datetime import date

import pytest

from tests.factories.buying import seed
from tests.factories.money import BUYER, FINANCE, Desk, desk
from tests.factories.money import line as order_line
from wopo.domain.exception_cases import CaseState
from wopo.domain.invoices import InvoiceState
from wopo.domain.vendors import Vendor
from wopo.usecases.exception_cases import NotADuplicate
from wopo.usecases.invoices import EnterInvoice
from wopo.usecases.payables import RejectInvoice
from wopo.usecases.vendors import SaveVendor

DAY = date(2026, 3, 2)


@pytest.fixture
def at(transactions, clock, do) -> Desk:
    return desk(do, seed(transactions, clock))


@pytest.fixture
def fee(at):
    """``fee(number, day)``: an equal fee on an order of its own, received in full."""

    def enter(number: str, day: date = DAY, price: str = "10", **more):
        order = at.issued(order_line("10", price), order_date=date(2025, 1, 1))
        at.receive(order)
        return at.bill(order, ("10", price), number=number, invoice_date=day, **more)

    return enter


def told(at: Desk, code: str) -> str:
    return at.cases()[code].told


def test_the_same_number_of_the_same_vendor_stops_whatever_else_differs(at, fee):
    fee("R-1")
    again = fee(" r-1", date(2026, 2, 1), price="12")
    assert again.codes == ["DUPLICATE_INVOICE"]
    assert again.stopped


def test_a_number_written_otherwise_asks_and_names_the_other(at, fee, do):
    first = fee("INV-00123")
    again = fee("inv 123.", date(2026, 2, 20))
    assert (again.state, again.codes) == (InvoiceState.ON_HOLD, ["POSSIBLE_DUPLICATE"])
    assert told(at, "POSSIBLE_DUPLICATE") == (
        "Inv 123. looks like INV-00123 (same amount, similar number, similar date), entered before."
    )
    do(RejectInvoice(invoice_id=first.id, reason="entered twice"), by=FINANCE)
    assert at.invoice(again.id).state is InvoiceState.MATCHED


def test_a_slip_in_the_number_is_believed_of_one_order_only(at, fee):
    fee("R-4712")
    assert fee("R-4172", date(2026, 2, 20)).codes == []
    order = at.issued(order_line("10", "10"), order_date=date(2025, 1, 1))
    at.receive(order)
    at.bill(order, ("5", "10"), number="R-8935", invoice_date=DAY)
    again = at.bill(order, ("5", "10"), number="R-8395", invoice_date=date(2026, 2, 20))
    assert again.codes == ["POSSIBLE_DUPLICATE"]


def test_the_vendor_entered_twice_is_found_by_number_amount_and_day(at, fee, do):
    do(SaveVendor(code="GRA-2", name="Grainger Ltd"), by=BUYER)
    other = next(row for row in at.world.all(Vendor) if row.code == "GRA-2")
    fee("R-77")
    command = EnterInvoice(
        number="R-77",
        vendor_id=other.id,
        invoice_date=DAY,
        lines=({"quantity": "10", "unit_price": "10"},),
    )
    again = at.invoice(do(command, by=FINANCE).subject_id)
    assert again.verdict["alike"][0]["as"] == "DEEE"


def test_equal_fees_month_by_month_and_numbers_in_a_row_are_left_alone(fee):
    for month in (1, 2, 3):
        assert fee(f"RENT {month:02d}/2026", date(2026, month, 1)).codes == []
    for number in (501, 502, 503):
        assert fee(f"{number}", date(2026, 2, number - 490), price="33").codes == []


def test_equal_fees_of_one_day_are_asked_about_once(at, fee, do):
    fee("A-100")
    second = fee("B-250")
    assert second.codes == ["POSSIBLE_DUPLICATE"]
    case = at.cases()["POSSIBLE_DUPLICATE"]
    do(NotADuplicate(case_id=case.id, reason="another site"), by=FINANCE)
    assert at.invoice(second.id).state is InvoiceState.MATCHED
    assert fee("C-777").codes == []
    assert all(row.state is CaseState.RESOLVED for row in at.cases(open_only=False).values())


@pytest.mark.parametrize(("restarts", "codes"), [(False, ["DUPLICATE_INVOICE"]), (True, [])])
def test_numbers_that_begin_anew_each_year_stop_unless_the_vendor_is_known_for_it(
    at, fee, do, restarts, codes
):
    vendor = at.world.get(Vendor, "gra")
    do(SaveVendor(code=vendor.code, numbers_restart_yearly=restarts), by=BUYER)
    fee("1", date(2025, 12, 30))
    assert fee("1", date(2026, 1, 5)).codes == codes
    assert fee("1", date(2026, 2, 5), price="11").codes == ["DUPLICATE_INVOICE"]
