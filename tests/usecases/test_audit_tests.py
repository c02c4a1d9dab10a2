"""Each of the auditor's 25 tests finds what is planted and leaves alone what is clean."""

import csv
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.conftest import TestClock
from tests.copying import copied
from tests.factories.audit_tests import LAST_YEAR, Books, day
from tests.factories.buying import seed
from wopo.db.engine import make_engine
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import ApprovalState
from wopo.domain.audit_tests import TESTS, Hit, Period, chosen
from wopo.domain.budgets import BudgetSet
from wopo.domain.contact_keys import ContactFact, Owner
from wopo.domain.errors import DomainError
from wopo.domain.exception_cases import Resolution
from wopo.domain.invoices import InvoiceState
from wopo.domain.money import Money
from wopo.domain.people import Person, PersonDeactivated, PersonReactivated
from wopo.usecases.audit_tests.scope import FINDERS, Scope, run_tests
from wopo.writers.audit_report import write_report

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


def duties(books: Books) -> None:
    books.expect(1, books.order(requested_by_ids=["max"]), books.order(by_request_of="max"))
    voided = books.order(requested_by_ids=["max"], approval=ApprovalState.VOID)
    books.expect(1, voided)
    books.expect(8, voided)
    books.order(requested_by_ids=["tess"], at=day(20))
    asked = books.order(requested_by_ids=["tess"])
    books.expect(2, books.receipt(asked, date(2026, 3, 4), "tess"))
    books.expect(2, books.receipt(asked, date(2026, 3, 4), "max"))
    books.receipt(asked, date(2026, 3, 4))
    books.expect(3, books.invoice(asked, released_by="max"))
    books.invoice(books.order())
    books.expect(3, books.case(asked, "max", Resolution.ACCEPTED))
    one, other = books.person("una", 900), books.person("otto", 900)
    books.order(requested_by_ids=[one], by=other)
    books.order(requested_by_ids=[other], by=one)
    books.expect(19, "Otto and Una")


def authority(books: Books) -> None:
    books.expect(4, books.order(by="ana", minor=500_000))
    books.order(by="ana", minor=89_900)
    books.order(by="fin", wanted="role:finance", at=day(12), minor=500_000)
    late = books.person("ret")
    books.limit_set(late, 10_000, day(20))
    books.expect(4, books.order(by=late, at=day(10)))
    books.order(by=late, at=day(23))
    lent = books.person("lea", 10_000, until=date(2026, 2, 28))
    books.expect(5, books.order(by=lent, minor=500_000))
    books.order(by=lent, minor=500_000, at=datetime(2026, 2, 27, 9, tzinfo=UTC))
    books.delegation("max", "fin", day(9, 7), day(13))
    books.delegation("fin", "sue", day(10, 7), day(11))
    for number, stands_in, found in (
        (10, "sue", False), (12, "fin", False), (12, "sue", True), (16, "fin", True),
    ):  # fmt: skip
        made = books.order(by=stands_in, place_of="max", minor=500_000, at=day(number))
        books.expect(5, *([made] if found else []))
    own = books.person("cen")
    books.world.limit(own, 900, centre="cc")
    books.order(by=own, at=day(17))
    books.expect(4, books.order(by=own, at=day(18), centre="cc2"))
    duty = books.on_call("tom", 500, day(9), day(13))
    books.order(by="tom", on_call=duty, minor=40_000, at=day(10))
    books.expect(4, books.order(by="tom", on_call=duty, minor=60_000, at=day(11)))
    books.expect(5, books.order(by="tom", on_call=duty, minor=40_000, at=day(19)))
    for week in (4, 11, 18):
        books.order(minor=4_800_000, at=day(week))
    books.expect(10, "Max")
    for week in (4, 11):
        books.order(by="ana", minor=95_000, at=day(week))
    books.expect(17, books.order(at=day(7)))
    far = books.person("nia", 900, timezone="America/New_York")
    books.expect(17, books.order(by=far, at=day(5, 3)))
    books.order(by=far, at=day(5, 19))
    books.expect(18, books.order(decided=timedelta(seconds=4)))
    books.order(decided=timedelta(seconds=5))
    gone, back = books.person("gus", 900), books.person("bea", 900)
    for person in (gone, back):
        books.entry(PersonDeactivated(subject_id=person, code=person, reason=""), day(2))
    books.entry(PersonReactivated(subject_id=back, code=back), day(3, 8))
    books.order(by=gone, at=day(1, 9) - timedelta(days=2))
    books.expect(20, books.order(by=gone, at=day(5)))
    books.order(by=back, at=day(5))


