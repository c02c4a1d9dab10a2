"""P17: AuditNet's nine duplicate classes are found, and honest invoices are left alone."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from sqlalchemy import insert

from wopo.domain.duplicates import number_core, number_grade
from wopo.domain.invoices import Invoice, InvoiceState, number_key
from wopo.domain.vendors import Vendor
from wopo.usecases.duplicates import Twins, search

AT = datetime(2026, 3, 2, tzinfo=UTC)
CLEAN, PLANTED, VENDORS, BATCH = 10_000, 200, 60, 4_000
CLASSES = ("EEEE", "DEEE", "ESEE", "EESE", "EEES", "ESES", "ESSE", "EESS", "DESE")


class Paper(NamedTuple):
    """What duplicates are recognised by."""

    vendor: str
    number: str
    day: date
    minor: int

    def row(self, sequence: int) -> dict[str, Any]:
        """An invoice as it is stored."""
        return {
            "id": f"i{sequence:06d}",
            "sequence": sequence,
            "number": self.number,
            "number_key": number_key(self.number),
            "number_core": number_core(self.number),
            "vendor_id": self.vendor,
            "invoice_date": self.day,
            "total_minor": self.minor,
        }


COMMON = dict(
    Invoice(
        id="",
        sequence=0,
        number="",
        number_key="",
        state=InvoiceState.MATCHED,
        vendor_id="",
        currency="EUR",
        invoice_date=AT.date(),
        entered_at=AT,
    )
)


def vendors() -> list[Vendor]:
    """Each is there twice, as it happens; every tenth begins its numbers anew each year."""
    return [
        Vendor(
            id=f"v{place}{again}",
            code=f"V{place}{again}",
            name=f"Vendor {place}",
            currency="EUR",
            numbers_restart_yearly=place % 10 == 0,
            created_at=AT,
        )
        for place in range(VENDORS)
        for again in ("", "x")
    ]


def honest(dice: random.Random) -> list[Paper]:
    """Two years of invoices as vendors write them: series with and without a year, equal weekly
    and monthly fees, several papers a day, round prices."""
    rows: list[Paper] = []
    per_vendor = CLEAN // VENDORS + 1
    for place in range(VENDORS):
        day, count, year = date(2024, 1, 3), dice.randrange(1, 4000), 2024
        fee = dice.choice((4900, 12000, 250000))
        for _ in range(per_vendor):
            day += timedelta(days=_rhythm(place, dice))
            if place % 10 == 0 and day.year != year:
                count, year = 0, day.year
            count += 1
            amount = fee if place % 6 in {1, 2} else _price(dice)
            rows.append(Paper(f"v{place}", _number(place, count, day), day, amount))
    return rows[:CLEAN]


def _rhythm(place: int, dice: random.Random) -> int:
    return {1: 7, 2: 30}.get(place % 6, dice.choice((0, 0, 1, 3, 9)))


def _price(dice: random.Random) -> int:
    return round(dice.lognormvariate(9.5, 1.2)) if dice.random() < 0.95 else 1000


def _number(place: int, count: int, day: date) -> str:
    styles: tuple[Callable[[], str], ...] = (
        lambda: f"{count:05d}",
        lambda: f"INV-{count:06d}",
        lambda: f"RE {day:%m/%Y}-{count}",
        lambda: f"{day.year}/{count}",
        lambda: f"A{count}",
    )
    return styles[place % len(styles)]()


def planted(rows: list[Paper], dice: random.Random) -> Iterator[tuple[str, int, Paper]]:
    """(class, place of the original, duplicate): each class two hundred times."""
    for letters in CLASSES:
        for place in dice.sample(range(len(rows)), PLANTED):
            was = rows[place]
            vendor, number, day, amount = letters
            yield (
                letters,
                place,
                Paper(
                    was.vendor if vendor == "E" else f"v{dice.randrange(VENDORS)}x",
                    was.number if number == "E" else written_otherwise(was.number, dice),
                    was.day if day == "E" else slipped_day(was.day, dice),
                    was.minor if amount == "E" else slipped(was.minor, dice),
                ),
            )


def written_otherwise(number: str, dice: random.Random) -> str:
    """Another hand's way of writing the same number, never the same text."""
    ways = (
        number.replace("-", " ").replace("/", "-") + ".",
        "no. " + number.lower(),
        number.replace("0", "O") if number[-1] == "0" else f"#{number}",
        f" {number[0]}.{number[1:]}" if number[0].isalpha() else f"00{number}",
    )
    return next(w for w in dice.sample(ways, len(ways)) if number_key(w) != number_key(number))


def slipped_day(day: date, dice: random.Random) -> date:
    """Some days off within the year."""
    off = timedelta(days=dice.choice((1, 2, 5, 10)))
    return day - off if (day + off).year != day.year else day + off


def slipped(minor: int, dice: random.Random) -> int:
    """One digit wrong, a slipped point, or a rounding."""
    digits = list(str(minor))
    digits[-1] = str((int(digits[-1]) + dice.randrange(1, 9)) % 10)
    return dice.choice((int("".join(digits)), minor * 10, minor + max(1, minor // 200)))


def found_in(transactions, engine, papers: list[Paper]) -> Twins:
    rows = [{**COMMON, **paper.row(sequence)} for sequence, paper in enumerate(papers)]
    with transactions.write() as uow:
        uow.append(*vendors())
        uow.commit()
    with engine.begin() as connection:
        connection.execute(insert(Invoice.__table__), rows)
    found: Twins = {}
    for start in range(0, len(rows), BATCH):
        with transactions.read() as uow:
            ids = [row["id"] for row in rows[start : start + BATCH]]
            found |= search(uow, uow.all(Invoice, id=ids))
    return found


def test_all_nine_classes_are_found_and_honest_invoices_left_alone(transactions, engine):
    dice = random.Random(17)
    papers = honest(dice)
    duplicates = list(planted(papers, dice))
    found = found_in(transactions, engine, [*papers, *(made for _, _, made in duplicates)])
    missed = []
    for sequence, (letters, place, made) in enumerate(duplicates, start=len(papers)):
        twins = {twin.invoice.sequence: twin for twin in found[f"i{sequence:06d}"]}
        if place not in twins or (twins[place].words == "") != letters.startswith("EE"):
            missed.append((letters, papers[place], made))
    assert missed == []
    disturbed = [paper for place, paper in enumerate(papers) if found[f"i{place:06d}"]]
    assert len(disturbed) <= CLEAN // 50, disturbed[:20]


@pytest.mark.parametrize(
    ("one", "other", "grade"),
    [
        ("INV-00123", "inv 123.", "S"),
        ("INV-OO123", "INV-00123", "S"),
        ("\uff29\uff2e\uff36 \uff11\uff12\uff13", "INV-123", "S"),
        ("r-1", " R-1 ", "E"),
        ("INV-1243", "INV-1234", "S"),
        ("INV-12345", "INV-1245", "S"),
        ("INV-123", "INV-124", "D"),
        ("RE 01/2026-7", "RE 02/2026-8", "D"),
        ("W07/2026", "W08/2026", "D"),
        ("A1", "B2", "D"),
    ],
)
def test_numbers_are_cleaned_before_they_are_compared(one, other, grade):
    assert number_grade(one, other).value == grade
