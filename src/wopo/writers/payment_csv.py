"""A payment batch as a table: for banks without SEPA, and to look through before it is sent."""

import csv
from io import StringIO

from wopo.usecases.views.payment_batches import BatchView, PaymentView

COLUMNS = (
    "batch", "revision", "payment", "vendor", "name", "iban", "bic", "account", "currency",
    "amount", "pay_on", "text", "invoices", "credit_notes",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_payment_csv(batch: BatchView) -> bytes:
    """One row per payment that is still in the batch, with a header, in UTF-8. Amounts have a point
    and the currency's decimals."""
    out = StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for one in batch.living:
        row = [
            batch.number, str(batch.revision), str(one.position), one.vendor_code, one.vendor,
            one.iban, one.bic, one.account, one.amount.currency, str(one.amount.amount),
            batch.execute_on.isoformat(), remittance(one), " ".join(one.invoices),
            " ".join(one.credits),
        ]  # fmt: skip
        table.writerow([harmless(cell) for cell in row])
    return out.getvalue().encode()


def remittance(one: PaymentView, limit: int = 140) -> str:
    """What the vendor reads on its statement: ``R-1, R-2 less C-1``; cut where it is too long."""
    text = ", ".join(one.invoices)
    if one.credits:
        text += f" less {', '.join(one.credits)}"
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def harmless(cell: str) -> str:
    """A vendor's name that a spreadsheet would carry out as a formula is shown instead."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
