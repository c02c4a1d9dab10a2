"""A month's orders after the fact as a table."""

from wopo.usecases.views.after_the_fact import MonthReport
from wopo.writers.table_csv import write_table

COLUMNS = (
    "order", "department", "vendor", "amount", "currency", "happened_on", "asked_on", "days",
    "first", "reason",
)  # fmt: skip


def write_report_csv(report: MonthReport) -> bytes:
    """One row per order, with a header, in UTF-8. ``first`` is ``said`` where no receipt or
    invoice shows it."""
    rows = (
        [
            one.number, one.department, one.vendor, str(one.amount.amount), one.amount.currency,
            one.happened_on.isoformat(), one.asked_on.isoformat(), str(one.days),
            one.first.value if one.first else "said", one.reason,
        ]
        for one in report.late
    )  # fmt: skip
    return write_table(COLUMNS, rows)
