"""A payment batch's files by name."""

from wopo.usecases.views.payment_batches import BatchView
from wopo.writers.apart import apart


def write_payment_files(batch: BatchView) -> dict[str, bytes]:
    """The table, and the SEPA file where there is one."""
    from wopo.writers.payment_csv import write_payment_csv
    from wopo.writers.payment_sepa import write_payment_sepa

    name = batch.number if batch.revision == 1 else f"{batch.number}-rev{batch.revision}"
    files = {f"{name}.csv": write_payment_csv(batch)}
    if not batch.why_no_sepa:
        files[f"{name}.xml"] = write_payment_sepa(batch)
    return files


def write_payments_apart(batch: BatchView) -> dict[str, bytes]:
    """The same, made in another process. Raises ``RuntimeError`` with what that one said."""
    return apart(write_payment_files, batch)
