"""The 25 tests an auditor runs over a period: what each looks for, and what a hit says.

The list is reliability.md 4. A hit is a place to look at, not an accusation: most have a good
reason, which the chain of documents shows.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from wopo.domain.errors import Refusal
from wopo.domain.money import Money

NO_SUCH_TEST = Refusal(
    "audit.no_such_test",
    "There is no test {wanted}. Nothing was written; the tests are 1 to {last}.",
)
BACKWARDS = Refusal(
    "audit.period",
    "The period would end on {last}, before it begins on {first}. Nothing was written; "
    "give an end that is not before the beginning.",
)


class Group(StrEnum):
    """What a test is about."""

    DUTIES = "Duties kept apart"
    AUTHORITY = "Authority"
    DATES = "Order of dates"
    SPENDING = "Patterns of spending"
    INVOICES = "Invoices"
    VENDORS = "Vendors"
    BOOKS = "Books"


@dataclass(frozen=True)
class AuditTest:
    """One test: its number on the list, its name, and what makes a hit."""

    number: int
    group: Group
    name: str
    hit: str


_G = Group
TESTS: dict[int, AuditTest] = {
    test.number: test
    for test in (
        AuditTest(1, _G.DUTIES, "Approver is requester", "Somebody approved what they asked for."),
        AuditTest(
            2, _G.DUTIES, "Receiver is requester or approver",
            "Somebody received what they asked for or approved.",
        ),
        AuditTest(
            3, _G.DUTIES, "Invoice released by the approver",
            "Whoever approved the order released its invoice or accepted a difference on it.",
        ),
        AuditTest(
            4, _G.AUTHORITY, "Approval above the own limit",
            "The amount was more than the approver's limit for its cost centres on that day.",
        ),
        AuditTest(
            5, _G.AUTHORITY, "Approval after authority ended",
            "The limit or the delegation that would have covered it had ended before that day.",
        ),
        AuditTest(
            6, _G.DATES, "Order dated after the invoice", "The invoice is older than its order.",
        ),
        AuditTest(
            7, _G.DATES, "Receipt before the order", "Goods came before there was an order.",
        ),
        AuditTest(
            8, _G.DATES, "Order changed after approval",
            "An order in force has no approval of its content, or adds up to something else.",
        ),
        AuditTest(
            9, _G.SPENDING, "Split orders",
            "Orders of one vendor or requester within 7 days, each below a limit, are together "
            "above it.",
        ),
        AuditTest(
            10, _G.AUTHORITY, "Just below the limit",
            "One approver decided three orders or more at 90 to 100 per cent of their limit.",
        ),
        AuditTest(
            11, _G.INVOICES, "Duplicate invoices",
            "Two invoices are one by vendor, number, date and amount (nine combinations).",
        ),
        AuditTest(
            12, _G.VENDORS, "Vendor is an employee",
            "A vendor shares bank account, phone, address or e-mail with an employee or another "
            "vendor.",
        ),
        AuditTest(
            13, _G.VENDORS, "New vendor, order at once",
            "A vendor was added less than 7 days before its first order.",
        ),
        AuditTest(
            14, _G.VENDORS, "Account changed before payment",
            "A vendor was paid within 30 days after its bank account changed.",
        ),
        AuditTest(
            15, _G.SPENDING, "Sequential invoice numbers",
            "Three invoices or more of one vendor follow each other without a gap.",
        ),
        AuditTest(
            16, _G.SPENDING, "Round amounts",
            "Three invoices or more of a vendor, at least half of them, are in whole hundreds.",
        ),
        AuditTest(
            17, _G.AUTHORITY, "Approval at night or on a weekend",
            "Decided on Saturday, Sunday or from 22 to 6 o'clock in the approver's time zone.",
        ),
        AuditTest(
            18, _G.AUTHORITY, "Approval within 5 seconds",
            "Decided less than 5 seconds after it was asked.",
        ),
        AuditTest(
            19, _G.DUTIES, "Mutual approvals",
            "Two people approved each other's orders in the period.",
        ),
        AuditTest(
            20, _G.AUTHORITY, "Inactive approver", "The approver was deactivated at that moment.",
        ),
        AuditTest(
            21, _G.INVOICES, "Differences accepted, by person",
            "What the match held was let go by a person.",
        ),
        AuditTest(
            22, _G.INVOICES, "Just within tolerance",
            "Three invoices or more of a vendor used 90 to 100 per cent of a tolerance.",
        ),
        AuditTest(
            23, _G.BOOKS, "Commitments older than 90 days",
            "Money is still committed to an order approved more than 90 days before the end.",
        ),
        AuditTest(
            24, _G.BOOKS, "Budget reopened", "A budget was changed after its last day.",
        ),
        AuditTest(
            25, _G.BOOKS, "Gaps in numbers", "A number was given out and belongs to no document.",
        ),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Period:
    """Days from ``first`` to ``last``, both included. Raises ``BACKWARDS``."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise BACKWARDS(field="to", first=self.first, last=self.last)

    @property
    def start(self) -> datetime:
        """Its first moment in UTC."""
        return datetime.combine(self.first, time.min, UTC)

    @property
    def end(self) -> datetime:
        """The first moment after it in UTC."""
        return datetime.combine(self.last + timedelta(days=1), time.min, UTC)


@dataclass(frozen=True)
class Hit:
    """One place to look at. ``subject`` is what people call it; ``order_ids`` and ``invoice_ids``
    lead to its chain of documents."""

    test: int
    subject: str
    day: date
    text: str
    amount: Money | None = None
    order_ids: tuple[str, ...] = ()
    invoice_ids: tuple[str, ...] = ()


def chosen(wanted: list[int]) -> list[AuditTest]:
    """These tests in order, all where none is named. Raises ``NO_SUCH_TEST``."""
    for number in wanted:
        if number not in TESTS:
            raise NO_SUCH_TEST(field="only", wanted=number, last=max(TESTS))
    return [test for number, test in sorted(TESTS.items()) if not wanted or number in wanted]
