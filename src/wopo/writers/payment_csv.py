"""A payment batch as a table: for banks without SEPA, and to look through before it is sent."""

from wopo.usecases.views.payment_batches import BatchView, PaymentView
from wopo.writers.table_csv import write_table

COLUMNS = (
    "batch", "revision", "payment", "vendor", "name", "iban", "bic", "account", "currency",
    "amount", "pay_on", "text", "invoices", "credit_notes",
)  # fmt: skip


def write_payment_csv(batch: BatchView) -> bytes:
    """One row per payment that is still in the batch, with a header, in UTF-8. Amounts have a point
    and the currency's decimals."""
    rows = (
        [
            batch.number, str(batch.revision), str(one.position), one.vendor_code, one.vendor,
            one.iban, one.bic, one.account, one.amount.currency, str(one.amount.amount),
            batch.execute_on.isoformat(), remittance(one), " ".join(one.invoices),
            " ".join(one.credits),
        ]
        for one in batch.living
    )  # fmt: skip
    return write_table(COLUMNS, rows)


def remittance(one: PaymentView, limit: int = 140) -> str:
    """What the vendor reads on its statement: ``R-1, R-2 less C-1``; cut where it is too long."""
    text = ", ".join(one.invoices)
    if one.credits:
        text += f" less {', '.join(one.credits)}"
    return text if len(text) <= limit else f"{text[: limit - 3]}..."
