"""Everything the match knows, for real invoices: units and bases, blanket orders, currencies,
taxes and charges by code."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories.buying import seed
from tests.factories.imports import importing
from tests.factories.money import BUYER, RECEIVER, Desk, content, desk
from tests.factories.money import line as order_line
from wopo.domain.errors import DomainError
from wopo.domain.exception_cases import Resolution
from wopo.domain.invoices import InvoiceState
from wopo.domain.parts import Part
from wopo.domain.purchase_orders import OrderKind
from wopo.domain.unit_conversions import UnitConversion, conversions_on
from wopo.usecases.door import IMPORT
from wopo.usecases.execute import execute
from wopo.usecases.invoice_papers import BilledLine
from wopo.usecases.receipts import CountedLine, PostReceipt
from wopo.usecases.unit_conversions import SetUnitConversion

D = Decimal
DAY = date(2026, 3, 2)


@pytest.fixture
def at(transactions, clock, do) -> Desk:
    return desk(do, seed(transactions, clock))


@pytest.fixture
def convert(at, do):
    """``convert("box", "pcs", 12)``: one box is 12 pieces."""

    def enter(source, target, factor, *, part="", day=date(2026, 1, 1)):
        command = SetUnitConversion(
            source=source, target=target, factor=D(str(factor)), part=part, day=day
        )
        return do(command, by=BUYER)

    return enter


def billed(quantity, price, unit="", **more) -> BilledLine:
    return BilledLine(position=1, quantity=D(quantity), unit_price=D(price), unit=unit, **more)


def bill(at, order, *lines, number="R-1", day=DAY, **more):
    return at.bill(order, number=number, lines=lines, invoice_date=day, **more)


def received(at, *lines, **more) -> str:
    order = at.issued(*lines, **more)
    at.receive(order)
    return order


def test_an_invoice_in_boxes_for_an_order_in_pieces(at, convert):
    convert("Box", "pcs", 12)
    order = received(at, order_line("24", "10"))
    invoice = bill(at, order, billed("2", "120", "BOX"))
    assert (invoice.state, invoice.codes) == (InvoiceState.MATCHED, [])
    (line,) = at.lines(order)
    assert (line.billed, line.cleared, line.cleared_minor) == (24, 24, 24000)
    assert at.ledger() == {"invoiced": 24000}
    dear = received(at, order_line("24", "10"))
    held = bill(at, dear, billed("2", "121", "box"), number="R-2")
    (check,) = [c for c in held.verdict["checks"] if c["code"] == "PRICE_OVER"]
    assert (check["actual"], check["reference"], check["unit"]) == (
        "10.083333",
        "10",
        "EUR/pcs",
    )


def test_thirds_of_a_box_make_whole_boxes_again(at, convert):
    convert("box", "pcs", 3)
    order = received(at, order_line("2", "30", unit="box"))
    for day, pieces in ((2, "2"), (3, "4")):
        paper = billed(pieces, "10", "pcs")
        assert bill(at, order, paper, number=f"R-{day}", day=date(2026, 3, day)).codes == []
    assert (at.lines(order)[0].billed, at.lines(order)[0].cleared) == (2, 2)
    more = bill(at, order, billed("1", "10", "pcs"), number="R-9", day=date(2026, 3, 5))
    assert set(more.codes) == {
        "LINE_TOTAL_OVER",
        "QTY_OVER_ACCEPTED",
        "QTY_OVER_ORDERED",
        "QTY_OVER_RECEIVED",
    }


def test_a_unit_nobody_can_convert_waits_for_the_conversion(at, convert):
    order = received(at, order_line("24", "10"))
    invoice = bill(at, order, billed("2", "120", "box"))
    assert invoice.codes == ["INVOICE_TOTAL_OVER", "UOM_MISMATCH"]
    convert("carton", "pcs", 24)
    assert at.invoice(invoice.id).state is InvoiceState.ON_HOLD
    convert("box", "pcs", 12)
    assert at.invoice(invoice.id).state is InvoiceState.MATCHED
    case = at.cases(open_only=False)["UOM_MISMATCH"]
    assert (case.resolution, case.reason) == (Resolution.CAUSE_GONE, "conversion of box to pcs")
    assert at.ledger() == {"invoiced": 24000}


def test_a_part_has_its_own_box_and_each_day_its_own_factor(at, convert):
    part = at.world.all(Part)[0]
    convert("box", "pcs", 12)
    convert("box", "pcs", 10, part=part.number)
    convert("box", "pcs", 20, day=date(2026, 4, 1))
    convert("pcs", "box", "0.125", part=part.number, day=date(2026, 5, 1))
    rows = at.world.all(UnitConversion)
    wanted = [
        (part.id, date(2026, 3, 1), ("10", "1")),
        (None, date(2026, 3, 1), ("12", "1")),
        (None, date(2026, 4, 1), ("20", "1")),
        (part.id, date(2026, 4, 1), ("10", "1")),
        (part.id, date(2026, 5, 1), ("1", "0.125")),
    ]
    for part_id, day, ratio in wanted:
        assert conversions_on(rows, day, part_id).ratio("box", "pcs") == tuple(map(D, ratio))
    assert conversions_on(rows, date(2025, 12, 31)).ratio("box", "pcs") is None


@pytest.mark.parametrize(
    ("source", "factor", "said"),
    [("pcs ", 1, "are the same unit"), ("box", 0, "must be more than 0")],
)
def test_a_conversion_that_says_nothing_is_refused(convert, source, factor, said):
    with pytest.raises(DomainError, match=said):
        convert(source, "PCS", factor)


def test_a_receipt_counted_in_boxes_is_booked_in_pieces(at, convert, do):
    order = at.issued(order_line("24", "10"))
    (line,) = at.lines(order)
    count = CountedLine(line_id=line.id, accepted=D(2), unit="box")
    with pytest.raises(DomainError, match="Nobody told how many pcs one box is"):
        do(PostReceipt(order_id=order, lines=(count,)), by=RECEIVER)
    convert("box", "pcs", 12)
    do(PostReceipt(order_id=order, lines=(count,)), by=RECEIVER)
    assert at.lines(order)[0].accepted == 24


def test_a_price_per_hundred_is_a_basis_and_no_difference(at):
    order = received(at, order_line("200", "50", price_per=D(100)))
    paper = billed("200", "500", price_per=D(1000))
    assert bill(at, order, paper).codes == []
    other = received(at, order_line("200", "50", price_per=D(100)))
    dearer = billed("200", "501", price_per=D(1000))
    held = bill(at, other, dearer, number="R-2")
    assert "PRICE_OVER" in held.codes


def blanket(at, limit=30000, **more) -> str:
    return received(
        at,
        order_line("100", "10"),
        kind=OrderKind.BLANKET,
        blanket_limit_minor=limit,
        **more,
    )


def test_a_blanket_order_is_billed_up_to_its_limit_and_no_further(at):
    order = blanket(at)
    first = bill(at, order, billed("20", "10"), number="A")
    second = bill(at, order, billed("10", "10"), number="B", day=date(2026, 3, 3))
    assert (first.codes, second.codes) == ([], [])
    third = bill(at, order, billed("1", "10"), number="C", day=date(2026, 3, 4))
    assert third.codes == ["OVER_BLANKET_LIMIT"]
    case = at.cases()["OVER_BLANKET_LIMIT"]
    assert case.told == (
        "310.00 EUR billed on the order so far, its limit is 300.00 EUR; 10.00 EUR more."
    )
    credit = at.credit(order, ("1", "10"), invoice_date=date(2026, 3, 5))
    assert credit.is_credit
    assert at.invoice(third.id).codes == []


def test_a_raised_blanket_limit_cures(at):
    order = blanket(at, limit=5000)
    invoice = bill(at, order, billed("10", "10"))
    assert invoice.codes == ["OVER_BLANKET_LIMIT"]
    row = at.lines(order)[0]
    changed = content(
        order_line("100", "10", id=row.id, position=1),
        kind=OrderKind.BLANKET,
        blanket_limit_minor=10000,
    )
    at.revise(order, changed)
    assert at.invoice(invoice.id).state is InvoiceState.MATCHED


def test_after_its_last_day_a_blanket_order_has_to_be_renewed(at):
    order = blanket(at, valid_to=date(2026, 3, 10))
    on_time = bill(at, order, billed("1", "10"), number="A", day=date(2026, 3, 10))
    late = bill(at, order, billed("2", "10"), number="B", day=date(2026, 3, 11))
    assert (on_time.codes, late.codes) == ([], ["BLANKET_EXPIRED"])
    assert at.cases()["BLANKET_EXPIRED"].told == "Billed 1 days after the order's last day."


def test_another_currency_stops_and_counts_nowhere(at):
    order = received(at)
    stopped = bill(at, order, billed("10", "10"), currency="USD")
    assert stopped.codes == ["CURRENCY_MISMATCH"]
    assert at.lines(order)[0].billed == 0
    told = "The invoice is in USD, the order in EUR."
    assert at.cases()["CURRENCY_MISMATCH"].told == told
    assert bill(at, order, billed("10", "10"), number="R-2").codes == []


def test_charges_by_code_and_tax_are_what_was_agreed(at):
    order = received(at, order_line(tax_percent=D(20)), charges={"FREIGHT": 1200})
    agreed = bill(at, order, billed("5", "10"), charges={"freight": D(12)}, tax=D("10"))
    assert agreed.codes == []
    again = bill(
        at,
        order,
        billed("5", "10"),
        number="R-2",
        day=date(2026, 3, 3),
        charges={"FREIGHT": D(1), "PACKING": D(2)},
        tax=D("12.41"),
    )
    assert again.codes == ["INVOICE_TOTAL_OVER", "TAX_MISMATCH", "UNEXPECTED_CHARGE"]
    subjects = {
        check["subject"]
        for check in again.verdict["checks"]
        if check["code"] == "UNEXPECTED_CHARGE" and not check["passed"]
    }
    assert subjects == {"FREIGHT", "PACKING"}


def test_conversions_come_in_by_a_file_and_twice_the_same_is_once(at, door):
    part = at.world.all(Part)[0].number
    shared = {"source": "Box", "target": "PCS", "day": date(2026, 1, 1)}
    rows = [{**shared, "factor": 12}, {**shared, "factor": 10, "part": part}]
    for key in ("one", "two"):
        execute(door, importing(unit_conversions=rows), actor=IMPORT, key=key)
    stored = at.world.all(UnitConversion)
    assert {(row.source, row.target, row.part_id is None, row.factor) for row in stored} == {
        ("box", "pcs", True, D(12)),
        ("box", "pcs", False, D(10)),
    }
    assert len(stored) == 2
