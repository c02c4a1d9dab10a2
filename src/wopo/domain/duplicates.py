"""Which invoices may be one invoice entered twice: AuditNet's nine combinations.

Each of vendor, number, date and amount is exact (E), similar (S) or different (D). The nine that
auditors look for are EEEE, DEEE, ESEE, EESE, EEES, ESES, ESSE, EESS and DESE (reliability.md 4).
The same vendor's same number stops the invoice whatever else differs; every other one asks.

Readings chosen so that honest invoices are left alone: numbers next to each other in a series are
different numbers, so that an equal fee every week or month is no twin of the last one; and a
vendor whose numbers begin anew each year bills another thing under the same number next year. A
slip of the finger in the number is not believed of two bills for two orders.
"""

import re
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from enum import Enum
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from wopo.domain.invoices import Invoice, InvoiceType

NEAR_DAYS = 14
"""Days within which a date may be a slip of the other."""
SERIES = 9
"""Numbers less than this apart follow each other; a transposition of digits is 9 apart or more."""
NEAR_PERCENT = 1
"""Amounts this close are similar: a bank fee, a rounding of tax."""
SAME_FEE = "EDEE"
"""One vendor, date and amount under quite another number: not one of the nine."""


class Grade(Enum):
    """How alike two values are."""

    EXACT = "E"
    SIMILAR = "S"
    DIFFERENT = "D"


class Likeness(NamedTuple):
    """Why two invoices may be one: ``combination`` in AuditNet's letters, and in words."""

    combination: str
    words: str

    @property
    def stops(self) -> bool:
        """Whether it is the same vendor's same number."""
        return self.combination.startswith("EE")


@lru_cache(maxsize=10_000)
def cleaned(number: str) -> str:
    """A number without what people write differently: width, case, punctuation, the letter O for
    a zero beside digits, and zeros in front of digits."""
    text = unicodedata.normalize("NFKC", number).upper()
    text = re.sub(r"[^A-Z0-9]", "", text)
    text = re.sub(r"O+(?=\d)|(?<=\d)O+", lambda found: "0" * len(found[0]), text)
    return re.sub(r"(?<!\d)0+(?=\d)", "", text)


@lru_cache(maxsize=10_000)
def number_core(number: str) -> str:
    """What is left when only what differs counts: the digits without zeros in front, or the whole
    cleaned number where it has none. ``INV-00123``, ``inv 123.`` and ``INV-OO123`` are ``123``."""
    text = cleaned(number)
    digits = re.sub(r"\D", "", text).lstrip("0")
    return digits or text or number.strip().upper()


def number_grade(one: str, other: str) -> Grade:
    """Exact: the same text in any case. Similar: written otherwise, or one slip of the finger."""
    if one.strip().upper() == other.strip().upper():
        return Grade.EXACT
    return Grade.SIMILAR if same_core(one, other) or _slip(one, other) else Grade.DIFFERENT


def same_core(one: str, other: str) -> bool:
    """Whether two numbers differ only in how they are written."""
    return number_core(one) == number_core(other)


def _slip(one: str, other: str) -> bool:
    """One character too many, too few or wrong, or two swapped; not the next number of a series."""
    bare = cleaned(one), cleaned(other)
    return min(map(len, bare)) > 2 and _one_edit(*bare) and not _series(one, other)


def slips(number: str) -> frozenset[str]:
    """Texts of which two numbers share one where they differ by one slip of the finger: the cleaned
    number, and it with each character left out."""
    bare = cleaned(number)
    return frozenset({bare, *(bare[:place] + bare[place + 1 :] for place in range(len(bare)))})


def _series(one: str, other: str) -> bool:
    """Whether they have one shape and differ in one group of digits, by a few."""
    parts = _groups(one), _groups(other)
    if len(parts[0]) != len(parts[1]):
        return False
    apart = [(a, b) for a, b in zip(*parts, strict=True) if a != b]
    if len(apart) != 1 or not (apart[0][0].isdecimal() and apart[0][1].isdecimal()):
        return False
    return abs(int(apart[0][0]) - int(apart[0][1])) < SERIES


@lru_cache(maxsize=10_000)
def _groups(number: str) -> tuple[str, ...]:
    """Its groups of digits, and what is between them."""
    return tuple(re.findall(r"\d+|\D+", number.strip().upper()))


def _one_edit(one: str, other: str) -> bool:
    if len(one) == len(other):
        differ = [place for place in range(len(one)) if one[place] != other[place]]
        if len(differ) == 1:
            return True
        swapped = len(differ) == 2 and differ[1] == differ[0] + 1
        first, second = [*differ, 0, 0][:2]
        return swapped and one[first] == other[second] and one[second] == other[first]
    longer, shorter = sorted((one, other), key=len, reverse=True)
    if len(longer) != len(shorter) + 1:
        return False
    return any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))


def date_grade(one: date, other: date) -> Grade:
    """Similar: within two weeks, or day and month swapped, or one of day, month and year wrong by
    a slip of the finger."""
    if one == other:
        return Grade.EXACT
    if abs(one - other) <= timedelta(days=NEAR_DAYS):
        return Grade.SIMILAR
    year, month, day = one.year == other.year, one.month == other.month, one.day == other.day
    swapped = year and (one.day, one.month) == (other.month, other.day)
    return Grade.SIMILAR if swapped or year + month + day == 2 else Grade.DIFFERENT


def amount_grade(one: int, other: int) -> Grade:
    """Similar: one slip of the finger, a slipped decimal point, or within one per cent. In minor
    units of one currency."""
    if one == other:
        return Grade.EXACT
    small, large = sorted((abs(one), abs(other)))
    if (large - small) * 100 <= NEAR_PERCENT * large or large in (small * 10, small * 100):
        return Grade.SIMILAR
    return Grade.SIMILAR if _one_edit(str(one), str(other)) else Grade.DIFFERENT


