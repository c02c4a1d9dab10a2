"""Test 11 of many invoices of one total: what the search finds of each, in one pass."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from tests.promises.test_duplicates import COMMON, Paper
from wopo.domain.audit_tests import Period
from wopo.domain.duplicates import SAME_FEE
from wopo.domain.invoices import Invoice
from wopo.domain.vendors import Vendor
from wopo.usecases.audit_tests.scope import FINDERS, Scope
from wopo.usecases.duplicates import search

AT = datetime(2026, 3, 2, tzinfo=UTC)
FIRST, DAYS, MANY = date(2026, 3, 1), 30, 900
TOTALS, PLANTED = (4_900, 12_000, 250_000), 200


def papers(dice: random.Random) -> Iterator[dict[str, Any]]:
    """One vendor's, thirty a day over one of three totals, most of them for an order; and again
    for the same order with a slip in the number, today or within the next four weeks."""
    rows = []
    for place in range(MANY):
        day = FIRST + timedelta(days=place * DAYS // MANY)
        paper = Paper("v1", f"INV-{place + 100_000}", day, dice.choice(TOTALS))
        order = f"o{place}" if dice.random() < 0.7 else None
        rows.append((paper, order))
        yield {**paper.row(place), "purchase_order_id": order}
    for place in range(MANY, MANY + PLANTED):
        was, order = dice.choice(rows)
        slip = {"number": slipped(was.number, dice), "day": was.day + timedelta(dice.randrange(28))}
        yield {**was._replace(**slip).row(place), "purchase_order_id": order}


def slipped(number: str, dice: random.Random) -> str:
    """One character left out, wrong, put in, or swapped with the next."""
    place = dice.randrange(4, len(number) - 1)
    head, here, next_one, tail = (
        number[:place], number[place], number[place + 1], number[place + 2 :],
    )  # fmt: skip
    return (
        head + dice.choice((next_one, f"X{next_one}", f"{here}X{next_one}", next_one + here)) + tail
    )


def test_equal_totals_are_read_once_and_every_slip_is_found(transactions, engine):
    rows = [{**COMMON, **row} for row in papers(random.Random(11))]
    with transactions.write() as uow:
        uow.append(Vendor(id="v1", code="V1", name="One", currency="EUR", created_at=AT))
        uow.commit()
    connection = engine.raw_connection().driver_connection
    connection.execute("PRAGMA foreign_keys = OFF")  # Their orders do not matter here.
    with engine.begin() as writing:
        writing.execute(insert(Invoice.__table__), rows)
    read = []
    connection.row_factory = lambda _, row: read.append(1) or row
    with transactions.read() as uow:
        hits = list(FINDERS[11](Scope(uow, Period(FIRST, FIRST + timedelta(days=60)))))
    # Each invoice as a paper, as itself and among its own number's; and what is alike.
    assert len(read) <= 3 * len(rows) + len(hits) + 10
    with transactions.read() as uow:
        found = search(uow, uow.all(Invoice, order="sequence"))
    expected = [
        (id, twin.invoice.id)
        for id, twins in found.items()
        for twin in twins
        if twin.combination != SAME_FEE
    ]
    assert [hit.invoice_ids for hit in hits] == expected
    assert len(hits) > PLANTED / 2