def dates(books: Books) -> None:
    late = books.order(order_date=date(2026, 2, 20))
    books.expect(6, books.invoice(late, on=date(2026, 2, 25)))
    books.expect(7, books.receipt(late, date(2026, 3, 2)))
    books.receipt(late, date(2026, 3, 3))
    books.expect(8, books.order(total_minor=99_999))
    books.expect(8, books.order(approval=ApprovalState.VOID))
    old = books.order(at=datetime(2025, 12, 2, 9, tzinfo=UTC))
    books.commit(old, 5_005, LAST_YEAR)
    books.expect(23, old)
    over = books.order(at=datetime(2025, 12, 2, 9, tzinfo=UTC))
    books.commit(over, 5_005, LAST_YEAR)
    books.commit(over, -5_005, day(4))
    books.commit(books.order(), 5_005, day(4))


def spending(books: Books) -> None:
    seller, slow = books.vendor("Splitters"), books.vendor("Slow")
    for number in (9, 11, 13):
        books.order(seller, minor=40_000, at=day(number))
    books.expect(9, "Splitters")
    for number in (2, 12, 23):
        books.order(slow, minor=40_000, at=day(number))
    for number in (16, 18):
        books.order(minor=60_000, at=day(number), requested_by_ids=["tom"])
    books.expect(9, "Tom")
    for name, numbers in (("Only us", (101, 102, 103)), ("Many", (301, 305, 309))):
        vendor = books.vendor(name)
        for place, number in enumerate(numbers):
            when = date(2026, 3, 1 + 9 * place)
            books.invoice(None, f"A-{number}", vendor=vendor, on=when, minor=11_111 * (place + 1))
    books.expect(15, "Only us")
    for name, amounts in (("Even", (50_000, 120_000, 30_000)), ("Odd", (50_000, 70_001, 9_999))):
        vendor = books.vendor(name)
        for place, minor in enumerate(amounts):
            books.invoice(None, vendor=vendor, minor=minor, on=date(2026, 3, 1 + 9 * place))
    books.expect(16, "Even")


def invoices(books: Books) -> None:
    seller = books.vendor("Twice")
    for number, minor in (("K 7700", 45_678), ("Q-3100", 98_765)):
        books.invoice(None, number, vendor=seller, minor=minor)
    books.expect(11, books.invoice(None, "K-7700", vendor=seller, minor=45_678))
    books.case(books.order(), None, Resolution.CAUSE_GONE)
    books.expect(21, "Fin", "Max")  # Max: what he accepted under test 3
    books.case(books.order(), "fin", Resolution.ACCEPTED)
    for name, variance in (("Hugger", "1.95"), ("Exact", "0.50")):
        vendor = books.vendor(name)
        for place in range(3):
            verdict = {
                "checks": [
                    {
                        "passed": True, "variance": variance, "reference": "100",
                        "limits": [{"key": "price_pct", "value": "2"}],
                    }
                ]
            }  # fmt: skip
            books.invoice(
                None, vendor=vendor, minor=20_011 * (place + 1), verdict=verdict,
                on=date(2026, 3, 1 + 9 * place),
            )  # fmt: skip
    books.expect(22, "Hugger")


def vendors(books: Books) -> None:
    kin, twin, other = (books.vendor(name) for name in ("Kin", "Twin", "Other"))
    books.fact(Owner.PERSON, "tess", ContactFact.PHONE, "+49 30 555 0123")
    books.fact(Owner.VENDOR, kin, ContactFact.PHONE, "030/5550123")
    books.fact(Owner.VENDOR, twin, ContactFact.ADDRESS, "Example Str. 5, Berlin")
    books.fact(Owner.VENDOR, kin, ContactFact.ADDRESS, "example street 5 BERLIN")
    books.fact(Owner.VENDOR, other, ContactFact.PHONE, "030 555 0999")
    books.expect(12, f"{kin.upper()} Kin")
    new, known = books.vendor("New", day(2)), books.vendor("Known", day(2))
    books.order(new, at=day(4))
    books.expect(13, f"{new.upper()} New")
    books.order(known, at=day(10))
    paid = {"state": InvoiceState.PAID, "paid_on": date(2026, 3, 20)}
    for confirmed, found in ((day(10), True), (datetime(2026, 2, 10, tzinfo=UTC), False)):
        vendor = books.vendor()
        books.account(vendor, 1, day(15))
        books.account(vendor, 2, confirmed)
        number = books.invoice(None, vendor=vendor, **paid)
        if found:
            books.expect(14, number)


