"""Files through a mapping: types, joins, filters, and every problem with file, line, column."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from wopo.domain.vendors import Standing

VENDORS = """
name: Test
tables: {vendors: {file: vendors.csv}}
imports:
  - target: vendors
    table: vendors
    fields: {code: code, name: name, currency: currency}
"""
RATES = """
name: Test
format: {delimiter: ";", decimal_mark: ",", thousands_mark: ".", dates: ["%d.%m.%Y"]}
tables: {rates: {file: rates.csv}}
imports:
  - target: labour_rates
    table: rates
    fields: {person: who, per_hour: rate, currency: {value: EUR}, valid_from: since}
"""
ORDERS = """
name: Test
tables:
  orders: {file: orders.csv}
  lines: {file: lines.csv}
  parts: {file: parts.csv}
imports:
  - target: orders
    table: orders
    where: {kind: [buy]}
    fields:
      number: {template: "X-{id}"}
      vendor: vendor
      currency: {value: EUR}
      status: {column: status, map: {A: approved, C: complete}}
      order_date: day
      cost_centre: {value: CC}
    lines:
      table: lines
      key: order
      parent: id
      fields:
        part: {column: item, lookup: {table: parts, key: id, take: number}}
        quantity: qty
        unit: {value: pcs}
        unit_price: price
"""
PARTS = "id,number\n1,P-1\n2,P-2\n"
Read = Callable[..., tuple[list, list[str]]]


def test_a_wrong_currency_names_file_line_column_and_what_is_accepted(read: Read) -> None:
    _, problems = read(VENDORS, vendors="code,name,currency\nA,Alpha,EUR\nB,Beta,EURO\n")

    assert problems == [
        "vendors.csv line 3, column currency: "
        "'EURO' is not an ISO 4217 currency; use a code like EUR."
    ]


def test_numbers_and_days_are_read_as_the_mapping_says(read: Read) -> None:
    rows, problems = read(RATES, rates="who;rate;since\nANA;1.234,5;01.03.2026\n")

    assert problems == []
    assert rows[0].per_hour == Decimal("1234.5")
    assert rows[0].valid_from == date(2026, 3, 1)


def test_numbers_are_never_guessed(read: Read) -> None:
    typed = ["12.5", "1.23,4", "NaN", "1e30", "１２", "12 000", "", "-3", "1,2345678"]
    lines = "".join(f"ANA;{text};01.03.2026\n" for text in typed)

    rows, problems = read(RATES, rates="who;rate;since\n" + lines)

    assert rows == []
    assert len(problems) == len(typed)
    assert problems[0] == (
        "rates.csv line 2, column rate: '12.5' is not a number; use one like 1234,56."
    )
    assert problems[6] == "rates.csv line 8, column rate: is empty, and it is needed."
    assert "must be more than 0" in problems[7]
    assert "more than 6 decimals" in problems[8]


def test_an_unreadable_day_shows_one_that_is(read: Read) -> None:
    _, problems = read(RATES, rates="who;rate;since\nANA;10;2026-03-01\n")

    assert problems == [
        "rates.csv line 2, column since: '2026-03-01' is not a day; use one like 31.03.2026."
    ]


def test_lines_are_joined_looked_up_and_filtered(read: Read) -> None:
    rows, problems = read(
        ORDERS,
        parts=PARTS,
        orders="id,kind,vendor,status,day\n7,buy,V,A,2026-01-02\n8,sell,V,A,2026-01-02\n"
        "9,buy,V,C,2026-01-03\n",
        lines="order,item,qty,price\n9,1,1,1\n7,1,2,3.25\n8,1,1,1\n7,2,4,5\n",
    )

    assert problems == []
    assert [row.number for row in rows] == ["X-7", "X-9"]
    assert [(line.row.part, line.row.quantity) for line in rows[0].lines] == [
        ("P-1", Decimal(2)),
        ("P-2", Decimal(4)),
    ]
    assert rows[0].lines[1].place.at("part") == "lines.csv line 5, column item"


def test_rows_that_belong_to_nothing_are_told(read: Read) -> None:
    _, problems = read(
        ORDERS,
        parts=PARTS,
        orders="id,kind,vendor,status,day\n7,buy,V,A,2026-01-02\n",
        lines="order,item,qty,price\n7,1,2,3\n6,1,2,3\n",
    )

    assert problems == [
        "lines.csv line 3, column order: there is no '6' in orders.csv, "
        "so the row belongs to nothing."
    ]


def test_a_failed_lookup_and_an_unknown_value_offer_what_is_known(read: Read) -> None:
    _, problems = read(
        ORDERS,
        parts="id,number\nbolt,P-1\n",
        orders="id,kind,vendor,status,day\n7,buy,V,c,2026-01-02\n",
        lines="order,item,qty,price\n7,bold,2,3\n",
    )

    assert problems == [
        "orders.csv line 2, column status: 'c' is not one of A, C Did you mean 'C'?.",
        "lines.csv line 2, column item: 'bold' is not in parts.csv, column id "
        "Did you mean 'bolt'?.",
    ]


def test_rows_of_one_record_may_stand_in_one_table(read: Read) -> None:
    mapping = """
name: Test
tables: {prices: {file: prices.csv}}
imports:
  - target: agreements
    table: prices
    fields: {number: no, vendor: vendor, currency: {value: EUR}, unit: unit, valid_from: since}
    tiers: {key: no, fields: {from_quantity: from, unit_price: price}}
"""
    head = "no,vendor,unit,since,from,price\n"

    rows, problems = read(
        mapping, prices=head + "A,V,pcs,2026-01-01,1,10\nA,V,pcs,2026-01-01,9,8\n"
    )
    assert problems == []
    assert [tier.row.unit_price for tier in rows[0].tiers] == [Decimal(10), Decimal(8)]

    _, problems = read(mapping, prices=head + "A,V,pcs,2026-01-01,1,10\nA,W,pcs,2026-01-01,9,8\n")
    assert problems == [
        "prices.csv line 3, column vendor: differs from line 2 of the same no; make them alike."
    ]

    again = "A,V,pcs,2026-01-01,1,1\nB,V,pcs,2026-01-01,1,1\nA,V,pcs,2026-01-01,2,1\n"
    _, problems = read(mapping, prices=head + again)
    assert problems == [
        "prices.csv line 4, column no: 'A' was already read from line 2 on; "
        "rows of one number must stand together."
    ]


def test_choices_offer_the_nearest(read: Read) -> None:
    mapping = VENDORS.replace("currency: currency", "currency: {value: EUR}, standing: standing")

    rows, _ = read(mapping, vendors="code,name,standing\nA,Alpha,On trial\n")
    assert rows[0].standing is Standing.ON_TRIAL

    _, problems = read(mapping, vendors="code,name,standing\nA,Alpha,prefered\n")
    assert problems[0].startswith("vendors.csv line 2, column standing: 'prefered' is not one of")
    assert "Did you mean 'preferred'?" in problems[0]


def test_an_optional_column_may_be_missing_but_not_misspelled(read: Read) -> None:
    mapping = VENDORS.replace("name: name,", "name: name, phone: {column: phone, optional: true},")

    rows, problems = read(mapping, vendors="code,name,currency\nA,Alpha,EUR\n")
    assert problems == []
    assert rows[0].model_fields_set == {"code", "name", "currency"}

    _, problems = read(mapping, vendors="code,name,currency,phnoe\nA,Alpha,EUR,1\n")
    assert "there is no column 'phone'. Did you mean 'phnoe'?" in problems[0]
