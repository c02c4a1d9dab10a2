"""A reimbursement file as a table, for payroll."""

from wopo.usecases.views.out_of_pocket import PaybackView
from wopo.writers.table_csv import write_table

COLUMNS = (
    "file", "purchase", "person", "name", "amount", "currency", "bought_on", "job",
    "cost_centre", "text", "approved_by",
)  # fmt: skip


def write_payback_csv(payback: PaybackView) -> bytes:
    """One row per purchase, with a header, in UTF-8. Amounts have a point and the currency's
    decimals."""
    rows = (
        [
            payback.number, one.number, one.person_code, one.person, str(one.amount.amount),
            one.amount.currency, one.bought_on.isoformat(), one.job, one.cost_centre,
            one.description, one.approved_by,
        ]
        for one in payback.rows
    )  # fmt: skip
    return write_table(COLUMNS, rows)
