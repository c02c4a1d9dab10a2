"""A payment batch as a SEPA credit transfer: ISO 20022 pain.001.001.09, checked by its schema.

The same state of a batch gives the same bytes. Its message id is the batch's number and revision,
by which a bank knows a file that it has already.
"""

import re

from lxml import etree
from sepaxml import SepaTransfer
from sepaxml.validation import try_valid_xml

from wopo.domain.payment_batches import NO_SEPA
from wopo.usecases.views.payment_batches import BatchView, PaymentView
from wopo.writers.payment_csv import remittance

SCHEMA = "pain.001.001.09"
_SPACE = f"{{urn:iso:std:iso:20022:tech:xsd:{SCHEMA}}}"
_OUTSIDE = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
"""What is not in the characters that every SEPA bank takes (EPC217-08)."""


def write_payment_sepa(batch: BatchView) -> bytes:
    """The file with every payment that SEPA can carry. Raises ``NO_SEPA``."""
    if batch.why_no_sepa:
        raise NO_SEPA(number=batch.number, why=batch.why_no_sepa)
    own = {"name": batch.company.name, "IBAN": batch.company.iban}
    own |= {"BIC": batch.company.bic} if batch.company.bic else {}
    transfer = SepaTransfer({**own, "currency": "EUR", "batch": True}, schema=SCHEMA, clean=True)
    for one in batch.living:
        if one.sepa:
            transfer.add_payment(_payment(batch, one))
    root = etree.fromstring(transfer.export(validate=False))
    _settle(root, batch)
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    try_valid_xml(made, SCHEMA)
    return made


def _payment(batch: BatchView, one: PaymentView) -> dict[str, object]:
    facts: dict[str, object] = {
        "name": one.vendor,
        "IBAN": one.iban,
        "amount": one.amount.minor,
        "execution_date": batch.execute_on,
        "description": remittance(one),
        "endtoend_id": f"{batch.number}-{one.position}",
    }
    return facts | ({"BIC": one.bic} if one.bic else {})


def _settle(root: etree._Element, batch: BatchView) -> None:
    """Put our ids and the batch's moment where the library puts random ones and its own clock, and
    leave only the characters that banks take."""
    message = f"{batch.number}-{batch.revision}"
    for name, text in (
        ("MsgId", message),
        ("PmtInfId", f"{message}-EUR"),
        ("CreDtTm", f"{batch.made_at:%Y-%m-%dT%H:%M:%S}"),
    ):
        for element in root.iter(_SPACE + name):
            element.text = text
    for element in root.iter(f"{_SPACE}Nm", f"{_SPACE}Ustrd"):
        element.text = _OUTSIDE.sub(" ", (element.text or "").replace("&", "+")).strip() or "-"