def registers(books: Books) -> None:
    old, new = Money.of("100", "EUR"), Money.of("200", "EUR")
    over, runs = date(2026, 2, 28), date(2026, 12, 31)
    for centre, ends, before in (("4711", over, old), ("4712", runs, old), ("4713", over, None)):
        books.entry(
            BudgetSet(
                subject_id=centre, cost_centre_id=centre, project_id=None, whose=centre,
                starts=date(2026, 1, 1), ends=ends, limit=new, before=before,
            ),
            day(9),
        )  # fmt: skip
    books.expect(24, "Budget of 4711")
    books.series()


def planted(engine: Engine) -> Books:
    made = Books(seed(SqlTransactions(engine), TestClock()))
    made.world.add(Person(id="pia", code="pia", name="Pia", created_at=LAST_YEAR))
    for plant in (duties, authority, dates, spending, invoices, vendors, registers):
        plant(made)
    return made


@pytest.fixture(scope="module")
def books(_template: Engine) -> Iterator[Books]:
    """The planted books, written once for all tests: nothing here writes."""
    engine = copied(_template)
    yield planted(engine)
    engine.dispose()


def hits(books: Books, test: int, period: Period = MARCH) -> list[Hit]:
    with books.world.transactions.read() as uow:
        return list(FINDERS[test](Scope(uow, period)))


def test_every_test_on_the_list_has_its_finder() -> None:
    assert sorted(FINDERS) == sorted(TESTS) == list(range(1, 26))


@pytest.mark.parametrize("number", [number for number in TESTS if number != 25])
def test_what_is_planted_is_found_and_what_is_clean_is_not(books: Books, number: int) -> None:
    found = hits(books, number)
    assert {hit.subject for hit in found} == books.expected[number]
    assert all(hit.test == number and hit.text for hit in found)
    assert hits(books, number, Period(date(2024, 1, 1), date(2024, 1, 31))) == []


@pytest.mark.postgres
def test_all_of_it_is_found_on_postgresql_too(postgres_url: str) -> None:
    engine = make_engine(postgres_url)
    books = planted(engine)
    found = {number: {hit.subject for hit in hits(books, number)} for number in TESTS}
    assert found.pop(25)
    assert found == books.expected
    engine.dispose()


def test_gaps_in_numbers_are_found_in_their_year_only(books: Books) -> None:
    (gap, *more) = [hit.subject for hit in hits(books, 25)]
    assert gap not in {order for found in books.expected.values() for order in found}
    assert gap.startswith("PO-2026-")
    assert more
    assert hits(books, 25, Period(date(2024, 1, 1), date(2024, 1, 31))) == []


def test_a_hit_tells_what_it_saw(books: Books) -> None:
    assert "Max asked for it and approved it" in hits(books, 1)[0].text
    assert {"Ret had no limit for it on 2026-03-10"} < {hit.text[:37] for hit in hits(books, 4)}
    told = [hit.text for hit in hits(books, 5)]
    assert "the authority of Lea for it ended on 2026-02-28" in told[0]
    assert told[1].startswith("Sue decided in place of Max without a delegation then")
    assert "3 orders, together 1,200.00 EUR" in hits(books, 9)[0].text
    told = [hit.text for hit in hits(books, 12)]
    assert told == ["same phone as the employee Tess", "same address as the vendor Twin"]
    assert "98% of price_pct" in hits(books, 22)[0].text


def test_the_report_has_every_hit_with_its_chain_of_documents(books: Books, tmp_path: Path) -> None:
    with books.world.transactions.read() as uow:
        found = list(run_tests(uow, MARCH, chosen([2, 3, 24])))
        counts, (table, page) = write_report(
            tmp_path, MARCH, chosen([2, 3, 24]), found, company="A & B", at=day(31), head="7:ab"
        )  # fmt: skip
    assert counts == {2: 2, 3: 2, 24: 1}
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 5
    assert rows[0]["orders"].endswith("50.05 EUR, issued, asked by Tess")
    assert rows[0]["jobs"] == "WO-1 Mend WO-1"
    assert rows[0]["approvals"] == "revision 1 approved by Max on 2026-03-03 10:00, 50.05 EUR"
    assert rows[0]["receipts"].count("GRN-2026-") == 3
    assert "entered by wopo" in rows[2]["invoices"]
    text = page.read_text(encoding="utf-8")
    assert "A &amp; B" in text and 'id="t4"' not in text and "Budget of 4711" in text


@pytest.mark.parametrize(
    "ask", [lambda: chosen([26]), lambda: Period(date(2026, 3, 2), date(2026, 3, 1))]
)
def test_what_makes_no_sense_is_refused(ask: Callable[[], object]) -> None:
    with pytest.raises(DomainError, match="Nothing was written"):
        ask()