class Paper(NamedTuple):
    """What duplicates are recognised by; read once of each invoice, as it is compared often."""

    id: str
    sequence: int
    type: InvoiceType
    vendor_id: str
    number: str
    number_key: str
    number_core: str
    day: date
    currency: str
    minor: int
    told_apart: bool
    order_id: str | None = None

    @classmethod
    def of(cls, invoice: Invoice) -> "Paper":
        """The invoice's, with the total that it states where it states one."""
        stated = invoice.stated_total_minor
        return cls(
            invoice.id,
            invoice.sequence,
            invoice.type,
            invoice.vendor_id,
            invoice.number,
            invoice.number_key,
            invoice.number_core,
            invoice.invoice_date,
            invoice.currency,
            invoice.total_minor if stated is None else stated,
            bool(invoice.not_duplicate_of),
            invoice.purchase_order_id,
        )


def likeness(new: Paper, old: Paper, *, restarts_yearly: bool) -> Likeness | None:
    """Why ``new`` may be ``old`` again; none where it is not likely.

    ``restarts_yearly``: the vendor's numbers begin anew each year. Any other invoice of the same
    vendor, currency, total and date is alike too, whatever its number (match-case.md).
    """
    if new.type is not old.type:
        return None
    same_vendor = new.vendor_id == old.vendor_id
    if same_vendor and restarts_yearly and new.day.year != old.day.year:
        return None
    other_number = new.number_key != old.number_key
    day = date_grade(new.day, old.day)
    if other_number and day is Grade.DIFFERENT:
        return None
    amount = Grade.DIFFERENT
    if new.currency == old.currency:
        amount = amount_grade(new.minor, old.minor)
    if other_number and amount is Grade.DIFFERENT:
        return None
    grades = (_number_of_papers(new, old), day, amount)
    alike = _of_one_vendor if same_vendor else _of_two_vendors
    if not alike(grades, new, old):
        return None
    letters = "".join(grade.value for grade in grades)
    return Likeness(("E" if same_vendor else "D") + letters, _words(same_vendor, grades))


def _number_of_papers(new: Paper, old: Paper) -> Grade:
    grade = number_grade(new.number, old.number)
    slip = grade is Grade.SIMILAR and new.number_core != old.number_core
    return Grade.DIFFERENT if slip and _apart(new, old) else grade


def _apart(one: Paper, other: Paper) -> bool:
    """Whether they bill two orders."""
    return bool(one.order_id and other.order_id and one.order_id != other.order_id)


Grades = tuple[Grade, Grade, Grade]
_E, _S, _D = Grade.EXACT, Grade.SIMILAR, Grade.DIFFERENT


def _of_one_vendor(grades: Grades, new: Paper, old: Paper) -> bool:
    """The same number whatever else; the same amount and date whatever number; and a number that
    is written otherwise with a slip in the date or in the amount. A number with a slip in it is
    only believed beside the very amount, within two weeks."""
    number, day, amount = grades
    if number is _E or (day is _E and amount is _E):
        return True
    if number is _D or _D in (day, amount) or _E not in (day, amount):
        return False
    near = abs(new.day - old.day) <= timedelta(days=NEAR_DAYS)
    return (near and amount is _E) or new.number_core == old.number_core


def _of_two_vendors(grades: Grades, new: Paper, old: Paper) -> bool:
    """The vendor entered twice: the same number and amount, with the date as it is or a slip."""
    _, day, amount = grades
    return amount is _E and day is not _D and new.number_core == old.number_core


def _words(same_vendor: bool, grades: Grades) -> str:
    names = ("number", "date", "amount")
    told = [] if same_vendor else ["another vendor"]
    if not same_vendor or grades[0] is not _E:
        same = [name for name, grade in zip(names, grades, strict=True) if grade is _E]
        told += [f"same {' and '.join(same)}"] if same else []
    told += [f"similar {name}" for name, grade in zip(names, grades, strict=True) if grade is _S]
    return ", ".join(told)


def slipped(papers: Iterable[Paper]) -> Iterator[tuple[str, str]]:
    """Ids of two papers of which the later entered may be the other again by a slip of the finger
    in its number: of one vendor and amount, within two weeks. One pass over papers by vendor,
    amount and day; only those of the last two weeks are kept."""
    for _, group in groupby(papers, key=lambda paper: (paper.vendor_id, paper.minor)):
        window: deque[tuple[Paper, frozenset[str]]] = deque()
        by_text: dict[str, deque[Paper]] = {}
        for paper in group:
            while window and paper.day - window[0][0].day > timedelta(days=NEAR_DAYS):
                for text in window.popleft()[1]:
                    by_text[text].popleft()
            texts = slips(paper.number)
            near = {one.id: one for text in texts for one in by_text.get(text, ())}
            for one in near.values():
                if not _apart(paper, one):
                    yield from _slipped_pair(*sorted((paper, one), key=lambda two: two.sequence))
            window.append((paper, texts))
            for text in texts:
                by_text.setdefault(text, deque()).append(paper)


def _slipped_pair(old: Paper, new: Paper) -> Iterator[tuple[str, str]]:
    # Whether the vendor's numbers begin anew each year is asked of these few only.
    why = likeness(new, old, restarts_yearly=False)
    if why and why.combination != SAME_FEE:
        yield new.id, old.id


def repeated(papers: Iterable[Paper]) -> frozenset[tuple[str, int]]:
    """Vendors and amounts of which people have said before that they are different invoices: then
    the same amount on the same day, under quite another number, is not asked about again."""
    return frozenset((one.vendor_id, one.minor) for one in papers if one.told_apart)
